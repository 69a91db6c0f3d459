"""The code lists at the desk: what stands, how it came to be so, and changing it under four eyes.

For the registrars of the High Court and the auditors. Nobody's data is here, so no look is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry import actions, code_uses, codes, spreadsheets
from registry.actions.code_changes import refuse_not_changing, shape_of, standing
from registry.admin.code_words import changed_codes, entry_facts, list_title, said, state_of
from registry.admin.doors import done, officer_of, page
from registry.admin.facts import Fact
from registry.admin.forms_codes import EntryForm, NoticeForm, WhyForm
from registry.admin.sheets import Sheet, sheet_page
from registry.codes import Code
from registry.codes.shapes import CALENDAR, SHAPES
from registry.errors import NoSuchCodeList, WrongRole
from registry.lifecycle import is_high_court_registrar
from registry.models import CodeChange, CodeProposal, Officer
from registry.overseeing import sees_every_court

SHOWN = 50


@dataclass(frozen=True)
class Back:
    """Where the page belongs, and where *Cancel* leads."""

    title: str
    address: str


@dataclass(frozen=True)
class Row:
    address: str
    entry: Code
    said: list[Fact]
    state: str
    used: int


def refuse_not_reading(officer: Officer) -> None:
    if not sees_every_court(officer):
        raise WrongRole(act=_("read code lists"), roles=_("registrars of the High Court, auditors"))


def show_lists(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_reading(officer)
    rows = [
        (reverse("admin:code_list", args=[name]), list_title(name), name, len(codes.offered(name)), _retired(name))
        for name in SHAPES
    ]
    proposals = _proposals()[:SHOWN]
    return page(
        request,
        "code_lists",
        _("Code lists"),
        rows=sorted(rows, key=lambda row: row[1]),
        proposals=[(row, list_title(row.list_name)) for row in proposals],
        may_change=is_high_court_registrar(officer),
    )


def show_list(request: HttpRequest, list_name: str) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_reading(officer)
    shape = shape_of(list_name)
    used, changed, files = code_uses.uses(list_name), changed_codes(list_name), codes.in_files(list_name)
    rows = [
        Row(
            _address(list_name, code), entry, said(list_name, entry), state_of(entry, changed, files), used.get(code, 0)
        )
        for code, entry in codes.entries(list_name).items()
    ]
    return page(
        request,
        "code_list",
        capfirst(str(shape.label)),
        list_name=list_name,
        rows=rows,
        may_change=is_high_court_registrar(officer),
        closed=shape.closed,
        is_calendar=list_name == CALENDAR,
    )


def show_entry(request: HttpRequest, list_name: str, code: str) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_reading(officer)
    entry = standing(list_name, code)
    changes = CodeChange.objects.filter(code=code, proposal__list_name=list_name)
    changes = changes.select_related("proposal__proposed_by", "proposal__decided_by").order_by(
        "-proposal__proposed_at", "pk"
    )
    delivered = codes.in_files(list_name).get(code)
    return page(
        request,
        "code_entry",
        f"{code} · {entry.label}",
        list_name=list_name,
        list_title=list_title(list_name),
        code=code,
        facts=entry_facts(list_name, entry),
        used=code_uses.used(list_name, code),
        history=[(row.proposal, entry_facts(list_name, row.entry)) for row in changes],
        delivered=entry_facts(list_name, delivered) if delivered else None,
        may_change=is_high_court_registrar(officer),
        may_retire=not entry.retired and not SHAPES[list_name].closed,
    )


def add_entry(request: HttpRequest, list_name: str) -> HttpResponse:
    officer, shape = officer_of(request), shape_of(list_name)
    refuse_not_changing(officer)
    form = EntryForm(request.POST or None, list_name=list_name, shape=shape, before=None)

    def propose(**why: Any) -> CodeProposal:
        return actions.propose_addition(list_name, form.entry(), **why)

    return _sheet(request, list_name, form, propose, _("Add an entry"))


def change_entry(request: HttpRequest, list_name: str, code: str) -> HttpResponse:
    """A retired entry is offered again from here."""
    officer, before = officer_of(request), standing(list_name, code)
    refuse_not_changing(officer)
    form = EntryForm(request.POST or None, list_name=list_name, shape=shape_of(list_name), before=before)

    def propose(**why: Any) -> CodeProposal:
        return actions.propose_codes(list_name, [form.entry()], **why)

    return _sheet(request, list_name, form, propose, _("Change %(code)s") % {"code": code}, code)


def retire_entry(request: HttpRequest, list_name: str, code: str) -> HttpResponse:
    officer, entry = officer_of(request), standing(list_name, code)
    refuse_not_changing(officer)
    form = WhyForm(request.POST or None)

    def propose(**why: Any) -> CodeProposal:
        return actions.propose_retirement(list_name, code, **why)

    warned = [str(each) for each in code_uses.needs(list_name, code)]
    title = _("Retire %(code)s") % {"code": f"{code} · {entry.label}"}
    return _sheet(request, list_name, form, propose, title, code, warned)


def enter_notice(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_changing(officer)
    form = NoticeForm(request.POST or None)
    sheet = Sheet(form)

    def act() -> HttpResponse:
        proposal = actions.propose_notice(
            sheet["year"], sheet["days"], sheet["worked"], source=sheet["source"], officer=officer, now=timezone.now()
        )
        return _proposed(request, proposal)

    hint = _("Days off and days worked of one year, as the State Council announced them. A second registrar decides.")
    return sheet_page(
        request, sheet, _("Enter the yearly holidays"), act, button=_("Propose"), hint=hint, back=_back(CALENDAR)
    )


def export_list(request: HttpRequest, list_name: str, kind: str) -> HttpResponse:
    """As it stands. The JSON has the form of the operator's files."""
    refuse_not_reading(officer_of(request))
    shape_of(list_name)
    entries = list(codes.entries(list_name).values())
    if kind == "json":
        body = json.dumps([_plain(each) for each in entries], ensure_ascii=False, indent=1)
        response = HttpResponse(body, content_type="application/json")
    elif kind == "csv":
        header, *rows = _rows(list_name, entries)
        file = spreadsheets.unsealed_csv_file(header, rows)
        response = HttpResponse(b"".join(file), content_type="text/csv; charset=utf-8")
    else:
        raise NoSuchCodeList
    response["Content-Disposition"] = f'attachment; filename="{list_name}.{kind}"'
    return response


