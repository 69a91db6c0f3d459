"""The demonstration's identity service: a small OpenID Connect provider with invented persons to choose from.

It is there so that the very relying party of the product runs (`sharing.openid`): discovery, authorization
code with PKCE, a signed ID token. It knows one client and asks nobody for a password.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from joserfc import jwt
from joserfc.jwk import OKPKey

from config.demo.applicants import listed_applicant, unlisted_applicant
from registry.entries import PersonEntry
from registry.errors import Text
from registry.keys import KeyUnknown, SealBroken, keyring
from sharing.openid import challenge

ALGORITHM = "Ed25519"
CODE_SECONDS, TOKEN_SECONDS = 60, 300
SEALED_FOR = "demo.identity.code"
LISTED, UNLISTED = "listed", "unlisted"
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge")
WHO: Mapping[str, Text] = {
    UNLISTED: _("somebody who is in no register"),
    LISTED: _("the person of a listing in force"),
}


@require_safe
def describe(request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {
            "issuer": settings.SHARING_IDENTITY_OIDC_ISSUER,
            "authorization_endpoint": _address("demo:identity_authorize"),
            "token_endpoint": _address("demo:identity_token"),
            "jwks_uri": _address("demo:identity_keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
    )


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"keys": [_key().as_dict(private=False)]})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Choose who you are. What was asked for travels through the form and is judged at both ends."""
    asked = (request.POST if request.method == "POST" else request.GET).dict()
    if not _known(asked):
        return HttpResponse("invalid_request", status=400, content_type="text/plain")
    who = request.POST.get("who", "")
    if request.method != "POST" or (who not in WHO and who != "nobody"):
        people = [(code, WHO[code], person) for code in WHO if (person := _person(code)) is not None]
        kept = {name: asked.get(name, "") for name in ASKED}
        return render(request, "demo/identity_provider.html", {"people": people, "kept": kept})
    if who == "nobody":
        return redirect(_back(asked, error="access_denied"))
    return redirect(_back(asked, code=_code(who, asked)))


@csrf_exempt
@require_POST
@never_cache
def token(request: HttpRequest) -> JsonResponse:
    """An ID token for a code, once (RFC 6749 §4.1.3, RFC 7636)."""
    if not hmac.compare_digest(request.headers.get("Authorization", ""), _basic()):
        basic = {"WWW-Authenticate": 'Basic realm="demonstration"'}  # RFC 6749, 5.2
        return JsonResponse({"error": "invalid_client"}, status=401, headers=basic)
    grant = _grant(request.POST.get("code", ""))
    person = _person(grant.get("who", ""))
    fits = person is not None and request.POST.get("redirect_uri") == grant["redirect_uri"]
    if person is None or not fits or challenge(request.POST.get("code_verifier", "")) != grant["code_challenge"]:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    signed = jwt.encode({"alg": ALGORITHM, "kid": _key().kid}, _claims(person, grant), _key(), algorithms=[ALGORITHM])
    return JsonResponse({"access_token": "-", "token_type": "Bearer", "expires_in": 1, "id_token": signed})


def _known(asked: Mapping[str, str]) -> bool:
    """The one client, with the one address to come back to."""
    ours = {
        "client_id": settings.SHARING_IDENTITY_OIDC_CLIENT_ID,
        "redirect_uri": _address("person:oidc_return"),
        "response_type": "code",
    }
    return all(asked.get(name) == value for name, value in ours.items()) and bool(asked.get("code_challenge"))


def _back(asked: Mapping[str, str], **answer: str) -> str:
    return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked.get('state', '')})}"


def _code(who: str, asked: Mapping[str, str]) -> str:
    """Names nobody: the person is looked up again when the code comes back."""
    grant = {name: asked.get(name, "") for name in ("redirect_uri", "nonce", "code_challenge")}
    body = json.dumps({**grant, "who": who, "ends": time.time() + CODE_SECONDS}).encode()
    return base64.urlsafe_b64encode(keyring().seal(body, bound_to=SEALED_FOR)).decode()


def _grant(code: str) -> dict[str, Any]:
    """What the code stands for; nothing where it is not ours, too old or was used before."""
    try:
        grant: dict[str, Any] = json.loads(keyring().open(base64.urlsafe_b64decode(code), bound_to=SEALED_FOR))
    except (binascii.Error, ValueError, SealBroken, KeyUnknown):
        return {}
    fresh = cache.add(f"demo-identity-{hashlib.sha256(code.encode()).hexdigest()}", 1, CODE_SECONDS)
    return grant if fresh and grant["ends"] > time.time() else {}


def _claims(person: PersonEntry, grant: Mapping[str, Any]) -> dict[str, Any]:
    now, document = int(time.time()), person.documents[0]
    subject = hmac.digest(settings.SECRET_KEY.encode(), f"{document.type}:{document.number}".encode(), "sha256").hex()
    return {
        "iss": settings.SHARING_IDENTITY_OIDC_ISSUER,
        "aud": settings.SHARING_IDENTITY_OIDC_CLIENT_ID,
        "sub": subject,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "nonce": grant["nonce"],
        "name": person.name,
        "document_type": document.type,
        "document_number": document.number,
    }


def _person(code: str) -> PersonEntry | None:
    if code == LISTED:
        return listed_applicant()
    return unlisted_applicant() if code == UNLISTED else None


def _key() -> OKPKey:
    """Made from the secret that every process of the demonstration has."""
    seed = hashlib.sha256(b"demo identity provider" + settings.SECRET_KEY.encode()).digest()
    return OKPKey.import_key(
        Ed25519PrivateKey.from_private_bytes(seed), {"use": "sig", "alg": ALGORITHM, "kid": "demo"}
    )


def _basic() -> str:
    pair = (settings.SHARING_IDENTITY_OIDC_CLIENT_ID, settings.SHARING_IDENTITY_OIDC_CLIENT_SECRET)
    return "Basic " + base64.b64encode(":".join(map(quote_plus, pair)).encode()).decode()


def _address(name: str) -> str:
    return f"{settings.REGISTRY_ADDRESS.rstrip('/')}{reverse(name)}"


urls: list[URLPattern] = [
    path("demo/identity/.well-known/openid-configuration", describe, name="identity_describe"),
    path("demo/identity/authorize", authorize, name="identity_authorize"),
    path("demo/identity/token", token, name="identity_token"),
    path("demo/identity/jwks", keys, name="identity_keys"),
]
