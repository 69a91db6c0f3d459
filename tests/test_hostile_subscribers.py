"""A subscriber that does its worst: its deadline and its caps hold, and everybody else is served meanwhile.

The whole engine over real sockets, with shorter times than in production; `test_transport` has every reply by itself.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from datetime import timedelta
from ipaddress import ip_network

import psutil
import pytest
from django.utils import timezone

from sharing.delivery import connecting
from sharing.delivery.models import Attempt, Endpoint, Held
from sharing.delivery.slot import Slot
from sharing.departments import telling
from sharing.transport import Transport
from tests import cast
from tests.certificates import Authority, demanding
from tests.hostile import Hostile
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("notice_waived")]
CONNECT, TOTAL = 0.5, 0.8
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

WORST = [
    ("/hang", "timeout"),
    ("/drip-header", "too_slow"),
    ("/drip-body", "too_slow"),
    ("/drip-status", "garbled"),
    ("/endless-status", "oversized"),
    ("/endless-header", "oversized"),
    ("/endless-headers", "oversized"),
    ("/endless-trailers", "oversized"),
    ("/interim-flood", "oversized"),
    ("/interim-only", "cut"),
    ("/huge-header", "oversized"),
    ("/redirect?to=/redirect", "302"),
    ("/reset", "cut"),
    ("/reset-in-header", "cut"),
    ("/reset-in-reply", "cut"),
    ("/half", "cut"),
    ("/half-close", "cut"),
    ("/nothing", "cut"),
    ("/garbage", "garbled"),
    ("/bad-length", "garbled"),
    ("/bad-status", "garbled"),
    ("/429?after=315360000", "429"),
    ("/503?after=99999999999999999999999999", "503"),
    ("/410", "410"),
]
TAKEN = ["/huge", "/endless-body", "/gzip-bomb"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "trusted")


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def well(inbox):
    """The endpoint of a department that does everything right."""
    return _joined("telecom", inbox.url)


def _joined(sector, url):
    department = cast.department(sector)
    cast.measure(department, code=f"{sector}-measure")
    return cast.add_endpoint(department, url, now=cast.NOW)[0]


def deliver(**options):
    """One slot with short times; how long it took."""
    telling.walk(now=cast.NOW)
    usual = {"connect_timeout": CONNECT, "total_timeout": TOTAL, "allow_http": True, "allowed_networks": LOOPBACK}
    began = time.monotonic()
    with closing(Transport(**(usual | options))) as transport:
        Slot(transport, before_look=lambda: None).run()
    return time.monotonic() - began


@contextmanager
def no_more_memory():
    before = psutil.Process().memory_info().rss
    yield
    assert psutil.Process().memory_info().rss - before < 24 * 1024 * 1024


def expect_served(inbox):
    """The well endpoint had both events; what became of every post is said else."""
    posts = Attempt.objects.values_list("endpoint__url", "event__position", "status", "failure", "elapsed_ms")
    assert sorted(inbox.positions) == [1, 2], list(posts)


@pytest.mark.parametrize(("path", "failure"), WORST)
def test_its_deadline_holds_and_the_others_are_served_meanwhile(inbox, well, path, failure):
    with Hostile() as hostile, no_more_memory():
        worst = _joined("finance", hostile.url(path))
        cast.in_force()
        cast.second_in_force()
        took = deliver()
    expect_served(inbox)
    # A second opinion is asked once, so it may fail twice in a row.
    assert took < 2 * TOTAL + 1.5
    found = Endpoint.objects.get(pk=worst.pk)
    assert (found.cursor, found.failures, found.last_failure) == (0, 1, failure)
    assert found.next_due - timezone.now() < timedelta(seconds=4400), "an hour and its spread at most"
    for attempt in Attempt.objects.filter(endpoint=worst):
        assert attempt.elapsed_ms <= (TOTAL + 0.5) * 1000
        assert attempt.length <= 8192
    quick = Attempt.objects.filter(endpoint=well).order_by("started_at")
    assert all(attempt.elapsed_ms < TOTAL * 1000 for attempt in quick)
    first = Attempt.objects.earliest("started_at").started_at
    assert (quick.last().started_at - first).total_seconds() < TOTAL, "nobody waited for it"
    assert not Held.objects.exists()
    assert Endpoint.objects.get(pk=well.pk).cursor == 2


@pytest.mark.parametrize("path", TAKEN)
def test_a_reply_without_end_that_says_2xx_is_read_to_8_kib_and_counts(inbox, well, path):
    with Hostile() as hostile, no_more_memory():
        worst = _joined("finance", hostile.url(path))
        cast.in_force()
        cast.second_in_force()
        took = deliver()
    expect_served(inbox)
    assert took < 2.0
    lengths = Attempt.objects.filter(endpoint=worst).values_list("status", "failure", "length")
    assert all((status, failure, length <= 8192) == (200, "", True) for status, failure, length in lengths)
    assert Endpoint.objects.get(pk=worst.pk).cursor == 2, "it is not retried for ever"


@pytest.mark.parametrize(
    ("context", "failure"),
    [
        (lambda authority: authority.context(days=-1), "tls_expired"),
        (lambda authority: authority.context("other.example"), "tls_name"),
        (lambda authority: demanding(authority.context(), authority.pem), "tls_client"),
    ],
)
def test_a_certificate_that_is_wrong_is_said_and_nothing_is_sent(inbox, well, authority, context, failure):
    with Hostile(tls=context(authority)) as hostile:
        worst = _joined("finance", hostile.url("/ok", host="localhost"))
        cast.in_force()
        cast.second_in_force()
        deliver(authorities=str(authority.file))
        assert hostile.requests == []
    expect_served(inbox)
    assert Endpoint.objects.get(pk=worst.pk).last_failure == failure


@pytest.mark.parametrize(("banner", "failure"), [(b"", "connect"), (b"SSH-2.0-OpenSSH_9.6\r\n", "not_tls")])
def test_a_handshake_that_stalls_or_is_none_ends_within_the_connect_time(inbox, well, banner, failure):
    with Hostile(banner=banner) as hostile:
        worst = _joined("finance", hostile.url("/ok"))
        cast.in_force()
        cast.second_in_force()
        took = deliver()
    expect_served(inbox)
    assert took < 2 * CONNECT + 1.5
    assert Endpoint.objects.get(pk=worst.pk).last_failure == failure


def test_a_name_that_turned_private_since_it_was_saved_is_never_connected_to(inbox, well):
    with Hostile() as hostile:
        worst = _joined("finance", hostile.url("/ok", host="localhost"))
        Endpoint.objects.filter(pk=well.pk).update(state="paused")
        cast.in_force()
        deliver(allowed_networks=())
        assert hostile.connections == 0
    found = Endpoint.objects.get(pk=worst.pk)
    assert (found.last_failure, found.cursor) == ("blocked", 0)


def test_ten_that_hang_and_ten_that_drip_hold_up_nobody(inbox, well):
    with Hostile() as hostile, no_more_memory():
        department = _joined("finance", hostile.url("/hang")).department.department
        for number in range(19):
            path = "/hang" if number % 2 else "/drip-body"
            cast.add_endpoint(department, hostile.url(path), now=cast.NOW)
        cast.in_force()
        cast.second_in_force()
        took = deliver()
    expect_served(inbox)
    first = Attempt.objects.earliest("started_at").started_at
    last = Attempt.objects.filter(endpoint=well).latest("started_at").started_at
    assert (last - first).total_seconds() < TOTAL
    assert took < 2 * TOTAL + 2
    assert Endpoint.objects.filter(failures=1).count() == 20


def test_in_production_the_deadline_is_fifteen_seconds_and_the_reply_8_kib():
    with closing(connecting.open_transport()) as transport:
        assert (transport._total_timeout, transport._connect_timeout, transport._reply_limit) == (15.0, 5.0, 8192)
