"""Who is at the other end of the wire: the address and the client certificate, as the proxy in front says them.

A request can say anything about itself, so the proxy's headers are read only behind one (`BEHIND_PROXY`), and only when
the connection itself comes from one of `REGISTRY_PROXIES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import unquote

from cryptography.x509 import Certificate, load_pem_x509_certificate
from django.conf import settings

Address = IPv4Address | IPv6Address
Meta = Mapping[str, Any]
"""What WSGI says of a request (PEP 3333), as in Django's ``request.META``."""

CERTIFICATE_MOST = 16 * 1024


def address_of(meta: Meta) -> Address | None:
    """The caller's address: in ``X-Forwarded-For`` the last one that is none of our proxies. None: it cannot be read."""
    peer = _read(str(meta.get("REMOTE_ADDR", "")))
    passed_on = str(meta.get("HTTP_X_FORWARDED_FOR", ""))
    if not passed_on or not comes_from_proxy(meta):
        return peer
    for each in reversed(passed_on.split(",")):
        found = _read(each.strip())
        if found is None or not _is_proxy(found):
            return found
    return peer


def certificate_of(meta: Meta) -> Certificate | None:
    """The certificate whose key the caller has proved to the proxy in the TLS handshake (nginx: $ssl_client_escaped_cert)."""
    given = str(meta.get("HTTP_X_CLIENT_CERTIFICATE", ""))
    if not settings.SHARING_MUTUAL_TLS or not comes_from_proxy(meta) or not given or len(given) > CERTIFICATE_MOST:
        return None
    # The proxy sends the header once and escapes the comma; two of them were joined, and one is not the proxy's.
    if "," in given:
        return None
    try:
        return load_pem_x509_certificate(unquote(given).encode())
    except ValueError:
        return None


def comes_from_proxy(meta: Meta) -> bool:
    """Whether the connection is one of our own proxy's, which sets the headers anew."""
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return False
    peer = str(meta.get("REMOTE_ADDR", ""))
    found = _read(peer)
    # A socket in the file system has no address, and nobody outside this machine can reach it.
    return not peer or (found is not None and _is_proxy(found))


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in settings.REGISTRY_PROXIES)


def _read(text: str) -> Address | None:
    """An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is the IPv4 address in it; one with a zone means something here alone."""
    if "%" in text:
        return None
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
