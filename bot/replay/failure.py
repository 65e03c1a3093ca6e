"""What ends a replay before its time."""


class ReplayFailed(Exception):
    """The replay cannot go on; the message is for whoever started it."""
