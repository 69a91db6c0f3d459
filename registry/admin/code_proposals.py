"""A proposed change of a code list: before and after, who is concerned, and the second registrar's word."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry import actions, code_uses, codes
from registry.admin.code_lists import refuse_not_reading
from registry.admin.code_words import entry_facts, list_title
from registry.admin.doors import done, officer_of, page, said_no, taken
from registry.admin.facts import Fact
from registry.admin.listings import ReasonForm
from registry.codes import Code
from registry.errors import NoSuchCodeProposal, Text
from registry.form_problems import problems_of
from registry.lifecycle import is_high_court_registrar
from registry.models import CodeProposal, Officer, Outcome


@dataclass(frozen=True)
class Changed:
    """``before``: None for a new code. ``used``: listings that have it; ``warned``: what goes on needing it."""

    code: str
    before: list[Fact] | None
    after: list[Fact]
    used: int
    warned: list[Text]


def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_reading(officer)
    proposal = CodeProposal.objects.select_related("proposed_by", "decided_by").filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchCodeProposal
    form = ReasonForm(request.POST if request.POST.get("do") == "refuse" else None)
    if request.method == "POST":
        answer = _decided(request, proposal, form, officer)
        if answer is not None:
            return answer
    pending, own = proposal.outcome == Outcome.PENDING, proposal.proposed_by_id == officer.pk
    return page(
        request,
        "code_proposal",
        _("Change of a code list"),
        proposal=proposal,
        list_title=capfirst(list_title(proposal.list_name)),
        changes=_changes(proposal, pending=pending),
        pending=pending,
        may_decide=pending and not own and is_high_court_registrar(officer),
        form=form,
        problems=list(problems_of(form)),
    )


def _changes(proposal: CodeProposal, *, pending: bool) -> list[Changed]:
    """While it waits with what stands now; afterwards what it became is enough."""
    known = codes.entries(proposal.list_name)
    found = []
    for row in proposal.changes.order_by("pk"):
        before = known.get(row.code) if pending else None
        warned = code_uses.needs(proposal.list_name, row.code) if pending and _is_retired_by(row.entry, before) else []
        used = code_uses.used(proposal.list_name, row.code) if before else 0
        facts = entry_facts(proposal.list_name, before) if before else None
        found.append(Changed(row.code, facts, entry_facts(proposal.list_name, row.entry), used, warned))
    return found


def _is_retired_by(entry: Code, before: Code | None) -> bool:
    return entry.retired and before is not None and not before.retired


def _decided(request: HttpRequest, proposal: CodeProposal, form: ReasonForm, officer: Officer) -> HttpResponse | None:
    """The next page, or None where the reason for refusing does not do."""
    now = timezone.now()
    if request.POST.get("do") == "approve":
        if not said_no(request, lambda: actions.approve_codes(proposal.pk, officer=officer, now=now)):
            done(request, _("Carried out. It holds from now on."))
        return redirect("admin:code_proposal", proposal.pk)
    if not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    if not taken(form, lambda: actions.refuse_codes(proposal.pk, reason=reason, officer=officer, now=now)):
        return None
    done(request, _("Refused; the proposal stays on record."))
    return redirect("admin:code_proposal", proposal.pk)
