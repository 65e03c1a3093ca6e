"""Schools and classes of single children: who goes where is private, what is wrong at a school is not.

育才小学门口太堵 and 小区的孩子都上育才小学 tell of no child; 我女儿在育才小学三年级二班 does.
The year is kept: it tells who can help.
"""

import re
from collections.abc import Iterator

from nlp.names import FAMILY

_ANY = "孩子|小孩子|小孩|娃娃|娃儿|娃|宝宝|小朋友|男孩|女孩|学生"
# one child that is known: whose it is, or who begins the sentence
_CHILD = (
    rf"(?:(?:{FAMILY})(?!们|辈)|(?:^|(?<=[,。!?;:、\s])|(?:我|俺|咱|本人|我家|俺家|咱家|我们家|家里|家中|家有|邻居家?|亲戚家?)"
    rf"(?:的|有)?(?:一个|两个|个|大|小|二)?)(?:{_ANY})(?!们|家长|的家长|都))"
)
_N = r"[一二三四五六七八九十\d]{1,3}"
_KIND = (
    "小学|中学|初中|高中|幼儿园|幼稚园|职高|职中|中专|技校|特校|学校|"
    f"(?:第?{_N}|实|附)[小中](?![学孩朋队班级])|{_N}幼(?!儿)|完小"
)
_LETTER = "[^\\W_a-z了到去是的不与从给把被让要将有无可就还都也这那其它他她我你们您来说看想为每离距读念完哪并]"
_NAMED = rf"(?P<school>{_LETTER}{{0,10}}?(?:{_KIND}))"
_NO_NAME = re.compile(  # in a village school, in a primary school
    "(?:公立|私立|民办|公办|附近|当地|本地|外地|农村|乡下|城里|县里|镇上|村里|市里|省城|全国|重点|普通|寄宿|隔壁|老家|外省|同一|一个|一所|"
    "某|个|好|新|老|家里|读|上|念|进|在|入|小区|配套|周边|特殊教育|义务)*"
)
_YEAR = rf"(?:\s?(?:的)?(?:[初高大小中][一二三四五六123](?!班)|{_N}年级|[大中小]班|学前班))"
_CLASS = rf"(?P<class>\s?[(]?第?{_N}[)]?\s?班)"
_YEAR_AND_CLASS = (
    r"(?P<class>(?:[一二三四五六七八九大中小]|[初高][一二三])\s?(?:[(]\s?)?[一二三四五六七八九十\d]{1,2}(?:\s?[)])?\s?班)"
)
_GOES = "就读于?|在读|读|念|上|考[上进到入]|转[到进去]|进了|升[入到]"
_UNDECIDED = (
    "不能|不让|不给|无法|没法|没能|想|要|希望|能否|能不能|可以|可否|马上|将|为了|是否|怎么|如何|安排|分流|划|什么|哪|业主|家长"
)
_THEN = rf"(?:(?P<year>{_YEAR})(?:{_CLASS})?)?"
_PATTERNS = (
    re.compile(rf"{_CHILD}(?:(?!{_UNDECIDED})[^。!?;\n]){{0,16}}?(?:{_GOES})\s?{_NAMED}{_THEN}"),
    re.compile(
        rf"{_CHILD}(?:(?!{_UNDECIDED})[^。!?;\n]){{0,16}}?[在到去]\s?{_NAMED}{_THEN}"
        r"(?(year)|(?=\s?(?:就?读|上学|上[一二三四五六初高]|念|学习|住校|[,。!?;]|$)))"
    ),
    re.compile(rf"{_CHILD}[^。!?;\n]{{0,12}}?[,、:(\s]\s?{_NAMED}(?P<year>{_YEAR})(?:{_CLASS})?"),  # 孙子张子轩,旬阳中学初二
    re.compile(
        rf"(?:我是|他是|她是|(?<=岁)[,、\s]|(?<=[男女])[,、\s])\s?(?:一名|一个|名|个)?{_NAMED}{_THEN}(?:的)?(?:小学生|学生)"
    ),
    re.compile(
        rf"(?:^|(?<=[,。;:、\s是在叫])){_NAMED}{_THEN}(?:的)?{_LETTER}{{2,3}}(?:同学|小朋友)"
    ),  # 育才小学三年级二班的李小红同学
    re.compile(rf"{_CHILD}[^。!?;\n]{{0,10}}?(?:{_YEAR}){_CLASS}"),
    re.compile(rf"(?:{_CHILD}|他|她)[^。!?;\n]{{0,12}}?[在读上]\s?{_NAMED}\s?{_YEAR_AND_CLASS}"),  # 城关一小四(2)班
)


def find_schools(plain: str) -> Iterator[tuple[int, int, str]]:
    """Spans of the schools and the classes of single children in a normalised text, each with what it is."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(plain):
            for what in ("school", "class"):
                said = found[what] if what in pattern.groupindex else None
                if said and (what == "class" or _is_name(said)):
                    yield *found.span(what), what


def _is_name(school: str) -> bool:
    if re.fullmatch(rf"(?:第?{_N}|实|附)[小中]|{_N}幼|完小", school):
        return True
    return not _NO_NAME.fullmatch(re.sub(rf"(?:{_KIND})$", "", school))
