"""No page's address holds a NUL: PostgreSQL cannot even be asked for one, and whoever sends it looks for a page that breaks.

The API says so itself, in the form in which it says everything; what stands behind a question mark is the pages' matter.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase

API = ("/api/", "/status-lists/")


class NulMiddleware:
    """Last of all, so that its 404 goes out through all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info and not request.path_info.startswith(API):
            raise Http404
        return self.get_response(request)
