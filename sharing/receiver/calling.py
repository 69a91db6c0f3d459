"""Calls from the department to the registry: one kept connection, one OAuth token (client credentials, RFC 6749 §4.4)."""

from __future__ import annotations

import base64
import http.client
import json
import re
import sqlite3
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from sharing.receiver.notes import BadNote

_TIMEOUT = 15
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
_CODE = re.compile(r"R-[0-9]{3}", re.ASCII)
_LONGEST_REPLY = 32 * 1024 * 1024
_TOKEN_MARGIN = 30
_TOKEN_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


class Unreachable(Exception):
    """The registry did not answer, or not with what was asked for. The text holds no token, secret or person. ``wait``: seconds
    before which it asked not to be called again.
    """

    def __init__(self, text: str, *, wait: int = 0) -> None:
        super().__init__(text)
        self.wait = wait


@dataclass(frozen=True)
class Client:
    """How this department is known to the registry. ``scope`` "" asks for whatever the client was given; ``certificate``: a
    file in PEM with the client certificate that the key is bound to, and its private key; "" for none. ``proxy``: host and port of the way out; TLS is with the registry through it, under its name.
    """

    url: str
    identifier: str
    secret: str = field(repr=False)
    scope: str = ""
    certificate: str = ""
    proxy: tuple[str, int] | None = None


@dataclass(frozen=True)
class Reply:
    """One answer. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The registry's own code of a refusal, as "R-458"; "" where there is none."""
        try:
            problem = json.loads(self.body) if self.status >= 400 else None
        except (ValueError, RecursionError):
            return ""
        code = problem.get("code") if isinstance(problem, dict) else None
        return code if isinstance(code, str) and _CODE.fullmatch(code) else ""

    @property
    def said(self) -> str:
        """Status and code, as a log may hold them: "403 R-407"."""
        return f"{self.status} {self.code}".rstrip()

    def json(self) -> Any:
        """The parsed body; Unreachable when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Unreachable("the answer is not JSON") from None


def whole(answer: http.client.HTTPResponse, longest: int = _LONGEST_REPLY) -> bytes:
    """The content of an answer; Unreachable when it is too long to be held."""
    content = answer.read(longest + 1)
    if len(content) > longest:
        raise Unreachable("the answer is too long")
    return content


Reader = Callable[[http.client.HTTPResponse], bytes]


class Registry:
    """One thread's line to the registry; not shared between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._where = urlsplit(client.url)
        self._connection: http.client.HTTPConnection | None = None
        self._token = ""
        self._token_until = 0.0

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        read: Reader = whole,
    ) -> Reply:
        """One authorised request; asks for a new token once when the old one is refused. Raises Unreachable.

        ``read`` takes the content of a 200 where it is not to be held whole, and returns what the reply shall hold.
        """
        reply = self._authorised(method, path, body, headers or {}, read)
        if reply.status != 401:
            return reply
        self._token = ""
        return self._authorised(method, path, body, headers or {}, read)

    def read_public(self, path: str, read: Reader = whole) -> Reply:
        """One GET of what is public, without a token. Raises Unreachable; ``read`` as in `call`."""
        return self._send("GET", path, None, {}, read)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _authorised(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], read: Reader
    ) -> Reply:
        return self._send(method, path, body, {**headers, "Authorization": f"Bearer {self._current_token()}"}, read)

    def _current_token(self) -> str:
        if self._token and time.monotonic() < self._token_until:
            return self._token
        form = {"grant_type": "client_credentials"} | ({"scope": self._client.scope} if self._client.scope else {})
        pair = f"{quote_plus(self._client.identifier)}:{quote_plus(self._client.secret)}"
        basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        reply = self._send("POST", "/oauth/token", urlencode(form).encode(), {**_TOKEN_TYPE, **basic})
        if not reply.is_success:
            raise Unreachable(f"no token: {reply.said}", wait=wait_asked_for(reply.headers))
        granted = reply.json()
        if not isinstance(granted, dict) or "access_token" not in granted:
            raise Unreachable("the answer holds no token")
        self._token = str(granted["access_token"])
        self._token_until = time.monotonic() + max(0, int(granted.get("expires_in", 300)) - _TOKEN_MARGIN)
        return self._token

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], read: Reader = whole
    ) -> Reply:
        """Every request here may be repeated safely, so a kept connection that was closed meanwhile is opened anew."""
        kept = self._connection is not None
        try:
            return self._send_once(method, path, body, headers, read)
        except (OSError, http.client.HTTPException) as failure:
            self.close()
            if not kept or isinstance(failure, TimeoutError):
                raise Unreachable(type(failure).__name__) from None
        try:
            return self._send_once(method, path, body, headers, read)
        except (OSError, http.client.HTTPException) as failure:
            self.close()
            raise Unreachable(type(failure).__name__) from None

    def _send_once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], read: Reader) -> Reply:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, self._where.path.rstrip("/") + path, body, dict(headers))
        answer = self._connection.getresponse()
        try:
            content = read(answer) if answer.status == 200 else whole(answer)
        except Unreachable:
            self.close()
            raise
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connect(self) -> http.client.HTTPConnection:
        is_tls, proxy = self._where.scheme == "https", self._client.proxy
        where = (self._where.hostname or "", self._where.port or (443 if is_tls else 80))
        host, port = proxy or where
        connection = (
            http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=tls(self._client.certificate))
            if is_tls
            else http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
        )
        if proxy is not None:
            connection.set_tunnel(*where)
        return connection


def tls(certificate: str) -> ssl.SSLContext:
    """Raises OSError (ssl.SSLError is one) where the file cannot be read, or is not a certificate with its key."""
    context = ssl.create_default_context()
    if certificate:
        context.load_cert_chain(certificate)
    return context


def said(failure: Exception) -> str:
    """What a log may hold of it: its own words only where they cannot be those of a person."""
    is_ours = isinstance(failure, Unreachable | BadNote | sqlite3.Error | TimeoutError)
    return f"{type(failure).__name__} {failure}" if is_ours else type(failure).__name__


def asked_to_wait(failure: Exception) -> int:
    """Seconds before which the registry asked not to be called again."""
    return failure.wait if isinstance(failure, Unreachable) else 0


def wait_asked_for(headers: Mapping[str, str]) -> int:
    """Seconds of a ``Retry-After`` header, at most an hour; 0 when absent or a date."""
    said = headers.get("retry-after", "0").strip()
    return min(int(said), 3600) if _SECONDS.fullmatch(said) else 0
