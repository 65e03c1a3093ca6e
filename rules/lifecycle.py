"""The life of a wish (征集 → 审核 → 公示 → 认领 → 考核): one table says what may happen, when, and by whom.

Everything else (buttons, commands, reminders, refusals) is derived from `RULES`, so a stale tap meets the same answer as a
forged one. States of claims follow from `CLAIM_MOVES`, and a wish with several places takes its state from its claims.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rules.errors import NotAllowed, NotYours, OwnWish, WrongState


class Kind(StrEnum):
    """What a resident's words are; it decides the road they take."""

    WISH = "wish"
    COMPLAINT = "complaint"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    THANKS = "thanks"
    EMERGENCY = "emergency"


class State(StrEnum):
    """Where a wish stands."""

    DRAFT = "draft"
    REVIEWING = "reviewing"
    OPEN = "open"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    CLOSED = "closed"


LIVE = frozenset({State.DRAFT, State.REVIEWING, State.OPEN, State.CLAIMED, State.DELIVERED})
TERMINAL = frozenset(State) - LIVE


class ClaimState(StrEnum):
    """Where one claim (认领) stands."""

    LIVE = "live"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    DISPUTED = "disputed"


HOLDING = frozenset({ClaimState.LIVE, ClaimState.DELIVERED, ClaimState.CONFIRMED})
"""States in which a claim fills one of the wish's places."""


class Actor(StrEnum):
    """What somebody is to one wish; a person can be several at once."""

    AUTHOR = "author"
    NEIGHBOUR = "neighbour"  # anybody else: they may have the same matter at heart
    VOLUNTEER = "volunteer"
    CLAIMANT = "claimant"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    ADMIN = "admin"
    TIME = "time"


class Event(StrEnum):
    """What can happen to a wish."""

    WRITE = "write"  # the author adds words, a photo, a voice
    SUBMIT = "submit"
    LAPSE = "lapse"  # a draft nobody submitted goes to the reviewers
    ALARM = "alarm"  # an emergency is raised at once
    CALM = "calm"  # its author says it is none
    CATEGORISE = "categorise"
    LOCATE = "locate"  # where it is
    RECAST = "recast"  # what it is: a wish, a complaint, a question …
    PUBLISH = "publish"  # the author's yes or no to showing the text
    CONTACT = "contact"  # phone and address, for the helper alone
    REWRITE = "rewrite"  # a reviewer edits the public text
    APPROVE = "approve"
    REJECT = "reject"
    MERGE = "merge"  # it becomes one with another wish: its author goes along with that one
    JOIN = "join"  # somebody else tells of the same matter
    LEAVE = "leave"  # … and follows it no longer
    ANSWER = "answer"
    CLAIM = "claim"
    ASSIGN = "assign"
    TAKE = "take"  # an officer takes an emergency
    RELEASE = "release"
    EXPIRE = "expire"
    DELIVER = "deliver"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    SILENCE = "silence"  # nobody confirmed: fulfilled, unrated
    FOLLOW = "follow"  # not done after all, says its author: another wish goes on from here
    RATE = "rate"
    THANK = "thank"
    URGE = "urge"
    REMIND = "remind"
    WITHDRAW = "withdraw"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: `event` may happen in `states` to `kinds`, caused by `by`.

    `to` is the state afterwards; None leaves it, and with `follows_claims` the claims decide.
    """

    event: Event
    states: frozenset[State]
    by: frozenset[Actor]
    to: State | None = None
    follows_claims: bool = False
    kinds: frozenset[Kind] = frozenset(Kind)


def _rule(
    event: Event,
    states: Iterable[State],
    by: Iterable[Actor],
    to: State | None = None,
    *,
    follows_claims: bool = False,
    kinds: Iterable[Kind] = Kind,
) -> Rule:
    return Rule(event, frozenset(states), frozenset(by), to, follows_claims, frozenset(kinds))


_CALM_KINDS = frozenset(Kind) - {Kind.EMERGENCY}
_WORKED = frozenset({Kind.WISH, Kind.COMPLAINT})
_ANSWERED = _CALM_KINDS - {Kind.WISH}
_STAFF = frozenset({Actor.REVIEWER, Actor.ADMIN})
_UNDECIDED = frozenset({State.DRAFT, State.REVIEWING})
_OF_MANY = frozenset({Kind.WISH, Kind.COMPLAINT, Kind.SUGGESTION})
JOINABLE = frozenset({State.REVIEWING, State.OPEN, State.CLAIMED})
"""States in which a wish takes others in: what is said to be done waits for its own author's word."""

