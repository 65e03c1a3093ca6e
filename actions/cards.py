"""Cards: messages that show a wish and follow it. The facts are gathered here; what they say is `words`' business."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions import area_choices, twins
from actions.moves import actors_among, changed
from actions.telling import ANSWERS, DELETABLE
from actions.town import Town
from nlp.emergency import NUMBERS
from nlp.redact import find_private, mask, public_name
from rules.lifecycle import HOLDING, ClaimState, Event, Kind, State, allowed, may_follow, may_go_on
from storage import outbox, roster, supports, wishes
from storage.adding import add
from storage.models import Area, Card, Claim, Group, Line, Person, Timeline, Wish
from storage.questions import get, get_one
from storage.supports import Near
from words import author, claimant, group, staff, talk
from words.facts import CLOSE_REASONS, REJECT_REASONS, TOWN, Full, Held, Moment, Option, Public, Twin, reason_words
from words.messages import Message
from words.sentences import cut, plain

AUTHOR, GROUP, REVIEW, CLAIMANT, ALARM = "author", "group", "review", "claimant", "alarm"
ASSIGNEES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class About:
    """What cards of a wish are drawn from, read once for all; the rows are the session's own, and follow its changes."""

    author: Person
    lines: Sequence[Line]  # the author's
    claims: Sequence[tuple[Claim, Person]]
    cards: Sequence[Card]
    path: Sequence[Area]
    silent: bool = False  # it ended because nobody answered
    followed: bool = False  # … and another goes on from there
    follows: Wish | None = None  # the one it goes on from
    twin: Wish | Near | None = None  # a live one nearby about the same matter, which its author may join
    twins: Sequence[Wish] = ()  # those that a reviewer may make it one with
    merged: Wish | None = None  # the one it was made one with
    following: bool = False  # its author supports that one
    gone_on: bool = False  # … or went on alone when it had ended

    @property
    def holders(self) -> list[tuple[Claim, Person]]:
        return [(claim, person) for claim, person in self.claims if claim.state in HOLDING]

    def showing(self) -> list[Card]:
        """Cards that still follow the wish."""
        return [card for card in self.cards if not card.retired]


async def read_about(session: AsyncSession, town: Town, wish: Wish) -> About:
    """Everything about a wish; nobody claims a draft."""
    merged = await session.get(Wish, wish.merged_into) if wish.merged_into is not None else None
    silent = wish.state is State.FULFILLED and await wishes.ended_in_silence(session, wish.id)
    return About(
        author=await get_one(session, Person, wish.author_id),
        lines=await wishes.lines(session, wish.id),
        claims=await wishes.claims_with_people(session, wish.id) if wish.state is not State.DRAFT else (),
        cards=await wishes.cards(session, wish.id),
        path=town.area_path(wish.area_code),
        silent=silent,
        followed=silent and await wishes.was_followed(session, wish.id),
        follows=await get(session, Wish, wish.follows_id) if wish.follows_id is not None else None,
        twin=await twins.shown(session, wish),
        twins=await twins.for_reviewers(session, wish),
        merged=merged,
        following=merged is not None and await supports.of(session, merged.id, wish.author_id) is not None,
        gone_on=merged is not None and await supports.went_on(session, wish),
    )


def category_label(town: Town, code: str, locale: str) -> str:
    category = town.category(code)
    return f"{category.emoji} {category.zh if locale == 'zh' else category.en}"


def place_label(town: Town, code: str | None) -> str:
    """The community; no county or town, which everybody knows."""
    return _place(town.area_path(code), grid=False)


def _place(path: Sequence[Area], *, grid: bool) -> str:
    """For those who work on it, the grid as well."""
    levels = ("grid", "community") if grid else ("community",)
    near = [area for area in path if area.level in levels]
    return " ".join(area.name for area in reversed(near)) or (path[0].name if path and path[0].level != "grid" else "")


def public_facts(town: Town, wish: Wish, about: About, locale: str, *, reposted: bool = False, grid: bool = False) -> Public:
    """What anybody may read: nothing in here comes from beyond the author's yes."""
    shown = wish.kind is Kind.WISH and wish.published and bool(wish.public_text)
    return Public(
        id=wish.id,
        kind=wish.kind,
        state=wish.state,
        category=category_label(town, wish.category, locale),
        place=_place(about.path, grid=grid),
        text=wish.public_text if shown else None,
        name=public_name(about.author.name) if wish.show_name else None,
        helpers=tuple(public_name(person.name) or mask(person.name, find_private(person.name)) for _, person in about.holders),
        places=wish.places,
        zone=town.policy.calendar.tz,
        reposted=reposted,
        silent=about.silent,
        supporters=wish.supporters,
    )


