"""There and back: what a browser is led away with, what stays with its session, and what comes of the answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from sharing.openid.asking import ProviderSilent, answered, described
from sharing.openid.believing import NotBelieved, verified
from sharing.openid.provider import Provider
from sharing.transport import Wanted


@dataclass(frozen=True)
class Begun:
    """``address``: where the browser is led; ``kept``: what its session keeps until it comes back."""

    address: str
    kept: Mapping[str, str] = field(repr=False)


def begin(provider: Provider, return_to: str, **further: str) -> Begun:
    """``further``: parameters of the question (OpenID Connect Core 1.0, 3.1.2.1). ProviderSilent."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_to,
        "scope": provider.scope,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge(kept["verifier"]),
        "code_challenge_method": "S256",
        **further,
    }
    endpoint = described(provider.issuer)["authorization_endpoint"]
    return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", kept)


def answers(answer: Mapping[str, str], kept: Mapping[str, str]) -> bool:
    """Whether it is the answer to what was begun (RFC 6749 §10.12)."""
    return bool(kept) and hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode())


def finish(
    provider: Provider, answer: Mapping[str, str], kept: Mapping[str, str], *, return_to: str, now: datetime
) -> Mapping[str, Any]:
    """The claims that the provider vouches for. ``answer``: what the browser brought back. NotBelieved, ProviderSilent."""
    said = described(provider.issuer)
    if not answers(answer, kept):
        raise NotBelieved
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise NotBelieved
    if "code" not in answer:
        raise ProviderSilent
    token = _exchanged(provider, said["token_endpoint"], answer["code"], kept["verifier"], return_to)
    return verified(token, provider, answered(Wanted(said["jwks_uri"])), nonce=kept["nonce"], now=now)


def challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _exchanged(provider: Provider, endpoint: str, code: str, verifier: str, return_to: str) -> str:
    """The ID token for the code (RFC 6749 §4.1.3), the client known by its secret."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": verifier,
    }
    pair = (provider.client_id, provider.client_secret)
    basic = base64.b64encode(":".join(map(quote_plus, pair)).encode()).decode()
    token = answered(Wanted(endpoint, form, {"Authorization": f"Basic {basic}"})).get("id_token")
    if not isinstance(token, str):
        raise NotBelieved
    return token
