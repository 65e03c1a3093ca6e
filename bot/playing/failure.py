"""What ends a play before its time."""


class PlayFailed(Exception):
    """The play cannot go on; the message is for whoever started it."""
