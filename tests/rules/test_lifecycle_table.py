"""The table of transitions, read the other way round: who can do what to which wish, in every state."""

from itertools import chain, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import NotAllowed, WrongState
from rules.lifecycle import (
    CLAIM_MOVES,
    HOLDING,
    JOINABLE,
    LIVE,
    RULES,
    TERMINAL,
    Actor,
    ClaimState,
    Event,
    Kind,
    State,
    after_submission,
    allowed,
    concerns_many,
    decide,
    goes_along,
    may_be_one,
    may_follow,
    may_go_on,
    state_from_claims,
)
from rules.reminders import ladder_for

EVERYBODY = frozenset(Actor)
CORRECT = "categorise locate recast"
STAFF = f"{CORRECT} rewrite"

# For each kind and state, what each may cause. Reviewers and admins share the line of "staff".
EXPECTED = {
    "wish": {
        "draft": {
            "author": f"write submit {CORRECT} publish contact withdraw merge",
            "time": "lapse remind",
        },
        "reviewing": {
            "neighbour": "join leave",
            "author": f"write {CORRECT} publish contact urge withdraw",
            "staff": f"{STAFF} approve reject merge assign",
            "admin": "close",
            "time": "approve remind",  # a category that needs no review
        },
        "open": {
            "neighbour": "join leave",
            "author": "write locate publish contact urge withdraw",
            "volunteer": "claim",
            "claimant": "release deliver",  # one of several places is taken
            "staff": f"{STAFF} assign",
            "admin": "close",
            "time": "expire remind",
        },
        "claimed": {
            "neighbour": "join leave",
            "author": "write contact urge withdraw",
            "claimant": "release deliver",
            "staff": "categorise locate",
            "admin": "close",
            "time": "expire remind",
        },
        "delivered": {
            "neighbour": "leave",
            "author": "write confirm dispute withdraw",
            "staff": "categorise locate",
            "admin": "close",
            "time": "silence remind",
        },
        "fulfilled": {"author": "follow rate thank"},
        "merged": {"author": "follow"},
    },
    "complaint": {
        "draft": {
            "author": f"write submit {CORRECT} publish contact withdraw merge",
            "time": "lapse remind",
        },
        "reviewing": {
            "neighbour": "join leave",
            "author": f"write {CORRECT} publish contact urge withdraw",
            "staff": f"{STAFF} approve reject merge answer assign",
            "admin": "close",
            "time": "remind",  # never without a reviewer
        },
        "open": {
            "neighbour": "join leave",
            "author": "write locate publish contact urge withdraw",
            "claimant": "release deliver",
            "staff": f"{STAFF} assign",  # ordered, never claimed by a volunteer
            "admin": "close",
            "time": "expire remind",
        },
        "claimed": {
            "neighbour": "join leave",
            "author": "write contact urge withdraw",
            "claimant": "release deliver",
            "staff": "categorise locate",
            "admin": "close",
            "time": "expire remind",
        },
        "delivered": {
            "neighbour": "leave",
            "author": "write confirm dispute withdraw",
            "staff": "categorise locate",
            "admin": "close",
            "time": "silence remind",
        },
        "fulfilled": {"author": "follow rate thank"},
        "merged": {"author": "follow"},
    },
    "question suggestion": {
        "draft": {
            "author": f"write submit {CORRECT} publish contact withdraw merge",
            "time": "lapse remind",
        },
        "reviewing": {  # the only way on is an answer, or none
            "neighbour": "join leave",
            "author": f"write {CORRECT} publish contact urge withdraw",
            "staff": f"{STAFF} reject merge answer",
            "admin": "close",
            "time": "remind",
        },
        "merged": {"author": "follow"},
    },
    "thanks": {
        "draft": {
            "author": f"write submit {CORRECT} publish contact withdraw merge",
            "time": "lapse remind",
        },
        "reviewing": {  # the only way on is an answer, or none
            "author": f"write {CORRECT} publish contact urge withdraw",
            "staff": f"{STAFF} reject merge answer",
            "admin": "close",
            "time": "remind",
        },
        "merged": {"author": "follow"},
    },
    "emergency": {
        "draft": {"author": "write contact alarm withdraw", "time": "alarm remind"},
        "reviewing": {  # its words were corrected into a cry for help
            "author": "write contact alarm urge withdraw",
            "admin": "close",
            "time": "alarm remind",
        },
        "open": {
            "author": "write contact calm urge withdraw",
            "officer": "calm take",
            "claimant": "release",
            "staff": "categorise locate",  # the kind only by calming
            "admin": "close",
            "time": "expire remind",
        },
        "claimed": {
            "author": "write contact urge withdraw",
            "claimant": "release close",  # the officer who took it
            "staff": "categorise locate",
            "admin": "close",
            "time": "expire remind",
        },
    },
}


