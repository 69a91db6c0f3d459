"""From where an organisation's keys may be used: networks in CIDR notation (RFC 4632, RFC 4291)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.conf import settings

from registry.errors import NetworkBeginsElsewhere, NetworkShape, NetworksTooMany, NetworkTooWide, Refusal, Refusals
from registry.visitors import Address

Network = IPv4Network | IPv6Network

NETWORKS_MOST = 20
NARROWEST = {4: 16, 6: 32}  # a prefix no shorter than that outside development
SHOWN = 50  # characters of what was given, in a refusal
BETWEEN = re.compile(r"[\s,;，；、]+")
FORM = re.compile(r"[0-9a-fA-F.:]+(/[0-9]{1,3})?", re.ASCII)


def read(text: str, *, field: str = "networks") -> list[str]:
    """The networks of a list, one a line, in canonical form, each once.

    Raises `Refusals` with `NetworkShape`, `NetworkBeginsElsewhere`, `NetworkTooWide` of every wrong one, or
    `NetworksTooMany`.
    """
    given = [each for each in BETWEEN.split(text) if each]
    if len(given) > NETWORKS_MOST:
        raise NetworksTooMany(field, most=NETWORKS_MOST)
    found: dict[str, None] = {}
    refused: list[Refusal] = []
    for each in given:
        try:
            found[str(_network(each, field))] = None
        except Refusal as refusal:
            refused.append(refusal)
    if refused:
        raise Refusals(refused)
    return list(found)


def hold(networks: Iterable[str], address: Address | None) -> bool:
    """Whether the address is in one of them; one that could not be read is in none."""
    return address is not None and any(address in ip_network(each) for each in networks)


def outside(networks: Sequence[str], addresses: Iterable[Address]) -> list[Address]:
    """Which of the addresses the list would shut out."""
    return [each for each in addresses if networks and not hold(networks, each)]


def _network(given: str, field: str) -> Network:
    shown = given[:SHOWN]
    if not FORM.fullmatch(given):
        raise NetworkShape(field, given=shown)
    try:
        network = ip_network(given, strict=False)
    except ValueError:
        raise NetworkShape(field, given=shown) from None
    # A caller's IPv4 address is never read as an IPv6 one, so that such a network would hold nobody.
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise NetworkShape(field, given=shown)
    address = given.partition("/")[0]
    if "/" in given and ip_network(address) != ip_network(network.network_address):
        raise NetworkBeginsElsewhere(field, given=shown, network=str(network), address=address)
    if network.prefixlen < NARROWEST[network.version] and not settings.DEVELOPMENT:
        raise NetworkTooWide(field, given=shown, least=NARROWEST[network.version])
    return network
