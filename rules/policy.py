"""The reminder policy of a county: ladders, gathering slots, calendar and limits, read from YAML.

A file replaces whole sections of `policy.yaml` beside this module; what it leaves out stays as there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import yaml

from rules.worktime import SHANGHAI, Calendar, Span


class Ladder(StrEnum):
    """One sequence of reminders."""

    DRAFT = "draft"
    REVIEWING = "reviewing"
    OPEN = "open"
    ORDER = "order"  # an open complaint: never posted, to be ordered to a unit or officer
    CLAIM = "claim"
    DELIVERED = "delivered"
    EMERGENCY = "emergency"
    TAKEN = "taken"  # an emergency that an officer has taken


class Tell(StrEnum):
    """Who is told."""

    AUTHOR = "author"
    GROUP = "group"
    GROUPS_ABOVE = "groups_above"
    REVIEWERS = "reviewers"
    ABOVE = "above"  # the level above the reviewers
    COMMUNITY = "community"
    TOWN = "town"
    COUNTY = "county"
    CLAIMANT = "claimant"
    OFFICERS = "officers"  # of an emergency: who is on call, or who took it


class Then(StrEnum):
    """What time itself does at the end of a ladder."""

    LAPSE = "lapse"
    EXPIRE = "expire"
    SILENCE = "silence"


SLEEPLESS = frozenset({Ladder.EMERGENCY, Ladder.TAKEN})
"""Ladders that know neither quiet hours nor slots."""

_GROUPS = frozenset({Tell.GROUP, Tell.GROUPS_ABOVE})
_ENDINGS = {Ladder.DRAFT: Then.LAPSE, Ladder.CLAIM: Then.EXPIRE, Ladder.DELIVERED: Then.SILENCE}


class PolicyError(ValueError):
    """A policy that cannot be used; the message lists every problem with its key."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, by the clock or in working hours."""

    length: timedelta
    working: bool = False

    def after(self, start: datetime, calendar: Calendar, times: int = 1) -> datetime:
        """The moment when it has passed `times` times since `start`."""
        if self.working:
            return calendar.add_working_hours(start, times * self.length / timedelta(hours=1))
        return start + times * self.length


