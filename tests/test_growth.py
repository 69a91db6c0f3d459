"""The book grows eight times, and what is asked of it all day reads hardly more: by PostgreSQL's own word, for each question.

`GROWN_TO` says how many listings (10,000,000 takes 35 minutes and 42 GB with 7 GB of buffers and without fsync).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, product

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from config import glancing
from registry import actions, bell
from registry.models import Listing
from sharing.delivery import lease, reading
from sharing.delivery.models import Endpoint, Held, HeldReason
from sharing.delivery.reading import Stretch
from sharing.departments import feed, telling
from sharing.departments.opened import Reach
from sharing.employers import lookup
from sharing.persons.record import told
from sharing.public import timeliness
from tests import cast, desk, every_route, grown_book
from tests.explained import Touched, looked_at, touched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ordered_as_shipped")]

LARGE = int(os.environ.get("GROWN_TO", "160000"))
SMALL = LARGE // 8
EMPTY = "京0116"
MORE, SPARE = 1.5, 10  # times as many blocks of 8 KiB, and so many more: indexes are a step deeper


@pytest.fixture
def court(settings, monkeypatch):
    """A department that was told of a listing, and has an endpoint."""
    grown_book.sweep()
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    grown_book.opens(monkeypatch)
    monkeypatch.setattr(bell, "send", lambda task: None)
    return cast.told_endpoint()


def subject(number):
    return lookup.subject(document_type="resident_id", document_number=number, name="高䶮", today=cast.NOW.date())


def asked_about(number):
    day = cast.NOW.date()
    return lambda endpoint, size: lookup.read([subject(number)], day, employer=1, since=cast.NOW - timedelta(days=30))


def page(name, by=cast.registrar, **query):
    def look(endpoint, size):
        answer = desk.at_the_desk(by()).get(reverse(name), query)
        assert answer.status_code == 200

    return look


def one_more(endpoint, size):
    """A listing is put in force and told."""
    listing = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), number=cast.SECOND_NUMBER)
    telling.walk(now=cast.NOW)
    assert listing.pk


def held(endpoint, size):
    Endpoint.objects.update(cursor=size)
    Held.objects.create(endpoint=endpoint, listing=Listing.objects.first(), from_position=1, reason=HeldReason.REFUSED)
    assert lease.take(32)


def snapshot(endpoint, size):
    """A chunk of it, and the next."""
    lines = feed.holdings(endpoint.department_id, Reach(size, 0))
    assert len(list(islice(lines, feed.SNAPSHOT_CHUNK + 1))) == feed.SNAPSHOT_CHUNK + 1


def lane(endpoint, size):
    """What is meant for a department of one listing, and of some."""
    listing = Listing.objects.get(number="L-1990-002000").pk
    assert reading.of_listing(endpoint.department_id, listing, 1, size)
    assert reading.of_listings(endpoint.department_id, {listing: 1}, size)[listing]


def picked(endpoint, size):
    """Events by their ids."""
    position = size - 3000
    ids = [f"evt_{position:026}", f"evt_{position + 1:026}"]
    assert reading.one(endpoint.department_id, ids[0], size)
    assert len(reading.some(endpoint.department_id, ids)) == 2


def pulled(events):
    """A page of the feed of so many, where many more follow."""

    def look(endpoint, size):
        assert len(feed.page(endpoint.department_id, size - 3000, events).items) == events

    return look


QUESTIONS = {
    "who is listed": asked_about(cast.DEFENDANT_NUMBER),
    "who is not": asked_about(cast.APPLICANT_NUMBER),
    "an endpoint with a held lane": held,
    "the next window": lambda endpoint, size: reading.after_each([Stretch(endpoint.department_id, size - 50, size)]),
    "five events of the feed": pulled(5),
    "a page of the feed": pulled(500),
    "two chunks of a snapshot": snapshot,
    "what is meant of a listing": lane,
    "events by their ids": picked,
    "a snapshot's line": lambda endpoint, size: feed.one_listing(endpoint.department_id, "L-1990-002000"),
    "what was withdrawn": lambda endpoint, size: reading.withdrawn_after(size - 50),
    "the last for a department": lambda endpoint, size: reading.last_meant(endpoint.department_id, size),
    "the newest for a department": lambda endpoint, size: reading.latest(endpoint.department_id, size, 50),
    "where a moment was": lambda endpoint, size: reading.position_at(datetime(2016, 1, 1, 12, tzinfo=UTC)),
    "a page of numbers": lambda endpoint, size: feed.numbers_after(endpoint.department_id, "L-1990-002000", 100),
    "what was told of a listing": lambda endpoint, size: told.of([Listing.objects.get(number="L-1990-002000")]),
    "what takes effect": lambda endpoint, size: actions.take_effect(now=cast.NOW),
    "what expires": lambda endpoint, size: actions.expire(now=cast.NOW),
    "the desk's list": page("admin:registry_listing_changelist"),
    "a number sought at the desk": page("admin:registry_listing_changelist", q="L-1990-002000"),
    "an end sought at the desk": page("admin:registry_listing_changelist", q="1990-002000"),
    "the desk's cases": page("admin:registry_case_changelist"),
    "the list of a court that has none": page(
        "admin:registry_listing_changelist", cast.high_court_registrar, court=EMPTY
    ),
    "the cases of a court that has none": page(
        "admin:registry_case_changelist", cast.high_court_registrar, court=EMPTY
    ),
    "whether anything waits": lambda endpoint, size: glancing.glance(now=cast.NOW),
    "one more": one_more,
}


def asked(endpoint: Endpoint, size: int) -> dict[str, Touched]:
    """What each question touches; what it changes is undone."""
    found = {}
    for name, question in QUESTIONS.items():
        with transaction.atomic():
            found[name] = touched(partial(question, endpoint, size), grown_book.TABLES)
            transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_whatever_is_asked_all_day_reads_hardly_more_of_a_book_that_is_eight_times_as_large(court):
    small = asked(court, grown_book.grow(SMALL))
    large = asked(court, grown_book.grow(LARGE - SMALL))
    assert grown({name: (small[name].blocks, large[name].blocks) for name in QUESTIONS}) == {}
    assert large["five events of the feed"].blocks * 10 < large["a page of the feed"].blocks


def grown(blocks):
    """What is read much more of; by what was asked, before and after."""
    return {asked: told for asked, told in blocks.items() if told[1] > told[0] * MORE + SPARE}


def opened(browser, path, tables):
    """What a page touches; None where there is none for this reader."""
    answers = []
    cache.clear()
    timeliness._published.cache_clear()
    with transaction.atomic():
        found = looked_at(lambda: answers.append(browser.get(path)), tables)
        transaction.set_rollback(True)
    return found if answers[0].status_code == 200 and found.scans else None


def pages(browsers, asked, tables):
    """By reader and address, what each page touches that there is."""
    return {(who, path): found for who, path in asked if (found := opened(browsers[who], path, tables))}


def grown_pages(small, large):
    assert small.keys() == large.keys()
    assert len({who for who, _path in small}) > 2
    return grown({asked: (small[asked].blocks, large[asked].blocks) for asked in small})


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_page_reads_much_more_of_a_book_that_is_eight_times_as_large(court):
    readers = ("clerk", "registrar of the High Court", "auditor", "integrator of a department")
    browsers = {who: every_route.caller(who, {}) for who in readers}
    paths = {route.path() for route in every_route.routes() if not every_route.PARAMETER.search(route.pattern)}
    grown_book.grow(SMALL)
    small = pages(browsers, product(browsers, sorted(paths)), grown_book.TABLES)
    grown_book.grow(LARGE - SMALL)
    assert grown_pages(small, pages(browsers, small, grown_book.TABLES)) == {}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nor_where_an_employer_asked_eight_times_as_much(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    grown_book.sweep()
    world = every_route.a_world()
    browsers = {who: every_route.caller(who, {}) for who in ("HR", "registrar of the High Court", "auditor")}
    paths = {route.path(world) for route in every_route.routes()} - {reverse("employer:export")}
    grown_book.grow_questions(1, SMALL)
    small = pages(browsers, product(browsers, sorted(paths)), grown_book.ASKED)
    grown_book.grow_questions(SMALL + 1, LARGE)
    assert grown_pages(small, pages(browsers, small, grown_book.ASKED)) == {}


@pytest.mark.parametrize("listings", [1000, 5000])
def test_the_next_event_is_read_in_few_blocks_however_many_listings_the_department_was_told_of(court, listings):
    """Of some thousands PostgreSQL found it cheaper to ask every listing that it was told of for the event before."""
    grown_book.grow(listings)
    end = grown_book.flag_all()
    window = [Stretch(court.department_id, end - 1, end)]
    assert touched(partial(reading.after_each, window), grown_book.TABLES).blocks <= 20
