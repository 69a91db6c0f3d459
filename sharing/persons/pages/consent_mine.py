"""The consents that a person gave, and those that employers attest of him: what came of each, taken back and denied.

Nothing here looks anybody up in the register; what an employer was answered is read from the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry.admin.facts import spoken_day
from registry.errors import NoSuchConsent
from sharing.employers import denying, giving
from sharing.employers.evidence import Evidence
from sharing.employers.giving import Given
from sharing.employers.models import RequestState
from sharing.employers.spoken import post_label, purpose_label
from sharing.persons.identity.proving import Identity
from sharing.persons.pages import kept
from sharing.persons.pages.frame import contact, levelled, refused, rows_of
from sharing.persons.pages.visit import person_only
from sharing.persons.record import denied, spoken
from sharing.persons.record.answered import answer_to
from sharing.tables import Cell, Table, moment

# Nothing is left to revoke.
ENDED = frozenset({RequestState.EXPIRED, RequestState.CLOSED, RequestState.WITHDRAWN, RequestState.REVOKED})


@require_safe
@never_cache
@levelled
@person_only("person:mine")
def mine(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    found = giving.consents_of_person(identity.subject(now), now=now)
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
    table = Table(_("Your consents: open ones first, then the newest"), columns, rows, empty=_("No consent yet."))
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
        is_open = denying.deny(key, identity.subject(now), now=now)
    except NoSuchConsent as refusal:
        return refused(request, refusal)
    if is_open:
        messages.success(request, _("Written down. The court calls the form in, and this page shows what comes of it."))
    else:
        messages.warning(
            request, _("The form was judged before, as this page shows. From now on the consent counts as revoked.")
        )
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
