"""The town before its first day: people who press Start, groups that an admin binds with /bind and two taps."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from bot.playing.failure import PlayFailed
from bot.playing.processes import AREAS
from bot.playing.stage import Person, Stage
from bot.playing.windows import Shown
from bot.replay import sayings
from bot.replay.residents import Resident
from bot.replay.reviewers import Admin, Desk
from bot.replay.volunteers import Board, Volunteer
from words.buttons import BindArea, BindAudience

COUNTY = "xy"
_FIRST_VOLUNTEER, _FIRST_RESIDENT = 1001, 10001
_GROUPS = 3  # communities with a volunteers' group of their own
_SHY = 0.2  # of the volunteers never opened the bot before their first 认领
_FOREIGN = 0.03  # of the residents read English
_AT_ONCE = 8


class Hearer(Protocol):
    def notice(self, message: Shown) -> None: ...


@dataclass
class Town:
    """Who lives there, and who hears of which message."""

    residents: list[Resident]
    hearers: dict[int, Hearer] = field(default_factory=dict)  # by chat

    def notice(self, message: Shown) -> None:
        """A new message of the bot: whoever sits in its chat decides what to do about it."""
        if message.chat in self.hearers:
            self.hearers[message.chat].notice(message)


async def found(stage: Stage, residents: int, volunteers: int) -> Town:
    """Let them move in.

    1. people; 2. Start; 3. a reviewers' group, a volunteers' group of the county and some of communities; 4. /bind.

    Raises:
        PlayFailed: the bot does not do its part.
    """
    communities = _communities()
    admins = [Admin(stage, admin_id, name) for admin_id, name in sayings.ADMINS.items()]
    helpers = [Volunteer(stage, _FIRST_VOLUNTEER + n, _volunteer_name(n)) for n in range(volunteers)]
    people = []
    for n in range(residents):
        home = stage.dice("home", n).choice(communities)
        people.append(Resident(stage, _FIRST_RESIDENT + n, _resident_name(n), home=home[0]))
    town = Town(people)
    stage.windows.on_new = town.notice
    everybody: list[Person] = [*admins, *helpers, *people]
    await _together(
        stage.client.add_user(person.name, id=person.id, language_code=_language(stage, person.id)) for person in everybody
    )
    shy = {helper.id for helper in helpers if stage.dice("shy", helper.id).random() < _SHY}
    await _together(person.say("/start") for person in everybody if person.id not in shy)

    desk = Desk(stage, admins, {helper.id: helper for helper in helpers})
    staff = [admin.id for admin in admins]
    office = await _group(stage, admins[0], "城关镇审核组", [], staff, (COUNTY, "reviewers"))
    town.hearers = {helper.id: helper for helper in helpers} | {person.id: person for person in people}
    town.hearers |= dict.fromkeys([office, *staff], desk)
    board = Board(stage, {})
    for number, (code, name) in enumerate([(COUNTY, "旬阳"), *communities[:_GROUPS]]):
        members = helpers if not number else stage.dice("group", code).sample(helpers, max(1, len(helpers) // 3))
        chat = await _group(stage, admins[0], f"{name}志愿者", [one.id for one in members], staff, (code, "volunteers"))
        board.members[chat] = members
        town.hearers[chat] = board
    return town


async def _group(
    stage: Stage, admin: Admin, title: str, members: list[int], staff: list[int], bound_to: tuple[str, str]
) -> int:
    """A group with the bot in it, bound by the admin."""
    chat = int((await stage.client.add_group(title, members, admins=staff))["id"])
    code, audience = bound_to
    await admin.say("/bind", chat)
    area, kind = BindArea(code=code), BindAudience(code=code, audience=audience)
    if not await admin.see(area, chat):
        raise PlayFailed(f"The bot does not offer the area {code} after /bind.")
    await admin.press(area, chat)
    if not await admin.see(kind, chat):
        raise PlayFailed(f"The bot does not ask whose group it is after /bind ({code}).")
    answer = await admin.press(kind, chat)
    if answer is None or answer.get("show_alert"):
        raise PlayFailed(f"The bot does not bind the group to {code}: {answer}.")
    return chat


async def _together(calls: Iterable[Awaitable[object]]) -> None:
    """Several at a time."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Awaitable[object]) -> None:
        async with slots:
            await call

    await asyncio.gather(*map(one, calls))


def _language(stage: Stage, person_id: int) -> str:
    foreign = person_id >= _FIRST_RESIDENT and stage.dice("language", person_id).random() < _FOREIGN
    return "en" if foreign else "zh-hans"


def _resident_name(number: int) -> str:
    return sayings.SURNAMES[number % len(sayings.SURNAMES)] + sayings.RESIDENTS[number % len(sayings.RESIDENTS)]


def _volunteer_name(number: int) -> str:
    return sayings.VOLUNTEERS[number % len(sayings.VOLUNTEERS)] + sayings.GIVEN[number % len(sayings.GIVEN)]


def _communities() -> list[tuple[str, str]]:
    """Code and name of each community in the town's file."""
    rows = yaml.safe_load(AREAS.read_text("utf-8"))["areas"]
    return [(str(row["code"]), str(row["name"])) for row in rows if row["level"] == "community"]
