"""What is measured of an installation: figures, and nobody's data. Seconds are ages by the database's clock; None: there is nothing
to be old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PARTS = (
    "delivery",
    "audit",
    "months",
    "witnesses",
    "recalling",
    "monitoring",
    "alarms",
    "migrations",
    "rotation",
    "backups",
)


@dataclass(frozen=True)
class OfWitness:
    """``cosigned``: age of its newest cosignature; ``waits``: since when a checkpoint has waited for one; ``contradicts``:
    it has seen another history of the log, or more of it.
    """

    name: str
    cosigned: float | None
    waits: float | None
    contradicts: bool


@dataclass(frozen=True)
class OfLog:
    """``untold``, ``unsigned``: since when the oldest event waits to be told of, and to be signed; ``checkpoint``: age."""

    epoch: int
    head: int
    told: int
    signed: int
    halted: str
    untold: float | None
    unsigned: float | None
    checkpoint: float | None


@dataclass(frozen=True)
class OfProcesses:
    """Age of each pulse, of a worker's the youngest; ``silent``: workers that neither live nor were stopped; ``clocks``: seconds
    by which a process's clock is ahead of the database's, of workers that which differs most, and of who asks; ``overdue``: of each
    task that goes by the clock, seconds for which it has not come to its end longer than it may; ``silent_after``: seconds without a pulse after which one is down, as it is set.
    """

    beat: float | None
    sweep: float | None
    worker: float | None
    workers: int
    silent: int
    clocks: Mapping[str, float]
    overdue: Mapping[str, float]
    silent_after: float


@dataclass(frozen=True)
class OfDelivery:
    """Endpoints in production. ``late``: since when the oldest event waits that one of them, which does not fail, is behind
    with; ``failing_for``: since when the longest failing one fails; ``held``: lanes by the reason;
    ``left_over``: listings that cannot be opened, by what is owed of them; ``left_over_for``: the first of them.
    """

    endpoints: int
    paused: int
    behind: int
    failing: int
    failing_for: float | None
    late: float | None
    held: Mapping[str, int]
    left_over: Mapping[str, int]
    left_over_for: float | None


@dataclass(frozen=True)
class OfAudit:
    """``unanchored``: for how long the first leaf waits that no anchor covers, None where there is none; ``verified``: age of
    the last verification, or of the first anchor where there was none; ``findings``: of the last one.
    """

    size: int
    anchored_size: int
    unanchored: float | None
    verified: float | None
    findings: int


@dataclass(frozen=True)
class OfBackups:
    """Of the folder that REGISTRY_BACKUPS names: age of the newest complete one, and of the last drill of which nothing was
    red; None: there is none, or this process cannot see it. ``ahead``: complete ones that are dated in the future.
    """

    newest: float | None
    drilled: float | None
    ahead: int


@dataclass(frozen=True)
class OfMonths:
    """Partitions by the month. ``ahead``: made after the present one, of the table that has fewest; ``strays``: tables with
    rows whose month was not made.
    """

    ahead: int
    strays: int


@dataclass(frozen=True)
class Measured:
    """``backups``: None where no folder is named; ``recalling``, ``monitoring``: since when the oldest event waits for that walk over the log; ``alarms``: that go on,
    by kind; ``migrations``: of this release that were not applied; ``rotation``: of each keyring of the book, since when a rotation of it
    was begun and not ended. ``unread``: which of `PARTS` could not be read; they are None.
    """

    log: OfLog
    processes: OfProcesses
    delivery: OfDelivery | None
    audit: OfAudit | None
    months: OfMonths | None
    witnesses: tuple[OfWitness, ...] | None
    recalling: float | None
    monitoring: float | None
    alarms: Mapping[str, int] | None
    migrations: int | None
    rotation: Mapping[str, float] | None
    backups: OfBackups | None
    unread: tuple[str, ...] = ()
