"""A receiver in a process of its own, to be killed: `python crashing_receiver.py PORT FILE`.

Each request is one line of the file, a JSON object, written before it is answered: what the file says was received was
received, whether the answer still went out or not. One in five hundred is answered with a 503, one in a thousand not at
all. Standard library only, so that it starts at once.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ERRORS, SILENCES = 1 / 500, 1 / 1000
NO_ANSWER = 0
_fate = random.SystemRandom()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        draw = _fate.random()
        status = 503 if draw < ERRORS else NO_ANSWER if draw < ERRORS + SILENCES else 204
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("webhook-")}
        line = {"headers": headers, "body": base64.b64encode(body).decode(), "answered": status}
        os.write(kept, json.dumps(line).encode() + b"\n")
        if status == NO_ANSWER:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256


if __name__ == "__main__":
    kept = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
