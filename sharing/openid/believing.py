"""Whether an ID token is to be believed (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from registry import strength
from sharing.openid.provider import Provider

LEEWAY_SECONDS = 60  # between two clocks
OLDEST_SECONDS = 600  # of an ID token

logger = logging.getLogger(__name__)


class NotBelieved(Exception):
    """What came back is not this provider's word, for this client, about this login, now."""


class ProviderWeak(NotBelieved):
    """No key is left that has 128 bits of security."""


def verified(
    token: str, provider: Provider, published: Mapping[str, Any], *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of the token. ``published``: the provider's keys (RFC 7517). NotBelieved; ProviderWeak."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, _keys(published), algorithms=list(provider.algorithms)).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotBelieved from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", "" if several else provider.client_id) != provider.client_id:
        raise NotBelieved
    if claims["iat"] < now.timestamp() - OLDEST_SECONDS:
        raise NotBelieved
    return claims


def _keys(published: Mapping[str, Any]) -> KeySet:
    """Without those that cannot be read, such as of a curve that is not known here (RFC 7517 §5), and without weak ones."""
    keys: list[Key] = []
    weak: list[Key] = []
    for each in published["keys"]:
        try:
            key = JWKRegistry.import_key(each)
        except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
            continue
        (keys if strength.is_strong(key.raw_value) else weak).append(key)
    for each in weak:
        logger.warning("a key of the identity service is left out: %s", strength.said(each.raw_value))
    if weak and not keys:
        raise ProviderWeak
    return KeySet(keys)