def _rows(list_name: str, entries: list[Code]) -> Iterator[list[str]]:
    names = [member.name for member in SHAPES[list_name].members]
    yield ["code", "zh", "en", *names, "retired"]
    for each in entries:
        values = [each.code, each.zh, each.en, *(each.extra.get(name) for name in names), each.retired or ""]
        yield [_cell(value) for value in values]


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(entry: Code) -> dict[str, Any]:
    row: dict[str, Any] = {"code": entry.code, "zh": entry.zh, "en": entry.en, **entry.extra}
    return {**row, "retired": True} if entry.retired else row


def _sheet(
    request: HttpRequest,
    list_name: str,
    form: WhyForm,
    propose: Callable[..., CodeProposal],
    title: str,
    code: str = "",
    warned: list[str] | None = None,
) -> HttpResponse:
    sheet = Sheet(form)

    def act() -> HttpResponse:
        why = {name: sheet[name] for name in ("source", "reason")}
        return _proposed(request, propose(**why, officer=officer_of(request), now=timezone.now()))

    hint = _(
        "A second registrar of the High Court decides. It holds from then on; what was entered and told before stands."
    )
    back = _back(list_name, code)
    return sheet_page(request, sheet, title, act, button=_("Propose"), hint=hint, back=back, warned=warned)


def _proposed(request: HttpRequest, proposal: CodeProposal) -> HttpResponse:
    done(request, _("Proposed. A second registrar of the High Court decides."))
    return redirect("admin:code_proposal", proposal.pk)


def _back(list_name: str, code: str = "") -> Back:
    if code:
        return Back(code, _address(list_name, code))
    return Back(capfirst(list_title(list_name)), reverse("admin:code_list", args=[list_name]))


def _address(list_name: str, code: str) -> str:
    return reverse("admin:code_entry", args=[list_name, code])


def _retired(list_name: str) -> int:
    return sum(entry.retired for entry in codes.entries(list_name).values())


def _proposals() -> Any:
    waiting_first = CodeProposal.objects.select_related("proposed_by", "decided_by")
    return waiting_first.order_by("-proposed_at", "pk")
