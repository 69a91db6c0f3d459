"""The receiver of every benchmark: one process, a bare asyncio protocol, HTTP/1.1 keep-alive, always 204, no checks.

`python -m tests.benchmarks.receiver` prints one JSON line with its port. GET /seen says how many POSTs came and when
the last one did (CLOCK_MONOTONIC, which all processes of a machine share); GET /last is the last POST as it came. A
POST to …/after/50/… is answered after 50 milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass

HOST = "127.0.0.1"
HEAD_ENDS = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
AFTER = re.compile(rb"^POST [^ ]*/after/([0-9]+)")
LINE_MOST = 200
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Kept:
    count: int = 0
    at: float = 0.0
    last: bytes = b""


class Receiving(asyncio.Protocol):
    """One connection; requests may come in pieces or several at once."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (size := self._whole()) and len(self._buffer) >= size:
            request, self._buffer = self._buffer[:size], self._buffer[size:]
            answer, later = self._answer(request), AFTER.search(request, 0, LINE_MOST)
            if later is None:
                self._transport.write(answer)
            else:
                asyncio.get_running_loop().call_later(int(later[1]) / 1000, self._transport.write, answer)

    def _whole(self) -> int:
        """Bytes of the first request in the buffer, 0 while its head is incomplete."""
        head_ends = self._buffer.find(HEAD_ENDS)
        if head_ends < 0:
            return 0
        length = LENGTH.search(self._buffer, 0, head_ends)
        return head_ends + len(HEAD_ENDS) + (int(length[1]) if length else 0)

    def _answer(self, request: bytes) -> bytes:
        kept = self._kept
        if request.startswith(b"POST "):
            kept.count += 1
            kept.at = time.monotonic()
            kept.last = request
            return NO_CONTENT
        if request.startswith(b"GET /seen "):
            return _ok(json.dumps({"count": kept.count, "at": kept.at}).encode())
        return _ok(kept.last)


def _ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def serve() -> None:
    kept = Kept()
    server = await asyncio.get_running_loop().create_server(lambda: Receiving(kept), HOST, 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
