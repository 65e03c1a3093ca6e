"""Where somebody says they live tells nothing of what they need: 我住文化社区 is no wish for culture."""

import re

_BEGINS = r"(?:^|(?<=[,。;:!?\n\s]))"
_KIND = r"(?:社区|小区|网格|家属院|花园|家园|新村|公寓|华庭|苑|村|巷|街|路)"
# what a name has none of: 投诉社区, 感谢社区, 我是来反映小区 say what somebody wants of it
_SIGN = (
    "[^\\W_a-z投诉举报谢表扬控告访咨询请问求助扫找去来到给让叫跟和与对向为被把要想我你您他她它们这那哪什么是有没不说映建议望"
    "关于整全各每其养智慧旧骂夸赞等盼怪怨恨挺帮催查批评了的得地吗呢吧就都也还很太配合支持服从]"
)
_NAME = rf"{_SIGN}{{1,8}}?{_KIND}"
_NUMBERED = r"(?:第?[一二三四五六七八九十\d]{1,3}(?:网格|组|期|区|号楼|栋|幢|单元|楼|层|室|号)?){0,4}"
_WHO = r"(?:[你您]们?好[,!\s]*)?(?:我们?家?|俺们?家?|咱们?家?|本人|老人|家里)?"
_INHABITANT = "(?:一名|一个)?(?:居民|业主|住户|村民|老人|党员)"
_CLAUSE = re.compile(  # a clause that says nothing else
    rf"{_BEGINS}{_WHO}(?:现在|就)?(?:(?:家?住在?|家?就?在)(?:{_NAME}){{1,3}}{_NUMBERED}(?:这边|这里|里)?(?:的?{_INHABITANT})?"
    rf"|是(?:{_NAME}){{1,3}}{_NUMBERED}的?{_INHABITANT})(?=[,。;:!?\n\s]|$)"
)
_COMMUNITY = re.compile(  # 文化社区的路灯…
    rf"{_BEGINS}(?:我们|我家|我|俺|家|在|住|住在)?(?!文明|平安|老旧|所有|封闭|全县|全市|其他)"
    rf"{_SIGN}{{2,3}}社区(?:[一二三四五六七八九十\d]{{1,2}}网格)?"
)


def without_whereabouts(plain: str) -> str:
    """A normalised text of the same length, with blanks for where its author lives."""
    if not any(kind in plain for kind in ("社区", "住", "小区", "家在", "我是")):
        return plain
    left = _CLAUSE.sub(_blank, plain)
    return _COMMUNITY.sub(_blank, left) if "社区" in left else left


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
