"""The program docs/verify/verify_log.py as the tests run it, and events of which the log and a department are told."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import importlib.util
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.log_server import COURT, WITNESSES, Served

PROGRAM = Path(__file__).parent.parent / "docs" / "verify" / "verify_log.py"
SIZE = 3 * 256 + 77
BROKEN = 600  # the position at which faults are planted, in the third bundle
GOOD, NOT_CHECKED, NOT_AS_IT_SHOULD_BE = 0, 1, 2
NAME, (ONE, TWO) = COURT.name, (each.name for each in WITNESSES)
KEYS = ("--vkey", COURT.key.vkey)
WITNESSED = ("--witness", *(each.key.vkey for each in WITNESSES))


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs.verify.verify_log", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


verify_log = loaded()


@dataclass(frozen=True)
class Said:
    status: int
    lines: list[str]

    @property
    def verdict(self) -> str:
        return self.lines[-1]

    def __str__(self) -> str:
        return "\n".join(self.lines)


def run(*arguments: object) -> Said:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = verify_log.main([str(each) for each in arguments])
    return Said(status, out.getvalue().rstrip("\n").split("\n"))


def verdict(*arguments: object) -> str:
    return run(*arguments).verdict


def signed(log: Served, size: int | None = None) -> str:
    root = log.note().text.split("\n")[2]
    return f"checkpoint of {NAME}: {SIZE if size is None else size} entries, root {root}, signed by its key"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def salt(position: int) -> bytes:
    return hashlib.sha256(b"salt %d" % position).digest()


def event(position: int, **more: Any) -> dict[str, Any]:
    listing = {"number": f"L-2026-{position:06d}", "version": 1, "person": {"name": "虚构\u2028𠮷"}}
    return {"id": f"evt_{position:026d}", "epoch": 1, "position": position, "listing": listing, **more}


def commitment(of: dict[str, Any]) -> bytes:
    canonical = json.dumps(of, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(salt(of["position"]), canonical.encode(), hashlib.sha256).digest()


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def body(position: int, **more: Any) -> dict[str, Any]:
    """As it is pushed and pulled."""
    told = event(position, **more)
    return {"type": "listing.published", "data": {"event": told, "salt": text(salt(position))}}


def entries(size: int) -> list[bytes]:
    return [commitment(event(position)) for position in range(1, size + 1)]


ENTRIES = entries(SIZE)


def own(folder: Path, *lines: object) -> Path:
    path = folder / "own.ndjson"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def rewritten(position: int = BROKEN, size: int = SIZE) -> list[bytes]:
    """A history with another event at this position."""
    changed = [*entries(size)] if size != SIZE else [*ENTRIES]
    changed[position - 1] = b"x" * 32
    return changed
