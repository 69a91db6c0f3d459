"""The department's web address: ``POST /webhooks`` for the registry, ``GET /health``, ``/health/ready``, ``/list`` and
``/status`` for its operator, ``POST /check``, ``GET`` and ``POST /recalls`` for institutions that it supervises.

204 means: genuine, applied, and on the disk. 401 not genuine · 400 not for this endpoint, or unreadable · 411, 413
no length, too long · 500, 503 try again.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sharing.receiver import onward, records
from sharing.receiver.checking import BadQuestion
from sharing.receiver.clock import utc_text
from sharing.receiver.door import Door, Refused
from sharing.receiver.events import Json
from sharing.receiver.status import log_status
from sharing.receiver.store import condition, count, numbers
from sharing.receiver.verification import HEADERS
from sharing.receiver.writer import Closed

LONGEST_BODY = 64 * 1024
_LENGTH = re.compile(r"[0-9]{1,7}", re.ASCII)
_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """One thread a connection. ``in_flight`` lets the program wait for requests under way before it closes."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], door: Door) -> None:
        self.door = door
        self.leaving = False
        self._in_flight = 0
        self._change = threading.Condition()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Without the look-up of the host's name in the DNS that the standard class does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke; the standard class prints a traceback, whose text could hold what was sent."""
        _log.warning("a connection ended early: %s", type(sys.exc_info()[1]).__name__)

    def _count_request(self, step: int) -> None:
        with self._change:
            self._in_flight += step
            self._change.notify_all()

    def begin(self) -> None:
        self._count_request(1)

    def end(self) -> None:
        self._count_request(-1)

    def drain(self, seconds: float) -> None:
        """Waits until no request is under way, at most so long."""
        with self._change:
            self._change.wait_for(lambda: self._in_flight == 0, timeout=seconds)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    server_version = "receiver"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75
    server: Server

    def do_POST(self) -> None:
        self.server.begin()
        try:
            self._post()
        except Refused as refused:
            _log.warning("refused (%s): %s", refused.status.value, refused.reason)
            self._say(refused.status, {"error": refused.reason})
        except sqlite3.Error as failure:
            _log.error("not stored: %s", type(failure).__name__)
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "not stored"})
        finally:
            self.wfile.flush()
            self.server.end()

    def do_GET(self) -> None:
        try:
            self._get(urlsplit(self.path).path)
        except sqlite3.Error as failure:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, {"status": type(failure).__name__})

    def _get(self, path: str) -> None:
        if path == "/recalls":
            self._say_recalls()
        elif path == "/health":
            self._say(*self._health())
        elif path == "/health/ready":
            self._say(*self._ready())
        elif path == "/list" and self._is_operator():
            with closing(self.server.door.reader()) as store:
                self._say(HTTPStatus.OK, {"count": count(store), "numbers": numbers(store)})
        elif path == "/status" and self._is_operator():
            with closing(self.server.door.reader()) as store:
                self._say(HTTPStatus.OK, log_status(store))
        else:
            self._say(HTTPStatus.NOT_FOUND, {"error": "nothing here"})

    def _post(self) -> None:
        body, path = self._body(), urlsplit(self.path).path
        if path == "/webhooks":
            self.server.door.take(self._signed_headers(), body)
            self._say(HTTPStatus.NO_CONTENT)
        elif path in {"/check", "/recalls"}:
            self._post_of_institution(path, body)
        else:
            raise Refused(HTTPStatus.NOT_FOUND, "nothing here")

    def _post_of_institution(self, path: str, body: bytes) -> None:
        institution = self._institution()
        try:
            if path == "/check":
                self._say(HTTPStatus.OK, self.server.door.check(institution, body))
            else:
                self.server.door.confirm(institution, body)
                self._say(HTTPStatus.NO_CONTENT)
        except BadQuestion as failure:
            raise Refused(HTTPStatus.BAD_REQUEST, f"cannot be read: {failure}") from None
        except (Closed, TimeoutError):
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the store is not ready") from None

    def _say_recalls(self) -> None:
        try:
            institution = self._institution()
        except Refused as refused:
            self._say(refused.status, {"error": refused.reason})
            return
        with closing(self.server.door.reader()) as store:
            since = utc_text(records.meta(store, "begun_at"))
            self._say(HTTPStatus.OK, {"lift": onward.to_lift(store, institution), "since": since})

    def _institution(self) -> str:
        found = self.server.door.institutions.called(self.headers.get("authorization", ""))
        if found is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "an institution's token is required")
        return found

    def _body(self) -> bytes:
        """The raw body. A connection whose next request could not be found any more is closed."""
        lengths = self.headers.get_all("content-length", [])
        if "transfer-encoding" in self.headers or len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]):
            self.close_connection = True
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "one Content-Length is required")
        if int(lengths[0]) > LONGEST_BODY:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is longer than 64 KiB")
        return self.rfile.read(int(lengths[0]))

    def _signed_headers(self) -> dict[str, str]:
        values = {name: self.headers.get_all(name, []) for name in HEADERS}
        if any(len(found) != 1 for found in values.values()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "each webhook- header is required once")
        return {name: found[0] for name, found in values.items()}

    def _health(self) -> tuple[HTTPStatus, Json]:
        if not self.server.door.writer.is_alive():
            return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "the writer has stopped"}
        with closing(self.server.door.reader()) as store:
            now = condition(store)
        silence = self.server.door.silence
        said = "silent" if silence and silence.lasts else "waiting" if now.awaited else "level"
        return HTTPStatus.OK, {"status": said, **asdict(now), "seconds_silent": silence.seconds if silence else None}

    def _ready(self) -> tuple[HTTPStatus, Json]:
        """For those who watch: 503 while silent. Not for a balancer, which would keep away what ends the silence."""
        status, said = self._health()
        return HTTPStatus.SERVICE_UNAVAILABLE if said["status"] == "silent" else status, said

    def _is_operator(self) -> bool:
        """On this machine, and not through a proxy that stands on it."""
        is_forwarded = "x-forwarded-for" in self.headers or "forwarded" in self.headers
        return ipaddress.ip_address(self.client_address[0]).is_loopback and not is_forwarded

    def _say(self, status: HTTPStatus, said: Json | None = None) -> None:
        content = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        if self.server.leaving:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        if said is not None:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing per request: what is refused is logged with its reason above, and the inbox keeps the rest."""
