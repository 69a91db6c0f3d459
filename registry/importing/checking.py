"""The dry run: every row is asked what entering would say, and nothing is written into the book.

Chunk by chunk, each one transaction: whoever dies in the middle leaves the rows of that chunk unchecked, and the next
worker checks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from psycopg.types.json import Jsonb

from registry import refused
from registry.actions.importing import examine
from registry.errors import DuplicateListing, HeldBack, OtherNameInFile, TooManyParties
from registry.importing import one_by_one
from registry.importing.grouping import CHUNK, Group, Line, blame, group, hand_on, hold_back, kept, whole_decisions
from registry.importing.names import called_otherwise
from registry.models import Import, ImportRow, ImportState, RowState
from registry.models.people import name_digest

_SAVE = """
    UPDATE registry_importrow AS kept SET state = told.state, pronounced_on = told.pronounced_on, known = told.known,
        key = CASE WHEN told.stands THEN kept.key END, sealed = CASE WHEN told.stands THEN kept.sealed END,
        person = told.person, second = told.second, name = told.name, faults = told.faults,
        fault_count = told.fault_count, listing_number = told.listing_number,
        looks = CASE WHEN told.stands THEN kept.looks ELSE '{}' END
    FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::date[], %s::boolean[], %s::bytea[], %s::bytea[],
        %s::bytea[], %s::jsonb[], %s::integer[], %s::text[])
        AS told (id, state, stands, pronounced_on, known, person, second, name, faults, fault_count, listing_number)
    WHERE kept.id = told.id
"""


def check_chunk(import_: Import, now: datetime) -> None:
    """The next rows of the locked import; after the last ones, what only the whole file shows. The caller saves it."""
    waiting = ImportRow.objects.filter(of_import=import_, state=RowState.WAITING).order_by("key", "row")
    rows = list(waiting[: CHUNK + 1])
    together = whole_decisions(rows)
    if together and len(together[0]) > CHUNK:
        _refuse_all(import_, bytes(rows[0].key or b""))
    elif one_by_one.is_due(import_):
        _check_one_by_one(together, import_, now)
    elif together:
        _check([group(each) for each in together], import_, now)
    if not together or not import_.waiting:
        _across(import_)
        _finish(import_)


def _check(groups: Sequence[Group], import_: Import, now: datetime) -> None:
    examine([each.decision for each in groups if each.decision is not None], court=import_.court, now=now)
    for each in groups:
        blame(each)
        hold_back(each)
        hand_on(each)
    lines = [line for each in groups for line in each.lines]
    save(lines)
    import_.waiting -= len(lines)
    import_.wrong += sum(bool(line.faults) for line in lines)
    import_.entered += sum(_is_entered(line) for line in lines)
    import_.sound += sum(not line.faults and not _is_entered(line) for line in lines)


def _check_one_by_one(decisions: Sequence[list[ImportRow]], import_: Import, now: datetime) -> None:
    blamed = one_by_one.take(decisions, import_, lambda rows: _check([group(rows)], import_, now))
    save(blamed)
    import_.waiting, import_.wrong = import_.waiting - len(blamed), import_.wrong + len(blamed)


def _is_entered(line: Line) -> bool:
    return not line.faults and line.party is not None and bool(line.party.twin)


def save(lines: Sequence[Line]) -> None:
    """What was found of each row; of those that cannot be written nothing is kept but that."""
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [list(column) for column in zip(*map(_told, lines), strict=True)])


def _told(line: Line) -> tuple[Any, ...]:
    party, twin = line.party, line.party.twin if line.party is not None else ""
    if line.faults or party is None:
        faults = kept(line.faults)
        return line.row.pk, RowState.WRONG, False, None, False, None, None, None, Jsonb(faults), len(faults), ""
    if twin:
        already = [refused.kept(DuplicateListing("document_number", number=twin), "document_number")]
        return line.row.pk, RowState.ENTERED, False, None, False, None, None, None, Jsonb(already), 0, twin
    assert party.sound is not None
    assert party.found is not None
    first, second = _digests(line)
    assert party.listing is not None
    known, name = not party.found.is_new, name_digest(party.sound.name)
    day = party.listing.party.decision.pronounced_on
    return line.row.pk, RowState.SOUND, True, day, known, first, second, name, None, 0, ""


def _digests(line: Line) -> tuple[bytes, bytes | None]:
    assert line.party is not None
    assert line.party.sound is not None
    told = [each.digests[0] for each in line.party.sound.documents]
    return told[0], told[1] if len(told) > 1 else None


def _refuse_all(import_: Import, key: bytes) -> None:
    fault = refused.kept(TooManyParties("number", most=CHUNK), "number")
    ours = ImportRow.objects.filter(of_import=import_, state=RowState.WAITING, key=key)
    count = ours.update(**EMPTIED, state=RowState.WRONG, faults=[fault], fault_count=1)
    import_.waiting, import_.wrong = import_.waiting - count, import_.wrong + count


EMPTIED: dict[str, Any] = {"sealed": None, "key": None, "person": None, "second": None, "name": None, "looks": []}


def _across(import_: Import) -> None:
    """One number under two names within the file: all that is wrong is found before the first row is emptied for it."""
    wrong = called_otherwise(import_)
    ids, decisions = sorted(wrong), dict[bytes, int]()
    for start in range(0, len(ids), CHUNK):
        rows = list(ImportRow.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("row"))
        for row in rows:
            decisions.setdefault(bytes(row.key or b""), row.row)
        save([Line(row, {}, {}, [("name", OtherNameInFile(row=wrong[row.pk]))]) for row in rows])
    _hold_back_others(import_, decisions)


def _hold_back_others(import_: Import, wrong: dict[bytes, int]) -> None:
    """``wrong``: decisions, each with the number of a row that is wrong."""
    keys = list(wrong)
    for start in range(0, len(keys), CHUNK):
        others = ImportRow.objects.filter(of_import=import_, state=RowState.SOUND, key__in=keys[start : start + CHUNK])
        save([Line(row, {}, {}, [("", HeldBack(row=wrong[bytes(row.key or b"")]))]) for row in others])


def _count(import_: Import) -> None:
    states = dict(import_.rows.order_by().values_list("state").annotate(Count("pk")))
    import_.waiting = states.get(RowState.WAITING, 0)
    import_.sound, import_.wrong = states.get(RowState.SOUND, 0), states.get(RowState.WRONG, 0)
    import_.entered = states.get(RowState.ENTERED, 0)


def _finish(import_: Import) -> None:
    _count(import_)
    sound = import_.rows.order_by().filter(state=RowState.SOUND)
    found = sound.aggregate(
        decisions=Count("key", distinct=True),
        new=Count("person", distinct=True, filter=Q(known=False)),
        known=Count("person", distinct=True, filter=Q(known=True)),
    )
    import_.decisions, import_.persons_new, import_.persons_known = found["decisions"], found["new"], found["known"]
    import_.state, import_.due_at = ImportState.CHECKED, None
