"""The applicant's pages: what an employer asks for, the yes or no to it, and the consents that were given.

Nothing here looks anybody up in the register; what an employer was answered is read from the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.admin.facts import spoken_day
from registry.errors import ConsentLinkDead, NoSuchConsent, Refusal
from sharing.employers import denying, giving
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.evidence import Evidence
from sharing.employers.giving import Given
from sharing.employers.models import ConsentRequest, RequestState
from sharing.employers.purposes import Scope, purposes
from sharing.employers.spoken import articles_of, post_label, purpose_label
from sharing.persons.identity.proving import MINUTES, Identity
from sharing.persons.pages import kept, visit
from sharing.persons.pages.frame import contact, levelled, refused, rows_of
from sharing.persons.pages.visit import LINK, REQUEST, person_only
from sharing.persons.record import denied, learnt, spoken
from sharing.persons.record.answered import answer_to
from sharing.tables import Cell, Table, moment

AGREE, DECLINE = "agree", "decline"
# Nothing is left to revoke.
ENDED = frozenset({RequestState.EXPIRED, RequestState.CLOSED, RequestState.WITHDRAWN, RequestState.REVOKED})


@require_safe
@never_cache
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address, and does nothing else. A refusal would put the address into the log, so it comes
    from the next page.
    """
    try:
        found = giving.opened(token, now=timezone.now())
    except ConsentLinkDead:
        return redirect("person:dead_link")
    request.session[REQUEST], request.session[LINK] = found.pk, found.link_mark
    return redirect("person:request")


@require_safe
@never_cache
def dead_link(request: HttpRequest) -> HttpResponse:
    """For every link that leads nowhere; nothing is kept of it."""
    return refused(request, ConsentLinkDead())


