"""Who may do what beside the life of a wish, whose own rules stand in its table of transitions."""

from rules.errors import NotAllowed


def require_keeper(*, is_admin: bool) -> None:
    """Who looks after what failed: admins. It may hold anybody's words, so what it says is shown to nobody.

    Raises:
        NotAllowed
    """
    if not is_admin:
        raise NotAllowed
