"""/failed: what could not be handled or sent, for admins, in private."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery
from aiogram.types import Message as Update
from sqlalchemy.ext.asyncio import AsyncSession

from actions import failures
from actions.town import Town
from handlers.commands import COMMANDS, PRIVATE, PRIVATE_TAP
from rules.errors import NotFound
from storage.models import Person
from words.buttons import FailedTap
from words.messages import Answer, Message, Toast


def make_router() -> Router:
    router = Router(name="failures")
    router.message.filter(COMMANDS)
    router.message.register(failed, PRIVATE, Command("failed"))
    router.callback_query.register(on_update, FailedTap.filter(F.what == "u"), PRIVATE_TAP)
    router.callback_query.register(on_message, FailedTap.filter(F.what == "m"), PRIVATE_TAP)
    return router


async def failed(message: Update, session: AsyncSession, town: Town, person: Person) -> Answer:
    return await failures.listed(session, town, person)


async def on_update(
    query: CallbackQuery, callback_data: FailedTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    update_id = callback_data.id
    made: Message
    match callback_data.do:
        case "show":
            made = await failures.show_update(session, town, person, update_id)
        case "drop":
            made = await failures.show_update(session, town, person, update_id, sure=False)
        case "again":
            made = await failures.run_again(session, town, person, update_id)
        case "sure-drop":
            made = await failures.drop_update(session, now, town, person, update_id)
        case _:
            raise NotFound
    return made.taking_its_place(), Toast()


async def on_message(
    query: CallbackQuery, callback_data: FailedTap, session: AsyncSession, now: datetime, town: Town, person: Person
) -> Answer:
    row_id = callback_data.id
    made: Message
    match callback_data.do:
        case "show":
            made = await failures.show_message(session, town, person, row_id)
        case "again":
            made = await failures.send_again(session, town, person, row_id)
        case "sure-drop":
            made = await failures.drop_message(session, now, town, person, row_id)
        case _:
            raise NotFound
    return made.taking_its_place(), Toast()
