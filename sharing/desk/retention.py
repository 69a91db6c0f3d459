"""What is purged, what is due and what withdrawn listings wait for; for the High Court's registry and auditors."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.admin.facts import Fact
from registry.overseeing import refuse_unless_high_court
from sharing.retention import due
from sharing.retention.models import PurgeReport
from sharing.tables import Table, moment

SHOWN = 50


@require_safe
@door
def retention(request: HttpRequest) -> HttpResponse:
    refuse_unless_high_court(officer_of(request))
    reports = PurgeReport.objects.order_by("-at")[:SHOWN]
    return page(
        request,
        "retention",
        _("Deletion"),
        waiting=_waiting(due.overview(now=timezone.now())),
        done=_done(list(reports)),
        days=settings.REGISTRY_RETENTION_DAYS,
        years=settings.REGISTRY_RETENTION_RECORDS_YEARS,
    )


def _waiting(found: due.Overview) -> list[Fact]:
    rows = [
        (_("Withdrawn and not purged"), found.withdrawn),
        (_("A department has not confirmed that it purged"), found.at_departments),
        (_("An employer has not confirmed that it removed its result"), found.at_employers),
        (_("The withdrawal is being told just now"), found.not_walked),
        (_("Everybody confirmed; the days of retention run"), found.retained),
        (_("Due now"), found.due),
        (_("Objections about no listing that have ended; the days of retention run"), found.unnamed_retained),
        (_("Objections about no listing, due now"), found.unnamed_due),
    ]
    return [Fact(label, f"{count:,}") for label, count in rows]


def _done(reports: list[PurgeReport]) -> Table:
    columns = (_("At"), _("What"), _("Listings"), _("Rows by table"))
    rows = [(moment(each.at), each.get_kind_display(), each.listings or "—", _rows(each.counts)) for each in reports]
    return Table(_("Done"), columns, rows, empty=_("Nothing was purged yet."), figures=frozenset({2}))


def _rows(counts: dict[str, int]) -> str:
    return " · ".join(f"{table} {count}" for table, count in counts.items() if count)
