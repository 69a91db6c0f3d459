"""No link and no button leads nowhere: whatever a page offers to whoever reads it, there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests import cast, desk
from tests.crawling import Crawl
from tests.permitted.callers import Caller, everybody
from tests.permitted.world import World, standing

PARTS = 6  # of everybody, for as many processes
STARTS = {"department": "/department/", "employer": "/employer/"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as made:
        yield made


def readers() -> list[Caller]:
    """Everybody who reads pages; and who entered what there is, which is another clerk of the same court."""
    own = [Caller(each.name, desk.at_the_desk(each), officer=each) for each in (cast.clerk(), cast.registrar())]
    return [*own, *(each for each in everybody() if not each.scopes)]


def start_of(reader: Caller) -> tuple[str, ...]:
    if reader.officer is not None:
        return ("/desk/",)
    if reader.is_person:
        return tuple(map(reverse, ("person:record", "person:mine", "person:objections")))
    return (STARTS.get(reader.kind, "/"),)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_a_page_offers_there_is(world, part):
    dead = {each.name: Crawl(each.browser).from_(*start_of(each)).dead for each in readers()[part::PARTS]}
    assert {name: found for name, found in dead.items() if found} == {}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_the_walk_gets_far(world):
    """A start that leads nowhere would find no dead end either."""
    clerk = Crawl(desk.at_the_desk(cast.clerk())).from_("/desk/")
    assert len(clerk.pages) > 40
    assert any("/objections/" in address for address in clerk.pages)


@pytest.mark.django_db
def test_a_link_that_leads_nowhere_is_told(client):
    found = Crawl(client).from_("/no-such-page/")
    assert list(found.dead.values()) == ["404, from "]
