"""Where somebody says they live tells nothing of what they need: 我住文化社区 is no wish for culture."""

import re

_BEGINS = r"(?:^|(?<=[,。;:!?\n\s]))"
_PLACE = r"(?:社区|小区|网格|家属院|花园|家园|新村|公寓|华庭|苑|村|巷|街|路)"
_NUMBERED = r"(?:第?[一二三四五六七八九十\d]{1,3}(?:网格|组|期|区|号楼|栋|幢|单元|楼|层|室|号)?){0,4}"
_CLAUSE = re.compile(  # a clause that says nothing else
    rf"{_BEGINS}(?:[你您]们?好[,!\s]*)?(?:我们?家?|俺们?家?|咱们?家?|本人|老人|家里)?(?:现在|就)?(?:家?住在?|家?就?在|是)(?:[^\W_a-z]{{1,8}}?{_PLACE}){{1,3}}"
    rf"{_NUMBERED}(?:这边|这里|里)?(?:的?(?:一名|一个)?(?:居民|业主|住户|村民|老人|党员))?(?=[,。;:!?\n\s]|$)"
)
_COMMUNITY = re.compile(  # 文化社区的路灯…
    rf"{_BEGINS}(?:我们|我家|我|俺|家|在|住|住在)?(?!我们|咱们|智慧|养老|老旧|文明|平安|所有|整个|封闭|每个|各个|全县|全市|其他|什么|哪个|这个|那个)"
    rf"[\u4e00-\u9fff]{{2,3}}社区(?:[一二三四五六七八九十\d]{{1,2}}网格)?"
)


def without_whereabouts(plain: str) -> str:
    """A normalised text of the same length, with blanks for where its author lives."""
    if not any(kind in plain for kind in ("社区", "住", "小区", "家在", "我是")):
        return plain
    return _COMMUNITY.sub(_blank, _CLAUSE.sub(_blank, plain))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
