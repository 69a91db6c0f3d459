"""The judge's page: what was entered, what follows from it, and the decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions, codes, identity
from registry.actions import drafted
from registry.actions.acting import today
from registry.admin.differences import Since, since_return
from registry.admin.doors import done, officer_of, page, refuse_unless, said_no
from registry.admin.facts import Fact, decision_facts, party_facts, person_facts
from registry.admin.fields import Reason, Words, refused
from registry.admin.outlook import Follows, follows_of
from registry.admin.party_pages import page_of
from registry.admin.prefill import taken
from registry.admin.sheets import SheetForm
from registry.admin.shown_files import judgment_beside
from registry.errors import FieldMissing, FourEyes, Refusal
from registry.form_problems import problems_of
from registry.lifecycle import may
from registry.models import Decision, Listing, Officer, Role, State
from registry.reading import decision_for, record_reading

REVIEW = _("review")
_ONE_NUMBER = _("Document number of %(listing)s, from the judgment")


class ApprovalForm(forms.Form):
    """The numbers of each listing, typed from the judgment, and the revision that was shown: each number behind which no approval
    stands, and where there is none, any one of the person's.
    """

    def __init__(self, data: object, listings: Sequence[Listing], day: date) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # the request's own data
        self.listings, self.day = listings, day
        self._types: dict[int, dict[str, list[str]]] = {}
        unproved = drafted.unproved(listings)
        for listing in listings:
            self._ask(listing, [row.type for row in unproved.get(listing.pk, [])])
            self.fields[f"revision-{listing.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=listing.revision
            )

    def _ask(self, listing: Listing, unproved: Sequence[str]) -> None:
        """One field for each, labelled by its type; for a person whose numbers are all approved, one of any type."""
        name, widget = f"number-{listing.pk}", {"autocomplete": "off", "spellcheck": "false"}
        asked = [[each] for each in unproved] or [[row.type for row in listing.party.person.documents.all()]]
        self._types[listing.pk] = {
            f"{name}-{place}" if place > 1 else name: types for place, types in enumerate(asked, 1)
        }
        for each, types in self._types[listing.pk].items():
            said = {"listing": listing.number, "type": codes.label("document_types", types[0]) if types else ""}
            label = (
                _("Document number of %(listing)s, from the judgment: %(type)s") if len(unproved) > 1 else _ONE_NUMBER
            )
            text = forms.TextInput(widget)
            self.fields[each] = Words(label=label % said, required=False, max_length=100, widget=text)

    def numbers(self, listing: Listing) -> list[forms.BoundField]:
        return [self[name] for name in self._types[listing.pk]]

    def keep(self, sent: QueryDict) -> None:
        """Show the numbers that were typed; the revisions are those of what is shown now."""
        for asked in self._types.values():
            self.initial.update({name: sent.get(name, "") for name in asked})

    def require(self, chosen: Sequence[Listing]) -> bool:
        """Whether the numbers of the chosen listings can be document numbers at all: a slip of the judge's own hand
        is said to the judge and sends no draft back.
        """
        if not self.is_valid():
            return False
        for name, types in [asked for listing in chosen for asked in self._types[listing.pk].items()]:
            try:
                self._read(name, types)
            except Refusal as refusal:
                self.add_error(name, refused(refusal))
        return not self.errors

    def typed(self, chosen: Sequence[Listing]) -> dict[int, tuple[str, ...]]:
        return {row.pk: tuple(self.cleaned_data[name] for name in self._types[row.pk]) for row in chosen}

    def revisions(self, chosen: Sequence[Listing]) -> dict[int, int]:
        return {listing.pk: self.cleaned_data[f"revision-{listing.pk}"] for listing in chosen}

    def _read(self, name: str, types: Sequence[str]) -> None:
        """Raise why the number fits none of the types of document."""
        typed = self.cleaned_data[name]
        if not typed:
            raise FieldMissing(name=self.fields[name].label)
        why: Refusal | None = None
        for each in types:
            try:
                identity.canonical(each, typed, today=self.day)
            except Refusal as refusal:
                why = refusal
            else:
                return
        if why is not None:
            raise why


class ReturnForm(SheetForm):
    reason = Reason()
    listings = forms.ModelMultipleChoiceField(
        Listing.objects.none(), label=_("Listings"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: object, listings: Sequence[Listing]) -> None:
        super().__init__(data, initial={"listings": listings}, auto_id="id_return_%s")  # type: ignore[arg-type]
        choices = self.fields["listings"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)
        choices.queryset = Listing.objects.filter(pk__in=[row.pk for row in listings])


@dataclass(frozen=True)
class Row:
    """One listing as the judge sees it."""

    listing: Listing
    name: str
    facts: list[Fact]
    numbers: list[forms.BoundField]
    revision: forms.BoundField
    follows: Follows
    since: Since | None  # what was changed since it was returned
    barred: str  # why this judge may not approve it; "" where nothing stands in the way


@dataclass
class Desk:
    """Everything that one request to the page stands on. Where very many wait, they are decided on by the page."""

    request: HttpRequest
    officer: Officer
    decision: Decision
    turned: Page[Listing]
    now: datetime

    @property
    def listings(self) -> list[Listing]:
        return list(self.turned)

    @classmethod
    def of(cls, request: HttpRequest, decision_id: int) -> Desk:
        officer = officer_of(request)
        refuse_unless(officer, (Role.JUDGE,), REVIEW)
        decision = decision_for(officer, decision_id)
        waiting = Listing.objects.filter(party__decision=decision, state=State.IN_REVIEW).order_by("party__ordinal")
        rows = waiting.select_related("party__person", "party__decision__court", "court")
        return cls(request, officer, decision, page_of(request, list(rows)), timezone.now())

    def answer(self, approval: ApprovalForm | None = None, returning: ReturnForm | None = None) -> HttpResponse:
        record_reading(self.listings, officer=self.officer, page="review", now=self.now)
        approval = approval or self.approval(None)
        returning = returning or ReturnForm(None, self.listings)
        rows = [self._row(listing, approval) for listing in self.listings]
        return page(
            self.request,
            "review",
            _("Review %(decision)s") % {"decision": self.decision.number},
            decision=self.decision,
            facts=decision_facts(self.decision),
            rows=rows,
            turned=self.turned,
            judgment=judgment_beside(self.decision, self.officer),
            file_needed=settings.REGISTRY_FILE_NEEDED,
            any_open=any(not row.barred for row in rows),
            approval=approval,
            returning=returning,
            problems=[problem for form in (approval, returning) for problem in problems_of(form)],
        )

    def approval(self, data: object) -> ApprovalForm:
        return ApprovalForm(data, self.listings, today(self.now))

    def again(self) -> HttpResponse:
        """After a refusal: what still waits, as it stands now, with the numbers that he typed from the judgment."""
        left = Desk.of(self.request, self.decision.pk)
        if not left.listings:
            return self.onward()
        approval = left.approval(None)
        approval.keep(self.request.POST)
        return left.answer(approval)

    def onward(self) -> HttpResponse:
        """The next page: this one again while something waits on it."""
        left = Listing.objects.filter(party__decision=self.decision, state=State.IN_REVIEW).exists()
        return redirect("admin:review" if left else "admin:decision", self.decision.pk)

    def _row(self, listing: Listing, form: ApprovalForm) -> Row:
        return Row(
            listing=listing,
            name=listing.party.person.name,
            facts=[*person_facts(listing), *party_facts(listing.party)],
            numbers=form.numbers(listing),
            revision=form[f"revision-{listing.pk}"],
            follows=follows_of(listing, today(self.now)),
            since=since_return(listing),
            barred="" if may("approve", self.officer, listing) else str(FourEyes()),
        )


def review(request: HttpRequest, decision_id: int) -> HttpResponse:
    desk = Desk.of(request, decision_id)
    approval = desk.approval(None)
    if prefill := taken(request):
        prefill.lay_out(approval)
    return desk.answer(approval)


def approve(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One listing, or all that this judge may approve."""
    desk = Desk.of(request, decision_id)
    if request.method != "POST":
        return redirect("admin:review", decision_id)
    form = desk.approval(request.POST)
    chosen = _chosen(request.POST.get("approve", ""), desk)
    if not chosen:
        return desk.onward()
    if not form.require(chosen):
        return desk.answer(approval=form)
    ids = [listing.pk for listing in chosen]
    typed, revisions = form.typed(chosen), form.revisions(chosen)
    if said_no(
        request,
        lambda: actions.approve(ids, typed=typed, revisions=revisions, officer=desk.officer, now=desk.now),
    ):
        return desk.again()
    done(request, _approved(chosen))
    return desk.onward()


