"""Calls of an organisation's program as they reach the court: directly, or through the proxy in front."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.test import Client as Browser
from django.utils import timezone

from sharing.parties import clients
from sharing.parties.models import Client, Organisation

AT_HOME, ELSEWHERE, THE_PROXY = "203.0.113.9", "198.51.100.7", "127.0.0.1"
DOORS = {"department": "/api/v1/events?after=0", "employer": "/api/v1/recalled-results"}


class Program:
    """One key and the tokens it gets; ``meta``: what WSGI says of every call, unless a call says otherwise."""

    def __init__(self, organisation: Organisation, client_id: str = "", secret: str = "", **meta: str) -> None:
        self.organisation = organisation
        if not client_id:
            scopes = clients.SCOPES[organisation.kind]
            client_id, secret = clients.issue(organisation, scopes, now=timezone.now())
        self.client_id, self.secret, self.meta = client_id, secret, meta
        self.token = ""

    @property
    def client(self) -> Client:
        return Client.objects.select_related("organisation").get(client_id=self.client_id)

    def ask_for_token(self, **meta: str) -> Any:
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        said = {"HTTP_AUTHORIZATION": f"Basic {basic}", **self.meta, **meta}
        answer = Browser().post("/oauth/token", {"grant_type": "client_credentials"}, **said)  # type: ignore[arg-type]
        self.token = answer.json().get("access_token", self.token)
        return answer

    def call(self, **meta: str) -> Any:
        said = {"HTTP_AUTHORIZATION": f"Bearer {self.token}", **self.meta, **meta}
        return Browser().get(DOORS[self.organisation.kind], **said)  # type: ignore[arg-type]


def from_(address: str) -> dict[str, str]:
    return {"REMOTE_ADDR": address}


def forwarded(*addresses: str, by: str = THE_PROXY) -> dict[str, str]:
    return {"REMOTE_ADDR": by, "HTTP_X_FORWARDED_FOR": ", ".join(addresses), "HTTP_X_FORWARDED_PROTO": "https"}


def shown(certificate: bytes) -> dict[str, str]:
    """As nginx passes a client certificate on ($ssl_client_escaped_cert)."""
    return {"HTTP_X_CLIENT_CERTIFICATE": quote(certificate.decode(), safe="")}


def ends(client: Client, at: datetime) -> None:
    Client.objects.filter(pk=client.pk).update(expires_at=at)
