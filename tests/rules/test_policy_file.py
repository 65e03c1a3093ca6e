"""What an admin's policy file may say, and how it is told what is wrong."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from rules.policy import Ladder, Policy, PolicyError, Tell, default_policy


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as refused:
        Policy.parse_yaml(text)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return refused.value.problems


def test_the_default_is_what_the_handbook_says():
    policy = default_policy()
    assert policy.max_live_claims == 3
    assert policy.unreviewed_a_day == 5
    assert policy.contact_days == 30
    assert policy.urge_every == timedelta(days=1)
    assert policy.digest_at == time(18)
    assert policy.calendar.tz == ZoneInfo("Asia/Shanghai")
    assert policy.calendar.quiet == (time(21, 30), time(7, 30))
    assert policy.slots[Tell.GROUP] == (time(9), time(14, 30), time(19))
    assert policy.slots[Tell.REVIEWERS] == tuple(time(hour) for hour in range(8, 22))  # on the hour, when not quiet
    assert Tell.AUTHOR not in policy.slots
    assert Tell.OFFICERS not in policy.slots
    assert policy.ladders.keys() == set(Ladder)


def test_the_default_is_read_once_for_each_time_zone():
    urumqi = ZoneInfo("Asia/Urumqi")
    assert default_policy() is default_policy()
    assert default_policy(urumqi).calendar.tz == urumqi


def test_a_file_changes_only_the_sections_it_names():
    changed = Policy.parse({"max_live_claims": 5})
    assert changed == replace(default_policy(), max_live_claims=5)
    assert Policy.parse({}) == default_policy()


def test_days_of_an_unpublished_year_are_entered_by_hand():
    text = """
    rest_days: [2035-10-01, "2035-10-02"]
    work_days: [2035-09-29]
    """
    calendar = Policy.parse_yaml(text).calendar
    assert calendar.holidays == {date(2035, 10, 1): False, date(2035, 10, 2): False, date(2035, 9, 29): True}
    assert calendar.published(2035)
    assert calendar.is_working_day(date(2035, 9, 29))  # a Saturday


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"09:00"', time(9)),  # quoted
        ("09:00", time(9)),  # unquoted, which YAML leaves alone
        ("14:30", time(14, 30)),  # unquoted, which YAML makes 870
        ("8:05", time(8, 5)),  # unquoted, which YAML makes 485
    ],
)
def test_a_time_may_be_written_without_quotes(written, meant):
    assert Policy.parse_yaml(f"digest_at: {written}").digest_at == meant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # durations
        ("open: [{after: 6x, tell: [group]}]", "open[0].after: '6x' is not a duration like 10m, 6h, 3d, 4wh"),
        ("open: [{after: 6, tell: [group]}]", "open[0].after: 6 is not a duration like 10m, 6h, 3d, 4wh"),
        ("open: [{every: 0h, tell: [group]}]", "open[0].every: '0h' must be longer than nothing"),
        ("open: [{every: -1h, tell: [group]}]", "open[0].every: '-1h' must be longer than nothing"),
        ("open: [{every: 9999d, tell: [group]}]", "open[0].every: '9999d' is longer than ten years"),
        ("claim: [{due: 4wh, then: expire}]", "claim[0].due: '4wh' must be by the clock, not in working hours"),
        ("urge_every: 4wh", "urge_every: '4wh' must be by the clock, not in working hours"),
        # steps
        ("open: [6h]", "open[0]: '6h' is not a step like {after: 6h, tell: [group]}"),
        ("open: [{tell: [group]}]", "open[0]: needs one of after, every, due"),
        ("open: [{after: 6h, every: 1d, tell: [group]}]", "open[0]: needs one of after, every, due"),
        ("open: [{every: 1d, tell: [group], note: x}]", "open[0].note: no such key"),
        ("open: [{every: 1d}]", "open[0]: neither tells anybody nor ends the ladder"),
        ("open: [{every: 1d, tell: []}]", "open[0]: neither tells anybody nor ends the ladder"),
        ("open: [{every: 1d, tell: group}]", "open[0].tell: 'group' is not a list"),
        ("open: [{every: 1d, urgent: 1h, tell: [group]}]", "open[0].urgent: goes with after only"),
        ("open: [{due: 1d, tell: [group]}]", "open[0].due: only a claim has a due"),
        ("draft: [{after: 1d, then: silence}]", "draft[0].then: silence is not how this ladder ends"),
        ("open: [{after: 1d, then: lapse}]", "open[0].then: lapse is not how this ladder ends"),
        ("draft: [{every: 1d, then: lapse}]", "draft[0].then: cannot happen again and again"),
        # what is not published is never told to a group
        ("order: [{every: 1d, tell: [group]}]", "order[0].tell: group is told of open wishes only"),
        ("emergency: [{every: 5m, tell: [groups_above]}]", "emergency[0].tell: groups_above is told of open wishes only"),
        # order
        (
            "open: [{after: 2d, tell: [group]}, {after: 1d, tell: [group]}, {every: 1d, tell: [group]}]",
            "open[1].after: comes before the step above it",
        ),
        (
            "open: [{after: 1d, tell: [group]}, {after: 2d, urgent: 1h, tell: [group]}, {every: 1d, tell: [group]}]",
            "open[1].urgent: comes before the step above it",
        ),
        ("open: [{every: 1d, tell: [group]}, {every: 7d, tell: [group]}]", "open[1].every: cannot follow another every"),
        ("draft: [{after: 1d, then: lapse}, {after: 2d, then: lapse}]", "draft[0].then: must be the last step"),
        ("open: [{after: 1d, tell: [group]}]", "open[0]: the last step needs every, or reminders would stop"),
        (
            "draft: [{after: 1d, tell: [author]}]",
            "draft[0]: the last step needs then: lapse or every, or reminders would stop",
        ),
        ("open: []", "open: is not a list of steps"),
        ("open: daily", "open: is not a list of steps"),
        # slots and hours
        ("slots: {group: ['22:00']}", "slots.group: 22:00 lies in the quiet hours"),
        ("slots: {group: daily}", 'slots.group: \'daily\' is not hourly or a list like ["09:00", "19:00"]'),
        ("slots: {author: ['25:00']}", "slots.author[0]: '25:00' is not a time like \"09:00\""),
        ("slots: []", "slots: [] is not a mapping"),
        ("digest_at: '23:00'", "digest_at: 23:00 lies in the quiet hours"),
        ("digest_at: 18", 'digest_at: 18 is not a time like "09:00"'),
        ("quiet: night", "quiet: 'night' is not a span like \"08:30-12:00\""),
        ("work: ['12:00-09:00']", "work: working hours must be spans of one day, in order"),
        ("work: []", "work: working hours must be spans of one day, in order"),
        # days and limits
        ("rest_days: ['2035-02-30']", "rest_days[0]: '2035-02-30' is not a date like 2027-02-05"),
        ("{rest_days: [2035-10-01], work_days: [2035-10-01]}", "work_days: 2035-10-01 is a day of rest as well"),
        ("max_live_claims: 0", "max_live_claims: 0 is not a whole number from 1"),
        ("max_live_claims: true", "max_live_claims: True is not a whole number from 1"),
        ("opened: []", "opened: no such section"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text, problem):
    assert problem in problems(text)


def test_an_unknown_recipient_is_told_who_there_is():
    (problem,) = problems("open: [{every: 1d, tell: [grup]}]")
    assert problem.startswith("open[0].tell[0]: 'grup' is not one of author, group, ")


def test_every_problem_is_listed_at_once():
    text = """
    digest_at: noon
    max_live_claims: many
    opne: []
    open:
      - {after: 6h, tell: [group]}
      - {after: 6x, tell: [everybody]}
      - {every: 1d}
    draft: [{after: 1d, tell: [author]}]
    """
    assert [problem.partition(":")[0] for problem in problems(text)] == [
        "opne",
        "max_live_claims",
        "digest_at",
        "draft[0]",
        "open[1].tell[0]",
        "open[1].after",
        "open[2]",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- open", "not a mapping"),
        ("open", "not a mapping"),
        ("open: [", "not readable as YAML"),
        ("rest_days: [2035-02-30]", "day is out of range"),  # unquoted, YAML itself stumbles over it
    ],
)
def test_a_file_that_is_no_mapping_is_refused(text, problem):
    with pytest.raises(PolicyError, match=problem):
        Policy.parse_yaml(text)


def test_an_empty_file_changes_nothing():
    assert Policy.parse_yaml("# nothing yet\n") == default_policy()


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text("ab0:-", max_size=6)
    | st.dates()
    | st.sampled_from(["6h", "-24h", "4wh", "group"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["after", "due", "every", "tell", "then", "urgent", "group"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["work", "quiet", "slots", "digest_at", "rest_days", *Ladder]), JUNK, max_size=4))
def test_nonsense_is_a_policy_or_a_list_of_problems_never_a_crash(mapping):
    try:
        policy = Policy.parse(mapping)
    except PolicyError as error:
        event("refused with several problems" if len(error.problems) > 1 else "refused")
    else:
        assert policy.ladders.keys() == set(Ladder)
