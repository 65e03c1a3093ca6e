"""What several people speak of these days (热点), for the digest: read on the session that only reads."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions.town import Town
from nlp.topics import Said, find_topics
from storage import supports

LATELY = timedelta(days=14)
PEOPLE = 3
"""So many must speak of it; fewer are no topic but a wish with company."""
TOPICS = 3
MOST_WISHES = 300
"""The newest of them: to compare more takes longer than others should wait for it."""


async def count_topics(session: AsyncSession, town: Town, now: datetime) -> list[dict[str, Any]]:
    """The hottest matters of the last days: name, area, voices, days and the wishes, ready to be stored."""
    wishes = await supports.lately(session, now - LATELY, MOST_WISHES)
    said = [
        Said(
            id=str(wish.id),
            text=wish.text,
            on=town.policy.calendar.day(wish.submitted_at) if wish.submitted_at else None,
            voices=1 + wish.supporters,
            who=str(wish.author_id),
            place=wish.near,
        )
        for wish in wishes
        if wish.text
    ]
    return [
        {
            "name": topic.name,
            "area": topic.area,
            "heat": topic.heat,
            "voices": topic.voices,
            "supporters": topic.supporters,
            "days": topic.days,
            "wishes": [int(one) for one in topic.examples],
        }
        for topic in find_topics(town.reader.matters, said, least=PEOPLE, most=TOPICS)
        if topic.name
    ]
