"""Judges a restored copy from inside, where its guard is a copy of the one in use: is it whole, does it know that it is old, and
would it go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from config.backups.lines import Line, green, judged, not_tried, red
from registry import actions
from registry.checkpoints import epochs, guard, origin, signing
from registry.errors import LogHalted, Refusal
from registry.lifecycle import IN_FORCE
from registry.models import Checkpoint, Event, Flag, Halt, Listing, LogHead
from registry.verifying.findings import Finding, Kind
from registry.verifying.whole import Verification
from sharing.audit.promises import checking
from sharing.rotation.columns import SEALED
from sharing.rotation.resealing import opened

SAMPLE = 20  # values of each sealed column
OF_THE_GUARD = "guard "
NAMED = 3  # findings that a line names; verify_log and check_deliveries name all
BECAUSE = "drill: a scratch database, dropped after it"


def as_it_is() -> Iterator[Line]:
    """Nothing is signed meanwhile."""
    unapplied = _unapplied()
    yield judged("release", unapplied, "this release has every table that it wants")
    if unapplied:
        return
    yield _keys()
    yield _log()
    yield _deliveries()
    yield from _halt(timezone.now())


def after_an_epoch() -> Iterator[Line]:
    """Of a log that is halted. With keys of the log that nobody else has."""
    now = timezone.now()
    known = LogHead.objects.get().epoch
    try:
        new = epochs.open_epoch(because=BECAUSE, now=now, after=known)
    except Refusal as refusal:
        yield red("new epoch", f"none could be opened: {refusal}")
        return
    yield green("new epoch", f"epoch {new.number} is open at {new.size:,}")
    listing = _any_in_force()
    if listing is None:
        yield not_tried("act accepted", "there is no listing in force")
        return
    try:
        _dispute(listing, now)
    except Refusal as refusal:
        yield red("act accepted", f"it was refused: {refusal}")
        return
    yield _signed_anew(new.number, now)


def _unapplied() -> str:
    loader = MigrationLoader(connection)
    missing = sorted(".".join(each) for each in set(loader.graph.nodes) - set(loader.applied_migrations))
    return f"{len(missing)} migrations of this release are wanting, first {missing[0]}" if missing else ""


def _keys() -> Line:
    rows = broken = 0
    wrong = []
    for column in SEALED:
        done = opened(column, SAMPLE)
        rows, broken = rows + done.rows, broken + done.broken
        wrong += [f"{column.model}.{column.column}"] if done.broken else []
    said = f"{broken} of {rows + broken} values are opened by no key: {', '.join(wrong)}" if wrong else ""
    return judged("keys", said, f"{rows:,} sealed values of {len(SEALED)} columns are opened")


def _log() -> Line:
    """That the guard knows of more is what a restore is; all else is a finding."""
    verification = Verification.begun()
    while not verification.is_over:
        verification.step()
    wrong = [each for each in verification.found if not _is_of_a_restore(each)]
    said = f"{verification.walk.size:,} events and {verification.looked_at:,} listings as they were written and signed"
    return judged("log", _first(wrong), said)


def _is_of_a_restore(finding: Finding) -> bool:
    return finding.kind == Kind.SHORT and finding.part.startswith(OF_THE_GUARD)


def _deliveries() -> Line:
    found = checking.check()
    return judged("deliveries", _first(found.kept), "everything is as it was promised")


def _halt(now: datetime) -> Iterator[Line]:
    head = LogHead.objects.get()
    try:
        kept = guard.read()
    except (guard.GuardUnreadable, OSError) as error:
        yield red("halted", f"the guard of the log cannot be read: {error}")
        return
    if kept is None:
        is_signed = Checkpoint.objects.exists()
        yield (
            red("halted", "the guard of the log is missing")
            if is_signed
            else not_tried("halted", "nothing was ever signed")
        )
        return
    epoch, last = kept
    if epoch <= head.epoch and last.size <= head.size:
        yield not_tried("halted", f"nothing was signed since this backup: the log goes on at {head.epoch}/{head.size}")
        return
    before = Checkpoint.objects.count(), guard.text()
    signing.sign(now=now)
    halted = LogHead.objects.get().halted
    wrong = (
        "" if halted in (Halt.OLDER, Halt.ELSEWHERE) else f"the log goes on, although {epoch}/{last.size} was signed"
    )
    yield judged("halted", wrong, f"{epoch}/{last.size} was signed, and the copy ends at {head.epoch}/{head.size}")
    yield _refused(now)
    wrong = "" if (Checkpoint.objects.count(), guard.text()) == before else "a checkpoint was signed"
    yield judged("nothing signed", wrong, "no checkpoint, and the guard is as it was")


def _refused(now: datetime) -> Line:
    listing = _any_in_force()
    if listing is None:
        return not_tried("act refused", "there is no listing in force")
    try:
        with transaction.atomic():
            _dispute(listing, now)
    except LogHalted as refusal:
        return green("act refused", str(refusal))
    except Refusal as refusal:
        return red("act refused", f"for another reason: {refusal}")
    return red("act refused", f"it was done to {listing.number}")


def _any_in_force() -> Listing | None:
    return Listing.objects.filter(state__in=IN_FORCE).order_by("pk").first()


def _dispute(listing: Listing, now: datetime) -> None:
    """The act of the system alone: it needs no officer, and leaves one event."""
    actions.dispute(listing.pk, wanted=Flag.DISPUTED.value not in listing.flags, now=now)


def _signed_anew(epoch: int, now: datetime) -> Line:
    event = Event.objects.latest("position")
    signing.sign(now=now)
    newest = signing.latest()
    named = newest.note.partition("\n")[0] if newest else ""
    is_right = (
        event.epoch == epoch and newest is not None and newest.size == event.position and named == origin.origin(epoch)
    )
    wrong = (
        "" if is_right else f"event {event.position} is of epoch {event.epoch}, and the newest checkpoint of {named}"
    )
    return judged("act accepted", wrong, f"event {event.position:,}, signed as {named} with a key of the drill")


def _first(found: Iterable[object]) -> str:
    named = list(map(str, found))
    more = f"; {len(named)} in all" if len(named) > NAMED else ""
    return "; ".join(named[:NAMED]) + more
