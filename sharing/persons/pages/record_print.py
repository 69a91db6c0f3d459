"""The own record on paper, made when it is asked for and kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sharing.persons.identity.proving import Identity
from sharing.persons.pages.visit import person_only
from sharing.persons.record import paper


@require_safe
@never_cache
@person_only("person:record")
def record_print(request: HttpRequest, identity: Identity) -> HttpResponse:
    printed = paper.record(identity, now=timezone.now())
    # The name of the file says nothing about anybody.
    headers = {"Content-Disposition": 'inline; filename="record.pdf"'}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)
