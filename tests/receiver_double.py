"""A registry to stand in for ours, and the receiver as a process: what the tests of the receiver talk with.

Persons are invented and their numbers carry valid check digits. Nothing here is taken from the receiver itself, so
that both sides of the contract are written down twice.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sharing.receiver import store

Json = dict[str, Any]
ENDPOINT = "ep_01J0000000000000000000TEST"
NAME = "欧阳测试"
DOCUMENT = "11010519491231002X"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of thirty-two byt").decode()
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
DEPARTMENT_SEED = b"d" * 32
OCCURRED_AT = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
"""One moment for all: what is told and what stands in the log are made apart, and are the same to the byte."""
WHOLE = ("listing.published", "listing.corrected", "listing.revised", "listing.reinstated")


def public_text(key: Ed25519PublicKey) -> str:
    return "whpk_" + base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def listed(*keys: Ed25519PublicKey) -> bytes:
    """The court's list of the keys that sign its messages."""
    kind = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "Ed25519"}
    return json.dumps({"keys": [{**kind, "whpk": public_text(key)} for key in keys]}).encode()


def event_id(position: int, epoch: int = 1) -> str:
    return f"evt_{epoch:02d}{position:024d}"


def pushed(
    position: int,
    kind: str = "listing.published",
    *,
    number: str = "L-2026-000001",
    version: int = 1,
    previous: int | None = None,
    epoch: int = 1,
    endpoint: str = ENDPOINT,
    **changes: Any,
) -> Json:
    """The body of one push. ``previous`` is the position before this one unless given."""
    listing: Json = {"number": number, "version": version}
    if kind in WHOLE:
        listing |= {
            "state": "active",
            "flags": [],
            "ends_on": "2029-11-20",
            "person": {
                "kind": "natural",
                "name": NAME,
                "documents": [{"type": "resident_id", "number": DOCUMENT}],
            },
            "decision": {"kind": "criminal", "article": "CL 253-1", "court": "京0105"},
            "prohibitions": [],
            "statement": None,
        }
    if kind in ("listing.flagged", "listing.unflagged", "listing.suspended"):
        listing |= {"state": "active", "flags": []}
    event = {
        "id": event_id(position, epoch),
        "epoch": epoch,
        "position": position,
        "type": kind,
        "occurred_at": OCCURRED_AT,
        "schema": 1,
        "listing": listing | changes,
    }
    data = {
        "endpoint": endpoint,
        "event": event,
        "salt": base64.b64encode(b"s" * 32).decode(),
        "previous_position": position - 1 if previous is None else previous,
        "measures": [{"code": "LICENCE-CHECK", "article": "PIPL 71", "until": None}],
    }
    return {"type": kind, "timestamp": OCCURRED_AT, "data": data}


def stub(position: int, number: str = "L-2026-000001") -> Json:
    """What is told of an event whose listing was withdrawn since."""
    body = pushed(position, number=number)
    event = {name: body["data"]["event"][name] for name in ("id", "epoch", "position", "type")}
    body["data"]["event"] = event | {"stub": True, "listing": {"number": number}, "commitment": "A" * 44}
    return body


def heartbeat(last_position: int) -> Json:
    data = {"endpoint": ENDPOINT, "head": last_position + 5, "last_position": last_position, "held": 1}
    return {"type": "registry.heartbeat", "timestamp": "2026-11-24T08:00:00Z", "data": data}


def encoded(body: Json) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signed(
    identifier: str,
    raw: bytes,
    *,
    secret: str = SECRET,
    key: Ed25519PrivateKey | None = KEY,
    at: float | None = None,
) -> dict[str, str]:
    """The three headers, made from WIRE.md and not by the package that the receiver uses."""
    timestamp = str(int(time.time() if at is None else at))
    text = f"{identifier}.{timestamp}.".encode() + raw
    shared = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), text, hashlib.sha256).digest()
    entries = [f"v1,{base64.b64encode(shared).decode()}"]
    if key is not None:
        entries.append(f"v1a,{base64.b64encode(key.sign(text)).decode()}")
    return {"webhook-id": identifier, "webhook-timestamp": timestamp, "webhook-signature": " ".join(entries)}


