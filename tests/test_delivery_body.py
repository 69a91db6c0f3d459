"""A delivery's body on demand, and one event sent again: what is shown, to whom, what is written down, and the order."""

from __future__ import annotations

import html
import itertools
import json
import re
import shlex
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from registry import actions
from registry.models import Flag
from registry.models.insert_only import InsertOnlyError
from sharing import signing
from sharing.delivery import contents, reading, replay, slot
from sharing.delivery.models import Endpoint, Held
from sharing.departments import bodies, endpoints, looking, telling
from sharing.departments.models import Look
from sharing.parties import members
from sharing.parties.models import ROLES, Member, MemberAct, MemberRole, OrganisationKind
from tests import cast, desk
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def endpoint(finance, inbox):
    return cast.add_endpoint(finance, inbox.url, now=cast.NOW)[0]


def signed_in(department, username="wei", role=MemberRole.INTEGRATOR):
    member = members.take_in(department.organisation, username=username, password=PASSWORD, name="魏对接", role=role)
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


@pytest.fixture
def wei(finance):
    return signed_in(finance)


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def ask(browser, event_id, endpoint=None, do="delivery_body"):
    named = {"endpoint": endpoint.pk} if endpoint else {}
    return browser.post(reverse(f"department:{do}", args=[event_id]), named, follow=True)