RULES: tuple[Rule, ...] = (
    _rule(Event.WRITE, LIVE, {Actor.AUTHOR}),
    _rule(Event.SUBMIT, {State.DRAFT}, {Actor.AUTHOR}, State.REVIEWING, kinds=_CALM_KINDS),
    _rule(Event.LAPSE, {State.DRAFT}, {Actor.TIME}, State.REVIEWING, kinds=_CALM_KINDS),
    _rule(Event.ALARM, {State.DRAFT, State.REVIEWING}, {Actor.AUTHOR, Actor.TIME}, State.OPEN, kinds={Kind.EMERGENCY}),
    _rule(Event.CALM, {State.OPEN}, {Actor.AUTHOR, Actor.OFFICER}, State.REVIEWING, kinds={Kind.EMERGENCY}),
    _rule(Event.CATEGORISE, _UNDECIDED, {Actor.AUTHOR}, kinds=_CALM_KINDS),
    _rule(Event.CATEGORISE, LIVE - {State.DRAFT}, _STAFF, kinds=_CALM_KINDS),
    _rule(Event.CATEGORISE, {State.OPEN, State.CLAIMED}, _STAFF, kinds={Kind.EMERGENCY}),
    _rule(Event.LOCATE, _UNDECIDED | {State.OPEN}, {Actor.AUTHOR}, kinds=_CALM_KINDS),
    _rule(Event.LOCATE, LIVE - {State.DRAFT}, _STAFF, kinds=_CALM_KINDS),
    _rule(Event.LOCATE, {State.OPEN, State.CLAIMED}, _STAFF, kinds={Kind.EMERGENCY}),
    _rule(Event.RECAST, _UNDECIDED, {Actor.AUTHOR}, kinds=_CALM_KINDS),
    _rule(Event.RECAST, {State.REVIEWING}, _STAFF, kinds=_CALM_KINDS),
    _rule(Event.RECAST, {State.OPEN}, _STAFF, State.REVIEWING, kinds=_WORKED),  # it was approved as something else
    _rule(Event.PUBLISH, {State.DRAFT, State.REVIEWING, State.OPEN}, {Actor.AUTHOR}, kinds=_CALM_KINDS),
    _rule(Event.CONTACT, {State.DRAFT, State.REVIEWING, State.OPEN, State.CLAIMED}, {Actor.AUTHOR}),
    _rule(Event.REWRITE, {State.REVIEWING, State.OPEN}, _STAFF, kinds=_CALM_KINDS),
    _rule(Event.APPROVE, {State.REVIEWING}, _STAFF, State.OPEN, kinds=_WORKED),
    _rule(Event.APPROVE, {State.REVIEWING}, {Actor.TIME}, State.OPEN, kinds={Kind.WISH}),  # its category needs no review
    _rule(Event.REJECT, {State.REVIEWING}, _STAFF, State.REJECTED, kinds=_CALM_KINDS),
    _rule(Event.MERGE, {State.DRAFT}, {Actor.AUTHOR}, State.MERGED, kinds=_CALM_KINDS),
    _rule(Event.MERGE, {State.REVIEWING}, _STAFF, State.MERGED, kinds=_CALM_KINDS),
    _rule(Event.JOIN, JOINABLE, {Actor.NEIGHBOUR}, kinds=_CALM_KINDS - {Kind.THANKS}),
    _rule(Event.LEAVE, LIVE - {State.DRAFT}, {Actor.NEIGHBOUR}, kinds=_CALM_KINDS - {Kind.THANKS}),
    _rule(Event.ANSWER, {State.REVIEWING}, _STAFF, State.CLOSED, kinds=_ANSWERED),
    _rule(Event.CLAIM, {State.OPEN}, {Actor.VOLUNTEER}, follows_claims=True, kinds={Kind.WISH}),
    _rule(Event.ASSIGN, {State.REVIEWING, State.OPEN}, _STAFF, follows_claims=True, kinds=_WORKED),
    _rule(Event.TAKE, {State.OPEN}, {Actor.OFFICER}, State.CLAIMED, kinds={Kind.EMERGENCY}),
    _rule(Event.RELEASE, {State.OPEN, State.CLAIMED}, {Actor.CLAIMANT}, follows_claims=True),
    _rule(Event.EXPIRE, {State.OPEN, State.CLAIMED}, {Actor.TIME}, follows_claims=True),
    _rule(Event.DELIVER, {State.OPEN, State.CLAIMED}, {Actor.CLAIMANT}, follows_claims=True, kinds=_WORKED),
    _rule(Event.CONFIRM, {State.DELIVERED}, {Actor.AUTHOR}, State.FULFILLED),
    _rule(Event.DISPUTE, {State.DELIVERED}, {Actor.AUTHOR}, follows_claims=True),
    _rule(Event.SILENCE, {State.DELIVERED}, {Actor.TIME}, State.FULFILLED),
    _rule(Event.FOLLOW, {State.FULFILLED}, {Actor.AUTHOR}),
    _rule(Event.FOLLOW, {State.MERGED}, {Actor.AUTHOR}, kinds=_CALM_KINDS),
    _rule(Event.RATE, {State.FULFILLED}, {Actor.AUTHOR}),
    _rule(Event.THANK, {State.FULFILLED}, {Actor.AUTHOR}),
    _rule(Event.URGE, {State.REVIEWING, State.OPEN, State.CLAIMED}, {Actor.AUTHOR}),
    _rule(Event.REMIND, LIVE, {Actor.TIME}),
    _rule(Event.WITHDRAW, LIVE, {Actor.AUTHOR}, State.WITHDRAWN),
    _rule(Event.CLOSE, LIVE - {State.DRAFT}, {Actor.ADMIN}, State.CLOSED),
    _rule(Event.CLOSE, {State.CLAIMED}, {Actor.CLAIMANT}, State.CLOSED, kinds={Kind.EMERGENCY}),
)

