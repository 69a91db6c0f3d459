"""To come back without a new code: passkeys made, listed and removed, and used in place of a code.

What a browser says of them is judged in `sharing.persons.passkeys`; its session keeps a challenge, and gives it up with the
first answer, whatever it is.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from registry.errors import NoSuchWay, Refusal
from registry.form_problems import Problem
from sharing.persons.identity import proving, ways
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Passkey
from sharing.persons.pages import visit
from sharing.persons.pages.frame import levelled, refused, rows_of
from sharing.persons.pages.visit import person_only
from sharing.persons.passkeys import ceremony, keeping, returning
from sharing.persons.passkeys.ceremony import Begun
from sharing.tables import moment

MAKING, USING = "person_passkey_made", "person_passkey_used"


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@person_only("person:passkeys")
def passkeys(request: HttpRequest, identity: Identity) -> HttpResponse:
    """The person's own, and the offer to make one here."""
    problems, status = [], 200
    try:
        ways.refuse_unless_on(ways.PASSKEY)
        if request.method == "POST":
            return _make(request, identity)
    except NoSuchWay as refusal:
        return refused(request, refusal)
    except Refusal as refusal:
        problems, status = [Problem(str(refusal))], refusal.status
    return render(request, "persons/passkeys.html", _shown(request, identity, problems), status=status)


@sensitive_variables()
@require_POST
@never_cache
@person_only("person:passkeys")
def begin_making(request: HttpRequest, identity: Identity) -> HttpResponse:
    """For the script: what the browser is to make. What is refused here is refused again, in words, with its answer."""
    try:
        ways.refuse_unless_on(ways.PASSKEY)
        begun = keeping.begin(identity, visit.evidence(request), now=timezone.now())
    except Refusal as refusal:
        return _not_begun(refusal)
    return _begun(request, MAKING, begun)


@require_POST
@never_cache
@person_only("person:passkeys")
def remove(request: HttpRequest, identity: Identity, key: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        keeping.remove(key, identity.subject(now), now=now)
    except Refusal as refusal:
        return refused(request, refusal)
    messages.success(request, _("Removed. It opens nothing any more, and a visit that began with it is over."))
    return redirect("person:passkeys")


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    problems, status = [], 200
    try:
        ways.refuse_unless_on(ways.PASSKEY)
        if request.method == "POST":
            kept = request.session.pop(USING, {})
            proof = returning.redeem(request.POST.get("answer", ""), kept, now=timezone.now())
            return visit.begin(request, proof)
    except NoSuchWay as refusal:
        return refused(request, refusal)
    except Refusal as refusal:
        problems, status = [Problem(str(refusal))], refusal.status
    return render(request, "persons/passkey.html", {"problems": problems}, status=status)


@require_POST
@never_cache
def begin_coming_back(request: HttpRequest) -> HttpResponse:
    """For the script: what the browser is to sign."""
    try:
        ways.refuse_unless_on(ways.PASSKEY)
    except NoSuchWay as refusal:
        return _not_begun(refusal)
    return _begun(request, USING, ceremony.begin_using(now=timezone.now()))


@sensitive_variables()
def _make(request: HttpRequest, identity: Identity) -> HttpResponse:
    kept = request.session.pop(MAKING, {})
    answer = request.POST.get("answer", "")
    keeping.make(identity, visit.evidence(request), answer, kept, now=timezone.now())
    messages.success(request, _("Your passkey is made. Choose “With your passkey” when you come back."))
    return redirect("person:passkeys")


def _shown(request: HttpRequest, identity: Identity, problems: list[Problem]) -> dict[str, Any]:
    now = timezone.now()
    subject, why_not = identity.subject(now), None
    try:
        keeping.refuse_unless_may(subject, visit.evidence(request), now=now)
    except Refusal as refusal:
        why_not = refusal
    return {
        "mine": [{"key": each.pk, "rows": rows_of(_lines(each))} for each in keeping.mine(subject, now=now)],
        "why_not": why_not.text if why_not and not problems else "",
        "may_make": why_not is None,
        "problems": problems,
        "minutes": proving.MINUTES,
        "days": settings.SHARING_PASSKEY_DAYS,
    }


def _lines(passkey: Passkey) -> list[tuple[str, str]]:
    where = _("on a phone, or on a key") if passkey.is_elsewhere else _("in the device on which it was made")
    return [
        (_("Passkey made at"), moment(passkey.made_at)),
        (_("Where"), where),
        (_("Last used"), moment(passkey.used_at) if passkey.used_at else _("not used yet")),
        (_("Ends by itself"), _("not before %(at)s") % {"at": moment(passkey.ends_at)}),
    ]


def _begun(request: HttpRequest, key: str, begun: Begun) -> HttpResponse:
    request.session[key] = dict(begun.kept)
    return HttpResponse(begun.options, content_type="application/json")


def _not_begun(refusal: Refusal) -> HttpResponse:
    return JsonResponse({"code": refusal.code}, status=refusal.status)
