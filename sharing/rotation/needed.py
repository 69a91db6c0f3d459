"""Which key versions something still depends on, and retiring those that nothing needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from registry import key_checks
from registry.keys import digest_keys, keyring
from registry.models import KeyVersion, Ring
from sharing.rotation import digesting, factors, resealing, tables
from sharing.rotation.columns import KEPT, RECOMPUTED, SEALED, WALKED, Kept, Walked


class Need(NamedTuple):
    """``rows`` of a column that depend on an old version; 0: on none that the book knows, for no key opens them."""

    place: str
    version: int
    rows: int


class StillNeeded(Exception):
    """Something depends on the version that was to be retired, or it is the current one, or unknown."""


class NotLost(Exception):
    """The version that was said to be lost is in the settings, or retired, or none of this book."""


def of(ring: Ring) -> list[Need]:
    """What depends on other versions than the current one."""
    return list(_of_data() if ring == Ring.DATA else _of_digests())


def retire(ring: Ring, version: int, *, now: datetime) -> None:
    """From now on no process starts that would write under this version, and one without it may. Raises StillNeeded."""
    held = keyring() if ring == Ring.DATA else digest_keys()
    # What no key opens needs no data key; but a digest of it, whoever it is of is found by.
    needs = [each for each in of(ring) if each.version == version or (each.version == 0 and ring == Ring.DIGEST)]
    if version == held.current or needs:
        raise StillNeeded(", ".join(f"{each.place} ({each.rows})" for each in needs) or "it is the current one")
    with transaction.atomic():
        known = KeyVersion.objects.filter(ring=ring, version=version, retired_at=None)
        if not known.update(retired_at=now):
            raise StillNeeded("it is not known, or retired already")


def refuse_not_lost(ring: Ring, version: int, *, now: datetime) -> None:
    """Raises NotLost; KeysOfAnotherBook where the other keys are not those of this book, either. Changes nothing."""
    held = keyring() if ring == Ring.DATA else digest_keys()
    if version in held.keys:
        raise NotLost("it is in the settings")
    with transaction.atomic():
        _retire_lost(ring, version, now)
        transaction.set_rollback(True)


def give_up(ring: Ring, version: int, *, opened_by_none: int, now: datetime) -> None:
    """Retire a version of which no copy is left. Before that no process is let in: none may say of somebody who is found under it alone
    that he is not listed. ``opened_by_none``: values that cannot be digested anew. Raises as `refuse_not_lost` does; StillNeeded
    where others were passed by.
    """
    passed_by = sum(each.rows for each in _of_recomputed()) - opened_by_none if ring == Ring.DIGEST else 0
    if passed_by > 0:
        raise StillNeeded(f"{passed_by} rows are in use: stop every process, and run it again")
    with transaction.atomic():
        _retire_lost(ring, version, now)
    rotated(ring, now=now)


def _retire_lost(ring: Ring, version: int, now: datetime) -> None:
    if not KeyVersion.objects.filter(ring=ring, version=version, retired_at=None).update(retired_at=now):
        raise NotLost("this book knows no such version, or it is retired already")
    key_checks.compare(connection)


def rotated(ring: Ring, *, now: datetime) -> None:
    """Where all that could be was made anew, the current version took over: nothing is digested under an older one."""
    held = keyring() if ring == Ring.DATA else digest_keys()
    if any(_of_data() if ring == Ring.DATA else _of_recomputed()):
        return
    KeyVersion.objects.filter(ring=ring, version=held.current, rotated_at=None).update(rotated_at=now)


def _of_data() -> Iterator[Need]:
    current = keyring().current
    for column in SEALED:
        for each in _old(f"{column.model}.{column.column}", resealing.versions(column), current):
            yield each if resealing.is_any_opened(column, each.version) else each._replace(version=0)
    yield from _old(factors.WHERE, factors.versions(), current)


def _of_recomputed() -> Iterator[Need]:
    current = digest_keys().current
    for column in RECOMPUTED:
        yield from _old(f"{column.model}.{column.column}", digesting.versions(column), current)


def _of_digests() -> Iterator[Need]:
    yield from _of_recomputed()
    current, ends = digest_keys().current, list(_ends())
    for kept in KEPT:
        for version, end in ends:
            yield from _some(f"{kept.model}.{kept.column}", version, _made_before(kept, end))
    for walked in WALKED:
        for version, _end in ends:
            yield from _some(f"{walked.model}.{walked.column}", version, _waiting(walked, current))


def _old(place: str, found: Counter[int], current: int) -> Iterator[Need]:
    yield from (Need(place, version, count) for version, count in sorted(found.items()) if version != current)


def _some(place: str, version: int, count: int) -> Iterator[Need]:
    if count:
        yield Need(place, version, count)


def _ends() -> Iterator[tuple[int, datetime | None]]:
    """Each old version that is not retired, and when the first one after it took over; None: none did yet."""
    known = list(KeyVersion.objects.filter(ring=Ring.DIGEST).order_by("pk"))
    current = digest_keys().current
    for place, each in enumerate(known):
        if each.retired_at is None and each.version != current:
            took_over = [later.rotated_at for later in known[place + 1 :] if later.rotated_at is not None]
            yield each.version, min(took_over, default=None)


def _made_before(kept: Kept, end: datetime | None) -> int:
    table = tables.Table.of(kept.model, (kept.column,))
    if end is None:
        return tables.count(table, f"{kept.column} IS NOT NULL", {})
    return tables.count(table, f"{kept.column} IS NOT NULL AND {kept.made} < %(end)s", {"end": end})


def _waiting(walked: Walked, current: int) -> int:
    return tables.count(tables.Table.of(walked.model, (walked.column,)), walked.waiting, {"current": current})
