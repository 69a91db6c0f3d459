"""Before a case is shown that is not the officer's own: why does he read it? The person concerned can see the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import given
from registry.admin.decisions import listings_of
from registry.admin.doors import officer_of
from registry.admin.fields import Reason
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import Text
from registry.models import Listing
from registry.reading import closed_to, decision_for, listing_for, say_why

TO = "to"


class WhyForm(SheetForm):
    reason = Reason()


def why_listing(request: HttpRequest, number: str) -> HttpResponse:
    listing = listing_for(officer_of(request), number)
    return _why(request, [listing], listing.number, reverse("admin:listing", args=[number]))


def why_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """For all parties of the decision at once."""
    decision = decision_for(officer_of(request), decision_id)
    listings = list(listings_of(decision))
    return _why(request, listings, decision.number, reverse("admin:decision", args=[decision_id]))


def _why(request: HttpRequest, listings: Sequence[Listing], called: str, page: str) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    onward = _onward(request, page)
    if not closed_to(listings, officer=officer, now=now):
        return redirect(onward)

    def say(reason: str) -> None:
        say_why(listings, officer=officer, reason=reason, now=now)

    return ask(request, called, say, onward)


def ask(request: HttpRequest, called: str, say: Callable[[str], None], onward: str) -> HttpResponse:
    """The page that asks, and goes on once ``say`` has written the reason down."""
    sheet = Sheet(WhyForm(request.POST or None))

    def act() -> HttpResponse:
        say(given(sheet["reason"]))
        return redirect(onward)

    title: Text = _("%(called)s: why do you read it?") % {"called": called}
    hint = _(
        "It is not a case of your own. The person can see that your court read it, when, and the reason that you give here. It holds for an hour."
    )
    back = {"title": _("My work"), "address": reverse("admin:index")}
    carried = {TO: onward}
    return sheet_page(request, sheet, title, act, button=_("Go on"), hint=hint, back=back, carried=carried)


def _onward(request: HttpRequest, page: str) -> str:
    """A page of the desk, or else the one that is asked about."""
    wanted = request.POST.get(TO) or request.GET.get(TO, "")
    inside = wanted.startswith(reverse("admin:index")) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside else page
