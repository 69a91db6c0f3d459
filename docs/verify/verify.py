"""Is this request the registry's? Standard Webhooks 1.0: v1 (HMAC-SHA256) and v1a (Ed25519), over the raw body.

Python 3.10 or later and one package: cryptography. Test it with vectors.json.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE = 300  # seconds, either way


class NotGenuine(Exception):
    """Answer 401 and keep nothing."""


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    public_keys: Sequence[str],
    endpoint: str,
    now: float | None = None,
) -> dict[str, Any]:
    """The message, parsed only once it is known to be genuine and meant for this endpoint; else NotGenuine.

    Header names in lower case; ``body`` as it came. While keys are being changed, give the old and the new ones.
    """
    verify_signature(headers, body, secrets, public_keys, time.time() if now is None else now)
    message: dict[str, Any] = json.loads(body)
    # Messages of monitoring, which employers get, hold it beside their other members.
    if message.get("data", message).get("endpoint") != endpoint:
        raise NotGenuine("it is meant for another endpoint")
    return message


def verify_signature(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], public_keys: Sequence[str], now: float
) -> None:
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    # A dot in the id would let id, time and body be cut in another way.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", message_id):
        raise NotGenuine("webhook-id is missing or malformed")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise NotGenuine("webhook-timestamp is missing or malformed")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotGenuine("more than five minutes off")
    if not (secrets or public_keys):
        raise NotGenuine("no key is held")
    signed = f"{message_id}.{timestamp}.".encode() + body
    entries = [entry.partition(",") for entry in headers.get("webhook-signature", "").split(" ")]
    macs = [_decoded(value) for version, _, value in entries if version == "v1"]
    signatures = [_decoded(value) for version, _, value in entries if version == "v1a"]
    if secrets and not any(_mac_holds(secret, signed, mac) for secret in secrets for mac in macs):
        raise NotGenuine("no v1 signature holds")
    if public_keys and not any(_signature_holds(key, signed, each) for key in public_keys for each in signatures):
        raise NotGenuine("no v1a signature holds")


def _mac_holds(secret: str, signed: bytes, mac: bytes) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return hmac.compare_digest(hmac.digest(key, signed, "sha256"), mac)


def _signature_holds(key: str, signed: bytes, signature: bytes) -> bool:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return b""
