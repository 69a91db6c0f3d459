"""To the identity service and back. Led there by a link, so that the forms of these pages stay on this site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from registry.addresses import absolute
from registry.errors import Refusal
from sharing import openid
from sharing.persons.identity import oidc, proving, ways
from sharing.persons.pages import visit
from sharing.persons.pages.frame import refused

KEPT = "person_oidc"


@require_safe
@never_cache
def go(request: HttpRequest) -> HttpResponse:
    try:
        ways.refuse_unless_on(ways.OIDC)
        begun = oidc.begin(_return_to())
    except Refusal as refusal:
        return refused(request, refusal)
    request.session[KEPT] = dict(begun.kept)
    return redirect(begun.address)


@sensitive_variables()
@require_safe
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """What was kept is used once, by the answer to it; an answer to something else takes nothing away."""
    answer = request.GET.dict()
    kept = request.session.get(KEPT, {})
    if openid.answers(answer, kept):
        del request.session[KEPT]
    try:
        ways.refuse_unless_on(ways.OIDC)
        proved = oidc.finish(answer, kept, return_to=_return_to(), now=timezone.now())
    except Refusal as refusal:
        return refused(request, refusal)
    return visit.begin(request, proving.keep(proved, now=timezone.now()))


def _return_to() -> str:
    return absolute(reverse("person:oidc_return"))
