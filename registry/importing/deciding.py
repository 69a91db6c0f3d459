"""What officers decide about an import: the clerk submits it, a judge compares a sample with the judgments, and approves.

The sample is drawn by a seed that is made when the clerk submits, so that nobody chooses its rows; whoever has the seed draws
the same ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from registry import auditing
from registry.actions.acting import given, today
from registry.actions.identifying import are_all, is_one_of
from registry.actions.reviewing import IDENTITY_DIFFERS
from registry.errors import AnotherCourt, ImportDiffers, ImportMovedOn, NoSuchImport, NothingToImport, WrongRole
from registry.importing import sealed_file
from registry.importing.checking import EMPTIED
from registry.importing.grouping import Line, group, look_text
from registry.lifecycle import refuse_own
from registry.models import AuditKind, Import, ImportRow, ImportState, Officer, Role, RowState
from registry.models.imports import OPEN
from registry.overseeing import sees_every_court
from registry.reading import READERS

PREVIEW = 10
RETURNED_LATELY = timedelta(days=7)
CAME_BACK = (ImportState.RETURNED, ImportState.UNREADABLE, ImportState.EXPIRED)
LOOKED_AT = "import"
# SHA-256 (FIPS 180-4) over "seed:row": the rows with the lowest digests.
DRAWN = "sha256(convert_to(%s || ':' || row, 'UTF8'))"


def imports_open_to(officer: Officer) -> QuerySet[Import]:
    imports = Import.objects.select_related("court", "uploaded_by", "decided_by")
    if officer.role not in READERS:
        return imports.none()
    return imports if sees_every_court(officer) else imports.filter(court=officer.court_id)


def waiting_for(officer: Officer, now: datetime) -> QuerySet[Import]:
    """A clerk's own that wait for him, go on, or came back of late; those that a judge may decide; the oldest first."""
    imports = imports_open_to(officer).order_by("uploaded_at")
    if officer.role == Role.JUDGE:
        return imports.filter(court=officer.court_id, state=ImportState.SUBMITTED).exclude(uploaded_by=officer)
    returned = Q(state__in=CAME_BACK, ended_at__gt=now - RETURNED_LATELY)
    return imports.filter(Q(state__in=OPEN) | returned, uploaded_by=officer)


def import_for(officer: Officer, import_id: UUID) -> Import:
    """Raises `NoSuchImport`: another court's is as absent as one that never was."""
    found = imports_open_to(officer).filter(pk=import_id).first()
    if found is None:
        raise NoSuchImport
    return found


def may_see_rows(officer: Officer, import_: Import) -> bool:
    """Whether persons of the file are shown: to the clerk who uploaded it, and to judges of the court before they decide."""
    of_court = officer.court_id == import_.court_id
    return of_court and (officer.pk == import_.uploaded_by_id or officer.role == Role.JUDGE)


def submit(import_id: UUID, *, officer: Officer, now: datetime) -> Import:
    """Hand what can be written to a judge. NoSuchImport, WrongRole, ImportMovedOn, NothingToImport."""
    with transaction.atomic():
        import_ = _locked(import_id, officer)
        if officer.pk != import_.uploaded_by_id:
            raise WrongRole(act=_("submit the import"), roles=_("the clerk who uploaded it"))
        _refuse_unless(import_, ImportState.CHECKED)
        if not import_.sound:
            raise NothingToImport("file")
        import_.state, import_.submitted_at = ImportState.SUBMITTED, now
        import_.seed, import_.sample_size = secrets.token_hex(16), settings.REGISTRY_IMPORT_SAMPLE
        import_.keep_until = now + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)
        import_.save()
    return import_


def sample(import_: Import) -> list[ImportRow]:
    """The rows that the judge compares, in the file's order; the same ones whenever it is asked."""
    drawn = RawSQL(DRAWN, [import_.seed])  # noqa: S611 - the seed is a parameter
    ours = ImportRow.objects.filter(of_import=import_, state=RowState.SOUND)
    rows = ours.annotate(drawn=drawn).order_by("drawn")[: import_.sample_size]
    return sorted(rows, key=lambda row: row.row)


def preview(import_: Import) -> list[ImportRow]:
    """The first rows that can be written."""
    return list(ImportRow.objects.filter(of_import=import_, state=RowState.SOUND).order_by("row")[:PREVIEW])


def lines_of(import_: Import, rows: Sequence[ImportRow]) -> list[Line]:
    """What these rows say, each with what the first rows of its decision say of it."""
    keys = {bytes(row.key or b"") for row in rows}
    wanted = {row.pk for row in rows}
    together: dict[bytes, list[ImportRow]] = {}
    for row in ImportRow.objects.filter(of_import=import_, state=RowState.SOUND, key__in=keys).order_by("row"):
        together.setdefault(bytes(row.key or b""), []).append(row)
    lines = [line for each in together.values() for line in _said_whole(each) if line.row.pk in wanted]
    return sorted(lines, key=lambda line: line.number)


