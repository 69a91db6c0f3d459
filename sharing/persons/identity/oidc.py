"""An OpenID Connect provider that vouches for real names: authorization code with PKCE, and an ID token that is verified.

What the provider says is believed only in a signed ID token for this client, this login (nonce) and this moment. Which
of its claims are name, document type and number is a setting. Of the token nothing is kept but who issued it and a keyed
digest of its subject, so that the provider can be asked should a consent be denied.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from registry import strength
from registry.errors import (
    IdentityClaimsUnknown,
    IdentityProofRefused,
    IdentityProviderSilent,
    IdentityProviderWeak,
    Refusal,
)
from sharing.employers.evidence import Evidence, issuer_subject_digests
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.identity.ways import OIDC
from sharing.transport import Egress, Rules, Wanted, fetch

LEEWAY_SECONDS = 60  # between two clocks
OLDEST_SECONDS = 600  # of an ID token
METADATA_SECONDS = 600
CONSTANT = "="  # before the value of a claim that the provider does not send

logger = logging.getLogger(__name__)
_metadata: dict[str, tuple[float, Mapping[str, Any]]] = {}


@dataclass(frozen=True)
class Begun:
    """``address``: where the browser is led; ``kept``: what its session keeps until it comes back."""

    address: str
    kept: Mapping[str, str] = field(repr=False)


def begin(return_to: str) -> Begun:
    """IdentityProviderSilent."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code",
        "client_id": settings.SHARING_IDENTITY_OIDC_CLIENT_ID,
        "redirect_uri": return_to,
        "scope": settings.SHARING_IDENTITY_OIDC_SCOPE,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge(kept["verifier"]),
        "code_challenge_method": "S256",
    }
    endpoint = _described()["authorization_endpoint"]
    return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", kept)


def finish(answer: Mapping[str, str], kept: Mapping[str, str], *, return_to: str, now: datetime) -> Proved:
    """Whom the provider vouches for. ``answer``: what the browser brought back.

    IdentityProofRefused; IdentityProviderSilent; IdentityClaimsUnknown.
    """
    described = _described()
    if not hmac.compare_digest(answer.get("state", "").encode(), kept.get("state", "").encode()) or not kept:
        raise IdentityProofRefused
    if answer.get("iss", described["issuer"]) != described["issuer"]:
        raise IdentityProofRefused
    if "code" not in answer:
        raise IdentityProviderSilent
    token = _exchanged(described["token_endpoint"], answer["code"], kept["verifier"], return_to)
    claims = _verified(token, described, kept["nonce"], now)
    return Proved(identity=_identity(claims, now), evidence=_evidence(claims, now))


def challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _exchanged(endpoint: str, code: str, verifier: str, return_to: str) -> str:
    """The ID token for the code (RFC 6749 §4.1.3), the client known by its secret."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": verifier,
    }
    pair = (settings.SHARING_IDENTITY_OIDC_CLIENT_ID, settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET)
    basic = base64.b64encode(":".join(map(quote_plus, pair)).encode()).decode()
    token = _json(Wanted(endpoint, form, {"Authorization": f"Basic {basic}"})).get("id_token")
    if not isinstance(token, str):
        raise IdentityProofRefused
    return token


def _verified(token: str, described: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
    client = settings.SHARING_IDENTITY_OIDC_CLIENT_ID
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": described["issuer"]},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(
            token, _keys(_json(Wanted(described["jwks_uri"]))), algorithms=settings.SHARING_IDENTITY_OIDC_ALGORITHMS
        ).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise IdentityProofRefused from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", "" if several else client) != client:
        raise IdentityProofRefused
    if claims["iat"] < now.timestamp() - OLDEST_SECONDS:
        raise IdentityProofRefused
    return claims


def _keys(published: Mapping[str, Any]) -> KeySet:
    """Without those that cannot be read, such as of a curve that is not known here (RFC 7517 §5), and without weak ones.

    IdentityProviderWeak: none remains because of that.
    """
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
        raise IdentityProviderWeak
    return KeySet(keys)


def _identity(claims: Mapping[str, Any], now: datetime) -> Identity:
    named = {part: _claim(claims, name) for part, name in settings.SHARING_IDENTITY_OIDC_CLAIMS.items()}
    kinds = settings.SHARING_IDENTITY_OIDC_DOCUMENT_TYPES
    named["document_type"] = kinds.get(named["document_type"], named["document_type"])
    identity = Identity(**named)
    try:
        identity.refuse_unless_natural(now)
    except Refusal:
        raise IdentityClaimsUnknown from None
    return identity


def _evidence(claims: Mapping[str, Any], now: datetime) -> Evidence:
    issuer, digests = claims["iss"], issuer_subject_digests(claims["iss"], str(claims["sub"]))
    return Evidence(way=OIDC, proved_at=now, issuer=issuer, issuer_subject_digest=digests[0])


def _claim(claims: Mapping[str, Any], name: str) -> str:
    if name.startswith(CONSTANT):
        return name.removeprefix(CONSTANT)
    value = claims.get(name)
    if not isinstance(value, str):
        raise IdentityClaimsUnknown
    return value


def _described() -> Mapping[str, Any]:
    """The provider's own description (OpenID Connect Discovery), asked for again after ten minutes."""
    issuer: str = settings.SHARING_IDENTITY_OIDC_ISSUER
    until, described = _metadata.get(issuer, (0.0, {}))
    if until > time.monotonic():
        return described
    described = _json(Wanted(issuer.rstrip("/") + "/.well-known/openid-configuration"))
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if described.get("issuer") != issuer or not all(isinstance(described.get(name), str) for name in needed):
        raise IdentityProviderSilent
    _metadata[issuer] = (time.monotonic() + METADATA_SECONDS, described)
    return described


def _json(wanted: Wanted) -> dict[str, Any]:
    rules = Rules(
        allowed_networks=settings.SHARING_ALLOWED_NETWORKS,
        allow_http=settings.SHARING_ALLOW_HTTP,
        egress=Egress.read(settings.SHARING_EGRESS_PROXY),
        bits=settings.SHARING_TLS_BITS,
    )
    reply = fetch(wanted, rules)
    if not reply.transported:
        raise IdentityProviderSilent
    try:
        found = json.loads(reply.text)
    except ValueError:
        raise IdentityProviderSilent from None
    if not isinstance(found, dict):
        raise IdentityProviderSilent
    return found
