"""Asking the program that opens PDFs (`registry.pdf.child`): bounded in time and memory, and refused by name."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.errors import (
    NoSuchPage,
    NotAPdf,
    PdfActs,
    PdfEncrypted,
    PdfPages,
    PdfTooHeavy,
    PdfTooLarge,
    PdfUnreadable,
    Refusal,
)
from registry.pdf.words import spoken_acts

HEADER = b"%PDF-"
MEGABYTE = 1024 * 1024
SECONDS = 25
WHERE = Path(__file__).resolve().parent.parent.parent
PROGRAM = (sys.executable, "-E", "-s", "-m", "registry.pdf.child")


@dataclass(frozen=True, kw_only=True)
class Examined:
    """``content``: the pages written anew, which is kept; ``stripped``: what was left out (`registry.pdf.words`)."""

    content: bytes
    pages: int
    stripped: tuple[str, ...]


def examine(file: bytes, *, most_megabytes: int, most_pages: int, field: str = "file") -> Examined:
    """Look a file through before it is kept. Raises NotAPdf, PdfTooLarge, PdfPages, PdfEncrypted, PdfActs, PdfUnreadable,
    PdfTooHeavy.
    """
    if not file.startswith(HEADER):
        raise NotAPdf(field)
    if len(file) > most_megabytes * MEGABYTE:
        raise PdfTooLarge(field, megabytes=most_megabytes)
    head, content = ask(file, "look_through", most_pages)
    if "refused" in head:
        raise _refusal(head, field, most_pages)
    return Examined(content=content, pages=head["pages"], stripped=tuple(head["stripped"]))


def picture(file: bytes, page: int, *, width: int) -> bytes:
    """One page as WebP. ``page``: from 1. NoSuchPage, PdfUnreadable, PdfTooHeavy."""
    head, drawn = ask(file, "picture", page - 1, width)
    if "refused" in head:
        raise _refusal(head, "", 0)
    return drawn


def text_of(file: bytes) -> str:
    """Its words, page after page; "" for a scan. PdfUnreadable, PdfTooHeavy."""
    head, words = ask(file, "texts")
    if "refused" in head:
        raise _refusal(head, "", 0)
    return words.decode()


def ask(file: bytes, *question: str | int, seconds: float = SECONDS) -> tuple[dict[str, Any], bytes]:
    """What the program says, and the bytes that go with it; of whatever ends it, "heavy"."""
    try:
        answer = subprocess.run(  # noqa: S603 - our own program, without words from outside
            [*PROGRAM, *map(str, question)],
            input=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=WHERE,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "heavy"}, b""
    if answer.returncode:
        return {"refused": "heavy"}, b""
    head, _line, body = answer.stdout.partition(b"\n")
    return json.loads(head), body


def _refusal(head: dict[str, Any], field: str, most_pages: int) -> Refusal:
    plain: dict[str, type[Refusal]] = {
        "encrypted": PdfEncrypted,
        "unreadable": PdfUnreadable,
        "heavy": PdfTooHeavy,
        "page": NoSuchPage,
    }
    if head["refused"] == "active":
        return PdfActs(field, what=spoken_acts(head["acts"]))
    if head["refused"] == "pages":
        return PdfPages(field, most=most_pages)
    return plain[head["refused"]](field)
