"""Through the court's own proxy: to an address judged here, with nothing of the message or the name told to the proxy."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sharing.transport import Egress, EgressShape, Post, Reply, Transport
from tests.certificates import Authority
from tests.connect_proxy import ConnectProxy
from tests.hostile import Hostile

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PATIENCE = 20.0
NAME = "receiver.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "trusted")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names resolve to, from now on; every other has no address."""
    known = {NAME: ["127.0.0.1"], "127.0.0.1": ["127.0.0.1"]}

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr("sharing.transport.egress.getaddrinfo", resolve)
    return known


def _transport(proxy: str, **options: Any) -> Transport:
    usual: dict[str, Any] = {"allowed_networks": LOOPBACK, "allow_http": True, "total_timeout": 5.0}
    return Transport(**(usual | {"egress": Egress.read(proxy)} | options))


def _one(proxy: str, url: str, **options: Any) -> Reply:
    with closing(_transport(proxy, **options)) as transport:
        transport.send(Post("key", url, {"webhook-id": "evt_1", "webhook-signature": "v1,abc"}, b"{}"))
        (reply,) = transport.wait(PATIENCE)
        assert transport.in_flight == 0
    return reply


def test_the_proxy_is_asked_for_the_address_and_the_receiver_sees_the_name(
    names: dict[str, list[str]], authority: Authority
) -> None:
    with ConnectProxy() as proxy, Hostile(tls=authority.context(NAME)) as hostile:
        reply = _one(proxy.url, hostile.url("/ok", host=NAME), authorities=str(authority.file))

        assert reply.transported
        assert proxy.asked == [f"127.0.0.1:{hostile.port}"]
        assert hostile.requests[0].headers["host"] == f"{NAME}:{hostile.port}"


def test_the_receivers_certificate_is_judged_by_its_name(names: dict[str, list[str]], authority: Authority) -> None:
    with ConnectProxy() as proxy, Hostile(tls=authority.context("other.example")) as hostile:
        reply = _one(proxy.url, hostile.url("/ok", host=NAME), authorities=str(authority.file))
        assert (reply.failure, hostile.requests) == ("tls_name", [])


def test_plain_http_goes_through_a_tunnel_too_and_the_proxy_reads_nothing_of_it(names: dict[str, list[str]]) -> None:
    with ConnectProxy(user="court", password="p@ss:word/1") as proxy, Hostile() as hostile:
        reply = _one(proxy.url.replace("//", "//court:p%40ss%3Aword%2F1@"), hostile.url("/ok", host=NAME))

        assert reply.transported
        (head,) = proxy.heads
        assert NAME.encode() not in head
        assert b"webhook" not in head
        assert "proxy-authorization" not in hostile.requests[0].headers


def test_tunnels_are_kept_and_shared_only_by_posts_to_one_place(names: dict[str, list[str]]) -> None:
    names["second.example"] = ["127.0.0.1"]
    with ConnectProxy() as proxy, Hostile() as hostile, Hostile() as other, closing(_transport(proxy.url)) as transport:
        for url in (hostile.url("/ok", host=NAME), other.url("/ok", host=NAME), hostile.url("/ok", host=NAME)):
            transport.send(Post(url, url, {}, b"{}"))
            assert transport.wait(PATIENCE)[0].transported
        assert (len(hostile.requests), len(other.requests), len(proxy.asked)) == (2, 1, 2)
        transport.send(Post(1, hostile.url("/ok", host="second.example"), {}, b"{}"))
        assert transport.wait(PATIENCE)[0].transported
        assert len(proxy.asked) == 3


# Judged before the proxy is asked


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%lo"]
)
def test_an_address_that_may_not_be_connected_to_is_never_asked_for(names: dict[str, list[str]], address: str) -> None:
    names[NAME] = [address]
    with ConnectProxy() as proxy:
        assert _one(proxy.url, f"http://{NAME}:8000/x", allowed_networks=()).failure == "blocked"
        assert proxy.heads == []


def test_of_several_addresses_one_that_may_be_is_asked_for(names: dict[str, list[str]]) -> None:
    names[NAME] = ["10.0.0.1", "2606:4700::1111", "127.0.0.1"]
    with Hostile() as hostile, ConnectProxy(leads_to=hostile.port) as proxy:
        assert _one(proxy.url, f"http://{NAME}:8000/ok", allowed_networks=()).transported
        assert proxy.asked == ["[2606:4700::1111]:8000"]


def test_a_name_that_turns_private_after_it_was_judged_changes_nothing(names: dict[str, list[str]]) -> None:
    names[NAME] = ["192.0.2.80"]
    with (
        Hostile() as hostile,
        ConnectProxy(leads_to=hostile.port) as proxy,
        closing(_transport(proxy.url, allowed_networks=[ip_network("192.0.2.0/24")])) as transport,
    ):
        for _ in range(3):
            transport.send(Post(1, f"http://{NAME}:8000/ok", {}, b"{}"))
            assert transport.wait(PATIENCE)[0].transported
            names[NAME] = ["127.0.0.1"]
        transport.send(Post(1, f"http://{NAME}:8000/reset", {}, b"{}"))
        assert transport.wait(PATIENCE)[0].failure == "cut"
        transport.send(Post(1, f"http://{NAME}:8000/ok", {}, b"{}"))
        assert transport.wait(PATIENCE)[0].failure == "blocked", "after a failure the name is asked anew, and judged"
        assert set(proxy.asked) == {"192.0.2.80:8000"}


