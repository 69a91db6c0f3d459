"""What the court committed itself to with each event that it told, computed from what came: HMAC-SHA256(salt, canonical
event), the entry of its log. It says nothing of a person, so it stays when the listing goes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

_COMMITMENT_BYTES = 32


def commitment_of(data: dict[str, Any]) -> bytes | None:
    """Of the ``data`` of a body; None where parts were left out, so that there is no salt and nothing to compute."""
    told = data["event"]
    if told.get("stub") is True:
        found = _decoded(told.get("commitment"))
        return found if found is not None and len(found) == _COMMITMENT_BYTES else None
    salt = _decoded(data.get("salt"))
    if not salt or data.get("redacted"):
        return None
    try:
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except ValueError:  # half a character: the court never wrote that
        return None
    return hmac.new(salt, canonical, hashlib.sha256).digest()


def _decoded(text: object) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        return None
