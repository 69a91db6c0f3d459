"""Two officers: one proposes a correction, revision, reinstatement or withdrawal, another carries it out or refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions, whole_numbers
from registry.actions.acting import today
from registry.actions.foreseeing import ANEW
from registry.admin import days_in_doubt
from registry.admin.checking import Back, TwoSteps
from registry.admin.consequences import consequences
from registry.admin.doors import done, officer_of, page, said_no
from registry.admin.fields import refused
from registry.admin.forms_changes import WHY, ProposalForm
from registry.admin.listings import ReasonForm, not_now
from registry.admin.sheets import Sheet
from registry.errors import NoSuchListing, NoSuchProposal, Refusal, Text
from registry.form_problems import problems_of
from registry.lifecycle import ACTS, DECIDERS, refuse_own
from registry.models import Listing, Officer, Outcome, Proposal, WithdrawalCause
from registry.reading import listing_for, listings_open_to, record_reading

HINTS: dict[str, Text] = {
    "correct": _("A correction replaces: every recipient must purge the version before."),
    "revise": _("A revision adds: what was told before stays true."),
    "reinstate": _("Sharing starts again once a second officer carries this out."),
    "withdraw": _("Every recipient is told and must purge; the reason stays inside."),
    "state_cause": _("Nobody is told. Where somebody else was meant, there is a clearance letter from then on."),
    "mark_mistaken": _(
        "Nobody is told. Whoever truly bears the number can be entered under it from then on; the listing stays withdrawn, and all that is kept of it stays until the purge."
    ),
}


def propose(request: HttpRequest, number: str, act: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number)
    row = ACTS.get(act)
    if row is None or not row.proposed:
        raise NoSuchListing
    if not_now(request, row, officer, listing):
        return redirect("admin:listing", number)
    record_reading([listing], officer=officer, page="propose", now=timezone.now())
    return TwoSteps(
        title=_("%(number)s: propose “%(act)s”") % {"number": number, "act": row.label},
        button=_("Propose"),
        back=Back(number, reverse("admin:listing", args=[number])),
        form=lambda typed: ProposalForm(typed, act, listing),
        examine=lambda sheet: _examined(sheet, listing, act, officer),
        foretell=lambda sheet: told_before(listing, act, _examined(sheet, listing, act, officer)),
        line_by_line=WHY,
        act=lambda sheet: _proposed(request, sheet, listing, act),
        hint=HINTS[act],
        beside={
            "notes": _doubts(listing, act),
            "outside": listing if row.event is not None else None,
            "carried": {"version": listing.version},
        },
    ).answer(request)


def _examined(sheet: Sheet, listing: Listing, act: str, officer: Officer) -> dict[str, Any]:
    """What it changes, as it would be carried out. Raises whatever proposing it would."""
    return actions.examine_proposal(listing.pk, act, **_typed(sheet), officer=officer, now=timezone.now())


def _proposed(request: HttpRequest, sheet: Sheet, listing: Listing, act: str) -> HttpResponse:
    actions.propose(listing.pk, act, **_typed(sheet), officer=officer_of(request), now=timezone.now())
    done(request, _("Proposed. A second officer decides."))
    return redirect("admin:listing", listing.number)


def _typed(sheet: Sheet) -> dict[str, Any]:
    form = sheet.form
    assert isinstance(form, ProposalForm)
    return {
        "against_version": stood_against(form.data),
        "reason": sheet["reason"],
        "ground": form.cleaned_data.get("ground", ""),
        "changes": form.changes(),
        "cause": form.cleaned_data.get("cause", WithdrawalCause.OTHER),
    }


def told_before(listing: Listing, act: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the second step shows: what it comes to, with who is told unfolded."""
    return {**consequences(listing, act, changes, pending=True), "unfolded": True}


def _doubts(listing: Listing, act: str) -> Sequence[Text]:
    """What the days of the listing are in doubt of, where a correction computes them anew."""
    return days_in_doubt.notes_on(listing, today(timezone.now())) if act == ANEW and listing.days_differ_since else ()


def stood_against(typed: Mapping[str, Any]) -> int:
    """The version that the page showed; 0 where it was made by hand without one."""
    return whole_numbers.sent_back(typed.get("version", "")) or 0


def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Carry out or refuse."""
    officer = officer_of(request)
    proposal, listing = _proposal_for(officer, proposal_id)
    form = ReasonForm(request.POST if request.POST.get("do") == "refuse" else None)
    if request.method == "POST" and proposal.outcome == Outcome.PENDING:
        refuse_own(officer, proposal.proposed_by_id, tried=proposal.act, about=listing.number)
    if request.method == "POST" and actions.may_decide(proposal, officer):
        answer = _decided(request, proposal, form, officer)
        if answer is not None:
            return answer
    record_reading([listing], officer=officer, page="proposal", now=timezone.now())
    content = proposal.content
    return page(
        request,
        "proposal",
        _("%(number)s: proposed “%(act)s”") % {"number": listing.number, "act": ACTS[proposal.act].label},
        proposal=proposal,
        reason=content["reason"],
        ground=content["ground"],
        cause=WithdrawalCause(content["cause"]).label if "cause" in content else "",
        may_decide=actions.may_decide(proposal, officer),
        deciders=", ".join(str(role.label) for role in DECIDERS[proposal.act]),
        form=form,
        problems=list(problems_of(form)),
        **consequences(listing, proposal.act, content["changes"], pending=proposal.outcome == Outcome.PENDING),
    )


def _decided(request: HttpRequest, proposal: Proposal, form: ReasonForm, officer: Officer) -> HttpResponse | None:
    """The next page, or None where the reason for refusing does not do."""
    number, now = proposal.listing.number, timezone.now()
    if request.POST.get("do") != "refuse":
        carried = not said_no(request, lambda: actions.carry_out(proposal.pk, officer=officer, now=now))
        if carried:
            done(request, _("Carried out: %(act)s.") % {"act": ACTS[proposal.act].label})
        if not Listing.objects.filter(number=number).exists():  # sealed by it
            return redirect("admin:index")
        return redirect("admin:listing", number)
    if not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    try:
        actions.refuse_proposal(proposal.pk, officer=officer, now=now, reason=reason)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refused(refusal))
        return None
    done(request, _("Refused; the proposal stays on record."))
    return redirect("admin:listing", number)


def _proposal_for(officer: Officer, proposal_id: UUID) -> tuple[Proposal, Listing]:
    rows = Proposal.objects.select_related("listing", "proposed_by", "decided_by")
    proposal = rows.filter(pk=proposal_id, listing__in=listings_open_to(officer)).first()
    if proposal is None:
        raise NoSuchProposal
    return proposal, listing_for(officer, proposal.listing.number)
