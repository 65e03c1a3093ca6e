"""The tables. A row is data; what may be done with it is said in `rules` and done in `actions`."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Enum, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from rules.learning import Fate
from rules.lifecycle import ClaimState, Event, Kind, State
from storage.types import Moment, RowId, TelegramId


def _words(enum: type[StrEnum]) -> Enum:
    """An enum stored as its word, so that the rows can be read without the code."""
    return Enum(enum, native_enum=False, length=16, values_callable=lambda members: [member.value for member in members])


class Table(DeclarativeBase):
    """Names every constraint, so that migrations can speak of them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        Kind: _words(Kind),
        State: _words(State),
        ClaimState: _words(ClaimState),
        Event: _words(Event),
        Fate: _words(Fate),
    }


class Area(Table):
    """A county, town, community (社区) or grid (网格)."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]  # county, town, community, grid
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"), index=True)
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    places: Mapped[list[Any]] = mapped_column(default=list)  # roads, estates, buildings in it: kind, name, aliases, numbers


_HELPS = sql("volunteer = 'asked' OR volunteer = 'yes'")
"""SQLite finds an index whose condition says OR for each of its parts, and one that says IN, or is no equality, for none."""


class Person(Table):
    """Somebody on Telegram: resident, volunteer, officer, admin, or several of these."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(TelegramId, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(default="")
    username: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="zh")
    started_at: Mapped[datetime | None]  # pressed Start or wrote: only then can the bot write to them
    unreachable_at: Mapped[datetime | None]  # blocked the bot, or gone; until they write again
    volunteer: Mapped[str] = mapped_column(default="no")  # no, asked, yes, refused
    volunteer_asked_at: Mapped[datetime | None]
    wants_wish_id: Mapped[int | None] = mapped_column(RowId)  # what they tapped 认领 on before approval
    is_admin: Mapped[bool] = mapped_column(default=False)
    area_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))  # home grid or community
    awaiting: Mapped[str | None]  # what their next words answer, e.g. "reject:17"
    awaiting_until: Mapped[datetime | None]
    flood_since: Mapped[datetime | None]  # whoever writes fast: the minute that is counted,
    flood_count: Mapped[int | None]  # their messages in it,
    pleaded_at: Mapped[datetime | None]  # and since when they were asked for patience
    created_at: Mapped[datetime]

    __table_args__ = (
        # Few among all who ever wrote.
        Index("ix_people_admins", "id", sqlite_where=sql("is_admin = 1"), postgresql_where=sql("is_admin")),
        Index("ix_people_volunteer", "volunteer", sqlite_where=_HELPS, postgresql_where=_HELPS),
    )  # fmt: skip

    @property
    def is_flooding(self) -> bool:
        return self.pleaded_at is not None

    @property
    def is_volunteer(self) -> bool:
        return self.volunteer == "yes"

    @property
    def can_be_written(self) -> bool:
        return self.started_at is not None and self.unreachable_at is None


