"""One request in a transaction that is taken back, and what of its answer may be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client as Browser

from config import reference

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
# The length is that of the text, once what the caller sent himself is taken out of it.
OF_THE_MOMENT = (reference.HEADER, "Expires", "Content-Length")
SHORT = 5  # characters that stand elsewhere on a page by chance


@dataclass(frozen=True)
class Answer:
    """``seen``: all that whoever asked has of it: status, headers, bytes; ``statements``: how much work it was."""

    status: int
    where: str
    seen: tuple[object, ...]
    statements: int


def ask(browser: Browser, method: str, path: str, *echoed: object) -> Answer:
    """``echoed``: what of the address may stand in the answer, and is taken out of it."""
    asked: list[str] = []
    with transaction.atomic(), connection.execute_wrapper(partial(_note, asked)):
        kind = _type_of(method, path)
        answer: Any = browser.generic(method, path, "{}" if kind == "application/json" else "", content_type=kind)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    shown = [answer.headers.get(reference.HEADER, ""), path, *(each for each in map(str, echoed) if len(each) > SHORT)]
    text = _without(TOKEN.sub(b"", body), shown)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    seen = (answer.status_code, text, len(text), _without(repr(sorted(headers.items())), shown))
    return Answer(answer.status_code, headers.get("Location", ""), seen, len(asked))


def _type_of(method: str, path: str) -> str:
    """That of an empty body that the address would take: what is not its type is refused before anybody is asked for."""
    if path.endswith("/consent-form"):
        return "application/pdf"
    if path.startswith(("/api/", "/trial/")):
        return "application/json"
    return "application/x-www-form-urlencoded" if method == "POST" else ""


def _note(asked: list[str], execute: Any, sql: str, *given: Any) -> Any:
    asked.append(sql)
    return execute(sql, *given)


def _without(said: bytes | str, shown: list[str]) -> str:
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    for each in filter(None, shown):
        text = text.replace(each, "…")
    return text
