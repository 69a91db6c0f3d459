"""What stands behind the proxy in its tests: it says what it was asked, and writes down that it was asked at all."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

LONG = 3 * 1024 * 1024


def application(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    sent = sum(len(part) for part in iter(lambda: environ["wsgi.input"].read(65536), b""))
    sys.stderr.write(f"asked {environ['REQUEST_METHOD']} {environ['PATH_INFO']} {sent}\n")
    if environ["PATH_INFO"] == "/slow/":
        time.sleep(1)
    asked = {name: value for name, value in environ.items() if isinstance(value, str)} | {"sent": sent}
    body = b"x" * LONG if environ["PATH_INFO"] == "/long/" else json.dumps(asked).encode()
    start_response(
        "200 OK", [("Content-Type", "text/html"), ("X-Reference", "00000-00000"), ("X-Powered-By", "tests 1.0")]
    )
    return [body]