def boxes(answer):
    """The texts in the page's boxes: set out, in one line, the command."""
    return [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", answer.content.decode(), re.DOTALL)]


def flagged(listing, times):
    for number in range(times):
        act = actions.unflag if number % 2 else actions.flag
        act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


# What is shown


def test_the_body_is_byte_for_byte_what_was_sent(wei, endpoint, inbox):
    cast.in_force()
    deliver()
    answer = ask(wei, inbox.accepted[0].event["id"], endpoint)
    _, exact, _ = boxes(answer)
    assert exact.encode() == inbox.accepted[0].body
    assert cast.DEFENDANT_NUMBER in exact
    assert "no-store" in answer["Cache-Control"]


def test_the_headers_and_the_command_hold_and_the_body_is_left_out_of_it(wei, finance, inbox):
    endpoint, secret = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
    cast.in_force()
    deliver()
    _, exact, command = boxes(ask(wei, inbox.accepted[0].event["id"], endpoint))
    words = shlex.split(command)
    headers = dict(word.split(": ", 1) for before, word in itertools.pairwise(words) if before == "--header")
    Webhook(secret).verify(exact, headers, json_parse=False)
    signing.verify(headers, exact.encode(), now=timezone.now(), public_keys=[signing.webhook_keys()[0].public_key()])
    assert words[-1] == inbox.url
    assert cast.DEFENDANT_NUMBER not in command


def test_the_timestamp_of_each_try_stands_there(wei, endpoint, inbox):
    cast.in_force()
    inbox.answer = lambda received: 500
    deliver()
    page = ask(wei, inbox.requests[0].event["id"], endpoint).content.decode()
    sent = int(inbox.requests[0].headers["webhook-timestamp"])
    assert any(f">{moment}<" in page for moment in (sent, sent + 1))


def test_without_an_endpoint_it_is_shown_as_a_pull_brings_it(wei, finance):
    cast.in_force()
    telling.walk(now=cast.NOW)
    (event,) = reading.latest(finance.pk, 2**60, 5)
    readable, exact = boxes(ask(wei, event.event_id))
    assert "endpoint" not in json.loads(exact)["data"]
    assert json.loads(readable) == json.loads(exact)


def test_of_a_withdrawn_listing_only_the_stub_is_shown_and_no_look_is_counted(wei, endpoint, inbox):
    listing = cast.in_force()
    deliver()
    cast.withdrawn(listing)
    deliver()
    answer = ask(wei, inbox.accepted[0].event["id"], endpoint)
    _, exact, _ = boxes(answer)
    assert json.loads(exact)["data"]["event"]["stub"] is True
    assert cast.DEFENDANT_NUMBER not in answer.content.decode()
    assert not Look.objects.exists()
    assert MemberAct.objects.get().act == "show_body"


def test_once_purged_it_is_gone_and_the_page_says_so(wei, endpoint, inbox):
    listing = cast.in_force()
    deliver()
    cast.withdrawn(listing)
    deliver()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM registry_eventpayload WHERE event_id = 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    answer = ask(wei, inbox.accepted[0].event["id"], endpoint)
    assert "content was destroyed" in answer.content.decode()
    assert json.loads(boxes(answer)[1])["data"]["event"]["stub"] is True


def test_who_is_only_informed_is_shown_no_numbers_either(inbox):
    telecom = cast.department("telecom")
    cast.measure(telecom, information_only=True, basis="")
    endpoint = cast.add_endpoint(telecom, inbox.url, now=cast.NOW)[0]
    cast.in_force()
    deliver()
    answer = ask(signed_in(telecom), inbox.accepted[0].event["id"], endpoint)
    assert boxes(answer)[1].encode() == inbox.accepted[0].body
    assert cast.DEFENDANT_NUMBER not in answer.content.decode()


def test_what_cannot_be_opened_is_refused_in_words(wei, endpoint, inbox, monkeypatch):
    cast.in_force()
    deliver()
    monkeypatch.setattr(contents, "payloads", _raising(ValueError(cast.DEFENDANT_NUMBER)))
    page = ask(wei, inbox.accepted[0].event["id"], endpoint).content.decode()
    assert "R-409" in page
    assert cast.DEFENDANT_NUMBER not in page


def _raising(problem):
    def fail(*args):
        raise problem

    return fail


# Who is shown it, and what is written down


@pytest.mark.parametrize("role", ROLES[OrganisationKind.DEPARTMENT])
def test_owner_and_integrator_may_and_the_look_is_written_down_for_the_person(finance, endpoint, inbox, role):
    listing = cast.in_force()
    deliver()
    ask(signed_in(finance, role=role), inbox.accepted[0].event["id"], endpoint)
    record = Look.objects.get()
    assert (record.listing, record.page, record.member.name) == (listing, "delivery", "魏对接")
    assert MemberAct.objects.get().about == inbox.accepted[0].event["id"]


def test_the_look_is_written_down_before_anything_is_opened(wei, endpoint, inbox, monkeypatch):
    cast.in_force()
    deliver()
    monkeypatch.setattr(contents, "payloads", _raising(ImproperlyConfigured("stopped here")))
    with pytest.raises(ImproperlyConfigured):
        ask(wei, inbox.accepted[0].event["id"], endpoint)
    assert Look.objects.count() == 1


def test_another_role_another_department_a_stranger_and_an_officer_see_nothing(finance, endpoint, inbox):
    cast.in_force()
    deliver()
    event_id = inbox.accepted[0].event["id"]
    other = signed_in(finance, "reader")
    Member.objects.filter(account__username="reader").update(role="reader")
    telecom = signed_in(cast.department("telecom"), "qin")
    officer = Browser()
    sign_in(officer, cast.clerk().account)
    path = reverse("department:delivery_body", args=[event_id])
    assert [
        each.post(path, {"endpoint": endpoint.pk}).status_code for each in (other, telecom, officer, Browser())
    ] == [
        403,
        404,
        403,
        302,
    ]
    assert telecom.post(reverse("department:resend", args=[event_id]), {"endpoint": endpoint.pk}).status_code == 404
    assert "Show the body" not in other.get(reverse("department:delivery", args=[event_id])).content.decode()
    assert not Look.objects.exists()


def test_another_departments_endpoint_is_as_absent_as_none(wei, finance, endpoint, inbox):
    cast.in_force()
    deliver()
    telecom = cast.department("telecom")
    strange = cast.add_endpoint(telecom, inbox.url, now=cast.NOW)[0]
    for do in ("delivery_body", "resend"):
        assert ask(wei, inbox.accepted[0].event["id"], strange, do).status_code == 404


def test_it_is_never_behind_an_address(wei, endpoint, inbox):
    cast.in_force()
    deliver()
    event_id = inbox.accepted[0].event["id"]
    answer = wei.get(reverse("department:delivery_body", args=[event_id]))
    assert answer["Location"] == reverse("department:delivery", args=[event_id])
    assert not Look.objects.exists()
    assert wei.get(reverse("department:resend", args=[event_id])).status_code == 405


def test_after_sixty_looks_in_an_hour_there_is_a_pause(wei, endpoint, inbox, monkeypatch):
    monkeypatch.setattr(looking, "BODIES_AN_HOUR", 2)
    cast.in_force()
    deliver()
    event_id = inbox.accepted[0].event["id"]
    for _ in range(2):
        assert len(boxes(ask(wei, event_id, endpoint))) == 3
    refused = ask(wei, event_id, endpoint)
    assert "R-408" in refused.content.decode()
    assert boxes(refused) == []
    assert Look.objects.count() == MemberAct.objects.count() == 2
    found = reading.one(endpoint.department_id, event_id, 1)
    later = timezone.now() + timedelta(hours=1, seconds=1)
    assert bodies.show(Member.objects.get(), found, endpoint, now=later).content == "whole"


def test_the_records_are_written_once(wei, endpoint, inbox):
    cast.in_force()
    deliver()
    ask(wei, inbox.accepted[0].event["id"], endpoint)
    record = Look.objects.get()
    for change in (record.delete, record.save, Look.objects.all().delete):
        with pytest.raises(InsertOnlyError):
            change()
    for statement in ("UPDATE departments_look SET page = 'x'", "DELETE FROM departments_look"):
        with pytest.raises(Exception, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_court_sees_who_looked(finance, wei, endpoint, inbox):
    listing = cast.in_force()
    deliver()
    browser = desk.at_the_desk(cast.registrar())
    path = f"/desk/sharing/listings/{listing.number}/"
    assert "魏对接" not in browser.get(path).content.decode()
    ask(wei, inbox.accepted[0].event["id"], endpoint)
    assert "魏对接" in browser.get(path).content.decode()


# One event again


def test_the_one_event_comes_once_more_and_no_other(wei, endpoint, inbox):
    listing = cast.in_force()
    cast.second_in_force()
    flagged(listing, 3)
    deliver()
    first = next(each for each in inbox.accepted if each.event["position"] == 3)
    inbox.requests.clear()
    page = ask(wei, first.event["id"], endpoint, "resend").content.decode()
    assert "sent once more" in page
    deliver()
    assert inbox.positions == [3]
    assert inbox.accepted[0].body == first.body
    assert not Held.objects.exists()
    assert MemberAct.objects.get().act == "resend"


def test_what_comes_meanwhile_waits_behind_it(endpoint, inbox):
    listing = cast.in_force()
    flagged(listing, 2)
    deliver()
    replay.again(endpoint.pk, event_at(endpoint, 2))
    inbox.requests.clear()
    flagged(cast.fresh(listing), 2)
    deliver()
    assert inbox.positions == [2, 4, 5]


def test_several_asked_for_come_in_their_order(endpoint, inbox):
    listing = cast.in_force()
    flagged(listing, 5)
    deliver()
    inbox.requests.clear()
    for position in (5, 2, 4):
        assert replay.again(endpoint.pk, event_at(endpoint, position))
    deliver()
    assert inbox.positions == [2, 4, 5]


def test_in_a_lane_that_is_held_it_takes_its_place(endpoint, inbox):
    listing, other = cast.in_force(), cast.second_in_force()
    deliver()
    Endpoint.objects.update(in_flight_cap=1)
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == listing.number else 204
    flagged(listing, 2)
    flagged(other, 1)
    deliver()
    assert Held.objects.get().from_position == 3
    inbox.answer = lambda received: 204
    inbox.requests.clear()
    assert not replay.again(endpoint.pk, event_at(endpoint, 4)), "it was not received yet"
    assert replay.again(endpoint.pk, event_at(endpoint, 1))
    deliver()
    assert inbox.positions == [1, 3, 4]


def test_a_paused_endpoint_sends_it_when_it_is_resumed(wei, endpoint, inbox):
    cast.in_force()
    deliver()
    endpoints.pause(endpoint.pk)
    inbox.requests.clear()
    assert (
        "once the endpoint is resumed" in ask(wei, event_at(endpoint, 1).event_id, endpoint, "resend").content.decode()
    )
    deliver()
    assert inbox.positions == []
    endpoints.resume(endpoint.pk)
    deliver()
    assert inbox.positions == [1]


def test_of_a_withdrawn_listing_the_stub_is_sent_again(endpoint, inbox):
    listing = cast.in_force()
    deliver()
    cast.withdrawn(listing)
    deliver()
    inbox.requests.clear()
    replay.again(endpoint.pk, event_at(endpoint, 1))
    deliver()
    assert [(each.event["position"], each.event.get("stub")) for each in inbox.accepted] == [(1, True)]


def event_at(endpoint, position):
    (event,) = [
        each
        for each in reading.after(endpoint.department_id, 0, reading.telling_position())
        if each.position == position
    ]
    return event