def twin_facts(town: Town, twin: Wish | Near, locale: str, *, own: bool = False) -> Twin:
    """What somebody who is not its author may know of a wish: words only with a yes, and after a reviewer's eye."""
    told = twin.kind is Kind.WISH and twin.published and twin.state is not State.REVIEWING and bool(twin.public_text)
    return Twin(
        id=twin.id,
        kind=twin.kind,
        state=twin.state,
        category=category_label(town, twin.category, locale),
        place=place_label(town, twin.area_code),
        text=twin.public_text if told else None,
        supporters=twin.supporters,
        own=own,
    )


async def full_facts(
    session: AsyncSession, town: Town, wish: Wish, about: About, reader: Person, *, mode: str = "", story: bool = False
) -> Full:
    """What its author, a reviewer or its claimant may read."""
    locale, writer, lines = reader.locale, about.author, about.lines
    understood = wish.understood or {}
    claims = [claim for claim, _ in about.claims]
    done = [claim for claim in claims if claim.state in (ClaimState.DELIVERED, ClaimState.CONFIRMED)]
    showing = {card.face for card in about.showing()}
    return Full(
        public=public_facts(town, wish, about, locale, grid=True),
        original=wish.text,
        public_text=wish.public_text,
        published=wish.published,
        show_name=wish.show_name,
        contact=wish.contact,
        author=writer.name,
        author_id=writer.id,
        author_username=writer.username,
        photos=sum(line.media == "photo" for line in lines),
        videos=sum(line.media == "video" for line in lines),
        voices=sum(line.media == "voice" for line in lines),
        files=sum(line.media == "document" for line in lines),
        spots=sum(line.media == "location" for line in lines),
        sure=wish.category_sure,
        reviewed=town.category(wish.category).review,
        choices=tuple((code, category_label(town, code, locale)) for code in understood.get("choices", ())),
        words=tuple(str(word) for word in understood.get("words", ())),
        hidden=int(understood.get("hidden", 0)),
        between=tuple((code, town.areas[code].name) for code in understood.get("between", ()) if code in town.areas),
        own_place=str(understood.get("own_place", "")),
        emergency=wish.emergency,
        numbers=tuple(NUMBERS.get(wish.emergency or "", ())) or ("110", "119", "120"),
        rating=wish.rating,
        thanks=wish.thanks,
        answer=reason_words(wish.answer, locale) if wish.answer else None,
        alarmed=ALARM in showing,
        posted=GROUP in showing,
        silent=about.silent,
        may_follow=may_follow(silent=about.silent, rated=wish.rating is not None, followed=about.followed),
        follows=(about.follows.id, about.follows.text) if about.follows is not None else None,
        alone=about.follows.merged_into if about.follows is not None else None,
        reports=tuple(claim.report for claim in done if claim.report),
        hours=None,
        allowed=allowed(wish.kind, wish.state, await actors_among(session, reader, wish, claims)),
        story=await _story(session, town, wish, locale) if story else (),
        options=await _options(session, town, wish, mode, locale),
        twin=twin_facts(town, about.twin, locale, own=about.twin.author_id == wish.author_id) if about.twin else None,
        twins=tuple(twin_facts(town, twin, locale, own=twin.author_id == wish.author_id) for twin in about.twins),
        merged=twin_facts(town, about.merged, locale, own=about.merged.author_id == wish.author_id) if about.merged else None,
        following=about.following,
        may_go_on=about.merged is not None and not about.gone_on and may_go_on(about.merged.state),
    )


async def _story(session: AsyncSession, town: Town, wish: Wish, locale: str) -> tuple[Moment, ...]:
    """What people did, in words that people use; reminders are left out."""
    rows = [row for row in await wishes.timeline(session, wish.id) if row.event is not Event.REMIND]
    names: dict[int, str] = {}
    for row in rows:
        if row.actor_id is not None and row.actor_id not in names:
            person = await get(session, Person, row.actor_id)
            names[row.actor_id] = person.name if person else ""

    def reason(row: Timeline) -> str | None:
        if row.event not in _CORRECTIONS or row.reason is None:
            return reason_words(row.reason, locale) if row.reason else None
        named = [_named(town, code, locale) for code in changed(row.reason)]
        return " → ".join(dict.fromkeys(name for name in named if name)) or None

    return tuple(
        Moment(
            row.at,
            row.event,
            plain(locale, "actor-author")
            if row.actor_id == wish.author_id
            else plain(locale, "actor-neighbour")  # who else has it at heart is nobody's business
            if row.event in (Event.JOIN, Event.LEAVE)
            else names.get(row.actor_id or 0) or plain(locale, "actor-time"),
            row.to_state,
            reason(row),
            by_time=row.actor_id is None,
        )
        for row in rows
    )


_CORRECTIONS = frozenset({Event.CATEGORISE, Event.LOCATE, Event.RECAST})


