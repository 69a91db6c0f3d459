"""What a provider says of itself, and what it answers: by the rules of everything that leaves the court."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from sharing.transport import Egress, Rules, Wanted, fetch

METADATA_SECONDS = 600
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")

_metadata: dict[str, tuple[float, Mapping[str, Any]]] = {}


class ProviderSilent(Exception):
    """It does not answer, answers something else, or has recognised nobody."""


def described(issuer: str) -> Mapping[str, Any]:
    """The provider's own description (OpenID Connect Discovery), asked for again after ten minutes. ProviderSilent."""
    until, found = _metadata.get(issuer, (0.0, {}))
    if until > time.monotonic():
        return found
    found = answered(Wanted(issuer.rstrip("/") + "/.well-known/openid-configuration"))
    if found.get("issuer") != issuer or not all(isinstance(found.get(name), str) for name in NEEDED):
        raise ProviderSilent
    _metadata[issuer] = (time.monotonic() + METADATA_SECONDS, found)
    return found


def answered(wanted: Wanted) -> dict[str, Any]:
    """The JSON object that comes back. ProviderSilent."""
    rules = Rules(
        allowed_networks=settings.SHARING_ALLOWED_NETWORKS,
        allow_http=settings.SHARING_ALLOW_HTTP,
        egress=Egress.read(settings.SHARING_EGRESS_PROXY),
        bits=settings.SHARING_TLS_BITS,
    )
    reply = fetch(wanted, rules)
    if not reply.transported:
        raise ProviderSilent
    try:
        found = json.loads(reply.text)
    except (ValueError, RecursionError):
        raise ProviderSilent from None
    if not isinstance(found, dict):
        raise ProviderSilent
    return found
