"""Open recalls, recipient by recipient: how many, since when, who is in charge; what was confirmed on paper is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from registry.actions.acting import PAPER_MOST, today
from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import spoken_day
from registry.admin.fields import NOTHING_CHOSEN, Choice, Day, Reason, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.assessment import rules
from registry.errors import HighCourtRegistrarNeeded, NoSuchRecipient
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from registry.overseeing import refuse_unless_high_court
from sharing.departments import escalating, institutions, recording
from sharing.departments.models import Recall
from sharing.desk.cut import cut
from sharing.desk.gate import registrar_of
from sharing.desk.not_taken import not_taken, number
from sharing.desk.spoken import moment
from sharing.employers import recalling
from sharing.employers.models import RecallCause, ResultRecall
from sharing.parties.models import Organisation, OrganisationKind
from sharing.recalls import duties, recipients
from sharing.recalls.recipients import Owing
from sharing.tables import Cell, Table

SHOWN = 100  # of one recipient at once
A_PAGE = 25  # recipients


class PaperForm(SheetForm):
    """``recalls``: what the paper is about, as the recipient's page lists it."""

    recalls = forms.MultipleChoiceField(
        label=gettext_lazy("What it confirmed"), widget=forms.CheckboxSelectMultiple, error_messages={}
    )
    purged_on = Day(label=gettext_lazy("Purged on"), help_text=gettext_lazy("The day that its letter names."))
    reference = Words(
        label=gettext_lazy("Its letter"),
        max_length=PAPER_MOST,
        help_text=gettext_lazy("Number and date of the letter, without names or document numbers."),
    )
    with_institutions = forms.BooleanField(
        label=gettext_lazy("The letter says that every institution it had told has purged, too"), required=False
    )

    def __init__(self, data: Mapping[str, Any] | None, choices: list[tuple[str, str]], *, department: bool) -> None:
        super().__init__(data)
        recalls = self.fields["recalls"]
        assert isinstance(recalls, forms.MultipleChoiceField)
        recalls.choices = choices
        if not department:
            del self.fields["purged_on"], self.fields["with_institutions"]


class DutyForm(SheetForm):
    reason = Reason()

    def __init__(self, data: Mapping[str, Any] | None, officers: list[Officer]) -> None:
        super().__init__(data)
        choices = [NOTHING_CHOSEN, *((str(each.pk), str(each)) for each in officers)]
        self.fields = {"officer": Choice(choices, label=_("In charge from now on")), **self.fields}


@require_safe
@door
def recalls(request: HttpRequest) -> HttpResponse:
    refuse_unless_high_court(officer_of(request))
    now = timezone.now()
    turned = Paginator(recipients.ranked(now=now), A_PAGE).get_page(request.GET.get("page"))
    table = _table(recipients.described(list(turned), now=now), turned.paginator.count)
    tables = [table, *([missing] if (missing := not_taken()) else [])]
    lead = _(
        "Who was told of what is withdrawn, or was answered with what is recalled, and has not confirmed yet. People there are told on days 1, 3 and 7 and every week from then on; who is a week late or cannot be reached is the duty of an officer by name."
    )
    return page(request, "consents", _("Open recalls"), lead=lead, tables=tables, turned=turned)


@require_safe
@door
def recalls_of(request: HttpRequest, code: str) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless_high_court(officer)
    organisation = _called(code)
    owing = next(iter(recipients.owing(now=timezone.now(), of=organisation)), None)
    return page(
        request,
        "recalls_of",
        organisation.spoken_name,
        organisation=organisation,
        owing=owing,
        table=_open(organisation, timezone.now()),
        not_taken=not_taken(organisation),
        may=is_high_court_registrar(officer) and (owing is not None or _may_be_confirmed(organisation)),
        trail=[every_recall()],
    )


@door
def record_on_paper(request: HttpRequest, code: str) -> HttpResponse:
    officer, organisation = registrar_of(request), _called(code)
    is_department = organisation.kind == OrganisationKind.DEPARTMENT
    sheet = Sheet(PaperForm(request.POST or None, _choices(organisation), department=is_department))

    def act() -> HttpResponse:
        closed = _record(organisation, sheet, officer)
        done(
            request,
            ngettext("%(count)s recall is closed.", "%(count)s recalls are closed.", closed) % {"count": closed},
        )
        return redirect("sharing_desk:recalls_of", code)

    title = _("%(name)s: confirmed on paper") % {"name": organisation.spoken_name}
    hint = _("For a recipient that can say it neither by program nor in the portal. Your name stands beside it.")
    return sheet_page(request, sheet, title, act, button=_("Record it"), hint=hint, back=_back_to(organisation))


@door
def name_duty(request: HttpRequest, code: str) -> HttpResponse:
    officer, organisation = registrar_of(request), _called(code)
    officers = duties.registrars()
    sheet = Sheet(DutyForm(request.POST or None, officers))

    def act() -> HttpResponse:
        chosen = next((each for each in officers if str(each.pk) == sheet["officer"]), None)
        if chosen is None:
            raise HighCourtRegistrarNeeded("officer")
        duties.name(organisation, chosen, by=officer, reason=sheet["reason"], now=timezone.now())
        done(request, _("In charge from now on: %(officer)s.") % {"officer": chosen})
        return redirect("sharing_desk:recalls_of", code)

    title = _("%(name)s: who is in charge") % {"name": organisation.spoken_name}
    hint = _("This officer sees to it that everything is confirmed, by whatever way the recipient can be reached.")
    return sheet_page(request, sheet, title, act, button=_("Name"), hint=hint, back=_back_to(organisation))


