"""Imports of old decisions at the desk: upload, what the dry run found, submit, how far it is, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from registry import refused as kept_refusals
from registry.actions.acting import today
from registry.admin.doors import done, officer_of, page, refuse_unless, said_no
from registry.admin.facts import spoken_moment
from registry.admin.fields import refused
from registry.admin.imports_shown import Person, shown
from registry.admin.sheets import SheetForm
from registry.admin.story import spoken_reason
from registry.errors import FieldMissing, NotInTheBook, Refusal
from registry.form_problems import problems_of
from registry.importing import deciding, files, going_on, reading, uploading
from registry.importing.deciding import LOOKED_AT, import_for, imports_open_to, may_see_rows
from registry.models import Import, ImportState, Listing, Officer, Role, RowState
from registry.models.imports import GOING_ON, OPEN
from registry.reading import refuse_reader
from registry.taking_files import InMemory, checked_for_forgery_after

SHOWN = 50
FAULTS_SHOWN = 100
IMPORT = gettext_lazy("import old decisions")


class ImportFile(InMemory):
    most = reading.MEGABYTES * reading.MEGABYTE


class UploadForm(SheetForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("CSV (UTF-8, UTF-16 or GB 18030) or Excel (.xlsx), up to 100,000 rows and 64 MB."),
    )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"] is None:
            raise refused(FieldMissing(name=self.fields["file"].label))
        return self.cleaned_data["file"]


def show_imports(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_reader(officer)
    every = imports_open_to(officer).order_by("-uploaded_at", "pk")
    imports = Paginator(every, SHOWN).get_page(request.GET.get("page"))
    files.hide_sealed(imports)
    return page(request, "imports", _("Imports of old decisions"), imports=imports, uploads=officer.role == Role.CLERK)


@csrf_exempt  # the check is made in `_take`, once it is asked who uploads
def new_import(request: HttpRequest) -> HttpResponseBase:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), IMPORT)
    return _take(request, officer)


@checked_for_forgery_after(ImportFile)
def _take(request: HttpRequest, officer: Officer) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            file.seek(0)
            made = uploading.upload(file.read(), officer=officer, now=timezone.now())
        except Refusal as refusal:
            form.add_error("file", refused(refusal))
        else:
            return redirect("admin:import", made.pk)
    return page(
        request, "import_new", _("Import old decisions"), form=form, problems=list(problems_of(form)),
        hours=settings.REGISTRY_IMPORT_HOURS,
    )  # fmt: skip


def template(request: HttpRequest, form: str) -> HttpResponse:
    refuse_unless(officer_of(request), (Role.CLERK,), IMPORT)
    if form not in files.TYPES:
        raise NotInTheBook
    answer = HttpResponse(files.template(form, today(timezone.now())), content_type=files.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="decisions.{form}"'
    return answer


def show_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    refuse_reader(officer)
    import_ = import_for(officer, import_id)
    progress = _progress(import_, now)
    files.hide_sealed([import_])
    return page(
        request,
        "import",
        _("Import of %(at)s") % {"at": spoken_moment(import_.uploaded_at)},
        import_=import_,
        counts=_counts(import_),
        progress=progress,
        returned_because=spoken_reason(import_.returned_because) if import_.state == ImportState.RETURNED else "",
        unreadable=kept_refusals.read(import_.unreadable) if import_.unreadable else None,
        people=_preview(import_, officer, now),
        faults=[each for row in files.faulty(import_)[:10] for each in files.spoken(row)][:10],
        may=_may(import_, officer),
        **_written(import_),
    )


def show_faults(request: HttpRequest, import_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    refuse_reader(officer)
    import_ = import_for(officer, import_id)
    pages = Paginator(files.faulty(import_), FAULTS_SHOWN)
    rows = pages.get_page(request.GET.get("page"))
    return page(
        request,
        "import_faults",
        _("Rows that are not written"),
        import_=import_,
        rows=rows,
        faults=[each for row in rows for each in files.spoken(row)],
    )


def faults_file(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    officer = officer_of(request)
    refuse_reader(officer)
    import_ = import_for(officer, import_id)
    answer = StreamingHttpResponse(files.faults_file(import_), content_type=files.TYPES["csv"])
    answer["Content-Disposition"] = 'attachment; filename="rows-not-written.csv"'
    return answer


def submit_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    import_for(officer, import_id)
    if request.method == "POST" and not said_no(
        request, lambda: deciding.submit(import_id, officer=officer, now=timezone.now())
    ):
        done(request, _("Submitted. A judge compares a sample with the judgments; nothing is written before."))
    return redirect("admin:import", import_id)


def stop_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    import_for(officer, import_id)
    if request.method == "POST" and not said_no(
        request, lambda: deciding.stop(import_id, officer=officer, now=timezone.now())
    ):
        done(request, _("Stopped. What was not written is destroyed."))
    return redirect("admin:import", import_id)


def _written(import_: Import) -> Mapping[str, Any]:
    """The first listings of it that are in the book for everybody: what is sealed is named by no page."""
    standing = Listing.objects.filter(number=OuterRef("listing_number"))
    rows = import_.rows.filter(Exists(standing), state=RowState.WRITTEN).order_by("row")
    numbers = list(rows.values_list("listing_number", flat=True)[: SHOWN + 1])
    return {"written": numbers[:SHOWN], "more_written": len(numbers) > SHOWN}


def _counts(import_: Import) -> list[tuple[Any, int]]:
    """None of them before the dry run is through, or where the file was not read to its end. What it found of decisions and
    persons is said until it is written: beside what stands in the book later it would tell how many of them were sealed since.
    """
    if import_.state in (ImportState.READING, ImportState.CHECKING) or not import_.total:
        return []
    found = [
        (_("Decisions"), import_.decisions),
        (_("Parties that can be written"), import_.sound + import_.written),
        (_("Persons and units new to the book"), import_.persons_new),
        (_("Persons and units the book has already"), import_.persons_known),
    ]
    return [
        (_("Rows"), import_.total),
        *(found if import_.state in (ImportState.CHECKED, ImportState.SUBMITTED) else []),
        (_("Already entered, left out"), import_.entered),
        (_("Wrong, left out"), import_.wrong),
        (_("Written"), import_.written),
    ]


def _progress(import_: Import, now: datetime) -> Mapping[str, Any] | None:
    if import_.state not in GOING_ON:
        return None
    seconds = going_on.seconds_left(import_, now)
    return {"done": going_on.settled(import_), "total": going_on.in_all(import_), "left": _left(seconds)}


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = ceil(seconds / 60)
    if seconds < 60:
        return _("less than a minute")
    return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}


def _preview(import_: Import, officer: Officer, now: datetime) -> list[Person]:
    """The first rows, to the clerk who uploaded them; a judge sees them where he decides."""
    if import_.state not in (ImportState.CHECKED, ImportState.SUBMITTED) or not may_see_rows(officer, import_):
        return []
    if officer.role == Role.JUDGE:
        return []
    lines = deciding.lines_of(import_, deciding.preview(import_))
    deciding.record_looks(lines, officer=officer, page=LOOKED_AT, now=now)
    return list(map(shown, lines))


def _may(import_: Import, officer: Officer) -> Mapping[str, bool]:
    of_court = officer.court_id == import_.court_id
    return {
        "submit": import_.state == ImportState.CHECKED and officer.pk == import_.uploaded_by_id and import_.sound > 0,
        "stop": of_court and officer.role in (Role.CLERK, Role.JUDGE) and import_.state in OPEN,
        "review": of_court and officer.role == Role.JUDGE and import_.state == ImportState.SUBMITTED,
        "again": officer.role == Role.CLERK and of_court,
    }
