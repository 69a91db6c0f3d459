"""What departments should have confirmed or purged by now, by department; for the High Court's registry and auditors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from registry.admin.doors import door, officer_of, page
from registry.assessment import rules
from registry.models import EventType, Listing
from registry.overseeing import refuse_unless_high_court
from registry.terms import WorkCalendar
from sharing.departments import escalating, lateness
from sharing.departments.models import Escalation
from sharing.departments.owing import Duty
from sharing.parties.models import Organisation

SHOWN, A_PAGE = 25, 25  # duties of one department, and departments


@dataclass(frozen=True)
class Behind:
    """One department that is behind: how many duties, the oldest of them, and when people were last told."""

    name: str
    count: int
    rows: list[dict[str, object]]
    told: Escalation | None


@require_safe
@door
def overdue(request: HttpRequest) -> HttpResponse:
    refuse_unless_high_court(officer_of(request))
    day = timezone.localdate()
    counted = list(lateness.counts(day=day).items())
    turned = Paginator(counted, A_PAGE).get_page(request.GET.get("page"))
    behind = _behind(dict(turned), day)
    return page(request, "overdue", _("Overdue at departments"), behind=behind, turned=turned, shown=SHOWN)


def _behind(counted: Mapping[int, int], day: date) -> list[Behind]:
    duties = lateness.oldest(counted, day=day, limit=SHOWN)
    organisations, told = Organisation.objects.in_bulk(list(counted)), _last_told(list(counted))
    calendar, with_page = rules().calendar, _with_page([duty for rows in duties.values() for duty in rows])
    return [
        Behind(
            organisations[key].spoken_name,
            count,
            [_row(duty, day, calendar, has_page=duty.listing_number in with_page) for duty in duties[key]],
            told.get(key),
        )
        for key, count in counted.items()
    ]


def _last_told(departments: Sequence[int]) -> dict[int, Escalation]:
    rows = Escalation.objects.filter(department__in=departments).order_by("department_id", "-at")
    return {each.department_id: each for each in rows.distinct("department_id")}


def _with_page(duties: Sequence[Duty]) -> set[str]:
    """What was sealed has to be purged by its number, too; its page is open to nobody."""
    known = Listing.objects.filter(number__in=[duty.listing_number for duty in duties])
    return set(known.values_list("number", flat=True))


def _row(duty: Duty, day: date, calendar: WorkCalendar, *, has_page: bool) -> dict[str, object]:
    return {
        "number": duty.listing_number,
        "has_page": has_page,
        "position": duty.position,
        "event": EventType(duty.type).label,
        "what": gettext_lazy("to be purged") if duty.is_recall else gettext_lazy("to be confirmed"),
        "due_on": duty.due_on,
        "late": escalating.working_days_late(duty.due_on, day, calendar),
        "told_at": duty.told_at,
    }
