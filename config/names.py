"""Which addresses there are at which host name, where the desk has one of its own: one application at each."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from registry.addresses import is_elsewhere

# At either name, beside static files: the switch of the language, what a load balancer asks, and where browsers report.
AT_BOTH = frozenset({"/language/", "/health", "/csp-report"})
# No route has it: what is not of a name is answered there as whatever else does not exist.
NOWHERE = "/no-such-page/"


class NamesMiddleware:
    """Before everything, so that no middleware behind sees an address that its name has not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not _is_at_both(path) and is_elsewhere(f"{path}/", request):
            request.path_info = NOWHERE
        return self.get_response(request)


def _is_at_both(path: str) -> bool:
    return path in AT_BOTH or path.startswith(settings.STATIC_URL)
