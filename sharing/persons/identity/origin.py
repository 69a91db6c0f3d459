"""Where browsers are when they are with this court: the one origin that its passkeys are made for and used at."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Origin:
    """``text``: as browsers say it, scheme, host and port; ``host``: what a passkey belongs to (its relying party)."""

    text: str
    host: str


def origin() -> Origin | None:
    """Of `REGISTRY_ADDRESS`. None: browsers have no passkeys there, for it is an IP address, or not protected by TLS."""
    address = urlsplit(settings.REGISTRY_ADDRESS)
    host, scheme = address.hostname or "", address.scheme
    if not host or _is_ip(host) or not (scheme == "https" or (scheme == "http" and _is_this_machine(host))):
        return None
    port = "" if address.port in (None, PORTS[scheme]) else f":{address.port}"
    return Origin(f"{scheme}://{host}{port}", host)


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