class Registry(ThreadingHTTPServer):
    """Answers for the token, the pull and the receipts; what it holds and what it was sent can be looked at."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RegistryDoor)
        self.bodies: dict[int, Json] = {}
        self.epoch = 1
        self.opened: dict[int, int] = {}
        self.pulls: list[int] = []
        self.tokens = 0
        self.receipts: dict[tuple[str, str], Json] = {}
        self.receipt_headers: list[dict[str, str]] = []
        self.receipt_bodies: list[bytes] = []
        self.receipt_status = 201
        self.refusal: Json = {}
        self.onward: list[Json] = []
        self.page_limit = 100
        self.busy_at: tuple[str, ...] = ()
        self.refused: list[float] = []  # when it said that it is busy
        self.expires_in: object = 3600
        self.listed: bytes = listed(KEY.public_key())
        self.listed_status = 200
        self.listings_of_keys = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def holds(self, *bodies: Json) -> None:
        for body in bodies:
            data = {name: value for name, value in body["data"].items() if name != "endpoint"}
            self.bodies[body["data"]["event"]["position"]] = body | {"data": data}

    def opens(self, *bodies: Json) -> None:
        """Each with the next number of an opening."""
        self.holds(*bodies)
        for body in bodies:
            self.opened[len(self.opened) + 1] = body["data"]["event"]["position"]

    def page(self, after: int, opened: int) -> Json:
        head, last = max(self.bodies, default=0), len(self.opened)
        behind = [number for number in range(opened + 1, last + 1) if self.opened[number] <= after][: self.page_limit]
        if len(behind) == self.page_limit:
            last, reached, positions = behind[-1], after, []
        else:
            positions = sorted(position for position in self.bodies if position > after)[: self.page_limit]
            reached = positions[-1] if len(positions) == self.page_limit else head
        events = [self.bodies[position] for position in (*map(self.opened.get, behind), *positions) if position]
        standing = {"next": max(after, reached), "head": head, "epoch": self.epoch, "opened": last}
        return {"events": events, **standing}

    def snapshot(self) -> bytes:
        """What the department may still have: a line each, and the last line over them."""
        listings: dict[str, Json] = {}
        for position in sorted(self.bodies):
            event = self.bodies[position]["data"]["event"]
            number = event["listing"]["number"]
            listings[number] = listings.get(number, {}) | event["listing"]
            if event["type"] == "listing.withdrawn" or event.get("stub"):
                del listings[number]
        lines = b"".join(encoded({"listing": listing}) + b"\n" for _, listing in sorted(listings.items()))
        end = {"position": max(self.bodies, default=0), "count": len(listings)}
        return lines + encoded(end | {"sha256": hashlib.sha256(lines).hexdigest()}) + b"\n"

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, bytes]:
        """Status and content for a GET, authorised unless it is of the log's public pages."""
        if path == "/api/v1/events":
            self.pulls.append(int(asked["after"]))
            if int(asked["opened"]) > len(self.opened):
                return 422, b'{"code": "R-458", "status": 422}'
            if int(asked["after"]) > max(self.bodies, default=0):
                return 422, b'{"code": "R-459", "status": 422}'
            page = self.page(int(asked["after"]), int(asked["opened"]))
            return 200, json.dumps(page, ensure_ascii=False).encode()
        if path == "/api/v1/listings":
            return 200, self.snapshot()
        if path == "/.well-known/webhook-keys.json":
            self.listings_of_keys += 1
            return self.listed_status, self.listed
        return 404, b"{}"


