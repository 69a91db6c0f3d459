"""More questions for one campaign of an employer: what waits, what is asked for, and the decision of a registrar."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.sheets import Sheet, sheet_page
from registry.lifecycle import is_high_court_registrar
from sharing.desk.employer_figures import spoken_figures
from sharing.desk.employer_forms import AllowanceForm
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.spoken import moment
from sharing.employers.campaigns import allowances
from sharing.employers.models import Allowance, CampaignState, Employer
from sharing.employers.spoken import post_label, purpose_label
from sharing.tables import Cell, Table

A_PAGE = 25


def every_allowance() -> Back:
    return Back(_("Questions for campaigns"), reverse("sharing_desk:allowances"))


@require_safe
@door
def show_allowances(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    lead = _(
        "Employers that ask thousands of applicants for consent ask here for questions beyond those of a day. Not granted, a campaign goes on day by day."
    )
    title = _("Questions for campaigns")
    turned = Paginator(allowances.waiting(), A_PAGE).get_page(request.GET.get("page"))
    return page(request, "consents", title, tables=(_waiting(turned), _decided()), lead=lead, turned=turned)


@require_safe
@door
def show_allowance(request: HttpRequest, campaign_id: str) -> HttpResponse:
    reader_of(request)
    found, now = allowances.of(campaign_id), timezone.now()
    employer = Employer.objects.select_related("organisation").get(pk=found.campaign.employer_id)
    return page(
        request,
        "allowance",
        found.pk,
        allowance=found,
        employer=employer,
        facts=_facts(found, employer),
        figures=spoken_figures(employer, now),
        may=is_high_court_registrar(officer_of(request)),
        open=found.decided_at is None and found.campaign.state == CampaignState.OPEN,
        trail=[every_allowance()],
    )


@door
def decide(request: HttpRequest, campaign_id: str) -> HttpResponse:
    officer, found = registrar_of(request), allowances.of(campaign_id)
    sheet = Sheet(AllowanceForm(request.POST or None, initial={"questions": found.wanted}))

    def act() -> HttpResponse:
        given = {"officer": officer, "reason": sheet["reason"], "now": timezone.now()}
        allowances.decide(found.pk, sheet["questions"], **given)
        done(request, _("Decided. The employer is told by mail."))
        return redirect("sharing_desk:allowances")

    return sheet_page(
        request,
        sheet,
        _("Decide about the questions"),
        act,
        button=_("Decide"),
        back=Back(found.pk, reverse("sharing_desk:allowance", args=[found.pk])),
        hint=_("They hold for this campaign alone, until it ends. The employer reads the reason word for word."),
    )


def _waiting(turned: Page[Allowance]) -> Table:
    rows = [
        (_link(each), each.campaign.employer.spoken_name, each.wanted, moment(each.asked_at), _last_day(each))
        for each in turned
    ]
    columns = (_("Campaign"), _("Employer"), _("Questions wanted"), _("Asked at"), _("Last day"))
    caption = _("To decide, the oldest first")
    return Table(caption, columns, rows, empty=_("Nothing waits for you."), total=turned.paginator.count)


def _decided() -> Table:
    rows = [
        (
            _link(each),
            each.campaign.employer.spoken_name,
            each.wanted,
            each.granted,
            each.used,
            moment(each.decided_at),
            str(each.officer),
        )
        for each in allowances.decided()[: allowances.DECIDED_SHOWN]
    ]
    columns = (
        _("Campaign"), _("Employer"), _("Questions wanted"), _("Granted"), _("Used"), _("Decided at"), _("By"),
    )  # fmt: skip
    return Table(_("Decided lately"), columns, rows, empty=_("None."))


def _facts(found: Allowance, employer: Employer) -> list[Fact]:
    campaign = found.campaign
    facts = [
        Fact(_("Employer"), employer.organisation.name),
        Fact(_("Purpose"), purpose_label(campaign.purpose)),
        Fact(_("Post"), post_label(campaign.purpose, campaign.post)),
        Fact(_("Questions wanted"), str(found.wanted)),
        Fact(_("Why"), found.why),
        Fact(_("Asked at"), moment(found.asked_at)),
        Fact(_("Last day"), _last_day(found)),
        Fact(_("State"), str(CampaignState(campaign.state).label)),
        Fact(_("Questions a day"), str(employer.daily_quota)),
    ]
    if found.decided_at is not None:
        facts += [
            Fact(_("Granted"), str(found.granted)),
            Fact(_("Used"), str(found.used)),
            Fact(_("Reason"), found.reason),
            Fact(_("Decided at"), moment(found.decided_at)),
            Fact(_("By"), str(found.officer)),
        ]
    return facts


def _link(found: Allowance) -> Cell:
    return Cell(found.pk, href=reverse("sharing_desk:allowance", args=[found.pk]))


def _last_day(found: Allowance) -> str:
    return spoken_day(found.campaign.last_day)