def expected(kind: Kind, state: State, actor: Actor) -> set[str]:
    states = next(states for kinds, states in EXPECTED.items() if kind in kinds.split())
    who = states.get(state, {})
    shared = who.get("staff", "") if actor in {Actor.REVIEWER, Actor.ADMIN} else ""
    return {*who.get(actor, "").split(), *shared.split()}


# Pairs that no wish ever comes to; the table allows there what it allows to others, and nobody relies on it.
UNREACHED = {
    *product((Kind.QUESTION, Kind.SUGGESTION, Kind.THANKS), (State.OPEN, State.CLAIMED, State.DELIVERED, State.FULFILLED)),
    *product((Kind.EMERGENCY,), (State.DELIVERED, State.FULFILLED)),
}
REACHED = [pair for pair in product(Kind, State) if pair not in UNREACHED]


@pytest.mark.parametrize(("kind", "state"), REACHED)
def test_everybody_may_do_what_is_theirs_and_nothing_else(kind, state):
    for actor in Actor:
        assert allowed(kind, state, frozenset({actor})) == expected(kind, state, actor), actor


@pytest.mark.parametrize(("kind", "state"), REACHED)
def test_a_refusal_tells_never_from_not_now(kind, state):
    for actor, event in product(Actor, Event):
        own = frozenset({actor})
        if event in expected(kind, state, actor):
            rule = decide(kind, state, event, own)
            assert rule.event is event
            assert actor in rule.by
            continue
        ever = any(event in allowed(kind, other, own) for other in State)
        with pytest.raises(WrongState if ever else NotAllowed) as refused:
            decide(kind, state, event, own)
        assert refused.value.values["event"] == event
        assert not ever or refused.value.values["state"] == state


def test_several_roles_add_up():
    for kind, state in product(Kind, State):
        each = (allowed(kind, state, frozenset({actor})) for actor in Actor)
        assert allowed(kind, state, EVERYBODY) == frozenset(chain.from_iterable(each))
    assert not any(allowed(kind, state, frozenset()) for kind, state in product(Kind, State))


@pytest.mark.parametrize(
    ("events", "to"),
    [
        ("submit lapse calm", State.REVIEWING),
        ("alarm approve", State.OPEN),
        ("take", State.CLAIMED),
        ("confirm silence", State.FULFILLED),
        ("reject", State.REJECTED),
        ("merge", State.MERGED),
        ("withdraw", State.WITHDRAWN),
        ("answer close", State.CLOSED),
        ("claim assign release expire deliver dispute", "its claims"),
        ("write categorise locate publish contact rewrite join leave follow rate thank urge remind", None),
    ],
)
def test_each_event_leads_to_one_state(events, to):
    for event in events.split():
        ends = {"its claims" if rule.follows_claims else rule.to for rule in RULES if rule.event == event}
        assert ends == {to}, event


def test_what_is_recast_was_never_approved_as_that():
    for rule in RULES:
        if rule.event is Event.RECAST:
            assert rule.to is (State.REVIEWING if State.OPEN in rule.states else None)
            assert rule.states <= {State.DRAFT, State.REVIEWING} or rule.states == {State.OPEN}


def test_terminal_states_have_no_way_out():
    for kind, state in product(Kind, TERMINAL):
        left = {Event.FOLLOW, Event.RATE, Event.THANK} if state is State.FULFILLED else set()
        if state is State.MERGED and kind is not Kind.EMERGENCY:
            left = {Event.FOLLOW}  # with the same words, when what it was made one with has ended
        assert allowed(kind, state, EVERYBODY) == left
    assert all(rule.to is None and not rule.follows_claims for rule in RULES if rule.states & TERMINAL)


def test_a_resident_may_withdraw_and_time_may_remind_as_long_as_it_lives():
    for kind, state in product(Kind, LIVE):
        assert Event.WITHDRAW in allowed(kind, state, frozenset({Actor.AUTHOR}))
        assert Event.REMIND in allowed(kind, state, frozenset({Actor.TIME}))


