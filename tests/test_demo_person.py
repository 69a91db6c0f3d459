"""The demonstration's listed person at the product's own pages, over HTTP: with the code of the notice, and without."""

from __future__ import annotations

import pytest
from django.utils import timezone

from config.demo import notices
from config.demo.person import ASKED, TOLD, NoPage, Person
from sharing.departments import telling
from sharing.persons.models import Notice, Objection
from tests import asking, cast, noticing

pytestmark = pytest.mark.django_db(transaction=True)
LAST_FOUR = cast.DEFENDANT_NUMBER[-4:]


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, monkeypatch, live_server):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)  # a notice opens for some months
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def listing():
    cast.measure(cast.department())
    found = cast.in_force()
    telling.walk(now=cast.NOW)
    asking.answered()
    return found


@pytest.fixture
def person(live_server):
    return Person(live_server.url)


def test_the_code_opens_the_record_and_the_person_objects(listing, person):
    made = noticing.made(listing)
    assert made.shown == noticing.code_in(made.pdf)
    person.walk_in(made.shown, LAST_FOUR)
    assert listing.number in person.page
    assert "finance-department" in person.open(TOLD)
    assert "bank" in person.open(ASKED)
    number = person.object(listing.number, "other", "罚金写错了。")
    found = Objection.objects.get()
    assert (found.number, found.listing, found.content["words"]) == (number, listing, "罚金写错了。")


@pytest.mark.parametrize(("code", "ending"), [("AAAAA-AAAAA-AAAAA-AAAAA", LAST_FOUR), (None, "0000")])
def test_another_code_opens_nothing(listing, person, code, ending):
    made = noticing.made(listing)
    with pytest.raises(NoPage):
        person.walk_in(code or made.shown, ending)


def test_nobody_objects_without_having_walked_in(listing, person):
    with pytest.raises(NoPage):
        person.object(listing.number, "other", "罚金写错了。")
    assert Objection.objects.count() == 0


def test_a_notice_lies_ready_for_whoever_started_the_demonstration(listing, person, tmp_path):
    served = notices.serve(cast.clerk(), tmp_path / "notice.pdf", cast.NOW)
    assert served is not None
    assert noticing.code_in(served.path.read_bytes()) == served.shown
    person.walk_in(served.shown, served.ending)
    assert Notice.objects.get().used_at is not None


def test_without_a_listing_in_force_there_is_no_notice(tmp_path):
    assert notices.serve(cast.clerk(), tmp_path / "notice.pdf", cast.NOW) is None
    assert list(tmp_path.iterdir()) == []
