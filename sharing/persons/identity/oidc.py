"""An OpenID Connect provider that vouches for real names (`sharing.openid`).

Which of its claims are name, document type and number is a setting. Of the token nothing is kept but who issued it and a
keyed digest of its subject, so that the provider can be asked should a consent be denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from registry.errors import (
    IdentityClaimsUnknown,
    IdentityProofRefused,
    IdentityProviderSilent,
    IdentityProviderWeak,
    Refusal,
)
from sharing import openid
from sharing.employers.evidence import Evidence, issuer_subject_digests
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.identity.ways import OIDC

CONSTANT = "="  # before the value of a claim that the provider does not send


def begin(return_to: str) -> openid.Begun:
    """The service is asked to prove anew who sits there: its own session may be somebody else's, who used this browser before
    (OpenID Connect Core 1.0, 3.1.2.1). IdentityProviderSilent.
    """
    try:
        return openid.begin(_provider(), return_to, prompt="login")
    except openid.ProviderSilent:
        raise IdentityProviderSilent from None


def finish(answer: Mapping[str, str], kept: Mapping[str, str], *, return_to: str, now: datetime) -> Proved:
    """Whom the provider vouches for. ``answer``: what the browser brought back.

    IdentityProofRefused; IdentityProviderSilent; IdentityProviderWeak; IdentityClaimsUnknown.
    """
    try:
        claims = openid.finish(_provider(), answer, kept, return_to=return_to, now=now)
    except openid.ProviderWeak:
        raise IdentityProviderWeak from None
    except openid.NotBelieved:
        raise IdentityProofRefused from None
    except openid.ProviderSilent:
        raise IdentityProviderSilent from None
    return Proved(identity=_identity(claims, now), evidence=_evidence(claims, now))


def _provider() -> openid.Provider:
    return openid.Provider(
        issuer=settings.SHARING_IDENTITY_OIDC_ISSUER,
        client_id=settings.SHARING_IDENTITY_OIDC_CLIENT_ID,
        client_secret=settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET,
        scope=settings.SHARING_IDENTITY_OIDC_SCOPE,
        algorithms=tuple(settings.SHARING_IDENTITY_OIDC_ALGORITHMS),
    )


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
