"""Errors that are forced, with a person's data in each: for what they leave behind.

A request with the header X-Forced is answered by an error of that kind, about what its body says.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse


def integrity(said: str) -> None:
    """Twice the same where that may not be: PostgreSQL says which value it was."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS forced (number text UNIQUE)")
        cursor.execute("INSERT INTO forced VALUES (%s), (%s)", [said, said])


def data(said: str) -> None:
    """A text where a number must be: PostgreSQL quotes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::int", [said])


def crash(said: str) -> None:
    raise ValueError(said)


FORCED: dict[str, Callable[[str], None]] = {"integrity": integrity, "data": data, "crash": crash}


class ForcedMiddleware:
    """Innermost, where views are: what it raises goes the way of all errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = request.headers.get("X-Forced")
        if kind is not None:
            FORCED[kind](request.body.decode())
        return self.get_response(request)
