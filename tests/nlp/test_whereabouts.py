"""Where somebody lives moves no category."""

import pytest

from nlp.taxonomy import Taxonomy
from nlp.understanding import Reader
from nlp.whereabouts import without_whereabouts

BEFORE = [
    "",
    "文化社区，",
    "我住文化社区。",
    "您好，我是文化社区居民，",
    "我家在文化社区锦绣花园3号楼。",
    "商贸社区三网格，",
    "你好。",
]
NEEDS = {
    "家里灯泡坏了，够不着，想请人换一下": "home_repair",
    "孩子数学跟不上，想找人辅导": "education",
    "楼下垃圾堆了三天没人清": "sanitation",
    "门口的路灯不亮": "facilities",
    "想有人陪老人说说话": "elder_care",
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Taxonomy.default())


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("need", NEEDS)
def test_what_is_said_before_a_need_does_not_change_what_is_understood(reader: Reader, before: str, need: str) -> None:
    plain, told = reader.understand(need), reader.understand(before + need)
    assert told.category == NEEDS[need]
    assert (told.kind, told.beneficiary, told.not_sure) == (plain.kind, plain.beneficiary, plain.not_sure)


@pytest.mark.parametrize(
    "text",
    [
        "老旧小区要加装电梯",
        "智慧社区什么时候建",
        "我们社区没有活动室",
        "小区门口乱停车",
        "住的地方漏雨",
        "我是党员，想帮忙",
        "住院费太贵",
        "我家在修房子",
        "投诉社区，答应帮我修水管",
        "举报社区,答应给老人送饭一直没来",
        "谢谢社区,天天给我妈送饭",
        "我要投诉社区",
        "感谢社区!",
        "表扬社区小李",
        "我是来反映小区的",
        "我是投诉小区的业主",
        "求助社区",
        "我们打扫社区",
    ],
)
def test_what_tells_of_a_matter_stays(text: str) -> None:
    assert without_whereabouts(text) == text


@pytest.mark.parametrize("text", ["我住文化社区,灯坏了", "文化社区的灯坏了", "我家在锦绣花园3号楼2单元,灯坏了"])
def test_offsets_stay(text: str) -> None:
    left = without_whereabouts(text)
    assert len(left) == len(text)
    assert left.rstrip().endswith("灯坏了")
    assert "文化" not in left
    assert "花园" not in left


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("投诉社区，答应帮我修水管", "complaint"),
        ("举报社区，答应给老人送饭一直没来", "complaint"),
        ("谢谢社区，天天给我妈送饭", "thanks"),
        ("感谢社区！", "thanks"),
    ],
)
def test_what_is_said_of_a_community_is_heard(reader: Reader, text: str, kind: str) -> None:
    assert reader.understand(text).kind == kind
