"""A helper's report: words and photos of what was done."""

from tests.stories.scenes import claimed
from tests.stories.town import Actor, Town


async def test_an_album_as_report_makes_one_card(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    await claimed(town, wang, li)
    await li.tap("办好了")
    before = [message["message_id"] for message in await li.messages()]
    await town.people.send_album(li.id, [{"photo": True}] * 10)
    await town.settle()
    after = [message["message_id"] for message in await li.messages()]
    assert after[:-1] == before[:-1]
    assert after[-1] > before[-1]
    assert "已记 10 条" in await li.last()
    await li.tap("1 小时")
    assert sum("photo" in message for message in await wang.messages()) == 10
