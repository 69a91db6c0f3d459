"""The page on which a clerk records how the notice was served, for the listings of one decision."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.admin.decisions import listings_of, not_served
from registry.admin.doors import done, officer_of, refuse_unless
from registry.admin.fields import NOTHING_CHOSEN, Choice, Day, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.assessment import rules
from registry.errors import NothingWaitsFor
from registry.lifecycle import IN_FORCE
from registry.models import Decision, Listing, PersonKind, ReceivedAs, Role, State
from registry.models.serving import REFERENCE_MOST
from registry.reading import decision_for
from registry.terms import SERVED_HOW

HOW = dict(zip(SERVED_HOW, (_("in court"), _("by post"), _("by public notice")), strict=True))


class ServiceForm(SheetForm):
    how = Choice([NOTHING_CHOSEN, *HOW.items()], label=_("How the notice was served"))
    served_on = Day(label=_("Served on"))
    reference = Words(
        label=_("What proves it"),
        max_length=REFERENCE_MOST * 2,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=format_lazy(
            _(
                "The number of the record of service, of the postal item or of the public notice: at most {most} characters, no name and no document number."
            ),
            most=REFERENCE_MOST,
        ),
    )
    received_as = Choice(
        [NOTHING_CHOSEN, *ReceivedAs.choices],
        label=_("Received for the unit as"),
        required=False,
        help_text=_(
            "In which capacity somebody signed for the unit. What is published is received by nobody: leave it empty then."
        ),
    )
    listings = forms.ModelMultipleChoiceField(
        Listing.objects.none(), label=_("Listings"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: object, decision: Decision) -> None:
        super().__init__(data, initial={"listings": not_served(decision)})  # type: ignore[arg-type]  # the request's own
        self.fields["served_on"].help_text = format_lazy(
            _(
                "The day on which it was handed over, delivered or published. What was published counts as served {days} days later, and the listing waits until then."
            ),
            days=rules().public_notice_days,
        )
        choices = self.fields["listings"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)
        choices.queryset = recordable(decision)
        if not choices.queryset.filter(party__person__kind=PersonKind.UNIT).exists():
            del self.fields["received_as"]


def record_service(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), _("record service of the notice"))
    decision = decision_for(officer, decision_id)
    if not recordable(decision).exists():
        raise NothingWaitsFor(what=_("record service of the notice"))
    sheet = Sheet(ServiceForm(request.POST or None, decision))

    def act() -> HttpResponse:
        chosen = [row.pk for row in sheet["listings"]]
        how = {
            name: sheet[name] for name in ("served_on", "how", "reference", "received_as") if name in sheet.form.fields
        }
        actions.record_service(chosen, **how, officer=officer, now=timezone.now())
        done(request, _("Service of the notice is recorded."))
        return redirect("admin:decision", decision.pk)

    hint = _("Before a listing takes effect, what was recorded may be put right: record it once more.")
    title = _("Record service of the notice")
    return sheet_page(request, sheet, title, act, button=_("Record"), hint=hint, decision=decision)


def recordable(decision: Decision) -> QuerySet[Listing]:
    """All that await their effect, and of those in force the ones not served so far."""
    return listings_of(decision).filter(Q(state=State.AWAITING_EFFECT) | Q(state__in=IN_FORCE, notice_served_on=None))