class Group(Table):
    """A group chat the bot sits in; bound to an area and an audience by an admin."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(TelegramId, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"), index=True)
    audience: Mapped[str | None]  # volunteers, reviewers
    bound_by: Mapped[int | None] = mapped_column(TelegramId)
    bound_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(default="zh")
    problem: Mapped[str | None]  # why the bot cannot post there: "left", "no_rights"
    created_at: Mapped[datetime]


class Wish(Table):
    """A wish (心愿): anything a resident asks for, complains of, asks, suggests or thanks for."""

    __tablename__ = "wishes"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    author_id: Mapped[int] = mapped_column(TelegramId, ForeignKey("people.id"))
    kind: Mapped[Kind]
    state: Mapped[State]
    state_since: Mapped[datetime]
    category: Mapped[str]
    category_sure: Mapped[bool] = mapped_column(default=False)
    understood: Mapped[dict[str, Any]] = mapped_column(default=dict)  # confidence, deciding words, choices, what was hidden
    urgency: Mapped[str] = mapped_column(default="whenever")
    beneficiary: Mapped[str] = mapped_column(default="self")
    emergency: Mapped[str | None]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))
    text: Mapped[str] = mapped_column(default="")  # the author's own words: for reviewers and claimants
    public_text: Mapped[str] = mapped_column(default="")  # what the public sees, if `published`
    published: Mapped[bool] = mapped_column(default=False)  # the author's yes
    show_name: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[str | None]  # phone and address, for the claimant alone
    places: Mapped[int] = mapped_column(default=1)  # how many helpers
    days: Mapped[int] = mapped_column(default=7)  # allowed from claim to delivery
    rating: Mapped[int | None]
    thanks: Mapped[str | None]
    answer: Mapped[str | None]  # a reviewer's answer, reason or advice
    merged_into: Mapped[int | None] = mapped_column(RowId, ForeignKey("wishes.id"))
    near: Mapped[str | None]  # the community of what concerns many there, so that others may join; None: one person's own
    matter: Mapped[str | None]  # … and the words that it is about, with blanks around each
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")  # who tell of the same; counted from `supports`
    follows_id: Mapped[int | None] = mapped_column(RowId)  # it goes on where that one ended in silence
    urged_at: Mapped[datetime | None]
    steps_passed: Mapped[int] = mapped_column(default=0)  # rungs of the reminder ladder left behind
    next_reminder_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_wishes_next_reminder_at", "next_reminder_at", sqlite_where=sql("next_reminder_at IS NOT NULL"),
              postgresql_where=sql("next_reminder_at IS NOT NULL")),
        Index("ix_wishes_author_id", "author_id", "id"),
        # Of a state, what ended when; what goes on has no end. By the state alone all that was ever fulfilled would be found.
        Index("ix_wishes_state", "state", "finished_at"),
        Index("ix_wishes_submitted_at", "submitted_at", "author_id"),
        Index("ix_wishes_going_on", "author_id", sqlite_where=sql("finished_at IS NULL"),
              postgresql_where=sql("finished_at IS NULL")),
        Index("ix_wishes_contact", "finished_at", sqlite_where=sql("contact IS NOT NULL"),
              postgresql_where=sql("contact IS NOT NULL")),
        Index("ix_wishes_merged_into", "merged_into", sqlite_where=sql("merged_into IS NOT NULL"),
              postgresql_where=sql("merged_into IS NOT NULL")),
        Index("ix_wishes_near", "near", "id", "matter", sqlite_where=sql("near IS NOT NULL AND finished_at IS NULL"),
              postgresql_where=sql("near IS NOT NULL AND finished_at IS NULL")),
    )  # fmt: skip


class Support(Table):
    """Somebody who tells of the same matter as a wish (我也要反映): counted, told of every step, until they leave."""

    __tablename__ = "supports"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))
    person_id: Mapped[int] = mapped_column(TelegramId, ForeignKey("people.id"), index=True)
    own_wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))  # their own words, merged into that wish
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("wish_id", "person_id"),)  # whatever races, nobody is counted twice


class Line(Table):
    """One message of a resident that belongs to a wish: words, a photo, a voice, a place on the map."""

    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    person_id: Mapped[int] = mapped_column(TelegramId, ForeignKey("people.id"))
    message_id: Mapped[int]  # in the private chat with that person
    role: Mapped[str] = mapped_column(default="author")  # author, or claimant: a report
    media: Mapped[str | None]  # photo, voice, video, document, location
    file_id: Mapped[str | None]
    album: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("person_id", "message_id"),)


class Claim(Table):
    """One helper's promise (认领) to fulfil a wish, or an officer's order to do so."""

    __tablename__ = "claims"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    person_id: Mapped[int] = mapped_column(TelegramId, ForeignKey("people.id"))
    assigned_by: Mapped[int | None] = mapped_column(TelegramId)
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.LIVE)
    state_since: Mapped[datetime]
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    report: Mapped[str | None]
    hours: Mapped[float | None]
    steps_passed: Mapped[int] = mapped_column(default=0)
    next_reminder_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        # One person cannot fill two places of one wish, whatever races.
        Index("uq_claims_holding", "wish_id", "person_id", unique=True,
              sqlite_where=sql("state IN ('live', 'delivered', 'confirmed')"),
              postgresql_where=sql("state IN ('live', 'delivered', 'confirmed')")),
        Index("ix_claims_next_reminder_at", "next_reminder_at", sqlite_where=sql("next_reminder_at IS NOT NULL"),
              postgresql_where=sql("next_reminder_at IS NOT NULL")),
        Index("ix_claims_person_id", "person_id", "state"),
        Index("ix_claims_live", "due_at", sqlite_where=sql("state = 'live'"), postgresql_where=sql("state = 'live'")),
    )  # fmt: skip


class Timeline(Table):
    """What happened to a wish: one row an event, never edited."""

    __tablename__ = "timeline"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(RowId)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(TelegramId)  # None: time itself
    event: Mapped[Event]
    from_state: Mapped[State]
    to_state: Mapped[State]
    reason: Mapped[str | None]

    __table_args__ = (Index("ix_timeline_at", "at", "event"),)


class Card(Table):
    """A message that shows a wish and is edited as it changes; `message_id` is Telegram's answer, applied by the sender."""

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(RowId)
    chat_id: Mapped[int] = mapped_column(TelegramId)
    face: Mapped[str]  # author, group, review, claimant, alarm: which words and buttons it shows
    mode: Mapped[str] = mapped_column(default="")  # what it asks for the moment: categories, areas, withdraw …
    message_id: Mapped[int | None] = mapped_column(TelegramId)
    shown: Mapped[str] = mapped_column(default="")  # digest of what it shows, so that nothing is edited to the same
    displayed: Mapped[str] = mapped_column(default="")  # digest of what Telegram last accepted, set by the sender
    retired: Mapped[bool] = mapped_column(default=False)  # replaced by a newer one, or done with
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_cards_chat_id", "chat_id", "message_id"),)


