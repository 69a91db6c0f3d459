"""What a person asked of the court: the list, each with its history, and what the person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Concatenate

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.admin.facts import spoken_day
from registry.errors import NotServed, ObjectionNotNow, Refusal
from registry.form_problems import problems_of
from registry.lifecycle import IN_FORCE
from sharing.persons.identity.proving import Identity
from sharing.persons.identity.ways import PASSKEY, is_on
from sharing.persons.models import Follows, Objection, ObjectionState, ObjectionStep
from sharing.persons.models.objection_states import BEFORE_THE_HIGHER_COURT
from sharing.persons.objections import clocks, deciding, finding, lifecycle, papers
from sharing.persons.objections.lifecycle import ASKING, CARRYING_OUT, COMPLETING, DECISIONS, ON_REVIEW, WAITS
from sharing.persons.objections.spoken import (
    NO_LISTING,
    TITLES,
    done_label,
    due_told,
    listing_told,
    part_label,
    review_words,
    state_told,
)
from sharing.persons.pages.frame import contact, levelled, refused
from sharing.persons.pages.objections_forms import CompleteForm, FurtherForm, taking_files
from sharing.persons.pages.objections_slip import pdf
from sharing.persons.pages.proving_again import AGAIN, person_who_writes
from sharing.persons.pages.visit import person_only
from sharing.tables import Cell, Table

# What the person is told in these steps, word for word.
TOLD = frozenset({"return", "refuse"})
OWN = frozenset({*COMPLETING, *ASKING})
REVIEWABLE = (ObjectionState.PARTLY, *WAITS, *BEFORE_THE_HIGHER_COURT)

OwnPage = Callable[Concatenate[HttpRequest, Objection, ...], HttpResponse]


def of_own(view: OwnPage) -> Callable[..., HttpResponse]:
    """The page is about one of the person's own; another's is as absent as one that never was."""

    @wraps(view)
    def opened(request: HttpRequest, identity: Identity, number: str) -> HttpResponse:
        try:
            return view(request, finding.of_person_numbered(number, identity.subject(timezone.now())))
        except Refusal as refusal:
            return refused(request, refusal)

    return opened


@require_safe
@never_cache
@levelled
@person_only("person:objections")
def objections(request: HttpRequest, identity: Identity) -> HttpResponse:
    now, subject = timezone.now(), identity.subject(timezone.now())
    rows = [
        (
            Cell(each.number, href=reverse("person:objection", args=[each.number])),
            str(TITLES[each.kind]),
            listing_told(each),
            Cell(capfirst(str(state_told(each))), colour="grey" if each.is_ended and not each.is_unread else ""),
            due_told(each, now),
        )
        for each in finding.of_person(subject)
    ]
    columns = (_("Objection number"), _("What"), _("Listing"), _("State"), _("Due"))
    table = Table(_("Open ones first, then the newest"), columns, rows, empty=_("Nothing yet."))
    stated = [each for each in finding.listings_of(subject) if each.statement and each.state in IN_FORCE]
    shown = {"table": table, "stated": stated, "passkeys": is_on(PASSKEY), "contact": contact()}
    return render(request, "persons/objections.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:objections")
@of_own
def one(request: HttpRequest, found: Objection) -> HttpResponse:
    now, open_now = timezone.now(), lifecycle.open_to_person(found)
    to_read = found.served_on is None and "serve" in open_now
    decision = papers.decision_of(found)
    shown = {
        "found": found,
        "title": TITLES[found.kind],
        "rows": [{"label": label, "value": value, "href": ""} for label, value in _facts(found)],
        "words": found.content.get("words", ""),
        "files": found.files.count(),
        "steps": list(_history(found, hide=to_read)),
        "to_read": to_read,
        "has_notice": found.has_notice,
        "of_review": decision is not None and decision.step in ON_REVIEW,
        "decision": None if to_read else decision,
        "may_complete": "complete" in open_now and not clocks.is_over(found, now),
        "may_ask": not open_now.isdisjoint(ASKING) and not to_read and not clocks.is_over(found, now),
        "may_take_back": "withdraw" in open_now and not to_read,
        "may_be_cleared": not to_read and _clears(found, decision),
        "due": due_told(found, now),
        "passkeys": is_on(PASSKEY),
        "contact": contact(),
    }
    return render(request, "persons/objection.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:objections")
@of_own
def sent(request: HttpRequest, found: Objection) -> HttpResponse:
    due = due_told(found, timezone.now())
    shown = {"found": found, "title": TITLES[found.kind], "due": due, "passkeys": is_on(PASSKEY)}
    return render(request, "persons/objection_sent.html", shown)


@require_POST
@never_cache
@person_only("person:objections")
@of_own
def read(request: HttpRequest, found: Objection) -> HttpResponse:
    """To open the decision, or the completion letter of a part of it, is its service, so it is pressed and never only
    looked at.
    """
    serve = deciding.serve_notice if found.has_notice else deciding.serve
    with suppress(NotServed, ObjectionNotNow):  # in another window, a moment before
        serve(found.number, officer=None, now=timezone.now())
    return redirect("person:objection", found.number)


@require_safe
@never_cache
@person_only("person:objections")
@of_own
def letter(request: HttpRequest, found: Objection) -> HttpResponse:
    """Once it was opened. NotServed."""
    if found.served_on is None and "serve" in lifecycle.open_to_person(found):
        raise NotServed
    return pdf(papers.letter(found), found.number)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@sensitive_post_parameters()
@taking_files
@person_who_writes
@of_own
def complete(request: HttpRequest, found: Objection) -> HttpResponse:
    form = _typed(CompleteForm, request)

    def act() -> None:
        typed = form.cleaned_data
        deciding.complete(found.number, words=typed["words"], sent=typed["attached"], now=timezone.now())

    if _is_done(request, form, act):
        messages.success(request, _("Sent. The court checks it again."))
        return redirect("person:objection", found.number)
    missing = found.steps.filter(step="return").last()
    shown = {
        "title": _("Complete it"),
        "missing": missing.reason if missing else "",
        "button": _("Send it to the court"),
    }
    return _further(request, found, form, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@sensitive_post_parameters()
@person_who_writes
@of_own
def ask_higher_court(request: HttpRequest, found: Objection) -> HttpResponse:
    form = _typed(FurtherForm, request)

    def act() -> None:
        deciding.ask_review(found.number, words=form.cleaned_data["words"], now=timezone.now())

    if _is_done(request, form, act):
        messages.success(request, _("The higher court was asked."))
        return redirect("person:objection", found.number)
    shown = {
        "title": _("Ask the higher court"),
        "missing": "",
        "button": _("Ask the higher court"),
        "reviewed_by": review_words(found),
    }
    return _further(request, found, form, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@person_only("person:objections")
@of_own
def take_back(request: HttpRequest, found: Objection) -> HttpResponse:
    if request.method == "POST":
        deciding.withdraw(found.number, now=timezone.now())
        messages.success(request, _("Taken back. Nothing further happens."))
        return redirect("person:objection", found.number)
    return render(request, "persons/objection_take_back.html", {"found": found, "title": TITLES[found.kind]})


@require_POST
@never_cache
@person_only("person:objections")
def remove_statement(request: HttpRequest, identity: Identity, listing: str) -> HttpResponse:
    now = timezone.now()
    try:
        deciding.remove_statement(finding.listing_of(identity.subject(now), listing), now=now)
    except Refusal as refusal:
        return refused(request, refusal)
    messages.success(request, _("Your statement is removed, and every recipient is told."))
    return redirect("person:objections")


def _typed(form: type[FurtherForm], request: HttpRequest) -> FurtherForm:
    """As it was sent; what waited for a proof of identity is to be looked at again."""
    if AGAIN in request.POST:
        return form(initial={"words": request.POST.get("words", "")})
    return form(request.POST or None, request.FILES or None)


def _is_done(request: HttpRequest, form: FurtherForm, act: Callable[[], object]) -> bool:
    """What is refused for a field stands beside it, and nothing typed is lost. Raises the other refusals."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _further(request: HttpRequest, found: Objection, form: FurtherForm, **shown: str) -> HttpResponse:
    whole = {"found": found, "form": form, "problems": list(problems_of(form)), **shown}
    return render(request, "persons/objection_further.html", whole, status=422 if form.errors else 200)


