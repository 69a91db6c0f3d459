"""What a judge approved is written into the book, in chunks of whole decisions; the database alone knows how far.

One worker writes at a time. Another may open and examine the rows that come next meanwhile (`Ahead`), which takes a quarter of
the work and no lock; once it has its turn, they are written if they are the next ones still, and else opened anew.

Older decisions come first, for a later listing of the same person ends by what runs before it. A chunk is one transaction:
its listings, their events and the rows that they settle. A row that became a duplicate meanwhile is left out, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from registry import codes
from registry.actions.acting import today
from registry.actions.importing import ImportedDecision, look_at_words
from registry.actions.writing_imported import write_imported
from registry.errors import Refusal
from registry.importing import one_by_one
from registry.importing.checking import save
from registry.importing.grouping import CHUNK, Group, Line, blame, group, hold_back, rows_of_chunk, whole_decisions
from registry.models import Import, ImportRow, ImportState, Officer, RowState
from registry.turns import NUMBERS, Lock, take_if_free

_SETTLE = """
    UPDATE registry_importrow AS kept SET state = 'written', listing_number = told.number, sealed = NULL, key = NULL,
        person = NULL, second = NULL, name = NULL, looks = '{}'
    FROM unnest(%s::bigint[], %s::text[]) AS told (id, number) WHERE kept.id = told.id
"""


@dataclass(frozen=True)
class Ahead:
    """The decisions of a chunk, opened and examined before their turn: on a day, with the code lists as they were."""

    rows: tuple[int, ...]
    groups: list[Group]
    day: date
    lists: object

    def stands(self, rows: QuerySet[ImportRow], now: datetime) -> bool:
        """Whether they are the next ones still, and every rule would say the same. A sound row is not changed until written."""
        if self.day != today(now) or self.lists is not codes.edition():
            return False
        return tuple(rows.values_list("pk", flat=True)[: len(self.rows)]) == self.rows


def look_ahead(import_: Import, now: datetime) -> Ahead | None:
    """The chunk after the one that another worker is at, held until the transaction ends. None: that one is the last, or
    somebody is looking at it already.
    """
    rows = _next_rows(import_)
    begins = rows_of_chunk([bytes(key or b"") for key in rows.values_list("key", flat=True)[: CHUNK + 1]])
    coming = whole_decisions(list(rows[begins : begins + CHUNK + 1]))
    if not coming or not _hold(coming[0][0]):
        return None
    ahead = Ahead(
        rows=tuple(row.pk for each in coming for row in each),
        groups=[group(each) for each in coming],
        day=today(now),
        lists=codes.edition(),
    )
    look_at_words(_decisions(ahead.groups), import_.court, ahead.day)
    return ahead


def write_chunk(import_: Import, now: datetime, ahead: Ahead | None = None) -> None:
    """The next decisions of the locked, approved import. The caller saves it. Raises as `write_imported`."""
    rows = _next_rows(import_)
    if one_by_one.is_due(import_):
        _write_one_by_one(whole_decisions(list(rows[: CHUNK + 1])), import_, now)
    elif ahead is not None and ahead.stands(rows, now):
        _write(ahead.groups, import_, now, looked_at=True)
    elif groups := [group(each) for each in whole_decisions(list(rows[: CHUNK + 1]))]:
        _write(groups, import_, now, looked_at=False)
    if not import_.sound:
        import_.state, import_.due_at, import_.ended_at = ImportState.DONE, None, now


def _hold(first: ImportRow) -> bool:
    return take_if_free(Lock.IMPORTING, first.pk % NUMBERS)


def _next_rows(import_: Import) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(of_import=import_, state=RowState.SOUND).order_by("pronounced_on", "key", "row")


def _decisions(groups: Sequence[Group]) -> list[ImportedDecision]:
    return [each.decision for each in groups if each.decision is not None]


def _write(groups: Sequence[Group], import_: Import, now: datetime, *, looked_at: bool) -> None:
    assert import_.decided_by_id is not None
    assert import_.decided_at is not None
    assert import_.submitted_at is not None
    write_imported(
        _decisions(groups),
        clerk=Officer.objects.select_related("court", "account").get(pk=import_.uploaded_by_id),
        judge=Officer.objects.select_related("court", "account").get(pk=import_.decided_by_id),
        submitted_at=import_.submitted_at,
        decided_at=import_.decided_at,
        now=now,
        looked_at=looked_at,
    )
    for each in groups:
        blame(each)
        hold_back(each)
    done = [each for each in groups if each.decision is None or not each.decision.postponed]
    _settle([line for each in done for line in each.lines], import_)


def _write_one_by_one(decisions: Sequence[list[ImportRow]], import_: Import, now: datetime) -> None:
    """An officer who may not is no fault of a decision (Refusal)."""
    passing = (*one_by_one.NOBODYS_FAULT, Refusal)
    blamed = one_by_one.take(
        decisions, import_, lambda rows: _write([group(rows)], import_, now, looked_at=False), passing=passing
    )
    _settle(blamed, import_)


def _settle(lines: Sequence[Line], import_: Import) -> None:
    written = [(line.row.pk, _number(line)) for line in lines if line.is_sound]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(column) for column in zip(*written, strict=True)] or [[], []])
    left_out = [line for line in lines if not line.is_sound]
    save(left_out)
    wrong = sum(bool(line.faults) for line in left_out)
    import_.sound -= len(lines)
    import_.written += len(written)
    import_.wrong += wrong
    import_.entered += len(left_out) - wrong


def _number(line: Line) -> str:
    assert line.party is not None
    assert line.party.listing is not None
    return line.party.listing.number
