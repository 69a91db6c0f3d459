"""A file from its upload: its rows are kept sealed, the file is not, and of a juvenile's row nothing is.

Whoever turns out to have been under 18 from the row itself is left out before anything is stored (CPL 286; Minors' Law 103).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from registry import refused
from registry.actions.acting import hold_court, today
from registry.errors import ImportsHeld, Juvenile, WrongRole
from registry.importing import reading
from registry.importing.parsing import decision_key, is_juvenile
from registry.importing.reading import Raw
from registry.models import Import, ImportRow, Officer, Role, RowState
from registry.models.imports import OPEN
from registry.storing import new_row, store

STORED_AT_ONCE = 500


def upload(file: bytes, *, officer: Officer, now: datetime) -> Import:
    """The rows, kept to be checked; by a clerk, for the clerk's own court.

    WrongRole; ImportsHeld; the refusals of `reading.read`.
    """
    if officer.role != Role.CLERK or not officer.account.is_active:
        raise WrongRole(act=_("import old decisions"), roles=Role.CLERK.label)
    _refuse_more_held(officer)
    made = Import(
        court=officer.court,
        uploaded_by=officer,
        uploaded_at=now,
        keep_until=now + timedelta(hours=settings.REGISTRY_IMPORT_HOURS),
        begun_at=now,
        due_at=now,
    )
    with transaction.atomic():
        _think_as_long_as_it_takes()
        made.save(force_insert=True)
        _keep(made, reading.read(file), officer.court.code, today(now))
        hold_court(officer)  # of many uploads at once each sees those before it
        _refuse_more_held(officer, besides=made)
        made.save()
    return made


def _refuse_more_held(officer: Officer, besides: Import | None = None) -> None:
    held = Import.objects.filter(court=officer.court_id, state__in=OPEN)
    if besides is not None:
        held = held.exclude(pk=besides.pk)
    most: int = settings.REGISTRY_IMPORTS_HELD
    if held.count() >= most:
        raise ImportsHeld("file", most=most)


def _think_as_long_as_it_takes() -> None:
    """Between two blocks of rows a workbook is read; nothing but rows of its own is locked meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'")


def _keep(made: Import, raws: Iterable[Raw], court: str, day: date) -> None:
    rows = (_row(made, raw, court, day) for raw in raws)
    while block := list(islice(rows, STORED_AT_ONCE)):
        store(block)
        made.total += len(block)
        made.wrong += sum(row.state == RowState.WRONG for row in block)
    made.waiting = made.total - made.wrong


def _row(made: Import, raw: Raw, court: str, day: date) -> ImportRow:
    row = new_row(ImportRow, batch=made, row=raw.row)
    if is_juvenile(raw.cells, day):
        row.state, row.fault_count = RowState.WRONG, 1
        row.faults = [refused.kept(Juvenile())]
        return row
    told = list(_told(raw))
    row.key = decision_key(raw.cells, court, day)
    row.cells = {**raw.cells, "!": told} if told else raw.cells
    return row


def _told(raw: Raw) -> Iterator[refused.Kept]:
    return (refused.kept(refusal, column) for column, refusal in raw.faults)
