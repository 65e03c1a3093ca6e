"""The bot's seat in a group, as getChatMember tells of it."""

from typing import Any


def why_mute(member: Any) -> str | None:
    """Why the bot cannot post there: "left" or "no_rights"; None when it can, as far as that is told."""
    status = member.get("status") if isinstance(member, dict) else None
    if status in ("left", "kicked"):
        return "left"
    if status == "restricted" and not member.get("can_send_messages"):
        return "no_rights"
    return None
