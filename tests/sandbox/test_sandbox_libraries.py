"""An independent check: python-telegram-bot and aiogram, written by others, talk to the sandbox and understand it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import telegram
from aiohttp import web
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from sandbox import images
from sandbox.client import SandboxClient
from sandbox.server import Sandbox
from tests.sandbox.hook import Hook

PICTURE = images.generated(400, 300, 1)
MARKUP = telegram.InlineKeyboardMarkup(
    [[telegram.InlineKeyboardButton("认领", callback_data="claim"), telegram.InlineKeyboardButton("看", url="https://a.cn/")]]
)


def connected(url: str, token: str = "42:TEST") -> telegram.Bot:
    return telegram.Bot(
        token,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=HTTPXRequest(connection_pool_size=8),
        get_updates_request=HTTPXRequest(connection_pool_size=4),
    )


@pytest.fixture
async def ptb(sandbox: Sandbox) -> AsyncIterator[telegram.Bot]:
    async with connected(sandbox.url) as bot:
        yield bot


@pytest.fixture
async def started(ptb: telegram.Bot, people: SandboxClient) -> int:
    await people.add_user("王阿姨", id=1001, last_name="秀英", username="wang", language_code="zh-hans")
    await people.say(1001, "/start wish_7")
    return 1001


async def test_texts_are_sent_edited_copied_and_deleted(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    assert ptb.username == "wishlight42_bot"
    sent = await ptb.send_message(
        started,
        "<b>心愿</b> 😀 <a href='https://a.cn/'>看</a> /help",
        parse_mode="HTML",
        reply_markup=MARKUP,
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
        protect_content=True,
        disable_notification=True,
        reply_parameters=telegram.ReplyParameters(1),
    )
    assert sent.parse_entities() == {
        sent.entities[0]: "心愿",
        sent.entities[1]: "看",
        sent.entities[2]: "/help",
    }
    assert sent.text_html == '<b>心愿</b> 😀 <a href="https://a.cn/">看</a> /help'
    assert sent.reply_markup == MARKUP
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "/start wish_7"
    assert sent.has_protected_content
    edited = await ptb.edit_message_text("改", started, sent.message_id)
    assert isinstance(edited, telegram.Message)
    assert (edited.text, edited.reply_markup, edited.edit_date is not None) == ("改", None, True)
    marked = await ptb.edit_message_reply_markup(started, sent.message_id, reply_markup=MARKUP)
    assert isinstance(marked, telegram.Message)
    assert marked.reply_markup == MARKUP
    copy = await ptb.copy_message(started, started, sent.message_id)
    assert copy.message_id > sent.message_id
    assert await ptb.delete_message(started, copy.message_id)
    explicit = await ptb.send_message(started, "😀愿", entities=[telegram.MessageEntity("bold", 2, 1)])
    assert explicit.text_html == "😀<b>愿</b>"
    assert all(call["unknown"] == [] for call in await people.calls())


async def test_files_are_uploaded_described_and_downloaded(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    photo = await ptb.send_photo(started, PICTURE, caption="<i>楼道</i>", parse_mode="HTML", has_spoiler=True)
    assert [(size.width, size.height) for size in photo.photo] == [(90, 68), (320, 240), (400, 300)]
    assert photo.has_media_spoiler
    assert photo.caption_html == "<i>楼道</i>"
    file = await ptb.get_file(photo.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PICTURE
    again = await ptb.send_photo(started, photo.photo[0].file_id)
    assert [size.file_id for size in again.photo] == [size.file_id for size in photo.photo]
    voice = await ptb.send_voice(started, b"OggS....", duration=7, caption="听")
    assert voice.voice
    assert voice.voice.duration in (7, timedelta(seconds=7))
    document = await ptb.send_document(started, b"a,b\n", filename="名单.csv")
    assert document.document
    assert (document.document.file_name, document.document.file_size) == ("名单.csv", 4)
    captioned = await ptb.edit_message_caption(started, document.message_id, caption="名单")
    assert isinstance(captioned, telegram.Message)
    assert captioned.caption == "名单"
    place = await ptb.send_location(started, 32.83, 109.37, horizontal_accuracy=5)
    assert place.location
    assert (place.location.latitude, place.location.longitude) == (32.83, 109.37)
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type voicenote as photo"):
        await ptb.send_photo(started, voice.voice.file_id)
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await ptb.send_photo(started, b"no picture")
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await ptb.send_photo(started, "nonsense")
    with pytest.raises(BadRequest, match=r"(?i)invalid file_id"):
        await ptb.get_file("nonsense")
    with pytest.raises(BadRequest, match=r"(?i)file must be non-empty"):
        await ptb.send_document(started, b"")
    assert all(call["unknown"] == [] for call in await people.calls())


async def test_photos_of_people_can_be_downloaded(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    await people.send_photo(started, caption="漏水")
    message = (await ptb.get_updates())[-1].message
    assert message
    assert len(message.photo) == 3
    for size in message.photo:
        content = bytes(await (await ptb.get_file(size.file_id)).download_as_bytearray())
        assert images.dimensions(content) == (size.width, size.height)
        assert len(content) == size.file_size


async def test_albums_are_sent(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    first = await ptb.send_photo(started, PICTURE)
    sent = await ptb.send_media_group(
        started,
        [
            telegram.InputMediaPhoto(PICTURE, caption="<b>一</b>", parse_mode="HTML"),
            telegram.InputMediaPhoto(first.photo[0].file_id),
        ],
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].caption_html == "<b>一</b>"
    with pytest.raises(BadRequest, match=r"(?i)too few messages"):
        await ptb.send_media_group(started, [telegram.InputMediaPhoto(PICTURE)])
    with pytest.raises(BadRequest, match="can't be mixed"):
        await ptb.send_media_group(started, [telegram.InputMediaPhoto(PICTURE), telegram.InputMediaDocument(b"x")])
    assert all(call["unknown"] == [] for call in await people.calls())


async def test_every_kind_of_update_is_understood(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    await people.add_user("小李", id=1002)
    group = (await people.add_group("邻里", [started], admins=[1002]))["id"]
    await people.set_member(group, 1002, "restricted")
    await people.set_member(group, 1002, "administrator")
    await people.say(1002, "@wang 看 https://a.cn", group, anonymous=True)
    for content in (
        {"photo": True},
        {"voice": True},
        {"video": True},
        {"document": True},
        {"sticker": True},
        {"location": {"latitude": 1, "longitude": 2}},
        {"contact": True},
    ):
        await people.send(started, **content)
    said = await people.say(started, "心愿")
    await people.edit(started, said["message_id"], text="心愿二")
    card = await ptb.send_message(group, "心愿", reply_markup=MARKUP)
    await people.tap(started, card.message_id, "claim", group)
    await people.tap(started, card.message_id, "claim", group, inaccessible=True)
    await people.block(started)
    await people.set_member(group, started, "left")
    for status in ("member", "restricted", "left", "kicked"):
        await people.set_member(group, None, status)
    updates = await ptb.get_updates(allowed_updates=telegram.Update.ALL_TYPES)
    kinds = [next(name for name in telegram.Update.ALL_TYPES if getattr(update, name)) for update in updates]
    assert set(kinds) == {"message", "edited_message", "callback_query", "my_chat_member"}
    queries = [update.callback_query for update in updates if update.callback_query]
    assert [query.message.is_accessible for query in queries if query.message] == [True, False]
    assert await queries[0].answer("好", show_alert=True)
    anonymous = next(update.message for update in updates if update.message and update.message.sender_chat)
    assert anonymous.from_user
    assert (anonymous.from_user.id, anonymous.sender_chat.id if anonymous.sender_chat else 0) == (1087968824, group)
    attachments = {type(update.message.effective_attachment).__name__ for update in updates if update.message}
    assert attachments >= {"Voice", "Video", "Document", "Sticker", "Location", "Contact", "tuple"}


async def test_chats_are_described(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    group = (await people.add_group("邻里", admins=[started]))["id"]
    chat = await ptb.get_chat(group)
    assert (chat.title, chat.permissions is not None) == ("邻里", True)
    assert (await ptb.get_chat(started)).full_name == "王阿姨 秀英"
    assert isinstance(await ptb.get_chat_member(group, started), telegram.ChatMemberOwner)
    own = await ptb.get_chat_member(group, 42)
    assert isinstance(own, telegram.ChatMemberAdministrator)
    assert own.can_delete_messages
    for status, kind in [
        ("member", telegram.ChatMemberMember),
        ("restricted", telegram.ChatMemberRestricted),
        ("left", telegram.ChatMemberLeft),
        ("kicked", telegram.ChatMemberBanned),
    ]:
        await people.set_member(group, started, status)
        assert isinstance(await ptb.get_chat_member(group, started), kind)
    assert len(await ptb.get_chat_administrators(group)) == 1
    assert await ptb.set_my_commands([("help", "帮助")], scope=telegram.BotCommandScopeAllPrivateChats(), language_code="zh")
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await ptb.set_my_commands([("帮助", "帮助")])
    assert await ptb.send_chat_action(started, "typing")
    assert await ptb.delete_webhook(drop_pending_updates=True)
    assert all(call["unknown"] == [] for call in await people.calls())


async def test_errors_have_the_types_that_the_library_gives_them(
    ptb: telegram.Bot, people: SandboxClient, started: int, sandbox: Sandbox, pollers: Any
) -> None:
    await people.add_user("小李", id=1002)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await ptb.send_message(1002, "x")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await ptb.send_message(77, "x")
    with pytest.raises(InvalidToken):
        async with connected(sandbox.url, "42:OTHER"):
            pass
    poll = asyncio.create_task(ptb.get_updates(offset=10**9, timeout=20))
    await pollers(1)
    async with connected(sandbox.url) as second:
        await second.get_updates()
    with pytest.raises(Conflict):
        await asyncio.wait_for(poll, 5)
    await people.fault("500", count=1)
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await ptb.send_message(started, "x")
    await people.fault("refuse", count=1)
    with pytest.raises(NetworkError):
        await ptb.send_message(started, "x")


async def test_faults_are_what_the_library_expects_of_a_bad_day(ptb: telegram.Bot, people: SandboxClient, started: int) -> None:
    seen = len(await people.messages(started))
    await people.fault("502", count=1)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await ptb.send_message(started, "一")
    await people.fault("429", count=1, retry_after=3)
    with pytest.raises(RetryAfter) as refused:
        await ptb.send_message(started, "二")
    assert refused.value.retry_after == timedelta(seconds=3)
    assert len(await people.messages(started)) == seen
    await people.fault("reset", count=1)
    with pytest.raises(NetworkError):
        await ptb.send_message(started, "三")
    await people.fault("garbage", count=1)
    with pytest.raises(TelegramError, match="Invalid server response"):
        await ptb.send_message(started, "四")
    await people.fault("delay", count=1, delay=5)
    with pytest.raises(TimedOut):
        await ptb.send_message(started, "五", read_timeout=0.2)
    assert [message["text"] for message in (await people.messages(started))[seen:]] == ["三", "四", "五"]
    for number in range(3):
        await people.say(started, str(number))
    await people.fault("shuffle", count=1)
    updates = await ptb.get_updates()
    ids = [update.update_id for update in updates]
    assert ids == sorted(ids, reverse=True)
    await people.fault("duplicate", count=1)
    assert [update.update_id for update in await ptb.get_updates(offset=ids[0] + 1)] == [ids[-1]]


async def test_the_library_sets_a_webhook_and_reads_what_it_is_brought(
    ptb: telegram.Bot, people: SandboxClient, started: int
) -> None:
    async with Hook.listening() as hook:
        assert await ptb.set_webhook(
            hook.url, max_connections=7, secret_token="S", drop_pending_updates=True, allowed_updates=["message"]
        )
        info = await ptb.get_webhook_info()
        assert (info.url, info.max_connections, info.ip_address) == (hook.url, 7, "127.0.0.1")
        assert info.allowed_updates == ("message",)
        assert info.last_error_date is None
        with pytest.raises(Conflict, match="while webhook is active"):
            await ptb.get_updates()
        hook.answers(500)
        await people.say(started, "灯泡坏了")
        update = telegram.Update.de_json((await hook.taken(2))[-1], ptb)
        assert update.message
        assert update.message.text == "灯泡坏了"
        info = await ptb.get_webhook_info()
        assert info.last_error_date is not None
        assert "500" in (info.last_error_message or "")
        with pytest.raises(BadRequest, match=r"(?i)https"):
            await ptb.set_webhook("http://wishlight.example/")
        assert await ptb.delete_webhook()
        assert (await ptb.get_webhook_info()).url == ""
    assert all(call["unknown"] == [] for call in await people.calls())


async def test_aiograms_own_webhook_handler_is_brought_updates_and_answers_in_the_same_breath(
    sandbox: Sandbox, people: SandboxClient
) -> None:
    import aiogram
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler

    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def echo(message: aiogram.types.Message) -> Any:
        return message.answer(f"{message.text}!")

    server = TelegramAPIServer.from_base(sandbox.url)
    async with aiogram.Bot("42:TEST", session=AiohttpSession(api=server)) as bot:
        app = web.Application()
        SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="S").register(app, "/hook")
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            assert await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="S")
            wang = (await people.add_user("王阿姨"))["id"]
            await people.say(wang, "在吗")
            async with asyncio.timeout(10):
                while (await people.messages(wang))[-1]["text"] != "在吗!":  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            info = await bot.get_webhook_info()
            assert (info.pending_update_count, info.last_error_message) == (0, None)
        finally:
            await runner.cleanup()


async def test_too_many_messages_tell_how_long_to_wait(strict_sandbox: Sandbox, session: Any) -> None:
    people = SandboxClient(strict_sandbox.url, session)
    async with connected(strict_sandbox.url) as bot:
        wang = (await people.add_user("王阿姨"))["id"]
        await people.say(wang, "/start")
        for number in range(3):
            await bot.send_message(wang, str(number))
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(wang, "3")
    assert timedelta(seconds=1) <= refused.value.retry_after <= timedelta(seconds=3)  # type: ignore[operator]


async def test_aiogram_talks_to_it_too(sandbox: Sandbox, people: SandboxClient) -> None:
    import aiogram
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramUnauthorizedError
    from aiogram.types import (
        BufferedInputFile,
        InaccessibleMessage,
        InlineKeyboardButton,
        InlineKeyboardMarkup,
        InputMediaPhoto,
    )

    server = TelegramAPIServer.from_base(sandbox.url)
    async with aiogram.Bot("42:TEST", session=AiohttpSession(api=server)) as bot:
        await bot.me()
        wang = (await people.add_user("王阿姨"))["id"]
        await people.say(wang, "/start")
        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="认领", callback_data="claim")]])
        sent = await bot.send_message(wang, "<b>心愿</b>", parse_mode="HTML", reply_markup=markup)
        assert sent.html_text == "<b>心愿</b>"
        photo = await bot.send_photo(wang, BufferedInputFile(PICTURE, "a.png"), caption="看")
        assert photo.photo
        downloaded = await bot.download(photo.photo[-1].file_id)
        assert downloaded
        assert downloaded.read() == PICTURE
        album = await bot.send_media_group(
            wang, [InputMediaPhoto(media=BufferedInputFile(PICTURE, "a.png")), InputMediaPhoto(media=photo.photo[0].file_id)]
        )
        assert len(album) == 2
        await people.tap(wang, sent.message_id, "claim")
        updates = await bot.get_updates()
        assert updates[-1].callback_query
        assert await updates[-1].callback_query.answer("好").as_(bot)
        await people.tap(wang, sent.message_id, "claim", inaccessible=True)
        tap = (await bot.get_updates(offset=-1))[0].callback_query
        assert tap
        assert isinstance(tap.message, InaccessibleMessage)
        with pytest.raises(TelegramBadRequest, match="message is not modified"):
            await sent.edit_text("<b>心愿</b>", parse_mode="HTML", reply_markup=markup)
        group = (await people.add_group("邻里", admins=[wang], bot=None))["id"]
        for status in ("member", "administrator", "restricted", "left", "kicked", "administrator"):
            await people.set_member(group, None, status)
        changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
        assert [change.new_chat_member.status for change in changes][-3:] == ["left", "kicked", "administrator"]
        await people.say(wang, "/stats", group, anonymous=True)
        await people.send_album(wang, [{"photo": True}, {"video": True}])
        for content in ({"voice": True}, {"document": True}, {"sticker": True}, {"contact": True}):
            await people.send(wang, **content)
        assert len(await bot.get_updates(offset=-7)) == 7
        assert (await bot.get_chat(group)).title == "邻里"
        assert (await bot.get_chat(wang)).first_name == "王阿姨"
        assert {member.status for member in await bot.get_chat_administrators(group)} == {"creator", "administrator"}
        await people.block(wang)
        with pytest.raises(TelegramForbiddenError):
            await bot.send_message(wang, "x")
        assert all(call["unknown"] == [] for call in await people.calls())
    async with aiogram.Bot("42:WRONG", session=AiohttpSession(api=server)) as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.me()
