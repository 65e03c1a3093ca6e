"""What the public text must not show, and what it must."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.redact import MASKS, find_private, mask, mask_for_others, public_name

HIDDEN = [
    # (text, what must be gone, what)
    ("打我电话13812345678", "13812345678", "phone"),
    ("电话 138 1234 5678 找王阿姨", "138 1234 5678", "phone"),
    ("手机138-1234-5678", "138-1234-5678", "phone"),
    ("手机１３８１２３４５６７８", "１３８１２３４５６７８", "phone"),
    ("手机：+86 13812345678", "13812345678", "phone"),
    ("手机 0086-138-1234-5678", "1234", "phone"),
    ("请打一三八一二三四五六七八", "一三八一二三四五六七八", "phone"),
    ("请打幺三八 〇零一二 三四五六", "三四五六", "phone"),
    ("电话138.1234.5678", "1234", "phone"),
    ("电话138*1234*5678", "1234", "phone"),
    ("座机0915-8201234", "8201234", "phone"),
    ("座机(0915)8201234转12", "8201234", "phone"),
    ("家里电话8201234", "8201234", "phone"),
    ("身份证11010519491231002X", "11010519491231002X", "identity"),
    ("身份证号：110105 19491231 002x", "19491231", "identity"),
    ("老证110105491231002", "110105491231002", "identity"),
    ("护照E12345678", "E12345678", "identity"),
    ("卡号6228480402564890018", "6228480402564890018", "bank_card"),
    ("卡号 6228 4804 0256 4890 018", "4890", "bank_card"),
    ("陕G12345堵在门口", "陕G12345", "plate"),
    ("车牌陕G·A1234", "A1234", "plate"),
    ("新能源陕GD12345", "GD12345", "plate"),
    ("车牌号：陕g 12345", "12345", "plate"),
    ("写信到 wang.ayi@example.com", "wang.ayi@example.com", "email"),
    ("邮箱 wang＠example．com", "wang", "email"),
    ("微信号abc123", "abc123", "handle"),
    ("加V: wang_li88", "wang_li88", "handle"),
    ("加我微信 wangli-88", "wangli-88", "handle"),
    ("vx：wangli88", "wangli88", "handle"),
    ("QQ12345", "12345", "handle"),
    ("扣扣：123456", "123456", "handle"),
    ("找我 @wangli88", "wangli88", "handle"),
    ("t.me/wangli88", "wangli88", "handle"),
    ("家住幸福小区3栋2单元401室", "3栋2单元401室", "door"),
    ("幸福小区三栋二单元四楼", "三栋二单元四楼", "door"),
    ("在5号楼1203", "5号楼1203", "door"),
    ("住12-2-301", "12-2-301", "door"),
    ("人民路123号", "123号", "door"),
    ("八一村三组25号", "25号", "door"),
    ("住在A座1502", "A座1502", "door"),
    ("就在402室", "402室", "door"),
    ("我叫王桂芳，想修水龙头", "王桂芳", "name"),
    ("本人李建国，住在城关镇", "李建国", "name"),
    ("联系人：赵小明", "赵小明", "name"),
    ("姓名 欧阳修", "欧阳修", "name"),
    ("请找张桂芳阿姨", "张桂芳", "name"),
    ("刘德福师傅修得好", "刘德福", "name"),
    ("我孙子叫王小宝，今年五岁", "王小宝", "name"),
    ("王小明 13812345678", "王小明", "name"),
    # what somebody is to somebody
    ("我妈王桂芳83岁，一个人住", "王桂芳", "name"),
    ("我爸爸张建国腿脚不便", "张建国", "name"),
    ("我老伴刘淑珍，眼睛看不见", "刘淑珍", "name"),
    ("老公陈志强瘫痪在床", "陈志强", "name"),
    ("三组村民侯华金，想修路", "侯华金", "name"),
    ("我妻子刘维于去年走了", "刘维", "name"),
    ("丈夫：李国平，身体不好", "李国平", "name"),
    ("村主任张大山不管事", "张大山", "name"),
    ("包工头汪平裕欠我工钱", "汪平裕", "name"),
    ("商贸社区三组王家院子12号", "12号", "door"),
    ("微❤ zhang-san520", "zhang", "handle"),
    ("v❤：lisi888", "lisi888", "handle"),
    ("加我薇Ｘ：ＬＩＳＩ８８８", "８８８", "handle"),
    ("绿泡泡 lisi888", "lisi888", "handle"),
    ("身份证尾号2345", "2345", "number"),
    ("我叫阿依古丽·买买提，想找工作", "买买提", "name"),
    ("联系人：古丽娜尔·艾山", "艾山", "name"),
    ("本人买买提·吐尔逊", "吐尔逊", "name"),
    ("我孙子乐乐在城关幼儿园", "乐乐", "name"),
    ("孙女甜甜5岁了", "甜甜", "name"),
    ("他在城关一小四（2）班", "城关一小", "school"),
    ("他在城关一小四（2）班", "2", "class"),
    ("孩子在育才幼儿园大二班", "育才幼儿园", "school"),
    ("姓名：周天宇", "周天宇", "name"),
    ("我叫周一鸣", "周一鸣", "name"),
    ("联系人安心怡", "安心怡", "name"),
    ("我妈安心怡83岁", "安心怡", "name"),
    ("包工头周天明欠我工钱", "周天明", "name"),
    ("我叫凌晨", "凌晨", "name"),
    # children
    ("我女儿李小红在育才小学读三年级", "李小红", "name"),
    ("我女儿李小红在育才小学读三年级", "育才小学", "school"),
    ("孩子在育才小学三年级二班上学，叫李小红", "李小红", "name"),
    ("孩子在育才小学三年级二班上学，叫李小红", "育才小学", "school"),
    ("孩子在育才小学三年级二班上学，叫李小红", "二班", "class"),
    ("我家娃叫乐乐，在城关二小上四年级", "乐乐", "name"),
    ("我家娃叫乐乐，在城关二小上四年级", "城关二小", "school"),
    ("我是李小红的妈妈，没人辅导作业", "李小红", "name"),
    ("李小红，女，8岁，城关镇第一小学学生", "城关镇第一小学", "school"),
    ("孙子张子轩，旬阳中学初二（3）班", "张子轩", "name"),
    ("孙子张子轩，旬阳中学初二（3）班", "旬阳中学", "school"),
    ("孙子张子轩，旬阳中学初二（3）班", "3", "class"),
    ("外孙女陈雨欣在向阳幼儿园大班", "向阳幼儿园", "school"),
    ("小朋友王梓涵的书包破了", "王梓涵", "name"),
    ("学生刘洋，想申请助学", "刘洋", "name"),
    ("我侄子在市一中读高一，名字叫赵磊", "市一中", "school"),
    ("育才小学三年级二班的李小红同学", "育才小学", "school"),
    ("我儿子在十五中读初中", "十五中", "school"),
    ("我小孩在一完小上二年级", "一完小", "school"),
    ("我是一名广益中学高二的学生", "广益中学", "school"),
    ("女儿考上江声中学了", "江声中学", "school"),
]
IN_PIECES = [
    # (text, what must be gone, what): numbers and names written so that a machine might overlook them
    ("打 138，1234，5678", "1234", "phone"),
    ("手机 138\n1234\n5678", "5678", "phone"),
    ("138+1234+5678", "138", "phone"),
    ("138|1234|5678", "138", "phone"),
    ("138：1234：5678", "1234", "phone"),
    ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "3️⃣", "phone"),
    ("138🙂1234🙂5678", "1234", "phone"),
    ("壹叁捌壹贰叁肆伍陆柒捌", "壹贰叁", "phone"),
    ("1，3，8，1，2，3，4，5，6，7，8", "3，4", "phone"),
    ("身份证 110105，19491231，002X", "19491231", "identity"),
    ("找我 3212345\n人在家", "3212345", "phone"),
    ("📍 32.83340, 109.36100\n户主是我妈", "36100", "number"),
    ("📍 32.83340, 109.36100\n人在家", "36100", "number"),
    ("我家在河街三号楼四零二", "四零二", "door"),
    ("我住四零二", "四零二", "door"),
    ("加我薇：wxid_abc123", "wxid_abc123", "handle"),
    ("QQ：一二三四五六", "一二三四五六", "handle"),
    ("我是菜湾社区的赵桂英", "赵桂英", "name"),
    ("我是河街3栋的赵桂英。", "赵桂英", "name"),
    ("写信到 wang艾特qq点com", "wang", "email"),
    ("邮箱 wang#qq.com", "wang", "email"),
    ("详情 https://evil.example/hongbao?id=1 领红包", "evil", "link"),
    ("看www.evil.example/x吧", "evil", "link"),
    ("打开 evil点com", "evil", "link"),
]
KEPT = [
    "王阿姨想修水龙头",
    "张书记和陈姐都知道",
    "城关镇文化社区的路灯坏了",
    "请拨打12345",
    "着火请打119，急救打120",
    "花了1138424元",
    "2019年12月6日上午9点",
    "2019-12-06 断的水",
    "营业时间9.00-17.30",
    "三室两厅，住一楼",
    "坐8号线到旬阳北站",
    "5月16号前办好",
    "奶粉2箱，尿不湿3包",
    "高龄老人和任何一位老师",
    "本人于去年退休",
    "本人因病在家",
    "今年82岁，血压160",
    "共有5000多人，每平方米3000元",
    "感谢老师，感谢医生",
    "惠普805墨盒",
    # community-level places
    "河街社区第三网格的路灯不亮",
    "我住菜湾社区，二期的电梯坏了",
    "文化社区门口到人民路中段",
    "我是菜湾社区的党员，想帮忙",
    "我是孙大妈，想换灯泡",
    # what is wrong at a school, and children in general
    "育才小学门口上下学太堵",
    "实验小学的食堂饭菜太差",
    "小区的孩子都上育才小学，路上没有红绿灯",
    "孩子上初中了，没人接送",
    "孩子三年级，数学跟不上",
    "孩子在村里的小学上学",
    "孩子马上要上幼儿园了",
    "小孩能不能到泉星小学就读",
    "育才小学三年级二班的班主任乱收费",
    "学生叫苦不迭",
    "孩子们到育才小学要过马路",
    # people without their names
    "孩子成绩不好，老人高血压",
    "业主向物业反映过",
    "我妈常年卧床，孩子白天没人管",
    "包工头欠我工钱",
    "老板钱财还不上",
    "孩子连厕所都来不及上",
    "老师让学生周末到家里补课",
    "爸爸高位截瘫",
    "邻居赵大爷没人管",
    "尤其是小朋友",
    "孩子天天哭，女儿常常发烧",
    "支付宝怎么用",
    "他在小区打太极",
    # hotlines, dates, amounts, times
    "12345、110、119都打过了",
    "12345，12315，96110",
    "2024年3月5日停水，2024-03-06又停",
    "2024-03-05 13:51:23，2024-03-06 08:30",
    "每天8:00-12:00，14:00-18:00开门",
    "周六18:30、周日19:30、周一20:00跳舞",
    "13:30、14:00、15:30各一场",
    "中午休息（13.00——14.00,22.40——7.00）",
    "一共1380000元，首付138万",
    "捐了1380000 元",
    "有1234567人报名",
    "人均3500元，共20000元，分12个月",
    "3人、8人、12人、34人、56人、78人",
    "一，二，三，四，五，六，七，八，九，十",
]


@pytest.mark.parametrize(("text", "secret", "what"), [*HIDDEN, *IN_PIECES])
def test_it_hides(text: str, secret: str, what: str) -> None:
    hidden = find_private(text)
    assert secret not in mask(text, hidden)
    assert what in {span.what for span in hidden}


@pytest.mark.parametrize("text", KEPT)
def test_it_keeps(text: str) -> None:
    assert mask(text, find_private(text)) == text


def test_a_name_and_a_number_are_hidden_where_they_come_again() -> None:
    text = "我叫王桂芳。微信号abc123。明天王桂芳在家，加abc123就行"
    public = mask(text, find_private(text))
    assert public == "我叫［姓名］。微信号［账号］。明天［姓名］在家，加［账号］就行"


def test_the_public_text_reads_kindly() -> None:
    text = "王阿姨家住幸福小区3栋2单元401室，电话13812345678，想请人换个灯泡"
    assert mask(text, find_private(text)) == "王阿姨家住幸福小区［门牌］，电话［电话］，想请人换个灯泡"


def _kept(text: str) -> str:
    public = mask(text, find_private(text))
    for word in MASKS.values():
        public = public.replace(word, "")
    return public


GAPS = st.sampled_from(
    [
        "",
        " ",
        "-",
        "  ",
        ".",
        "·",
        "－",
        " - ",
        "—",
        "*",
        ",",
        "，",
        "、",
        "+",
        "|",
        "：",
        "/",
        "_",
        "\n",
        " \n ",
        "€",
        "🙂",
        "） (",
    ]
)
SPELLINGS = st.sampled_from(
    [
        list("0123456789"),
        list("０１２３４５６７８９"),
        list("零一二三四五六七八九"),
        list("〇幺二三四五六七八九"),
        list("零壹贰叁肆伍陆柒捌玖"),
        list("٠١٢٣٤٥٦٧٨٩"),
        list("⓪①②③④⑤⑥⑦⑧⑨"),
        [f"{digit}\ufe0f\u20e3" for digit in range(10)],
    ]
)
AROUND = st.sampled_from(
    ["", "电话", "手机：", "打我", "王阿姨 ", "，谢谢", "。", "急！", "请找", "在家，", " ", "\n人在家", "户主"]
)
CUTS = st.sampled_from([(3, 7), (3, 6), (4, 8), (2, 5), tuple(range(1, 11))])


@given(st.integers(13_000_000_000, 19_999_999_999), GAPS, CUTS, SPELLINGS, AROUND, AROUND)
@settings(max_examples=300, deadline=1000)
def test_no_spelling_of_a_mobile_number_gets_through(number, gap, cuts, spelling, before, after) -> None:
    digits = str(number)
    parts = [digits[start:end] for start, end in pairwise([0, *cuts, len(digits)])]
    spoken = gap.join(parts).translate({48 + digit: spelling[digit] for digit in range(10)})
    assert not set("".join(spelling)) & set(_kept(before + spoken + after))


@given(st.text(max_size=300))
@settings(max_examples=120, deadline=1000)
def test_any_text_survives(text: str) -> None:
    hidden = find_private(text)
    public = mask(text, hidden)
    end, at = 0, 0
    for span in hidden:  # outside its spans the text is untouched
        assert end <= span.start < span.end <= len(text)
        kept = text[end : span.start]
        assert public.startswith(kept + MASKS[span.what], at)
        end, at = span.end, at + len(kept) + len(MASKS[span.what])
    assert public[at:] == text[end:]


PIECES = st.sampled_from(
    [
        "电话",
        "13812345678",
        "3栋",
        "401室",
        "我叫",
        "王桂芳",
        "微信",
        "abc123",
        "，",
        "陕G12345",
        "、",
        "\n",
        "身份证",
        "11010519491231002X",
        "a@b.cn",
        "人民路",
        "12号",
        "😀",
        "本人",
        " ",
        "2",
        "阿姨",
        "\u200b",
        "０",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=120)
def test_hidden_words_are_nowhere_in_the_public_text(text: str) -> None:
    public = mask(text, find_private(text))
    for secret in ("13812345678", "王桂芳阿姨", "我叫王桂芳", "陕G12345", "11010519491231002X", "401室", "a@b.cn"):
        assert secret not in public
    assert find_private(public) == () or all(
        public[h.start : h.end] not in text or h.what in {"name", "handle", "door"} for h in find_private(public)
    )


DIGITS = ["1", "一", "1栋", "1，", "1\n", "1-", "1:30，", "四零二", "路第一组"]
LETTERS = [
    "a-",
    "a.@",
    "a@a.",
    "微信号码",
    "vx，",
    "京a，",
    "@aaaa，",
    "a.",
    "http://",
    "点com",
    "我叫",
    "我是河街",
    "我儿子",
    "孩子在",
    "育才小学",
    "是王",
]


@given(st.lists(st.sampled_from(DIGITS + LETTERS), min_size=1, max_size=3).map("".join))
@settings(max_examples=60, deadline=None)
def test_no_text_keeps_the_bot_busy(piece: str) -> None:
    text = (piece * 8000)[:8000]
    began = time.perf_counter()
    find_private(text)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("王阿姨您好，灯修好了", "［姓名］您好，灯修好了"),
        ("请老李师傅和陈女士打13812345678", "请［姓名］和［姓名］打［电话］"),
        ("灯修好了", "灯修好了"),
    ],
)
def test_what_was_said_to_one_tells_others_not_to_whom(text: str, masked: str) -> None:
    assert mask_for_others(text) == masked


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("老孙13912345678 微信sun888", "老孙"),
        ("王阿姨", "王阿姨"),
        ("李小红", "李小红"),
        ("小李🌸", "小李🌸"),
        ("v❤lisi888 老李", "老李"),
        ("Anna K.", "Anna K."),
        ("13912345678", None),
        ("", None),
    ],
)
def test_a_signature_holds_no_number(name: str, public: str | None) -> None:
    assert public_name(name) == public
