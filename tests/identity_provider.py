"""A small OpenID Connect provider on a port of its own, whose ID tokens are right or wrong in one respect."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from sharing.openid import asking

CLIENT, SECRET = "registry", "a secret: with /signs"


class Provider(ThreadingHTTPServer):
    """``claims``: of the next ID token; ``asked``: the forms that came to the token endpoint; ``knows``: whom a browser that
    is led there is taken for, and sent back as.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.key: Any = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.other_keys: list[dict[str, Any]] = []
        self.signs_with: Any = self.key
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "one"}
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.authorized: list[str] = []
        self.raw: str | None = None
        self.status = 200
        self.issuer_said = ""
        self.knows = ""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def token(self) -> str:
        if self.raw is not None:
            return self.raw
        algorithms = ["ES256", "RS256", "HS256", "none"]
        return jwt.encode(self.header, self.claims, self.signs_with, algorithms=algorithms)

    def sent_back(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        self.claims = {"iss": self.issuer, "aud": asked["client_id"], "sub": self.knows, "nonce": asked["nonce"]}
        self.claims |= {"iat": now, "exp": now + 300}
        return f"{asked['redirect_uri']}?{urlencode({'code': 'a code', 'state': asked['state']})}"

    def documents(self) -> dict[str, dict[str, Any]]:
        public = self.key.as_dict(private=False)
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer_said or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            },
            "/jwks": {"keys": [*self.other_keys, public]},
        }


class _Door(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/authorize" and self.server.knows:
            self.send_response(302)
            self.send_header("Location", self.server.sent_back(dict(parse_qsl(place.query))))
            self.end_headers()
            return
        self._answer(self.server.documents().get(self.path))

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(form).items()})
        self.server.authorized.append(base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode())
        self._answer({"access_token": "x", "token_type": "Bearer", "id_token": self.server.token()})

    def _answer(self, said: dict[str, Any] | None) -> None:
        body = json.dumps(said).encode()
        self.send_response(self.server.status if said is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Provider]:
    asking._metadata.clear()  # a port may have been another one's before
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unsigned(claims: dict[str, Any]) -> str:
    """alg "none" (RFC 7519 §6)."""
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in ({"alg": "none"}, claims)]
    return b".".join([*parts, b""]).decode()


def symmetric(provider: Provider) -> OctKey:
    """The public key abused as a secret: the classic confusion of algorithms."""
    return OctKey.import_key(json.dumps(provider.key.as_dict(private=False)).encode())
