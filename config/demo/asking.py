"""The employer's own system: it asks over HTTP with a token, an attested consent and an idempotency key."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import timezone

from config.demo.world import POST, PURPOSE
from registry.actions.acting import today
from registry.entries import PersonEntry

TIMEOUT_SECONDS = 10


class NoAnswer(Exception):
    """The court's door said something else than an answer; the text is its status and code."""


@dataclass
class Employer:
    address: str
    client_id: str
    client_secret: str
    token: str = ""

    def sign_in(self) -> None:
        """OAuth 2.0 client credentials (RFC 6749 §4.4)."""
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
        )
        answer = self._post("/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = answer["access_token"]

    def ask(self, person: PersonEntry) -> str:
        """One screening with a consent form signed today; the outcome."""
        question = {
            "purpose": PURPOSE,
            "post": POST,
            "applicant": {
                "name": person.name,
                "document": {"type": person.documents[0].type, "number": person.documents[0].number},
            },
            "consent": {
                "kind": "attested",
                "document_sha256": hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
                "signed_on": today(timezone.now()).isoformat(),
            },
        }
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
        }
        answer = self._post("/api/v1/screenings", json.dumps(question), headers)
        return str(answer["outcome"])

    def _post(self, path: str, body: str, headers: dict[str, str]) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, body.encode(), headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            raise NoAnswer(f"{path} answered {response.status} {json.loads(text or b'{}').get('code', '')}")
        return json.loads(text)