def _named(town: Town, code: str, locale: str) -> str | None:
    """A category, kind or area in words."""
    if code in town.taxonomy.categories:
        return category_label(town, code, locale)
    if code in set(Kind):
        return plain(locale, f"kind-{code}")
    return town.areas[code].name if code in town.areas else None


async def _options(session: AsyncSession, town: Town, wish: Wish, mode: str, locale: str) -> tuple[Option, ...]:
    """What a card's mode offers to choose from."""
    if mode == "category":
        return tuple((code, category_label(town, code, locale)) for code in town.taxonomy.categories)
    if mode == area_choices.MODE or area_choices.inside(mode) is not None:
        home = (await get_one(session, Person, wish.author_id)).area_code
        areas, towns = area_choices.choices(town, wish.area_code or home, area_choices.inside(mode))
        return (*areas, *((f"{TOWN}{code}", name or plain(locale, "option-other-towns")) for code, name in towns))
    if mode == "assign":
        listed = roster.helpers_by_load if wish.kind is Kind.WISH else roster.officers_by_load
        people = await listed(session, limit=ASSIGNEES_SHOWN)
        return tuple(
            (str(person.id), plain(locale, "option-person", name=person.name or str(person.id), n=n))
            for person, n in people
            if person.id != wish.author_id
        )
    if mode == "merge":
        found = await twins.possible(session, town, wish)
        return tuple((str(twin.id), _merge_label(town, twin, locale)) for twin in found)
    if mode in ("reject", "close"):
        reasons = REJECT_REASONS if mode == "reject" else CLOSE_REASONS
        return tuple((reason, plain(locale, f"reason-{reason}")) for reason in reasons)
    return ()


def _merge_label(town: Town, twin: Wish, locale: str) -> str:
    return f"#{twin.id} {cut(' '.join(twin.text.split()), 20) or category_label(town, twin.category, locale)}"


async def render(session: AsyncSession, town: Town, wish: Wish, about: About, card: Card) -> Message | None:
    """What a card shows now; None when its reader is gone."""
    if card.face == GROUP:
        room = await get(session, Group, card.chat_id)
        locale = room.locale if room else "zh"
        return group.card(public_facts(town, wish, about, locale, reposted=card.mode == "again"), locale)
    reader = await _reader(session, card.chat_id)
    if reader is None:
        return None
    if card.face in (REVIEW, ALARM) and not reader.is_admin:
        return talk.moved_on(reader.locale, wish.id)  # they may not read it any more
    full = await full_facts(session, town, wish, about, reader, mode=card.mode)
    if card.face == AUTHOR:
        return author.card(full, reader.locale, card.mode)
    if card.face == REVIEW:
        return staff.review(full, reader.locale, card.mode)
    if card.face == ALARM:
        return staff.alarm(full, reader.locale, card.mode)
    return await _claimant(session, full, card, reader)


async def _reader(session: AsyncSession, chat_id: int) -> Person | None:
    """Who reads a chat: a reviewers' group reads as an admin does, in its own language."""
    if chat_id > 0:
        return await get(session, Person, chat_id)
    room = await get(session, Group, chat_id)
    if room is None:
        return None
    return Person(id=chat_id, name=room.title, locale=room.locale, is_admin=room.audience == "reviewers", volunteer="no")


async def _claimant(session: AsyncSession, full: Full, card: Card, reader: Person) -> Message | None:
    claim = await get(session, Claim, card.claim_id) if card.claim_id else None
    if claim is None:
        return None
    reported = [line for line in await wishes.lines(session, claim.wish_id, "claimant") if line.person_id == reader.id]
    asked = claim.assigned_by is not None
    held = Held(claim.id, claim.state, claim.due_at, claim.hours, len(reported), asked)
    return claimant.card(full, held, reader.locale, card.mode)


async def show(
    session: AsyncSession,
    now: datetime,
    town: Town,
    wish: Wish,
    chat_id: int,
    face: str,
    *,
    claim: Claim | None = None,
    mode: str = "",
    lane: int = ANSWERS,
    about: About | None = None,
) -> Card:
    """Send a new card into a chat; earlier ones of the same face there stop following the wish."""
    about = about or await read_about(session, town, wish)
    place = (chat_id, face, claim.id if claim else None)
    earlier = [old for old in about.showing() if (old.chat_id, old.face, old.claim_id) == place]
    card = Card(wish_id=wish.id, claim_id=claim.id if claim else None, chat_id=chat_id, face=face, mode=mode, created_at=now)
    message = await render(session, town, wish, replace(about, cards=[*about.cards, card]), card)
    payload = message.payload(chat_id) if message is not None else None
    if payload is not None:
        card.shown = outbox.content_digest(payload)
    await add(session, card)
    if payload is not None:
        await outbox.enqueue(
            session,
            now,
            chat_id,
            "sendMessage",
            payload,
            lane=lane,
            card_id=card.id,
            claim_id=card.claim_id,
            parked=await _is_gone(session, chat_id),
        )
    for old in earlier:  # after it, so that the chat is never without
        await _retire(session, now, town, wish, about, old)
    return card