_UNSETTLED = sql("state = 'waiting' OR state = 'parked' OR state = 'failed'")


class Outgoing(Table):
    """A call to Telegram that has still to be made, or was: written with the change it tells of."""

    __tablename__ = "outgoing"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(TelegramId)
    lane: Mapped[int] = mapped_column(default=0)  # 0 answers, 1 reminders and digests
    method: Mapped[str]
    payload: Mapped[dict[str, Any]]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"), index=True)  # sends it, or edits it
    reply_card_id: Mapped[int | None] = mapped_column(RowId)
    claim_id: Mapped[int | None] = mapped_column(RowId, index=True)  # private words that only its live claim entitles to
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, sent, dropped, failed, parked
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    maybe_twice: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[int | None] = mapped_column(TelegramId)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outgoing_waiting", "lane", "id", sqlite_where=sql("state = 'waiting'"),
              postgresql_where=sql("state = 'waiting'")),
        Index("ix_outgoing_chat_id", "chat_id", "id"),
        # What still has to be made, or never was, among millions that were.
        Index("ix_outgoing_unsettled", "state", "chat_id", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
    )  # fmt: skip


class Notice(Table):
    """One line that waits to be gathered into the next list for a chat."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(TelegramId, index=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))
    claim_id: Mapped[int | None] = mapped_column(RowId)
    about: Mapped[str]  # reviewing, open, order, due, overdue, climbed …: which heading it stands under
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("chat_id", "wish_id", "about"), Index("ix_notices_due_at", "due_at"))


class Appointment(Table):
    """Recurring work with its next time: the daily digest, the yearly calendar warning."""

    __tablename__ = "appointments"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class Edition(Table):
    """How often something was changed that running bots keep in memory: who knows another number reads it anew."""

    __tablename__ = "editions"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class Digest(Table):
    """A digest that was made: one a day and reader, whatever restarts."""

    __tablename__ = "digests"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    person_id: Mapped[int] = mapped_column(TelegramId, ForeignKey("people.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("day", "person_id"),)


class LabelledText(Table):
    """A text that came with its category in a file: every night learns from it as from a correction."""

    __tablename__ = "lessons"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)  # of the text: the same words are one lesson
    text: Mapped[str]
    category: Mapped[str]
    source: Mapped[str]  # the file's name
    created_at: Mapped[datetime]


class LearnedModel(Table):
    """One version of what was learned on top of the taxonomy; without one in use, the taxonomy alone is."""

    __tablename__ = "models"

    number: Mapped[int] = mapped_column(RowId, primary_key=True)
    taxonomy: Mapped[str]  # fingerprint of what it was learned on: with another taxonomy it means nothing
    lessons: Mapped[str]  # digest of what it was learned from: the same is learned once
    texts: Mapped[int]  # how many these were
    before: Mapped[int | None] = mapped_column(RowId)  # the one in use that it was compared with
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of both, on texts that neither was learned from
    learned: Mapped[str | None]  # JSON; an old one that nobody goes back to loses it
    state: Mapped[Fate]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # put to use last …
    ended_at: Mapped[datetime | None]  # … and out of it

    __table_args__ = (
        UniqueConstraint("taxonomy", "lessons"),
        # One is in use, whatever races.
        Index("uq_models_in_use", "taxonomy", unique=True,
              sqlite_where=sql("state = 'in_use'"), postgresql_where=sql("state = 'in_use'")),
    )  # fmt: skip


class SeenUpdate(Table):
    """An update whose effects are committed: seen again, it changes nothing."""

    __tablename__ = "seen_updates"

    id: Mapped[int] = mapped_column(TelegramId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(default="done")  # done, refused, ignored; failed, unreadable, again, dropped
    raw: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # kept when it failed, to be run again
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_seen_updates_kept", "outcome", "at", sqlite_where=sql("raw IS NOT NULL"),
              postgresql_where=sql("raw IS NOT NULL")),
    )  # fmt: skip
