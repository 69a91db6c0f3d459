"""The figures in Prometheus' words (docs/runbook.md). No label holds a person, an organisation, a number or an address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db import Error
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.operation import measured as of_the_moment
from config.operation import recent as of_lately
from config.operation.counting import counted
from config.operation.measured import Measured
from config.operation.parts import RANK
from config.operation.readiness import Readiness, look
from config.operation.recent import Recent, lately
from config.schedule import MAY_TAKE
from sharing.delivery.models import HeldReason
from sharing.departments.models import LeftDuty
from sharing.witnesses.models import LogAlarm

Figures = Mapping[str, float | None]
Part = TypeVar("Part")


@dataclass(frozen=True)
class Gauge:
    """``label``: of each figure, "" where there is but one; None is a figure that there is not now, or that could not be read."""

    name: str
    means: str
    label: str
    figures: Callable[[Measured], Figures]


def _of(part: Callable[[Measured], Part | None], figures: Callable[[Part], Figures]) -> Callable[[Measured], Figures]:
    """Of what may be unread: then there are none."""

    def found(measured: Measured) -> Figures:
        read = part(measured)
        return {} if read is None else figures(read)

    return found


def _one(figure: Callable[[Measured], float | None]) -> Callable[[Measured], Figures]:
    return lambda measured: {"": figure(measured)}


GAUGES: tuple[Gauge, ...] = (
    Gauge("registry_log_events", "Events in the log; told of; signed", "upto", lambda m: {
        "head": m.log.head, "told": m.log.told, "signed": m.log.signed}),
    Gauge("registry_log_epoch", "Epoch of the log", "", _one(lambda m: m.log.epoch)),
    Gauge("registry_log_halted", "1 while nothing is appended to the log", "", _one(lambda m: int(bool(m.log.halted)))),
    Gauge("registry_waiting_seconds", "Since when the oldest event waits for this", "for", lambda m: {
        "telling": m.log.untold, "signing": m.log.unsigned, "delivery": m.delivery.late if m.delivery else None,
        "recalling": m.recalling, "monitoring": m.monitoring}),
    Gauge("registry_checkpoint_age_seconds", "Age of the newest checkpoint", "", _one(lambda m: m.log.checkpoint)),
    Gauge("registry_pulse_age_seconds", "Since when this process, or the youngest of its kind, was silent", "process",
          lambda m: {"beat": m.processes.beat, "worker": m.processes.worker, "sweep": m.processes.sweep}),
    Gauge("registry_silent_after_seconds", "After how many seconds of silence a process is down, as it is set", "",
          _one(lambda m: m.processes.silent_after)),
    Gauge("registry_clock_ahead_seconds", "Seconds by which the clock of this process's host is ahead of the database's",
          "process", lambda m: m.processes.clocks),
    Gauge("registry_task_overdue_seconds", "For how much longer than it may this task, which goes by the clock, was not done",
          "task", lambda m: {**dict.fromkeys(MAY_TAKE, 0.0), **m.processes.overdue}),
    Gauge("registry_workers", "Workers that live, and that are missed", "state", lambda m: {
        "alive": m.processes.workers, "silent": m.processes.silent}),
    Gauge("registry_migrations_unapplied", "Migrations of this release that were not applied", "",
          _one(lambda m: m.migrations)),
    Gauge("registry_endpoints", "Endpoints in production", "state", _of(lambda m: m.delivery, lambda of: {
        "active": of.endpoints, "paused": of.paused, "behind": of.behind, "failing": of.failing})),
    Gauge("registry_endpoint_failing_seconds", "Since when the endpoint fails that fails longest", "",
          _of(lambda m: m.delivery, lambda of: {"": of.failing_for})),
    Gauge("registry_lanes_held", "Lanes that are held, by the reason", "reason", _of(lambda m: m.delivery, lambda of: {
        **dict.fromkeys(HeldReason.values, 0), **of.held})),
    Gauge("registry_listings_left_over", "Listings that cannot be opened for a department, by what is owed of them", "duty",
          _of(lambda m: m.delivery, lambda of: {**dict.fromkeys(LeftDuty.values, 0), **of.left_over})),
    Gauge("registry_witness_waiting_seconds", "Since when a checkpoint waits for this witness", "witness", lambda m: {
        each.name: each.waits for each in m.witnesses or ()}),
    Gauge("registry_cosignature_age_seconds", "Age of this witness's newest cosignature", "witness", lambda m: {
        each.name: each.cosigned for each in m.witnesses or ()}),
    Gauge("registry_audit_leaves", "Leaves of the audit tree; anchored in the log", "upto", _of(lambda m: m.audit, lambda of: {
        "tree": of.size, "anchored": of.anchored_size})),
    Gauge("registry_audit_unanchored_seconds", "Since when a leaf waits to be anchored in the log", "",
          _of(lambda m: m.audit, lambda of: {"": of.unanchored})),
    Gauge("registry_audit_verification_age_seconds", "Since when the audit trail was not verified", "",
          _of(lambda m: m.audit, lambda of: {"": of.verified})),
    Gauge("registry_audit_findings", "What the last verification of the audit trail found", "",
          _of(lambda m: m.audit, lambda of: {"": of.findings})),
    Gauge("registry_key_rotation_unfinished_seconds", "Since when a rotation of these keys of the book was begun and not ended", "ring",
          _of(lambda m: m.rotation, lambda of: of)),
    Gauge("registry_backup_age_seconds", "Since when the newest complete backup was begun", "",
          _one(lambda m: m.backups.newest if m.backups else None)),
    Gauge("registry_backups_ahead", "Complete backups that are dated in the future", "",
          _one(lambda m: m.backups.ahead if m.backups else None)),
    Gauge("registry_drill_age_seconds", "Since when no drill of a restore was green", "",
          _one(lambda m: m.backups.drilled if m.backups else None)),
    Gauge("registry_backups_watched", "1 where this process looks for backups", "",
          _one(lambda m: None if "backups" in m.unread else int(m.backups is not None))),
    Gauge("registry_months_ahead", "Partitions made after the present month, of the table that has fewest", "",
          _of(lambda m: m.months, lambda of: {"": of.ahead})),
    Gauge("registry_months_strays", "Tables with rows whose month has no partition", "", _of(lambda m: m.months, lambda of: {"": of.strays})),
    Gauge("registry_log_alarms", "Alarms about the log that go on", "kind", _of(lambda m: m.alarms, lambda of: {
        **dict.fromkeys(LogAlarm.Kind.values, 0), **of})),
)  # fmt: skip
LATELY: Mapping[str, tuple[str, str, Callable[[Recent], Figures]]] = {
    "registry_first_attempt_seconds": (
        "Seconds until an event was first tried at an endpoint, of the last 15 minutes", "quantile",
        lambda r: {str(quantile): seconds for quantile, seconds in r.first_attempts.items()}),
    "registry_first_attempts": (
        "First attempts of the last 15 minutes", "", lambda r: {"": r.first_attempts_counted}),
    "registry_attempts": (
        "Attempts of the last 15 minutes, by the class of what was answered", "status", lambda r: r.attempts),
    "registry_screenings": (
        "Questions of the last 15 minutes; whom the answers name is not told", "state", lambda r: r.screenings),
    "registry_entries": (
        "Sign-ins and tokens of the last 15 minutes, and those that were refused", "kind", lambda r: r.entries),
    "registry_refused_acts": (
        "Acts of officers that were refused in the last 15 minutes", "", lambda r: {"": r.refused_acts}),
}  # fmt: skip


UNREAD = "registry_figures_unread"


class FromTheDatabase(Collector):
    """Looked at once, when it is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = look()
        yield from _state(found)
        if found.measured is None:
            return
        for gauge in GAUGES:
            yield _family(gauge.name, gauge.means, gauge.label, gauge.figures(found.measured))
        try:
            recent = lately()
        except Error:
            yield _unread((*found.measured.unread, *of_lately.PARTS))
            return
        for name, (means, label, figures) in LATELY.items():
            yield _family(name, means, label, figures(recent))
        yield _unread((*found.measured.unread, *recent.unread))


