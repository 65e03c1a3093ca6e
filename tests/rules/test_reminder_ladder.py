"""The reminder ladder against the policy table; times in the tables are local, T0 is a Monday at 09:00."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.lifecycle import LIVE, RULES, TERMINAL, Kind, State
from rules.policy import SLEEPLESS, Ladder, Policy, default_policy
from rules.reminders import Step, Subject, Tell, Then, current_step, ladder_for, next_reminder_at, next_step, steps_until

POLICY = default_policy()
NEW_YORK = default_policy(ZoneInfo("America/New_York"))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str, policy: Policy = POLICY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=policy.calendar.tz).astimezone(UTC)


T0 = at("2026-09-14 09:00")  # no holiday until the 25th


def steps(subject: Subject, count: int, policy: Policy = POLICY) -> list[Step]:
    """What is sent when nothing is ever late."""
    found: list[Step] = []
    while len(found) < count and (step := next_step(policy, subject)):
        found.append(step)
        subject = replace(subject, passed=step.number)
    return found


def written(subject: Subject, count: int, policy: Policy = POLICY) -> list[str]:
    return [
        " ".join([f"{policy.calendar.local(step.at):%m-%d %H:%M}", *sorted(step.tell), *([step.then] if step.then else [])])
        for step in steps(subject, count, policy)
    ]


# ---------------------------------------------------------------------------------------------- the table of the policy


def test_a_draft_is_asked_after_once_and_then_goes_to_the_reviewers():
    assert written(Subject(Ladder.DRAFT, T0), 9) == [
        "09-14 09:10 author",
        "09-15 09:00 lapse",
    ]


def test_reviewers_are_reminded_every_four_working_hours_and_the_level_above_after_a_day():
    assert written(Subject(Ladder.REVIEWING, T0), 6) == [
        "09-14 11:00 reviewers",  # 2 h
        "09-14 17:00 reviewers",  # + 4 working hours, over the midday rest
        "09-15 09:00 above reviewers",  # 24 h
        "09-15 15:00 above reviewers",
        "09-16 10:00 above reviewers",  # 09:30, at the next full hour
        "09-16 16:00 above reviewers",  # 15:30 likewise
    ]


def test_an_open_wish_climbs_from_the_group_to_the_county_and_becomes_weekly():
    assert written(Subject(Ladder.OPEN, T0), 18) == [
        "09-14 19:00 group",  # 6 h, at the next list
        "09-15 09:00 group",  # 24 h
        "09-16 09:00 group groups_above",  # 48 h
        "09-17 09:00 community group",  # 72 h
        "09-18 09:00 group",  # daily
        "09-19 09:00 group",
        "09-20 09:00 group",
        "09-21 09:00 group groups_above town",  # 7 d
        "09-22 09:00 group",  # daily
        "09-23 09:00 group",
        "09-24 09:00 group",
        "09-25 09:00 group",
        "09-26 09:00 group",
        "09-27 09:00 group",
        "09-28 09:00 group",
        "09-29 09:00 county group groups_above",  # 15 d
        "10-06 09:00 group groups_above",  # weekly
        "10-13 09:00 group groups_above",
    ]


def test_what_is_needed_today_climbs_faster():
    assert written(Subject(Ladder.OPEN, T0, urgent=True), 4) == [
        "09-14 14:30 group",  # 3 h
        "09-15 09:00 group",  # 12 h = 21:00, after the day's last list
        "09-15 09:00 group groups_above",  # 24 h
        "09-16 09:00 community group",  # 36 h = 21:00
    ]


def test_a_complaint_is_never_shown_to_groups():
    assert written(Subject(Ladder.ORDER, T0), 5) == [
        "09-15 09:00 reviewers",  # 24 h
        "09-16 09:00 reviewers",  # daily
        "09-17 09:00 community reviewers",  # 72 h
        "09-18 09:00 reviewers",
        "09-19 09:00 reviewers",
    ]
    assert written(Subject(Ladder.ORDER, T0, urgent=True), 1) == ["09-14 11:00 reviewers"]  # 2 h
    told = {
        tell for urgent in (False, True) for step in steps(Subject(Ladder.ORDER, T0, urgent=urgent), 60) for tell in step.tell
    }
    assert told == {Tell.REVIEWERS, Tell.COMMUNITY, Tell.TOWN, Tell.COUNTY}


def test_a_claim_is_reminded_around_its_due_and_then_released():
    assert written(Subject(Ladder.CLAIM, T0, due=T0 + 3 * DAY), 9) == [
        "09-16 09:00 claimant",  # 24 h before
        "09-17 09:00 claimant",  # due
        "09-18 09:00 claimant",  # daily
        "09-19 09:00 claimant",
        "09-20 09:00 expire",  # due + 3 d
    ]


@pytest.mark.parametrize(
    ("due", "first"),
    [
        (25 * HOUR, "09-14 10:00 claimant"),  # an hour after the claim: the day before counts
        (24 * HOUR, "09-15 09:00 claimant"),  # the very moment of the claim: senseless, so only at due
        (5 * HOUR, "09-14 14:00 claimant"),  # nearer still
    ],
)
def test_a_short_claim_has_no_reminder_a_day_before(due, first):
    assert written(Subject(Ladder.CLAIM, T0, due=T0 + due), 1) == [first]


def test_repeats_of_a_step_that_a_short_claim_skips_begin_with_the_claim():
    policy = Policy.parse_yaml("""
        slots: {}
        claim:
          - {due: -24h, tell: [claimant]}
          - {every: 4h, tell: [claimant]}
          - {due: 0h, then: expire}
    """)
    assert written(Subject(Ladder.CLAIM, T0, due=T0 + 10 * HOUR), 9, policy) == [
        "09-14 13:00 claimant",
        "09-14 17:00 claimant",
        "09-14 19:00 expire",
    ]


def test_a_claim_without_a_due_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="needs its due"):
        next_step(POLICY, Subject(Ladder.CLAIM, T0))


def test_a_resident_who_is_silent_for_a_week_confirms_without_a_rating():
    assert written(Subject(Ladder.DELIVERED, T0), 9) == [
        "09-15 09:00 author",  # 1 d
        "09-17 09:00 author",  # 3 d
        "09-21 09:00 silence",  # 7 d
    ]


def test_an_emergency_alarms_every_five_minutes_through_the_night():
    night = at("2026-09-14 23:58")
    assert written(Subject(Ladder.EMERGENCY, night), 3) == [
        "09-15 00:03 officers",
        "09-15 00:08 officers",
        "09-15 00:13 officers",
    ]
    assert written(Subject(Ladder.TAKEN, night), 2) == ["09-15 00:58 officers", "09-15 01:58 officers"]


# ------------------------------------------------------------------------------------ quiet hours, slots, holidays, zones


@pytest.mark.parametrize(
    ("ladder", "since", "first"),
    [
        (Ladder.DRAFT, "2026-09-14 21:15", "09-14 21:25 author"),  # just before the quiet hours
        (Ladder.DRAFT, "2026-09-14 21:20", "09-15 07:30 author"),  # 21:30 is quiet already
        (Ladder.DRAFT, "2026-09-14 23:50", "09-15 07:30 author"),  # over midnight
        (Ladder.REVIEWING, "2026-09-14 18:30", "09-14 21:00 reviewers"),  # 20:30, on the hour
        (Ladder.REVIEWING, "2026-09-14 19:10", "09-15 08:00 reviewers"),  # 21:10: the next full hour is quiet
        (Ladder.OPEN, "2026-09-14 08:30", "09-14 14:30 group"),  # exactly on a list
        (Ladder.OPEN, "2026-09-14 08:31", "09-14 19:00 group"),  # a minute too late for it
        (Ladder.OPEN, "2026-09-14 13:01", "09-15 09:00 group"),  # after the day's last list
        (Ladder.OPEN, "2026-09-14 20:00", "09-15 09:00 group"),  # 02:00 in the night
    ],
)
def test_reminders_wait_for_the_morning_and_for_the_next_list(ladder, since, first):
    assert written(Subject(ladder, at(since)), 1) == [first]


def test_what_happens_by_itself_waits_for_the_morning_too():
    claim = Subject(Ladder.CLAIM, T0, due=at("2026-09-16 23:00"))
    assert written(claim, 9)[-1] == "09-20 07:30 expire"  # released and posted again when people are awake


def test_reviewers_rest_in_the_national_day_week_but_work_on_the_saturday_after_it():
    assert written(Subject(Ladder.REVIEWING, at("2026-09-30 14:00")), 6) == [
        "09-30 16:00 reviewers",  # 2 h
        "10-01 14:00 above reviewers",  # 24 h by the clock
        "10-08 15:00 above reviewers",  # 4 working hours later, 14:30: the holidays do not count
        "10-09 09:00 above reviewers",
        "10-09 15:00 above reviewers",
        "10-10 10:00 above reviewers",  # a Saturday worked in exchange
    ]


def test_an_override_of_the_calendar_moves_working_hours():
    closed = replace(POLICY, calendar=replace(POLICY.calendar, holidays={date(2026, 9, 15): False}))
    subject = Subject(Ladder.REVIEWING, T0, passed=3)
    assert POLICY.calendar.day(next_step(POLICY, subject).at) == date(2026, 9, 15)
    assert POLICY.calendar.day(next_step(closed, subject).at) == date(2026, 9, 16)


def test_lists_keep_their_local_hour_when_summer_time_ends():
    subject = Subject(Ladder.OPEN, at("2026-10-30 08:00", NEW_YORK))
    assert written(subject, 6, NEW_YORK) == [
        "10-30 14:30 group",
        "10-31 09:00 group",
        "11-01 09:00 group groups_above",  # the clock went back in the night
        "11-02 09:00 community group",
        "11-03 09:00 group",
        "11-04 09:00 group",
    ]


def test_working_hours_skipped_by_summer_time_are_reminded_of_once():
    calendar = replace(
        NEW_YORK.calendar, work=((time(0), time(23)),), holidays={date(2026, 3, 8): True}, quiet=(time(0), time(0))
    )
    ladders = Policy.parse_yaml("reviewing: [{every: 1wh, tell: [author]}]").ladders
    policy = replace(NEW_YORK, calendar=calendar, ladders=ladders)
    subject = Subject(Ladder.REVIEWING, at("2026-03-08 01:00", policy))
    three = at("2026-03-08 03:00", policy)  # an hour after one: two and three o'clock are the same moment
    assert current_step(policy, subject, three).number == 2
    assert written(replace(subject, passed=2), 1, policy) == ["03-08 04:00 author"]


def test_several_recipients_are_told_at_the_first_slot_of_any_of_them():
    both = Policy.parse_yaml("""
        slots: {group: ["19:00"], community: ["10:00"]}
        open: [{every: 1d, tell: [group, community]}]
    """)
    assert written(Subject(Ladder.OPEN, T0), 1, both) == ["09-15 10:00 community group"]


# ------------------------------------------------------------------------------------------------------ after a standstill


@pytest.mark.parametrize(
    ("ladder", "late", "number", "told"),
    [
        (Ladder.OPEN, timedelta(), None, ""),  # nothing is due yet
        (Ladder.OPEN, 10 * HOUR, 1, "group"),  # on time
        (Ladder.OPEN, 2 * DAY, 3, "group groups_above"),  # two were missed
        (Ladder.OPEN, 5 * DAY, 6, "community group"),  # the second daily repeat of the community's rung
        (Ladder.REVIEWING, 25 * HOUR, 3, "above reviewers"),  # the level above, once
        (Ladder.CLAIM, 5 * DAY, 4, "claimant"),  # after the due, before its end
        (Ladder.CLAIM, 60 * DAY, 5, "expire"),  # time's own act is never jumped over
        (Ladder.DRAFT, 60 * DAY, 2, "lapse"),
        (Ladder.DELIVERED, 60 * DAY, 3, "silence"),
        (Ladder.EMERGENCY, 60 * DAY, 60 * 24 * 12, "officers"),  # one alarm, not 17,280
    ],
)
def test_after_a_standstill_only_the_current_step_is_sent(ladder, late, number, told):
    subject = Subject(ladder, T0, due=T0 + 3 * DAY)
    step = current_step(POLICY, subject, T0 + late)
    if number is None:
        assert step is None
        return
    assert step.number == number
    assert set(told.split()) <= {*step.tell, step.then}
    again = replace(subject, passed=step.number)
    assert current_step(POLICY, again, T0 + late) is None
    following = next_step(POLICY, again)
    assert (following is None) is (step.then is not None)


@pytest.mark.parametrize(
    ("passed", "late", "told"),
    [
        (3, 3 * DAY, "community group"),  # the rung itself
        (3, 5 * DAY, "community group"),  # its daily repeat brings the missed rung along
        (4, 5 * DAY, "group"),  # the rung was sent: the repeat alone
        (0, 8 * DAY, "group groups_above town"),  # the current rung is the town's: the community's is not sent any more
        (0, 30 * DAY, "county group groups_above"),  # and later only the county's
    ],
)
def test_a_missed_rung_is_brought_along_by_its_repeats(passed, late, told):
    step = current_step(POLICY, Subject(Ladder.OPEN, T0, passed=passed), T0 + late)
    assert " ".join(sorted(step.tell)) == told


def test_steps_that_fall_into_one_slot_are_one_reminder_to_all_of_them():
    policy = Policy.parse_yaml("""
        slots: {}
        open:
          - {after: 1h, tell: [group]}
          - {after: 2h, tell: [community]}
          - {after: 3d, tell: [town]}
          - {every: 7d, tell: [group]}
    """)
    subject = Subject(Ladder.OPEN, at("2026-09-14 22:00"))
    morning = at("2026-09-15 07:30")
    assert next_reminder_at(policy, subject) == morning
    assert current_step(policy, subject, morning) == Step(2, morning, frozenset({Tell.GROUP, Tell.COMMUNITY}))


def test_a_policy_that_makes_a_ladder_shorter_still_ends_it():
    subject = Subject(Ladder.DELIVERED, T0, passed=40)
    assert next_step(POLICY, subject).then is Then.SILENCE
    assert next_step(POLICY, replace(subject, passed=3)) is None


def test_counting_starts_anew_when_the_policy_changes():
    now = T0 + 30 * DAY
    hourly = Policy.parse_yaml("emergency: [{every: 1h, tell: [officers]}]")
    subject = Subject(Ladder.EMERGENCY, T0)
    assert steps_until(POLICY, subject, now) == 30 * 24 * 12
    passed = steps_until(hourly, subject, now)
    assert next_reminder_at(hourly, replace(subject, passed=passed)) == now + HOUR


# --------------------------------------------------------------------------------------------------- which ladder is whose


@pytest.mark.parametrize(
    ("kind", "state", "ladder"),
    [
        (Kind.WISH, State.DRAFT, Ladder.DRAFT),
        (Kind.WISH, State.REVIEWING, Ladder.REVIEWING),
        (Kind.WISH, State.OPEN, Ladder.OPEN),
        (Kind.WISH, State.CLAIMED, None),  # its claims are reminded
        (Kind.WISH, State.DELIVERED, Ladder.DELIVERED),
        (Kind.WISH, State.FULFILLED, None),  # over
        (Kind.COMPLAINT, State.OPEN, Ladder.ORDER),  # never posted
        (Kind.COMPLAINT, State.CLAIMED, None),
        (Kind.QUESTION, State.REVIEWING, Ladder.REVIEWING),
        (Kind.EMERGENCY, State.DRAFT, Ladder.EMERGENCY),  # it cannot lapse
        (Kind.EMERGENCY, State.OPEN, Ladder.EMERGENCY),
        (Kind.EMERGENCY, State.CLAIMED, Ladder.TAKEN),  # it is taken, not claimed
        (Kind.EMERGENCY, State.CLOSED, None),
    ],
)
def test_each_state_has_its_ladder(kind, state, ladder):
    assert ladder_for(kind, state) is ladder


def test_every_live_state_is_reminded_by_itself_or_by_its_claims():
    for kind, state in product(Kind, LIVE):
        carried = state is State.CLAIMED and kind is not Kind.EMERGENCY
        assert (ladder_for(kind, state) is None) is carried
    assert all(ladder_for(kind, state) is None for kind, state in product(Kind, TERMINAL))


def test_only_a_plain_wish_is_ever_told_to_groups():
    groups = {Tell.GROUP, Tell.GROUPS_ABOVE}
    told = {
        (kind, state)
        for kind, state in product(Kind, State)
        if (ladder := ladder_for(kind, state)) and any(rung.tell & groups for rung in POLICY.ladders[ladder])
    }
    assert told == {(Kind.WISH, State.OPEN)}


@pytest.mark.parametrize("ladder", Ladder)
def test_what_time_does_at_the_end_of_a_ladder_is_allowed_by_the_table(ladder):
    for rung in POLICY.ladders[ladder]:
        if rung.then:
            assert any(rule.event == rung.then and rule.by == {"time"} for rule in RULES)


# ------------------------------------------------------------------------------------------------------------- properties

CUSTOM = Policy.parse_yaml("""
    quiet: "22:00-06:00"
    work: ["07:00-11:00", "13:00-17:30", "18:00-20:00"]
    slots: {group: ["06:15", "12:00"], town: ["21:45"], reviewers: hourly, claimant: ["08:00"]}
    reviewing: [{after: 4wh, tell: [reviewers]}, {every: 3wh, tell: [above]},
                {after: 30h, tell: [town]}, {every: 1h, tell: [author]}]
    open: [{every: 5h, tell: [group, town]}, {after: 9h, urgent: 1h, tell: [town]}, {every: 9wh, tell: [group]},
           {after: 40d, tell: [county]}, {every: 30m, tell: [group]}]
    claim: [{every: 6h, tell: [claimant]}, {due: -5d, tell: [author]}, {every: 7h, tell: [claimant]},
            {due: -1d, tell: [claimant]}, {every: 1h, tell: [claimant]}, {due: 2h, tell: [community], then: expire}]
    draft: [{every: 20wh, tell: [author]}]
