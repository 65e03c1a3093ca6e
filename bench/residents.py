"""Who writes, and what: every update is another resident's first wish, so that no two of them want the same row."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sandbox.client import SandboxClient

WISHES = (
    "厨房的灯泡坏了，我眼睛不好，想请人来帮忙换一下。",
    "楼道里的垃圾堆了好几天没人清，味道很大，麻烦派人来看看。",
    "我腿脚不方便，想请志愿者帮我去药店买点降压药。",
    "孩子上三年级，数学跟不上，想找个大学生志愿者辅导一下功课。",
    "小区门口的路灯不亮，晚上老人出门容易摔跤，希望尽快修好。",
    "母亲八十多岁了，一个人在家，想请人周末来陪她说说话。",
    "水龙头一直漏水，自己修不好，请会修水管的师傅来一趟，我电话13800001234。",
    "家里的旧衣柜太重，我一个人搬不动，想请两个小伙子帮忙抬下楼。",
    "想问一下高龄津贴在哪里办，需要带什么材料？",
    "希望社区能组织一次广场舞比赛，大家热闹热闹。",
    "楼上每天半夜还在装修，吵得睡不着，请社区来调解一下。",
    "手机不会用，医保卡绑定不了，想请年轻人教教我。",
)
_AT_ONCE = 16
_ids = count(40_000_001)


@dataclass(frozen=True, slots=True)
class Resident:
    id: int
    words: str


async def move_in(client: SandboxClient, number: int, communities: Sequence[str]) -> list[Resident]:
    """So many people who never wrote before, evenly over the communities, which they name in their wish."""
    people = []
    for index in range(number):
        community = communities[index % len(communities)]
        people.append(Resident(next(_ids), f"{community}：{WISHES[index % len(WISHES)]}"))
    await side_by_side(people, lambda one: client.add_user(f"居民{one.id}", id=one.id, language_code="zh-hans"))
    return people


async def side_by_side(people: Iterable[Resident], do: Callable[[Resident], Awaitable[Any]]) -> None:
    """Everybody does it, a few at a time."""
    waiting = iter(people)

    async def one_after_the_other() -> None:
        for one in waiting:
            await do(one)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


async def at_a_pace(people: Iterable[Resident], a_second: float, do: Callable[[Resident], Awaitable[Any]]) -> None:
    """Everybody does it in turn, so many a second, whether or not the one before was answered."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for index, one in enumerate(people):
        await asyncio.sleep(begun + index / a_second - loop.time())
        await do(one)
