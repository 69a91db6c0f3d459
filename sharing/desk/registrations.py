"""Organisations that ask to be admitted: what waits, what they sent, and the decision of a registrar of the High Court."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page, said_no
from registry.admin.facts import Fact, spoken_day
from registry.admin.saving import to_save
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import Text
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from sharing.desk.cut import cut
from sharing.desk.employer_forms import RegisteredForm
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.spoken import NOTHING, moment
from sharing.employers import registration_tries, registrations
from sharing.employers.models import UNDER_WAY, Registration, RegistrationAct, RegistrationState
from sharing.employers.purposes import purposes
from sharing.tables import Cell, Table

SHOWN = 100

Decide = Callable[..., None]


def every_registration() -> Back:
    return Back(_("Registrations"), reverse("sharing_desk:registrations"))


@require_safe
@door
def show_registrations(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    return page(request, "consents", _("Registrations"), tables=(_waiting(), _asked(), _decided()), lead=_lead())


@require_safe
@door
def show_registration(request: HttpRequest, number: str) -> HttpResponse:
    reader_of(request)
    found = registrations.numbered(number)
    return page(
        request,
        "registration",
        found.pk,
        registration=found,
        facts=_facts(found),
        enclosures=list(found.enclosures.order_by("sent_at")),
        tables=(_acts(found),),
        may=is_high_court_registrar(officer_of(request)),
        open=found.state in UNDER_WAY,
        may_ask=found.state in registrations.FOR_THE_COURT,
        may_invite=registrations.waits_for_owner(found),
        trail=[every_registration()],
    )


@require_POST
@door
def look(request: HttpRequest, number: str, enclosure_id: str) -> HttpResponse:
    """The file to save: nothing in it runs in the desk's pages. The look is on record."""
    officer = registrar_of(request)
    kept = registrations.look(number, enclosure_id, officer=officer, now=timezone.now())
    return to_save(kept.content, kept.media_type, number)


@require_POST
@door
def look_at_contact(request: HttpRequest, number: str) -> HttpResponse:
    """Who speaks for the organisation. The look is on record."""
    contact = registrations.contact_of(number, officer=registrar_of(request), now=timezone.now())
    facts = [
        Fact(_("Contact"), contact["name"]),
        Fact(_("E-mail"), contact["email"]),
        Fact(_("Telephone"), contact["phone"]),
    ]
    trail = [every_registration(), Back(number, reverse("sharing_desk:registration", args=[number]))]
    response = page(request, "registration_contact", _("Contact"), facts=facts, trail=trail)
    response["Cache-Control"] = "no-store"
    return response


@door
def admit(request: HttpRequest, number: str) -> HttpResponse:
    officer, found, now = registrar_of(request), registrations.numbered(number), timezone.now()

    def examine(sheet: Sheet) -> None:
        given = {"code": sheet["code"], "admitted_for": sheet["admitted_for"]}
        registrations.examine(found, **given, officer=officer, now=now)

    def act(sheet: Sheet) -> HttpResponse:
        typed = {name: value for name, value in sheet.form.cleaned_data.items() if name != "uscc"}
        employer = registrations.admit(found.pk, **typed, officer=officer, now=now)
        done(request, _("Admitted. The contact is invited by mail."))
        return redirect("sharing_desk:employer", employer.organisation.code)

    return TwoSteps(
        title=_("Admit an employer"),
        button=_("Admit the employer"),
        back=_back_to(found),
        form=lambda typed: RegisteredForm(typed, registration=found),
        examine=examine,
        act=act,
    ).answer(request)


@door
def ask_more(request: HttpRequest, number: str) -> HttpResponse:
    hint = _("What is missing; the organisation reads it word for word.")
    said = _("Asked. The contact is written to.")
    return _with_reason(request, number, _("Ask for more"), registrations.ask_more, hint, said)


@door
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    hint = _("Why; the organisation reads it word for word. What it enclosed is destroyed at once.")
    said = _("Refused. The contact is written to.")
    return _with_reason(request, number, _("Refuse the registration"), registrations.refuse, hint, said)


@require_POST
@door
def invite_again(request: HttpRequest, number: str) -> HttpResponse:
    officer = registrar_of(request)
    if not said_no(request, lambda: registrations.invite_again(number, officer=officer, now=timezone.now())):
        done(request, _("Another invitation goes out by mail."))
    return redirect("sharing_desk:registration", number)