CLAIM_MOVES: dict[tuple[ClaimState, Event], ClaimState] = {
    (ClaimState.LIVE, Event.DELIVER): ClaimState.DELIVERED,
    (ClaimState.LIVE, Event.RELEASE): ClaimState.RELEASED,
    (ClaimState.LIVE, Event.EXPIRE): ClaimState.RELEASED,
    (ClaimState.LIVE, Event.WITHDRAW): ClaimState.RELEASED,
    (ClaimState.LIVE, Event.CLOSE): ClaimState.RELEASED,
    (ClaimState.DELIVERED, Event.WITHDRAW): ClaimState.RELEASED,
    (ClaimState.DELIVERED, Event.CLOSE): ClaimState.RELEASED,
    (ClaimState.DELIVERED, Event.CONFIRM): ClaimState.CONFIRMED,
    (ClaimState.DELIVERED, Event.SILENCE): ClaimState.CONFIRMED,
    (ClaimState.DELIVERED, Event.DISPUTE): ClaimState.DISPUTED,
}


def decide(kind: Kind, state: State, event: Event, actors: frozenset[Actor]) -> Rule:
    """The rule by which `event` may happen now.

    Raises:
        NotAllowed: nobody of these may ever cause it for such a wish; NotYours, OwnWish: because of what they are to it.
        WrongState: they may, but not in this state.
    """
    own = [rule for rule in RULES if rule.event is event and kind in rule.kinds and rule.by & actors]
    if not own:
        raise _never(event, actors)
    for rule in own:
        if state in rule.states:
            return rule
    raise WrongState(event.value, state.value)


def _never(event: Event, actors: frozenset[Actor]) -> NotAllowed:
    """Why these may not: it is their own, or somebody else's, or the community's to do."""
    if Actor.AUTHOR in actors:
        return OwnWish(event.value)
    theirs = all(rule.by <= {Actor.AUTHOR, Actor.CLAIMANT, Actor.TIME} for rule in RULES if rule.event is event)
    return NotYours(event.value) if theirs else NotAllowed(event.value)


def allowed(kind: Kind, state: State, actors: frozenset[Actor]) -> frozenset[Event]:
    """Everything these actors may cause now: what buttons are drawn from."""
    return frozenset(rule.event for rule in RULES if kind in rule.kinds and state in rule.states and rule.by & actors)


def after_submission(kind: Kind, *, category_reviewed: bool, sure: bool) -> State:
    """Where a submitted wish goes: only a plain wish of an unreviewed category is open without a reviewer's eye."""
    if kind is Kind.WISH and sure and not category_reviewed:
        return State.OPEN
    return State.REVIEWING


def may_follow(*, silent: bool, rated: bool, followed: bool) -> bool:
    """Whether its author may say that a fulfilled wish is not done: silence was no yes, as long as they gave none since."""
    return silent and not rated and not followed


def may_go_on(ended: State) -> bool:
    """Whether somebody who was one with a wish may go on alone with the same words: it ended, and they have none else."""
    return ended in TERMINAL - {State.MERGED}


def goes_along(person: int, author: int) -> bool:
    """Whether somebody whose words are part of a wish goes along with it: in a wish of their own, the words are that wish."""
    return person != author


def may_be_one(kind: Kind, other: Kind) -> bool:
    """Whether two may become one: each kind has readers of its own, and what was said to some is not handed to others."""
    return kind is other


def concerns_many(kind: Kind, *, shared: bool | None, beneficiary: str) -> bool:
    """Whether others may have the same at heart, so that they could join: what one person needs is theirs alone.

    `shared` is what the taxonomy says of the category; None: whoever it is for decides.
    """
    return kind in _OF_MANY and (beneficiary == "public" if shared is None else shared)


def state_from_claims(places: int, claims: Iterable[ClaimState], *, approved: bool) -> State:
    """The state of a submitted wish, from its claims: open while a place is free.

    What nobody approved is never open: it is back with its reviewers, or in the hands of those it was given to.
    """
    held = [claim for claim in claims if claim in HOLDING]
    if len(held) < places and (approved or not held):
        return State.OPEN if approved else State.REVIEWING
    if any(claim is ClaimState.LIVE for claim in held):
        return State.CLAIMED
    return State.DELIVERED
