"""Whoever asks for the headers of an answer alone (HEAD) has read nothing of it, and nothing is on record that says he had.

Pages that show persons write down who looks, before they are rendered, and files who takes them; in every room by its own means. So it
is undone here, once for all of them: what such a request writes is rolled back (docs/decisions/0126).
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase


class HeadersAloneMiddleware:
    """Of those who come with a session, which is saved outside of it. Programs have calls of their own that know of it, and theirs are
    counted (`sharing.parties.rate`); of others no look is on record.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD" or request.session.session_key is None:
            return self._get_response(request)
        with transaction.atomic():
            response = self._get_response(request)
            if response.status_code < HTTPStatus.BAD_REQUEST:  # who was refused stays on record, however he asked
                transaction.set_rollback(True)
        return _without_body(response)


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """What is not on record must not be read, whatever server stands before this. Its length is that of the page (RFC 9110 §8.6)."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response
