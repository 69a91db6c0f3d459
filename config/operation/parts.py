"""What works and what does not, part by part, each with its own limits and with who is at fault where it is not well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.operation.measured import Measured, OfAudit, OfBackups, OfDelivery, OfMonths, OfProcesses, OfWitness
from config.operation.scanning import Heard
from config.schedule import KEPT_AT_LEAST
from sharing.departments.models import LeftDuty

Said = Mapping[str, int | float | str | None]
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class State(StrEnum):
    """`LATE`: look at it in working hours. `DOWN`: what the register promises is not kept, or soon will not be."""

    OK = "ok"
    LATE = "late"
    DOWN = "down"


RANK = {State.OK: 0, State.LATE: 1, State.DOWN: 2}


@dataclass(frozen=True)
class Limits:
    """From which figure on it is late, and down; None: never."""

    late: float
    down: float | None


# Seconds but for lanes. Beat, worker and sweep have the limit of `REGISTRY_SILENT_SECONDS`, and are late at half of it.
LIMITS: Mapping[str, Limits] = {
    "clock": Limits(2, KEPT_AT_LEAST.total_seconds() / 2),
    "telling": Limits(10, MINUTE),
    "signing": Limits(10, MINUTE),
    "delivery": Limits(MINUTE, 10 * MINUTE),
    "receivers": Limits(15 * MINUTE, None),
    "lanes": Limits(1, None),
    "left_over": Limits(0, 2 * MINUTE),
    "tasks": Limits(1, 6 * HOUR),
    "recalling": Limits(MINUTE, 10 * MINUTE),
    "monitoring": Limits(MINUTE, HOUR),
    "witness": Limits(10 * MINUTE, 24 * HOUR),
    "anchor": Limits(2 * HOUR, 24 * HOUR),
    "verification": Limits(36 * HOUR, 72 * HOUR),
    "rotation": Limits(3 * DAY, None),
    "backup": Limits(26 * HOUR, 50 * HOUR),
    "drill": Limits(100 * DAY, None),
}


@dataclass(frozen=True)
class Part:
    """``at_fault``: the process, or who outside it, "" where all is well; ``said``: the figures that it was judged by."""

    name: str
    state: State
    at_fault: str = ""
    said: Said = field(default_factory=dict)


def database_away() -> tuple[Part, ...]:
    """All that can be said while it cannot be asked."""
    return (Part("database", State.DOWN, "database"),)


def worst(parts: tuple[Part, ...]) -> State:
    return max((part.state for part in parts), key=RANK.__getitem__)


def judged(
    measured: Measured, *, silent_after: float, broker_answers: Callable[[], bool], scanner: Heard | None
) -> tuple[Part, ...]:
    """``broker_answers`` is called only where neither beat nor the workers explain why nothing is swept; ``scanner``: None where
    there is none.
    """
    running = _running(measured.processes, silent_after, broker_answers)
    fault = next((part.at_fault for part in running if part.at_fault), "worker")
    found = (
        Part("database", State.OK),
        *_migrations(measured.migrations),
        *running,
        _clock(measured.processes.clocks),
        _tasks(measured.processes.overdue, fault),
        *_of_the_log(measured, fault),
        *_of_delivery(measured.delivery, fault),
        _aged("recalling", measured.recalling, fault),
        _aged("monitoring", measured.monitoring, fault),
        *(_witness(each) for each in measured.witnesses or ()),
        *_of_the_audit(measured.audit, fault),
        *_rotation(measured.rotation),
        *_of_backups(measured.backups),
        *_of_the_scanner(scanner),
        *_months(measured.months, fault),
    )
    return (*(part for part in found if part.name not in measured.unread), *map(_unread, measured.unread))


def _unread(name: str) -> Part:
    """What nobody could read is not well; of what a group of figures says, the group's own name stands."""
    return Part(name, State.LATE, "database", {"unread": 1})


def _migrations(unapplied: int | None) -> Iterator[Part]:
    if unapplied is not None:
        state = State.DOWN if unapplied else State.OK
        yield Part("migrations", state, "release" if unapplied else "", {"unapplied": unapplied})


def _running(processes: OfProcesses, silent_after: float, broker_answers: Callable[[], bool]) -> tuple[Part, ...]:
    limits = Limits(silent_after / 2, silent_after)
    beat, worker, sweep = (_pulse(age, limits) for age in (processes.beat, processes.worker, processes.sweep))
    at_fault = ""
    if sweep != State.OK:
        at_fault = _at_fault(beat, worker) or ("worker" if broker_answers() else "broker")
    counts = {"alive": processes.workers, "silent": processes.silent}
    return (
        Part("beat", beat, "beat" if beat != State.OK else "", {"seconds": processes.beat}),
        Part("worker", worker, "worker" if worker != State.OK else "", {"seconds": processes.worker, **counts}),
        Part("sweep", sweep, at_fault, {"seconds": processes.sweep}),
    )


def _clock(clocks: Mapping[str, float]) -> Part:
    """Where two differ too much, what one sends the other takes for expired; and signed messages bear a wrong time."""
    worst_of = max(clocks, key=lambda process: abs(clocks[process]))
    state = _state(abs(clocks[worst_of]), LIMITS["clock"])
    return Part("clock", state, worst_of if state != State.OK else "", dict(clocks))


