"""Who may ask: the employers, what each asked, what looks like guessing, and who may not ask for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry import once
from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import NoSuchEmployer, Text
from registry.lifecycle import is_high_court_registrar
from sharing.desk import consents
from sharing.desk.employer_figures import share, spoken_figures
from sharing.desk.employer_forms import CallInForm, EmployerForm
from sharing.desk.employer_tables import acts_of, members_of
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.key_tables import keys_of
from sharing.desk.spoken import NOTHING, moment, networks_fact
from sharing.desk.switching import carried, is_done_already
from sharing.employers import admission, anomalies, calling, figures, overseeing, registrations
from sharing.employers.anomalies import Answers
from sharing.employers.campaigns import allowances
from sharing.employers.figures import Figures
from sharing.employers.models import Employer, EmployerAlarm
from sharing.employers.purposes import purposes
from sharing.tables import Cell, Table

CALLED_AT_ONCE = 10
A_PAGE = 25


def every_employer() -> Back:
    return Back(_("Employers"), reverse("sharing_desk:employers"))


def back_to(employer: Employer) -> Back:
    return Back(employer.organisation.spoken_name, _address(employer))


@require_safe
@door
def employers(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    now = timezone.now()
    every = figures.of_all(now=now)
    together = anomalies.answers(every)
    found = Employer.objects.select_related("organisation").order_by("organisation__name", "pk")
    turned = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    columns = (
        _("Employer"), _("State"), _("Questions"), _("Listed"), _("Share of listed answers"), _("No answer yet"),
        _("Names that do not fit"), _("Days with the quota used up"), _("Enrolled in monitoring"), _("Last asked"),
    )  # fmt: skip
    table = Table(
        _("Employers, and what they asked in the last %(days)s days") % {"days": figures.DAYS},
        columns,
        [_row(each, every.get(each.pk, Figures()), together) for each in turned],
        empty=_("None yet."),
        total=turned.paginator.count,
    )
    may = is_high_court_registrar(officer_of(request))
    counted = {
        "waiting": consents.waiting().count() + consents.waiting_codes().count(),
        "registered": registrations.waiting().count(),
        "wanted": allowances.waiting().count(),
    }
    counted["alarmed"] = overseeing.alarms(now=now).count()
    return page(request, "employers", _("Employers"), table=table, turned=turned, may=may, **counted)


@door
def new_employer(request: HttpRequest) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()

    def examine(sheet: Sheet) -> None:
        admission.examine(
            code=sheet["code"], uscc=sheet["uscc"], admitted_for=sheet["admitted_for"], officer=officer, now=now
        )

    def act(sheet: Sheet) -> HttpResponse:
        employer = admission.admit(**sheet.form.cleaned_data, approved_by=officer, now=now)
        done(request, _("Admitted. It asks once it has a member or a key."))
        return redirect("sharing_desk:employer", employer.organisation.code)

    return TwoSteps(
        title=_("Admit an employer"),
        button=_("Admit the employer"),
        back=every_employer(),
        form=EmployerForm,
        examine=examine,
        act=act,
    ).answer(request)


@require_safe
@door
def show_employer(request: HttpRequest, code: str) -> HttpResponse:
    reader_of(request)
    employer, now = employer_called(code), timezone.now()
    may = is_high_court_registrar(officer_of(request))
    return page(
        request,
        "employer",
        employer.organisation.spoken_name,
        employer=employer,
        facts=_facts(employer),
        figures=spoken_figures(employer, now),
        tables=(
            members_of(employer, may=may),
            _keys(employer, may=may),
            _doubts(employer, now, may=may),
            _alarms(employer, now),
            acts_of(employer),
        ),
        may=may,
        trail=[every_employer()],
    )


@door
def switch_employer(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend it, or let it ask again; with a reason."""
    officer, employer = registrar_of(request), employer_called(code)
    suspended = employer.organisation.suspended_at is not None
    title = _("Let it ask again") if suspended else _("Suspend the employer")
    switch = overseeing.resume if suspended else overseeing.suspend
    does = "resume" if suspended else "suspend"
    if is_done_already(request, does):
        return redirect(_address(employer))

    def act(sheet: Sheet) -> None:
        switch(employer, officer=officer, reason=sheet["reason"], now=timezone.now())
        done(request, _("It may ask again.") if suspended else _("Suspended. Nobody asks for it from now on."))

    hint = (
        ""
        if suspended
        else _(
            "Nobody asks for it from now on, and its programs are shut out at once. Its members still read what was answered and show the forms that are called in."
        )
    )
    sheet = Sheet(ReasonForm(request.POST or None))
    return with_reason(request, employer, title, sheet, act, hint, carried=carried(does))


