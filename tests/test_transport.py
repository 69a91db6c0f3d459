"""Posting to receivers that answer, and to receivers that do everything else. Needs no database and no name server."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from typing import Any

import psutil
import pycurl
import pytest

from sharing.transport import FAILURES, Post, Reply, Transport
from tests.hostile import Hostile

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PATIENCE = 20.0  # far more than any reply here takes; a wait ends with the first reply


@pytest.fixture(scope="module")
def receiver() -> Iterator[Hostile]:
    with Hostile() as hostile:
        yield hostile


def _transport(**options: Any) -> Transport:
    usual: dict[str, Any] = {"allowed_networks": LOOPBACK, "allow_http": True, "total_timeout": 10.0}
    return Transport(**(usual | options))


def _one(url: str, body: bytes = b"{}", **options: Any) -> Reply:
    with closing(_transport(**options)) as transport:
        transport.send(Post("key", url, {"webhook-id": "evt_1"}, body))
        (reply,) = transport.wait(PATIENCE)
        assert transport.in_flight == 0
    assert reply.failure in FAILURES
    return reply


def test_a_post_arrives_byte_for_byte_and_is_answered(receiver: Hostile) -> None:
    reply = _one(receiver.url("/ok"), b'{"name":"\xe5\xbc\xa0"}')

    assert (reply.key, reply.status, reply.failure, reply.transported) == ("key", 200, "", True)
    assert (reply.content_type, reply.length) == ("application/json", 2)
    assert reply.sha256 == hashlib.sha256(b"{}").hexdigest()
    assert reply.retry_after is None
    request = receiver.requests[-1]
    assert request.body == b'{"name":"\xe5\xbc\xa0"}'
    assert request.headers["webhook-id"] == "evt_1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"] == "Registry/1"
    assert "expect" not in request.headers


@pytest.mark.parametrize(
    ("path", "status", "failure"),
    [
        ("/204", 204, ""),
        ("/500", 500, ""),
        ("/410", 410, ""),
        ("/429", 429, ""),
        ("/503", 503, ""),
        ("/redirect", 302, ""),
        ("/half", 200, "cut"),
        ("/reset", 0, "cut"),
        ("/nothing", 0, "cut"),
        ("/interim-only", 0, "cut"),
        ("/garbage", 0, "garbled"),
        ("/reset-in-reply", 200, "cut"),
        ("/reset-in-header", 200, "cut"),
        ("/half-close", 200, "cut"),
        ("/bad-status", 0, "garbled"),
        ("/bad-length", 200, "garbled"),
        ("/bad-chunk", 200, "cut"),
        ("/nul-header", 200, "garbled"),
        ("/drip-status", 0, "garbled"),
        ("/huge-header", 200, "oversized"),
        ("/endless-status", 0, "oversized"),
        ("/endless-header", 200, "oversized"),
        ("/endless-headers", 200, "oversized"),
        ("/endless-trailers", 200, "oversized"),
        ("/interim-flood", 0, "oversized"),
        ("/endless-body", 200, ""),
        ("/huge", 200, ""),
        ("/gzip-bomb", 200, ""),
    ],
)
def test_every_reply_has_a_status_or_a_named_failure(receiver: Hostile, path: str, status: int, failure: str) -> None:
    reply = _one(receiver.url(path))

    assert (reply.status, reply.failure) == (status, failure)
    assert reply.transported is (failure == "" and status < 300)
    assert reply.length <= 8192


@pytest.mark.parametrize(
    ("path", "status", "failure"),
    [("/hang", 0, "timeout"), ("/drip-header", 200, "too_slow"), ("/drip-body", 200, "too_slow")],
)
def test_a_reply_that_never_ends_is_ended_by_the_total_time(
    receiver: Hostile, path: str, status: int, failure: str
) -> None:
    reply = _one(receiver.url(path), total_timeout=0.3)

    assert (reply.status, reply.failure, reply.transported) == (status, failure, False)


@pytest.mark.parametrize(("sent", "read"), [(0, 0), (8191, 8191), (8192, 8192), (8193, 8192), (100_000, 8192)])
def test_of_a_reply_at_most_8_kib_are_read_and_the_status_counts(receiver: Hostile, sent: int, read: int) -> None:
    reply = _one(receiver.url(f"/sized?bytes={sent}"))

    assert reply.transported
    assert reply.length == read
    assert reply.sha256 == hashlib.sha256(b"x" * read).hexdigest()


@pytest.mark.parametrize("path", ["/huge", "/gzip-bomb", "/endless-body", "/endless-headers", "/interim-flood"])
def test_memory_does_not_grow_with_what_is_answered(receiver: Hostile, path: str) -> None:
    """libcurl's own memory counts too, so it is the process that is looked at."""
    with closing(_transport()) as transport:

        def twenty() -> None:
            for key in range(20):
                transport.send(Post(key, receiver.url(path), {}, b""))
            while transport.in_flight:
                transport.wait(PATIENCE)

        twenty()
        before = psutil.Process().memory_info().rss
        for _ in range(5):
            twenty()
        assert psutil.Process().memory_info().rss - before < 20 * 1024 * 1024


