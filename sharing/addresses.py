"""Which addresses a message may be sent to: our own deny list, because ``ipaddress.is_global`` lets through NAT64,
6to4, multicast and more.

``may_connect`` judges the address that is really connected to, at the moment of connecting, so a name that changes
its address after it was checked gains nothing. ``check_url`` judges an endpoint's URL when it is saved.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from registry.errors import EndpointNotFound, EndpointNotPublic, EndpointUrlShape

Network = IPv4Network | IPv6Network

URL_MOST = 2000
PLAIN = re.compile(r"[^\s\x00-\x20\x7f\\#@]+")
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.ASCII)
BRACKETED = re.compile(r"\[([0-9a-fA-F:.]+)\](:[0-9]*)?", re.ASCII)
LOOKS_NUMERIC = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)", re.ASCII)

# IANA special-purpose address registry, multicast and reserved space, and one cloud's metadata service that
# lives on a public address (168.63.129.16).
REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)

# Only 2000::/3 is global unicast (RFC 4291), which leaves out ::/8 with everything embedded in it, 64:ff9b::/96,
# 100::/64, 5f00::/16, unique local, link local, site local and multicast; these are the holes inside it.
GLOBAL_V6 = IPv6Network("2000::/3")
REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)


def may_connect(address: str, allowed_networks: Iterable[Network] = ()) -> bool:
    """Whether a connection to this IP address is allowed: it is public, or the operator allowed its network."""
    ip = _judged(address)
    return any(ip in network for network in allowed_networks) or _is_public(ip)


@lru_cache(maxsize=1024)
def _judged(address: str) -> IPv4Address | IPv6Address:
    """The address that traffic really goes to: an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is its inner one."""
    ip = ip_address(address)
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in REFUSED_V4)
    return ip in GLOBAL_V6 and not any(ip in network for network in REFUSED_V6)


def check_url(
    url: str, *, allowed_networks: Iterable[Network] = (), allow_http: bool = False, field: str = "url"
) -> str:
    """The URL with its host in the form that is resolved and connected to (lower case, IDNA, no trailing dot).

    Raises EndpointUrlShape, EndpointNotFound when the name does not resolve, or EndpointNotPublic (fact: address)
    when any of its addresses may not be connected to. Resolves through the system, so it may take seconds.
    """
    parts = _split(url, allow_http, field)
    host = _host(parts, field)
    port = _port(parts, field)
    addresses = _resolve(host, port, field)
    for address in addresses:
        if not may_connect(address, allowed_networks):
            raise EndpointNotPublic(field=field, address=str(_judged(address)))
    # 0x08080808 and 134744072 resolve too; an endpoint is written one way only.
    if LOOKS_NUMERIC.fullmatch(host) and host not in addresses:
        raise EndpointUrlShape(field=field)
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=shown if parts.port is None else f"{shown}:{port}").geturl()


def _split(url: str, allow_http: bool, field: str) -> SplitResult:
    # Every character that parsers disagree on (space, control, backslash, "@", "#") is refused before parsing.
    if len(url) > URL_MOST or not PLAIN.fullmatch(url):
        raise EndpointUrlShape(field=field)
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise EndpointUrlShape(field=field) from problem
    path_is_plain = (parts.path + parts.query).isascii()
    if parts.scheme not in ({"https", "http"} if allow_http else {"https"}) or not parts.hostname or not path_is_plain:
        raise EndpointUrlShape(field=field)
    return parts


def _host(parts: SplitResult, field: str) -> str:
    try:
        if bracketed := BRACKETED.fullmatch(parts.netloc):
            return str(IPv6Address(bracketed[1]))
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().removesuffix(".")
    except ValueError as problem:
        raise EndpointUrlShape(field=field) from problem
    if "[" in parts.netloc or not HOST.fullmatch(host):
        raise EndpointUrlShape(field=field)
    return host


def _port(parts: SplitResult, field: str) -> int:
    """443, for plain http also 80, or an unprivileged port: never the port of another service of the host."""
    usual = 443 if parts.scheme == "https" else 80
    try:
        port = usual if parts.port is None else parts.port
    except ValueError as problem:
        raise EndpointUrlShape(field=field) from problem
    if port != usual and port < 1024:
        raise EndpointUrlShape(field=field)
    return port


def _resolve(host: str, port: int, field: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise EndpointNotFound(field=field) from problem
    return [str(address[0]) for _family, _type, _protocol, _name, address in found]