def _with_reason(
    request: HttpRequest, number: str, title: Text, decide: Decide, hint: Text, said: Text
) -> HttpResponse:
    officer, found = registrar_of(request), registrations.numbered(number)
    sheet = Sheet(ReasonForm(request.POST or None))

    def act() -> HttpResponse:
        decide(found.pk, officer=officer, reason=sheet["reason"], now=timezone.now())
        done(request, said)
        return redirect("sharing_desk:registrations")

    shown: dict[str, Any] = {"button": title, "back": _back_to(found), "hint": hint}
    return sheet_page(request, sheet, title, act, **shown)


def _lead() -> str:
    told = _(
        "Organisations that registered themselves and confirmed their mail address. They were told: usually two working days."
    )
    tries = registration_tries.in_the_last_hour(timezone.now())
    if not registration_tries.is_flood(tries):
        return told
    more = _("%(tries)s were sent within the last hour, more than usual: each network may send fewer for now.")
    return f"{told} {more % {'tries': tries}}"


def _waiting() -> Table:
    day = timezone.localdate()
    found, total = cut(registrations.waiting(), SHOWN)
    rows = [
        (
            _link(each),
            each.name,
            RegistrationState(each.state).label,
            moment(each.waiting_since),
            registrations.working_days_waiting(each, day),
            _due(registrations.decide_by(each), day),
        )
        for each in found
    ]
    columns = (
        _("Number"), _("Organisation"), _("State"), _("Waiting since"), _("Working days"), _("To be decided by"),
    )  # fmt: skip
    return Table(
        _("Registrations to decide, the oldest first"), columns, rows, empty=_("Nothing waits for you."), total=total
    )


def _asked() -> Table:
    asked = Registration.objects.filter(state=RegistrationState.MORE).order_by("waiting_since", "pk")
    found, total = cut(asked, SHOWN)
    rows = [(_link(each), each.name, moment(each.waiting_since)) for each in found]
    columns = (_("Number"), _("Organisation"), _("Asked for more at"))
    return Table(_("Waiting for the organisation’s answer"), columns, rows, empty=_("None."), total=total)


def _decided() -> Table:
    acts = RegistrationAct.Act
    decisions = RegistrationAct.objects.filter(act__in=(acts.ADMIT, acts.REFUSE, acts.LAPSE))
    rows = [
        (
            _link(each.registration),
            each.registration.name,
            moment(each.at),
            acts(each.act).label,
            _by(each.officer),
        )
        for each in decisions.select_related("registration", "officer__account").order_by("-at", "pk")[:SHOWN]
    ]
    columns = (_("Number"), _("Organisation"), _("Decided at"), _("Decided"), _("By"))
    return Table(_("Decided lately"), columns, rows, empty=_("None."))


def _acts(found: Registration) -> Table:
    rows = [
        (moment(each.at), RegistrationAct.Act(each.act).label, each.reason or NOTHING, _who(each))
        for each in found.acts.select_related("officer__account").order_by("-at", "pk")
    ]
    columns = (_("At"), _("What was done"), _("Reason"), _("By"))
    return Table(_("What was done about it"), columns, rows, empty=_("Nothing yet."))


def _facts(found: Registration) -> list[Fact]:
    known = purposes()
    named = [known[code].label if code in known else code for code in found.purposes]
    state = RegistrationState(found.state)
    facts = [
        Fact(_("State"), str(state.label)),
        Fact(_("Organisation"), found.name),
        Fact(_("English name"), found.name_en or NOTHING),
        Fact(_("Unified social credit code"), found.uscc),
        Fact(_("Address"), found.address),
        Fact(_("Legal basis"), found.legal_basis),
        Fact(_("Purposes"), _("; ").join(named)),
        Fact(_("Contact"), _("sealed") if found.contact_sealed else _("destroyed")),
        Fact(_("Sent at"), moment(found.sent_at)),
    ]
    if found.state in registrations.FOR_THE_COURT:
        facts.append(Fact(_("To be decided by"), spoken_day(registrations.decide_by(found))))
    return facts


def _due(last: date, day: date) -> Cell:
    return Cell(f"{spoken_day(last)} · {_('overdue')}", colour="red") if last < day else Cell(spoken_day(last))


def _link(found: Registration) -> Cell:
    return Cell(found.pk, href=reverse("sharing_desk:registration", args=[found.pk]))


def _back_to(found: Registration) -> Back:
    return Back(found.pk, reverse("sharing_desk:registration", args=[found.pk]))


def _who(act: RegistrationAct) -> str:
    if act.act in (RegistrationAct.Act.CONFIRM, RegistrationAct.Act.ANSWER):
        return _("the organisation")
    return _by(act.officer)


def _by(officer: Officer | None) -> str:
    return str(officer or _("by the clock"))