async def send_anew(session: AsyncSession, now: datetime, town: Town, wish: Wish, card: Card, lane: int) -> None:
    """The message of a card is gone, and the card is not: it becomes another message."""
    message = await render(session, town, wish, await read_about(session, town, wish), card)
    if message is None:
        card.retired = True
        return
    payload = message.payload(card.chat_id)
    card.shown = outbox.content_digest(payload)
    await outbox.enqueue(session, now, card.chat_id, "sendMessage", payload, lane=lane, card_id=card.id)


async def _retire(session: AsyncSession, now: datetime, town: Town, wish: Wish, about: About, card: Card) -> None:
    """Let an old card go when a newer one stands at its chat's end.

    A volunteers' group keeps a line that points on. Elsewhere it is taken away: a chat full of such lines is not read. What
    Telegram deletes no more, or cannot reach for now, becomes the line as well, so that no old button stays.
    """
    if card.face == GROUP:
        room = await get(session, Group, card.chat_id)
        locale = room.locale if room else "zh"
        card.retired = True
        await _edit(session, now, card, group.pointer(public_facts(town, wish, about, locale), locale))
    elif now - card.created_at < DELETABLE and not await _is_gone(session, card.chat_id):
        card.retired = True
        await outbox.enqueue(session, now, card.chat_id, "deleteMessage", {}, card_id=card.id)
    else:
        await point_on(session, now, card)


async def point_on(session: AsyncSession, now: datetime, card: Card) -> None:
    """An old card becomes the line that a newer one stands below; also when it should have gone, and waited too long."""
    reader = await _reader(session, card.chat_id)
    card.retired = True
    await _edit(session, now, card, talk.moved_on(reader.locale if reader else "zh", card.wish_id))


async def take_down(session: AsyncSession, now: datetime, town: Town, wish: Wish, card: Card) -> None:
    """A post that does not belong in its group any more: the wish is another community's, or not for volunteers at all."""
    room = await get(session, Group, card.chat_id)
    locale = room.locale if room else "zh"
    card.retired = True
    facts = public_facts(town, wish, await read_about(session, town, wish), locale)
    by_staff = card.face == GROUP and wish.kind is not Kind.WISH
    await _edit(session, now, card, group.by_staff(wish.id, locale) if by_staff else group.elsewhere(facts, locale))


async def let_go(session: AsyncSession, now: datetime, chat_id: int, instead: Message) -> None:
    """A chat whose readers are others now: its cards follow nothing any more."""
    for card in await wishes.cards_in(session, chat_id):
        card.retired = True
        await _edit(session, now, card, instead)


async def refresh(session: AsyncSession, now: datetime, town: Town, wish: Wish, *, modes: bool = False) -> None:
    """Make every card of a wish show its present state; `modes` keeps what they were asking."""
    await session.flush()
    about = await read_about(session, town, wish)
    for card in about.showing():
        if not modes and card.face != GROUP:
            card.mode = ""
        message = await render(session, town, wish, about, card)
        if message is not None:
            await _edit(session, now, card, message)
        if wish.state in (State.REJECTED, State.WITHDRAWN, State.MERGED, State.CLOSED) and card.face != AUTHOR:
            card.retired = True


async def turn(session: AsyncSession, now: datetime, town: Town, wish: Wish, card: Card, mode: str) -> None:
    """Let one card ask for something (or stop asking, with "")."""
    card.mode = mode
    message = await render(session, town, wish, await read_about(session, town, wish), card)
    if message is not None:
        await _edit(session, now, card, message)


async def _edit(session: AsyncSession, now: datetime, card: Card, message: Message) -> None:
    payload = message.payload(card.chat_id)
    payload.pop("chat_id")
    payload.setdefault("reply_markup", {"inline_keyboard": []})
    digest = outbox.content_digest(payload)
    if digest == card.shown:
        return
    card.shown = digest
    parked = await _is_gone(session, card.chat_id)
    await outbox.enqueue(session, now, card.chat_id, "editMessageText", payload, card_id=card.id, parked=parked)


async def _is_gone(session: AsyncSession, chat_id: int) -> bool:
    """Whether it is somebody who cannot be written to for now."""
    reader = await get(session, Person, chat_id) if chat_id > 0 else None
    return reader is not None and not reader.can_be_written


def of_face(cards: Sequence[Card], face: str) -> list[Card]:
    return [card for card in cards if card.face == face]
