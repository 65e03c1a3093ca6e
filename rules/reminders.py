"""Who is reminded next, and when: the reminder ladder (提醒阶梯) as a pure function of plain values.

A ladder is a list of rungs; a rung that repeats is many steps. Steps are numbered from 1 and computed from their number, so
that a ladder of years costs no more than one of days. In time:

    nominal     what the policy says, counted from the state's beginning or the claim's due
    at          the nominal time, not before the step before it, out of the quiet hours, at the recipients' next slot
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.lifecycle import TERMINAL, Kind, State
from rules.policy import SLEEPLESS, Ladder, Measure, Policy, Rung, Tell, Then

__all__ = [
    "Ladder",
    "Step",
    "Subject",
    "Tell",
    "Then",
    "current_step",
    "ladder_for",
    "may_urge",
    "next_reminder_at",
    "next_step",
    "steps_until",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a wish, or one of its claims, is reminded by.

    `since` is when the state (or the claim) began, `passed` how many steps were sent or skipped since then.
    """

    ladder: Ladder
    since: datetime
    due: datetime | None = None
    passed: int = 0
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder: tell these at that time, and then let it happen."""

    number: int
    at: datetime
    tell: frozenset[Tell]
    then: Then | None = None


def ladder_for(kind: Kind, state: State) -> Ladder | None:
    """The ladder of a wish itself; None when it needs none, or when its live claims carry `Ladder.CLAIM`."""
    if state in TERMINAL:
        return None
    match kind, state:
        case Kind.EMERGENCY, State.CLAIMED:
            return Ladder.TAKEN
        case Kind.EMERGENCY, State.DRAFT | State.OPEN:  # a draft of an emergency cannot lapse: it alarms like an open one
            return Ladder.EMERGENCY
        case _, State.CLAIMED:
            return None
        case Kind.WISH, State.OPEN:
            return Ladder.OPEN
        case _, State.OPEN:
            return Ladder.ORDER
    return Ladder(state)


def next_step(policy: Policy, subject: Subject) -> Step | None:
    """The first step not yet passed; None only when the ladder was ended by its `then`."""
    legs = _legs(policy, subject)
    number = _passed(legs, subject) + 1
    for leg in legs:
        if number in leg.numbers:
            return leg.step(number)
    return None


def next_reminder_at(policy: Policy, subject: Subject) -> datetime | None:
    step = next_step(policy, subject)
    return step.at if step else None


def current_step(policy: Policy, subject: Subject, now: datetime) -> Step | None:
    """What is to be sent now: the latest step that is due, whatever was missed before it; None when nothing is due.

    After a standstill one step goes out, not every missed one. It also tells whom steps of the same time, and the rung that it
    repeats, would have told, so that nobody is left out because two steps fell into one slot.
    The caller then stores `passed = step.number`.
    """
    legs = _legs(policy, subject)
    passed = _passed(legs, subject)
    number = _last_due(legs, now)
    if number <= passed:
        return None
    position = next(position for position, leg in enumerate(legs) if number in leg.numbers)
    step = legs[position].step(number)
    if step.then:
        return step
    tell = step.tell
    for earlier in range(position):
        last = legs[earlier].last
        repeated = earlier == position - 1 and legs[position].repeats
        if last > passed and (repeated or legs[earlier].at(last) == step.at):
            tell |= legs[earlier].rung.tell
    return replace(step, tell=tell)


def may_urge(policy: Policy, last: datetime | None, now: datetime) -> bool:
    """Whether it may be urged (催办) again: days are counted as people count them, from midnight to midnight."""
    if last is None:
        return True
    days = policy.urge_every // timedelta(days=1)
    if days:
        return (policy.calendar.day(now) - policy.calendar.day(last)).days >= days
    return now - last >= policy.urge_every


def steps_until(policy: Policy, subject: Subject, now: datetime) -> int:
    """What `passed` is when nothing was missed: where to go on after the policy or the urgency has changed."""
    return _last_due(_legs(policy, subject), now)


@dataclass(frozen=True, slots=True)
class _Leg:
    """The steps of one rung: one, or as many as its repeats.

    `start` is the nominal time of a single step, or of what is repeated; no step is before `floor`.
    """

    policy: Policy
    ladder: Ladder
    rung: Rung
    start: datetime
    floor: datetime
    numbers: range

    @property
    def repeats(self) -> bool:
        return self.rung.measure is Measure.EVERY

    @property
    def last(self) -> int:
        return self.numbers[-1]

    def nominal(self, number: int) -> datetime:
        if not self.repeats:
            return self.start
        return self.rung.duration.after(self.start, self.policy.calendar, number - self.numbers[0] + 1)

    def at(self, number: int) -> datetime:
        moment = max(self.nominal(number), self.floor)
        if self.ladder in SLEEPLESS:
            return moment
        calendar = self.policy.calendar
        moment = calendar.wake(moment)
        slots = [self.policy.slots.get(tell) for tell in self.rung.tell]
        if not slots or None in slots:
            return moment
        return min(calendar.next_slot(moment, times) for times in slots if times)

    def step(self, number: int) -> Step:
        return Step(number, self.at(number), self.rung.tell, self.rung.then)

    def until(self, end: datetime) -> range:
        """The numbers that can lie before `end`: a bound by arithmetic, since a leg may be endless."""
        if not self.repeats:
            return self.numbers
        # Working hours never pass faster than the clock, but for the hour that summer time skips.
        fit = (end - self.start) // self.rung.duration.length + 1
        return self.numbers[: max(fit, 0)]

    def before(self, end: datetime) -> range:
        """The numbers whose nominal time is before `end`."""
        numbers = self.until(end)
        return numbers[: bisect_left(numbers, end, key=self.nominal)]

    def due(self, now: datetime) -> range:
        """The numbers whose time has come."""
        numbers = self.until(now)
        return numbers[: bisect_right(numbers, now, key=self.at)]


_ENDLESS = 10**9  # more steps than any ladder sees: one a minute for 1,900 years


def _legs(policy: Policy, subject: Subject) -> list[_Leg]:
    """The ladder's rungs with their numbers, without those that have no step."""
    rungs = policy.ladders[subject.ladder]
    starts = [_start(policy, subject, rung) for rung in rungs]
    legs: list[_Leg] = []
    anchor = floor = subject.since
    number = 1
    for rung, start, end in zip(rungs, starts, [*starts[1:], None], strict=True):
        if start is None:
            leg = _Leg(policy, subject.ladder, rung, anchor, floor, range(number, number + _ENDLESS))
            if end is not None:
                leg = replace(leg, numbers=leg.before(end))
        else:
            # "24 h before" is senseless for a claim that began later than that.
            skipped = rung.measure is Measure.DUE and not rung.then and start <= subject.since
            anchor = max(start, subject.since)
            leg = _Leg(policy, subject.ladder, rung, start, floor, range(number, number if skipped else number + 1))
        if leg.numbers:
            legs.append(leg)
            number = leg.last + 1
            if number < _ENDLESS:
                floor = leg.at(leg.last)
    return legs


def _start(policy: Policy, subject: Subject, rung: Rung) -> datetime | None:
    """The nominal time of a rung that does not repeat."""
    if rung.measure is Measure.EVERY:
        return None
    if rung.measure is Measure.DUE:
        if subject.due is None:
            raise ValueError("a claim's ladder needs its due")
        return rung.duration.after(subject.due, policy.calendar)
    return (rung.urgent if subject.urgent else rung.duration).after(subject.since, policy.calendar)


def _passed(legs: list[_Leg], subject: Subject) -> int:
    """The steps passed; a policy that made the ladder shorter than that still owes its last step."""
    last = legs[-1].last
    return last - 1 if subject.passed > last else subject.passed


def _last_due(legs: list[_Leg], now: datetime) -> int:
    number = 0
    for leg in legs:
        due = leg.due(now)
        if due:
            number = due[-1]
        if due != leg.numbers:
            break
    return number