class Measure(StrEnum):
    """From where a rung's duration is counted."""

    AFTER = "after"  # the beginning of the state
    DUE = "due"  # a claim's due
    EVERY = "every"  # the rung before, again and again


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of a ladder."""

    measure: Measure
    duration: Duration
    urgent: Duration
    tell: frozenset[Tell]
    then: Then | None = None


@dataclass(frozen=True)
class Policy:
    """What an admin can decide about reminders and limits."""

    calendar: Calendar
    max_live_claims: int
    unreviewed_a_day: int
    messages_a_minute: int
    contact_days: int
    urge_every: timedelta
    digest_at: time
    ladders: Mapping[Ladder, tuple[Rung, ...]]
    slots: Mapping[Tell, tuple[time, ...]]

    @classmethod
    def parse(cls, mapping: Mapping[str, Any], tz: ZoneInfo = SHANGHAI) -> Self:
        """The policy that `mapping` describes, in the local time of `tz`.

        Raises:
            PolicyError: with every problem, not only the first.
        """
        return cls(**_Reader(mapping, tz).fields())

    @classmethod
    def parse_yaml(cls, text: str, tz: ZoneInfo = SHANGHAI) -> Self:
        """The same from the text of a file.

        Raises:
            PolicyError: also when it is no YAML.
        """
        try:
            mapping = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:  # ValueError: an impossible date such as 2027-02-30
            raise PolicyError([f"not readable as YAML: {error}"]) from error
        return cls.parse({} if mapping is None else mapping, tz)


@cache
def default_policy(tz: ZoneInfo = SHANGHAI) -> Policy:
    return Policy.parse({}, tz)


@cache
def _default_mapping() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(resources.files("rules").joinpath("policy.yaml").read_text("utf-8"))
    return loaded


_DURATION = re.compile(r"(-?)(\d{1,6})(m|h|d|wh)")
_LONGEST = timedelta(days=3660)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "wh": timedelta(hours=1), "d": timedelta(days=1)}

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)


class _Wrong(Exception):
    """A value that cannot be read; the reader adds where it stands."""


def _duration(value: object) -> Duration:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _Wrong(f"{value!r} is not a duration like 10m, 6h, 3d, 4wh")
    sign, number, unit = match.groups()
    length = int(number) * _UNITS[unit]
    if length > _LONGEST:
        raise _Wrong(f"{value!r} is longer than ten years")
    return Duration(-length if sign else length, working=unit == "wh")


def _positive(value: object) -> Duration:
    duration = _duration(value)
    if duration.length <= timedelta():
        raise _Wrong(f"{value!r} must be longer than nothing")
    return duration


def _by_the_clock(value: object) -> Duration:
    duration = _duration(value)
    if duration.working:
        raise _Wrong(f"{value!r} must be by the clock, not in working hours")
    return duration


def _clock(value: object) -> time:
    if isinstance(value, int) and 60 <= value < 24 * 60:  # YAML reads an unquoted 14:30 as 870
        return time(value // 60, value % 60)
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise _Wrong(f'{value!r} is not a time like "09:00"')
    return time(int(match[1]), int(match[2]))


def _span(value: object) -> Span:
    begin, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise _Wrong(f'{value!r} is not a span like "08:30-12:00"')
    return _clock(begin.strip()), _clock(end.strip())


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _Wrong(f"{value!r} is not a date like 2027-02-05") from None


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Wrong(f"{value!r} is not a whole number from 1")
    return value


def _one_of(kind: type[S]) -> Callable[[object], S]:
    def read(value: object) -> S:
        try:
            return kind(value)  # type: ignore[arg-type]
        except ValueError:
            raise _Wrong(f"{value!r} is not one of {', '.join(kind)}") from None

    return read


class _Reader:
    """Reads a mapping section by section and collects what is wrong with it.

    A reading that failed is None; it is never used, since any problem raises in the end.
    """

    def __init__(self, mapping: Mapping[str, Any], tz: ZoneInfo) -> None:
        self.problems: list[str] = []
        if not isinstance(mapping, Mapping):
            raise PolicyError(["the policy is not a mapping of sections"])
        self.given = {**_default_mapping(), **mapping}
        self.tz = tz

    def fields(self) -> dict[str, Any]:
        for key in sorted(map(str, self.given.keys() - _default_mapping().keys())):
            self.wrong(key, "no such section")
        calendar = self.calendar()
        fields = {
            "calendar": calendar,
            "max_live_claims": self.number("max_live_claims"),
            "unreviewed_a_day": self.number("unreviewed_a_day"),
            "messages_a_minute": self.number("messages_a_minute"),
            "contact_days": self.number("contact_days"),
            "urge_every": self.urge_every(),
            "digest_at": self.digest_at(calendar),
            "slots": self.slots(calendar),
            "ladders": {ladder: self.ladder(ladder) for ladder in Ladder},
        }
        if self.problems:
            raise PolicyError(self.problems)
        return fields

    def wrong(self, key: str, problem: str) -> None:
        self.problems.append(f"{key}: {problem}")

    def value(self, key: str, value: object, read: Callable[[object], T]) -> T | None:
        try:
            return read(value)
        except _Wrong as wrong:
            self.wrong(key, str(wrong))
            return None

    def number(self, key: str) -> int | None:
        return self.value(key, self.given[key], _count)

    def list_of(self, key: str, value: object, read: Callable[[object], T], wanted: str = "a list") -> list[T]:
        if not isinstance(value, list):
            self.wrong(key, f"{value!r} is not {wanted}")
            return []
        read_values = [self.value(f"{key}[{number}]", one, read) for number, one in enumerate(value)]
        return [one for one in read_values if one is not None]

    def calendar(self) -> Calendar:
        before = len(self.problems)
        work = self.list_of("work", self.given["work"], _span)
        quiet = self.value("quiet", self.given["quiet"], _span)
        rest_days = self.list_of("rest_days", self.given["rest_days"], _date)
        work_days = self.list_of("work_days", self.given["work_days"], _date)
        for day in sorted(set(rest_days) & set(work_days)):
            self.wrong("work_days", f"{day} is a day of rest as well")
        holidays = dict.fromkeys(rest_days, False) | dict.fromkeys(work_days, True)
        if len(self.problems) == before and quiet is not None:
            try:
                return Calendar(self.tz, tuple(work), quiet, holidays)
            except ValueError as error:
                self.wrong("work", str(error))
        return Calendar(self.tz)

    def urge_every(self) -> timedelta | None:
        duration = self.value("urge_every", self.given["urge_every"], lambda value: _by_the_clock(_positive(value) and value))
        return duration.length if duration else None

    def digest_at(self, calendar: Calendar) -> time | None:
        clock = self.value("digest_at", self.given["digest_at"], _clock)
        if clock is not None and calendar.is_quiet_clock(clock):
            self.wrong("digest_at", f"{clock:%H:%M} lies in the quiet hours")
        return clock

    def slots(self, calendar: Calendar) -> dict[Tell, tuple[time, ...]]:
        given = self.given["slots"]
        if not isinstance(given, Mapping):
            self.wrong("slots", f"{given!r} is not a mapping")
            return {}
        slots: dict[Tell, tuple[time, ...]] = {}
        for key, value in given.items():
            tell = self.value("slots", key, _one_of(Tell))
            if value == "hourly":
                times = [hour for hour in map(time, range(24)) if not calendar.is_quiet_clock(hour)]
            else:
                times = self.list_of(f"slots.{key}", value, _clock, 'hourly or a list like ["09:00", "19:00"]')
                for clock in filter(calendar.is_quiet_clock, times):
                    self.wrong(f"slots.{key}", f"{clock:%H:%M} lies in the quiet hours")
            if tell and times:
                slots[tell] = tuple(sorted(set(times)))
        return slots

    def ladder(self, ladder: Ladder) -> tuple[Rung, ...]:
        given = self.given[ladder]
        if not isinstance(given, list) or not given:
            self.wrong(ladder, "is not a list of steps")
            return ()
        before = len(self.problems)
        read = [self.rung(ladder, f"{ladder}[{number}]", one) for number, one in enumerate(given)]
        rungs = [rung for rung in read if rung is not None]
        if len(self.problems) == before:
            self.order(ladder, rungs)
        return tuple(rungs)

    def rung(self, ladder: Ladder, key: str, given: object) -> Rung | None:
        if not isinstance(given, Mapping):
            self.wrong(key, f"{given!r} is not a step like {{after: 6h, tell: [group]}}")
            return None
        for unknown in sorted(map(str, given.keys() - {*Measure, "urgent", "tell", "then"})):
            self.wrong(f"{key}.{unknown}", "no such key")
        tell = self.list_of(f"{key}.tell", given.get("tell", []), _one_of(Tell))
        for group in sorted(_GROUPS.intersection(tell)) if ladder is not Ladder.OPEN else []:
            self.wrong(f"{key}.tell", f"{group} is told of open wishes only")
        then = self.value(f"{key}.then", given["then"], _one_of(Then)) if "then" in given else None
        if then and then is not _ENDINGS.get(ladder):
            self.wrong(f"{key}.then", f"{then} is not how this ladder ends")
        if not given.get("tell") and "then" not in given:
            self.wrong(key, "neither tells anybody nor ends the ladder")
        measures = [measure for measure in Measure if measure in given]
        if len(measures) != 1:
            self.wrong(key, "needs one of after, every, due")
            return None
        measure = measures[0]
        if measure is Measure.DUE and ladder is not Ladder.CLAIM:
            self.wrong(f"{key}.due", "only a claim has a due")
        if measure is Measure.EVERY and "then" in given:
            self.wrong(f"{key}.then", "cannot happen again and again")
        if measure is not Measure.AFTER and "urgent" in given:
            self.wrong(f"{key}.urgent", "goes with after only")
        duration = self.value(f"{key}.{measure}", given[measure], _by_the_clock if measure is Measure.DUE else _positive)
        urgent = self.value(f"{key}.urgent", given["urgent"], _positive) if "urgent" in given else duration
        if duration is None or urgent is None:
            return None
        return Rung(measure, duration, urgent, frozenset(tell), then)

    def order(self, ladder: Ladder, rungs: list[Rung]) -> None:
        """Steps in order of time, repeats apart from each other, and an end that never leaves anybody without a reminder."""
        for number, (earlier, later) in enumerate(pairwise(rungs), start=1):
            key = f"{ladder}[{number}]"
            if earlier.then:
                self.wrong(f"{ladder}[{number - 1}].then", "must be the last step")
            if earlier.measure is later.measure is Measure.EVERY:
                self.wrong(f"{key}.every", "cannot follow another every")
        fixed = [(number, rung) for number, rung in enumerate(rungs) if rung.measure is not Measure.EVERY]
        for (_, earlier), (number, later) in pairwise(fixed):
            if earlier.measure is not later.measure:
                continue
            if _clearly_before(later.duration, earlier.duration):
                self.wrong(f"{ladder}[{number}].{later.measure}", "comes before the step above it")
            elif _clearly_before(later.urgent, earlier.urgent):
                self.wrong(f"{ladder}[{number}].urgent", "comes before the step above it")
        if not rungs[-1].then and rungs[-1].measure is not Measure.EVERY:
            ending = f"then: {_ENDINGS[ladder]} or " if ladder in _ENDINGS else ""
            self.wrong(f"{ladder}[{len(rungs) - 1}]", f"the last step needs {ending}every, or reminders would stop")


def _clearly_before(one: Duration, other: Duration) -> bool:
    """Working hours and hours by the clock cannot be compared without a date."""
    return one.working is other.working and one.length < other.length
