"""A number for every request: on error pages, in the answer's header and in the log, so that a caller can be helped."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Reference"
# Crockford's alphabet: nothing that is mistaken for something else when it is read out on the phone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NO_REFERENCE = "-"
# Of the request that this thread answers, or the task that this process works on: whatever is logged meanwhile bears it.
CURRENT: ContextVar[str] = ContextVar("reference", default=NO_REFERENCE)


class ReferenceMiddleware:
    """First of all, so that no answer is without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META[HEADER] = new_reference()
        before = CURRENT.set(reference_of(request))
        try:
            response = self.get_response(request)
        finally:
            CURRENT.reset(before)
        response.headers[HEADER] = reference_of(request)
        return response


class ReferenceFilter(logging.Filter):
    """Gives each line of the log the reference of its request, or the number of its task, where it has one."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.reference = reference_of(request) if isinstance(request, HttpRequest) else CURRENT.get()
        return True


def new_reference() -> str:
    """Ten random characters in two groups, for example "7K2QM-9XD4P"."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"


def reference_of(request: HttpRequest) -> str:
    return str(request.META.get(HEADER, NO_REFERENCE))
