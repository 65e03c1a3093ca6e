"""Who lives in the demo's town, and what they said on its first day."""

from dataclasses import dataclass

SECRETARY, CHEN = 101, 102
WANG, ZHAO, LIU, SUN, ZHOU = 201, 202, 203, 204, 205
LI, QING, JING, MA = 301, 302, 303, 304
TOWN_GROUP, RIVER_GROUP = -1004000000001, -1004000000002

NAMES = {
    SECRETARY: "张书记",
    CHEN: "陈姐",
    WANG: "王奶奶",
    ZHAO: "赵大爷",
    LIU: "刘师傅",
    SUN: "孙婶",
    ZHOU: "周老师",
    LI: "小李",
    QING: "小青",
    JING: "阿静",
    MA: "老马",
}
ADMINS = (SECRETARY, CHEN)


@dataclass(frozen=True, slots=True)
class Group:
    id: int
    title: str
    area: str  # as /bind offers it
    members: tuple[int, ...]


GROUPS = (
    Group(TOWN_GROUP, "城关镇志愿者", "城关镇", (LI, QING, JING, MA)),
    Group(RIVER_GROUP, "河街社区志愿者", "河街社区", (LI, JING)),
)
VOLUNTEERS = (LI, QING, JING, MA)

TAP = "厨房水龙头一直滴水，关不紧，想请人来看看。我家在河街社区。"
DOCTOR = "想请人教我用手机挂号，每次去医院都排不上队，我在东关社区。"
MATHS = "孩子上五年级，数学跟不上，想找个大学生志愿者周末辅导一下。我们在河街社区。"
BOOKS = "社区图书角想添几本适合小学生看的故事书，西关社区的孩子放学没地方去。"
STREET_LIGHT = "河街社区门口的路灯坏了半个月，晚上黑灯瞎火的，反映几次都没人管！"
RUBBISH = "东关社区门口的垃圾堆了三天没人清，味道大得很，投诉！"
LOAN = "我家里困难，想借两千块钱周转一下，下个月还。"
CARD = "请问老年优待证在哪里办，要带什么材料？"
LOCK = "门锁不好使，想请人来修一下，西关社区。"
GAS = "一进门全是煤气味，我头有点晕，怎么办？"
QUILTS = "天冷了，我腿脚不便，想请人帮忙把被子抱到楼顶晒一晒。"
