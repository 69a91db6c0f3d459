"""How many secrets of one endpoint may be live at once: a signature is a list, and ours are no longer than receivers read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from registry.errors import SecretsTooMany
from sharing import signing


def refuse_unless_room(ends: Collection[datetime]) -> None:
    """``ends``: when each secret that is live stops to sign, beside which another one is made. Raises `SecretsTooMany`."""
    if len(ends) >= signing.SECRETS_MOST:
        free = date_format(localtime(min(ends)), "DATETIME_FORMAT")
        raise SecretsTooMany(most=signing.SECRETS_MOST, free=free)
