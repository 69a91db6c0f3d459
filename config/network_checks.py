"""Which private networks messages may be sent into: never this machine's own, and employers' none of the departments'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from sharing.addresses import Network


def networks_are_apart(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Where others than a developer use it."""
    if settings.DEVELOPMENT:
        return []
    to_departments, to_employers = settings.SHARING_ALLOWED_NETWORKS, settings.SHARING_EMPLOYERS_NETWORKS
    unsafe = {
        "SHARING_ALLOWED_NETWORKS opens loopback": _open_loopback(to_departments),
        "SHARING_EMPLOYERS_NETWORKS opens loopback": _open_loopback(to_employers),
        "SHARING_EMPLOYERS_NETWORKS opens what is opened to departments": _meet(to_departments, to_employers),
    }
    return [
        checks.Error(f"Unsafe in production: {what}.", hint="See docs/operating.md.", id="registry.E004")
        for what, holds in unsafe.items()
        if holds
    ]


def _open_loopback(networks: Sequence[Network]) -> bool:
    return any(network.is_loopback for network in networks)


def _meet(some: Sequence[Network], others: Sequence[Network]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)