def every_recall() -> Back:
    return Back(_("Open recalls"), reverse("sharing_desk:recalls"))


def _called(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NoSuchRecipient
    return found


def _back_to(organisation: Organisation) -> Back:
    return Back(organisation.spoken_name, reverse("sharing_desk:recalls_of", args=[organisation.code]))


def _record(organisation: Organisation, sheet: Sheet, officer: Officer) -> int:
    now, chosen = timezone.now(), sheet["recalls"]
    if organisation.kind == OrganisationKind.EMPLOYER:
        return recalling.confirm_on_paper(
            chosen, employer_id=organisation.pk, reference=sheet["reference"], officer=officer, now=now
        )
    return recording.record_on_paper(
        [int(each) for each in chosen],
        department_id=organisation.pk,
        purged_on=sheet["purged_on"],
        reference=sheet["reference"],
        with_institutions=sheet["with_institutions"],
        officer=officer,
        now=now,
    )


def _table(found: list[Owing], total: int) -> Table:
    rows = [
        (
            Cell(
                each.organisation.spoken_name,
                href=reverse("sharing_desk:recalls_of", args=[each.organisation.code]),
            ),
            OrganisationKind(each.organisation.kind).label,
            each.open,
            Cell(each.overdue, colour="red") if each.overdue else Cell(0, quiet=True),
            moment(each.since),
            moment(each.told_at),
            _in_charge(each),
        )
        for each in found
    ]
    columns = (
        _("Recipient"), _("Kind"), _("Open"), _("Overdue"), _("The oldest since"), _("People told"), _("In charge"),
    )  # fmt: skip
    caption = _("Recipients that have not confirmed, the latest first")
    return Table(caption, columns, rows, empty=_("Every recall is confirmed."), total=total)


def _in_charge(owing: Owing) -> Cell:
    if owing.officer is not None:
        return Cell(str(owing.officer))
    if owing.needs_somebody:
        return Cell(_("nobody yet: name somebody"), colour="red")
    return Cell("—", quiet=True)


def _open(organisation: Organisation, now: datetime) -> Table:
    if organisation.kind == OrganisationKind.EMPLOYER:
        return _open_results(organisation)
    day, calendar = today(now), rules().calendar
    found, total = cut(_recalls(organisation), SHOWN)
    outstanding = institutions.outstanding_each(found)
    rows = [
        (
            number(each.listing),
            each.position,
            moment(each.opened_at),
            spoken_day(each.due_on),
            escalating.working_days_late(each.due_on, day, calendar),
            ", ".join(str(one) for one in outstanding[each.pk]) or "—",
        )
        for each in found
    ]
    columns = (
        _("Listing"), _("Position"), _("Since"), _("Due"), _("Working days late"), _("Institutions that owe it an answer"),
    )  # fmt: skip
    return Table(_("Open recalls, the oldest first"), columns, rows, empty=_("Every recall is confirmed."), total=total)


def _open_results(organisation: Organisation) -> Table:
    found, total = cut(_results(organisation), SHOWN)
    rows = [
        (
            Cell(each.pk, href=reverse("sharing_desk:result", args=[each.pk])),
            capfirst(RecallCause(each.cause).label),
            moment(each.opened_at),
        )
        for each in found
    ]
    columns = (_("Screening"), _("Cause"), _("Since"))
    return Table(_("Open recalls, the oldest first"), columns, rows, empty=_("Every recall is confirmed."), total=total)


def _recalls(organisation: Organisation) -> QuerySet[Recall]:
    found = Recall.objects.filter(department=organisation, closed_by=None).select_related("listing")
    return found.order_by("position")


def _results(organisation: Organisation) -> QuerySet[ResultRecall]:
    return recalling.open_recalls(organisation.pk).order_by("opened_at", "pk")


def _may_be_confirmed(organisation: Organisation) -> bool:
    """Whether `_choices` has any, without reading them."""
    if organisation.kind == OrganisationKind.EMPLOYER:
        return recalling.open_recalls(organisation.pk).exists()
    return institutions.to_be_confirmed(organisation.pk).exists()


def _choices(organisation: Organisation) -> list[tuple[str, str]]:
    if organisation.kind == OrganisationKind.EMPLOYER:
        return [(each.pk, f"{each.pk} · {moment(each.opened_at)}") for each in _results(organisation)[:SHOWN]]
    rows = institutions.to_be_confirmed(organisation.pk).select_related("listing").order_by("position")
    found = list(rows[:SHOWN])
    # Of those that are closed without them: the institutions that were named to the court instead.
    named = institutions.unconfirmed_each([each for each in found if each.closed_by_id is not None])
    return [
        (str(each.pk), " · ".join((each.listing.number, moment(each.opened_at), *map(str, named.get(each.pk, ())))))
        for each in found
    ]
