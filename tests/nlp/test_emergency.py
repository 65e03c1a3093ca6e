"""What must not wait, and what only sounds like it."""

import pytest

from nlp.emergency import CATEGORIES, NUMBERS, find_emergency
from nlp.normalise import normalise
from nlp.understanding import Reader

NOW = [
    ("我家着火了，快来人", "fire"),
    ("三栋二楼起火了！浓烟很大", "fire"),
    ("隔壁厨房冒浓烟了", "fire"),
    ("樓下著火了，快叫人", "fire"),
    ("家里煤气泄漏，满屋子味道", "gas"),
    ("楼道里好大一股煤气味", "gas"),
    ("闻到燃气味，不敢开灯", "gas"),
    ("王阿姨一家煤气中毒了", "gas"),
    ("隔壁有人拿刀砍人，救命", "violence"),
    ("我老公又打我，我躲在卫生间", "violence"),
    ("有人正在砸门要打人", "violence"),
    ("被家暴了，不敢回家", "violence"),
    ("我不想活了", "suicide"),
    ("邻居要跳楼，站在楼顶上", "suicide"),
    ("我妈喝了农药", "suicide"),
    ("她说活着没意思，想自杀", "suicide"),
    ("我家老人走失了，穿蓝色外套", "lost"),
    ("孩子放学到现在没回家，找不到了", "lost"),
    ("奶奶早上出门，到现在不见了", "lost"),
    ("王大爷晕倒在楼道里", "medical"),
    ("老人突发心梗，喘不上气", "medical"),
    ("孩子高烧40度不退，抽搐了", "medical"),
    ("我老婆羊水破了，叫不到车", "medical"),
    ("奶奶摔倒了起不来，头上流了很多血", "medical"),
    ("水已经淹到二楼，我们被困在屋顶上", "rescue"),
    ("房子塌了，里面还有人", "rescue"),
    ("有孩子掉进水库了", "rescue"),
    ("我被困在电梯里了", "rescue"),
    ("刚才路口发生车祸，有人受伤", "traffic"),
]
NOT_NOW = [
    "煤气灶坏了，打不着火",
    "煤气快用完了，想请人换一罐",
    "希望加强消防安全检查",
    "建议每年搞一次消防演练",
    "楼道堆满杂物，万一起火怎么办",
    "电动车乱停，容易引起火灾",
    "去年我们楼着火了，消防栓到现在没修",
    "消防通道被占，存在火灾隐患",
    "担心煤气泄漏，想装一个报警器",
    "没有着火，是误报",
    "热死了，公交车没有空调",
    "气死我了，快递又丢了",
    "孩子想死你们了，谢谢志愿者",
    "这价格真是跳楼价",
    "预防自杀的讲座什么时候办",
    "老人容易走失，想要一个防走失手环",
    "谢谢大家，走失的老人已经找到了",
    "我的猫不见了",
    "身份证不见了，怎么补办",
    "感谢消防员救出被困群众",
    "小区电梯经常困人，物业不管",
    "我被困在上海一个月了，想回家",
    "以前被家暴，想咨询离婚",
    "打火机在哪里买",
    "上个月路口发生车祸，建议装红绿灯",
    "家里断网，急死了",
    "饿死了，附近有什么吃的",
    "想学急救知识，社区有培训吗",
    "没有网，联系不上儿子，想换个老人机",
    "公交车上有人晕车",
]


@pytest.mark.parametrize(("text", "emergency"), NOW)
def test_an_emergency_is_told_at_once(reader: Reader, text: str, emergency: str) -> None:
    read = reader.understand(text)
    assert (read.emergency, read.kind, read.urgency) == (emergency, "emergency", "today")


@pytest.mark.parametrize("text", NOT_NOW)
def test_what_only_sounds_like_one_is_none(reader: Reader, text: str) -> None:
    assert reader.understand(text).emergency is None


def test_every_emergency_has_a_number_and_a_place_in_the_taxonomy(taxonomy) -> None:
    assert NUMBERS.keys() == CATEGORIES.keys()
    assert all(number.isdigit() for numbers in NUMBERS.values() for number in numbers)
    assert set(CATEGORIES.values()) <= taxonomy.categories.keys()


def test_a_long_account_of_what_happened_is_no_alarm() -> None:
    story = "我们小区的物业一直不作为，业主多次反映没有结果。" * 10
    assert find_emergency(normalise(story + "保安打人，业主昏迷")) is None
    assert find_emergency(normalise("业主昏迷了！" + story)) == "medical"
