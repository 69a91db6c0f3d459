"""`GET /metrics`, for the court's own Prometheus: by a token, and not published by the proxy outside the court's network."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from config.operation.metrics import text


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set, as if there were no such address; 401 without it."""
    if not settings.REGISTRY_METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.REGISTRY_METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST)
