"""Signatures on what leaves the court: Standard Webhooks 1.0 for messages, compact JWS for screening results.

Two sets of Ed25519 keys, never mixed, each a setting "2:<base64 seed>,1:<base64 seed>" with the current key first:
``SHARING_WEBHOOK_KEYS`` (every key signs, so that a receiver may change over during a rotation) and
``SHARING_RESULT_KEYS`` (the first key signs, all verify).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets as randomness
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key, OKPKey

from registry.errors import SignatureWrong

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix that the standard gives to secrets
PUBLIC_KEY_PREFIX = "whpk_"
SECRET_LEAST, SECRET_MOST = 24, 64
TOLERANCE_SECONDS = 300
HEADER_MOST = 4096
ENTRIES_MOST = 16
SECRETS_MOST = KEYS_MOST = ENTRIES_MOST // 2  # that sign one message, so that no list is longer than `verify` reads
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
UNIX_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

RESULT_ALGORITHM = "Ed25519"  # RFC 9864; docs/decisions/0003
RESULT_TYPE = "screening-result+jwt"
TOKEN_MOST = 64 * 1024


# Standard Webhooks: secrets and public keys as text


def new_secret() -> bytes:
    """A fresh secret for one endpoint: 32 random bytes."""
    return randomness.token_bytes(32)


def secret_text(secret: bytes) -> str:
    """The secret as it is shown, once, to the department: ``whsec_<base64>``."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def parse_secret(text: str) -> bytes:
    """The 24 to 64 bytes of ``whsec_<base64>``; ValueError, which never repeats the text, when it is anything else."""
    secret = _decoded(text, SECRET_PREFIX)
    if secret is None or not SECRET_LEAST <= len(secret) <= SECRET_MOST:
        raise ValueError("A webhook secret is whsec_ followed by the base64 of 24 to 64 bytes.")
    return secret


def public_key_text(key: Ed25519PublicKey) -> str:
    """The public key as published: ``whpk_<base64>``."""
    return PUBLIC_KEY_PREFIX + base64.b64encode(key.public_bytes_raw()).decode()


def parse_public_key(text: str) -> Ed25519PublicKey:
    """The key of ``whpk_<base64>``, as a department registers it; ValueError when it is anything else."""
    raw = _decoded(text, PUBLIC_KEY_PREFIX)
    if raw is None or len(raw) != 32:
        raise ValueError("A webhook public key is whpk_ followed by the base64 of 32 bytes.")
    return Ed25519PublicKey.from_public_bytes(raw)


def _decoded(text: str, prefix: str) -> bytes | None:
    if not text.startswith(prefix):
        return None
    return _base64(text.removeprefix(prefix))


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


# Standard Webhooks: signing


def signature(
    message_id: str,
    timestamp: int,
    body: bytes,
    *,
    secrets: Sequence[bytes],
    private_keys: Sequence[Ed25519PrivateKey],
) -> str:
    """The ``webhook-signature`` of one attempt: ``v1,`` for every live secret, then ``v1a,`` for every live key.

    ``timestamp`` is unix seconds of this attempt. ValueError when nothing would sign or the id holds a dot, which
    would let id, time and body be divided in another place.
    """
    content = _signed_content(message_id, timestamp, body)
    entries = ["v1," + base64.b64encode(_mac(secret, content)).decode() for secret in secrets]
    entries += ["v1a," + base64.b64encode(key.sign(content)).decode() for key in private_keys]
    if not entries:
        raise ValueError("A message must be signed with at least one secret or key.")
    return " ".join(entries)