@require_safe
@never_cache
def request_page(request: HttpRequest) -> HttpResponse:
    """What is asked for, before anybody has to say who he is."""
    if REQUEST not in request.session:
        return render(request, "persons/no_request.html")
    try:
        found = _answerable(request)
    except ConsentLinkDead as refusal:
        return refused(request, refusal)
    scope = Scope(found.scope)
    shown = {
        "found": found,
        "rows": rows_of(_facts(found)),
        "meaning": learnt.MEANINGS[scope],
        "shown": learnt.SHOWN[scope],
        "never": learnt.NEVER,
        "table": learnt.table(scope),
        "days": LONGEST_DAYS,
        "contact": contact(),
    }
    return render(request, "persons/request.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@person_only("person:decide")
def decide(request: HttpRequest, identity: Identity) -> HttpResponse:
    """Agree or decline: two buttons of one size. To decline writes nothing down.

    An answer counts for the request on the page that it was given on, and for whom that page named: since then another link
    may have been opened in this browser, or somebody else may have proved who he is.
    """
    now = timezone.now()
    meant_otherwise = _meant_otherwise(request)
    try:
        if not meant_otherwise and request.POST.get("answer") in (AGREE, DECLINE):
            return _decided(request, identity, now)
        found = _answerable(request)
        shown = _to_decide(found, identity, visit.evidence(request), now) | {"mark": visit.mark(request)}
    except Refusal as refusal:
        return refused(request, refusal)
    if request.method == "POST" and meant_otherwise:
        messages.warning(request, meant_otherwise)
    return render(request, "persons/decide.html", shown)


def _meant_otherwise(request: HttpRequest) -> str:
    """Why what was answered on an earlier page does not count; "": it does."""
    if request.POST.get("request") != request.session.get(REQUEST, ""):
        return _("Another request was opened meanwhile. Nothing was answered; this is the other request.")
    if not constant_time_compare(request.POST.get("proof", ""), visit.mark(request)):
        return _("It was proved anew meanwhile who sits here. Nothing was answered; look whom this page names.")
    return ""


def _decided(request: HttpRequest, identity: Identity, now: datetime) -> HttpResponse:
    if request.POST["answer"] == DECLINE:
        visit.end(request)
        visit.close(request)
        return redirect("person:declined")
    subject, evidence = identity.subject(now), visit.evidence(request)
    code = giving.agree(*_opened(request), subject, evidence=evidence, named=identity.named, now=now)
    visit.close(request)
    return redirect("person:one", code.pk)


def _to_decide(found: ConsentRequest, identity: Identity, evidence: Evidence, now: datetime) -> dict[str, object]:
    return {
        "found": found,
        "rows": rows_of(_facts(found)),
        "identity": rows_of(spoken.about(identity)),
        "kept": rows_of(kept.lines(evidence)),
        "meaning": learnt.MEANINGS[Scope(found.scope)],
        "until": now + timedelta(days=LONGEST_DAYS),
        "minutes": MINUTES,
    }


@require_safe
@never_cache
def declined(request: HttpRequest) -> HttpResponse:
    return render(request, "persons/declined.html", {"contact": contact()})


@require_safe
@never_cache
@levelled
@person_only("person:mine")
def mine(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    found = giving.consents_of_person(identity.subject(now))
    rows = [
        (
            Cell(each.employer.spoken_name, href=reverse("person:one", args=[each.key])),
            capfirst(post_label(each.purpose, each.post)),
            moment(each.given_at),
            Cell(state_label(each), colour=""),
        )
        for each in found
    ]
    columns = (_("Employer"), _("Post"), _("Recorded at"), _("State"))
    table = Table(_("Your consents, the newest first"), columns, rows, empty=_("No consent yet."))
    shown = {"table": table, "identity": rows_of(spoken.about(identity)), "contact": contact()}
    return render(request, "persons/mine.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:mine")
def one(request: HttpRequest, identity: Identity, key: UUID) -> HttpResponse:
    now = timezone.now()
    subject = identity.subject(now)
    try:
        given = giving.given_by(key, subject)
    except NoSuchConsent as refusal:
        return refused(request, refusal)
    state = given.state(now)
    revoked = given.revoked_at is not None
    shown = {
        "given": given,
        "state": state,
        "state_label": state_label(given),
        "closed": state is RequestState.CLOSED,
        "rows": rows_of(_facts_of(given)),
        "code": given.code.code if given.code and state is RequestState.GIVEN else "",
        "at_once": given.code is not None and given.code.request.of_campaign,
        "may_revoke": not revoked and not given.is_void and state not in ENDED,
        "asked": given.screening,
        "unanswered": given.waits,
        "told": given.told_until is not None,
        "taken_back": revoked and (given.waits or given.is_void),
        "answer": answer_to(given.screening, subject) if given.screening else None,
        "denial": denied.shown(given.screening),
        "contact": contact(),
    }
    return render(request, "persons/one.html", shown)


@require_POST
@never_cache
@person_only("person:mine")
def revoke(request: HttpRequest, identity: Identity, key: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        given = giving.given_by(key, identity.subject(now))
        in_time = giving.revoke(key, identity.subject(now), now=now)
    except NoSuchConsent as refusal:
        return refused(request, refusal)
    if given.told_until is not None:
        messages.success(
            request, _("Revoked. The employer is told of no change any more. What it was answered before stays.")
        )
    elif not in_time:
        messages.warning(request, _("The question was already asked and answered, and that stays."))
    elif given.screening is not None:
        messages.success(request, _("Revoked. The question that waits gets no answer."))
    else:
        messages.success(request, _("Revoked. Nobody can ask with this consent any more."))
    return redirect("person:one", key)


@require_POST
@never_cache
@person_only("person:mine")
def deny(request: HttpRequest, identity: Identity, key: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        denying.deny(key, identity.subject(now), now=now)
    except NoSuchConsent as refusal:
        return refused(request, refusal)
    messages.success(request, _("Written down. The court calls the form in, and this page shows what comes of it."))
    return redirect("person:one", key)


def state_label(given: Given) -> str:
    """To the person, who is told more than the employer."""
    state = given.state(timezone.now())
    if state is RequestState.USED:
        return _used_label(given)
    labels = {
        RequestState.GIVEN: _("given, not used yet"),
        RequestState.EXPIRED: _("expired unused"),
        RequestState.CLOSED: _("closed: the employer’s questions named somebody else"),
        RequestState.REVOKED: _("revoked by you"),
        RequestState.WITHDRAWN: _("the employer withdrew its request"),
    }
    return labels[state]


def _used_label(given: Given) -> str:
    revoked = given.revoked_at is not None
    if given.code is None:
        return _label_of_form(given) if revoked else _("asked on a signed form")
    if given.waits:
        return _("asked, waits for an answer")
    if given.is_void:
        return _("asked, revoked before there was an answer") if revoked else _("asked, and got no answer")
    return _("asked and answered, revoked since") if revoked else _("asked and answered")


def _label_of_form(given: Given) -> str:
    if given.waits or given.is_void:
        return _("asked on a signed form, revoked before there was an answer")
    return _("asked and answered on a signed form, revoked since")


def _answerable(request: HttpRequest) -> ConsentRequest:
    return giving.answerable(*_opened(request), now=timezone.now())


def _opened(request: HttpRequest) -> tuple[str, str]:
    """The request, and by which of its links."""
    return request.session.get(REQUEST, ""), request.session.get(LINK, "")


def _facts(found: ConsentRequest) -> Iterator[tuple[str, str]]:
    purpose = purposes().get(found.purpose)
    yield _("Who asks"), found.employer.spoken_name
    yield _("Unified social credit code"), found.employer.uscc
    yield _("For what"), capfirst(purpose_label(found.purpose))
    yield _("On what basis"), (articles_of(purpose) if purpose else "") or "—"
    yield _("For which post"), capfirst(post_label(found.purpose, found.post))
    yield _("You may answer until"), moment(found.expires_at)


def _facts_of(given: Given) -> Iterator[tuple[str, str]]:
    yield _("Employer"), f"{given.employer.spoken_name} · {given.employer.uscc}"
    yield _("For what"), capfirst(purpose_label(given.purpose))
    yield _("For which post"), capfirst(post_label(given.purpose, given.post))
    yield _("State"), capfirst(state_label(given))
    if given.code is not None:
        yield _("You agreed at"), moment(given.code.given_at)
        yield _("The employer may ask until"), moment(given.code.expires_at)
        yield from kept.lines(Evidence.of(given.code))
    else:
        yield _("The employer says that you signed a form; recorded at"), moment(given.given_at)
    if given.told_until is not None:
        yield _("The employer is told of changes until"), spoken_day(given.told_until)
    if given.revoked_at is not None:
        yield _("You revoked it at"), moment(given.revoked_at)
