"""What this process and the others of its server were asked: by route and how it ended, and how long it took.

With PROMETHEUS_MULTIPROC_DIR in the environment, as the unit for systemd has it, all processes of the server are counted
together, whichever is asked; without it each counts for itself. A route's name and a status are all that is kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
NO_ROUTE = "none"  # static files, and addresses that there are not
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_own = CollectorRegistry()
REQUESTS = Counter(
    "registry_requests", "Requests, by the route's name and the class of the status", ("route", "status"), registry=_own
)
DURATION = Histogram(
    "registry_request_seconds", "Seconds until an answer began, by the route's room", ("room",), buckets=SECONDS,
    registry=_own,
)  # fmt: skip


class RequestsMiddleware:
    """Around whatever may refuse a request, so that refusals are counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        found = request.resolver_match
        route = found.view_name if found is not None else NO_ROUTE
        REQUESTS.labels(route, f"{response.status_code // 100}xx").inc()
        DURATION.labels(route.rpartition(":")[0] or NO_ROUTE).observe(time.monotonic() - began)
        return response


def counted() -> CollectorRegistry:
    """To be asked once."""
    if SHARED not in os.environ:
        return _own
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # registers itself
    return together
