"""What of a message must not be public: found as spans of the original text, masked by a short word for its kind.

Redaction errs on the side of hiding: a hidden model number is a pity, a shown telephone number is a broken promise.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.names import find_names, find_salutations
from nlp.normalise import normalise
from nlp.schools import find_schools


@dataclass(frozen=True, slots=True)
class Hidden:
    """A span of the original text which must not be public."""

    start: int
    end: int
    what: str


MASKS = {
    "phone": "［电话］",
    "identity": "［证件号］",
    "bank_card": "［卡号］",
    "plate": "［车牌］",
    "email": "［邮箱］",
    "handle": "［账号］",
    "door": "［门牌］",
    "name": "［姓名］",
    "school": "［学校］",
    "class": "［班级］",
    "link": "［链接］",
    "number": "［号码］",
}
_ONLY_THERE = frozenset({"door", "class"})  # too short to be looked for elsewhere
_OF_A_NAME = frozenset({"name", "school", "class"})
_CUE_AT_END = re.compile(r"(?i)(?:微信|薇信|电话|手机|联系|vx|wx|qq|tel|[微薇威v][\u2764\u2665\ufe0f💗💕💚💙]*信?)号?[\s:：]*$")
FEWEST_DIGITS = 7  # shorter runs are house prices, years and hotlines such as 12345

_HAN_DIGITS = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_CHINESE_DIGITS = str.maketrans(_HAN_DIGITS, "0012345678912123456789")
_GAP = r"[ \t\u00a0\u2000-\u200f\u2060\ufeff\-‐-―−.·•・_*()~/、]"
_RUN = re.compile(rf"\d(?:{_GAP}{{0,3}}\d){{{FEWEST_DIGITS - 1},}}(?:{_GAP}{{0,2}}x(?![a-z]))?(?:转\d{{1,6}})?")
_DATE = re.compile(
    r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:[ ]+\d{1,2})?|(?:19|20)\d\d *[-/~] *(?:19|20)\d\d|\d{1,2}[.]\d\d *[-~] "
    r"*\d{1,2}[.]\d\d"
)
_AMOUNT = re.compile(
    r"\d{1,10}(?:[.]\d+)?(?:[ \t]*(?:元|块|万|亿|平|吨|度|斤|㎡)|人(?![在不])|户(?![主口籍])|米|股|票|多|余)"
)  # on one line: the next may begin with 人 or 户
# Digits with anything but words between them; only what is a mobile or identity number then is hidden.
_APART = re.compile(r"\d(?:[\W_]{0,6}\d){10,}(?:[\W_]{0,2}x(?![a-z0-9]))?")
_GROUP = re.compile(r"\d+|x")
_CLOCK_OR_DATE = re.compile(
    r"(?<![\d:.])\d{1,2}[:.][0-5]\d(?:[:.][0-5]\d)?(?![\d:.])|(?<!\d)(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
)
_HOTLINE = re.compile(r"1[12]\d|12[0-3]\d\d|100\d\d|9[56]\d{3}")  # 110, 12345, 95598
_KEYCAP = re.compile("\ufe0f?\u20e3")
_IDENTITY = re.compile(
    r"[1-9]\d{5}(?:(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]|\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3})"
)
_MOBILE = re.compile(r"(?:00|0)?(?:86)?0?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}\d{0,5}|[48]00\d{7}")
_PHONE_CUE = re.compile(r"(?:电话|座机|手机|联系|号码|拨打|致电|tel|phone)[^。,;]{0,8}$")
_IDENTITY_CUE = re.compile(r"(?:身份|证件|证号)[^。;]{0,10}$")
_TAIL = re.compile(r"(?:身份证|证件|银行卡|卡)(?:号码?)?(?:的)?(?:尾号|后[四六]位)[:是为 ]*(?P<value>\d{3,6}x?)")
_PASSPORT = re.compile(r"(?<![a-z0-9])(?!qq|vx|wx|tg)[a-z]{1,2}\d{7,10}(?![a-z0-9])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领军空海楚]\s?[a-z]\s?[·•.\- "
    r"]?\s?(?=[a-z0-9]*\d)[a-z0-9]{4,5}[a-z0-9挂学警港澳领使][a-z0-9]*"
    r"|(?<=车牌)(?:号码?)?[:是为 ]*[\u4e00-\u9fff]?\s?[a-z][·•.\- ]?[a-z0-9]{4,7}"
)
_EMAIL = re.compile(
    r"[a-z0-9._%+\-]{1,80} ?(?:@|\(at\)|\[at\]|艾特|#(?=[a-z0-9\-]*[a-z])) ?[a-z0-9\-]{1,63}"
    r"(?: ?(?:[.]|点|dot) ?[a-z0-9\-]{1,63}){1,6}"
)
_LINK = re.compile(
    r"(?:https?|ftp|tg)://[^\s\u3000-\u303f\u4e00-\u9fff,;!\"'<>()\[\]]+"
    r"|(?<![a-z0-9\-.@])(?!(?:t|wa|telegram)[.]me/)[a-z0-9\-]{1,63}(?:[.][a-z0-9\-]{1,63}){0,8}"
    r"(?:[.][a-z]{2,12}| ?点 ?(?:com|cn|net|org|top|vip|xyz|cc))(?![a-z0-9])"
    r"(?:[/:?#][^\s\u3000-\u303f\u4e00-\u9fff,;!\"'<>()\[\]]*)?"
)
_HANDLE = re.compile(
    r"(?:微信|薇信|威信|徽信|v信|weixin|wechat|(?<![a-z])(?:vx|wx|v|tg|qq|q)(?![a-z])|扣扣|抠抠|企鹅|绿泡泡|[微薇威v](?:[\u2764\u2665\ufe0f💗💕💚💙]{1,3}信?|x(?![a-z]))|[加+](?:我|个)?[微薇v]|"
    r"薇(?=[ :=号])|抖音|快手|"
    r"小红书|支付宝|微博|telegram|whatsapp|飞机|陌陌|钉钉|账号|帐号|群号|昵称|(?<![a-z])id(?![a-z]))"
    r"(?:[ :,=号码是为群同我的加账帐id/()\"“”「」]|联系){0,8}?(?P<value>[a-z0-9_][a-z0-9_.\-]{3,}(?! ?[元块])|"
    rf"[{_HAN_DIGITS}]{{5,}})"
    r"|(?P<at>(?<![a-z0-9.])@[a-z0-9_]{4,})|(?P<link>(?:t|wa|telegram)[.]me/[a-z0-9_+/]+)"
)
_N = r"(?:\d{1,6}|[一二三四五六七八九十百零〇两]{1,6})"
_ROOM = f"[{_HAN_DIGITS}]{{3,4}}(?![{_HAN_DIGITS}百千万元块年月天个人户点分])"  # 四零二
_DOOR = re.compile(
    # 3栋, a5号楼2单元401室, 18幢-1203
    rf"[a-z]?-?{_N}[a-z]?(?:\s?(?:号楼|栋|幢|号院|弄|单元|#)|座(?=\s?\d{{2}}))"
    rf"(?:\s?[-,#]?\s?(?:第?[a-z]?{_N}\s?(?:号楼|栋|幢|单元|门洞?|楼|层|室|房间?|号(?!线)|户|座)|(?:东|西|中|左|"
    rf"右)(?:单元|门|户|边户)|\d{{1,4}}(?!\d*\s?(?:元|块|年|月|天|个|人|户|点|分|楼|平|米))|"
    rf"{_ROOM}))*"
    rf"|[a-z]座\s?(?:第?{_N}\s?(?:单元|楼|层)\s?)?\d{{3,4}}(?:室|房|号)?|[a-z]座"
    # a number after a street, a lane, a group of a village
    rf"|(?:(?<=[路街巷道里村组坊庄屯湾冲队坪坝寨垭])|(?<=院子|大院))\s?(?:第?{_N}组)?\s?(?:甲|乙|附|老|新)?{_N}(?:-\d+|附\d+|"
    rf"之[\d一二三四五])?号(?!线|桥|令|文|公路|店|晚|早|上|下|之前|之后|前|后|路口|地块)(?:附\d+号?|"
    rf"之[\d一二三四五])?(?:\s?{_N}(?:室|房|楼|层|栋))*"
    # 1-2-301, 401室
    r"|(?<![\d.\-])\d{1,3}[-#]\d{1,2}[-#]\d{2,4}(?![\d\-])|(?<![\d.])\d{3,8}(?:室|房间|房(?![价贷租产款])|号房|住户)"
    r"|(?<=[栋楼苑园区家住庭城府湾寓])\s?\d{1,3}[-#]\d{3,4}(?![\d元块年])"
    r"|(?:门牌号?|房号|房间号|门号|户号)[:是为 ]*[a-z]?\d[\d\-a-z]{0,12}(?:号|室)?|(?:家住|住在?|地址)(?:[:是为 "
    r"]*)(?P<room>\d{3,4}|"
    rf"{_ROOM})(?![\d元块年米])"
)


def find_private(text: str) -> tuple[Hidden, ...]:
    """Every private span of the original text, in order, never overlapping."""
    plain = normalise(text)
    spans = [*_numbers(plain), *_words(plain)]
    spans += _again(plain, spans)
    return _united(spans)


def mask(text: str, hidden: tuple[Hidden, ...]) -> str:
    parts: list[str] = []
    end = 0
    for span in hidden:
        parts += [text[end : span.start], MASKS.get(span.what, "［隐去］")]
        end = span.end
    return "".join([*parts, text[end:]])


def mask_for_others(text: str) -> str:
    """What was said to one person, for others who may hear of it: without whom it was said to, either."""
    spans = [*find_private(text), *(Hidden(start, end, "name") for start, end in find_salutations(normalise(text)))]
    return mask(text, _united(spans))


def public_name(name: str) -> str | None:
    """How somebody is called where many read: their Telegram name without numbers and accounts; None when nothing is left."""
    kept, end = [], 0
    for span in find_private(name):
        if span.what not in _OF_A_NAME:
            kept.append(_CUE_AT_END.sub("", name[end : span.start]))
            end = span.end
    left = " ".join(" ".join([*kept, name[end:]]).split()).strip(" ,，:：;；-—|/()（）[]【】")
    return left or None


def _numbers(plain: str) -> Iterator[Hidden]:
    """Long runs of digits, whatever they are written with, named by what they look like."""
    digits = plain.translate(_CHINESE_DIGITS)
    if not digits.isascii():
        digits = "".join(_digit(char) if char.isdigit() and not char.isascii() else char for char in digits)
    yield from _apart(plain, digits)
    for found in _RUN.finditer(digits):
        start, end = found.span()
        run = re.sub(r"转.*|[^\dx]", "", found[0])
        date, amount = _DATE.match(digits, start), _AMOUNT.match(digits, start)
        if not _MOBILE.fullmatch(run) and not _PHONE_CUE.search(plain, max(0, start - 14), start):
            if date and end - date.end() < FEWEST_DIGITS:
                continue
            if amount and amount.end() > end:
                continue
        pieces = re.findall(r"\d+", found[0])
        if max(map(len, pieces)) < 3 and len(run) < 11:
            continue  # times, scores, lists of small numbers
        if all(map(_HOTLINE.fullmatch, pieces)) and not _MOBILE.fullmatch(run):
            continue
        if start and digits[start - 1] == "+":
            start -= 1
        yield Hidden(start, end, _named(run, plain, start))


def _apart(plain: str, digits: str) -> Iterator[Hidden]:
    """Mobile and identity numbers that are written in pieces: 138，1234，5678, a digit a line, one emoji a digit."""
    unclear = _CLOCK_OR_DATE.sub(lambda found: "t" * len(found[0]), digits)
    for run in _APART.finditer(unclear):
        groups = [found.span() for found in _GROUP.finditer(unclear, *run.span())]
        for first, (start, _) in enumerate(groups):
            number = ""
            for begin, end in groups[first:]:
                number += unclear[begin:end]
                if len(number) > 18:
                    break
                if what := _in_pieces(number, plain, start):
                    cap = _KEYCAP.match(plain, end)
                    yield Hidden(start, cap.end() if cap else end, what)


def _in_pieces(number: str, plain: str, start: int) -> str | None:
    if _MOBILE.fullmatch(number):
        return "phone"
    if not _IDENTITY.fullmatch(number):
        return None
    checks = len(number) == 18 and _identity_checks(number)
    return "identity" if checks or _IDENTITY_CUE.search(plain, max(0, start - 14), start) else None


def _named(run: str, plain: str, start: int) -> str:
    if len(run) in (15, 18) and _IDENTITY.fullmatch(run) and (len(run) == 15 or _identity_checks(run)):
        return "identity"
    if _MOBILE.fullmatch(run):
        return "phone"
    if 16 <= len(run) <= 19 and run.isdigit() and _luhn(run):
        return "bank_card"
    if len(run) == 18 and _IDENTITY.fullmatch(run):
        return "identity"  # mistyped, still somebody's
    if len(run) <= 13 and (_LANDLINE.fullmatch(run) or _PHONE_CUE.search(plain, max(0, start - 14), start)):
        return "phone"
    return "number"


def _words(plain: str) -> Iterator[Hidden]:
    for what, pattern in (("email", _EMAIL), ("plate", _PLATE), ("identity", _PASSPORT), ("link", _LINK)):
        for found in pattern.finditer(plain):
            yield Hidden(*found.span(), what)
    for found in _HANDLE.finditer(plain):
        group = next(name for name in ("value", "at", "link") if found[name] is not None)
        yield Hidden(*found.span(group), "handle")
    for found in _TAIL.finditer(plain):
        yield Hidden(*found.span("value"), "number")
    for found in _DOOR.finditer(plain):
        yield Hidden(*found.span("room" if found["room"] else 0), "door")
    for start, end in find_names(plain):
        yield Hidden(start, end, "name")
    for start, end, what in find_schools(plain):
        yield Hidden(start, end, what)


def _again(plain: str, spans: list[Hidden]) -> Iterator[Hidden]:
    """The same name or number where it is written a second time, without the words that gave it away."""
    for secret, what in {
        plain[span.start : span.end].strip(): span.what for span in spans if span.what not in _ONLY_THERE
    }.items():
        if len(secret) < (2 if what == "name" else 4):
            continue
        start = plain.find(secret)
        while start >= 0:
            yield Hidden(start, start + len(secret), what)
            start = plain.find(secret, start + len(secret))


def _united(spans: list[Hidden]) -> tuple[Hidden, ...]:
    united: list[Hidden] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end, one.what == "number")):
        if united and span.start < united[-1].end:
            last = united.pop()
            span = Hidden(last.start, max(last.end, span.end), last.what)
        united.append(span)
    return tuple(united)


def _digit(char: str) -> str:
    value = unicodedata.digit(char, None)
    return str(value) if value is not None and 0 <= value <= 9 else char


def _identity_checks(run: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10x98765432"[sum(int(digit) * weight for digit, weight in zip(run[:17], weights, strict=True)) % 11] == run[17]


def _luhn(run: str) -> bool:
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in run[-2::-2])
    return (sum(map(int, run[-1::-2])) + sum(doubled)) % 10 == 0