def _clears(found: Objection, decision: ObjectionStep | None) -> bool:
    """Somebody else was meant, and that is done: there is a letter about it."""
    is_done = found.doubts_identity and found.state == ObjectionState.CLOSED
    return is_done and decision is not None and decision.follows == Follows.WITHDRAW


def _facts(found: Objection) -> Iterator[tuple[str, str]]:
    yield _("Objection number"), found.number
    yield _("Listing"), f"{listing_told(found)} · {found.court}" if found.listing else NO_LISTING
    if found.part:
        yield _("Which part is wrong"), part_label(found)
    yield _("Received on"), spoken_day(found.received_on)
    if found.entered_by_id is not None:
        yield _("Raised by"), f"{found.get_raised_by_display()} · {found.get_arrival_display()}"
    yield _("State"), capfirst(str(state_told(found)))
    yield _("Due"), due_told(found, timezone.now())
    if not found.is_unread and found.state in REVIEWABLE:
        yield _("Reviewed by"), review_words(found)


def _history(found: Objection, *, hide: bool) -> Iterator[dict[str, object]]:
    """``hide``: the last decision is not opened yet: what it says, or what was done by it, is not said here either. What a
    notice says is not, until it is opened.
    """
    for step in found.steps.select_related("officer__court"):
        if (hide or found.has_notice) and step.step in CARRYING_OUT:
            continue
        if hide and step.step in DECISIONS:
            yield {"title": pgettext("what happened", "Decided"), "at": step.at, "text": ""}
        else:
            yield {"title": done_label(step), "at": step.at, "text": _told(step)}


def _told(step: ObjectionStep) -> str:
    if step.step in (*TOLD, *OWN, *DECISIONS):
        return step.reason
    return ""