@door
def call_in_forms(request: HttpRequest, code: str) -> HttpResponse:
    """The signed forms of its last answered questions, beyond the share that is drawn."""
    officer, employer = registrar_of(request), employer_called(code)
    sheet = Sheet(CallInForm(request.POST or None, initial={"forms": CALLED_AT_ONCE}))

    def act(sheet: Sheet) -> None:
        given = {"officer": officer, "reason": sheet["reason"], "now": timezone.now()}
        with transaction.atomic():
            if not once.is_first(request, officer):
                messages.info(request, _("This was sent before: no further forms were called in."))
                return
            number = calling.call_in_of(employer, sheet["forms"], **given)
        done(request, _("Called in: %(number)s forms. The employer is told by mail.") % {"number": number})

    hint = _("Of its last answered questions. Each form is due in five working days.")
    sent = {once.FIELD: once.key_of(request)}
    return with_reason(request, employer, _("Call in signed forms"), sheet, act, hint, carried=sent)


def employer_called(code: str) -> Employer:
    """Raises `NoSuchEmployer`."""
    found = Employer.objects.select_related("organisation").filter(organisation__code=code).first()
    if found is None:
        raise NoSuchEmployer
    return found


def with_reason(
    request: HttpRequest,
    employer: Employer,
    title: Text,
    sheet: Sheet,
    act: Callable[[Sheet], None],
    hint: Text,
    *,
    carried: Mapping[str, str] | None = None,
) -> HttpResponse:
    """``carried``: hidden fields of the form."""

    def acted() -> HttpResponse:
        act(sheet)
        return redirect(_address(employer))

    shown: dict[str, Any] = {"button": title, "back": back_to(employer), "hint": hint}
    shown["carried"] = carried or {}
    return sheet_page(request, sheet, title, acted, **shown)


def _address(employer: Employer) -> str:
    return reverse("sharing_desk:employer", args=[employer.organisation.code])


def _state(employer: Employer) -> Cell:
    if employer.organisation.suspended_at is not None:
        return Cell(_("may not ask"), colour="red")
    return Cell(_("may ask"), colour="green")


def _row(employer: Employer, found: Figures, together: Answers) -> tuple[object, ...]:
    hits = anomalies.hits(found, together)
    many = found.names >= overseeing.many_names()
    return (
        Cell(employer.organisation.spoken_name, href=_address(employer)),
        _state(employer),
        found.questions,
        found.listed,
        Cell(share(found.listed, found.answered), colour="orange" if hits and hits.surprising else None),
        found.pending,
        Cell(found.names, colour="orange" if many else None),
        found.quota_days,
        Cell(found.enrolled, colour="orange" if found.doubted else None),
        moment(found.last_asked),
    )


def _facts(employer: Employer) -> list[Fact]:
    organisation, known = employer.organisation, purposes()
    named = [known[code].label if code in known else code for code in employer.purposes]
    return [
        Fact(_("Name"), organisation.name),
        Fact(_("English name"), organisation.name_en or NOTHING),
        Fact(_("Code"), organisation.code),
        Fact(_("Unified social credit code"), organisation.uscc),
        Fact(_("State"), str(_state(employer).text)),
        Fact(_("Legal basis"), employer.legal_basis),
        Fact(_("Purposes"), _("; ").join(named)),
        Fact(_("Questions a day"), str(employer.daily_quota)),
        networks_fact(organisation),
        Fact(_("Most employees enrolled"), str(employer.monitored_most)),
    ]


def _keys(employer: Employer, *, may: bool) -> Table:
    revoke = "revoke_employer_key" if may else ""
    return keys_of(
        employer.organisation, revoke=revoke, empty=_("None yet: it asks in the portal. Its owners make them there.")
    )


def _doubts(employer: Employer, now: datetime, *, may: bool) -> Table:
    """The employer is told of nothing, and its form is called in: one that names somebody else ends the monitoring."""
    code = employer.organisation.code
    rows = [
        (
            Cell(each.pk, href=reverse("sharing_desk:end_monitoring", args=[code, each.pk]) if may else ""),
            moment(each.enrolled_at),
            moment(each.doubted_at),
        )
        for each in overseeing.in_doubt(employer, now=now)
    ]
    caption = _("Monitored, and a listing bears the number with another name: compare the form that is called in")
    return Table(caption, (_("Monitoring"), _("Enrolled at"), _("In doubt since")), rows, empty=_("None."))


def _alarms(employer: Employer, now: datetime) -> Table:
    rows = [
        (moment(each.at), Cell(EmployerAlarm.Kind(each.kind).label, href=reverse("sharing_desk:alarms")), each.count)
        for each in overseeing.recent_alarms(employer, now=now)
    ]
    return Table(_("Alarms"), (_("Raised at"), _("Alarm"), _("How many")), rows, empty=_("None."))