def test_a_neighbour_only_ever_goes_along_with_what_is_not_done_yet():
    neighbour = frozenset({Actor.NEIGHBOUR})
    may = {(kind, state) for kind, state in product(Kind, State) if Event.JOIN in allowed(kind, state, neighbour)}
    assert may == set(product(set(Kind) - {Kind.EMERGENCY, Kind.THANKS}, JOINABLE))
    for kind, state in product(Kind, State):
        assert allowed(kind, state, neighbour) <= {Event.JOIN, Event.LEAVE}
        assert Event.JOIN not in allowed(kind, state, frozenset(Actor) - neighbour)  # nobody joins their own


@pytest.mark.parametrize(
    ("kind", "shared", "beneficiary", "many"),
    [
        (Kind.COMPLAINT, True, "family", True),  # a street lamp, whoever it is who cannot see
        (Kind.WISH, True, "public", True),
        (Kind.SUGGESTION, None, "public", True),  # the taxonomy does not say: whoever it is for
        (Kind.WISH, None, "elder", False),
        (Kind.WISH, False, "public", False),  # medicine is somebody's own
        (Kind.QUESTION, True, "public", False),
        (Kind.THANKS, True, "public", False),
        (Kind.EMERGENCY, True, "public", False),
    ],
)
def test_what_concerns_many(kind, shared, beneficiary, many):
    assert concerns_many(kind, shared=shared, beneficiary=beneficiary) is many


def test_only_what_is_of_one_kind_becomes_one():
    assert {(kind, other) for kind, other in product(Kind, Kind) if may_be_one(kind, other)} == {(kind, kind) for kind in Kind}


def test_nobody_goes_along_with_their_own():
    assert goes_along(1, 2)
    assert not goes_along(1, 1)


def test_who_went_along_may_go_on_when_it_ended_and_not_before():
    assert {state for state in State if may_go_on(state)} == TERMINAL - {State.MERGED}


def test_a_volunteer_only_ever_claims_plain_wishes():
    volunteer = frozenset({Actor.VOLUNTEER})
    may = {(kind, state, event) for kind, state in product(Kind, State) for event in allowed(kind, state, volunteer)}
    assert may == {(Kind.WISH, State.OPEN, Event.CLAIM)}


@pytest.mark.parametrize(
    ("kind", "reviewed", "sure", "state"),
    [
        (Kind.WISH, False, True, State.OPEN),  # a plain wish, clearly of a category without review
        (Kind.WISH, False, False, State.REVIEWING),  # not sure which category
        (Kind.WISH, True, True, State.REVIEWING),
        (Kind.COMPLAINT, False, True, State.REVIEWING),  # never without a reviewer
        (Kind.QUESTION, False, True, State.REVIEWING),
    ],
)
def test_only_a_clear_plain_wish_skips_the_reviewers(kind, reviewed, sure, state):
    assert after_submission(kind, category_reviewed=reviewed, sure=sure) is state


@pytest.mark.parametrize(
    ("places", "claims", "state"),
    [
        (1, "", "open"),  # nobody yet
        (1, "live", "claimed"),
        (1, "delivered", "delivered"),
        (1, "confirmed", "delivered"),  # what the resident says decides, not the claims
        (1, "released", "open"),  # given back
        (1, "disputed", "open"),  # done badly
        (1, "released live", "claimed"),  # the second volunteer
        (2, "live", "open"),  # one place is free
        (2, "delivered", "open"),  # done by one, still wanting another
        (2, "live live", "claimed"),
        (2, "delivered live", "claimed"),  # the slower one decides
        (2, "delivered delivered", "delivered"),
        (2, "released delivered delivered", "delivered"),
    ],
)
def test_a_wish_stands_where_its_claims_stand(places, claims, state):
    assert state_from_claims(places, map(ClaimState, claims.split()), approved=True) == state


@pytest.mark.parametrize(
    ("places", "claims", "state"),
    [
        (1, "", "reviewing"),
        (1, "live", "claimed"),  # handed to somebody before it was approved
        (1, "delivered", "delivered"),
        (1, "released", "reviewing"),  # given back, or expired: its reviewers have not decided yet
        (1, "disputed", "reviewing"),
        (1, "released live", "claimed"),
        (2, "live", "claimed"),  # the other place is nobody's to claim
        (2, "delivered", "delivered"),
        (2, "delivered live", "claimed"),
        (2, "released released", "reviewing"),
    ],
)
def test_what_nobody_approved_is_never_open(places, claims, state):
    assert state_from_claims(places, map(ClaimState, claims.split()), approved=False) == state


