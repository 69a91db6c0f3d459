"""`GET /health`: what an operator and a load balancer ask. 503 while the database cannot be asked."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from registry import log
from sharing.delivery.models import TellingCursor


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Head of the log, how far the telling is behind it, and the oldest event that waits."""
    try:
        size, epoch = log.head()
        told = TellingCursor.objects.values_list("position", flat=True).get(pk=1)
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok", "epoch": epoch, "head": size, "told": told})
