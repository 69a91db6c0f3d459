"""Programs of a department on trial: the reference receiver as its own process, and a small one with one flaw.

The small one speaks over real HTTP too. It keeps its list in memory and, without a flaw, does all that is expected.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.valkey import free_port
from sharing import signing
from sharing.delivery.models import Endpoint
from sharing.departments import joining
from sharing.departments.conformance import checks
from sharing.departments.models import CheckResult, ConformanceRun, Department, RunState, Verdict
from sharing.parties import clients
from sharing.receiver.calling import Client, Registry, Reply, Unreachable
from sharing.receiver.events import HEARTBEAT, WITHDRAWN, Event, read_event
from sharing.receiver.verification import NotGenuine, Verifier, signed_headers, verifier
from tests import cast
from tests.receiver_double import Program
from tests.signed import key_of

FLAWS = (
    "signature",  # takes whatever is posted with a time of today
    "replay",  # does not look at the time
    "receipt",  # never sends a receipt again
    "duplicate",  # applies and confirms an event as often as it comes
    "order",  # applies an older version over a newer one
    "gap",  # pulls from the last position it holds, and so never finds what is missing before
    "rotation",  # looks at the first signature only
    "correction",  # says that it had nothing to correct
    "suspension",  # answers that it does not know this type
    "withdrawal",  # keeps the person, and says that it applied the event
    "outage",  # does not pull again when the registry was away
    "restore",  # compares versions without their epochs
)


@dataclass
class Trial:
    """An endpoint on trial and what its program must be told."""

    endpoint: Endpoint
    secret: str
    port: int
    address: str
    client_id: str
    client_secret: str
    key: Ed25519PrivateKey

    @property
    def client(self) -> Client:
        return Client(self.address, self.client_id, self.client_secret)

    @property
    def environment(self) -> dict[str, str]:
        keys = [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()]
        return {
            "RECEIVER_SECRETS": self.secret,
            "RECEIVER_PUBLIC_KEYS": ",".join(keys),
            "RECEIVER_ENDPOINT": self.endpoint.pk,
            "RECEIVER_SIGNING_KEY": "whsk_" + base64.b64encode(self.key.private_bytes_raw()).decode(),
            "REGISTRY_URL": self.address,
            "REGISTRY_CLIENT_ID": self.client_id,
            "REGISTRY_CLIENT_SECRET": self.client_secret,
        }


def on_trial(department: Department, registry_url: str) -> Trial:
    port = free_port()
    endpoint, secret = joining.add_endpoint(department, f"http://127.0.0.1:{port}/webhooks", now=cast.NOW)
    client_id, client_secret = clients.issue(department.organisation, ["events", "receipts"], now=datetime.now(UTC))
    address = f"{registry_url}/trial/{endpoint.pk}"
    return Trial(endpoint, secret, port, address, client_id, client_secret, key_of(department))


def reference(trial: Trial, path: Any, *flags: str, **changes: str) -> Program:
    """The reference receiver; to be started and stopped."""
    environment = {**trial.environment, **changes}
    return Program(path, trial.address, flags=("--port", str(trial.port), *flags), changes=environment)


@dataclass
class Small:
    """``flaw``: one of `FLAWS`, or none; ``unsigned``: its department has no key for receipts."""

    trial: Trial
    flaw: str = ""
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    gone: dict[str, tuple[int, int]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    positions: dict[int, set[int]] = field(default_factory=dict)
    epoch: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    owed: list[dict[str, Any]] = field(default_factory=list)
    pull_from: int | None = None
    stopping: bool = False
    unsigned: bool = False

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        if not self._is_genuine(headers, body):
            return 401
        said = json.loads(body)
        if said["type"] == HEARTBEAT:
            self._hear(said["data"]["last_position"])
            return 204
        event = read_event(said)
        if self.flaw == "suspension" and event.type == "listing.suspended":
            return 400
        with self.lock:
            self._apply(event)
            self._look_for_gap(event)
        return 204

    def _is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        keys: Verifier = verifier([self.trial.secret], [])
        entries = headers.get("webhook-signature", "")
        if self.flaw == "rotation":
            entries = entries.split(" ")[0]
        if self.flaw == "signature":
            return abs(time.time() - float(headers["webhook-timestamp"])) < 300
        if self.flaw == "replay":
            secret, sent_at = signing.parse_secret(self.trial.secret), int(headers["webhook-timestamp"])
            right = signing.signature(headers["webhook-id"], sent_at, body, secrets=[secret], private_keys=[])
            return right in entries.split(" ")
        try:
            keys.check({**headers, "webhook-signature": entries}, body)
        except (NotGenuine, KeyError):
            return False
        return True

    def _apply(self, event: Event) -> None:
        if event.epoch > self.epoch:
            self.pull_from = 0 if self.epoch else None
            self.epoch = event.epoch
        self.positions.setdefault(event.epoch, set()).add(event.position)
        if event.stub or (event.id in self.seen and self.flaw != "duplicate"):
            return
        self.seen.add(event.id)
        if event.type == WITHDRAWN:
            self._withdraw(event)
            return
        mark = (0, event.mark[1]) if self.flaw == "restore" else event.mark
        if mark <= self.held.get(event.number, (0, 0)) and self.flaw != "order":
            self._owe(event, "applied", copies=0)
            return
        corrects = event.type == "listing.corrected" and mark[1] == self.held.get(event.number, (0, 0))[1] + 1
        self.held[event.number] = mark
        self._owe(event, "applied", copies=0 if corrects and self.flaw == "correction" else 1)

    def _withdraw(self, event: Event) -> None:
        if self.flaw == "withdrawal" and event.number in self.held:
            self._owe(event, "applied", copies=1)
            return
        self._owe(event, "purged", copies=int(self.held.pop(event.number, None) is not None))

    def _owe(self, event: Event, kind: str, copies: int) -> None:
        at = datetime.now(UTC).isoformat()
        self.owed.append({"event": event.id, "kind": kind, "at": at, "copies": copies})

    def _look_for_gap(self, event: Event) -> None:
        """At once: what comes out of order is rare here, and a pull too many does no harm."""
        if event.previous_position and event.previous_position not in self._known():
            self._ask_from(event.previous_position - 1)

    def _hear(self, last: int) -> None:
        with self.lock:
            known = self._known()
            missing = [each for each in range(1, last + 1) if each not in known]
            if missing:
                self._ask_from(missing[0] - 1)

    def _known(self) -> set[int]:
        return set().union(*self.positions.values())

    def _ask_from(self, after: int) -> None:
        self.pull_from = max(self._known(), default=0) if self.flaw == "gap" else after

    def work(self) -> None:
        """Pulls when asked, and sends what is owed."""
        registry = Registry(self.trial.client)
        while not self.stopping:
            time.sleep(0.02)
            self._pull(registry)
            self._send(registry)
        registry.close()

    def _pull(self, registry: Registry) -> None:
        with self.lock:
            after, self.pull_from = self.pull_from, None
        while after is not None:
            answer = asked(registry, "GET", f"/api/v1/events?after={after}")
            if answer is None or not answer.is_success:
                with self.lock:
                    self.pull_from = after if self.pull_from is None and self.flaw != "outage" else self.pull_from
                return
            page = answer.json()
            with self.lock:
                for each in page["events"]:
                    self._apply(read_event(each))
            after = page["next"] if page["next"] < page["head"] else None

    def _send(self, registry: Registry) -> None:
        with self.lock:
            owed, self.owed = self.owed, []
        for receipt in owed:
            body = json.dumps(receipt).encode()
            signed = signed_headers(self.trial.key, f"{receipt['event']}_{receipt['kind']}", body, time.time())
            headers = {**JSON, **({} if self.unsigned else signed)}
            answer = asked(registry, "POST", "/api/v1/receipts", body, headers)
            if answer is None or (not answer.is_success and self.flaw != "receipt"):
                with self.lock:
                    self.owed.append(receipt)


JSON = {"Content-Type": "application/json"}


def asked(registry: Registry, *call: Any) -> Reply | None:
    """None where the registry is not reached."""
    with suppress(Unreachable):
        return registry.call(*call)
    return None


@contextmanager
def small(trial: Trial, flaw: str = "") -> Iterator[Small]:
    program = Small(trial, flaw)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = program.take({key.lower(): value for key, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", trial.port), Handler)
    server.daemon_threads = True
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True),
        threading.Thread(target=program.work, daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield program
    finally:
        program.stopping = True
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join(timeout=10)


def proven(endpoint: Endpoint, *, red: str = "", now: datetime = cast.NOW, **changes: Any) -> ConformanceRun:
    """A finished run of every check, written down as if it had been played; ``red``: the key of one that was not green."""
    run = ConformanceRun.objects.create(
        **{
            "endpoint": endpoint,
            "url": endpoint.url,
            "version": checks.VERSION,
            "started_at": now,
            "finished_at": now,
            "state": RunState.FINISHED,
            "due_at": now,
            "epoch": 2 * endpoint.runs.count() + 1,
            "check_index": len(checks.CHECKS),
            **changes,
        }
    )
    for check in checks.CHECKS:
        verdict = Verdict.RED if check.key == red else Verdict.GREEN
        facts = {"position": 1, "kind": "applied"} if check.key == red else {}
        CheckResult.objects.create(
            run=run,
            check_key=check.key,
            verdict=verdict,
            reason="not_confirmed" if check.key == red else "",
            facts=facts,
            began_at=now,
            decided_at=now,
        )
    return run
