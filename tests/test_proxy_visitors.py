"""Whom the proxy counts as one visitor: an IPv4 address, and of IPv6 a network of /64, however its addresses are written."""

from __future__ import annotations

import re
from ipaddress import IPv6Network, ip_address

import pytest

from tests.proxied import SHIPPED

MAP = re.compile(r"map \$remote_addr \$visitor \{(.*?)\n\}", re.DOTALL)
ENDS = (0, 1, 0xFFFF, 1 << 16, 1 << 32, 1 << 48, 0x1_0000_0000_0001, 0x1_0002_0003_0004, 0x0200_5EFF_FE00_5301)
NETWORKS = (
    "2001:db8:7:9::/64",
    "2001:db8:7:0::/64",
    "2001:db8:0:9::/64",
    "2001:db8:0:0::/64",
    "2400:0:7:9::/64",
    "2400:0:0:0::/64",
)


def visitor(address: str) -> str:
    """As nginx reads the map: the first expression that fits, or the address."""
    (rules,) = MAP.findall((SHIPPED / "registry.conf").read_text())
    for rule in filter(None, map(str.strip, rules.splitlines())):
        pattern, value = rule.rstrip(";").split(" ")
        found = re.match(pattern.removeprefix("~").replace("(?<", "(?P<"), address) if pattern.startswith("~") else None
        if found:
            return value.replace("$v6", found["v6"])
    return address


def addresses(network: str) -> list[str]:
    """As nginx writes them: the longest run of zeros left out (RFC 5952)."""
    return [str(IPv6Network(network)[end]) for end in ENDS]


def test_the_addresses_are_written_in_many_ways():
    assert len({each.count(":") for network in NETWORKS for each in addresses(network)}) > 3


@pytest.mark.parametrize("network", NETWORKS)
def test_of_ipv6_one_subscriber_is_one_visitor_whatever_address_he_takes(network):
    assert len({visitor(each) for each in addresses(network)}) == 1


def test_and_another_subscriber_is_another_one():
    assert len({visitor(addresses(network)[1]) for network in NETWORKS}) == len(NETWORKS)


def test_of_ipv4_each_address_is_one():
    assert visitor("203.0.113.9") != visitor("203.0.113.10")
    assert visitor(str(ip_address("::ffff:203.0.113.9"))) != visitor(str(ip_address("::ffff:203.0.113.10")))
