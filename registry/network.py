"""Whom tries are counted by where nobody is known yet: the network of the browser's address."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

BITS = {4: 24, 6: 64}  # of a network, by version of the protocol


def network_of(request: HttpRequest) -> str:
    """The network of the browser's address, as the proxy in front saw it; "unknown" where there is none."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, BITS[found.version]), strict=False))
