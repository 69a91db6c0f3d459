"""What delivery is measured against: the least code that signs `v1` and `v1a` and posts, without a record of anything."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Sequence

import pycurl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Message = tuple[str, bytes]  # webhook-id and body, rendered before


def signed_headers(message_id: str, body: bytes, secret: bytes, key: Ed25519PrivateKey) -> dict[str, str]:
    timestamp = str(int(time.time()))
    content = f"{message_id}.{timestamp}.".encode() + body
    shared = base64.b64encode(hmac.digest(secret, content, "sha256")).decode()
    public = base64.b64encode(key.sign(content)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{shared} v1a,{public}",
    }


class BareLoop:
    """One libcurl multi handle and ``in_flight`` easy handles that are used again and again."""

    def __init__(self, url: str, secret: bytes, key: Ed25519PrivateKey, in_flight: int) -> None:
        self._secret, self._key = secret, key
        self._multi = pycurl.CurlMulti()
        self._handles = [pycurl.Curl() for _ in range(in_flight)]
        for handle in self._handles:
            handle.setopt(pycurl.URL, url)
            handle.setopt(pycurl.POST, 1)

    def post_all(self, messages: Sequence[Message]) -> None:
        """Post every message; RuntimeError when one was not answered with 204."""
        waiting, idle, landed = iter(messages), list(self._handles), 0
        while landed < len(messages):
            while idle and (message := next(waiting, None)):
                self._start(idle.pop(), *message)
            self._multi.perform()
            _, done, failed = self._multi.info_read()
            if failed or any(handle.getinfo(pycurl.RESPONSE_CODE) != 204 for handle in done):
                raise RuntimeError(f"a post failed: {failed}")
            for handle in done:
                self._multi.remove_handle(handle)
            idle += done
            landed += len(done)
            if not done:
                self._multi.select(1.0)

    def close(self) -> None:
        for handle in self._handles:
            handle.close()
        self._multi.close()

    def _start(self, handle: pycurl.Curl, message_id: str, body: bytes) -> None:
        headers = signed_headers(message_id, body, self._secret, self._key)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        handle.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json", "Expect:", *lines])
        handle.setopt(pycurl.POSTFIELDS, body)
        self._multi.add_handle(handle)
