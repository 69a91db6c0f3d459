"""Acting as one of the public: the applicant whom an employer asks about, and the person who is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.demo import applicants, tour_acts, touring
from config.demo.pages import parts
from config.demo.pages.audiences import readings, readings_table
from config.demo.pages.parts import Part
from config.demo.pages.playing import only_as
from config.demo.playbill import Playbill
from config.demo.touring import Tour
from config.demo.walking_in import walk_in
from registry import codes
from registry.models import Flag, Listing
from sharing.delivery.models import Told
from sharing.departments.models import Receipt
from sharing.disclosure import Audience
from sharing.employers.models import Screening, ScreeningOutcome
from sharing.employers.spoken import Line
from sharing.parties.models import Organisation

DOORS = ("person:record", "person:told", "person:asked", "person:objections")  # which the page opens


@dataclass(frozen=True)
class Recipient:
    """A department that was told, since when, and its last receipt in words."""

    name: str
    since: str
    receipt: str


@require_safe
@only_as(parts.APPLICANT)
def applicant(request: HttpRequest, part: Part, played: Playbill) -> HttpResponse:
    outcomes = [ScreeningOutcome.NOT_LISTED, ScreeningOutcome.LISTED]
    return render(
        request,
        "demo/applicant.html",
        {"outcomes": [str(each.label) for each in outcomes], "readings": readings(Audience.EMPLOYER)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_as(parts.PERSON)
def listed_person(request: HttpRequest, part: Part, played: Playbill) -> HttpResponse:
    """POST walks into the person's own pages: to the door that was pressed."""
    listing = _listing(request)
    bench = tour_acts.bench_of(played)
    door = request.POST.get("door", "")
    if request.method == "POST":
        if listing is None or bench is None or door not in DOORS:
            return redirect("demo:as_listed_person")
        return walk_in(request, listing, door, bench.clerk)
    context: dict[str, object] = {
        "listing": listing,
        "may_walk_in": bench is not None,
        "readings": readings_table(Audience.PERSON),
    }
    if listing is not None:
        asked = Screening.objects.filter(listing=listing).select_related("employer").order_by("-asked_at")
        context |= {
            "rows": list(_record(listing)),
            "recipients": list(_recipients(listing)),
            "asked": [(_name(each.employer), each.asked_at) for each in asked],
        }
    return render(request, "demo/listed_person.html", context)


def _listing(request: HttpRequest) -> Listing | None:
    """The tour's, once it was approved; else one in force. A draft is not in the register yet."""
    toured = touring.listing_of(Tour.of(request.session))
    return toured if toured is not None and toured.version else applicants.listing_to_show()


def _record(listing: Listing) -> Iterator[Line]:
    party = listing.party
    yield Line(_("Listing"), listing.number)
    yield Line(_("State"), str(listing.get_state_display()))
    yield Line(_("Version"), str(listing.version))
    yield Line(_("Flags"), _("; ").join(str(Flag(flag).label) for flag in listing.flags) or "—")
    yield Line(_("Decision"), party.decision.number)
    yield Line(_("Article"), codes.label("articles", party.article))
    yield Line(_("Sentence in months"), str(party.sentence_months or "—"))
    yield Line(_("Fine in yuan"), f"{party.fine_yuan:,}")
    yield Line(_("In effect since"), date_format(listing.effective_on) if listing.effective_on else "—")
    yield Line(_("Listed until"), date_format(listing.ends_on) if listing.ends_on else "—")
    yield Line(_("Your statement"), listing.statement or _("none yet"))


def _recipients(listing: Listing) -> Iterator[Recipient]:
    receipts: dict[int, Receipt] = {}
    for receipt in Receipt.objects.filter(event__listing=listing).order_by("received_at"):
        receipts[receipt.department_id] = receipt
    for told in Told.objects.filter(listing=listing).select_related("department").order_by("pk"):
        last = receipts.get(told.department_id)
        since = date_format(localtime(told.told_at), "DATETIME_FORMAT")
        yield Recipient(_name(told.department), since, str(last.get_kind_display()) if last else _("none yet"))


def _name(organisation: Organisation) -> str:
    return organisation.spoken_name
