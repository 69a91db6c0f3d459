"""The book as a file, for auditors and registrars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.doors import door, officer_of
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import ExportClosed
from registry.overseeing import sees_every_court
from sharing.audit import taking
from sharing.audit.taking import TYPES, Form, Part
from sharing.desk.audit import back
from sharing.desk.audit_forms import BookForm


@door
def take_book(request: HttpRequest) -> HttpResponse:
    """Asks which part; the answer to that is the file."""
    officer, now = officer_of(request), timezone.now()
    if not taking.may_take(officer):
        raise ExportClosed
    every_court, masked = sees_every_court(officer), taking.may_take_masked(officer)
    sheet = Sheet(BookForm(request.POST or None, every_court=every_court, masked=masked))

    def act() -> HttpResponse:
        part = Part(state=sheet["state"], court=sheet["court"] if every_court else "", year=sheet["year"])
        form = Form(sheet["form"])
        with_numbers = masked and sheet["masked"]
        return _file(taking.take(part, form, masked=with_numbers, officer=officer, now=now), form)

    hint = _(
        "One row a listing: state, dates, decision, who entered and approved it. Without names, and without document numbers where you read none. It is on record that you took it."
    )
    title, button = _("The book as a file"), _("Take the file")
    shown = {"button": button, "hint": hint, "back": back() if every_court else None, "gives_file": True}
    return sheet_page(request, sheet, title, act, **shown)


def _file(content: Iterable[bytes], form: Form) -> HttpResponse:
    """Row by row, so that a book of a million listings takes no more memory than one of ten."""
    name = f"book-{timezone.localdate():%Y%m%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return cast(HttpResponse, StreamingHttpResponse(content, content_type=TYPES[form], headers=headers))
