"""Who forgets REGISTRY_ENVIRONMENT has development: what a developer may do is not done behind a court's proxy."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

HINT = "Set REGISTRY_ENVIRONMENT=production. In development plain http, receivers on this machine and any role of the database are fine."


def development_is_not_served(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Behind a proxy, by the name of another machine. Of the demonstration more is asked (`config.checks`)."""
    if settings.ENVIRONMENT != "development" or settings.SECURE_PROXY_SSL_HEADER is None:
        return []
    if all(map(is_loopback, settings.ALLOWED_HOSTS)):
        return []
    said = "REGISTRY_ENVIRONMENT is development, and others come by a proxy."
    return [checks.Error(said, hint=HINT, id="registry.E078")]


def is_loopback(host: str) -> bool:
    """Whether a name or address, as `ALLOWED_HOSTS` has it, means this machine and no other."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
