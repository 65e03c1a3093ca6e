"""The figures as Prometheus reads them. Labels are lanes, states and outcomes; nobody's id, name or words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.telegram import Telegram
from bot.vitals import BOUNDS, Vitals
from storage.backlog import Backlog

LANES = {0: "answers", 1: "reminders"}
OUTCOMES = ("done", "refused", "ignored", "seen", "failed", "unreadable")


class Metrics:
    """What is scraped: this process, and what the database holds for all replicas."""

    def __init__(self, vitals: Vitals, telegram: Telegram) -> None:
        self._vitals = vitals
        self._telegram = telegram
        self._machine = CollectorRegistry()
        for about in (ProcessCollector, PlatformCollector, GCCollector):
            about(registry=self._machine)

    def exposition(self, now: datetime, found: Backlog | None, accepts: str) -> tuple[bytes, str]:
        """The text, and what kind of text it is."""
        encode, kind = choose_encoder(accepts)
        return encode(_Given([*self._process(), *_database(now, found), *self._machine.collect()])), kind

    def _process(self) -> Iterable[Metric]:
        vitals = self._vitals
        yield InfoMetricFamily("wishlight", "What runs here.", {"version": version("wishlight")})
        yield _gauge("ready", "1 when this replica knows its town.", vitals.ready)
        yield _gauge("leads", "1 on the replica that polls, sends and ticks.", vitals.leads)
        yield _counter("elections", "Turns won and lost by this replica.", "result", {"won": 0, "lost": 0} | vitals.elections)
        yield _gauges(
            "seconds_since",
            "Since each part last got through.",
            "part",
            {part.value: age for part, age in vitals.ages().items()},
        )
        yield _counter("updates", "Updates by what came of them.", "outcome", dict.fromkeys(OUTCOMES, 0) | vitals.updates)
        durations, rising, buckets = vitals.update_seconds, 0, []
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], durations.counts, strict=True):
            rising += count
            buckets.append((bound, rising))
        told = "From the moment an update was taken up until it was committed."
        yield HistogramMetricFamily("wishlight_update_seconds", told, buckets, durations.total)
        yield _counter("works", "Pieces of recurring work done.", "work", vitals.works)
        yield _counter("failed_works", "Pieces of recurring work that failed.", "work", vitals.failed_works)
        calls = CounterMetricFamily("wishlight_calls", "Calls to Telegram by what it answered.", labels=["method", "answer"])
        for (method, answer), count in sorted(self._telegram.answers.items()):
            calls.add_metric([method, answer], count)
        yield calls
        waits = sum(count for (_, answer), count in self._telegram.answers.items() if answer == "wait")
        yield CounterMetricFamily("wishlight_too_many_requests", "Calls that Telegram answered with 429.", waits)


def _database(now: datetime, found: Backlog | None) -> Iterable[Metric]:
    yield _gauge("database_up", "1 when the database answered this scrape.", found is not None)
    if found is None:
        return
    lanes = {LANES.get(lane, str(lane)): waiting for lane, waiting in found.lanes.items()}
    yield _gauges("queue_rows", "Outgoing rows that wait.", "lane", {name: lane.rows for name, lane in lanes.items()})
    ages = {name: _age(now, lane.since) for name, lane in lanes.items()}
    yield _gauges("queue_age_seconds", "Age of the oldest outgoing row that waits.", "lane", ages)
    yield _gauges("stuck_rows", "Outgoing rows that nobody tries any more.", "state", found.stuck)
    yield _gauge("failed_updates", "Updates that are kept because they could not be handled.", found.failed_updates)
    yield _gauge("reminders_due", "Reminders whose time has come.", found.due)
    yield _gauge("reminders_late", "Reminders that should have been sent ten minutes ago.", found.late)
    yield _gauge("reminder_lateness_seconds", "How late the latest of them is.", _age(now, found.late_since))
    yield _gauges("live_wishes", "Wishes that are not over.", "state", found.wishes)
    yield _gauge("shut_groups", "Bound groups in which the bot cannot post.", found.shut_groups)


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"wishlight_{name}", told, float(value))


def _gauges(name: str, told: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"wishlight_{name}", told, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _counter(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"wishlight_{name}", told, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


class _Given(Collector):
    """Figures that were gathered before they are asked for."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
