"""The body of a push and the item of a pull (WIRE §2–3): the event's own bytes inside, the envelope around them.

The event's canonical bytes are made once, by the log; they are sent as they were hashed, unless the department may not
see document numbers: then the numbers are left out and so is the salt, by which they could be guessed and checked.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.conf import settings

from registry.log import canonical, utc_text
from sharing import disclosure
from sharing.delivery.meant import Meant

INFORMATION_ONLY = "information_only"


def body(event: Meant, payload: tuple[bytes, bytes] | None, *, endpoint: str = "") -> bytes:
    """Canonical JSON. ``payload``: canonical event and salt, None for a stub; ``endpoint``: "" in a pull."""
    data = {"event": "\0", "measures": event.measures, "previous_position": event.previous, "salt": None}
    if endpoint:
        data["endpoint"] = endpoint
    if payload is None:
        inner = canonical(_stub(event))
    elif sees_numbers(event.measures):
        inner, data["salt"] = payload[0], base64.b64encode(payload[1]).decode()
    else:
        seen, redacted = disclosure.for_department(json.loads(payload[0]), with_numbers=False)
        inner = payload[0]
        if redacted:
            inner, data["redacted"] = canonical(seen), list(redacted)
        else:
            data["salt"] = base64.b64encode(payload[1]).decode()
    outer = canonical({"type": event.type, "timestamp": utc_text(event.occurred_at), "data": data})
    return outer.replace(b'"\\u0000"', inner, 1)


def sees_numbers(measures: Any) -> bool:
    """A department that is only informed gets no document numbers, unless the court's setting says so."""
    return measures != INFORMATION_ONLY or bool(settings.SHARING_INFORMATION_ONLY_IDENTITY)


def without_numbers(listing: dict[str, Any]) -> dict[str, Any]:
    """The listing part of an event as a department that is only informed may see it."""
    seen, _ = disclosure.for_department({"listing": listing}, with_numbers=False)
    shown: dict[str, Any] = seen["listing"]
    return shown


def _stub(event: Meant) -> dict[str, Any]:
    return disclosure.stub(
        event_id=event.event_id,
        epoch=event.epoch,
        position=event.position,
        type=event.type,
        listing_number=event.listing_number,
        commitment_b64=base64.b64encode(event.commitment).decode(),
    )
