"""The twelve checks as data: what each invents, what it sends in which order, and what it expects.

Only what the registry can see is expected: the status of a post, the pulls that follow, the receipts that come.
`docs/department-guide.md` says the same to integrators.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from registry.models import EventType

VERSION = 1  # of the checks; a proof by other ones opens nothing
PAGE = 2  # events in a page of a trial's pull, whatever was asked for


class How(Enum):
    """How a message is signed: as every message, or as none may be."""

    GENUINE = "genuine"
    FORGED = "forged"  # with keys that nobody was given
    ALTERED = "altered"  # genuine, and the body changed afterwards
    UNSIGNED = "unsigned"
    OLD = "old"  # genuine, ten minutes ago
    ROTATING = "rotating"  # with a new secret and key first, and the present ones after them


@dataclass(frozen=True)
class Told:
    """An event about the run's ``listing``-th person, by its ``key`` in the check.

    ``forged``: no part of the log. ``stub``: what is left of it, as its listing is withdrawn. ``restored``: appended
    after the log was restored, in a new epoch.
    """

    key: str
    listing: int
    type: EventType = EventType.PUBLISHED
    version: int = 1
    forged: bool = False
    stub: bool = False
    restored: bool = False


@dataclass(frozen=True)
class Push:
    event: str
    how: How = How.GENUINE


@dataclass(frozen=True)
class Beat:
    """A heartbeat that names the last position shown."""


@dataclass(frozen=True)
class Show:
    """From here on a pull shows what the check has invented so far."""


@dataclass(frozen=True)
class Restore:
    """The log is restored as it was after this event, and goes on in a new epoch."""

    back_to: str


@dataclass(frozen=True)
class Settle:
    """Time for what should not come to come, in parts of the patience."""

    share: float


Step = Push | Beat | Show | Restore | Settle


@dataclass(frozen=True)
class Taken:
    """Every post of the event was answered with 2xx."""

    event: str


@dataclass(frozen=True)
class BeatTaken:
    """The heartbeat was."""


@dataclass(frozen=True)
class Refused:
    """Every post of the event was answered with 4xx, and nobody confirms it."""

    event: str


@dataclass(frozen=True)
class Confirmed:
    """A receipt `applied`. ``made``: and it does not say that no copy was made of it."""

    event: str
    made: bool = False


@dataclass(frozen=True)
class Purged:
    """A receipt `purged`. ``held``: and it does not say that there was nothing to purge."""

    event: str
    held: bool = False


@dataclass(frozen=True)
class Superseded:
    """A receipt that says, by no copies, that a later version was held."""

    event: str


@dataclass(frozen=True)
class Once:
    """The receipt came one time only."""

    event: str


@dataclass(frozen=True)
class Asked:
    """Since the check began, a pull from a position before the event was answered."""

    event: str


Expectation = Taken | BeatTaken | Refused | Confirmed | Purged | Superseded | Once | Asked


@dataclass(frozen=True)
class Check:
    """``patience``: how long its receipts and pulls may take, in parts of SHARING_CONFORMANCE_SECONDS.

    ``away``: the first pull, or the first receipt, is answered 503, as if the registry were away.
    """

    key: str
    events: tuple[Told, ...]
    steps: tuple[Step, ...]
    expects: tuple[Expectation, ...]
    patience: float = 1
    away: str = ""


PULL, RECEIPT = "pull", "receipt"

CHECKS: tuple[Check, ...] = (
    Check(
        "signature",
        (Told("forged", 1, forged=True), Told("altered", 2, forged=True), Told("unsigned", 3, forged=True)),
        (Push("forged", How.FORGED), Push("altered", How.ALTERED), Push("unsigned", How.UNSIGNED)),
        (Refused("forged"), Refused("altered"), Refused("unsigned")),
    ),
    Check("replay", (Told("old", 4, forged=True),), (Push("old", How.OLD),), (Refused("old"),)),
    Check(
        "receipt",
        (Told("first", 5),),
        (Push("first"), Show()),
        (Taken("first"), Confirmed("first")),
        away=RECEIPT,
    ),
    Check(
        "duplicate",
        (Told("twice", 6),),
        (Push("twice"), Push("twice"), Show(), Settle(1 / 6)),
        (Taken("twice"), Confirmed("twice"), Once("twice")),
    ),
    Check(
        "order",
        (Told("older", 7), Told("newer", 7, EventType.CORRECTED, 2)),
        (Push("newer"), Push("older"), Show()),
        (Taken("newer"), Taken("older"), Confirmed("newer", made=True), Superseded("older")),
    ),
    Check(
        "gap",
        (Told("missing", 8), Told("later", 9)),
        (Show(), Push("later"), Beat()),
        (Taken("later"), BeatTaken(), Asked("missing"), Confirmed("missing"), Confirmed("later")),
        patience=2,
    ),
    Check(
        "rotation",
        (Told("rotating", 10),),
        (Push("rotating", How.ROTATING), Show()),
        (Taken("rotating"), Confirmed("rotating")),
    ),
    Check(
        "correction",
        (Told("published", 11), Told("corrected", 11, EventType.CORRECTED, 2)),
        (Push("published"), Push("corrected"), Show()),
        (Taken("published"), Taken("corrected"), Confirmed("published"), Confirmed("corrected", made=True)),
    ),
    Check(
        "suspension",
        (
            Told("published", 12),
            Told("suspended", 12, EventType.SUSPENDED, 2),
            Told("reinstated", 12, EventType.REINSTATED, 3),
        ),
        (Push("published"), Push("suspended"), Push("reinstated"), Show()),
        (
            Taken("published"),
            Taken("suspended"),
            Taken("reinstated"),
            Confirmed("suspended", made=True),
            Confirmed("reinstated", made=True),
        ),
    ),
    Check(
        "withdrawal",
        (Told("published", 13), Told("withdrawn", 13, EventType.WITHDRAWN, 2)),
        (Push("published"), Push("withdrawn"), Show()),
        (Taken("published"), Taken("withdrawn"), Confirmed("published"), Purged("withdrawn", held=True)),
    ),
    Check(
        "outage",
        (
            Told("first", 14),
            Told("silenced", 15, stub=True),
            Told("withdrawn", 15, EventType.WITHDRAWN, 2),
            Told("last", 16),
        ),
        (Show(), Beat()),
        (BeatTaken(), Asked("first"), Confirmed("first"), Purged("withdrawn"), Confirmed("last")),
        patience=2,
        away=PULL,
    ),
    Check(
        "restore",
        (
            Told("kept", 17),
            Told("lost", 17, EventType.CORRECTED, 2),
            Told("lost_too", 17, EventType.CORRECTED, 3),
            Told("unseen", 18, restored=True),
            Told("anew", 17, EventType.CORRECTED, 2, restored=True),
        ),
        (Push("kept"), Push("lost"), Push("lost_too"), Show(), Restore("kept"), Push("anew"), Show()),
        (
            Taken("kept"),
            Taken("lost"),
            Taken("lost_too"),
            Taken("anew"),
            Confirmed("anew", made=True),
            Asked("unseen"),
            Confirmed("unseen"),
        ),
        patience=2,
    ),
)
BY_KEY = {check.key: check for check in CHECKS}
