"""Somebody blocks the bot, somebody deletes its message: officers hear of it once, and what is needed stands there anew."""

from pydantic import SecretStr

from bot.telegram import Telegram
from storage import outbox
from tests.stories.scenes import claimed, opened
from tests.stories.town import TOKEN, Actor, Town

HEADING = "联系不上对方了"


async def lists_of(actor: Actor) -> list[str]:
    return [message["text"] for message in await actor.messages() if HEADING in message["text"]]


async def delete(town: Town, chat: int, message_id: int) -> None:
    """An admin of a group may delete what the bot said; the bot is not told."""
    await town.app.telegram.call("deleteMessage", {"chat_id": chat, "message_id": message_id})


async def test_officers_hear_once_that_a_resident_cannot_be_reached(town: Town, secretary: Actor, wang: Actor) -> None:
    wish = await opened(town, wang)
    await town.people.block(wang.id)
    await town.settle()
    await town.advance(minutes=11)
    (told,) = await lists_of(secretary)
    assert f"#{wish}" in told
    async with town.app.transactions.begin() as session:
        await outbox.enqueue(session, town.now(), wang.id, "sendMessage", {"chat_id": wang.id, "text": "有消息"})
    await town.settle()
    await town.advance(hours=3)
    assert len(await lists_of(secretary)) == 1
    await town.people.block(wang.id, False)
    await wang.say("/my")
    assert await wang.heard("有消息")


async def test_a_block_that_telegram_tells_by_refusing_is_told_as_well(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish = await claimed(town, wang, li)
    await town.app.stop()
    await town.people.block(li.id)
    telegram = Telegram(SecretStr(TOKEN), town.sandbox.url)
    await telegram.open()
    await telegram.call("deleteWebhook", {"drop_pending_updates": True})  # nobody hears of the block itself
    await telegram.close()
    await town.begin_again()
    await town.advance(days=4)  # past the day that was promised
    for _ in range(2):  # a list for the helper, then one for the officers
        await town.advance(minutes=11)
    assert any(f"#{wish}" in told for told in await lists_of(secretary))


async def test_who_waits_for_nothing_is_no_news(town: Town, secretary: Actor, wang: Actor) -> None:
    await wang.say("想请人帮忙换个灯泡")
    await town.people.block(wang.id)
    await town.settle()
    await town.advance(hours=1)
    assert await lists_of(secretary) == []


async def test_a_post_that_was_deleted_stands_there_anew_when_the_wish_is_open_again(
    town: Town, secretary: Actor, wang: Actor
) -> None:
    li = await town.volunteer("小李")
    room = await town.group("志愿者群", secretary, li)
    wish = await opened(town, wang)
    (post,) = [message for message in await secretary.messages(room) if f"#{wish}" in message["text"]]
    await delete(town, room, post["message_id"])
    await wang.say("/my")
    await wang.tap(f"#{wish}")
    await wang.tap("不公开")
    await town.settle()
    (anew,) = [message for message in await secretary.messages(room) if f"#{wish}" in message["text"]]
    assert anew["message_id"] > post["message_id"]
    assert "认领" in str(anew["reply_markup"])
    await li.tap("认领", room)
    assert await li.heard("王阿姨") or await li.heard(f"#{wish}")


async def test_a_deleted_post_of_a_claimed_wish_is_left_alone(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    room = await town.group("志愿者群", secretary, li)
    wish = await opened(town, wang)
    (post,) = [message for message in await secretary.messages(room) if f"#{wish}" in message["text"]]
    await delete(town, room, post["message_id"])
    await li.say(f"/start claim_{wish}")
    await town.settle()
    assert [message for message in await secretary.messages(room) if f"#{wish}" in message["text"]] == []


async def test_an_authors_card_that_was_deleted_comes_again(town: Town, secretary: Actor, wang: Actor) -> None:
    li = await town.volunteer("小李")
    wish = await opened(town, wang)
    for message in await wang.messages():
        await delete(town, wang.id, message["message_id"])
    await li.say(f"/start claim_{wish}")
    await town.settle()
    assert await wang.buttons()
