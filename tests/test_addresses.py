"""Where a message may be sent: no private, reserved or embedded address in any spelling. Needs no name server."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import EndpointNotFound, EndpointNotPublic, EndpointUrlShape
from sharing.addresses import GLOBAL_V6, REFUSED_V4, REFUSED_V6, Network, check_url, may_connect

PRIVATE_V4 = [
    "0.0.0.0",
    "0.0.0.1",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.23",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.0.170",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
PRIVATE_V6 = [
    "::",
    "::1",
    "::2",
    "64:ff9b::1",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:1::1",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:db8::1",
    "2002::1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "6000::1",
    "8000::1",
    "c000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe00::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff01::1",
    "ff02::1",
    "ff0e::1",
]
WRAPPERS = ("::ffff:{0}", "::{0}", "64:ff9b::{0}", "64:ff9b:1::{0}", "::ffff:0:{0}", "2002:{1}::", "2001:0:{1}::1")
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2400:3200::1",
    "2606:4700::1111",
    "2a00:1450::1",
    "240e::1",
]


def _halves(address: str) -> str:
    number = int(IPv4Address(address))
    return f"{number >> 16:x}:{number & 0xFFFF:x}"


def _is_unicast(address: str) -> bool:
    ip = IPv6Address(address)
    return ip in GLOBAL_V6 or ip.ipv4_mapped is not None


WRAPPED = [wrapper.format(inner, _halves(inner)) for wrapper in WRAPPERS for inner in PRIVATE_V4]
REFUSED: tuple[Network, ...] = (*REFUSED_V4, *REFUSED_V6)
EDGES = [str(edge) for network in REFUSED for edge in (network[0], network[-1])]
REFUSED_FORMS = list(dict.fromkeys([*PRIVATE_V4, *PRIVATE_V6, *WRAPPED, *EDGES]))


def test_more_than_two_hundred_forms_are_tried() -> None:
    assert len(REFUSED_FORMS) >= 200


@pytest.mark.parametrize("address", REFUSED_FORMS)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not may_connect(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_accepted(address: str) -> None:
    assert may_connect(address)


@given(st.ip_addresses(v=6).map(str).filter(lambda text: not _is_unicast(text)))
def test_no_ipv6_address_outside_global_unicast_is_accepted(address: str) -> None:
    assert not may_connect(address)


@given(st.ip_addresses())
def test_nothing_is_accepted_that_python_calls_private(ip: IPv4Address | IPv6Address) -> None:
    assert not may_connect(str(ip)) or ip.is_global


def test_an_allowed_network_opens_itself_and_nothing_else() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd12::/16")]

    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd12::1"):
        assert may_connect(address, allowed)
    for address in ("10.2.0.1", "::10.1.2.3", "64:ff9b::10.1.2.3", "fd13::1", "127.0.0.1", "169.254.169.254"):
        assert not may_connect(address, allowed)


# Endpoint URLs

NUMERIC_HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.00.00.01",
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "00",
    "0x0",
    "0.0.0.0",
    "10.1",
    "0xa000001",
    "012.0.0.1",
    "3232235777",
    "192.168.257",
    "0xa9fea9fe",
    "2852039166",
    "169.254.43518",
    "0251.0376.0251.0376",
    "１２７.0.0.1",
    "１２７．０．０．１",
    "127。0。0。1",
    "127｡0｡0｡1",
    "①②⑦.⓪.⓪.①",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "127.0.0.1.",
    "２１３０７０６４３３",
    "０ｘ７ｆ０００００１",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[::ffff:0:7f00:1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
    "[5f00::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌｏｃａｌｈｏｓｔ",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
]


@pytest.mark.parametrize("host", NUMERIC_HOSTS)
@pytest.mark.parametrize("port", ["", ":8443"])
def test_every_spelling_of_a_private_host_is_refused_by_resolving_it(host: str, port: str) -> None:
    with pytest.raises(EndpointNotPublic) as refused:
        check_url(f"https://{host}{port}/webhooks", field="address")

    assert refused.value.field == "address"
    assert not may_connect(refused.value.facts["address"])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "receiver.example.cn/webhooks",
        "//receiver.example.cn",
        "http://8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "https:8.8.8.8",
        "https://",
        "https:///path",
        "https://:443/",
        "https://ok@8.8.8.8/",
        "https://ok:secret@8.8.8.8/",
        "https://8.8.8.8@127.0.0.1/",
        "https://8.8.8.8#@127.0.0.1/",
        "https://8.8.8.8/#fragment",
        "https://8.8.8.8/#",
        "https://8.8.8.8\\@127.0.0.1/",
        "https://8.8.8.8/a b",
        " https://8.8.8.8/",
        "https://8.8.8.8/\r\nX: y",
        "https://8.8.8.8/\n",
        "https://8.8.8.8/\tx",
        "https://8.8.8.8/\x00",
        "https://8.8.8.8/\x7f",
        "https://8.8.8.8/\u2028",
        "https://8.8.8.8/名",
        "https://8.8.8.8/?q=名",
        "https://8.8.8.8:0/",
        "https://8.8.8.8:22/",
        "https://8.8.8.8:80/",
        "https://8.8.8.8:1023/",
        "https://8.8.8.8:65536/",
        "https://8.8.8.8:-1/",
        "https://8.8.8.8:https/",
        "https://[::1/",
        "https://[8.8.8.8]/",
        "https://[v1.example]/",
        "https://[fe80::1%25eth0]/",
        "https://[2400:3200::1]x/",
        "https://a..b/",
        "https://.example.cn/",
        "https://exa%6dple.cn/",
        "https://a,b/",
        "https://" + "a" * 64 + ".cn/",
        "https://" + "a." * 130 + "cn/",
        "https://8.8.8.8/" + "a" * 2000,
        "https://134744072/",
        "https://0x08080808/",
        "https://8.8.2056/",
    ],
)
def test_a_url_of_another_shape_is_refused(url: str) -> None:
    with pytest.raises(EndpointUrlShape) as refused:
        check_url(url, field="address")
    assert refused.value.field == "address"
    with pytest.raises(EndpointUrlShape) as refused:
        check_url(url)
    assert refused.value.field == "url"


def _answers(*addresses: str) -> Any:
    def getaddrinfo(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://8.8.8.8/webhooks", "https://8.8.8.8/webhooks"),
        ("HTTPS://8.8.8.8:443/a?b=c%20d", "https://8.8.8.8:443/a?b=c%20d"),
        ("https://[2400:3200:0::1]:8443/", "https://[2400:3200::1]:8443/"),
        ("https://８.8.8.8/", "https://8.8.8.8/"),
        ("https://8.8.8.8:1024/", "https://8.8.8.8:1024/"),
        *(("https://8.8.8.8/".ljust(2000, "a"),) * 2,),
    ],
)
def test_a_public_url_is_kept_as_it_will_be_connected_to(url: str, kept: str) -> None:
    assert check_url(url) == kept
    assert check_url(url, allow_http=True) == kept


def test_one_character_more_than_may_be_is_refused() -> None:
    with pytest.raises(EndpointUrlShape):
        check_url("https://8.8.8.8/".ljust(2001, "a"))


@pytest.mark.parametrize(("url", "port"), [("https://a.example.cn/", 443), ("https://a.example.cn:8443/", 8443)])
def test_a_name_is_resolved_once_for_the_port_that_is_connected_to(url: str, port: int, monkeypatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def getaddrinfo(*args: Any, **more: Any) -> list[tuple[Any, ...]]:
        asked.append((*args, more))
        return list(_answers("8.8.8.8")(*args))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    check_url(url)
    assert asked == [("a.example.cn", port, {"type": socket.SOCK_STREAM})]


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("Receiver.Example.CN", "receiver.example.cn"),
        ("receiver.example.cn.", "receiver.example.cn"),
        ("接收.例子.cn", "xn--gzuu8a.xn--fsqu00a.cn"),
        ("ＲＥＣＥＩＶＥＲ。example．cn", "receiver.example.cn"),
    ],
)
def test_a_host_name_is_kept_in_its_resolved_form(host: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _answers("8.8.8.8"))
    assert check_url(f"https://{host}/hook") == f"https://{kept}/hook"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(EndpointNotPublic) as refused:
        check_url("https://receiver.example.cn/")
    assert refused.value.facts == {"address": "10.0.0.1"}
    assert check_url("https://receiver.example.cn/", allowed_networks=[ip_network("10.0.0.0/24")])


@pytest.mark.parametrize("problem", [socket.gaierror(-2, "unknown"), UnicodeError("label"), TimeoutError()])
def test_a_name_that_does_not_resolve_is_refused(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> None:
        raise problem

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(EndpointNotFound) as refused:
        check_url("https://receiver.example.cn/", field="address")
    assert refused.value.field == "address"


def test_plain_http_is_accepted_only_where_allowed() -> None:
    loopback = [ip_network("127.0.0.0/8")]

    for url in ("http://127.0.0.1:8001/", "http://127.0.0.1/", "http://127.0.0.1:80/"):
        assert check_url(url, allowed_networks=loopback, allow_http=True) == url
        with pytest.raises(EndpointUrlShape):
            check_url(url, allowed_networks=loopback)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_accepted_or_refused_by_name(text: str) -> None:
    for url in (text, f"https://{text}", f"https://8.8.8.8/{text}", f"https://8.8.8.8:{text}/"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _answers("8.8.8.8"))
            try:
                kept = check_url(url)
            except EndpointUrlShape:
                continue
            assert kept.startswith("https://")
            assert kept.isascii()
            assert check_url(kept) == kept