def record_looks(lines: Sequence[Line], *, officer: Officer, page: str, now: datetime) -> None:
    """Write down who is shown these persons, before the page is made: with each listing once there is one, and of the
    import, whatever becomes of its rows. Of no line nothing is written.
    """
    if not lines:
        return
    about, who = str(lines[0].row.of_import_id), auditing.account(officer.account_id)
    auditing.note(AuditKind.IMPORT_SHOWN, who=who, about=about, door=page, now=now)
    told = look_text(officer.pk, page, now)
    append = RawSQL("array_append(looks, %s::varchar)", [told])
    ImportRow.objects.filter(pk__in=[line.row.pk for line in lines], state=RowState.SOUND).update(looks=append)


def approve(import_id: UUID, *, typed: Mapping[int, tuple[str, ...]], officer: Officer, now: datetime) -> None:
    """The second officer approves, having typed every document number of each row of the sample from the judgment; writing
    begins. A number that differs sends the whole import back.

    ``typed``: by the number of the row. NoSuchImport, WrongRole, FourEyes, ImportMovedOn, ImportDiffers.
    """
    wrong: int | None = None
    with transaction.atomic():
        import_ = _to_be_decided(import_id, officer)
        wrong = _first_wrong(import_, typed, today(now))
        import_.decided_by, import_.decided_at = officer, now
        if wrong is not None:
            import_.returned_because = IDENTITY_DIFFERS
            end(import_, ImportState.RETURNED, now=now)
        else:
            import_.state, import_.due_at = ImportState.WRITING, now
            import_.keep_until = now + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)
            import_.begun_at, import_.begun_with = now, import_.total - import_.sound
        import_.save()
    if wrong is not None:
        raise ImportDiffers(f"row-{wrong}", row=wrong)


def send_back(import_id: UUID, *, reason: str, officer: Officer, now: datetime) -> None:
    """Return it with the reason; its rows are destroyed. NoSuchImport, WrongRole, FourEyes, ImportMovedOn, ReasonNeeded."""
    words = given(reason)
    with transaction.atomic():
        import_ = _to_be_decided(import_id, officer)
        import_.decided_by, import_.decided_at, import_.returned_because = officer, now, words
        end(import_, ImportState.RETURNED, now=now)


def stop(import_id: UUID, *, officer: Officer, now: datetime) -> None:
    """Write no further row; what was written stays, all else is destroyed. By a clerk or judge of the court.

    NoSuchImport, WrongRole, AnotherCourt.
    """
    with transaction.atomic():
        import_ = _locked(import_id, officer)
        if officer.role not in (Role.CLERK, Role.JUDGE):
            raise WrongRole(act=_("stop the import"), roles=f"{Role.CLERK.label}, {Role.JUDGE.label}")
        if import_.state in OPEN:
            end(import_, ImportState.STOPPED, now=now)


def end(import_: Import, state: ImportState, *, now: datetime) -> None:
    """Destroy every row of the locked import that was not written, and close it. Of a file that was not read to its end
    no row says anything, so none is left."""
    if import_.state == ImportState.READING:
        import_.rows.all().delete()
        sealed_file.destroy(import_)
        import_.total = import_.wrong = import_.waiting = 0
    kept: dict[str, Any] = {**EMPTIED, "state": RowState.DROPPED}
    import_.rows.filter(state__in=[RowState.WAITING, RowState.SOUND]).update(**kept)
    import_.state, import_.due_at, import_.ended_at = state, None, now
    import_.save()


def _said_whole(rows: Sequence[ImportRow]) -> list[Line]:
    lines = group(rows).lines
    said: dict[str, Any] = {}
    for line in lines:
        said |= {name: value for name, value in line.of_decision.items() if name not in said}
    for line in lines:
        line.of_decision = said
    return lines


def _first_wrong(import_: Import, typed: Mapping[int, tuple[str, ...]], day: date) -> int | None:
    """The first row of the sample of whose numbers the judge did not type every one, or typed one otherwise."""
    for line in lines_of(import_, sample(import_)):
        assert line.party is not None
        documents = [each.type for each in line.party.entry.person.documents]
        digests = [bytes(each) for each in (line.row.person, line.row.second) if each is not None]
        held = list(zip(documents, digests, strict=False))
        numbers = typed.get(line.number, ())
        if not (all(is_one_of(each, held, day) for each in numbers) and are_all(numbers, held, day)):
            return line.number
    return None


def _to_be_decided(import_id: UUID, officer: Officer) -> Import:
    import_ = _locked(import_id, officer)
    if officer.role != Role.JUDGE or not officer.account.is_active:
        raise WrongRole(act=_("approve the import"), roles=Role.JUDGE.label)
    refuse_own(officer, import_.uploaded_by_id)
    _refuse_unless(import_, ImportState.SUBMITTED)
    return import_


def _locked(import_id: UUID, officer: Officer) -> Import:
    found = Import.objects.select_for_update(of=("self",), no_key=True).filter(pk=import_id).first()
    if found is None:
        raise NoSuchImport
    if found.court_id != officer.court_id:
        raise AnotherCourt
    return found


def _refuse_unless(import_: Import, state: ImportState) -> None:
    if import_.state != state:
        raise ImportMovedOn(state=ImportState(import_.state).label)
