"""Two officers: one proposes a correction, revision, reinstatement or withdrawal, another carries it out or refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.acting import today
from registry.actions.changing import touched
from registry.actions.foreseeing import ANEW, bears_on, foreseen
from registry.actions.sealing import found_young
from registry.admin import days_in_doubt
from registry.admin.doors import done, officer_of, page, said_no
from registry.admin.facts import spoken_day
from registry.admin.fields import refused
from registry.admin.forms_changes import Change, ProposalForm, proposal_sheet, spoken_changes
from registry.admin.listings import ReasonForm, not_now
from registry.admin.sheets import sheet_page
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
    sheet = proposal_sheet(request.POST or None, act, listing)

    def do() -> HttpResponse:
        form = sheet.form
        assert isinstance(form, ProposalForm)
        actions.propose(
            listing.pk,
            act,
            against_version=stood_against(request),
            officer=officer,
            now=timezone.now(),
            reason=sheet["reason"],
            ground=form.cleaned_data.get("ground", ""),
            changes=form.changes(),
            cause=form.cleaned_data.get("cause", WithdrawalCause.OTHER),
        )
        done(request, _("Proposed. A second officer decides."))
        return redirect("admin:listing", number)

    return sheet_page(
        request,
        sheet,
        _("%(number)s: propose “%(act)s”") % {"number": number, "act": row.label},
        do,
        button=_("Propose"),
        hint=HINTS[act],
        notes=_doubts(listing, act),
        listing=listing,
        outside=True,
        carried={"version": listing.version},
    )


def _doubts(listing: Listing, act: str) -> Sequence[Text]:
    """What the days of the listing are in doubt of, where a correction computes them anew."""
    return days_in_doubt.notes_on(listing, today(timezone.now())) if act == ANEW and listing.days_differ_since else ()


def stood_against(request: HttpRequest) -> int:
    """The version that the page showed; 0 where it was made by hand without one."""
    against = request.POST.get("version", "")
    return int(against) if against.isascii() and against.isdecimal() else 0


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
    pending = proposal.outcome == Outcome.PENDING
    return page(
        request,
        "proposal",
        _("%(number)s: proposed “%(act)s”") % {"number": listing.number, "act": ACTS[proposal.act].label},
        proposal=proposal,
        listing=listing,
        pending=pending,
        changes=[*spoken_changes(listing, content["changes"], decided=not pending), *_days_then(proposal, listing)],
        reason=content["reason"],
        ground=content["ground"],
        cause=WithdrawalCause(content["cause"]).label if "cause" in content else "",
        seals=pending and bool(found_young(listing.party.person, content["changes"])),
        others=_others(listing, content["changes"]) if pending else [],
        succession=bool(content["changes"].get("registration", {}).get("successors")),
        may_decide=actions.may_decide(proposal, officer),
        deciders=", ".join(str(role.label) for role in DECIDERS[proposal.act]),
        form=form,
        problems=list(problems_of(form)),
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


def _days_then(proposal: Proposal, listing: Listing) -> Iterator[Change]:
    """From when and until when it is listed, where that changes with what is proposed."""
    changes = proposal.content["changes"]
    if proposal.outcome != Outcome.PENDING or not bears_on(proposal.act, changes):
        return
    try:
        found = foreseen(listing, proposal.act, changes)
    except Refusal:  # carrying it out says it
        return
    term = found.term
    yield from _moved(_("effective on"), _day(listing.effective_on), _day(found.effect.on))
    before = _until(listing.ends_on, listing.review_on)
    yield from _moved(_("listed until"), before, _until(term.ends_on, term.review_on) if term else "—")


def _moved(label: Text, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(label, before, after)


def _day(on: date | None) -> str:
    return spoken_day(on) if on else "—"


def _until(ends_on: date | None, review_on: date | None) -> str:
    return spoken_day(ends_on) if ends_on else str(_("for life")) if review_on else "—"


def _proposal_for(officer: Officer, proposal_id: UUID) -> tuple[Proposal, Listing]:
    rows = Proposal.objects.select_related("listing", "proposed_by", "decided_by")
    proposal = rows.filter(pk=proposal_id, listing__in=listings_open_to(officer)).first()
    if proposal is None:
        raise NoSuchProposal
    return proposal, listing_for(officer, proposal.listing.number)


def _others(listing: Listing, changes: dict[str, object]) -> list[Listing]:
    """Further listings in force whose recipients would be told too."""
    return list(Listing.objects.filter(pk__in=touched(listing, changes)).exclude(pk=listing.pk).order_by("number"))
