"""Whether an ID token is to be believed (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from sharing.openid.provider import Provider

LEEWAY_SECONDS = 60  # between two clocks
OLDEST_SECONDS = 600  # of an ID token


class NotBelieved(Exception):
    """What came back is not this provider's word, for this client, about this login, now."""


def verified(
    token: str, provider: Provider, published: Mapping[str, Any], *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of the token. ``published``: the provider's keys (RFC 7517). NotBelieved."""
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
    """Without those that cannot be read, such as of a curve that is not known here (RFC 7517 §5)."""
    keys = []
    for each in published["keys"]:
        try:
            keys.append(JWKRegistry.import_key(each))
        except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
            continue
    return KeySet(keys)
