"""Who works by hand is owed what a file could not show, as who pulls is owed what a page left out."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import override

from registry.errors import NotDownloaded
from sharing.departments import announcing, declaring, downloading, looking, owing
from sharing.departments.downloading import Form
from sharing.departments.models import LeftDuty, LeftOver, Receipt
from tests import cast
from tests.test_hand_mode import taken_in
from tests.test_tracing import rows_by
from tests.test_what_cannot_be_opened import put, spoilt, tell, tried_again

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
UNREADABLE = "the court cannot open it at present: keep what you have of it"


@pytest.fixture
def member(finance):
    return taken_in(finance)


@pytest.fixture
def two(finance):
    listings = cast.in_force(), cast.second_in_force()
    tell()
    return listings


def whole(member):
    """By number, what a file of the whole list says in the cell after it."""
    return read(downloading.whole, member)


def changes(member, after):
    """By number, what happened and in which state it is."""
    with override("en"):
        file = downloading.changes(member, Form.CSV, after=after, now=timezone.now())
        _, *rows = csv.reader(io.StringIO(b"".join(file.blocks).decode("utf-8-sig")))
    return {row[1]: (row[0], row[2]) for row in rows if row[1].startswith("L-")}


def read(make, member):
    with override("en"):
        _, *rows = csv.reader(
            io.StringIO(b"".join(make(member, Form.CSV, now=timezone.now()).blocks).decode("utf-8-sig"))
        )
    return {row[0]: row[1] for row in rows if row[0].startswith("L-")}


def owed(department):
    return [duty.position for duty in owing.owed(department.pk, 10)]


def test_what_a_file_cannot_show_is_owed_and_no_receipt_is(finance, member, two):
    spoilt(1)
    assert whole(member) == {two[0].number: UNREADABLE, two[1].number: "active"}
    assert list(LeftOver.objects.values_list("listing", "duty")) == [(two[0].pk, LeftDuty.GIVE)]
    assert owed(finance) == [2]


def test_what_the_page_cannot_show_is_owed_too_and_announced_once_it_can(finance, member, two):
    was = spoilt(1)
    looking.page(member, after="", limit=10, now=timezone.now())
    assert owed(finance) == [2]
    announcing.announce(now=timezone.now())
    mail.outbox.clear()
    put(1, *was)
    tried_again()
    announcing.announce(now=timezone.now() + timedelta(hours=2))
    assert (owed(finance), len(mail.outbox)) == ([1, 2], 1)


def test_a_file_of_changes_owes_it_too(finance, member):
    whole(member)
    listing = cast.in_force()
    tell()
    spoilt(1)
    assert changes(member, after=0) == {listing.number: ("new", UNREADABLE)}
    assert LeftOver.objects.get().listing == listing


def test_it_is_among_the_changes_once_it_can_be_opened(member, two):
    was = spoilt(1)
    whole(member)
    assert changes(member, after=2) == {}
    put(1, *was)
    tried_again()
    assert changes(member, after=2) == {two[0].number: ("changed", "active")}


def test_who_has_a_later_file_with_it_is_not_given_it_once_more(member, two):
    was = spoilt(1)
    whole(member)
    put(1, *was)
    tried_again()
    flagged = cast.corrected(cast.fresh(two[1]), fine_yuan=1)
    tell()
    whole(member)
    assert changes(member, after=3) == {}
    assert set(changes(member, after=2)) == {two[0].number, flagged.number}


def test_the_file_that_could_not_show_it_confirms_nothing_of_it(finance, member, two):
    was = spoilt(1)
    whole(member)
    put(1, *was)
    tried_again()
    assert owed(finance) == [1, 2]
    assert declaring.declare_up_to(2, member=member, now=timezone.now()) == 1
    assert list(Receipt.objects.values_list("event_id", flat=True)) == [2]
    changes(member, after=2)
    assert declaring.declare_up_to(2, member=member, now=timezone.now()) == 1
    assert owed(finance) == []


def test_its_withdrawal_is_confirmed_by_the_file_that_leaves_it_out(finance, member, two):
    spoilt(1)
    whole(member)
    cast.withdrawn(two[0])
    tell()
    assert changes(member, after=2) == {two[0].number: ("withdrawn", "withdrawn")}
    assert declaring.declare_up_to(3, member=member, now=timezone.now()) == 1
    assert owed(finance) == [2]
    with pytest.raises(NotDownloaded):
        declaring.declare_up_to(4, member=member, now=timezone.now())


def test_the_listed_person_and_the_auditor_see_the_file_that_gave_it(member, two):
    was = spoilt(1)
    whole(member)
    put(1, *was)
    tried_again()
    changes(member, after=2)
    assert [look.page for look in looking.of_listing(two[0].pk)] == ["changes", "download"]
    assert [look.page for look in looking.of_listing(two[1].pk)] == ["download"]
    traced = [(row.listing, row.said) for row in rows_by(f"member:M{member.pk}") if row.said.startswith("changes")]
    assert traced == [(two[0].number, "changes at 2")]
