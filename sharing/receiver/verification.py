"""Whether a request is genuine: Standard Webhooks 1.0, ``v1`` by the official package and ``v1a`` (Ed25519) here.

Where both kinds of key are configured both signatures must hold: the shared secret alone could be misused by anyone
who reads this department's configuration, the public key cannot.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

TOLERANCE = 300
"""Seconds of skew either way, as in the official packages."""

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
# A full stop in the id would let one signed text be cut into id, time and body in two ways.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST_SIGNATURE_HEADER = 4096


class NotGenuine(Exception):
    """The request was not made by the registry, was altered, or is too old. The text says which check failed."""


class KeyUnknown(NotGenuine):
    """All but the public key holds: the registry may sign with one that is not known here."""


class BadKey(Exception):
    """A configured key has not the form it should have. The text never holds the key."""


@dataclass(frozen=True)
class Verifier:
    """The keys of one endpoint. During a rotation it holds several of a kind, and any one of each kind suffices."""

    secrets: tuple[str, ...] = field(repr=False)
    public_keys: tuple[Ed25519PublicKey, ...] = ()

    def check(self, headers: Mapping[str, str], body: bytes, now: float | None = None) -> None:
        """Returns when the raw body is genuine, else raises NotGenuine. Header names in lower case."""
        identifier, timestamp, signatures = _well_formed(headers)
        if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
            raise NotGenuine("the timestamp is more than five minutes off")
        if not (self.secrets or self.public_keys):
            raise NotGenuine("no key is configured")
        if self.secrets and not any(_shared_holds(secret, headers, body) for secret in self.secrets):
            raise NotGenuine("no v1 signature holds")
        signed = f"{identifier}.{timestamp}.".encode() + body
        given = [base64_bytes(value) for version, value in signatures if version == "v1a"]
        if self.public_keys and not any(_public_holds(key, one, signed) for key in self.public_keys for one in given):
            raise KeyUnknown("no v1a signature holds")


def verifier(secrets: list[str], public_keys: list[str]) -> Verifier:
    """From ``whsec_…`` and ``whpk_…`` texts; raises BadKey."""
    for secret in secrets:
        if not 24 <= len(_key_bytes(secret, "whsec_")) <= 64:
            raise BadKey("a whsec_ secret must hold 24 to 64 bytes")
    return Verifier(tuple(secrets), tuple(_public_key(text) for text in public_keys))


def signing_key(text: str) -> Ed25519PrivateKey:
    """The department's own key from ``whsk_<base64>`` (32-byte seed, or seed and public key); raises BadKey."""
    raw = _key_bytes(text, "whsk_")
    if len(raw) not in (32, 64):
        raise BadKey("a whsk_ key must hold 32 or 64 bytes")
    return Ed25519PrivateKey.from_private_bytes(raw[:32])


def signed_headers(key: Ed25519PrivateKey, identifier: str, body: bytes, now: float) -> dict[str, str]:
    """The three headers that sign a body of ours, as a receipt."""
    signature = key.sign(f"{identifier}.{int(now)}.".encode() + body)
    entry = f"v1a,{base64.b64encode(signature).decode()}"
    return dict(zip(HEADERS, (identifier, str(int(now)), entry), strict=True))


def base64_bytes(text: str) -> bytes:
    """Strict base64; NotGenuine otherwise."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise NotGenuine("a signature is not base64") from None


def _well_formed(headers: Mapping[str, str]) -> tuple[str, str, list[tuple[str, str]]]:
    identifier, timestamp, signature = (headers.get(name, "") for name in HEADERS)
    if not _ID.fullmatch(identifier) or not _TIMESTAMP.fullmatch(timestamp):
        raise NotGenuine("webhook-id or webhook-timestamp is missing or malformed")
    if not signature or len(signature) > _LONGEST_SIGNATURE_HEADER:
        raise NotGenuine("webhook-signature is missing or too long")
    entries = [entry.split(",") for entry in signature.split(" ")]
    if any(len(entry) != 2 for entry in entries):
        raise NotGenuine("webhook-signature is malformed")
    return identifier, timestamp, [(entry[0], entry[1]) for entry in entries]


def _shared_holds(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: a body that is not UTF-8, a signature not in base64
        return False
    return True


def _public_holds(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _public_key(text: str) -> Ed25519PublicKey:
    raw = _key_bytes(text, "whpk_")
    if len(raw) != 32:
        raise BadKey("a whpk_ key must hold 32 bytes")
    return Ed25519PublicKey.from_public_bytes(raw)


def _key_bytes(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix):
        raise BadKey(f"a key must start with {prefix}")
    try:
        return base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError:
        raise BadKey(f"what follows {prefix} must be base64") from None