def text() -> bytes:
    """In Prometheus' text format 0.0.4. A database that is away is a figure: 0 of `registry_database_up`."""
    registry = CollectorRegistry()
    registry.register(FromTheDatabase())
    return generate_latest(registry) + of_requests()


def of_requests() -> bytes:
    """What this server was asked, and nothing that is read from the database."""
    return generate_latest(counted())


def _unread(parts: Collection[str]) -> GaugeMetricFamily:
    figures = {part: int(part in parts) for part in (*of_the_moment.PARTS, *of_lately.PARTS)}
    return _family(UNREAD, "1 where figures of this part could not be read, and are not here", "part", figures)


def _state(found: Readiness) -> Iterator[GaugeMetricFamily]:
    is_up = float(found.measured is not None)
    yield _family("registry_database_up", "1 while the database can be asked", "", {"": is_up})
    family = GaugeMetricFamily(
        "registry_part_state", "0 ok, 1 late, 2 down, as /health/ready says", labels=["part", "at_fault"]
    )
    for part in found.parts:
        family.add_metric([part.name, part.at_fault], RANK[part.state])
    yield family


def _family(name: str, means: str, label: str, figures: Figures) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, means, labels=[label] if label else [])
    for value, figure in figures.items():
        if figure is not None:
            family.add_metric([value] if label else [], figure)
    return family