""")
POLICIES = st.sampled_from([POLICY, NEW_YORK, CUSTOM])


@st.composite
def subjects(draw, ladders=Ladder):
    since = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 900 * 24 * 60)))
    due = since + timedelta(minutes=draw(st.integers(1, 30 * 24 * 60)))
    passed = draw(st.integers(0, 12) | st.integers(0, 3000))
    return Subject(draw(st.sampled_from(list(ladders))), since, due, passed, draw(st.booleans()))


@given(POLICIES, subjects())
def test_nobody_is_reminded_in_quiet_hours_but_of_an_emergency(policy, subject):
    step = next_step(policy, subject)
    assume(step)
    assert subject.ladder in SLEEPLESS or not policy.calendar.is_quiet(step.at)
    assert step.at >= subject.since
    assert step.at.tzinfo is UTC


@given(POLICIES, subjects())
def test_reminders_come_at_a_slot_of_somebody_they_are_for(policy, subject):
    step = next_step(policy, subject)
    assume(step and subject.ladder not in SLEEPLESS and all(policy.slots.get(tell) for tell in step.tell) and step.tell)
    assert policy.calendar.local(step.at).time() in {clock for tell in step.tell for clock in policy.slots[tell]}


@given(POLICIES, subjects())
def test_steps_are_numbered_in_order_and_never_go_back_in_time(policy, subject):
    found = steps(subject, 12, policy)
    assert [step.number for step in found] == list(range(subject.passed + 1, subject.passed + 1 + len(found))) or len(
        found
    ) == 1
    assert all(earlier.at <= later.at for earlier, later in pairwise(found))
    assert all(step.then is None for step in found[:-1])


@given(POLICIES, subjects())
def test_every_live_subject_has_a_next_step_until_time_has_acted(policy, subject):
    step = next_step(policy, subject)
    if step is None:
        assert next_step(policy, replace(subject, passed=subject.passed - 1)).then is not None
    assert next_reminder_at(policy, subject) == (step.at if step else None)


@given(POLICIES, subjects(), st.integers(0, 400 * 24 * 60))
def test_a_standstill_ends_with_one_reminder_and_the_next_one_lies_ahead(policy, subject, minutes):
    now = subject.since + timedelta(minutes=minutes)
    step = current_step(policy, subject, now)
    if step is None:
        following = next_step(policy, subject)
        assert following is None or following.at > now
        return
    assert step.at <= now
    after = replace(subject, passed=step.number)
    assert current_step(policy, after, now) is None
    following = next_step(policy, after)
    assert following.at > now if following else step.then


@given(POLICIES, subjects(), st.integers(0, 20 * 24 * 60))
def test_the_current_step_is_the_one_found_by_walking(policy, subject, minutes):
    subject = replace(subject, passed=0)
    now = subject.since + timedelta(minutes=minutes)
    assume(subject.ladder not in SLEEPLESS)
    walked = [step for step in steps(subject, 60, policy) if step.at <= now]
    assume(len(walked) < 60)
    assert steps_until(policy, subject, now) == len(walked)
    step = current_step(policy, subject, now)
    assert (step.number if step else 0) == len(walked)
    if step:
        assert walked[-1].tell <= step.tell <= frozenset().union(*(one.tell for one in walked))
        if not step.then:
            assert step.tell >= frozenset().union(*(one.tell for one in walked if one.at == step.at))


@pytest.mark.parametrize("ladder", Ladder)
def test_ten_years_cost_no_more_than_a_day(ladder):
    subject = Subject(ladder, T0, due=T0 + DAY)
    now = T0 + 3650 * DAY
    current_step(POLICY, subject, now)  # the calendar of ten years is counted once
    began = perf_counter()
    step = current_step(POLICY, subject, now)
    next_step(POLICY, replace(subject, passed=step.number))
    assert perf_counter() - began < 2  # walking a million steps takes far longer
    if not step.then:
        assert now - step.at < 8 * DAY
