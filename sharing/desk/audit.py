"""The auditors' desk: every check with what it finds now, its list, and the list as a file. No person is shown here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back
from registry.admin.doors import done, door, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.work import SHOWN, Group, Item
from registry.models import Officer
from sharing.audit import checking, sampling
from sharing.audit import checks as audit_checks
from sharing.audit.checking import A_PAGE, Counted
from sharing.audit.taking import TYPES, Form
from sharing.desk.gate import reader_of
from sharing.desk.spoken import NOTHING, moment
from sharing.tables import Cell, Table


def back() -> Back:
    return Back(_("Audit"), reverse("sharing_desk:audit"))


@require_safe
@door
def checks(request: HttpRequest) -> HttpResponse:
    officer = reader_of(request)
    counted, counted_at = checking.kept(now=timezone.now())
    open_now = sum(each.needs_a_look for each in counted)
    groups = [
        (group.label, [_line(each) for each in counted if each.check.group == group]) for group in audit_checks.Group
    ]
    summary = ngettext(
        "%(open)s of %(all)s checks needs a look.", "%(open)s of %(all)s checks need a look.", open_now
    ) % {"open": open_now, "all": len(counted)}
    return page(
        request,
        "audit",
        _("Audit"),
        groups=groups,
        summary=summary,
        counted_at=counted_at,
        open=open_now,
        sees_trail=sampling.is_auditor(officer),
    )


@require_POST
@door
def count_anew(request: HttpRequest) -> HttpResponse:
    """All checks now, and not when the clock comes to it."""
    reader_of(request)
    checking.keep_counts(now=timezone.now())
    done(request, _("Every check was counted anew."))
    return redirect("sharing_desk:audit")


@require_safe
@door
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What one check finds, 25 rows a page."""
    reader_of(request)
    found, now = checking.called(code), timezone.now()
    counted = checking.count(found, now=now)
    turned = Paginator(range(counted.count), A_PAGE).get_page(request.GET.get("page"))
    rows = checking.a_page(found, turned.number, now=now)
    return page(
        request,
        "audit_check",
        found.name,
        counted=counted,
        facts=[
            Fact(_("What is counted"), str(found.counted)),
            Fact(_("Found now"), f"{counted.count:,}"),
            Fact(_("The oldest since"), spoken(counted.since)),
        ],
        table=_table(counted, rows),
        turned=turned,
        trail=[back()],
    )


@require_safe
@door
def check_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The same rows as a table for people's programs."""
    reader_of(request)
    found, now = checking.called(code), timezone.now()
    if form not in TYPES:
        raise Http404
    content = checking.csv_of(found, now=now) if form == Form.CSV else checking.xlsx_of(found, now=now)
    return as_file(content, TYPES[Form(form)], f"{found.code}-{timezone.localdate(now):%Y%m%d}.{form}")


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def waiting(officer: Officer) -> list[Group]:
    """Of auditors: the checks that need a look, for *My work*."""
    if not sampling.is_auditor(officer):
        return []
    every, _counted_at = checking.kept(now=timezone.now())
    counted = [each for each in every if each.needs_a_look]
    items = [
        Item(
            reverse("sharing_desk:audit_check", args=[each.check.code]),
            str(each.check.name),
            [str(each.words), f"{each.count:,}"],
            each.since if isinstance(each.since, datetime) else None,
        )
        for each in counted[:SHOWN]
    ]
    return [Group(_("Checks that need a look"), items, len(counted))]


def spoken(value: object) -> str:
    """A day or moment, as pages say it."""
    if isinstance(value, datetime):
        return moment(value)
    return spoken_day(value) if isinstance(value, date) else NOTHING


def _line(each: Counted) -> dict[str, Any]:
    return {
        "address": reverse("sharing_desk:audit_check", args=[each.check.code]),
        "name": each.check.name,
        "why": each.check.why,
        "count": each.count,
        "since": spoken(each.since) if each.count else "",
        "words": each.words,
        "colour": each.colour,
    }


def _table(counted: Counted, rows: Sequence[tuple[Any, ...]]) -> Table:
    columns = counted.check.columns
    shown = [[_cell(value, column.route) for value, column in zip(row, columns, strict=True)] for row in rows]
    caption = _("Those that have stood for longest first")
    return Table(caption, [column.label for column in columns], shown, empty=_("Nothing is found: in order."))


def _cell(value: Any, route: str) -> Cell:
    if value is None or value == "":
        return Cell(NOTHING, quiet=True)
    if isinstance(value, date):
        return Cell(spoken(value))
    if route and value != NOTHING:
        return Cell(value, href=reverse(route, args=[value]))
    return Cell(f"{value:,}" if isinstance(value, int) else value)
