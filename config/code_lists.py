"""Before a request the process looks whether the code lists were changed; before a task `registry.tasks` does."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from registry import code_overlay


class CodeListsMiddleware:
    """Behind what answers without the database: static files, redirects, refused forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        code_overlay.keep_up()
        return self.get_response(request)
