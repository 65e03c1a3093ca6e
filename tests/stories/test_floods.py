"""One resident cannot flood a group."""

from rules.lifecycle import State
from tests.stories.scenes import submitted
from tests.stories.town import Actor, Town


async def test_what_one_resident_sends_beyond_a_few_a_day_is_looked_at_first(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    group = await town.group("城关志愿者", li)
    before = len(await li.messages(group))
    numbers = [await submitted(town, wang, f"第{n}个灯泡坏了，想请人换一下") for n in range(1, 8)]
    states = [(await town.wish(number)).state for number in numbers]
    assert states == [State.OPEN] * 5 + [State.REVIEWING] * 2
    assert len(await li.messages(group)) == before + 5
    zhao = await town.person("小赵")
    assert (await town.wish(await submitted(town, zhao))).state is State.OPEN  # somebody else's does not wait
    await town.advance(days=1)
    assert (await town.wish(await submitted(town, wang))).state is State.OPEN
