"""The department's own timeliness: how fast the court told it, and how fast it said what it did."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry.errors import Text
from sharing.access import members_only
from sharing.departments import timeliness
from sharing.departments.models import Department
from sharing.departments.portal.frame import page
from sharing.departments.timeliness import Figure, Month
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, MemberRole, OrganisationKind
from sharing.tables import Table

MONTHS = 12


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def show(request: HttpRequest, member: Member) -> HttpResponse:
    during = timeliness.period(MONTHS, now=timezone.now())
    months = timeliness.of_departments([member.organisation_id], during)[None]
    return page(
        request,
        member,
        "timeliness",
        here="timeliness",
        tables=[
            _table(_("From the court’s act to the first try"), [(each, each.tried) for each in months]),
            _table(_("From the court’s act until you had it"), [(each, each.had) for each in months]),
            _table(
                _("From when you had it to your receipt"),
                [(each, each.confirmed) for each in months if each.confirmed is not None],
            ),
        ],
        at=timezone.localtime(),
        public_since=Department.objects.values_list("timeliness_public_since", flat=True).get(
            pk=member.organisation_id
        ),
        is_owner=member.role == MemberRole.OWNER,
    )


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT, MemberRole.OWNER)
def publish(request: HttpRequest, member: Member) -> HttpResponse:
    """The owner lets anybody read the department's own figures, or no longer; pressing twice changes nothing."""
    now, wanted = timezone.now(), request.POST.get("do") == "publish"
    with transaction.atomic():
        asked = Department.objects.filter(pk=member.organisation_id, timeliness_public_since__isnull=wanted)
        if asked.update(timeliness_public_since=now if wanted else None):
            act = MemberActKind.PUBLISH_TIMELINESS if wanted else MemberActKind.WITHHOLD_TIMELINESS
            members.note(member, act, member.organisation.code, now=now)
    said = _("Your department’s figures are public.") if wanted else _("Your department’s figures are not public.")
    messages.success(request, said)
    return redirect("department:timeliness")


def _table(caption: Text, months: list[tuple[Month, Figure]]) -> Table:
    rows = [
        (
            date_format(month.first, "YEAR_MONTH_FORMAT"),
            figure.count,
            timeliness.spoken(figure.median),
            timeliness.spoken(figure.p95),
            timeliness.spoken(figure.longest),
            figure.open,
        )
        for month, figure in months
    ]
    columns = (_("Month"), _("Listings"), _("Median"), _("95 of 100 within"), _("Longest"), _("Not over yet"))
    return Table(
        caption, columns, rows, empty=_("Nothing was told to you in the last twelve months."), figures=frozenset({1, 5})
    )
