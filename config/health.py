"""`GET /health`: what a load balancer asks. `GET /health/ready`: what those who run the installation ask, part by part.

Both answer 503 while the database cannot be asked, and say when to come back. Neither says anything of a person.
"""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.operation import readiness
from config.operation.parts import State
from config.operation.scanning import heard
from registry import key_ages
from registry.checkpoints import signing
from registry.models import LogHead
from sharing.delivery.models import TellingCursor

COME_BACK = {"Retry-After": "5"}


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
    except Error:
        return JsonResponse({"status": "unavailable"}, status=503, headers=COME_BACK)
    facts = {"epoch": head.epoch, "head": head.size, "told": told, "signed": signed.size if signed else 0}
    keys = "old" if old else "ok"
    return JsonResponse({"status": "halted" if head.halted else "ok", **facts, "keys": keys, **_scanner()})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 while a part is down. Not for a load balancer: web would be taken out because a worker is dead."""
    found = readiness.look()
    parts = [{"name": part.name, "state": part.state, "at_fault": part.at_fault, **part.said} for part in found.parts]
    is_down = found.state == State.DOWN
    return JsonResponse(
        {"status": found.state, "parts": parts}, status=503 if is_down else 200, headers=COME_BACK if is_down else {}
    )


def _scanner() -> dict[str, str]:
    """Without it no file is taken, and everything else goes on: so it leaves the status as it is."""
    found = heard()
    return {} if found is None else {"scanner": found.value}
