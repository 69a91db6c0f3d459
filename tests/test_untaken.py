"""A withdrawal that one endpoint of a department never took, whatever the department has confirmed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import override

from registry.models import Event
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, Held, HeldReason
from sharing.departments import endpoints, receipts, stages, telling, untaken
from sharing.departments.models import Recall
from sharing.parties.models import MemberAct
from tests import cast, desk
from tests.desk import statements, words
from tests.integrators import member_of, signed_in
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
CAPTION = "Endpoints that have not taken a withdrawal"


@pytest.fixture
def inboxes():
    with receiver() as first, receiver() as second:
        yield first, second


@pytest.fixture
def both(finance, inboxes):
    """Two programs of finance, which were both told of the listing."""
    found = [cast.add_endpoint(finance, each.url, now=cast.NOW)[0] for each in inboxes]
    return [Endpoint.objects.get(pk=each.pk) for each in found]


@pytest.fixture
def listing(both):
    found = cast.in_force()
    deliver()
    return found


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


@pytest.fixture
def wei(finance):
    return signed_in(member_of(finance))


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def withdraw(listing):
    cast.withdrawn(listing)
    deliver()
    return Recall.objects.get(listing=listing)


def confirmed(recall):
    """By the one program that took it."""
    event = Event.objects.get(position=recall.position)
    said = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=cast.NOW)
    receipts.record(said, department=recall.department, signed=True)
    recall.refresh_from_db()
    assert recall.closed_by is not None


def named(finance):
    with override("en"):
        return [(each.endpoint.pk, str(each.state[0])) for each in untaken.of(finance.pk, limit=10)]


def fresh(endpoint):
    return Endpoint.objects.get(pk=endpoint.pk)


def read(browser, name, *args):
    return browser.get(reverse(f"department:{name}", args=args)).content.decode()


def test_who_took_every_withdrawal_is_not_named(finance, listing, he, wei):
    recall = withdraw(listing)
    assert named(finance) == []
    assert CAPTION not in words(he, "recalls_of", finance.organisation.code)
    assert CAPTION not in words(he, "recalls")
    assert CAPTION not in read(wei, "overview")
    assert CAPTION not in read(wei, "recall", recall.pk)


def test_the_endpoint_that_did_not_take_it_is_named_though_the_other_has_confirmed(finance, both, listing, he, wei):
    endpoints.pause(both[1].pk)
    recall = withdraw(listing)
    confirmed(recall)
    assert named(finance) == [(both[1].pk, "paused")]
    code = finance.organisation.code
    pages = (
        words(he, "recalls_of", code),
        words(he, "recalls"),
        read(wei, "overview"),
        read(wei, "recall", recall.pk),
    )
    for page in pages:
        assert CAPTION in page
        assert both[1].url in page
        assert listing.number in page
        assert "Resume it" in page
    assert "A withdrawal has not reached every endpoint." in pages[2]


def test_it_is_named_no_more_once_it_took_it(finance, both, listing):
    endpoints.pause(both[1].pk)
    withdraw(listing)
    endpoints.resume(both[1].pk)
    deliver()
    assert named(finance) == []


def test_a_withdrawal_in_a_held_lane_is_not_taken_though_the_cursor_is_past_it(finance, both, listing):
    endpoints.pause(both[1].pk)
    position = withdraw(listing).position
    Endpoint.objects.filter(pk=both[1].pk).update(state="active", cursor=position)
    assert named(finance) == []
    lane = Held.objects.create(
        endpoint=both[1], listing=listing, from_position=position, refusals=3, reason=HeldReason.REFUSED
    )
    assert named(finance) == [(both[1].pk, "not taken")]
    lane.ahead = [position]
    lane.save()
    assert named(finance) == [], "it overtook what it voids"


def test_what_is_sent_again_to_who_took_it_once_is_taken(finance, both, listing):
    withdraw(listing)
    endpoints.pause(both[1].pk)
    endpoints.catch_up(both[1].pk, after=0)
    assert Held.objects.filter(endpoint=both[1]).exists()
    assert named(finance) == []


def test_an_endpoint_that_was_taken_out_of_production_ended_without_it(finance, both, listing, he):
    stages.to_trial(both[1].pk, officer=cast.high_court_registrar(), because="it fails", now=cast.NOW)
    withdraw(listing)
    assert named(finance) == [(both[1].pk, "ended without it")]
    page = words(he, "recalls_of", finance.organisation.code)
    assert "ended without it" in page
    assert "to be purged by hand" in page


def test_an_endpoint_on_trial_that_was_never_in_production_owes_nothing(finance, both, listing):
    Endpoint.objects.filter(pk=both[1].pk).update(stage="trial")
    withdraw(listing)
    assert named(finance) == []


def test_who_took_nothing_of_the_listing_has_nothing_to_purge(finance, both):
    endpoints.pause(both[1].pk)
    found = cast.in_force()
    deliver()
    withdraw(found)
    assert named(finance) == []


def test_what_another_department_has_not_taken_is_its_own(both, listing):
    endpoints.pause(both[1].pk)
    withdraw(listing)
    assert untaken.of(cast.department(code="another").pk, limit=10) == []
    assert [each.endpoint.pk for each in untaken.of(None, limit=10)] == [both[1].pk]


def press(browser, endpoint, do):
    return browser.post(
        reverse("department:endpoint_act", args=[endpoint.pk]), {"do": do}, follow=True
    ).content.decode()


GIVEN_UP = "Its program is not used any more"


@pytest.mark.parametrize("ends", ["pause", "to trial"])
def test_of_a_program_that_keeps_nothing_no_withdrawal_is_owed(finance, both, listing, he, wei, ends):
    if ends == "pause":
        endpoints.pause(both[1].pk)
    else:
        stages.to_trial(both[1].pk, officer=cast.high_court_registrar(), because="it fails", now=cast.NOW)
    withdraw(listing)
    assert len(named(finance)) == 1
    assert GIVEN_UP in read(wei, "endpoint", both[1].pk)
    page = press(wei, both[1], "purged")
    assert "Noted." in page
    assert GIVEN_UP not in page
    assert "Said to keep nothing since" in page
    assert "Said to keep nothing since" in words(he, "endpoint", both[1].pk)
    assert named(finance) == []
    assert CAPTION not in words(he, "recalls")


def test_it_is_said_of_one_endpoint_once_and_by_name(both, listing, wei):
    endpoints.pause(both[1].pk)
    for _time in range(2):
        press(wei, both[1], "purged")
    (act,) = MemberAct.objects.all()
    assert (act.act, act.about, act.member.name) == ("purged_endpoint", both[1].pk, "魏对接")
    assert [each.purged_at is None for each in (fresh(both[0]), fresh(both[1]))] == [True, False]


def test_of_an_endpoint_that_is_sent_to_it_is_not_said(finance, both, listing, wei):
    assert GIVEN_UP not in read(wei, "endpoint", both[1].pk)
    assert "R-489" in press(wei, both[1], "purged")
    assert fresh(both[1]).purged_at is None
    assert not MemberAct.objects.exists()
    with pytest.raises(IntegrityError, match="who_is_sent_to_is_not_said_to_keep_nothing"):
        Endpoint.objects.filter(pk=both[1].pk).update(purged_at=cast.NOW)


def test_of_one_that_was_never_in_production_nothing_is_asked(both, wei):
    Endpoint.objects.filter(pk=both[1].pk).update(stage="trial")
    assert GIVEN_UP not in read(wei, "endpoint", both[1].pk)


def test_another_departments_member_says_nothing_of_it(both, listing):
    endpoints.pause(both[1].pk)
    stranger = signed_in(member_of(cast.department(code="another"), "other"))
    path = reverse("department:endpoint_act", args=[both[1].pk])
    assert stranger.post(path, {"do": "purged"}).status_code == 404
    assert fresh(both[1]).purged_at is None


def test_a_program_that_is_used_again_is_sent_what_stands_and_owes_withdrawals_again(finance, both, listing, inboxes):
    endpoints.pause(both[1].pk)
    endpoints.state_purged(both[1].pk, now=cast.NOW)
    inboxes[1].requests.clear()
    endpoints.resume(both[1].pk)
    assert fresh(both[1]).purged_at is None
    slot.run()
    assert len(inboxes[1].accepted) == 1, "its store was empty"
    endpoints.pause(both[1].pk)
    withdraw(listing)
    assert named(finance) == [(both[1].pk, "paused")]


def test_one_that_is_resumed_on_trial_keeps_what_was_said_until_production_is_opened(both, listing):
    stages.to_trial(both[1].pk, officer=cast.high_court_registrar(), because="it fails", now=cast.NOW)
    endpoints.pause(both[1].pk)
    endpoints.state_purged(both[1].pk, now=cast.NOW)
    endpoints.resume(both[1].pk)
    assert fresh(both[1]).purged_at == cast.NOW
    stages.open_without_run(both[1].pk, because="moved back", now=cast.NOW)
    assert fresh(both[1]).purged_at is None
    assert Held.objects.filter(endpoint=both[1]).exists(), "what stands is sent from the start"


@pytest.mark.parametrize("page", ["recalls", "recalls_of"])
def test_the_pages_ask_as_often_however_many_were_not_taken(finance, both, he, page):
    found = several(6)
    endpoints.pause(both[1].pk)
    withdraw(found[0])
    args = [finance.organisation.code] if page == "recalls_of" else []
    before = statements(he, page, *args)
    for each in found[1:]:
        withdraw(each)
    assert f"{CAPTION} (6)" in words(he, page, *args)
    assert statements(he, page, *args) == before


def several(count):
    numbers = [cast.resident(f"11010119850101{nth:03}") for nth in range(count)]
    found = [cast.in_force(cast.party(cast.person(each, "王小明")), number=each) for each in numbers]
    deliver()
    return found
