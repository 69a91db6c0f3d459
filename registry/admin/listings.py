"""One listing's page, and the pages of the acts that one officer does alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import actions, assessment, units
from registry.actions.acting import fetch_for_dates, today
from registry.actions.mistaking import may_be_marked
from registry.actions.serving import may_be_recorded
from registry.actions.standing import STATEMENT_MOST
from registry.admin import days_in_doubt
from registry.admin.doors import done, officer_of, page
from registry.admin.facts import decision_facts, masked_documents, party_facts
from registry.admin.fields import Day, Reason, Words
from registry.admin.outlook import outlook_of
from registry.admin.serving import HOW
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.admin.story import spoken_reason, story_of
from registry.errors import NoSuchListing, NotAllowedNow, Refusal, Text
from registry.lifecycle import ACTS, IN_FORCE, Act, acts_open_to, refuse_court, refuse_role, refuse_state
from registry.models import Flag, Listing, NoticeService, Officer, Outcome, Person, Proposal, State
from registry.reading import listing_for, may_open_decisions, record_reading, reveals_numbers, sees_numbers
from registry.shown import shown


class ReasonForm(SheetForm):
    reason = Reason()


class HoldForm(ReasonForm):
    field_order = ("appealed_on", "is_protest", "reason")

    appealed_on = Day(label=_("Appeal or protest filed on"))
    is_protest = forms.BooleanField(
        label=_("It is the prosecutor's protest, not an appeal of this party"), required=False
    )


class StatementForm(SheetForm):
    words = Words(
        label=_("The person's own words"),
        widget=forms.Textarea({"rows": 6}),
        help_text=format_lazy(
            _("At most {most} characters; every recipient is shown them word for word."), most=STATEMENT_MOST
        ),
    )


Do = Callable[[Listing, Sheet, Officer, datetime], None]


@dataclass(frozen=True)
class ActPage:
    form: type[SheetForm]
    do: Do
    hint: Text = ""


def _suspend(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    actions.suspend([listing.pk], officer=officer, now=now, reason=sheet["reason"])


def _discard(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    actions.discard([listing.pk], officer=officer, now=now, reason=sheet["reason"])


def _hold(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    told = {name: sheet[name] for name in ("appealed_on", "is_protest", "reason")}
    actions.hold(listing.pk, **told, officer=officer, now=now)


def _stop(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    actions.stop([listing.pk], officer=officer, now=now, reason=sheet["reason"])


def _state(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    actions.state(listing.pk, words=sheet["words"], officer=officer, now=now)


def _review_lifelong(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
    actions.review_lifelong([listing.pk], officer=officer, now=now, reason=sheet["reason"])


def _flag(kind: Flag) -> Do:
    def do(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
        actions.flag([listing.pk], kind, officer=officer, now=now, reason=sheet["reason"])

    return do


def _unflag(kind: Flag) -> Do:
    def do(listing: Listing, sheet: Sheet, officer: Officer, now: datetime) -> None:
        actions.unflag([listing.pk], kind, officer=officer, now=now, reason=sheet["reason"])

    return do


ACT_PAGES: dict[str, ActPage] = {
    "suspend": ActPage(
        ReasonForm, _suspend, _("Sharing stops at once. Starting again needs a proposal and a second officer.")
    ),
    "discard": ActPage(
        ReasonForm, _discard, _("The draft and the person's data are removed; that it was discarded stays on record.")
    ),
    "hold": ActPage(
        HoldForm, _hold, _("One appeal puts the whole case under review: every listing of the decision goes back.")
    ),
    "stop": ActPage(
        ReasonForm,
        _stop,
        _(
            "Back to draft: nothing is told on its day. Approved again, it is told to the person by a notice of its own."
        ),
    ),
    "state": ActPage(StatementForm, _state),
    "review_lifelong": ActPage(
        ReasonForm,
        _review_lifelong,
        _("The ban for life still has to stand: say why. It is looked at again in a year. Nobody outside is told."),
    ),
    "flag_disputed": ActPage(ReasonForm, _flag(Flag.DISPUTED)),
    "unflag_disputed": ActPage(ReasonForm, _unflag(Flag.DISPUTED)),
    "flag_under_review": ActPage(ReasonForm, _flag(Flag.UNDER_REVIEW)),
    "unflag_under_review": ActPage(ReasonForm, _unflag(Flag.UNDER_REVIEW)),
}

# Where the other acts of the table are done: on the decision's pages, since they concern all its parties.
DECISION_PAGES = {
    "submit": "admin:submit",
    "return": "admin:review",
    "approve": "admin:review",
    "confirm_no_appeal": "admin:no_appeal",
    "record_service": "admin:service",
    "record_circumstances": "admin:circumstances",
}
LISTING_PAGES = {"amend": "admin:amend_party", "record_representative": "admin:unit_representative"}


@dataclass(frozen=True)
class Offer:
    """A button of the listing's page."""

    label: Text
    address: str
    proposed: bool


