"""`GET /health`: what an operator and a load balancer ask. 503 while the database cannot be asked."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry import key_ages, scanner
from registry.checkpoints import signing
from registry.models import LogHead
from sharing.delivery.models import TellingCursor


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Head of the log, how far it is told and signed, and whether it is halted; of a scanner, whether it answers; whether a
    key is due to be replaced, because of which nothing stops.
    """
    try:
        head = LogHead.objects.get()
        signed = signing.latest(head.epoch)
        told = TellingCursor.objects.values_list("position", flat=True).get(pk=1)
        old = key_ages.old(now=timezone.now())
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503, headers={"Retry-After": "5"})
    facts = {"epoch": head.epoch, "head": head.size, "told": told, "signed": signed.size if signed else 0}
    keys = "old" if old else "ok"
    return JsonResponse({"status": "halted" if head.halted else "ok", **facts, "keys": keys, **_scanner()})


def _scanner() -> dict[str, str]:
    """Without it no file is taken, and everything else goes on: so it leaves the status as it is."""
    there = scanner.answers()
    return {} if there is None else {"scanner": "ok" if there else "away"}
