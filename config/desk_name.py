"""Whether the desk has a host name of its own: officers come by another than everybody else (docs/decisions/0069)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def desk_has_a_name_of_its_own(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """In production; development and the demonstration may have one name."""
    court, desk = urlsplit(settings.REGISTRY_ADDRESS), urlsplit(settings.REGISTRY_DESK_ADDRESS)
    if settings.DEVELOPMENT and not settings.REGISTRY_DESK_ADDRESS:
        return []
    names = (court.hostname or "", desk.hostname or "")
    wrong = {
        "is not set, or no address": not desk.hostname,
        "is not https": not settings.DEVELOPMENT and desk.scheme != "https",
        "has a path": bool(desk.path.strip("/")),
        # A passkey, and a cookie that names a domain, hold for whatever is below their name.
        "has the name of REGISTRY_ADDRESS, or one below or above it": any(map(_is_within, names, names[::-1])),
        "is not in ALLOWED_HOSTS": desk.hostname not in settings.ALLOWED_HOSTS,
        "or REGISTRY_ADDRESS is in CSRF_TRUSTED_ORIGINS, which lets the pages of one send forms to the other": bool(
            {f"{each.scheme}://{each.netloc}" for each in (court, desk)} & {*settings.CSRF_TRUSTED_ORIGINS}
        ),
    }
    hint = "Give the desk a host name of its own: https://desk.court.example (docs/operating.md)."
    return [
        checks.Error(f"REGISTRY_DESK_ADDRESS {what}.", hint=hint, id="registry.E015")
        for what, holds in wrong.items()
        if holds
    ]


def _is_within(name: str, other: str) -> bool:
    return f".{name}".endswith(f".{other}")
