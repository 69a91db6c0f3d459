"""What is interrupted until somebody has confirmed that it is he: it goes on at its own address, with everything he typed.

The library keeps what was sent, and sends it again where its address is the one that the confirmation leads on to; it
compares the path alone, so whatever had a query was lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, suspend_request
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.httpkit import deserialize_request, serialize_request
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve

GO_ON = "registry.signing_in.interrupted.go_on"


def interrupt(request: HttpRequest, ask_at: str) -> HttpResponseRedirect:
    """Lead to the page ``ask_at`` that asks for the confirmation. What was sent waits in the session, which is sealed."""
    asked: HttpResponseRedirect = suspend_request(request, ask_at)
    if request.method == "POST":
        waiting = {"at": request.get_full_path(), "sent": serialize_request(request)}
        request.session[STATE_SESSION_KEY] = {"state": waiting, "callback": GO_ON}
    return asked


def go_on(request: HttpRequest, waiting: Mapping[str, str]) -> HttpResponseBase | None:
    """Called by the library once it is confirmed: what waits is done now, where it was interrupted.

    Something else may have been confirmed meanwhile: then what waits is dropped, and he goes on there.
    """
    onward = get_next_redirect_url(request)
    if onward != waiting["at"]:
        return HttpResponseRedirect(onward) if onward else None
    again: HttpRequest = deserialize_request(waiting["sent"], request)
    again.resolver_match = found = resolve(again.path_info)
    answer: HttpResponseBase = found.func(again, *found.args, **found.kwargs)
    return answer
