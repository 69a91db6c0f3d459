"""What departments should have confirmed or purged by now, by department; for the High Court's registry and auditors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
from sharing.departments import escalating, owing
from sharing.departments.models import Department, Escalation
from sharing.departments.owing import Duty
from sharing.parties.models import Organisation

SHOWN = 25


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
    day, calendar = timezone.localdate(), rules().calendar
    departments = Department.objects.select_related("organisation").order_by("pk")
    found = [_behind(each.organisation, day, calendar) for each in departments]
    behind = sorted((each for each in found if each.count), key=lambda each: -each.count)
    return page(request, "overdue", _("Overdue at departments"), behind=behind, shown=SHOWN)


def _behind(organisation: Organisation, day: date, calendar: WorkCalendar) -> Behind:
    count, duties = owing.overdue(organisation.pk, day=day, limit=SHOWN)
    told = Escalation.objects.filter(department=organisation).order_by("-at").first()
    # What was sealed has to be purged by its number, too; its page is open to nobody.
    known = Listing.objects.filter(number__in=[duty.listing_number for duty in duties])
    with_page = set(known.values_list("number", flat=True))
    rows = [_row(duty, day, calendar, has_page=duty.listing_number in with_page) for duty in duties]
    return Behind(organisation.spoken_name, count, rows, told)


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
