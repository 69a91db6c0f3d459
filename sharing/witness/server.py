"""The witness's web address: ``POST <prefix>/add-checkpoint`` for logs, ``GET <prefix>/<hash of the origin>/checkpoint`` for
monitors (C2SP tlog-witness), ``GET <prefix>/`` for people.

200 cosigned · 400 unreadable · 403 not signed by the log · 404 another log · 409 another size was cosigned last; it is
the answer · 411, 413 no length, too long · 422 not proved to have merely grown · 503 try again.
"""

from __future__ import annotations

import logging
import re
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sharing.witness.cosigning import Refused, Witness
from sharing.witness.showing import status
from sharing.witness.store import all_latest, of_hash, open_readonly

LONGEST_BODY = (
    128 * 1024
)  # 63 lines of proof, and more than the 16 signatures that must be accepted, of the largest kind
CONNECTIONS_MOST = 64
REQUEST_SECONDS = 20.0  # for a whole request, and the wait for it
ADD, ROOT = "/add-checkpoint", "/"
_TEXT, _SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)
_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint", re.ASCII)
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """One thread a connection, and so many at most."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], witness: Witness, prefix: str = "", request_seconds: float = REQUEST_SECONDS
    ) -> None:
        self.witness = witness
        self.prefix = prefix
        self.request_seconds = request_seconds
        self.leaving = False
        self._places = threading.BoundedSemaphore(CONNECTIONS_MOST)
        self._in_flight = 0
        self._change = threading.Condition()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Without the look-up of the host's name in the DNS that the standard class does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            request.setblocking(False)
            request.send(_BUSY)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke, or a defect."""
        failure = sys.exc_info()[1]
        is_of_the_line = isinstance(failure, OSError)
        _log.warning("a connection ended early: %s", type(failure).__name__, exc_info=not is_of_the_line)

    def count(self, step: int) -> None:
        with self._change:
            self._in_flight += step
            self._change.notify_all()

    def drain(self, seconds: float) -> None:
        """Waits until no checkpoint is under way, at most so long."""
        with self._change:
            self._change.wait_for(lambda: self._in_flight == 0, timeout=seconds)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    server_version = "witness"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = REQUEST_SECONDS
    error_content_type = _TEXT
    error_message_format = "%(message)s\n"
    server: Server

    def handle_one_request(self) -> None:
        """A client that sends byte by byte would outlast a time limit of each read: the whole has one."""
        limit = threading.Timer(self.server.request_seconds, self._read_no_more)
        limit.daemon = True
        limit.start()
        try:
            super().handle_one_request()
        finally:
            limit.cancel()

    def do_POST(self) -> None:
        self.server.count(1)
        try:
            self._add(self._body())
        except Refused as refused:
            _log.warning("refused (%s): %s", refused.status.value, refused.reason)
            self._say_refused(refused)
        except sqlite3.Error as failure:
            _log.error("the store fails: %s", failure)
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, "the store is not ready\n")
        finally:
            self.server.count(-1)

    def do_GET(self) -> None:
        if "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0":
            self.close_connection = True  # its body is not read, and would be taken for the next request
        try:
            self._get(self._path())
        except Refused as refused:
            self._say_refused(refused)
        except sqlite3.Error as failure:
            _log.error("the store fails: %s", failure)
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, "the store is not ready\n")

    def parse_request(self) -> bool:
        """False once it is answered: whatever the method is called, if it is none of the two."""
        if not super().parse_request():
            return False
        if self.command in {"GET", "POST"}:
            return True
        self.close_connection = True
        self._say(self._misdirected().status, "")
        return False

    def _add(self, body: bytes | None) -> None:
        if body is None:
            return
        cosignature = self.server.witness.add(body)
        self._say(HTTPStatus.OK, cosignature.line)

    def _get(self, path: str) -> None:
        found = _CHECKPOINT.fullmatch(path)
        if path != ROOT and found is None:
            raise self._misdirected()
        witness = self.server.witness
        with closing(open_readonly(witness.store.path)) as store:
            if found is None:
                self._say(HTTPStatus.OK, status(witness.signer.key, witness.logs, all_latest(store)))
                return
            held = of_hash(store, found[1])
        if held is None:
            raise Refused(HTTPStatus.NOT_FOUND, "no log of this origin was cosigned")
        self._say(HTTPStatus.OK, held.note)

    def _path(self) -> str:
        """Without the prefix; "" where it is another one."""
        path = self.path.partition("?")[0]
        return path.removeprefix(self.server.prefix) if path.startswith(f"{self.server.prefix}/") else ""

    def _misdirected(self) -> Refused:
        """What is said where the method and the path do not go together."""
        path = self._path()
        if path in {ADD, ROOT} or _CHECKPOINT.fullmatch(path):
            return Refused(HTTPStatus.METHOD_NOT_ALLOWED, "not by this method")
        return Refused(HTTPStatus.NOT_FOUND, "nothing here")

    def _body(self) -> bytes | None:
        """The raw body; None if the client went away. Raises Refused, and closes what it does not read."""
        lengths = self.headers.get_all("content-length", [])
        fault = self._fault(lengths)
        if fault is not None:
            self.close_connection = True
            raise fault
        body = self.rfile.read(int(lengths[0]))
        if len(body) == int(lengths[0]):
            return body
        self.close_connection = True
        return None

    def _fault(self, lengths: list[str]) -> Refused | None:
        if self._path() != ADD:
            return self._misdirected()
        if "transfer-encoding" in self.headers or not lengths:
            return Refused(HTTPStatus.LENGTH_REQUIRED, "a Content-Length is required")
        if len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]):
            return Refused(HTTPStatus.BAD_REQUEST, "Content-Length is one decimal number of at most 9 digits")
        if int(lengths[0]) > LONGEST_BODY:
            return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request is at most {LONGEST_BODY} bytes")
        return None

    def _read_no_more(self) -> None:
        try:
            self.connection.shutdown(socket.SHUT_RD)
        except OSError:
            _log.debug("it was closed already")

    def _say_refused(self, refused: Refused) -> None:
        if refused.size is None:
            self._say(refused.status, f"{refused.reason}\n")
        else:
            self._say(refused.status, f"{refused.size}\n", _SIZE)

    def _say(self, status: HTTPStatus, text: str, kind: str = _TEXT) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "POST" if self._path() == ADD else "GET")
        if self.server.leaving:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing per request: what is refused is logged with its reason above, and the store keeps the rest."""
