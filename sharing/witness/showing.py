"""What was cosigned and refused, as text for people."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from registry.tree.notes import Key
from sharing.witness.store import Evidence, Latest


def utc_text(at: int) -> str:
    """RFC 3339 of seconds since 1970."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def status(key: Key, origins: Iterable[str], held: Iterable[Latest]) -> str:
    """For anybody: whose witness this is, and how far each log is cosigned."""
    latest = {each.origin: each for each in held}
    lines = [f"Witness {key.name}", key.vkey, ""]
    lines += [_progress(origin, latest.get(origin)) for origin in sorted(origins)]
    return "\n".join(lines) + "\n"


def _progress(origin: str, held: Latest | None) -> str:
    if held is None:
        return f"{origin}: nothing cosigned yet"
    return f"{origin}: size {held.size}, cosigned at {utc_text(held.at)}"


def report(vkey: str, held: Iterable[Latest], found: Iterable[Evidence], *, whole: bool) -> Iterator[str]:
    """Lines for the witness's own people."""
    yield f"witness {vkey}"
    for each in held:
        yield f"log {each.origin}: size {each.size}, root {_root(each.root)}, cosigned at {utc_text(each.at)}"
    for refused in found:
        yield from _refusal(refused, whole=whole)


def _refusal(refused: Evidence, *, whole: bool) -> Iterator[str]:
    word = "REFUSED" if refused.settled_at is None else f"refused, and proved at {utc_text(refused.settled_at)}"
    yield f"{word} {refused.origin}: {refused.reason}, first at {utc_text(refused.at)}, {refused.times} times"
    yield f"  it was   size {refused.size}, root {_root(refused.root)}"
    yield f"  cosigned size {refused.held_size}, root {_root(refused.held_root)}"
    if whole:
        yield "  the request:"
        yield refused.request.decode()
        yield "  what had been cosigned:"
        yield refused.held


def _root(root: bytes) -> str:
    return b64encode(root).decode()
