"""The pages of the steps: one officer, one sheet, one step; the flow asks the table again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from registry import actions
from registry.admin.doors import done, door, officer_of
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NoSuchObjection, ObjectionNotNow, Text
from registry.lifecycle import ACTS
from registry.models import Officer
from sharing.desk import objections
from sharing.desk.objections_forms import (
    AdmitForm,
    CarriedOutForm,
    CompletedForm,
    ConfirmForm,
    FurtherForm,
    ServedForm,
    UpheldForm,
    WhyForm,
    WithdrawnForm,
)
from sharing.persons.models import Objection
from sharing.persons.objections import deciding, finding, following, lifecycle
from sharing.persons.objections.lifecycle import STEPS
from sharing.persons.objections.spoken import follows_label
from sharing.persons.pages.objections_forms import taking_files

Do = Callable[[Objection, Sheet, Officer, datetime], object]


@dataclass(frozen=True)
class StepPage:
    form: type[SheetForm]
    do: Do
    hint: Text = ""


def _decide(name: str) -> Do:
    def do(found: Objection, sheet: Sheet, officer: Officer, now: datetime) -> object:
        follows = sheet.form.cleaned_data.get("follows", "")
        return deciding.decide(found.number, name, officer=officer, now=now, reason=sheet["reason"], follows=follows)

    return do


def _carry_out(found: Objection, sheet: Sheet, officer: Officer, now: datetime) -> object:
    chosen = sheet["proposal"]
    proposal = UUID(chosen) if chosen in {str(each.pk) for each in following.proposals_since(found)} else None
    return deciding.carry_out(found.number, officer=officer, now=now, proposal_id=proposal, reason=sheet["reason"])


def _serve(record: Callable[..., Objection]) -> Do:
    def do(found: Objection, sheet: Sheet, officer: Officer, now: datetime) -> object:
        on, late_because = sheet["served_on"], sheet["late_because"]
        return record(found.number, officer=officer, now=now, on=on, late_because=late_because)

    return do


def _ask_review(found: Objection, sheet: Sheet, officer: Officer, now: datetime) -> object:
    return deciding.ask_review(
        found.number,
        words=sheet["words"],
        received_on=sheet["received_on"],
        posted_on=sheet["posted_on"],
        late_because=sheet["late_because"],
        officer=officer,
        now=now,
    )


def _complete(found: Objection, sheet: Sheet, officer: Officer, now: datetime) -> object:
    return deciding.complete(
        found.number,
        words=sheet["words"],
        sent=sheet["attached"],
        received_on=sheet["received_on"],
        posted_on=sheet["posted_on"],
        late_because=sheet["late_because"],
        officer=officer,
        now=now,
    )


AS_SAID = gettext_lazy("As the person says it at the counter or by letter.")
OPENED_AGAIN = gettext_lazy(
    "What was posted, or came, by the last day and is entered after it was closed opens it again."
)
IN_THE_LETTER = gettext_lazy("The reason goes into the letter to the person, word for word. Name nobody else.")
CARRIED = gettext_lazy(
    "What was upheld is done by a proposal on the listing, which a second officer carries out. A reason alone is enough where the listing has ended; and else from a judge or registrar who had no hand in it."
)
PAGES: Mapping[str, StepPage] = {
    "return": StepPage(
        WhyForm,
        lambda found, sheet, officer, now: deciding.give_back(
            found.number, officer=officer, now=now, reason=sheet["reason"]
        ),
        gettext_lazy("Say what is missing; the person reads it word for word."),
    ),
    "complete": StepPage(
        CompletedForm,
        _complete,
        gettext_lazy("As the person says it at the counter or by letter. Papers are scanned and attached."),
    ),
    "complete_late": StepPage(CompletedForm, _complete, OPENED_AGAIN),
    "refuse": StepPage(
        WhyForm,
        lambda found, sheet, officer, now: deciding.refuse(
            found.number, officer=officer, now=now, reason=sheet["reason"]
        ),
        gettext_lazy("On form alone: it is not from the person or one who speaks for him, or about no listing."),
    ),
    "admit": StepPage(
        ConfirmForm,
        lambda found, sheet, officer, now: deciding.admit(
            found.number, officer=officer, now=now, listing=sheet.form.cleaned_data.get("listing", "")
        ),
        gettext_lazy("Every recipient of a listing that is objected to is told that it is disputed."),
    ),
    "accept": StepPage(
        ConfirmForm,
        lambda found, sheet, officer, now: deciding.accept(found.number, officer=officer, now=now),
        gettext_lazy(
            "The words become part of the listing, and every recipient is shown them. Whether they are true is not judged."
        ),
    ),
    "uphold": StepPage(UpheldForm, _decide("uphold"), IN_THE_LETTER),
    "uphold_in_part": StepPage(UpheldForm, _decide("uphold_in_part"), IN_THE_LETTER),
    "reject": StepPage(WhyForm, _decide("reject"), IN_THE_LETTER),
    "review_uphold": StepPage(UpheldForm, _decide("review_uphold"), IN_THE_LETTER),
    "review_reject": StepPage(WhyForm, _decide("review_reject"), IN_THE_LETTER),
    "serve": StepPage(
        ServedForm,
        _serve(deciding.serve),
        gettext_lazy("Whoever opens the decision on his page is served then, and needs no paper."),
    ),
    "carry_out": StepPage(CarriedOutForm, _carry_out, CARRIED),
    "serve_notice": StepPage(
        ServedForm,
        _serve(deciding.serve_notice),
        gettext_lazy("Whoever opens the completion letter on his page is served then, and needs no paper."),
    ),
    "carry_out_in_part": StepPage(CarriedOutForm, _carry_out, CARRIED),
    "carry_out_meanwhile": StepPage(CarriedOutForm, _carry_out, CARRIED),
    "ask_review": StepPage(FurtherForm, _ask_review, AS_SAID),
    "ask_review_early": StepPage(FurtherForm, _ask_review, AS_SAID),
    "ask_review_late": StepPage(FurtherForm, _ask_review, OPENED_AGAIN),
    "withdraw": StepPage(
        WithdrawnForm,
        lambda found, sheet, officer, now: deciding.withdraw_for(
            found.number,
            officer=officer,
            now=now,
            received_on=sheet["received_on"],
            authority=sheet["authority"],
            reason=sheet["reason"],
        ),
        gettext_lazy("Only where the person said so, at the counter or by letter."),
    ),
}


@sensitive_post_parameters()
@sensitive_variables()
@door
def take_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    return _step(request, number, step)


@sensitive_post_parameters()
@sensitive_variables()
@door
@taking_files
def complete(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """The steps that come with files, at an address of their own: what is interrupted to be confirmed goes on without them."""
    return _step(request, number, step)


def _step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    officer = officer_of(request)
    found = finding.for_officer(officer, number)
    row, what = STEPS.get(step), PAGES.get(step)
    if row is None or what is None:
        raise NoSuchObjection
    lifecycle.refuse_officer(row, officer, found)
    try:
        lifecycle.refuse_state(row, found)
    except ObjectionNotNow as refusal:  # a button pressed twice, or a page that is out of date
        messages.error(request, str(refusal))
        return redirect("sharing_desk:objection", number)
    sheet = Sheet(_form(what, found, request))

    def act() -> HttpResponse:
        what.do(found, sheet, officer, timezone.now())
        done(request, _("Done: %(act)s.") % {"act": row.label})
        return redirect("sharing_desk:objection", number)

    title = _("%(number)s: %(act)s") % {"number": number, "act": row.label}
    return _sheet_page(request, sheet, act, found, title=title, button=row.label, hint=what.hint)


@dataclass(frozen=True)
class WayToStop:
    do: Callable[..., None]
    done: Text
    hint: Text


WAYS_TO_STOP = {
    "suspend": WayToStop(
        actions.suspend,
        gettext_lazy("Suspended. Nothing is told or answered from it until it is reinstated."),
        gettext_lazy("Sharing stops at once. Starting again needs a proposal and a second officer."),
    ),
    "stop": WayToStop(
        actions.stop,
        gettext_lazy("Stopped. It is a draft again, and nothing is told on its day."),
        gettext_lazy(
            "Back to draft: nothing is told on its day. Approved again, it is told to the person by a notice of its own."
        ),
    ),
}


@door
def suspend(request: HttpRequest, number: str) -> HttpResponse:
    """Sharing stops at once, or never begins, from the page of the doubt."""
    officer = officer_of(request)
    found = finding.for_officer(officer, number)
    listing = found.listing
    name = objections.way_to_stop(officer, listing, found)
    if listing is None or not name:
        raise NoSuchObjection
    what = WAYS_TO_STOP[name]
    sheet = Sheet(WhyForm(request.POST or None))

    def act() -> HttpResponse:
        what.do([listing.pk], officer=officer, now=timezone.now(), reason=sheet["reason"])
        done(request, what.done)
        return redirect("sharing_desk:objection", number)

    label = ACTS[name].label
    title = _("%(number)s: %(act)s") % {"number": listing.number, "act": label}
    return _sheet_page(request, sheet, act, found, title=title, button=label, hint=what.hint)


def _sheet_page(
    request: HttpRequest,
    sheet: Sheet,
    act: Callable[[], HttpResponse],
    found: Objection,
    *,
    title: str,
    button: Text,
    hint: Text,
) -> HttpResponse:
    back = objections.back_to(found)
    return sheet_page(request, sheet, title, act, button=capfirst(str(button)), hint=hint, back=back)


def _form(what: StepPage, found: Objection, request: HttpRequest) -> SheetForm:
    typed, sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if what.form is CarriedOutForm:
        named = [
            (str(each.pk), f"{ACTS[each.act].label} · {each.get_outcome_display()}")
            for each in following.proposals_since(found)
        ]
        return CarriedOutForm(typed, proposals=named)
    if what.form is UpheldForm:
        now = timezone.now()
        ways = [(each.value, follows_label(found, each, now)) for each in following.possible(found)]
        return UpheldForm(typed, follows=ways)
    if what.form is ConfirmForm and found.listing is None and what is PAGES["admit"]:
        return AdmitForm(typed)
    return what.form(typed, sent)
