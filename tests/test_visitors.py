"""Where a call comes from: what the proxy says, and nothing that the caller says."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import visitors
from sharing.parties.networks import Network
from tests.certificates import Authority
from tests.machines import shown

THEIRS, OURS, LIED = "203.0.113.9", "10.1.2.3", "198.51.100.7"


@pytest.fixture
def proxied(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.REGISTRY_PROXIES = [ip_network("10.1.2.0/24"), ip_network("::1/128")]
    settings.SHARING_MUTUAL_TLS = True
    return settings


def meta(peer, *forwarded):
    return {"REMOTE_ADDR": peer, **({"HTTP_X_FORWARDED_FOR": ", ".join(forwarded)} if forwarded else {})}


def found(peer, *forwarded):
    return str(visitors.address_of(meta(peer, *forwarded)))


def test_without_a_proxy_the_header_counts_for_nothing():
    assert found(THEIRS, LIED) == THEIRS


@pytest.mark.usefixtures("proxied")
def test_behind_the_proxy_its_word_counts():
    assert found(OURS, THEIRS) == THEIRS


@pytest.mark.usefixtures("proxied")
def test_who_reaches_us_past_the_proxy_is_not_believed():
    assert found(THEIRS, LIED) == THEIRS
    assert found(THEIRS, LIED, OURS) == THEIRS


@pytest.mark.usefixtures("proxied")
def test_what_the_caller_wrote_before_the_proxy_is_not_read():
    assert found(OURS, LIED, THEIRS) == THEIRS
    assert found(OURS, LIED, THEIRS, "10.1.2.8") == THEIRS
    assert found(OURS, "10.1.2.9", THEIRS) == THEIRS


@pytest.mark.usefixtures("proxied")
def test_a_proxy_that_says_nothing_is_the_caller_itself():
    assert found(OURS) == OURS
    assert found(OURS, "10.1.2.8") == OURS


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize(
    "wrong", ["", "unknown", "203.0.113.9:443", "[::1]", "203.0.113.09", "fe80::1%eth0", "１.2.3.4"]
)
def test_what_is_no_address_is_nobodys(wrong):
    assert visitors.address_of({"REMOTE_ADDR": OURS, "HTTP_X_FORWARDED_FOR": f"{LIED}, {wrong}"}) is None


@pytest.mark.usefixtures("proxied")
def test_a_socket_in_the_file_system_is_the_proxys():
    assert found("", THEIRS) == THEIRS


@pytest.mark.usefixtures("proxied")
def test_an_ipv4_address_inside_an_ipv6_one_is_the_ipv4_address():
    assert found("::ffff:10.1.2.3", f"::ffff:{THEIRS}") == THEIRS


@given(st.text(max_size=200))
def test_whatever_stands_in_the_header_is_an_address_or_nothing(text):
    answer = visitors.address_of({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": text})
    assert answer is None or isinstance(answer, IPv4Address | IPv6Address)


@pytest.mark.usefixtures("proxied")
def test_the_proxys_word_on_a_certificate_counts_and_nobody_elses(tmp_path):
    certificate, _ = Authority(tmp_path, "theirs").client()
    assert visitors.certificate_of({**meta(OURS), **shown(certificate)}) is not None
    assert visitors.certificate_of({**meta(THEIRS), **shown(certificate)}) is None


def test_certificates_are_not_read_where_mutual_tls_is_off(proxied, tmp_path):
    certificate, _ = Authority(tmp_path, "theirs").client()
    proxied.SHARING_MUTUAL_TLS = False
    assert visitors.certificate_of({**meta(OURS), **shown(certificate)}) is None


@pytest.mark.usefixtures("proxied")
def test_a_header_that_came_twice_or_cannot_be_read_shows_no_certificate(tmp_path):
    certificate, _ = Authority(tmp_path, "theirs").client()
    (name, value), *_ = shown(certificate).items()
    for wrong in (f"{value},{value}", "", "x", value[:200], "%00" * 20, "%2D" * 9000):
        assert visitors.certificate_of({**meta(OURS), name: wrong}) is None


def test_types_of_both_families_are_compared(settings):
    settings.REGISTRY_PROXIES = []
    both: tuple[Network, ...] = (ip_network("203.0.113.0/24"), ip_network("2001:db8::/32"))
    assert [ip_address(THEIRS) in each for each in both] == [True, False]
