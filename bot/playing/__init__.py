"""Playing people against the real bot: two processes, chat windows to read, buttons to press, a clock to move."""
