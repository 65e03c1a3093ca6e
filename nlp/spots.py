"""What pins a message to one spot: building, entrance, gate, road, estate, village, school, firm, bus line, district.

Two messages that name the same kind of spot and no common one speak of different places, however alike their words are.
"""

import re
from collections.abc import Iterator, Mapping

from nlp.place_names import plain_number

Spots = Mapping[str, frozenset[str]]

_NUMBER = r"(?P<number>\d{1,4}|[一二三四五六七八九十百零〇两]{1,4})"
_NUMBERED = (
    ("building", re.compile(rf"{_NUMBER}\s?(?:号楼|栋|幢)")),
    ("entrance", re.compile(rf"{_NUMBER}\s?(?:单元|门洞)")),
    ("line", re.compile(rf"{_NUMBER}\s?路(?=公交|公汽|车|班车|线)|公交车?\s?(?P<after>\d{{1,4}})|(?P<ahead>\d{{1,4}})\s?公交")),
    ("metro", re.compile(rf"{_NUMBER}\s?号线")),
)
_LETTERED = (
    ("gate", re.compile(r"(?P<name>[东西南北]{1,2})(?:大门|门(?![市店诊]))")),
    ("district", re.compile(r"(?P<name>[a-z]\d{1,2})(?=[区县市])")),
    ("city", re.compile(r"(?P<name>[a-z])(?=\d{0,2}[市区县])")),
)
# how the names of spots end; what stands before is looked at only there
_ENDS = re.compile(
    r"(?P<estate>小区|花园|家园|公寓|新村|新城|广场(?!舞)|华府|花城|花都|豪庭|名城|公馆|公园|社区|大厦|国际(?!化)|蓝湾|苑|湖(?![南北区]|街道))"
    r"|(?P<school>小学|中学|幼儿园|学院|大学|医院)"
    r"|(?P<firm>有限责任公司|有限公司|公司|集团|驾校|酒店|宾馆|山庄|银行)"
    r"|(?P<road>大道|大桥|高速|路(?![灯面口边牙沿障费人过上])|街(?![道边上头])|巷)"
    r"|(?P<village>村(?![民里委口部子村])|镇(?![政里上])|乡(?![村镇下]))"
)
_LONGEST = {"firm": 10, "village": 4, "road": 5, "estate": 7, "school": 5}
_HAN = re.compile(r"[\u4e00-\u9fff]*$")
# what stands before 路, 小区, 村 … and is no name
_NO_NAME = re.compile(
    r"(?:马|公|道|走|线|电|铁|水|网|出|半|一|这|那|条|段|过|修|回|问|带|的|铺|堵|占|养|上|下|沿|大|小|老|新|旧|土|泥|油|柏油|水泥|泥巴"
    r"|我们|咱们|本|该|全|各|整个|个|老旧|某|农|城|通|进|到|在|住|们|里|是|有|居民|我|咱|附近|旁边|住宅|商业|文化|城市|休闲"
    r"|中|民办|公办|私立|公立|普惠|镇中心|中心|附属|儿童|职业|技术|职业技术|县|省|乡|乡镇|村|市|区|逛|步行|封闭|高档|成熟|生活|新农|美丽|.*(?:[们进这那本全各回到出见走没不了着过]|住宅|居民|高档))"
)
_BEFORE = re.compile(
    r"^.*(?:[在的到往从修把对向和与跟至于由请、有住我们这那]|附近|位于|投诉|反映|举报|关于|建议|咨询|街道|社区|小区)"
)
_ABOVE = re.compile(r"^.*[市县区镇乡省](?=..)")  # 城关镇河街路 is 河街路
_ALONE = re.compile(r"^[市县区镇乡省](?=.)")
_KIND = re.compile(r"(?<=..)(?:小区|花园|家园|公寓|新村|新城|广场|公园|社区|国际|一期|二期|三期|四期|第.)+$")
# what a firm does is not what it is called
_TRADE = re.compile(
    r"(?:物业|保险|燃气|天然气|自来水|供水|供电|电力|公交|巴士|热力|环卫|保洁|快递|房地产|地产|置业|开发|建筑|建设|施工|工程|装修|装饰|中介|贷款|投资|劳务|外包"
    r"|管理|科技|技术|服务|咨询|文化|教育|贸易|商贸|商务|实业|股份|发展|责任|企业|传媒|广告|运输|物流|汽车|能源|健康|信息|网络|交通|机械|制药|医药|食品|餐饮|生物"
    r"|环保|旅游|国有|国际|控股|互联网|人力资源|测绘|体育|健身|分|子|总|集团|有限|人民|农业|工商|中国|商业)$"
)
_NO_FIRM = re.compile(r".?[该本我这某各个家的]|.*(?:一家|我们|他们|这家|那家|相关|所有|哪家|其他|开发商)")
_WIDE = frozenset({"city", "district"})


def find_spots(plain: str) -> dict[str, frozenset[str]]:
    """Every kind of spot that a normalised text names, with the names."""
    found: dict[str, set[str]] = {}
    for kind, pattern in _NUMBERED:
        for match in pattern.finditer(plain):
            number = plain_number(next(given for given in match.groups() if given))
            if number != "0":
                found.setdefault(kind, set()).add(number)
    for kind, pattern in _LETTERED:
        for match in pattern.finditer(plain):
            found.setdefault(kind, set()).add(match["name"])
    for kind, name, _ in _named(plain):
        found.setdefault(kind, set()).add(name)
    return {kind: frozenset(names) for kind, names in found.items()}


def named_spots(plain: str) -> dict[tuple[str, str], str]:
    """Estates, villages, roads, schools and firms of a normalised text, by kind and name, as they are written."""
    return {(kind, name): written for kind, name, written in _named(plain)}


def _named(plain: str) -> Iterator[tuple[str, str, str]]:
    for end in _ENDS.finditer(plain):
        kind = str(end.lastgroup)
        found = _HAN.search(plain, max(0, end.start() - _LONGEST[kind]), end.start())
        before = found[0] if found else ""
        if kind == "firm":
            name = written = _firm(before)
        else:
            written = _ALONE.sub("", _ABOVE.sub("", _BEFORE.sub("", before)))
            name = _KIND.sub("", written) if kind in ("estate", "village") else written
            name = "" if _NO_NAME.fullmatch(name) else name[-3:]
        if name:
            yield kind, name, written + end[0]


def _firm(before: str) -> str:
    """What a firm is called in what stands before 公司; "" when it is none's name."""
    while (bare := _TRADE.sub("", before)) != before:
        before = bare
    return "" if len(before) < 2 or _NO_FIRM.fullmatch(before) else before[-2:]


def agree(ours: Spots, theirs: Spots) -> tuple[int, int]:
    """Of the kinds that both name: how many have a spot in common, and how many have none; the same city is no spot."""
    same = other = 0
    for kind in ours.keys() & theirs.keys():
        if any(_alike(one, another) for one in ours[kind] for another in theirs[kind]):
            same += kind not in _WIDE
        else:
            other += 1
    return same, other


def _alike(one: str, other: str) -> bool:
    """The same name, or one with a word before it that is none of it (修人民, 人民)."""
    if one == other:
        return True
    return min(len(one), len(other)) >= 2 and not one[-1:].isdigit() and (one.endswith(other) or other.endswith(one))
