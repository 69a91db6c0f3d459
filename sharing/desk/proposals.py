"""A proposal about sharing, with everything spelled out: approved or returned by the second registrar, or taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.doors import done, door, page, said_no
from registry.admin.fields import refused
from registry.errors import NoSuchProposal, Refusal
from registry.form_problems import problems_of
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from sharing.departments import proposals, proposing
from sharing.departments.models import ProposalOutcome, SharingProposal
from sharing.desk.departments import back_to, every_department
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.spoken import changes, proposal_facts, title_of

APPROVE, RETURN, TAKE_BACK = "approve", "return", "take_back"


@door
def show_proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    officer = reader_of(request)
    proposal = _proposal(proposal_id)
    form = ReasonForm(request.POST if request.POST.get("do") == RETURN else None)
    if request.method == "POST":
        answer = _decided(request, proposal, form, registrar_of(request))
        if answer is not None:
            return answer
    return _shown(request, proposal, form, officer)


def _shown(request: HttpRequest, proposal: SharingProposal, form: ReasonForm, officer: Officer) -> HttpResponse:
    outcome = ProposalOutcome.objects.select_related("decided_by").filter(pk=proposal.pk).first()
    may, own = is_high_court_registrar(officer), proposal.proposed_by_id == officer.pk
    stale = None if outcome else proposals.changed_meanwhile(proposal)
    return page(
        request,
        "sharing_proposal",
        title_of(proposal),
        proposal=proposal,
        outcome=outcome,
        facts=proposal_facts(proposal),
        changes=changes(proposal),
        preview=None if outcome or stale else proposals.preview(proposal),
        stale=stale,
        may_decide=may and not own and outcome is None,
        may_take_back=may and own and outcome is None,
        form=form,
        problems=list(problems_of(form)),
        trail=[every_department(), back_to(proposal.department)],
    )


def _decided(
    request: HttpRequest, proposal: SharingProposal, form: ReasonForm, officer: Officer
) -> HttpResponse | None:
    """The next page, or None where the reason for returning does not do."""
    do, now = request.POST.get("do"), timezone.now()
    if do == RETURN:
        return _returned(request, proposal, form, officer)
    if do == TAKE_BACK:
        if not said_no(request, lambda: proposing.take_back(proposal.pk, officer=officer, now=now)):
            done(request, _("Taken back; it stays on record."))
    elif do == APPROVE and not said_no(request, lambda: proposing.approve(proposal.pk, officer=officer, now=now)):
        done(request, _("Approved. What follows for the department is carried through now, step by step."))
    return redirect("sharing_desk:proposal", proposal.pk)


def _returned(
    request: HttpRequest, proposal: SharingProposal, form: ReasonForm, officer: Officer
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        proposing.send_back(proposal.pk, reason=form.cleaned_data["reason"], officer=officer, now=timezone.now())
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, refused(refusal))
        return None
    done(request, _("Returned with the reason; it stays on record."))
    return redirect("sharing_desk:proposal", proposal.pk)


def _proposal(proposal_id: UUID) -> SharingProposal:
    rows = SharingProposal.objects.select_related(
        "department__organisation", "proposed_by", "instrument", "measure__instrument"
    )
    found = rows.filter(pk=proposal_id).first()
    if found is None:
        raise NoSuchProposal
    return found
