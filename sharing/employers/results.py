"""The signed result and the answer around it: one layout and one size, whatever the outcome (WIRE §6)."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from registry.addresses import absolute
from registry.log import utc_text
from sharing.employers.answers import Answer
from sharing.employers.padding import padded
from sharing.employers.purposes import Scope
from sharing.employers.status_list import Place
from sharing.signing import sign_result

SALT_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a result repeats of its question, and where the log was; ``signed``: its newest checkpoint's size and root."""

    screening_id: str
    employer_uscc: str
    purpose: str
    post: str
    scope: Scope
    committed: bytes
    position: int
    epoch: int
    signed: dict[str, int | str] | None
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Proof:
    """By what a result can be checked later: its place in a status list, and the code printed on it."""

    place: Place
    code: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """``signed``: compact JWS; ``body``: the whole answer as JSON bytes, which alone holds the salt."""

    signed: str
    body: bytes


def result(asked: Asked, answer: Answer, proof: Proof) -> Result:
    for _twice in range(2):  # as often as a positive answer writes what it tells
        json.dumps(answer.unsaid, ensure_ascii=False)
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = applicant_commitment(salt, asked.committed)
    signed = sign_result(_claims(asked, answer, commitment, proof))
    body = {
        "id": asked.screening_id,
        "outcome": answer.outcome.value,
        "purpose": asked.purpose,
        "post": asked.post,
        "scope": asked.scope.value,
        "listing": answer.shown,
        "void_because": None,
        "applicant": {"commitment": commitment, "salt": _text(salt)},
        "as_of": _as_of(asked),
        "asked_at": utc_text(asked.asked_at),
        "expires_at": utc_text(asked.expires_at),
        "verification": {"code": proof.code, "address": verification_address()},
        "result": signed,
    }
    return Result(signed=signed, body=written(body))


def verification_address() -> str:
    """Where anybody checks a result. A code follows after “#”, which browsers keep to themselves."""
    return absolute("/verify/")


def applicant_commitment(salt: bytes, committed: bytes) -> str:
    """HMAC-SHA256(salt, name form, line feed, document key form) in base64url: says who was asked about only to those who know it."""
    return _text(hmac.digest(salt, committed, "sha256"))


def salt_of(applicant: Mapping[str, str]) -> bytes:
    """The salt in an answer's member "applicant"."""
    return base64.urlsafe_b64decode(applicant["salt"] + "=")


def code_of(answer: bytes) -> str:
    """The verification code in an answer's JSON; "" in one that was given before results had any."""
    code: str = json.loads(answer).get("verification", {}).get("code", "")
    return code


def written(body: dict[str, Any]) -> bytes:
    """An answer's JSON, of the one length."""
    return padded(json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode())


def _claims(asked: Asked, answer: Answer, commitment: str, proof: Proof) -> dict[str, Any]:
    claims = {
        "iss": settings.REGISTRY_ADDRESS,
        "aud": asked.employer_uscc,
        "jti": asked.screening_id,
        "iat": int(asked.asked_at.timestamp()),
        "exp": int(asked.expires_at.timestamp()),
        "purpose": asked.purpose,
        "post": asked.post,
        "scope": asked.scope.value,
        "applicant": commitment,
        "outcome": answer.outcome.value,
        "as_of": _as_of(asked),
        "status": proof.place.claim,
    }
    return claims if answer.shown is None else {**claims, "listing": answer.shown}


def _as_of(asked: Asked) -> dict[str, Any]:
    return {"epoch": asked.epoch, "position": asked.position, "checkpoint": asked.signed}


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
