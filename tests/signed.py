"""Receipts as a department signs them, with the key that it registered."""

from __future__ import annotations

import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sharing import signing
from sharing.departments.models import Department


def key_of(department: Department) -> Ed25519PrivateKey:
    """A new one, registered for its receipts."""
    key = Ed25519PrivateKey.generate()
    department.receipt_key = signing.public_key_text(key.public_key())
    department.save()
    return key


def signature(key: Ed25519PrivateKey, body: bytes, at: int | None = None) -> dict[str, str]:
    """``at``: in seconds since 1970; None: now."""
    moment = int(time.time()) if at is None else at
    return signing.webhook_headers("rcp_1", moment, body, secrets=[], private_keys=[key])