def test_a_name_without_address_is_a_failure_to_resolve(names: dict[str, list[str]]) -> None:
    with ConnectProxy() as proxy:
        assert _one(proxy.url, "http://nobody.example/x").failure == "resolve"
        assert proxy.heads == []


@pytest.mark.parametrize("url", ["ftp://receiver.example/", "http:///receiver.example/", "http://", "http://[/"])
def test_other_schemes_and_no_host_are_blocked(names: dict[str, list[str]], url: str) -> None:
    with ConnectProxy() as proxy:
        assert _one(proxy.url, url).failure == "blocked"
        assert proxy.heads == []


def test_a_slow_name_server_holds_up_nobody_else(names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = socket.getaddrinfo
    ending = threading.Event()

    def slow(host: str, port: int, **more: Any) -> Any:
        if host == "slow.example":
            ending.wait()
        return quick(host, port, **more)

    monkeypatch.setattr("sharing.transport.egress.getaddrinfo", slow)
    started = time.monotonic()
    with ConnectProxy() as proxy, Hostile() as hostile:
        with closing(_transport(proxy.url, connect_timeout=0.5)) as transport:
            transport.send(Post("slow", "http://slow.example:8000/x", {}, b""))
            transport.send(Post("well", hostile.url("/ok", host=NAME), {}, b""))
            assert [reply.key for reply in transport.wait(PATIENCE)] == ["well"]
            (late,) = transport.wait(PATIENCE)
        ending.set()
    assert (late.key, late.failure) == ("slow", "resolve")
    assert 0.4 < time.monotonic() - started < 5


def test_the_total_time_holds_through_a_proxy_as_well(names: dict[str, list[str]]) -> None:
    with ConnectProxy() as proxy, Hostile() as hostile:
        assert _one(proxy.url, hostile.url("/hang", host=NAME), total_timeout=0.4).failure == "timeout"
        assert _one(proxy.url, hostile.url("/drip-body", host=NAME), total_timeout=0.4).failure == "too_slow"


# Whose fault it is


def test_a_proxy_that_is_down_is_the_courts_own_trouble(names: dict[str, list[str]]) -> None:
    with ConnectProxy() as gone:
        url = gone.url
    assert _one(url, f"http://{NAME}:8000/x").failure == "proxy"
    assert _one("http://no-such-proxy.invalid:3128", f"http://{NAME}:8000/x").failure == "proxy"


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "proxy"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "proxy"),
        (b"", "proxy"),
        (b"what?\r\n\r\n", "proxy"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "connect"),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "connect"),
        (b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", "connect"),
        (None, "connect"),
    ],
)
def test_what_a_proxy_answers_tells_who_is_to_blame(
    names: dict[str, list[str]], answers: bytes | None, failure: str
) -> None:
    with ConnectProxy(answers=answers) as proxy:
        assert _one(proxy.url, f"http://{NAME}:8000/x", connect_timeout=0.3).failure == failure


def test_behind_a_proxy_a_receiver_that_fails_is_still_to_blame_itself(names: dict[str, list[str]]) -> None:
    with ConnectProxy() as proxy, Hostile() as hostile, closing(_transport(proxy.url)) as transport:
        for path, failure in (("/ok", ""), ("/reset", "cut"), ("/garbage", "garbled"), ("/nothing", "cut")):
            transport.send(Post(path, hostile.url(path, host=NAME), {}, b""))
            assert transport.wait(PATIENCE)[0].failure == failure
    with ConnectProxy() as proxy:
        assert _one(proxy.url, hostile.url("/ok", host=NAME)).failure == "connect", "the proxy found nobody there"


# The setting


@pytest.mark.parametrize(
    ("text", "address", "user"),
    [
        ("http://proxy.court.example:3128", "http://proxy.court.example:3128", ""),
        ("http://court:secret@10.0.0.9:8080/", "http://10.0.0.9:8080", "court"),
        ("http://[fd00::9]:3128", "http://[fd00::9]:3128", ""),
    ],
)
def test_the_setting_is_read(text: str, address: str, user: str) -> None:
    read = Egress.read(text)
    assert read is not None
    assert (read.address, read.user) == (address, user)
    assert "secret" not in repr(read)


def test_without_a_setting_there_is_no_proxy() -> None:
    assert Egress.read("") is None


@pytest.mark.parametrize(
    "text",
    ["proxy:3128", "https://u:secret@proxy:3128", "http://u:secret@proxy", "http://u:secret@:1", "http://p:99999"],
)
def test_another_form_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(EgressShape) as refused:
        Egress.read(text)
    assert "secret" not in str(refused.value)


def test_a_password_is_in_no_log_and_in_no_reply(
    names: dict[str, list[str]], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    with ConnectProxy(answers=b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as proxy:
        reply = _one(proxy.url.replace("//", "//court:hush-hush@"), f"http://{NAME}:8000/x")
    out, err = capfd.readouterr()
    assert "hush-hush" not in repr(reply) + caplog.text + out + err
