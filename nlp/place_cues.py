"""What the words around a place say of it, and the words that mean the sender's own home."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.gazetteer import Mention

RELATIVE = "relative"
AT, HOME, LIVES, PASSING, NOT = "at", "home", "lives", "passing", "not"
"""The trouble is there; the sender lives there; somebody does; it is a way or a comparison; it is said to be elsewhere."""

_BESIDE = 30  # characters around a name that say something of it
_CLAUSE = re.compile(r"[,。!?;\n]")

_NOT = re.compile(r"(?:(?<!是)不是|并非|而非|不在|不属于|没在|不住在?|除了)(?:我们|在|说)?$")
_LIVES = re.compile(r"(?:住|家(?:就)?在|住在|户口在|来自|我们?家?是)(?:的是)?$")
_LIVES_AFTER = re.compile(r"居?住(?!院)|的?居民,")
_I_LIVE = re.compile(
    r"(?:我们?家?|咱们?家?|本人|我自己|(?<![\u4e00-\u9fff])家)(?:现在|一直|就|也|都)?(?:住在?|就?在)(?:的是)?$"
)
_I_AM = re.compile(r"(?:我们?|本人)是(?:一[个名位])?$|(?:作为|身为)(?:一[个名位])?$")
_FROM_THERE = re.compile(r"^(?:里|这边|这里)?(?:的?(?:居民|业主|住户|村民|租户)|住|的?人?(?:[,。]|$))")
_PASSING = re.compile(r"(?:像|跟|比|学|不如|听说|去|往|回|从|离|到|经过|路过|途经)$")
_LIKE = re.compile(r"^(?:那边|那里|那样)?的?(?:一样|那样|早就|早已|都有|已经)")
_AT = re.compile(r"(?:(?<!住)在|位于|地[点址](?:[:是在]|就是)?|投诉|反映|举报)$")
_TROUBLE = re.compile(
    r"坏|不亮|漏|堵|停水|停电|停气|断|塌|裂|破|掉|脏|臭|吵|闹|噪|扰|乱|积水|没人|无人|占|挡|没[水电气了]|起火|着火|失火|打架|摔|"
    r"丢|缺|没有|不通|不平|不好|太|需要|希望|想|请|求|怎么|什么时候|何时|能不能|有个|有人|堆|跑|满|修|换|装|清"
)

_RELATIVE = re.compile(
    r"(?:我们|咱们|俺们|咱|俺|我|本|自己)(?:这个?|住的|家的?|们的?|的)?"
    r"(?:小区|社区|院子?|大院|村子?|网格|楼栋?(?![上下道梯])|单元(?!门)|巷子?|这[边里儿]|那[边里儿]|这一[片带])(?:门口|里|楼下)?"
    r"|(?:我们?|咱们?|俺们?|自己)?家(?:楼[上下]|门[口前]|附近|旁边|隔壁|对门|对面|后面|屋后|里)"
    r"|(?<![校学市店院局场站行厅园厂馆所寺庙])(?:小区|社区|单元|楼|院子|村)?(?:楼[上下]|楼道|楼梯间|单元门|门口|隔壁|对门)|邻居"
)
_HINTS = ("我", "咱", "俺", "本", "自己", "家", "楼", "门", "隔壁", "邻居")
_OURS = ("我", "咱", "俺", "本", "自")


def noted(plain: str, mention: Mention) -> Mention:
    """The same with what its clause says of it."""
    before = _CLAUSE.split(plain[max(0, mention.start - _BESIDE) : mention.start])[-1]
    after = plain[mention.end : mention.end + _BESIDE]
    note = ""
    if _NOT.search(before):
        note = NOT
    elif _I_AM.search(before) and _FROM_THERE.match(after):
        note = HOME
    elif _LIVES.search(before) or _LIVES_AFTER.match(after):
        note = HOME if _I_LIVE.search(before) else LIVES
    elif _PASSING.search(before) or _LIKE.match(after):
        note = PASSING
    elif _AT.search(before) or _TROUBLE.search(_CLAUSE.split(after, maxsplit=1)[0]):
        note = AT
    return replace(mention, note=note) if note else mention


def own_place(plain: str, named: Sequence[Mention], longest: int) -> Mention | None:
    """The words that mean where the sender lives (我们小区, 楼下), the clearest; those that overlap a name mean the name."""
    if not any(word in plain for word in _HINTS):
        return None
    found = [
        match
        for match in _RELATIVE.finditer(plain, 0, longest)
        if all(match.end() <= mention.start or mention.end <= match.start() for mention in named)
    ]
    if not found:
        return None
    best = max(found, key=lambda match: (match[0].startswith(_OURS), len(match[0])))
    return Mention(*best.span(), best[0], best[0], RELATIVE, "home", ())
