"""Is my side healthy: each endpoint in one line, what is owed, and where to go for what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry import codes
from sharing.access import members_only
from sharing.delivery import backlog
from sharing.delivery.models import Endpoint, Held
from sharing.departments import alarms, connected, owing, untaken
from sharing.departments.models import Department, Recall
from sharing.departments.portal import spoken
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import standing
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table, moment

ALARMS, NOT_TAKEN = 25, 25
MOST = 1000  # counted up to here; more is said as "1,000 or more"


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    department = Department.objects.get(pk=member.organisation_id)
    endpoints = list(Endpoint.objects.filter(department_id=department.pk).order_by("pk"))
    return page(
        request,
        member,
        "overview",
        here="overview",
        endpoints=_endpoints(endpoints) if endpoints else None,
        steps=[] if endpoints else _first_steps(),
        owed=owing.count(department.pk, MOST),
        recalls=Recall.objects.filter(department_id=department.pk, closed_by=None).count(),
        overdue=Recall.objects.filter(
            department_id=department.pk, closed_by=None, due_on__lt=timezone.localdate()
        ).count(),
        not_taken=spoken.not_taken(untaken.of(department.pk, limit=NOT_TAKEN)) if endpoints else None,
        instrument=department.instruments.order_by("-expires_on").first(),
        measures=_measures(department),
        alarms=spoken.alarms(found, of_all=True) if (found := alarms.outages(department.pk, ALARMS)) else None,
        at=timezone.localtime(),
        most=MOST,
    )


def _endpoints(endpoints: list[Endpoint]) -> Table:
    rows = []
    for endpoint in endpoints:
        waiting = backlog.count(endpoint.department_id, endpoint.cursor, most=MOST)
        word, colour = standing(endpoint, waiting)
        rows.append(
            (
                Cell(endpoint.url, href=reverse("department:endpoint", args=[endpoint.pk])),
                Cell(word, colour=colour),
                moment(endpoint.heard_at),
                waiting,
                Held.objects.filter(endpoint=endpoint).count(),
            )
        )
    return Table(
        _("Endpoints"),
        (_("Address"), _("State"), _("Last took a message"), _("Waiting"), _("Listings held back")),
        rows,
        figures=frozenset({3, 4}),
    )


def _measures(department: Department) -> Table:
    rows = [
        (
            each.spoken_name,
            Cell(each.code, lang="en"),
            _("information only") if each.information_only else each.basis,
            "; ".join(codes.label("articles", article) for article in each.articles),
            "; ".join(codes.label("facts", fact) for fact in each.facts) or "—",
            each.longest_months or _("as long as the listing"),
        )
        for each in connected.measures_of(department).filter(to_position=None)
    ]
    columns = (
        _("Measure"),
        _("In the messages"),
        _("Legal basis"),
        _("Articles of the offence"),
        _("Facts needed"),
        _("Longest term in months"),
    )
    return Table(_("What you may do"), columns, rows, empty=_("No measure is in force: you are told of no listing."))


def _first_steps() -> list[dict[str, object]]:
    return [
        {
            "title": _("Add your endpoint"),
            "href": reverse("department:add_endpoint"),
            "hint": _("An https address of your program; its secret is shown once"),
            "state": _("Now"),
            "colour": "blue",
        },
        {
            "title": _("Send a test message"),
            "href": "",
            "hint": _("Its answer stands on the same page"),
            "state": _("Later"),
        },
        {
            "title": _("Run the conformance test"),
            "href": "",
            "hint": _("On invented persons; the registry opens production when it is green"),
            "state": _("Later"),
        },
        {
            "title": _("Confirm what you did"),
            "href": "",
            "hint": _("With a receipt for each event"),
            "state": _("Later"),
        },
    ]
