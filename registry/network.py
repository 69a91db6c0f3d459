"""Whom tries are counted by where nobody is known yet: the network of the browser's address."""

from __future__ import annotations

from ipaddress import ip_network

from django.http import HttpRequest

from registry import visitors

BITS = {4: 24, 6: 64}  # of a network, by version of the protocol


def network_of(request: HttpRequest) -> str:
    """The network of the browser's address, as the proxy in front saw it; "unknown" where there is none."""
    found = visitors.address_of(request.META)
    if found is None:
        return "unknown"
    return str(ip_network((found, BITS[found.version]), strict=False))