def send_back(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Return with a reason."""
    desk = Desk.of(request, decision_id)
    if request.method != "POST":
        return redirect("admin:review", decision_id)
    form = ReturnForm(request.POST, desk.listings)
    if not form.is_valid():
        return desk.answer(returning=form)
    ids = [listing.pk for listing in form.cleaned_data["listings"]]
    try:
        actions.return_to_clerk(ids, officer=desk.officer, now=desk.now, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        form.add_error(refusal.field or None, refused(refusal))
        return desk.answer(returning=form)
    done(request, _("Returned to the clerk with the reason."))
    return desk.onward()


def _chosen(button: str, desk: Desk) -> list[Listing]:
    """The listing whose button was pressed; the button "all" stands for all that this judge may approve."""
    if button == "all":
        return [listing for listing in desk.listings if may("approve", desk.officer, listing)]
    return [listing for listing in desk.listings if str(listing.pk) == button]


def _approved(chosen: Sequence[Listing]) -> str:
    """What became of each: in force now, or waiting."""
    rows = Listing.objects.filter(pk__in=[listing.pk for listing in chosen]).order_by("number")
    states = " ".join(
        _("%(number)s: %(state)s.") % {"number": row.number, "state": row.get_state_display()} for row in rows
    )
    return f"{_('Approved.')} {states} {_('The notice to the person can be issued now, by a clerk or registrar.')}"