def show_listing(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    listing = listing_for(officer, number, on_review=True)
    record_reading([listing], officer=officer, page="listing", now=now)
    prefetch_related_objects([listing], "events")
    fetch_for_dates([listing])
    pending = listing.proposals.filter(outcome=Outcome.PENDING).select_related("proposed_by").first()
    party = listing.party
    return page(
        request,
        "listing",
        listing.number,
        listing=listing,
        opens_decision=may_open_decisions(officer, listing.court_id),
        name=party.person.shown_name,
        former_names=[row.shown_name for row in party.person.former_names.all()],
        documents=masked_documents(listing) if sees_numbers(officer) else [],
        reveals_numbers=reveals_numbers(officer),
        flags=[Flag(flag).label for flag in listing.flags],
        returned_because=spoken_reason(shown(lambda: listing.returned_because)),
        statement=shown(lambda: listing.statement),
        facts=party_facts(party),
        decision_facts=decision_facts(party.decision),
        why=_why(listing),
        doubt=days_in_doubt.notes_on(listing, today(now))
        if listing.days_differ_since and listing.state in IN_FORCE
        else None,
        outlook=outlook_of(listing, today(now)) if listing.state == State.AWAITING_EFFECT else None,
        service=NoticeService.standing(listing.number) if listing.notice_served_on else None,
        served_how=HOW.get(listing.notice_served_how, ""),
        **_unit(party.person),
        story=story_of(listing),
        pending=pending,
        pending_label=ACTS[pending.act].label if pending else "",
        offers=offers(officer, listing, pending),
    )


def _unit(person: Person) -> dict[str, Any]:
    if not units.is_unit(person):
        return {}
    standing = units.representative(person)
    return {
        "registration": units.registration(person),
        "representative": standing.content["name"] if standing else "",
    }


def act_on_listing(request: HttpRequest, number: str, act: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number)
    row, what = ACTS.get(act), ACT_PAGES.get(act)
    if row is None or what is None:
        raise NoSuchListing
    if not_now(request, row, officer, listing):
        return redirect("admin:listing", number)
    sheet = Sheet(what.form(request.POST or None))

    def do() -> HttpResponse:
        decision_id = listing.party.decision_id
        what.do(listing, sheet, officer, timezone.now())
        done(request, _("Done: %(act)s.") % {"act": row.label})
        return redirect("admin:decision", decision_id) if act == "discard" else redirect("admin:listing", number)

    title = _("%(number)s: %(act)s") % {"number": number, "act": row.label}
    return sheet_page(request, sheet, title, do, button=row.label, hint=what.hint, listing=listing)


def not_now(request: HttpRequest, act: Act, officer: Officer, listing: Listing) -> bool:
    """Whether the listing's state bars the act, which the next page then says: a button pressed twice, or a page that
    is out of date. Raises `WrongRole` and `AnotherCourt`.
    """
    refuse_role(act, officer)
    refuse_court(act, officer, listing)
    try:
        refuse_state(act, listing)
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return True
    return False


def offers(officer: Officer, listing: Listing, pending: Proposal | None) -> list[Offer]:
    """The acts possible now, with the pages that do them; the acts themselves ask again."""
    found = []
    for act in acts_open_to(officer, listing):
        if _pointless(act.name, listing) or (act.proposed and pending is not None):
            continue
        found.append(Offer(act.label, _address(act.name, listing), act.proposed))
    return list({offer.address: offer for offer in found}.values())


def _address(act: str, listing: Listing) -> str:
    if act in DECISION_PAGES:
        return reverse(DECISION_PAGES[act], args=[listing.party.decision_id])
    if act in LISTING_PAGES:
        return reverse(LISTING_PAGES[act], args=[listing.number])
    if ACTS[act].proposed:
        return reverse("admin:propose", args=[listing.number, act])
    return reverse("admin:act", args=[listing.number, act])


def _pointless(act: str, listing: Listing) -> bool:
    """What the table allows but would change nothing."""
    flag, _sep, kind = act.partition("_")
    if flag in ("flag", "unflag"):
        return (kind in listing.flags) is (flag == "flag")
    if act == "review_lifelong":
        return listing.review_on is None
    if act == "record_representative":
        return not units.is_unit(listing.party.person) or units.registration(listing.party.person).has_ended
    if act == "mark_mistaken":
        return not may_be_marked(listing)
    if act == "confirm_no_appeal":
        return listing.no_appeal_confirmed_at is not None
    return act == "record_service" and not may_be_recorded(listing)


def _why(listing: Listing) -> list[str]:
    """How effect and term were computed; where the dates contradict, what contradicts."""
    try:
        found = assessment.assess(listing.party, listing.reviewed_on)
    except Refusal as refusal:
        return [str(refusal)]
    reasons = [*found.effect.explain(listing.party.ordinal), *(found.term.reasons if found.term else ())]
    return [reason.text for reason in reasons]
