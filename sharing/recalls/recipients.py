"""Who has not confirmed yet: departments that were told of what is withdrawn, employers with a result that is recalled.

One row a recipient, with how much is open, since when, and whether anybody there can be reached at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations

from registry.actions.acting import today
from registry.errors import Text
from registry.models import Officer
from sharing.delivery.models import Endpoint, EndpointStage, EndpointState
from sharing.departments.models import Recall
from sharing.employers import announcing
from sharing.employers.models import RecallTold
from sharing.employers.recalling import open_recalls
from sharing.parties.models import Member, Organisation, OrganisationKind
from sharing.recalls.models import RecallDuty

NAMED_AFTER = timedelta(days=7)  # late: from then on somebody is in charge by name
SILENT_AFTER = timedelta(hours=4)  # an endpoint that fails for so long is no way to reach anybody


@dataclass(frozen=True, kw_only=True)
class Owing:
    """``overdue``: past the day, of a department, by which it was to purge; of an employer, told once more already.

    ``late``: overdue for a week and more. ``told_at``: when its people were last written to.
    """

    organisation: Organisation
    open: int
    overdue: int
    late: int
    since: datetime
    told_at: datetime | None
    unreachable: Text | None
    officer: Officer | None

    @property
    def needs_somebody(self) -> bool:
        return bool(self.late or self.unreachable)


@dataclass(frozen=True)
class Counted:
    """What is open at one recipient, as `Owing` says it."""

    open: int
    overdue: int
    late: int
    since: datetime
    told_at: datetime | None


class _WaysIn(TypedDict):
    is_written_to: bool
    has_endpoint: bool
    is_heard: bool


def owing(*, now: datetime, of: Organisation | None = None) -> list[Owing]:
    """Every recipient with an open recall, or this one if it has any; those that are overdue for longest first."""
    return described(ranked(now=now, of=of), now=now)


def ranked(*, now: datetime, of: Organisation | None = None) -> list[tuple[int, Counted]]:
    """The same, each by its key and with what is counted alone: a page of them is `described`."""
    counted = {**_departments(now, of), **_employers(now, of)}
    return sorted(counted.items(), key=lambda each: (-each[1].late, -each[1].overdue, each[1].since, each[0]))


def described(found: Sequence[tuple[int, Counted]], *, now: datetime) -> list[Owing]:
    """Who they are, whether they can be reached, and who is in charge."""
    keys = [key for key, _counted in found]
    organisations, duties = _with_ways_in(now).in_bulk(keys), in_charge(keys)
    return [
        Owing(
            organisation=organisations[key],
            open=each.open,
            overdue=each.overdue,
            late=each.late,
            since=each.since,
            told_at=each.told_at,
            unreachable=_unreachable(organisations[key]),
            officer=duties.get(key),
        )
        for key, each in found
    ]


def in_charge(organisations: Iterable[int]) -> dict[int, Officer]:
    """The officers who are in charge and still in office, by organisation."""
    latest = RecallDuty.objects.filter(organisation__in=organisations).select_related("officer__account")
    by_organisation = {each.organisation_id: each.officer for each in latest.order_by("named_at")}
    return {key: officer for key, officer in by_organisation.items() if officer.account.is_active}


def _departments(now: datetime, of: Organisation | None) -> dict[int, Counted]:
    day = today(now)
    open_now = Recall.objects.filter(closed_by=None, **({"department": of} if of else {}))
    rows = open_now.values("department").order_by()
    counted = rows.annotate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=day)),
        late=Count("pk", filter=Q(due_on__lte=day - NAMED_AFTER)),
        since=Min("opened_at"),
        told=Max("told_at"),
    )
    return {
        row["department"]: Counted(row["open"], row["overdue"], row["late"], row["since"], row["told"])
        for row in counted
    }


def _employers(now: datetime, of: Organisation | None) -> dict[int, Counted]:
    told = RecallTold.objects.filter(recall=OuterRef("pk")).order_by("-at").values("at")[:1]
    open_now = open_recalls(of.pk if of else None).annotate(last_told=Subquery(told))
    rows = open_now.values("screening__employer").order_by()
    counted = rows.annotate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(opened_at__lte=now - announcing.AFTER[1])),
        late=Count("pk", filter=Q(opened_at__lte=now - NAMED_AFTER)),
        since=Min("opened_at"),
        told=Max("last_told"),
    )
    return {
        row["screening__employer"]: Counted(row["open"], row["overdue"], row["late"], row["since"], row["told"])
        for row in counted
    }


def _with_ways_in(now: datetime) -> QuerySet[WithAnnotations[Organisation, _WaysIn]]:
    members = Member.objects.filter(organisation=OuterRef("pk"), account__is_active=True).exclude(account__email="")
    endpoints = Endpoint.objects.filter(department=OuterRef("pk"), stage=EndpointStage.PRODUCTION)
    silent = Q(failing_since__lte=now - SILENT_AFTER)
    return Organisation.objects.annotate(
        is_written_to=Exists(members),
        has_endpoint=Exists(endpoints),
        is_heard=Exists(endpoints.filter(~silent, state=EndpointState.ACTIVE)),
    )


def _unreachable(organisation: WithAnnotations[Organisation, _WaysIn]) -> Text | None:
    """Why nobody there hears of it, where that is so."""
    if not organisation.is_written_to:
        return _("Nobody there can be written to.")
    if organisation.kind == OrganisationKind.DEPARTMENT and organisation.has_endpoint and not organisation.is_heard:
        return _("No endpoint of it takes anything.")
    return None