def test_a_redirect_to_itself_is_asked_once(receiver: Hostile) -> None:
    before = len(receiver.requests)
    assert _one(receiver.url("/redirect?to=/redirect")).status == 302
    assert len(receiver.requests) == before + 1


def test_a_compressed_reply_is_not_unpacked(receiver: Hostile) -> None:
    assert _one(receiver.url("/gzip-bomb")).length < 8192


def test_a_redirect_is_not_followed(receiver: Hostile) -> None:
    with Hostile() as target:
        reply = _one(receiver.url(f"/redirect?to={target.url('/ok')}"))

        assert (reply.status, reply.transported) == (302, False)
        assert target.connections == 0


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("120", 120.0),
        ("1", 1.0),
        ("3600", 3600.0),
        ("3601", 3600.0),
        ("315360000", 3600.0),
        ("99999999999999999999999999", None),
        ("0", None),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_wish_to_retry_later_is_honoured_within_bounds(
    receiver: Hostile, asked: str, granted: float | None
) -> None:
    assert _one(receiver.url(f"/429?after={asked}")).retry_after == granted


def test_the_wish_to_retry_later_may_be_a_date(receiver: Hostile) -> None:
    def wish(**ahead: int) -> float | None:
        date = format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)
        return _one(receiver.url(f"/503?after={date.replace(' ', '%20')}")).retry_after

    soon = wish(minutes=10)
    assert soon is not None
    assert 500 < soon <= 600
    assert wish(days=3650) == 3600
    assert wish(minutes=-10) is None


def test_the_wish_of_a_receiver_that_took_the_message_is_not_asked(receiver: Hostile) -> None:
    assert _one(receiver.url("/ok?after=120")).retry_after is None


def test_a_content_type_is_bounded_and_printable(receiver: Hostile) -> None:
    assert _one(receiver.url("/odd-type")).content_type == ""
    assert _one(receiver.url("/long-type")).content_type == "t" * 100


def test_a_header_with_a_line_break_is_refused(receiver: Hostile) -> None:
    with closing(_transport()) as transport:
        for value in ("a\r\nx: y", "a\ny", "a\ry"):
            with pytest.raises(ValueError, match="line break"):
                transport.send(Post(1, receiver.url("/ok"), {"webhook-id": value}, b""))
        assert transport.in_flight == 0


def test_many_posts_fly_side_by_side_over_kept_connections() -> None:
    with Hostile() as hostile, closing(_transport()) as transport:
        keys: set[int] = set()
        for start in range(0, 200, 10):
            for key in range(start, start + 10):
                transport.send(Post(key, hostile.url("/ok"), {}, b"%d" % key))
            assert transport.in_flight == 10
            while transport.in_flight:
                keys.update(reply.key for reply in transport.wait(PATIENCE))

        assert keys == set(range(200))
        assert {int(request.body) for request in hostile.requests} == keys
        assert hostile.connections <= 10


def test_a_hanging_receiver_does_not_hold_up_the_others(receiver: Hostile) -> None:
    with closing(_transport()) as transport:
        for key in range(20):
            transport.send(Post(f"hang {key}", receiver.url("/hang"), {}, b""))
        transport.send(Post("well", receiver.url("/ok"), {}, b""))

        assert [reply.key for reply in transport.wait(PATIENCE)] == ["well"]
        assert transport.in_flight == 20


def test_a_reused_handle_remembers_nothing_of_the_post_before(receiver: Hostile) -> None:
    with closing(_transport()) as transport:
        for path, length in [("/sized?bytes=9000", 8192), ("/204", 0), ("/reset", 0), ("/ok", 2)]:
            transport.send(Post(path, receiver.url(path), {}, b""))
            (reply,) = transport.wait(PATIENCE)
            assert (reply.key, reply.length) == (path, length)
        assert reply.transported


