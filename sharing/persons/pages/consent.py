"""The applicant's pages: what an employer asks for, and the yes or no to it. Nothing here looks anybody up in the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import ConsentLinkDead, Refusal, UnitIsNoApplicant
from sharing.employers import giving
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.evidence import Evidence
from sharing.employers.models import ConsentCode, ConsentRequest
from sharing.employers.purposes import Scope, purposes
from sharing.employers.spoken import articles_of, post_label, purpose_label
from sharing.persons.identity.proving import MINUTES, Identity
from sharing.persons.pages import kept, visit
from sharing.persons.pages.frame import contact, refused, rows_of
from sharing.persons.pages.visit import LINK, REQUEST, person_only
from sharing.persons.record import learnt, spoken
from sharing.tables import moment

AGREE, DECLINE = "agree", "decline"


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
def spoilt_link(request: HttpRequest, token: str) -> HttpResponse:
    """Something stands behind a link, such as a full stop: answered like one that leads nowhere, and in no log either."""
    return redirect("person:dead_link")


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
    before = _given_before(request, identity, now) if meant_otherwise else None
    if before is not None:
        return redirect("person:one", before.pk)
    try:
        if not meant_otherwise and request.POST.get("answer") in (AGREE, DECLINE):
            return _decided(request, identity, now)
        found = _answerable(request)
        giving.refuse_unless_natural(identity.named)
        shown = _to_decide(found, identity, visit.evidence(request), now) | {"mark": visit.mark(request)}
    except UnitIsNoApplicant as refusal:
        return refused(request, refusal, is_somebody=True)
    except Refusal as refusal:
        return refused(request, refusal)
    if request.method == "POST" and meant_otherwise:
        messages.warning(request, meant_otherwise)
    return render(request, "persons/decide.html", shown)


def _meant_otherwise(request: HttpRequest) -> str:
    """Why what was answered on an earlier page does not count; "": it does."""
    if request.POST.get("request") != request.session.get(REQUEST, ""):
        return _("Another request was opened meanwhile. Nothing was answered; this is the other request.")
    if not _is_his_form(request):
        return _("It was proved anew meanwhile who sits here. Nothing was answered; look whom this page names.")
    return ""


def _is_his_form(request: HttpRequest) -> bool:
    return constant_time_compare(request.POST.get("proof", ""), visit.mark(request))


def _given_before(request: HttpRequest, identity: Identity, now: datetime) -> ConsentCode | None:
    """Whoever presses twice, or again since no page came back, reads what he gave, and not that the link is dead by now."""
    if request.POST.get("answer") != AGREE or not _is_his_form(request):
        return None
    return giving.given_to(request.POST.get("request", ""), identity.subject(now))


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
