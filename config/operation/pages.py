"""`GET /metrics`, for the court's own Prometheus: by a token, and not published by the proxy outside the court's network."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from config.operation.metrics import of_requests, text
from config.zones.zone import Zone

READ_THE_DATABASE = (Zone.ALL, Zone.DESK)  # others may not read what the figures are made of


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set, as if there were no such address; 401 without it. Where zones are apart each counts its own
    requests, and the desk alone has the figures of the installation.
    """
    if not settings.REGISTRY_METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.REGISTRY_METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    figures = text() if settings.REGISTRY_ZONE in READ_THE_DATABASE else of_requests()
    return HttpResponse(figures, content_type=CONTENT_TYPE_LATEST)
