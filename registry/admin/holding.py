"""With whom a decision's drafts and reviews wait, and the two pages that hand them to somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions, deputies
from registry.actions.acting import today
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.facts import Fact
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NothingWaitsFor, Text
from registry.lifecycle import DESK
from registry.models import Decision, Listing, Officer, Role, State
from registry.reading import decision_for


class OfficerChoice(forms.ModelChoiceField[Officer]):
    """An officer by name and staff number: two may bear one name."""

    def label_from_instance(self, obj: Officer) -> str:
        return f"{obj.name} · {obj.staff_number}"


class ReceiverForm(SheetForm):
    receiver = OfficerChoice(Officer.objects.none(), label=_("To whom"))

    def __init__(self, data: Any, officers: QuerySet[Officer], *, empty: Text | None = None) -> None:
        super().__init__(data)
        receiver = self.fields["receiver"]
        assert isinstance(receiver, forms.ModelChoiceField)
        receiver.queryset = officers
        if empty is not None:
            receiver.required, receiver.empty_label = False, str(empty)


def officers_of(court_id: int, role: Role) -> QuerySet[Officer]:
    rows = Officer.objects.filter(court=court_id, role=role, account__is_active=True)
    return rows.order_by("staff_number")


def may_hand_over(officer: Officer, decision: Decision, listings: Iterable[Listing]) -> bool:
    """Whether something of it waits with the officer or whom he stands in for; a registrar's court is all his."""
    waiting = [row for row in listings if row.state in DESK]
    holders = {decision.held_by_id, *(row.held_by_id for row in waiting)}
    if officer.role == Role.REGISTRAR:
        return bool(waiting) or not Listing.including_sealed.filter(party__decision=decision).exists()
    if officer.role != Role.CLERK or not (waiting or decision.held_by_id == officer.pk):
        return False
    absent = deputies.absent_for(officer, [each for each in holders if each], today(timezone.now()))
    return bool(holders & {officer.pk, *absent})


def waits_with(decision: Decision, listings: Iterable[Listing]) -> list[Fact]:
    """Said on the page of a decision while something of it is at the desk."""
    rows = [row for row in listings if row.state in DESK]
    drafts = {row.held_by for row in rows} or ({decision.held_by} if not list(listings) else set())
    judges = {row.assigned_to for row in rows if row.state == State.IN_REVIEW and row.assigned_to}
    found = [Fact(str(_("Drafts wait with")), _names(drafts))] if drafts else []
    return found + ([Fact(str(_("Review by, first of all")), _names(judges))] if judges else [])


def hand_over(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK, Role.REGISTRAR), _("hand over drafts"))
    decision, waiting = decision_for(officer, decision_id), _at_the_desk(decision_id)
    if request.method != "POST" and not waiting and not decision.is_empty:
        raise NothingWaitsFor(what=_("hand over drafts"))
    sheet = Sheet(ReceiverForm(request.POST or None, officers_of(officer.court_id, Role.CLERK)))

    def act() -> HttpResponse:
        actions.hand_over(decision.pk, sheet["receiver"], officer=officer, now=timezone.now())
        done(request, _("Handed over. It stays on record who entered it."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Hand over the drafts"),
        act,
        button=_("Hand over"),
        decision=decision,
        hint=_("The decision and its drafts then wait with another clerk. Both see it in the story of each listing."),
        concerned=waiting,
    )


def assign(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.JUDGE, Role.REGISTRAR), _("assign a review"))
    decision = decision_for(officer, decision_id)
    waiting = _at_the_desk(decision_id).filter(state=State.IN_REVIEW)
    if request.method != "POST" and not waiting:
        raise NothingWaitsFor(what=_("assign a review"))
    judges = officers_of(officer.court_id, Role.JUDGE)
    sheet = Sheet(ReceiverForm(request.POST or None, judges, empty=_("every judge of the court")))

    def act() -> HttpResponse:
        actions.assign_review(decision.pk, sheet["receiver"], officer=officer, now=timezone.now())
        done(request, _("The review is assigned."))
        return redirect("admin:decision", decision.pk)

    return sheet_page(
        request,
        sheet,
        _("Assign the review"),
        act,
        button=_("Assign"),
        decision=decision,
        hint=_("This judge is asked first, and reminded; every other judge of the court may still review it."),
        concerned=waiting,
    )


def _at_the_desk(decision_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(party__decision=decision_id, state__in=DESK).order_by("party__ordinal")


def _names(officers: Iterable[Officer | None]) -> str:
    return ", ".join(sorted(str(_("nobody")) if each is None else str(each) for each in officers))