def webhook_headers(
    message_id: str,
    timestamp: int,
    body: bytes,
    *,
    secrets: Sequence[bytes],
    private_keys: Sequence[Ed25519PrivateKey],
) -> dict[str, str]:
    """The three headers of one attempt (Standard Webhooks 1.0); arguments as for ``signature``."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(message_id, timestamp, body, secrets=secrets, private_keys=private_keys),
    }


def _signed_content(message_id: str, timestamp: int, body: bytes) -> bytes:
    if "." in message_id:
        raise ValueError("A message id holds no dot.")
    return f"{message_id}.{timestamp}.".encode() + body


def _mac(secret: bytes, content: bytes) -> bytes:
    # A short or empty key would make a signature that anyone can forge.
    if len(secret) < SECRET_LEAST:
        raise ValueError("A webhook secret has at least 24 bytes.")
    return hmac.digest(secret, content, "sha256")


# Standard Webhooks: verifying what a department signed


def verify(
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    secrets: Sequence[bytes] = (),
    public_keys: Sequence[Ed25519PublicKey] = (),
    tolerance: int = TOLERANCE_SECONDS,
) -> None:
    """Return only if the exact ``body`` was signed with one of the keys within ``tolerance`` seconds of ``now``.

    ``v1`` is judged with secrets alone and ``v1a`` with public keys alone; entries of unknown versions count for
    nothing. Raises SignatureWrong, whose field names the header to blame.
    """
    message_id = _header(headers, "webhook-id", MESSAGE_ID)
    timestamp = int(_header(headers, "webhook-timestamp", UNIX_SECONDS))
    entries = _entries(_header(headers, "webhook-signature"))
    if abs(now.timestamp() - timestamp) > tolerance:
        raise SignatureWrong(field="webhook-timestamp")
    content = _signed_content(message_id, timestamp, body)
    fits = [_fits(version, value, content, secrets, public_keys) for version, value in entries]
    if not any(fits):
        raise SignatureWrong(field="webhook-signature")


def _header(headers: Mapping[str, str], name: str, form: re.Pattern[str] | None = None) -> str:
    found = [value for key, value in headers.items() if key.lower() == name]
    if len(found) != 1 or len(found[0]) > HEADER_MOST or (form and not form.fullmatch(found[0])):
        raise SignatureWrong(field=name)
    return found[0]


def _entries(text: str) -> list[tuple[str, str]]:
    entries = [entry.split(",") for entry in text.split(" ")]
    if len(entries) > ENTRIES_MOST or any(len(entry) != 2 for entry in entries):
        raise SignatureWrong(field="webhook-signature")
    return [(version, value) for version, value in entries]


def _fits(
    version: str, value: str, content: bytes, secrets: Iterable[bytes], public_keys: Iterable[Ed25519PublicKey]
) -> bool:
    claimed = _base64(value)
    if claimed is None:
        return False
    if version == "v1":
        return any(hmac.compare_digest(_mac(secret, content), claimed) for secret in secrets)
    if version == "v1a":
        return any(_verifies(key, claimed, content) for key in public_keys)
    return False


def _verifies(key: Ed25519PublicKey, claimed: bytes, content: bytes) -> bool:
    try:
        key.verify(claimed, content)
    except InvalidSignature:
        return False
    return True


# Screening results: compact JWS (RFC 7515)


def sign_result(claims: Mapping[str, Any], *, typ: str = RESULT_TYPE) -> str:
    """The claims as a compact JWS, signed with the current result key; ``kid`` is its RFC 7638 thumbprint."""
    key = next(iter(_result_keys().values()))
    payload = json.dumps(dict(claims), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    header = {"alg": RESULT_ALGORITHM, "kid": key.kid, "typ": typ}
    return jws.serialize_compact(header, payload, key, algorithms=[RESULT_ALGORITHM])


def read_result(token: str, *, typ: str = RESULT_TYPE) -> dict[str, Any]:
    """The claims of a token that one of our result keys signed as this ``typ``; SignatureWrong otherwise.

    Expiry and recall are the caller's to judge: an expired result is still one of ours.
    """
    if len(token) > TOKEN_MOST:
        raise SignatureWrong
    try:
        signed = jws.deserialize_compact(token, _key_named, algorithms=[RESULT_ALGORITHM])
        claims = json.loads(signed.payload)
    except (JoseError, ValueError) as problem:
        raise SignatureWrong from problem
    if signed.protected.get("typ") != typ or not isinstance(claims, dict):
        raise SignatureWrong
    return claims


def jwks() -> dict[str, list[dict[str, Any]]]:
    """The public result keys, current first, as a JWK set (RFC 7517) for ``/.well-known/jwks.json``."""
    return {"keys": [dict(key.as_dict(private=False)) for key in _result_keys().values()]}


def _key_named(signed: GuestProtocol) -> Key:
    key = _result_keys().get(str(signed.headers().get("kid")))
    if key is None:
        raise SignatureWrong
    return key


# Keys from the settings


def webhook_keys() -> tuple[Ed25519PrivateKey, ...]:
    """The live keys that sign messages, current first; ImproperlyConfigured when the setting cannot be read or holds too many."""
    keys = _private_keys("SHARING_WEBHOOK_KEYS", settings.SHARING_WEBHOOK_KEYS)
    if len(keys) > KEYS_MOST:
        raise ImproperlyConfigured(f"SHARING_WEBHOOK_KEYS holds more than {KEYS_MOST} keys; take the oldest out.")
    return keys


def webhook_jwks() -> dict[str, list[dict[str, Any]]]:
    """The public webhook keys as a JWK set of its own: none of them may ever verify a result."""
    keys = [_jwk(key) for key in webhook_keys()]
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


def _result_keys() -> dict[str, OKPKey]:
    return _separate_result_keys(settings.SHARING_RESULT_KEYS, settings.SHARING_WEBHOOK_KEYS)


@lru_cache(maxsize=8)
def _separate_result_keys(result_text: str, webhook_text: str) -> dict[str, OKPKey]:
    keys = {key.thumbprint(): key for key in map(_jwk, _private_keys("SHARING_RESULT_KEYS", result_text))}
    if webhook_text and not keys.keys().isdisjoint(
        _jwk(key).thumbprint() for key in _private_keys("SHARING_WEBHOOK_KEYS", webhook_text)
    ):
        raise ImproperlyConfigured("SHARING_RESULT_KEYS and SHARING_WEBHOOK_KEYS share a key; make separate ones.")
    return keys


def _jwk(key: Ed25519PrivateKey) -> OKPKey:
    thumbprint = OKPKey.import_key(key).thumbprint()
    return OKPKey.import_key(key, {"use": "sig", "alg": RESULT_ALGORITHM, "kid": thumbprint})


@lru_cache(maxsize=8)
def _private_keys(setting: str, text: str) -> tuple[Ed25519PrivateKey, ...]:
    keys: dict[str, Ed25519PrivateKey] = {}
    for entry in text.split(","):
        number, _, encoded = entry.strip().partition(":")
        seed = _base64(encoded)
        if not re.fullmatch(r"[0-9]{1,9}", number, re.ASCII) or number in keys or seed is None or len(seed) != 32:
            raise ImproperlyConfigured(
                f"{setting} must be number:base64 of 32 bytes, comma-separated, each number once."
            )
        keys[number] = Ed25519PrivateKey.from_private_bytes(seed)
    return tuple(keys.values())