def _tasks(overdue: Mapping[str, float], fault: str) -> Part:
    """What goes by the clock, each by its own time: all else may be well while one of them fails each time."""
    state = _state(max(overdue.values(), default=None), LIMITS["tasks"])
    return Part("tasks", state, fault if state != State.OK else "", {"overdue": len(overdue), **overdue})


def _pulse(age: float | None, limits: Limits) -> State:
    """One that never was is down: no installation works without it."""
    return State.DOWN if age is None else _state(age, limits)


def _at_fault(beat: State, worker: State) -> str:
    """The one that is worse off."""
    if beat == worker == State.OK:
        return ""
    return "worker" if RANK[worker] > RANK[beat] else "beat"


def _of_the_log(measured: Measured, fault: str) -> Iterator[Part]:
    log = measured.log
    halted = bool(log.halted)
    said: Said = {"epoch": log.epoch, "head": log.head, "told": log.told, "signed": log.signed, "halted": log.halted}
    yield Part("log", State.DOWN if halted else State.OK, "log" if halted else "", said)
    yield _aged("telling", log.untold, fault)
    yield _aged("signing", log.unsigned, "log" if halted else fault, checkpoint_seconds=log.checkpoint)


def _of_delivery(delivery: OfDelivery | None, fault: str) -> Iterator[Part]:
    if delivery is None:
        return
    yield _aged("delivery", delivery.late, fault, endpoints=delivery.endpoints, behind=delivery.behind)
    yield _aged("receivers", delivery.failing_for, "receivers", failing=delivery.failing, paused=delivery.paused)
    refused = delivery.held.get("refused", 0)
    state = _state(refused, LIMITS["lanes"])
    yield Part(
        "lanes", state, "receivers" if refused else "", {"held": sum(delivery.held.values()), "refused": refused}
    )
    owed = {**dict.fromkeys(LeftDuty.values, 0), **delivery.left_over}
    yield _aged("left_over", delivery.left_over_for, "database", **owed)


def _witness(each: OfWitness) -> Part:
    state = State.DOWN if each.contradicts else _state(each.waits, LIMITS["witness"])
    said: Said = {"seconds": each.waits, "cosigned_seconds": each.cosigned, "contradicts": int(each.contradicts)}
    return Part(f"witness {each.name}", state, "witness" if state != State.OK else "", said)


def _of_the_audit(audit: OfAudit | None, fault: str) -> Iterator[Part]:
    if audit is None:
        return
    yield _aged("anchor", audit.unanchored, fault, size=audit.size, anchored=audit.anchored_size)
    if audit.findings:
        yield Part("verification", State.DOWN, "database", {"seconds": audit.verified, "findings": audit.findings})
        return
    yield _aged("verification", audit.verified, fault, findings=0)


def _rotation(waited: Mapping[str, float] | None) -> Iterator[Part]:
    """Never down: whatever a former key sealed stays readable while the key is there."""
    if waited is not None:
        state = _state(max(waited.values(), default=None), LIMITS["rotation"])
        yield Part("rotation", state, "keys" if state != State.OK else "", dict(waited))


def _of_backups(backups: OfBackups | None) -> Iterator[Part]:
    """An installation without any is down: what a disk takes is lost; and so is one with a backup of which nobody knows how old it
    is, for the clock was ahead. One that was never drilled is late.
    """
    if backups is None:
        return
    unknown = backups.newest is None or backups.ahead
    backup = State.DOWN if unknown else _state(backups.newest, LIMITS["backup"])
    said: Said = {"seconds": backups.newest, "ahead": backups.ahead}
    yield Part("backup", backup, "backup" if backup != State.OK else "", said)
    drill = State.LATE if backups.drilled is None else _state(backups.drilled, LIMITS["drill"])
    yield Part("drill", drill, "backup" if drill != State.OK else "", {"seconds": backups.drilled})


def _of_the_scanner(found: Heard | None) -> Iterator[Part]:
    """While it is away no file is taken: no judgment, no paper with an objection, whose time may run out meanwhile."""
    if found is not None:
        state = {Heard.OK: State.OK, Heard.UNKNOWN: State.LATE, Heard.AWAY: State.DOWN}[found]
        yield Part("scanner", state, "" if found == Heard.OK else "scanner")


def _months(months: OfMonths | None, fault: str) -> Iterator[Part]:
    """Never down: a row whose month was not made is written all the same."""
    if months is None:
        return
    said: Said = {"ahead": months.ahead, "strays": months.strays}
    if months.strays:
        yield Part("months", State.LATE, "database", said)
    else:
        yield Part("months", State.OK if months.ahead else State.LATE, "" if months.ahead else fault, said)


def _aged(name: str, age: float | None, at_fault: str, **said: int | float | str | None) -> Part:
    state = _state(age, LIMITS[name])
    return Part(name, state, at_fault if state != State.OK else "", {"seconds": age, **said})


def _state(figure: float | None, limits: Limits) -> State:
    if figure is None or figure < limits.late:
        return State.OK
    return State.LATE if limits.down is None or figure < limits.down else State.DOWN
