"""Kind, urgency and beneficiary of everyday messages."""

import pytest
import yaml

from nlp.triage import CUES
from nlp.understanding import Reader

KINDS = [
    ("请人帮忙去药店买一盒降压药", "wish"),
    ("家里灯泡坏了，想请人换一下", "wish"),
    ("独居老人想理个发", "wish"),
    ("奶粉快没了，求一罐", "wish"),
    ("想借一台轮椅用几天", "wish"),
    ("没钱交房租了，求助", "wish"),
    ("急需胰岛素，药店都没有货", "wish"),
    ("能不能帮我把药送到山上来", "wish"),
    ("投诉物业乱收停车费", "complaint"),
    ("楼下烧烤摊天天扰民，没人管", "complaint"),
    ("路灯坏了一个月，一直没人修", "complaint"),
    ("包工头拖欠我们工资", "complaint"),
    ("小区电梯经常关人，物业不管不问", "complaint"),
    ("工地半夜还在施工，吵得睡不着", "complaint"),
    ("举报城关镇一家饭店用地沟油", "complaint"),
    ("请问养老金怎么认证", "question"),
    ("咨询一下低保要什么条件", "question"),
    ("打流感疫苗在哪里预约？", "question"),
    ("我们这片什么时候拆迁", "question"),
    ("孩子上一年级划片是哪所小学？", "question"),
    ("建议在学校门口装红绿灯", "suggestion"),
    ("希望政府多种几棵树", "suggestion"),
    ("能不能在小广场增设几张桌椅，方便大家下棋", "suggestion"),
    ("呼吁大家文明养犬", "suggestion"),
    ("感谢小李帮我修好了水龙头", "thanks"),
    ("谢谢社区的志愿者，问题已经解决了", "thanks"),
    ("非常感谢陈姐，材料都办好了", "thanks"),
    ("给网格员点赞，反应真快", "thanks"),
]
PEOPLE = [
    ("王阿姨八十二岁，一个人住，想找人说说话", "elder"),
    ("我妈卧床，想请医生上门", "elder"),
    ("敬老院的老人想看一场戏", "elder"),
    ("我是盲人，盲道被车占了", "disabled"),
    ("残疾人想换一辆轮椅", "disabled"),
    ("宝宝的奶粉吃完了", "child"),
    ("留守儿童想要一个书包", "child"),
    ("我们家厨房水管漏水", "family"),
    ("一家四口没有地方住", "family"),
    ("我的身份证丢了", "self"),
    ("本人失业三个月，求一份工作", "self"),
    ("小区居民都盼着修这条路", "public"),
    ("公交车半小时才来一趟", "public"),
    ("全体村民请求修桥", "public"),
]
URGENCIES = [
    ("急需胰岛素，今天就断药了", "today"),
    ("马上就要没吃的了", "today"),
    ("明天要去医院，想请人陪一下", "days"),
    ("奶粉快没了，这两天能送来吗", "days"),
    ("希望组织一次象棋比赛", "whenever"),
    ("建议多种几棵树", "whenever"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kind(reader: Reader, text: str, kind: str) -> None:
    assert reader.understand(text).kind == kind


@pytest.mark.parametrize(("text", "who"), PEOPLE)
def test_beneficiary(reader: Reader, text: str, who: str) -> None:
    assert reader.understand(text).beneficiary == who


@pytest.mark.parametrize(("text", "when"), URGENCIES)
def test_urgency(reader: Reader, text: str, when: str) -> None:
    assert reader.understand(text).urgency == when


def test_traditional_and_full_width_text_is_understood_alike(reader: Reader) -> None:
    plain, other = reader.understand("请问养老金怎么认证?"), reader.understand("請問養老金怎麼認證？")
    assert (plain.kind, plain.category) == (other.kind, other.category) == ("question", "social_security")


def test_no_cue_is_lost_because_its_weight_is_there_twice() -> None:
    """YAML keeps the last of two equal keys, and says nothing."""
    tables = yaml.compose(CUES.read_text("utf-8"), Loader=yaml.SafeLoader)
    for _, answers in tables.value:
        for answer, weights in answers.value:
            keys = [weight.value for weight, _ in weights.value]
            assert len(keys) == len(set(keys)), answer.value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我想表扬陈姐，帮我跑了三趟", "thanks"),
        ("昨天来修灯的小伙子态度不好", "complaint"),
        ("老年证丢了咋个补", "question"),
    ],
)
def test_praise_reproach_and_a_question_in_dialect(reader: Reader, text: str, kind: str) -> None:
    assert reader.understand(text).kind == kind
