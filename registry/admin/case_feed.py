"""Feed the case register from a file: choose it, see what it would do row by row, and take it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry import actions, case_files
from registry.actions.cases import KEEPERS
from registry.actions.feeding import Feeder, Told, Verdict, feeder_at_the_desk
from registry.admin import case_feed_refused
from registry.admin.cases import KEEP
from registry.admin.doors import officer_of, page, refuse_unless
from registry.admin.fields import Field, refused
from registry.admin.matters import spoken_change
from registry.admin.sheets import Sheet, SheetForm
from registry.entries import FedCase
from registry.errors import Refusal, Text
from registry.models import Officer
from registry.taking_files import InMemory, checked_for_forgery_after

ROWS = "rows"  # of the second step: what was read, signed for this officer
REFUSED, REFUSED_FILE = "refused", "refused_file"  # the same of what was refused, and who asks for it as a file
HOLDS = timedelta(hours=1)
SHOWN = 200  # of the rows that are named one by one
MOVES = (Verdict.FILED, Verdict.CONCLUDED, Verdict.CHANGED)
DAYS = ("filed_on", "concluded_on", "effective_on")


class CaseFile(Field, forms.FileField):
    widget = forms.FileInput(attrs={"accept": ".csv,.xlsx"})


class FeedForm(SheetForm):
    file = CaseFile(
        label=_("File"), help_text=_("CSV or Excel (.xlsx), as case management exports it; at most 5,000 rows.")
    )


@dataclass(frozen=True)
class Line:
    """One thing to say of a row: of which case, in which column, and what."""

    row: int
    number: str
    column: str
    text: Text


@checked_for_forgery_after(InMemory)
def feed(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, KEEPERS, KEEP)
    feeder = feeder_at_the_desk(officer)
    if request.method == "POST" and request.POST.get("do") == REFUSED_FILE:
        return _refused_file(request, officer)
    if request.method == "POST" and ROWS in request.POST:
        return _take(request, feeder, officer)
    sheet = Sheet(FeedForm(request.POST, request.FILES) if request.method == "POST" else FeedForm())
    if request.method == "POST" and sheet.is_valid():
        try:
            return _look(request, _bytes(sheet["file"]), feeder, officer)
        except Refusal as refusal:
            sheet.form.add_error("file", refused(refusal))
    return page(request, "case_feed", _("Feed the case register from a file"), sheet=sheet, columns=_columns())


@require_safe
def template(request: HttpRequest, form: str) -> HttpResponse:
    refuse_unless(officer_of(request), KEEPERS, KEEP)
    if form not in [each.value for each in case_files.Form]:
        raise Http404
    kind = case_files.Form(form)
    return HttpResponse(
        case_files.template(kind),
        content_type=case_files.TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="cases.{form}"'},
    )


def _look(request: HttpRequest, file: bytes, feeder: Feeder, officer: Officer) -> HttpResponse:
    """The second step: nothing is done yet."""
    read, not_there = list(case_files.read(file)), case_files.not_there(file)
    told = actions.feed_cases(read, feeder=feeder, now=timezone.now(), only_look=True)
    sound = [
        _packed(row, entry)
        for (row, entry), each in zip(read, told, strict=True)
        if isinstance(entry, FedCase) and each.verdict in MOVES
    ]
    signed = signing.dumps(sound, salt=_salt(officer), compress=True)
    shown = {
        "signed": signed if sound else "",
        "sound": len(sound),
        "not_there": not_there,
        "signed_refused": case_feed_refused.signed(told, case_files.texts(file), officer),
        **_shown(told),
    }
    return page(request, "case_feed_look", _("Check the file before it is taken"), **shown)


def _take(request: HttpRequest, feeder: Feeder, officer: Officer) -> HttpResponse:
    """What was refused in the first step is not among the rows; the page before said so."""
    try:
        kept = signing.loads(request.POST[ROWS], salt=_salt(officer), max_age=HOLDS)
    except signing.BadSignature:
        return _too_old(request)
    told = actions.feed_cases([_unpacked(each) for each in kept], feeder=feeder, now=timezone.now(), partly=True)
    shown = {"signed_refused": request.POST.get(REFUSED, ""), **_shown(told)}
    return page(request, "case_feed_done", _("The case register was fed"), **shown)


def _refused_file(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Nothing is done: what was refused in the first step, to be mended."""
    try:
        return case_feed_refused.as_file(request.POST.get(REFUSED, ""), officer, holds=HOLDS)
    except signing.BadSignature:
        return _too_old(request)


def _too_old(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("This page is too old to go on with. Choose the file again."))
    return redirect("admin:feed_cases")


def _bytes(file: UploadedFile[Any]) -> bytes:
    file.seek(0)
    return bytes(file.read())


def _shown(told: Sequence[Told]) -> dict[str, Any]:
    counts = Counter(each.verdict for each in told)
    wrong, changed = list(_wrong(told)), list(_changed(told, restates=False))
    restated = list(_changed(told, restates=True))
    return {
        "counts": [(verdict.label, counts[verdict]) for verdict in Verdict if counts[verdict]],
        "refused": counts[Verdict.REFUSED],
        "wrong": wrong[:SHOWN],
        "restated": restated[:SHOWN],
        "changed": changed[:SHOWN],
        "more": max(len(wrong), len(changed), len(restated)) > SHOWN,
        "most": SHOWN,
    }


def _wrong(told: Sequence[Told]) -> Iterator[Line]:
    for each in told:
        for refusal in each.refusals:
            yield Line(each.row, each.number, case_files.head(refusal.field), str(refusal))


def _changed(told: Sequence[Told], *, restates: bool) -> Iterator[Line]:
    for each in told:
        if each.verdict is Verdict.CHANGED and each.restates is restates:
            for name, (before, since) in each.changes.items():
                yield Line(each.row, each.number, case_files.head(name), spoken_change(name, before, since))


def _columns() -> list[tuple[str, Text]]:
    """Each column of the template, and what belongs into it."""
    return [(case_files.head(column), words) for column, words in _COLUMNS.items()]


_COLUMNS: Mapping[str, Text] = {
    "number": _("Needed. Brackets, spaces and full-width digits may differ."),
    "court": _(
        "Needed only where the number is from before 2016 and does not say it; elsewhere the court of the number. Name or code."
    ),
    "charge": _("Rows with another charge than this register's are passed over; empty, the row is taken."),
    "filed_on": _("Needed of a case that is not in the register yet. Days as 2026-09-01, 2026/9/1 or 2026年9月1日."),
    "outcome": _("Name or code, from the list of the form “Conclude”. Empty while the case is open."),
    "concluded_on": _("Needed once there is an outcome."),
    "effective_on": _("Where the court knows it already."),
    "continues": _("The earlier case of the matter: that of first instance, of the sentence that is changed."),
}


def _salt(officer: Officer) -> str:
    return f"registry.case_feed.{officer.pk}"


def _packed(row: int, entry: FedCase) -> list[Any]:
    told = {name: value for name, value in asdict(entry).items() if value}
    return [row, {name: value.isoformat() if name in DAYS else value for name, value in told.items()}]


def _unpacked(kept: list[Any]) -> tuple[int, FedCase]:
    row, told = kept
    fields: dict[str, Any] = {
        name: date.fromisoformat(value) if name in DAYS else value for name, value in told.items()
    }
    return row, FedCase(**fields)
