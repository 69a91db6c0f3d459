"""Sealing at the desk of the High Court's registry: orders by rule, how far they are, and opening what is sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import actions, codes, whole_numbers
from registry.actions.sealing import refuse_not_sealing
from registry.actions.sealing_orders import Preview, from_json
from registry.admin.doors import done, officer_of, page, said_no, taken
from registry.admin.facts import decision_facts, party_facts
from registry.admin.fields import Reason, Words
from registry.admin.forms_sealing import RuleForm, rule_facts, typed_again
from registry.admin.listings import ReasonForm
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.errors import NoSuchSealingOrder
from registry.form_problems import problems_of
from registry.models import Listing, Officer, Outcome, SealingOrder, State

SHOWN = 50


class OpenForm(SheetForm):
    number = Words(label=gettext_lazy("Listing number"), max_length=16)
    reason = Reason()


def show_orders(request: HttpRequest) -> HttpResponse:
    refuse_not_sealing(officer_of(request))
    orders = _orders().order_by("-proposed_at")[:SHOWN]
    return page(request, "sealing", _("Sealing"), orders=orders)


def new_order(request: HttpRequest) -> HttpResponse:
    """First what the rule hits, in figures; proposed from there, with nothing stored before."""
    officer = officer_of(request)
    refuse_not_sealing(officer)
    form = RuleForm(request.POST if request.method == "POST" else None)
    sheet = Sheet(form)
    if request.method == "POST":
        answer = attempt(sheet, lambda: _next(request, form, officer))
        if answer is not None:
            return answer
    hint = _("What the rule hits is shown in figures first. A second registrar decides; then it is done by itself.")
    return page(request, "sheet", _("Seal by a rule"), sheet=sheet, button=_("Show what it hits"), hint=hint)


def show_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    refuse_not_sealing(officer)
    order = _orders().filter(pk=order_id).first()
    if order is None:
        raise NoSuchSealingOrder
    form = ReasonForm(request.POST if request.POST.get("do") == "refuse" else None)
    if request.method == "POST":
        answer = _decided(request, order, form, officer)
        if answer is not None:
            return answer
    pending, own = order.outcome == Outcome.PENDING, order.proposed_by_id == officer.pk
    return page(
        request,
        "sealing_order",
        _("Order of sealing"),
        order=order,
        facts=rule_facts(from_json(order.rule)),
        hits=_figures(actions.preview(from_json(order.rule))) if pending else None,
        pending=pending,
        may_decide=pending and not own,
        form=form,
        problems=list(problems_of(form)),
    )


def open_sealed(request: HttpRequest) -> HttpResponse:
    """The number and the reason are in the body of the request, and so is the answer: nothing of it has an address."""
    officer = officer_of(request)
    refuse_not_sealing(officer)
    sheet = Sheet(OpenForm(request.POST if request.method == "POST" else None))
    if request.method == "POST":
        found = attempt(sheet, lambda: _opened(sheet, officer))
        if found is not None:
            return _sealed_page(request, found)
    hint = _("That you looked, when and why stays on record. Whatever is not sealed is in the book.")
    return page(request, "sheet", _("Open a sealed listing"), sheet=sheet, button=_("Open it"), hint=hint)


def _next(request: HttpRequest, form: RuleForm, officer: Officer) -> HttpResponse:
    rule, count = form.rule(), whole_numbers.sent_back(request.POST.get("count", ""))
    if request.POST.get("do") == "propose" and count is not None:
        why = {name: form.cleaned_data[name] for name in ("ground", "reason")}
        order = actions.propose_sealing(rule, count=count, **why, officer=officer, now=timezone.now())
        done(request, _("Proposed. A second registrar of the High Court decides."))
        return redirect("admin:sealing_order", order.pk)
    return page(
        request,
        "sealing_preview",
        _("What the rule hits"),
        facts=rule_facts(rule),
        hits=_figures(actions.preview(rule)),
        typed=typed_again(request.POST),
    )


def _decided(request: HttpRequest, order: SealingOrder, form: ReasonForm, officer: Officer) -> HttpResponse | None:
    """The next page, or None where the reason for refusing does not do."""
    now = timezone.now()
    if request.POST.get("do") == "approve":
        if not said_no(request, lambda: actions.approve_sealing(order.pk, officer=officer, now=now)):
            done(request, _("Ordered. The listings are sealed now, step by step."))
        return redirect("admin:sealing_order", order.pk)
    if not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    if not taken(form, lambda: actions.refuse_sealing(order.pk, reason=reason, officer=officer, now=now)):
        return None
    done(request, _("Refused; the order stays on record."))
    return redirect("admin:sealing_order", order.pk)


def _opened(sheet: Sheet, officer: Officer) -> Listing:
    return actions.open_sealed(sheet["number"], officer=officer, reason=sheet["reason"], now=timezone.now())


def _sealed_page(request: HttpRequest, listing: Listing) -> HttpResponse:
    purged = listing.state == State.PURGED
    return page(
        request,
        "sealed",
        listing.number,
        listing=listing,
        name=listing.party.person.shown_name,
        facts=[] if purged else party_facts(listing.party),
        decision_facts=decision_facts(listing.party.decision),
        openings=listing.openings.select_related("officer").order_by("-at"),
    )


def _orders() -> QuerySet[SealingOrder]:
    rows = SealingOrder.objects.select_related("proposed_by", "decided_by")
    return rows.annotate(done=Count("hits", filter=~Q(hits__done_at=None)))


def _figures(found: Preview) -> dict[str, Any]:
    """By court, state and article, in words. Nobody is named."""
    rows = [
        (codes.label("courts", court), State(state).label, codes.label("articles", article), count)
        for court, state, article, count in found.groups
    ]
    return {"count": found.count, "rows": rows, "sample": found.sample, "at_the_desk": found.at_the_desk}
