"""One decision's pages: enter it once, look at it, amend it, and hand all its listings on together."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.acting import today
from registry.admin.doors import TWICE_WITHIN, done, officer_of, page, refuse_unless
from registry.admin.facts import circumstances_of, decision_facts, masked_documents, party_facts, person_facts
from registry.admin.forms_decision import decision_entry, decision_sheet
from registry.admin.holding import may_hand_over, waits_with
from registry.admin.meeting import meet
from registry.admin.not_entered import lay_out_case
from registry.admin.outlook import Follows, follows_of
from registry.admin.pasted import decision_entered, parties_waiting
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.admin.shown_files import files_for_decision
from registry.errors import DuplicateDecision, NothingWaitsFor, Refusal
from registry.lifecycle import ACTS, DESK
from registry.models import Decision, DecisionKind, Listing, Officer, Role, State
from registry.reading import decision_for, record_reading

ENTER = _("enter")
ONLY_DAYS = _(
    "Somebody of this decision is or was in force. What may be amended here is when the prosecutor received it, a protest and the day it was taken back, and the certificate of effect; all else of a listing in force is corrected."
)
SHOWN = "shown"
SHOWN_DRAFT = re.compile(r"([0-9]{1,18}):([0-9]{1,9})", re.ASCII)


class AssuranceForm(SheetForm):
    """Nothing to fill in: the button is the statement."""


def new_decision(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    sheet = decision_sheet(request.POST or None)
    lay_out_case(request, sheet, officer)

    def act() -> HttpResponse:
        try:
            decision = actions.enter_decision(decision_entry(sheet), officer=officer, now=timezone.now())
        except DuplicateDecision as refusal:
            decision = _just_entered(refusal, officer)
        decision_entered(request, decision)
        done(request, _("The decision is entered. Now add its parties, one after another."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Enter a decision"),
        act,
        button=_("Enter the decision"),
        beside={"title": _("Enter from the judgment's text"), "address": reverse("admin:paste")},
        remarks=reverse("admin:remarks_on_decision"),
    )


def show_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    decision = decision_for(officer, decision_id)
    listings = listings_of(decision)
    record_reading(listings, officer=officer, page="decision", now=timezone.now())
    return page(
        request,
        "decision",
        decision.number,
        decision=decision,
        facts=decision_facts(decision),
        circumstances=circumstances_of(decision, [row.party for row in listings]),
        listings=listings,
        files=files_for_decision(decision, officer),
        pasted=parties_waiting(decision, officer),
        may=_possible(decision, list(listings), officer),
        waits=waits_with(decision, listings),
    )


def amend_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    decision = decision_for(officer, decision_id)
    meeting = meet(
        request,
        lambda typed: decision_sheet(typed, decision),
        revision=decision.revision,
        bound_to=f"shown.decision.{decision.pk}.{officer.pk}",
        numbers=[row.number for row in listings_of(decision)],
    )
    sheet = meeting.sheet

    def act() -> HttpResponse:
        entry, revision = decision_entry(sheet), meeting.revision
        actions.amend_decision(decision.pk, entry, revision=revision, officer=officer, now=timezone.now())
        done(request, _("The decision is amended."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Amend the decision"),
        act,
        button=_("Save"),
        decision=decision,
        carried=meeting.carried,
        meeting=meeting,
        hint=ONLY_DAYS if _told(decision).filter(sealed_at=None).exists() else "",
    )


def submit_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Check before submitting: what will be stated, party by party. What is submitted is what was shown."""
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), _("submit"))
    decision = decision_for(officer, decision_id)
    drafts = list(listings_of(decision).filter(state=State.DRAFT))
    if request.method != "POST" and not drafts:
        raise NothingWaitsFor(what=_("submit"))
    record_reading(drafts, officer=officer, page="submit", now=timezone.now())

    def act() -> HttpResponse:
        # Pressed twice, there is nothing left to compare.
        shown = _shown(request.POST.get(SHOWN, "")) if drafts else None
        actions.submit([row.pk for row in drafts], officer=officer, now=timezone.now(), shown=shown)
        done(request, _("Submitted. A judge who did not enter it reviews it."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        Sheet(AssuranceForm(request.POST if request.method == "POST" else None)),
        _("Check before submitting"),
        act,
        button=_("I compared it with the judgment: submit"),
        decision=decision,
        carried={SHOWN: " ".join(f"{row.pk}:{row.revision}" for row in drafts)},
        checked=[
            (decision_facts(decision), None, None),
            *(
                ([*masked_documents(row), *person_facts(row), *party_facts(row.party)], row, _follows(row))
                for row in drafts
            ),
        ],
    )


def _shown(carried: str) -> dict[int, int] | None:
    """Which drafts the page showed, and in which revision; None where it was made by hand without saying so."""
    found = [SHOWN_DRAFT.fullmatch(each) for each in carried.split(" ")]
    return {int(each[1]): int(each[2]) for each in found if each} if all(found) else None


def confirm_no_appeal(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), _("confirm that no appeal was filed"))
    decision = decision_for(officer, decision_id)
    waiting = unconfirmed(decision)
    if request.method != "POST" and not waiting:  # pressed twice, the first time counts
        raise NothingWaitsFor(what=_("confirm that no appeal was filed"))

    def act() -> HttpResponse:
        actions.confirm_no_appeal([row.pk for row in waiting], officer=officer, now=timezone.now())
        done(request, _("Confirmed: no appeal and no protest was filed."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        Sheet(AssuranceForm(request.POST if request.method == "POST" else None)),
        _("Confirm that no appeal was filed"),
        act,
        button=_("I looked: no appeal and no protest was filed in the period"),
        hint=_(
            "Once the period of every party and of the prosecutor is over. An appeal that was posted within it is in time, though it comes later (Criminal Procedure Law, art. 105)."
        ),
        decision=decision,
        concerned=waiting,
    )


def listings_of(decision: Decision) -> QuerySet[Listing]:
    rows = Listing.objects.filter(party__decision=decision)
    rows = rows.select_related("party__person", "court", "held_by", "assigned_to")
    return rows.prefetch_related("party__prohibitions").order_by("party__ordinal")


def unconfirmed(decision: Decision) -> QuerySet[Listing]:
    return listings_of(decision).filter(state__in=DESK, no_appeal_confirmed_at=None)


def not_served(decision: Decision) -> QuerySet[Listing]:
    return listings_of(decision).filter(state__in=ACTS["record_service"].sources, notice_served_on=None)


def _follows(draft: Listing) -> Follows | None:
    """None where its dates contradict each other: submitting says so."""
    try:
        return follows_of(draft, today(timezone.now()))
    except Refusal:
        return None


def _possible(decision: Decision, listings: list[Listing], officer: Officer) -> dict[str, bool]:
    """Which buttons the page has; the acts ask again."""
    own = officer.court_id == decision.court_id
    clerk = own and officer.role == Role.CLERK
    states = {row.state for row in listings}
    told = _told(decision)
    return {
        "add": clerk,
        "amend": clerk and (not told.exists() or _only_days_stand(told, states)),
        "submit": clerk and State.DRAFT in states,
        "circumstances": clerk and any(row.state in ACTS["record_circumstances"].sources for row in listings),
        "no_appeal": clerk and decision.kind == DecisionKind.CRIMINAL and unconfirmed(decision).exists(),
        "service": clerk and not_served(decision).exists(),
        "review": own and officer.role == Role.JUDGE and State.IN_REVIEW in states,
        "hand_over": own and may_hand_over(officer, decision, listings),
        "assign": own and officer.role in (Role.JUDGE, Role.REGISTRAR) and State.IN_REVIEW in states,
    }


def _told(decision: Decision) -> QuerySet[Listing]:
    """All but the drafts and what was entered in error."""
    return Listing.including_sealed.filter(party__decision=decision, party__void=False).exclude(state=State.DRAFT)


def _only_days_stand(told: QuerySet[Listing], states: Collection[str]) -> bool:
    """Whether the days that its effect hangs on may be amended, and nothing else: beside a draft others are or were in force."""
    return State.DRAFT in states and not told.filter(state__in=DESK).exists()


def _just_entered(refusal: DuplicateDecision, officer: Officer) -> Decision:
    """A button pressed twice is answered like one pressed once; any other duplicate is refused."""
    just = timezone.now() - TWICE_WITHIN
    held = Decision.objects.filter(number=refusal.facts["number"], entered_by=officer, entered_at__gte=just).first()
    if held is None:
        raise refusal
    return held
