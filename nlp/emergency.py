"""Emergencies: what must not wait for any queue, and the number to call."""

import re

NUMBERS: dict[str, tuple[str, ...]] = {
    "fire": ("119",),
    "gas": ("119",),
    "violence": ("110",),
    "suicide": ("110", "120", "12356"),
    "lost": ("110",),
    "medical": ("120",),
    "rescue": ("119", "110"),
    "traffic": ("122", "120"),
}
_RULES = (
    ("fire", re.compile("着火了|起火了|失火了|火灾了")),
    ("gas", re.compile("煤气泄漏|燃气泄漏|煤气漏了|天然气泄漏")),
    ("violence", re.compile("正在打人|拿刀砍|持刀|家暴")),
    ("suicide", re.compile("想自杀|要自杀|不想活了|要跳楼|自杀倾向")),
    ("lost", re.compile("(?:老人|孩子|小孩)[^。，,]{0,6}(?:走失|走丢|不见了|失踪)")),
    ("medical", re.compile("昏迷|晕倒|呼吸困难|没有呼吸|生命危险|大出血|吐血")),
    ("rescue", re.compile("被困|救援队|房子塌")),
)


def find_emergency(text: str) -> str | None:
    """The emergency that a normalised text tells of, if any."""
    return next((name for name, pattern in _RULES if pattern.search(text)), None)
