"""The clearance letter at the desk: for the person at the counter, who was listed although somebody else was meant."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.admin.checking import Back
from registry.admin.doors import door, officer_of, page, refuse_unless
from registry.models import AccessRecord, Listing, Role
from registry.reading import listing_for, record_reading
from sharing.persons.record import cleared
from sharing.recalls import clearing, handing_over
from sharing.recalls.spoken import heard
from sharing.tables import Table, moment

SHOWN = 25
ROLES = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def clearance(request: HttpRequest, number: str) -> HttpResponse:
    """Shows what the letter would say now; pressed, it is given, and on record."""
    officer, now = officer_of(request), timezone.now()
    refuse_unless(officer, ROLES, _("give a clearance letter"))
    listing = clearing.listing_numbered(listing_for(officer, number).number)
    record_reading([listing], officer=officer, page="clearance", now=now)
    mistaken = cleared.mistaken_in(listing, now=now)
    if mistaken is not None:  # her name is read from her objection: she finds the look by that
        AccessRecord.objects.create(officer=officer, listing_number=mistaken.objection, page="clearance", at=now)
    if request.method == "POST":
        made = clearing.letter(listing, officer=officer, now=now, mistaken=mistaken)
        return handing_over.response(made, signed=request.POST.get("as") == handing_over.SIGNED)
    found = clearing.cleared(listing, asked_under=mistaken.digests if mistaken else None)
    back = Back(listing.number, f"{request.path.removesuffix('clearance/')}")
    title = _("Clearance letter: %(number)s") % {"number": listing.number}
    whose = mistaken.name if mistaken else listing.party.person.shown_name
    return page(request, "clearance", title, whose=whose, table=heard(found), given=_given(listing), trail=[back])


def _given(listing: Listing) -> Table:
    found = listing.clearance_letters.select_related("officer").order_by("-issued_at")[:SHOWN]
    rows = [
        (
            each.pk,
            moment(each.issued_at),
            str(each.officer) if each.officer else _("to the person, on the own page"),
            _("all had confirmed") if each.complete else _("not all had confirmed"),
        )
        for each in found
    ]
    columns = (_("Letter"), _("Issued at"), _("Given by"), _("Confirmed"))
    return Table(_("Given so far"), columns, rows, empty=_("none"))
