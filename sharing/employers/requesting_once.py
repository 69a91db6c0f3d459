"""Requests for consent by program: the same Idempotency-Key gives the same request, and no second one goes out.

The link is not given again. Whoever did not get it asks for a new one, which kills the one that was lost: so there is never
a link about of which nobody knows who read it (docs/decisions/0026).
"""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import datetime

from django.db import IntegrityError, transaction

from registry.errors import IdempotencyKeyNeeded, IdempotencyKeyReused
from registry.keys import digest_keys
from sharing.employers import requesting
from sharing.employers.models import ConsentRequest, Employer
from sharing.employers.requesting import Made, Once, Wanted
from sharing.employers.screening import KEY
from sharing.parties.models import Client


def make(wanted: Wanted, *, employer: Employer, by: Client, idempotency_key: str, now: datetime) -> Made:
    """Newly made, or made before under the same key: then without its link ("").

    IdempotencyKeyNeeded, IdempotencyKeyReused; the refusals of `requesting.make`.
    """
    if not KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyNeeded("Idempotency-Key")
    given = _given_before(wanted, employer, idempotency_key)
    if given is not None:
        return Made(given, "")
    once = Once(idempotency_key, digest_keys().digest(_content(wanted)))
    try:
        with transaction.atomic():
            return requesting.make(wanted, employer=employer, by=by, now=now, once=once)
    except IntegrityError:  # the same call, twice at once
        given = _given_before(wanted, employer, idempotency_key)
        if given is None:
            raise
        return Made(given, "")


def _given_before(wanted: Wanted, employer: Employer, idempotency_key: str) -> ConsentRequest | None:
    given = ConsentRequest.objects.filter(employer=employer.pk, idempotency_key=idempotency_key).first()
    if given is not None and bytes(given.content_digest or b"") not in digest_keys().digests(_content(wanted)):
        raise IdempotencyKeyReused("Idempotency-Key")
    return given


def _content(wanted: Wanted) -> str:
    """The whole call but its key, to tell a repetition from another call."""
    return "consent request content:" + json.dumps(astuple(wanted))