def test_a_kept_connection_that_the_receiver_closed_meanwhile_is_given_up(receiver: Hostile) -> None:
    with closing(_transport()) as transport:
        with Hostile() as gone:
            transport.send(Post(1, gone.url("/ok"), {}, b""))
            assert transport.wait(PATIENCE)[0].transported
        # Whoever closed cannot be reached again; the next receiver can.
        transport.send(Post(2, gone.url("/ok"), {}, b""))
        assert transport.wait(PATIENCE)[0].failure == "refused"
        transport.send(Post(3, receiver.url("/ok"), {}, b""))
        assert transport.wait(PATIENCE)[0].transported


def test_waiting_with_nothing_in_flight_or_no_time_returns_nothing(receiver: Hostile) -> None:
    with closing(_transport()) as transport:
        assert transport.wait(PATIENCE) == []
        transport.send(Post(1, receiver.url("/hang"), {}, b""))
        assert transport.wait(0) == []
        assert transport.wait(0.05) == []
        assert transport.in_flight == 1


def test_a_port_where_nobody_listens_refuses() -> None:
    with Hostile() as gone:
        url = gone.url("/ok")
    assert _one(url).failure == "refused"


def test_a_port_whose_queue_is_full_is_a_failure_to_connect() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, ExitStack() as waiting:
        for _ in range(4):
            waiting.enter_context(closing(_knocking(busy.getsockname())))
        reply = _one(f"http://127.0.0.1:{busy.getsockname()[1]}/", connect_timeout=0.3)
        assert (reply.failure, reply.elapsed_ms < 2000) == ("connect", True)


def _knocking(address: tuple[str, int]) -> socket.socket:
    knocking = socket.socket()
    knocking.setblocking(False)
    knocking.connect_ex(address)
    return knocking


def test_a_handshake_that_does_not_end_is_a_failure_to_connect() -> None:
    with Hostile(banner=b"") as mute:
        assert _one(mute.url("/"), connect_timeout=0.3).failure == "connect"


def test_unless_told_otherwise_it_waits_5_seconds_for_a_connection_and_15_for_all() -> None:
    with closing(Transport()) as transport:
        options = dict(transport._options)
    assert (options[pycurl.CONNECTTIMEOUT_MS], options[pycurl.TIMEOUT_MS]) == (5_000, 15_000)


def test_a_name_without_address_is_a_failure_to_resolve() -> None:
    assert _one("http://no-such-name.invalid:8000/").failure == "resolve"


def test_a_proxy_of_the_environment_is_not_used(receiver: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hostile() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert _one(receiver.url("/ok")).transported
        assert proxy.connections == 0


# The guard, where the connection is made

LOOPBACK_FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7F.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "127.255.255.254",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[::ffff:0:7f00:1]",
]


@pytest.mark.parametrize("host", LOOPBACK_FORMS)
def test_no_form_of_loopback_is_connected_to(host: str) -> None:
    with Hostile() as hostile:
        reply = _one(hostile.url("/ok", host=host), allowed_networks=())

        assert (reply.failure, reply.status) == ("blocked", 0)
        assert hostile.connections == 0


def test_a_name_that_was_public_when_saved_and_now_is_not_is_blocked(receiver: Hostile) -> None:
    # The guard judges the address connected to, so what the name said earlier does not matter.
    before = receiver.connections
    assert _one(receiver.url("/ok", host="localhost"), allowed_networks=()).failure == "blocked"
    assert _one(receiver.url("/ok", host="localhost"), allowed_networks=[ip_network("127.0.0.1/32")]).transported
    assert receiver.connections == before + 1


def test_of_a_name_that_answers_with_several_addresses_none_that_is_private_is_connected_to(receiver: Hostile) -> None:
    with closing(_transport(allowed_networks=())) as transport:
        answers = f"rebound.example:{receiver.port}:127.0.0.1,10.0.0.1,169.254.169.254,[::1],192.168.0.1"
        transport._options.append((pycurl.RESOLVE, [answers]))
        before = receiver.connections
        transport.send(Post(1, receiver.url("/ok", host="rebound.example"), {}, b""))
        assert transport.wait(PATIENCE)[0].failure == "blocked"
        assert receiver.connections == before


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://"])
def test_other_schemes_and_no_host_are_blocked(url: str) -> None:
    assert _one(url).failure == "blocked"


def test_plain_http_is_blocked_unless_allowed(receiver: Hostile) -> None:
    before = receiver.connections
    assert _one(receiver.url("/ok"), allow_http=False).failure == "blocked"
    assert receiver.connections == before
