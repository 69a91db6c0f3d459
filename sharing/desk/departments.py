"""The list of departments, the page of each, and how one is registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry import codes
from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import spoken_day
from registry.admin.sheets import Sheet
from registry.lifecycle import is_high_court_registrar
from sharing.departments import connected, joining
from sharing.departments.connected import Connection, Listening
from sharing.departments.models import Department, DeskAct, DeskActKind, Instrument, Measure, SharingProposal
from sharing.departments.portal.spoken import standing
from sharing.desk.forms import DepartmentForm
from sharing.desk.gate import department_called, reader_of, registrar_of
from sharing.desk.key_tables import keys_of, short
from sharing.desk.spoken import department_facts, moment, title_of, validity
from sharing.parties.models import Member
from sharing.tables import Cell, Table

DECIDED_SHOWN = ACTS_SHOWN = A_PAGE = 25


def every_department() -> Back:
    return Back(_("Departments"), reverse("sharing_desk:departments"))


def back_to(department: Department) -> Back:
    address = reverse("sharing_desk:department", args=[department.organisation.code])
    return Back(department.organisation.spoken_name, address)


@require_safe
@door
def departments(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    now = timezone.now()
    turned = Paginator(connected.every_department(), A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(each, now) for each in connected.connections(list(turned), now=now)]
    may = is_high_court_registrar(officer_of(request))
    return page(request, "departments", _("Departments"), rows=rows, turned=turned, most=connected.MOST, may=may)


@door
def new_department(request: HttpRequest) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()

    def examine(sheet: Sheet) -> None:
        joining.examine_joining(code=sheet["code"], uscc=sheet["uscc"], sector=sheet["sector"], now=now)

    def act(sheet: Sheet) -> HttpResponse:
        department = connected.join(**sheet.form.cleaned_data, officer=officer, now=now)
        done(
            request, _("Registered. It is told of nothing before two officers registered its instrument and a measure.")
        )
        return redirect("sharing_desk:department", department.organisation.code)

    return TwoSteps(
        title=_("Add a department"),
        button=_("Register the department"),
        back=every_department(),
        form=DepartmentForm,
        examine=examine,
        act=act,
    ).answer(request)


@require_safe
@door
def show_department(request: HttpRequest, code: str) -> HttpResponse:
    reader_of(request)
    department, now = department_called(code), timezone.now()
    found = connected.connection(department, now=now)
    may = is_high_court_registrar(officer_of(request))
    tables = (
        _instruments(department, now, may),
        _measures(department),
        _proposals(department),
        _endpoints(found.endpoints),
        _members(department, may),
        keys_of(
            department.organisation,
            revoke="revoke_department_key" if may else "",
            empty=_("None yet. Its owners make them in the portal."),
        ),
    )
    shown: dict[str, Any] = {
        "found": found,
        "facts": department_facts(department),
        "tables": tables,
        "story": _story(department),
    }
    name, trail = department.organisation.spoken_name, [every_department()]
    return page(request, "department", name, department=department, may=may, most=connected.MOST, trail=trail, **shown)


def _row(found: Connection, now: datetime) -> dict[str, object]:
    organisation = found.department.organisation
    return {
        "name": organisation.spoken_name,
        "code": organisation.code,
        "sector": codes.label("sectors", found.department.sector),
        "instrument": found.instrument,
        "validity": validity(found.instrument, now=now) if found.instrument else None,
        "measures": [measure.spoken_name for measure in found.measures],
        "endpoints": [_standing(each) for each in found.endpoints],
        "found": found,
    }


def _standing(each: Listening) -> dict[str, object]:
    word, colour = standing(each.endpoint, each.waiting)
    return {
        "cell": Cell(word, colour=colour),
        "heard": moment(each.endpoint.heard_at),
        "oldest": moment(each.oldest),
        "held": each.held,
    }


def _instruments(department: Department, now: datetime, may: bool) -> Table:
    rows = [
        (
            Cell(each.number, href=reverse("sharing_desk:instrument", args=[each.pk])),
            spoken_day(each.signed_on),
            spoken_day(each.expires_on),
            validity(each, now=now),
        )
        for each in department.instruments.order_by("-expires_on", "-pk")
    ]
    columns = (_("Number"), _("Signed on"), _("Expires on"), _("State"))
    empty = _("None yet. Propose one: nothing is shared without it.") if may else _("None yet.")
    return Table(_("Sharing instruments"), columns, rows, empty=empty)


def _measures(department: Department) -> Table:
    rows = [_measure(each) for each in connected.measures_of(department)]
    columns = (_("Measure"), _("Code"), _("Legal basis"), _("Sharing instrument"), _("State"))
    return Table(_("Measures"), columns, rows, empty=_("None yet. One is opened on the page of an instrument."))


def _measure(each: Measure) -> tuple[object, ...]:
    state = Cell(_("in force"), colour="green") if each.to_position is None else Cell(_("ended"), colour="grey")
    return (
        Cell(each.spoken_name, href=reverse("sharing_desk:measure", args=[each.pk])),
        each.code,
        _("information only") if each.information_only else each.basis,
        each.instrument.number,
        state,
    )


def _proposals(department: Department) -> Table:
    rows = SharingProposal.objects.filter(department=department).select_related(
        "outcome", "proposed_by", "measure", "instrument"
    )
    return Table(
        _("Proposals, the newest first"),
        (_("Proposal"), _("Proposed by"), _("When"), _("Outcome")),
        [_proposal(each) for each in rows.order_by("-proposed_at")[:DECIDED_SHOWN]],
        empty=_("None yet."),
    )


def _proposal(each: SharingProposal) -> tuple[object, ...]:
    outcome = getattr(each, "outcome", None)
    state = Cell(outcome.get_outcome_display(), colour="grey") if outcome else Cell(_("waiting"), colour="blue")
    address = reverse("sharing_desk:proposal", args=[each.pk])
    return Cell(title_of(each), href=address), str(each.proposed_by), moment(each.proposed_at), state


def _endpoints(endpoints: Iterable[Listening]) -> Table:
    rows = []
    for each in endpoints:
        address = reverse("sharing_desk:endpoint", args=[each.endpoint.pk])
        words = _standing(each)
        rows.append(
            (
                Cell(each.endpoint.url, href=address),
                words["cell"],
                words["heard"],
                words["oldest"],
                str(each.held),
            )
        )
    columns = (_("Address"), _("State"), _("Last took a message"), _("Oldest undelivered"), _("Listings held back"))
    return Table(_("Endpoints"), columns, rows, empty=_("None yet. The department adds its own in the portal."))


def _members(department: Department, may: bool) -> Table:
    rows = []
    for member in Member.objects.filter(organisation=department.pk).select_related("account").order_by("pk"):
        row = [member.name, member.get_role_display(), member.account.username, _may_sign_in(member)]
        if may:
            row.append(_switch(department, member))
        rows.append(row)
    columns = [_("Name"), _("Role"), _("User name"), _("State"), *([_("Possible now")] if may else [])]
    return Table(_("Members"), columns, rows, empty=_("None yet. Without one, nobody sees the department’s portal."))


def _may_sign_in(member: Member) -> Cell:
    if member.barred_at is not None:
        return Cell(_("shut out by the court"), colour="red")
    if not member.account.is_active:
        return Cell(_("shut out by an owner"), colour="grey")
    return Cell(_("may sign in"), colour="green")


def _switch(department: Department, member: Member) -> Cell:
    """Also of whom an owner shut out: then no owner lets him in again."""
    if member.barred_at is None:
        act, text = "shut_out_member", _("Shut %(name)s out")
    else:
        act, text = "let_member_in", _("Let %(name)s in again")
    address = reverse(f"sharing_desk:{act}", args=[department.organisation.code, member.pk])
    return Cell(text % {"name": member.name}, href=address)


def _story(department: Department) -> list[dict[str, object]]:
    """What single registrars did."""
    acts = DeskAct.objects.filter(department=department).select_related("officer").order_by("-at")[:ACTS_SHOWN]
    numbers = [int(each.about) for each in acts if _is_number(each.about)]
    names = dict(Member.objects.filter(pk__in=numbers).values_list("pk", "name"))
    return [
        {
            "sentence": each.get_act_display(),
            "about": _about(each, names),
            "at": each.at,
            "who": str(each.officer),
            "reason": each.reason,
        }
        for each in acts
    ]


def _about(act: DeskAct, names: Mapping[int, str]) -> str:
    if act.act == DeskActKind.KEY_REVOKED:
        return short(act.about)
    return names.get(int(act.about), "") if _is_number(act.about) else act.about


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def instrument_measures(instrument: Instrument) -> Table:
    rows = []
    for each in instrument.measures.select_related("instrument").order_by("-pk"):
        name, code, basis, _number, state = _measure(each)
        rows.append((name, code, basis, state))
    columns = (_("Measure"), _("Code"), _("Legal basis"), _("State"))
    return Table(_("Measures"), columns, rows, empty=_("None yet. Open one: nothing is told without it."))
