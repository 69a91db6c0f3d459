"""What a judge approved is written into the book, in chunks of whole decisions; the database alone knows how far.

Older decisions come first, for a later listing of the same person ends by what runs before it. A chunk is one transaction:
its listings, their events and the rows that they settle. A row that became a duplicate meanwhile is left out, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from registry.actions.importing import write_imported
from registry.importing.checking import save
from registry.importing.grouping import CHUNK, Group, Line, blame, group, hold_back, whole_decisions
from registry.models import Import, ImportRow, ImportState, Officer, RowState

_SETTLE = """
    UPDATE registry_importrow AS kept SET state = 'written', listing_number = told.number, sealed = NULL, key = NULL,
        person = NULL, second = NULL, name = NULL, looks = '{}'
    FROM unnest(%s::bigint[], %s::text[]) AS told (id, number) WHERE kept.id = told.id
"""


def write_chunk(batch: Import, now: datetime) -> None:
    """The next decisions of the locked, approved import. The caller saves it. Raises as `write_imported`."""
    sound = ImportRow.objects.filter(batch=batch, state=RowState.SOUND).order_by("pronounced_on", "key", "row")
    groups = [group(each) for each in whole_decisions(list(sound[: CHUNK + 1]))]
    if groups:
        _write(groups, batch, now)
    if not batch.sound:
        batch.state, batch.due_at, batch.ended_at = ImportState.DONE, None, now


def _write(groups: Sequence[Group], batch: Import, now: datetime) -> None:
    assert batch.decided_by_id is not None
    assert batch.decided_at is not None
    assert batch.submitted_at is not None
    write_imported(
        [each.decision for each in groups if each.decision is not None],
        clerk=Officer.objects.select_related("court", "account").get(pk=batch.uploaded_by_id),
        judge=Officer.objects.select_related("court", "account").get(pk=batch.decided_by_id),
        submitted_at=batch.submitted_at,
        decided_at=batch.decided_at,
        now=now,
    )
    for each in groups:
        blame(each)
        hold_back(each)
    done = [each for each in groups if each.decision is None or not each.decision.postponed]
    _settle([line for each in done for line in each.lines], batch)


def _settle(lines: Sequence[Line], batch: Import) -> None:
    written = [(line.row.pk, _number(line)) for line in lines if _is_written(line)]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(column) for column in zip(*written, strict=True)] or [[], []])
    left_out = [line for line in lines if not _is_written(line)]
    save(left_out)
    wrong = sum(bool(line.faults) for line in left_out)
    batch.sound -= len(lines)
    batch.written += len(written)
    batch.wrong += wrong
    batch.entered += len(left_out) - wrong


def _is_written(line: Line) -> bool:
    return not line.faults and line.party is not None and not line.party.twin


def _number(line: Line) -> str:
    assert line.party is not None
    assert line.party.listing is not None
    return line.party.listing.number
