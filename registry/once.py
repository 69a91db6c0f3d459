"""A form whose answer shows something once: sent again, by a reload or a second press, it does nothing again."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest

FIELD = "once"
LONGEST = 40
_REMEMBERED = timedelta(days=1)


def new_key() -> str:
    """For the hidden field of a form."""
    return secrets.token_urlsafe(16)


def key_of(request: HttpRequest) -> str:
    """That of the form as it was sent, or a new one."""
    return request.POST.get(FIELD, "")[:LONGEST] or new_key()


def is_first(request: HttpRequest, who: Model) -> bool:
    """Whether this form is sent for the first time; from now on it was, unless the transaction of what it does ends in rollback.
    One without a key was made by hand. ``who``: the officer or the member who sends it.
    """
    key = request.POST.get(FIELD, "")[:LONGEST]
    return not key or cache.add(_name(who, key), True, timeout=_REMEMBERED.total_seconds())


def _name(who: Model, key: str) -> str:
    return f"once: {who._meta.model_name} {who.pk} {key}"