class _RegistryDoor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Registry

    def do_GET(self) -> None:
        if self._is_busy():
            return
        where = urlsplit(self.path)
        given = self.headers.get("Authorization")
        if given != (
            None if where.path.startswith(("/log/", "/.well-known/")) else f"Bearer token-{self.server.tokens}"
        ):
            self._answer(401, {})
            return
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        self._send(*self.server.answer(where.path, asked))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_busy():
            return
        if self.path == "/oauth/token":
            self._grant(raw)
        elif self.headers.get("Authorization") != f"Bearer token-{self.server.tokens}":
            self._answer(401, {})
        elif self.path == "/api/v1/onward":
            self.server.onward.append(json.loads(raw))
            self._answer(201, {})
        else:
            self._take_receipt(raw)

    def _is_busy(self) -> bool:
        if not self.path.startswith(self.server.busy_at):
            return False
        self.server.refused.append(time.monotonic())
        self.send_response(429)
        self.send_header("Retry-After", "4")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        return True

    def _grant(self, raw: bytes) -> None:
        expected = "Basic " + base64.b64encode(b"client:client-secret").decode()
        if self.headers.get("Authorization") != expected or b"grant_type=client_credentials" not in raw:
            self._answer(401, {})
            return
        self.server.tokens = max(self.server.tokens, 1)
        self._answer(200, {"access_token": f"token-{self.server.tokens}", "expires_in": self.server.expires_in})

    def _take_receipt(self, raw: bytes) -> None:
        if self.server.receipt_status < 300:
            said = json.loads(raw)
            self.server.receipts[said["event"], said["kind"]] = said
            self.server.receipt_headers.append({name.lower(): value for name, value in self.headers.items()})
            self.server.receipt_bodies.append(raw)
        self._answer(self.server.receipt_status, self.server.refusal)

    def _answer(self, status: int, said: Json) -> None:
        self._send(status, json.dumps(said, ensure_ascii=False).encode())

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silence in the test's output."""


AnyRegistry = TypeVar("AnyRegistry", bound=Registry)


@contextlib.contextmanager
def running(registry: AnyRegistry) -> Iterator[AnyRegistry]:
    thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield registry
    finally:
        registry.shutdown()
        registry.server_close()
        thread.join()


def running_registry() -> contextlib.AbstractContextManager[Registry]:
    return running(Registry())


@dataclass
class Program:
    """``python -m sharing.receiver`` as a process of its own."""

    path: Path
    registry_url: str = ""
    flags: tuple[str, ...] = ("--gap-seconds", "0.5")
    changes: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    port: int = 0

    def environment(self) -> dict[str, str]:
        told = {
            "RECEIVER_STORE": str(self.path),
            "RECEIVER_SECRETS": SECRET,
            "RECEIVER_PUBLIC_KEYS": public_text(KEY.public_key()),
            "RECEIVER_ENDPOINT": ENDPOINT,
            "REGISTRY_URL": self.registry_url,
            "REGISTRY_CLIENT_ID": "client",
            "REGISTRY_CLIENT_SECRET": "client-secret",
            "RECEIVER_SIGNING_KEY": "whsk_" + base64.b64encode(DEPARTMENT_SEED).decode(),
        }
        return {"PATH": os.environ["PATH"], **told, **self.changes}

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sharing.receiver", "--port", "0", *self.flags],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=(self.path.parent / "log").open("a"),
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        assert self.process.stdout is not None
        self.port = json.loads(self.process.stdout.readline())["port"]

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return status

    def post(self, raw: bytes, headers: dict[str, str], path: str = "/webhooks") -> int:
        return self._ask("POST", path, raw, headers)[0]

    def push(self, body: Json) -> int:
        """One genuine request."""
        raw = encoded(body)
        event = body["data"].get("event", {"id": "hb_1"})
        return self.post(raw, signed(event["id"], raw))

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        status, content = self._ask("GET", path, None, headers or {})
        return status, json.loads(content)

    def _ask(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def events(self) -> list[store.Seen]:
        with contextlib.closing(store.open_readonly(self.path)) as opened:
            return store.events_since(opened)

    def listing(self, number: str = "L-2026-000001") -> store.Held | None:
        with contextlib.closing(store.open_readonly(self.path)) as opened:
            return store.listing(opened, number)

    def numbers(self) -> list[str]:
        with contextlib.closing(store.open_readonly(self.path)) as opened:
            return store.numbers(opened)

    def bytes_on_disk(self) -> bytes:
        """The store's file with its journal."""
        names = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return b"".join(name.read_bytes() for name in names if name.exists())

    def log(self) -> str:
        return (self.path.parent / "log").read_text()


def becomes_true(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Waits for something that another process does; False when it never happened."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False
