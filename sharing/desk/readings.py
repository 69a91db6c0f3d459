"""Who reads how much of the book, by officer, and the alarms about it: for auditors and the High Court's registry."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry import watching
from registry.admin.doors import door, page
from registry.models import Listing, Officer, ReadingAlarm
from sharing.desk.gate import reader_of
from sharing.desk.spoken import moment
from sharing.persons import alarming
from sharing.tables import Cell, Table

SHOWN = 200


@require_safe
@door
def readings(request: HttpRequest) -> HttpResponse:
    """Counts; no listing's person is shown here."""
    reader_of(request)
    tables = (_by_officer(), _alarms(), _other_names())
    return page(request, "consents", _("Who reads how much"), tables=tables, lead=_lead())


def _lead() -> str:
    return _(
        "Different listings whose person an officer was shown, in the last %(days)s days. More than %(hour)s within an hour or %(day)s within a day raise an alarm, once a day for each officer. An alarm proves nothing: ask what the work was."
    ) % {
        "days": watching.SHOWN_DAYS,
        "hour": settings.REGISTRY_READINGS_AN_HOUR,
        "day": settings.REGISTRY_READINGS_A_DAY,
    }


def _by_officer() -> Table:
    found = watching.by_officer(now=timezone.now())
    officers = Officer.objects.select_related("court").in_bulk(list(found))
    most = sorted(found, key=lambda key: (-found[key].month, key))[:SHOWN]
    rows = [
        (
            _officer(officers[key]),
            str(officers[key].court),
            *found[key][:4],
            moment(found[key].last),
        )
        for key in most
    ]
    columns = (
        _("Officer"), _("Court"), _("Within the hour"), _("Within a day"), _("In all"), _("Of these with a reason"), _("Last"),
    )  # fmt: skip
    return Table(_("By officer, most first"), columns, rows, empty=_("None."), figures=frozenset({2, 3, 4, 5}))


def _alarms() -> Table:
    rows = [
        (
            moment(each.at),
            _officer(each.officer),
            str(each.officer.court),
            each.count,
            ReadingAlarm.Kind(each.kind).label,
        )
        for each in watching.alarms(now=timezone.now())[:SHOWN]
    ]
    columns = (_("Raised at"), _("Officer"), _("Court"), _("Listings"), _("How fast"))
    return Table(_("Alarms about reading"), columns, rows, empty=_("None."), figures=frozenset({3}))


def _other_names() -> Table:
    found = list(alarming.other_names(now=timezone.now())[:SHOWN])
    numbers = {number for each in found for number in each.listing_numbers}
    # A listing that was sealed after the alarm is named to nobody, and so is the alarm.
    shown = set(Listing.objects.filter(number__in=numbers).values_list("number", flat=True))
    rows = [
        (moment(each.at), Cell(", ".join(still)))
        for each in found
        if (still := [number for number in each.listing_numbers if number in shown])
    ]
    columns = (_("When"), _("Listings under this number"))
    caption = _("Numbers that were proved with another name than the register has: shown was that nothing is held")
    return Table(caption, columns, rows, empty=_("None."))


def _officer(officer: Officer) -> Cell:
    return Cell(f"{officer} · {officer.staff_number}")
