"""What people and time can make happen; each action takes a session and the time."""