@pytest.mark.parametrize(
    ("silent", "rated", "followed", "may"),
    [
        (True, False, False, True),
        (False, False, False, False),  # they said themselves that it was done
        (True, True, False, False),  # they did so later, with stars
        (True, False, True, False),  # once
    ],
)
def test_silence_is_no_yes(silent, rated, followed, may):
    assert may_follow(silent=silent, rated=rated, followed=followed) is may


def test_a_claim_that_is_over_stays_over():
    over = {ClaimState.RELEASED, ClaimState.DISPUTED, ClaimState.CONFIRMED}
    assert {before for before, _ in CLAIM_MOVES} == set(ClaimState) - over
    for event in (Event.WITHDRAW, Event.CLOSE):  # nobody keeps a claim on a wish that is gone
        assert all(CLAIM_MOVES[before, event] is ClaimState.RELEASED for before in set(ClaimState) - over)


class Walk:
    """One wish and its claims, moved by the table alone."""

    def __init__(self, kind: Kind, places: int) -> None:
        self.kind, self.places = kind, places
        self.state = State.DRAFT
        self.approved = kind is Kind.EMERGENCY
        self.claims: list[ClaimState] = []

    def choices(self) -> list[Event]:
        events = allowed(self.kind, self.state, EVERYBODY)
        if ClaimState.LIVE not in self.claims:  # nobody is the claimant
            events -= {Event.RELEASE, Event.EXPIRE, Event.DELIVER}
        if any(claim in HOLDING for claim in self.claims):  # it is in somebody's hands
            events -= {Event.RECAST}
        return sorted(events)

    def go(self, event: Event) -> None:
        rule = decide(self.kind, self.state, event, EVERYBODY)
        if event in {Event.CLAIM, Event.ASSIGN, Event.TAKE}:
            self.claims.append(ClaimState.LIVE)
        elif event in {Event.RELEASE, Event.EXPIRE, Event.DELIVER}:
            self.claims[self.claims.index(ClaimState.LIVE)] = CLAIM_MOVES[ClaimState.LIVE, event]
        else:
            self.claims = [CLAIM_MOVES.get((claim, event), claim) for claim in self.claims]
        self.approved = (self.approved or event is Event.APPROVE) and event is not Event.RECAST
        held = state_from_claims(self.places, self.claims, approved=self.approved)
        self.state = held if rule.follows_claims else rule.to or self.state


@given(st.sampled_from(Kind), st.integers(1, 3), st.lists(st.integers(0, 100), max_size=60))
def test_a_random_walk_never_leaves_the_table_and_never_loses_its_reminder(kind, places, numbers):
    wish = Walk(kind, 1 if kind is Kind.EMERGENCY else places)
    for number in numbers:
        choices = wish.choices()
        if not choices:
            break
        was = wish.state
        assert was is not State.OPEN or wish.approved
        wish.go(choices[number % len(choices)])
        live = wish.claims.count(ClaimState.LIVE)
        assert (wish.kind, wish.state) not in UNREACHED
        assert was in LIVE or wish.state is was
        assert sum(claim in HOLDING for claim in wish.claims) <= wish.places
        if wish.state in LIVE:
            assert ladder_for(wish.kind, wish.state) or live
        if wish.state in TERMINAL | {State.DRAFT, State.REVIEWING, State.DELIVERED}:
            assert not live
        if wish.state is State.CLAIMED:
            assert live


def test_everything_but_the_unreached_can_be_reached():
    seen: set[tuple[Kind, State]] = set()
    for kind in Kind:
        waiting = [(State.DRAFT, (), kind is Kind.EMERGENCY)]
        known = set(waiting)
        while waiting:
            state, claims, approved = waiting.pop()
            seen.add((kind, state))
            start = Walk(kind, 1)
            start.state, start.claims, start.approved = state, list(claims), approved
            for event in start.choices():
                walk = Walk(kind, 1)
                walk.state, walk.claims, walk.approved = state, list(claims), approved
                walk.go(event)
                after = (walk.state, tuple(claim for claim in walk.claims if claim in HOLDING), walk.approved)
                if after not in known:
                    known.add(after)
                    waiting.append(after)
    assert not seen & UNREACHED
    assert set(REACHED) - seen == {(Kind.EMERGENCY, State.REJECTED), (Kind.EMERGENCY, State.MERGED)}
