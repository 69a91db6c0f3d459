"""The department's portal: its members see their own side of the wire and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from registry.models import Event
from sharing import signing
from sharing.addresses import URL_MOST
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, EndpointSecret, Held
from sharing.departments import receipts, stages, telling
from sharing.departments.conformance import running
from sharing.departments.models import Recall, Receipt
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import asking, cast
from tests.integrators import PASSWORD, member_of, signed_in
from tests.receiving import receiver
from tests.signing_in import app_code, password_typed, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def endpoint(finance, inbox):
    return cast.add_endpoint(finance, inbox.url, now=cast.NOW)[0]


@pytest.fixture
def wei(finance):
    """Finance's integrator, signed in, reading English."""
    return signed_in(member_of(finance))


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def read(browser, name, *args, **query):
    response = browser.get(at(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def press(browser, endpoint, do, **more):
    return browser.post(at("endpoint_act", endpoint.pk), {"do": do, **more}, follow=True).content.decode()


def every_page(endpoint, event_id):
    return [
        at("overview"),
        at("add_endpoint"),
        at("endpoint", endpoint.pk),
        at("move_endpoint", endpoint.pk),
        at("catch_up", endpoint.pk),
        at("deliveries"),
        at("delivery", event_id),
        at("owed"),
    ]


# Who comes in


def test_a_stranger_is_led_to_the_sign_in_page_and_back(endpoint, inbox):
    cast.in_force()
    deliver()
    event_id = inbox.accepted[0].event["id"]
    for page in every_page(endpoint, event_id):
        answer = Browser().get(page)
        assert (answer.status_code, answer["Location"]) == (302, f"/portal/sign-in/?next={page}")
    assert Browser().post(at("endpoint_act", endpoint.pk), {"do": "pause"}).status_code == 302
    assert Endpoint.objects.get().state == "active"


def test_an_officer_and_an_employers_member_are_refused(endpoint):
    officer, hr = Browser(), Browser()
    sign_in(officer, cast.clerk().account)
    banker = members.take_in(asking.bank().organisation, username="hr", password=PASSWORD, name="韩人事")
    sign_in(hr, banker.account)
    for browser in (officer, hr):
        assert browser.get(at("overview")).status_code == 403
        assert browser.post(at("endpoint_act", endpoint.pk), {"do": "pause"}).status_code == 403


def test_a_member_of_a_suspended_department_is_refused(finance, wei):
    finance.organisation.suspended_at = timezone.now()
    finance.organisation.save()
    assert wei.get(at("overview")).status_code == 403


def test_what_is_another_departments_is_as_absent_as_what_never_was(endpoint, inbox):
    cast.in_force()
    deliver()
    event_id = inbox.accepted[0].event["id"]
    stranger = signed_in(member_of(cast.department("telecom"), "qin"))
    for name, args in (("endpoint", [endpoint.pk]), ("move_endpoint", [endpoint.pk]), ("catch_up", [endpoint.pk])):
        assert stranger.get(at(name, *args)).status_code == 404
    assert stranger.get(at("delivery", event_id)).status_code == 404
    for do in ("test", "pause", "rotate", "release"):
        assert stranger.post(at("endpoint_act", endpoint.pk), {"do": do}).status_code == 404
    assert (Endpoint.objects.get().state, EndpointSecret.objects.count()) == ("active", 1)
    assert "L-2026-000001" not in read(stranger, "deliveries")


def test_a_member_signs_in_and_out(finance):
    with_app(member_of(finance).account)
    browser = Browser(headers={"accept-language": "en"})
    assert password_typed(browser, "wei", PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert browser.get(at("overview")).status_code == 302
    assert browser.post(reverse("mfa_authenticate"), {"code": app_code()})["Location"] == at("overview")
    assert browser.get(at("overview")).status_code == 200
    assert browser.post("/portal/sign-out/")["Location"] == "/"
    assert browser.get(at("overview")).status_code == 302


@pytest.mark.parametrize(("username", "password"), [("wei", "wrong"), ("nobody", PASSWORD), ("clerk", PASSWORD)])
def test_whatever_was_wrong_is_one_sentence(finance, username, password):
    member_of(finance)
    officer = cast.clerk().account
    officer.username = "clerk"
    officer.set_password(PASSWORD)
    officer.save()
    page = password_typed(Browser(headers={"accept-language": "en"}), username, password)
    assert page.status_code == 200
    assert "User name or password is wrong, or the account is not for this door." in page.content.decode()


# What they see


def test_the_overview_says_what_the_department_may_do_and_how_the_messages_name_it(finance, wei):
    cast.measure(cast.department("telecom"), code="check", name="核验用户", name_en="Checking users")
    page = read(wei, "overview")
    for words in ("Limiting new accounts", "limit-accounts", "电信网络诈骗及其关联违法犯罪联合惩戒办法", ">36<"):
        assert words in page
    assert "Checking users" not in page
    cast.ended(finance.instruments.get().measures.get())
    assert "No measure is in force: you are told of no listing." in read(wei, "overview")


def test_without_an_endpoint_the_overview_says_how_to_begin(wei):
    page = read(wei, "overview")
    assert "Add your endpoint" in page
    assert at("add_endpoint") in page


def test_the_overview_says_where_each_endpoint_stands_and_what_is_owed(wei, endpoint, inbox):
    assert "nothing sent yet" in read(wei, "overview")
    cast.withdrawn(cast.in_force())
    inbox.answer = lambda received: 500
    deliver()
    assert "failing" in read(wei, "overview")
    inbox.answer = lambda received: 204
    Endpoint.objects.update(next_due=None)
    deliver()
    page = read(wei, "overview")
    assert "up to date" in page
    assert page.count('<dd class="govuk-summary-list__value">') >= 2


def test_an_address_is_added_and_its_secret_shown_once(wei, finance, inbox):
    answer = wei.post(at("add_endpoint"), {"url": inbox.url})
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    secret = page.split("whsec_")[1].split("<")[0]
    endpoint = Endpoint.objects.get()
    assert "whsec_" not in read(wei, "endpoint", endpoint.pk)
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    cast.in_force()
    deliver()
    Webhook(f"whsec_{secret}").verify(inbox.accepted[0].body, inbox.accepted[0].headers)


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/x", "http://10.0.0.1/webhooks", "https://no.such.host.invalid/x"])
def test_an_address_that_may_not_be_used_is_refused_beside_its_field(wei, url):
    page = wei.post(at("add_endpoint"), {"url": url}).content.decode()
    assert "There is a problem" in page
    assert 'href="#id_url"' in page
    assert not url or url in page, "what was typed is kept"
    assert not Endpoint.objects.exists()


def test_a_test_message_brings_the_answer_to_the_page(wei, endpoint, inbox):
    assert "Taken after" in press(wei, endpoint, "test")
    inbox.answer = lambda received: 401
    assert "not genuine" in press(wei, endpoint, "test")
    Endpoint.objects.update(url="http://127.0.0.1:9/webhooks")
    assert "Nothing listens at this port" in press(wei, endpoint, "test")


def test_pause_resume_and_a_new_secret(wei, endpoint):
    assert "Resume" in press(wei, endpoint, "pause")
    assert Endpoint.objects.get().state == "paused"
    press(wei, endpoint, "resume")
    assert Endpoint.objects.get().state == "active"
    assert "whsec_" in press(wei, endpoint, "rotate")
    assert "The former secret signs until" in read(wei, "endpoint", endpoint.pk)
    assert list(MemberAct.objects.order_by("at").values_list("act", flat=True)) == [
        "pause_endpoint",
        "resume_endpoint",
        "rotate_endpoint",
    ]


def test_too_many_new_secrets_are_refused_in_words_and_not_put_on_record(wei, endpoint):
    for _ in range(signing.SECRETS_MOST - 1):
        press(wei, endpoint, "rotate")
    refused = press(wei, endpoint, "rotate")
    assert "R-456" in refused
    assert "whsec_" not in refused
    assert MemberAct.objects.count() == EndpointSecret.objects.count() - 1 == signing.SECRETS_MOST - 1


def test_hostile_ids_are_as_absent_as_any_other(wei, endpoint):
    for path in ("deliveries/evt_%00/", "endpoints/ep_%00/", "deliveries/evt_'--/", "endpoints/%F0%9F%98%80/"):
        assert wei.get(f"/department/{path}").status_code == 404
    assert wei.post(at("endpoint_act", endpoint.pk), {"do": "release", "number": "L\0"}).status_code == 302
    assert "There is a problem" in wei.post(at("move_endpoint", endpoint.pk), {"url": "https://x\0"}).content.decode()


def test_a_hostile_name_in_a_form_is_as_absent_as_any_other(wei, endpoint):
    listing = cast.in_force()
    cast.withdrawn(listing)
    deliver()
    event_id = Event.objects.latest("position").event_id
    for name in ("delivery_body", "resend"):
        assert wei.post(at(name, event_id), {"endpoint": "ep_\0"}).status_code == 404
    recall = Recall.objects.get()
    assert wei.post(at("recall_answer", recall.pk), {"institution": "a\0", "do": "purged"}).status_code == 404


def test_what_is_owed_costs_no_question_for_each_event(wei, endpoint):
    listing, counts = cast.in_force(), []
    for fines in (range(1, 3), range(3, 4), range(4, 12)):  # the first time a process asks, it asks more
        for fine in fines:
            cast.corrected(cast.fresh(listing), fine_yuan=fine)
        deliver()
        counts.append([])
        for page in ("overview", "owed"):
            with CaptureQueriesContext(connection) as asked:
                read(wei, page)
            counts[-1].append(len(asked))
    assert counts[1] == counts[2]


def test_a_button_that_is_not_there_does_nothing(wei, endpoint):
    press(wei, endpoint, "delete")
    assert not MemberAct.objects.exists()


def test_the_address_is_changed_or_refused_in_words(wei, endpoint):
    with receiver() as other:
        wei.post(at("move_endpoint", endpoint.pk), {"url": other.url})
        assert Endpoint.objects.get().url == other.url
    assert "There is a problem" in wei.post(at("move_endpoint", endpoint.pk), {"url": "x"}).content.decode()


def test_an_address_may_be_as_long_as_the_form_lets_it_be_also_for_a_run(wei, endpoint):
    stem = "http://127.0.0.1:9998/"
    url = stem + "a" * (URL_MOST - len(stem))
    assert wei.post(at("move_endpoint", endpoint.pk), {"url": url}).status_code == 302
    assert Endpoint.objects.get().url == url
    Endpoint.objects.update(stage="trial")
    assert running.start(endpoint.pk, member=None, now=cast.NOW).url == url
    assert "There is a problem" in wei.post(at("move_endpoint", endpoint.pk), {"url": f"{url}a"}).content.decode()


def test_a_held_listing_says_why_and_is_tried_again_by_hand(wei, endpoint, inbox):
    poison, _ = cast.in_force(), cast.second_in_force()
    Endpoint.objects.update(in_flight_cap=1)  # so that the second is tried after the first was refused
    inbox.answer = lambda received: 500 if received.event["listing"]["number"] == poison.number else 204
    deliver()
    page = read(wei, "endpoint", endpoint.pk)
    assert f"Try {poison.number} now" in page
    inbox.answer = lambda received: 204
    press(wei, endpoint, "release", number=poison.number)
    deliver()
    assert not Held.objects.exists()
    assert poison.number in read(wei, "deliveries")


def test_catching_up_from_a_position_or_a_moment_but_not_both(wei, endpoint, inbox):
    cast.in_force()
    cast.second_in_force()
    deliver()
    for asked in ({"after": "0"}, {"since": "2020-01-01 00:00"}):
        inbox.requests.clear()
        wei.post(at("catch_up", endpoint.pk), asked)
        deliver()
        assert sorted(inbox.positions) == [1, 2]
    for asked in ({}, {"after": "0", "since": "2020-01-01 00:00"}, {"after": "-1"}, {"since": "yesterday"}):
        assert "There is a problem" in wei.post(at("catch_up", endpoint.pk), asked).content.decode()


@pytest.mark.parametrize(
    ("rests", "said"),
    [({"state": "paused"}, "It is sent once the endpoint is resumed"), ({"stage": "trial"}, "on trial")],
)
def test_nothing_is_called_sent_again_while_the_endpoint_rests(wei, endpoint, inbox, rests, said):
    listing = cast.in_force()
    inbox.answer = lambda received: 422
    deliver()
    Endpoint.objects.update(**rests)
    Held.objects.create(endpoint=endpoint, listing=listing, from_position=1, reason="refused")
    event = Event.objects.get().event_id
    asked = {
        at("resend", event): {"endpoint": endpoint.pk},
        at("catch_up", endpoint.pk): {"after": "0"},
        at("endpoint_act", endpoint.pk): {"do": "release", "number": listing.number},
    }
    for address, fields in asked.items():
        page = wei.post(address, fields, follow=True).content.decode()
        assert said in page.split("<h1")[0]


def test_deliveries_say_in_a_word_how_far_each_event_is(wei, finance, endpoint, inbox):
    first = cast.in_force()
    deliver()
    page = read(wei, "deliveries")
    assert "delivered" in page
    event_id = inbox.accepted[0].event["id"]
    receipts.record(
        receipts.ReceiptEntry(event=event_id, kind="applied", at=timezone.now()),
        department=finance.organisation,
        signed=False,
    )
    assert "confirmed" in read(wei, "deliveries")
    Endpoint.objects.update(state="paused")
    cast.corrected(first, fine_yuan=1)
    deliver()
    assert "waiting" in read(wei, "deliveries")
    assert "waiting" not in read(wei, "deliveries", type="listing.published")
    assert "Nothing was sent to you that fits." in read(wei, "deliveries", number="L-1999-000001")


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "١"])
def test_a_page_that_does_not_exist_is_the_first(wei, before):
    assert "Nothing was sent to you yet." in read(wei, "deliveries", before=before)


def test_older_deliveries_are_a_page_away(wei, endpoint, monkeypatch):
    monkeypatch.setattr("sharing.departments.portal.delivering.PAGE", 2)
    listing = cast.in_force()
    for fine in (1, 2):
        cast.corrected(cast.fresh(listing), fine_yuan=fine)
    deliver()
    assert 'href="?before=2" rel="next"' in " ".join(read(wei, "deliveries").split())
    assert 'rel="next"' not in read(wei, "deliveries", before=2)


def test_one_delivery_shows_every_try_and_what_to_do(wei, endpoint, inbox):
    cast.in_force()
    inbox.answer = lambda received: 410
    deliver()
    event_id = inbox.requests[0].event["id"]
    page = read(wei, "delivery", event_id)
    assert "410" in page
    assert "tried hourly" in page
    assert cast.DEFENDANT_NUMBER not in page
    assert wei.get(at("delivery", "evt_00000000000000000000000000")).status_code == 404


def test_what_is_owed_is_listed_until_it_is_confirmed(wei, finance, endpoint, inbox):
    listing = cast.in_force()
    deliver()
    assert listing.number in read(wei, "owed")
    cast.withdrawn(listing)
    deliver()
    page = read(wei, "owed")
    assert page.count(f">{listing.number}<") == 1, "the withdrawal; what was silenced is owed no more"
    for received in inbox.accepted:
        kind = "purged" if received.event["type"] == "listing.withdrawn" else "applied"
        receipts.record(
            receipts.ReceiptEntry(event=received.event["id"], kind=kind, at=timezone.now()),
            department=finance.organisation,
            signed=True,
        )
    page = read(wei, "owed")
    assert "All confirmed." in page
    assert Receipt.objects.count() == 2


def test_a_recall_that_is_overdue_is_said_first(wei, finance, endpoint):
    cast.withdrawn(cast.in_force())
    deliver()
    finance.organisation.recalls.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "should have been purged and confirmed by now" in read(wei, "overview")


def test_the_pages_speak_chinese(wei, endpoint):
    for name, words in (
        ("overview", "贵部门一侧是否正常"),
        ("deliveries", "投递，最新在前"),
        ("owed", "待回执，最早在前"),
        ("list", "名单"),
    ):
        page = wei.get(at(name), headers={"accept-language": "zh-CN"}).content.decode()
        assert words in page
