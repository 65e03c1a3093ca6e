"""What happened in the town before the curtain rises: people act by the labels they read, the clock follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.demo import cast
from bot.playing.failure import PlayFailed
from bot.playing.pace import Pace
from bot.playing.stage import PATIENCE, Stage
from bot.playing.timetable import BEGIN, ZONE

RISES = datetime(2026, 3, 3, 9, 0, tzinfo=ZONE)
"""A Tuesday morning, when the demo begins."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Scenes:
    """People of the cast in front of the bot."""

    stage: Stage
    pace: Pace
    told: Callable[[datetime], None] = lambda moment: None
    """Hears what time it is."""

    async def play(self) -> None:
        """The town's first day, and the night after it.

        Raises:
            PlayFailed: the bot does not show what the scene needs.
        """
        self.told(BEGIN.astimezone(ZONE))
        await self._move_in()
        await self._monday_morning()
        await self.until(2, 14, 30)
        await self._monday_afternoon()
        await self.until(2, 20, 10)
        await self._monday_evening()
        await self.until(3, 8, 50)
        await self._tuesday_morning()
        await self.until(3, 9, 0)

    async def _move_in(self) -> None:
        client = self.stage.client
        for person, name in cast.NAMES.items():
            await client.add_user(name, id=person, language_code="zh-hans")
            await self.say(person, "/start")
        for group in cast.GROUPS:
            await client.add_group(group.title, group.members, admins=cast.ADMINS, id=group.id)
            await self.pace.settle()
            await self.say(cast.SECRETARY, "/bind", group.id)
            await self.tap(cast.SECRETARY, group.area, group.id)
            await self.tap(cast.SECRETARY, "志愿者群", group.id)

    async def _monday_morning(self) -> None:
        await self.until(2, 8, 20)
        await self.wish(cast.ZHAO, cast.TAP)
        await self.until(2, 8, 35)
        await self.tap(cast.LI, "认领", cast.RIVER_GROUP)
        await self.tap(cast.SECRETARY, "同意")  # the first time, an admin lets a volunteer in
        await self.until(2, 9, 5)
        await self.say(cast.SUN, cast.MATHS)
        await self.tap(cast.SUN, "公开文字")
        await self.tap(cast.SUN, "留电话地址")
        await self.say(cast.SUN, "河街社区 3 栋，晚上七点以后在家")  # for the helper alone
        await self.tap(cast.SUN, "提交")
        await self.tap(cast.SECRETARY, "通过，发给志愿者")
        await self.until(2, 9, 20)
        await self.tap(cast.JING, "认领", cast.RIVER_GROUP)
        await self.tap(cast.CHEN, "同意")
        await self.until(2, 9, 40)
        await self.wish(cast.LIU, cast.STREET_LIGHT)
        await self.tap(cast.CHEN, "受理")
        await self.tap(cast.CHEN, "我来办")
        await self.until(2, 10, 30)
        await self.wish(cast.ZHOU, cast.CARD)
        await self.tap(cast.CHEN, "答复")
        await self.say(cast.CHEN, "带身份证和两张一寸照片，到社区便民服务窗口就能办，当天能拿到。")
        await self.until(2, 11, 0)
        await self.deliver(cast.LI, "换了个垫圈，不滴水了。", "1 小时")
        await self.tap(cast.ZHAO, "办好了")
        await self.tap(cast.ZHAO, "5★")
        await self.tap(cast.ZHAO, "说声谢谢")
        await self.say(cast.ZHAO, "小伙子手艺好，人也和气，谢谢你！")

    async def _monday_afternoon(self) -> None:
        await self.wish(cast.LIU, cast.LOAN)
        await self.tap(cast.SECRETARY, "不通过")
        await self.tap(cast.SECRETARY, "这件事我们办不了")
        await self.until(2, 15, 0)
        await self.wish(cast.ZHAO, cast.DOCTOR)
        await self._approve_if_asked()
        await self.until(2, 15, 20)
        await self.tap(cast.MA, "认领", cast.TOWN_GROUP)
        await self.tap(cast.SECRETARY, "同意")
        await self.until(2, 15, 40)
        await self.wish(cast.ZHOU, cast.LOCK)
        await self.until(2, 15, 55)
        await self.tap(cast.ZHOU, "撤回")
        await self.tap(cast.ZHOU, "是的，撤回")
        await self.until(2, 19, 0)
        await self.deliver(cast.MA, "教会了挂号和缴费，手机里也写了步骤。", "1.5 小时")

    async def _monday_evening(self) -> None:
        await self.say(cast.SUN, cast.GAS)
        await self.until(2, 20, 16)  # the first officer is not at hand, the next one is woken
        await self.tap(cast.CHEN, "我来处理")
        await self.until(2, 20, 50)
        await self.tap(cast.CHEN, "办结")
        await self.tap(cast.CHEN, "自己写")
        await self.say(cast.CHEN, "燃气公司来看过了，是软管老化，已经换新，窗也开了，人都平安。")

    async def _tuesday_morning(self) -> None:
        await self.wish(cast.ZHOU, cast.BOOKS)
        await self._approve_if_asked()
        await self.wish(cast.SUN, cast.RUBBISH)
        await self.say(cast.ZHAO, cast.QUILTS)  # and he does not press 提交

    # --- what they do

    async def wish(self, person: int, text: str) -> None:
        """Write it, let everybody read it where that can be chosen, hand it in."""
        await self.say(person, text)
        if await self._find(person, "公开文字", person) is not None:
            await self.tap(person, "公开文字")
        await self.tap(person, "提交")

    async def deliver(self, person: int, words: str, hours: str) -> None:
        await self.tap(person, "办好了")
        await self.say(person, words)
        await self.tap(person, hours)

    async def _approve_if_asked(self) -> None:
        """Some categories are looked at first."""
        if await self._find(cast.SECRETARY, "通过，发给志愿者", cast.SECRETARY) is not None:
            await self.tap(cast.SECRETARY, "通过，发给志愿者")

    async def say(self, person: int, text: str, chat: int | None = None) -> None:
        await self.stage.client.say(person, text, chat)
        await self.pace.settle()

    async def tap(self, person: int, label: str, chat: int | None = None) -> None:
        """Press the newest button with this label in one's private chat, or in a group."""
        where = chat or person
        found = await self._find(person, label, where)
        if found is None:
            raise PlayFailed(f"{cast.NAMES[person]} sees no button “{label}”.\n{await self._screen(where)}")
        await self.stage.client.tap(person, *found, where, wait=PATIENCE)
        await self.pace.settle()

    async def until(self, day: int, hour: int, minute: int) -> None:
        """Let time pass to a moment in March, with everything that falls due on the way."""
        moment = datetime(2026, 3, day, hour, minute, tzinfo=ZONE)
        self.told(moment)
        while (due := self.pace.next_due(_MINUTE)) < moment:
            await self.pace.move_to(due)
            await self.pace.settle()
        await self.pace.move_to(moment)
        await self.pace.settle()

    async def _find(self, person: int, label: str, where: int) -> tuple[int, str] | None:
        """Message and data of the newest button whose words begin like this, whatever picture they wear."""
        for message in reversed(await self.stage.client.messages(where)):
            for button in _buttons(message):
                words = str(button["text"])
                if "callback_data" in button and (words.startswith(label) or words.partition(" ")[2].startswith(label)):
                    return int(message["message_id"]), str(button["callback_data"])
        return None

    async def _screen(self, where: int) -> str:
        messages: Sequence[dict[str, Any]] = (await self.stage.client.messages(where))[-3:]
        return "\n".join(f"{message.get('text')} {[button['text'] for button in _buttons(message)]}" for message in messages)


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message.get("deleted"):
        return []
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
