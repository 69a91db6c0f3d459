"""Files that are taken, at whichever door: one place sees every answer that a browser keeps as a file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from registry.auditing.noting import caller, note_request
from registry.models import AuditKind

FILE = "Content-Disposition"
TO_EVERYBODY = "public"  # the room whose files are published
TO_HIM = "person"  # the room whose addresses may hold a secret of the one who opens them


class ExportsMiddleware:
    """Notes which file it was by what its address names, before its first byte is sent; what cannot be noted is not given."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        is_given = response.status_code == 200 and request.method != "HEAD"
        if is_given and FILE in response and request.resolver_match:
            _note(request, request.resolver_match)
        return response


def _note(request: HttpRequest, found: ResolverMatch) -> None:
    """What is given to somebody nobody knows is given to everybody, but for the listed person's own pages."""
    is_his, who = found.namespace == TO_HIM, caller(request)
    if found.namespace == TO_EVERYBODY or not (who or is_his):
        return
    named = () if is_his else found.kwargs.values()
    note_request(request, AuditKind.EXPORT, who=who, about=" ".join(map(str, named)))
