"""How the engine connects: what the settings allow, and within which time."""

from __future__ import annotations

from django.conf import settings

from sharing.transport import Transport

TOTAL_SECONDS = 15.0


def open_transport(total_seconds: float = TOTAL_SECONDS) -> Transport:
    """As the settings allow it to connect."""
    return Transport(
        allowed_networks=settings.SHARING_ALLOWED_NETWORKS,
        allow_http=settings.SHARING_ALLOW_HTTP,
        total_timeout=total_seconds,
    )
