"""The employer's own system: it asks over HTTP with a token, an attested consent and an idempotency key."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import timezone

from config.demo.world import POST, PURPOSE
from registry.actions.acting import today
from registry.entries import DocumentEntry, PersonEntry

TIMEOUT_SECONDS = 10
SCREENINGS = "/api/v1/screenings"


class NoAnswer(Exception):
    """The court's door said something else than an answer; the text is its status and code."""


@dataclass(frozen=True)
class Reply:
    """What the court's door said: an answer, or a refusal as problem details (RFC 9457)."""

    status: int
    body: dict[str, Any] = field(repr=False)

    @property
    def answered(self) -> bool:
        return self.status in (http.HTTPStatus.OK, http.HTTPStatus.CREATED)


@dataclass
class Employer:
    """``language``: in which refusals are worded, "" for the court's own."""

    address: str
    client_id: str
    client_secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    language: str = ""

    def sign_in(self) -> None:
        """OAuth 2.0 client credentials (RFC 6749 §4.4)."""
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
        )
        reply = self._post("/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = _answer("/oauth/token", reply)["access_token"]

    def ask(self, person: PersonEntry) -> str:
        """One screening with a consent form signed today; the outcome."""
        reply = self.put(question(person.name, person.documents[0], consent=consent()))
        return str(_answer(SCREENINGS, reply)["outcome"])

    def put(self, asked: dict[str, Any]) -> Reply:
        """One question as it stands, with a key of its own. Raises `NoAnswer` where the door does not speak JSON."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
            **({"Accept-Language": self.language} if self.language else {}),
        }
        return self._post(SCREENINGS, json.dumps(asked), headers)

    def _post(self, path: str, body: str, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, body.encode(), headers)
            response = connection.getresponse()
            return Reply(response.status, json.loads(response.read() or b"{}"))
        except ValueError:
            raise NoAnswer(f"{path} answered {response.status} without JSON") from None
        finally:
            connection.close()


def question(
    name: str, document: DocumentEntry, *, purpose: str = PURPOSE, post: str = POST, consent: dict[str, str] | None
) -> dict[str, Any]:
    """The body of a question about one applicant."""
    return {
        "purpose": purpose,
        "post": post,
        "applicant": {"name": name, "document": {"type": document.type, "number": document.number}},
        **({"consent": consent} if consent is not None else {}),
    }


def consent() -> dict[str, str]:
    """The attestation of a form that was signed today and used nowhere yet."""
    return {"kind": "attested", "document_sha256": new_fingerprint(), "signed_on": today(timezone.now()).isoformat()}


def new_fingerprint() -> str:
    """Of an invented signed form."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def _answer(path: str, reply: Reply) -> dict[str, Any]:
    if not reply.answered:
        raise NoAnswer(f"{path} answered {reply.status} {reply.body.get('code', '')}")
    return reply.body
