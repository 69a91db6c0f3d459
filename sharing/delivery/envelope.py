"""The body of a push and the item of a pull (WIRE §2–3): the event's own bytes inside, the envelope around them.

The event's canonical bytes are made once, by the log; they are sent as they were hashed, unless the department may not
see all of it: then the rest is left out and so is the salt, by which it could be guessed and checked.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.conf import settings

from registry.log import canonical, utc_text
from sharing import disclosure
from sharing.delivery.meant import Meant
from sharing.disclosure import SharedField

INFORMATION_ONLY = "information_only"


def body(event: Meant, payload: tuple[bytes, bytes] | None, *, endpoint: str = "") -> bytes:
    """Canonical JSON. ``payload``: canonical event and salt, None for a stub; ``endpoint``: "" in a pull."""
    data = {"event": "\0", "measures": event.measures, "previous_position": event.previous, "salt": None}
    data |= said_conditions(event.conditions)
    without = withheld(event.measures, event.conditions)
    if endpoint:
        data["endpoint"] = endpoint
    if payload is None:
        inner = canonical(_stub(event))
    elif not without:
        inner, data["salt"] = payload[0], base64.b64encode(payload[1]).decode()
    else:
        seen, redacted = disclosure.for_department(json.loads(payload[0]), without=without)
        inner = payload[0]
        if redacted:
            inner, data["redacted"] = canonical(seen), list(redacted)
        else:
            data["salt"] = base64.b64encode(payload[1]).decode()
    outer = canonical({"type": event.type, "timestamp": utc_text(event.occurred_at), "data": data})
    return outer.replace(b'"\\u0000"', inner, 1)


def said_conditions(conditions: Any) -> dict[str, Any]:
    """What the envelope says of the instrument; nothing where the department was told before instruments said it."""
    if conditions is None:
        return {}
    return {"onward": conditions["onward"], "retention_months": conditions["retention_months"]}


def withheld(measures: Any, conditions: Any) -> frozenset[str]:
    """What the department does not see: what its instrument leaves out; and where it is only informed, the document
    numbers, unless the court's setting says so.
    """
    left_out = frozenset(conditions["without"] if conditions else ())
    informed = measures == INFORMATION_ONLY and not settings.SHARING_INFORMATION_ONLY_IDENTITY
    return left_out | {SharedField.NUMBERS.value} if informed else left_out


def shown(listing: dict[str, Any], measures: Any, conditions: Any) -> dict[str, Any]:
    """The listing part of an event as the department sees it."""
    without = withheld(measures, conditions)
    if not without:
        return listing
    seen, _ = disclosure.for_department({"listing": listing}, without=without)
    part: dict[str, Any] = seen["listing"]
    return part


def _stub(event: Meant) -> dict[str, Any]:
    return disclosure.stub(
        event_id=event.event_id,
        epoch=event.epoch,
        position=event.position,
        type=event.type,
        listing_number=event.listing_number,
        commitment_b64=base64.b64encode(event.commitment).decode(),
    )
