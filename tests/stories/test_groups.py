"""The bot among people: it greets, is bound again, and loses what was meant for others."""

from sqlalchemy import select

from storage import outbox
from storage.models import Outgoing
from tests.stories.town import Actor, Town

SECRET = "王阿姨住 3 号楼 402"


async def test_it_greets_once_when_it_is_added(town: Town, secretary: Actor) -> None:
    chat = (await town.people.add_group("城关志愿者", [secretary.id]))["id"]
    await town.settle()
    assert "大家好" in await secretary.last(chat)
    assert "/bind" in await secretary.last(chat)
    await town.people.set_member(chat, None, "administrator")
    await town.settle()
    assert len([m for m in await secretary.messages(chat) if "大家好" in m["text"]]) == 1
    await town.people.set_member(chat, None, "kicked")
    await town.people.set_member(chat, None, "member")
    await town.settle()
    assert len([m for m in await secretary.messages(chat) if "大家好" in m["text"]]) == 2


async def test_what_waits_for_reviewers_is_not_delivered_to_the_volunteers_the_group_became(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    room = await town.group("审核群", secretary, audience="审核员群")
    await town.app.stop()  # nothing is sent now
    async with town.app.transactions.begin() as session:
        payload = {"chat_id": room, "text": SECRET}
        await outbox.enqueue(session, town.now(), room, "sendMessage", payload, parked=True)
    await town.begin_again()
    for audience in ("审核员群", "志愿者群"):
        await secretary.say("/bind", room)
        await secretary.tap("城关镇", room)
        await secretary.tap(audience, room)
        states = await town.rows(select(Outgoing.state).where(Outgoing.payload["text"].as_string() == SECRET))
        assert states == ["parked" if audience == "审核员群" else "dropped"]
    await town.people.set_member(room, None, "kicked")
    await town.people.set_member(room, None, "administrator")
    await town.settle()
    assert not await secretary.heard(SECRET, room)


async def test_the_digest_says_how_much_could_not_be_delivered(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("想请人帮忙换个灯泡")
    await wang.tap("提交")
    await secretary.say("/digest")
    assert "没能送到" not in await secretary.last()
    await town.people.block(wang.id)
    await town.settle()
    await secretary.forge("j:1:close:solved")
    await secretary.say("/digest")
    assert "📵 有 1 条消息没能送到" in await secretary.last()
