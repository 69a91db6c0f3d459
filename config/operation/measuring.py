"""How the installation stands, read from the database in a dozen questions of one row or a few: figures, and nobody's data.

The database is the truth for however many hosts there are. Seconds are ages by its clock; None: there is nothing to be old.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, Q

from config.backups import shelf
from config.operation.ages import age, passed
from config.operation.measured import (
    Measured,
    OfAudit,
    OfBackups,
    OfDelivery,
    OfLog,
    OfMonths,
    OfProcesses,
    OfWitness,
)
from config.operation.reading import Reading, read
from config.schedule import MAY_TAKE
from registry.checkpoints import signing
from registry.models import AuditAnchor, AuditTree, AuditVerification, Event, LogHead
from sharing.delivery.models import Endpoint, EndpointStage, EndpointState, Held, Process, Pulse, TellingCursor
from sharing.departments.models import LeftOver
from sharing.employers.models import MonitoringCursor, RecallingCursor
from sharing.rotation import unfinished
from sharing.witnesses import alarming
from sharing.witnesses.configured import Witness, witnesses
from sharing.witnesses.models import GRAVE, Asked, Cosignature

SECONDS = 2.5  # for all of it, where it is read part by part


def measure(*, silent_after: float) -> Measured:
    """``silent_after``: seconds after which a worker is silent. Raises django.db.Error while the database is away: log and pulses
    are what it is asked for first.
    """
    return read(lambda reading: _measured(reading, silent_after), seconds=SECONDS)


def _measured(reading: Reading, silent_after: float) -> Measured:
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    ahead = _at_least_ahead(before - now.timestamp(), time.time() - now.timestamp())
    log = _log(now)
    return Measured(
        log=log,
        processes=_processes(now, silent_after, ahead),
        delivery=reading.part("delivery", lambda: _delivery(now, log.told)),
        audit=reading.part("audit", lambda: _audit(now)),
        months=reading.part("months", _months),
        witnesses=reading.part("witnesses", lambda: _witnesses(log.epoch, now)),
        recalling=reading.part("recalling", lambda: _walked(RecallingCursor, now)),
        monitoring=reading.part("monitoring", lambda: _walked(MonitoringCursor, now)),
        alarms=reading.part("alarms", _alarms),
        migrations=reading.part("migrations", _unapplied),
        rotation=reading.part("rotation", lambda: _rotation(now)),
        backups=reading.part("backups", lambda: _backups(now)),
        unread=tuple(reading.unread),
    )


def _log(now: datetime) -> OfLog:
    head = LogHead.objects.get()
    newest = signing.latest(head.epoch)
    told = TellingCursor.objects.values_list("position", flat=True).get(pk=1)
    signed = newest.size if newest else 0
    return OfLog(
        epoch=head.epoch,
        head=head.size,
        told=told,
        signed=signed,
        halted=head.halted,
        untold=_waits(told, now),
        unsigned=_waits(signed, now),
        checkpoint=age(newest.signed_at if newest else None, now),
    )


def _at_least_ahead(least: float, most: float) -> float:
    """Of the two, that nearer to none, and none between them: how long the database thought is no fault of a clock."""
    return 0.0 if least <= 0 <= most else min(least, most, key=abs)


def _processes(now: datetime, silent_after: float, ahead: float) -> OfProcesses:
    pulses = list(Pulse.objects.all())
    found = [(each.process, passed(each.at, now)) for each in pulses]
    ages = {process: min((age for of, age in found if of == process), default=None) for process in Process.values}
    alive = [age <= silent_after for process, age in found if process == Process.WORKER]
    return OfProcesses(
        beat=ages[Process.BEAT],
        sweep=ages[Process.SWEEP],
        worker=ages[Process.WORKER],
        workers=sum(alive),
        silent=len(alive) - sum(alive),
        clocks={"web": round(ahead, 3), **_clocks(each for each in pulses if passed(each.at, now) <= silent_after)},
        overdue=_overdue({each.name: passed(each.at, now) for each in pulses if each.process == Process.TASK}),
        silent_after=silent_after,
    )


def _overdue(ages: Mapping[str, float]) -> Mapping[str, float]:
    """One of which no worker has heard yet is not awaited yet."""
    found = ((task, ages.get(f"{Process.TASK} {task}", 0.0) - may.total_seconds()) for task, may in MAY_TAKE.items())
    return {task: round(seconds, 3) for task, seconds in found if seconds > 0}


def _clocks(alive: Iterable[Pulse]) -> Mapping[str, float]:
    clocks: dict[str, float] = {}
    for each in alive:
        if each.process == Process.TASK:
            continue
        clocks[each.process] = max(clocks.get(each.process, 0.0), round(each.ahead, 3), key=abs)
    return clocks


def _delivery(now: datetime, told: int) -> OfDelivery:
    ours = Endpoint.objects.filter(stage=EndpointStage.PRODUCTION)
    active = ours.filter(state=EndpointState.ACTIVE)
    there = ours.aggregate(all=Count("pk"), active=Count("pk", filter=Q(state=EndpointState.ACTIVE)))
    behind = active.filter(cursor__lt=told)
    failing = active.filter(failures__gt=0).aggregate(count=Count("pk"), since=Min("failing_since"))
    last = behind.filter(failures=0).aggregate(last=Min("cursor"))["last"]
    held = Held.objects.order_by().values_list("reason").annotate(count=Count("pk"))
    owed = LeftOver.objects.filter(opening=None).order_by().values_list("duty")
    left = list(owed.annotate(count=Count("pk"), since=Min("since")))
    return OfDelivery(
        endpoints=there["active"],
        paused=there["all"] - there["active"],
        behind=behind.count(),
        failing=failing["count"],
        failing_for=age(failing["since"], now),
        late=_waits(last, now),
        held=dict(held),
        left_over={duty: count for duty, count, _since in left},
        left_over_for=age(min((since for _duty, _count, since in left), default=None), now),
    )


def _audit(now: datetime) -> OfAudit:
    tree = AuditTree.objects.get(pk=1)
    anchor = AuditAnchor.objects.order_by("-position").first()
    last = AuditVerification.objects.order_by("-pk").first()
    done = AuditVerification.objects.filter(begun_at__lte=now).order_by("-pk").first()
    since = done.begun_at if done else AuditAnchor.objects.order_by("position").values_list("at", flat=True).first()
    return OfAudit(
        size=tree.size,
        anchored_size=anchor.size if anchor else 0,
        unanchored=age(tree.unanchored_since, now),
        verified=age(since, now),
        findings=last.findings if last else 0,
    )


def _months() -> OfMonths:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(ahead), count(*) FILTER (WHERE strays) FROM registry_months_standing()")
        return OfMonths(*cursor.fetchone())


def _witnesses(epoch: int, now: datetime) -> tuple[OfWitness, ...]:
    return tuple(_witness(each, epoch, now) for each in witnesses())


def _witness(witness: Witness, epoch: int, now: datetime) -> OfWitness:
    vkey = witness.key.vkey
    last = Cosignature.objects.filter(vkey=vkey, checkpoint__epoch=epoch).select_related("checkpoint")
    newest = last.order_by("-checkpoint__size").first()
    waiting = signing.after(epoch, newest.checkpoint.size if newest else 0)
    return OfWitness(
        name=witness.key.name,
        cosigned=age(newest.signed_at if newest else None, now),
        waits=age(waiting.signed_at if waiting else None, now),
        contradicts=Asked.objects.filter(vkey=vkey, epoch=epoch, refused__in=GRAVE).exists(),
    )


def _alarms() -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for alarm in alarming.raised():
        counts[alarm.kind] = counts.get(alarm.kind, 0) + 1
    return counts


def _rotation(now: datetime) -> Mapping[str, float]:
    return {ring.value: passed(since, now) for ring, since in unfinished.rotations().items()}


def _backups(now: datetime) -> OfBackups | None:
    if not settings.REGISTRY_BACKUPS:
        return None
    folder = Path(settings.REGISTRY_BACKUPS)
    try:
        newest, drilled, ahead = shelf.newest(folder, now), shelf.drilled_at(folder, now), shelf.ahead(folder, now)
        return OfBackups(age(newest.taken_at if newest else None, now), age(drilled, now), len(ahead))
    except OSError:
        return OfBackups(None, None, 0)


def _walked(cursor: type[RecallingCursor | MonitoringCursor], now: datetime) -> float | None:
    return _waits(cursor.objects.values_list("position", flat=True).first(), now)


def _waits(position: int | None, now: datetime) -> float | None:
    """Since when the event after this position waits; None where it is the last one, or there is no position."""
    if position is None:
        return None
    following = Event.objects.filter(position=position + 1).values_list("recorded_at", flat=True).first()
    return age(following, now)


def _unapplied() -> int:
    return len(_of_this_release() - set(MigrationRecorder(connection).applied_migrations()))


@lru_cache(maxsize=1)
def _of_this_release() -> frozenset[tuple[str, str]]:
    """App and name; what others have replaced is left out."""
    return frozenset(MigrationLoader(None).graph.nodes)
