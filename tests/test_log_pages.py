"""The desk's pages about the log: what is signed, whether it goes on, *Verify now*, and what a verification found."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from registry.checkpoints import origin, signing
from registry.models import Halt, Listing, LogHead, LogVerification, RefusedAct, Verdict
from registry.tasks import verify_the_log
from registry.verifying import running
from sharing.desk.log import _REMEDIES
from tests import auditing, cast, desk, logs, sealing, tampering

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

LOG = "/desk/sharing/log/"
FIRST = f"V-{timezone.localdate().year}-0001"


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def browser():
    return desk.at_the_desk(cast.high_court_registrar())


def asked(browser, **more):
    return browser.post(reverse("sharing_desk:verify_log"), follow=True, **more)


def test_the_page_says_what_was_signed_and_by_which_key(browser):
    cast.in_force()
    signed = logs.sign_all()
    text = text_of(browser.get(LOG))
    assert b64encode(signed.root).decode() in text
    assert settings.REGISTRY_LOG_ORIGIN in text
    assert origin.keys(1)[0].vkey in text
    assert "Every event is signed." in text


def test_the_page_says_what_is_not_signed_yet(browser):
    text = text_of(browser.get(LOG))
    assert "Nothing is signed yet." in text
    logs.sign_all()
    cast.in_force()
    assert "1 event is not signed yet." in text_of(browser.get(LOG))


def test_verify_now_begins_one_and_its_page_shows_how_it_ends(browser):
    cast.in_force()
    logs.sign_all()
    answer = asked(browser)
    assert answer.redirect_chain == [(f"{LOG}verifications/{FIRST}/", 302)]
    assert "waits for a worker" in text_of(answer)
    assert "hx-get" in answer.text
    verify_the_log()
    answer = browser.get(f"{LOG}verifications/{FIRST}/")
    assert "everything is as it was written and signed" in text_of(answer)
    assert "hx-get" not in answer.text
    assert FIRST in browser.get(LOG).text


def test_one_that_goes_on_shows_how_far_it_is(browser, monkeypatch):
    cast.in_force()
    asked(browser)
    monkeypatch.setattr(running, "TURN_SECONDS", 0)
    verify_the_log()
    text = text_of(browser.get(f"{LOG}verifications/{FIRST}/"))
    assert "0 of 2 events and listings." in text


def test_what_was_found_is_said_in_words_with_the_first_position_and_names_nobody(browser):
    listing = cast.in_force()
    cast.corrected(listing, sentence_months=30)
    logs.sign_all()
    tampering.salt_changed(listing)
    tampering.name_changed(listing)
    asked(browser)
    verify_the_log()
    text = text_of(browser.get(f"{LOG}verifications/{FIRST}/"))
    assert "First broken position: 2." in text
    assert "what an event said is not what was committed to" in text
    assert f"listing {listing.number}" in text
    assert "person.name" in text
    assert "高" not in text
    assert LogVerification.objects.get().verdict == Verdict.BROKEN


@pytest.mark.parametrize("halt", Halt)
def test_a_log_that_is_halted_says_why_and_what_to_do(browser, halt):
    LogHead.objects.update(halted=halt)
    text = text_of(browser.get(LOG))
    assert str(halt.label) in text
    assert str(_REMEDIES[halt]) in text


def test_an_epoch_is_listed_with_what_was_lost(browser):
    logs.append(5)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_checkpoint")
    logs.by_hand("DELETE FROM registry_event WHERE position > 3")
    LogHead.objects.update(size=3)
    signing.sign(now=logs.NOW)
    call_command("open_epoch", because="disk of the database host lost")
    text = text_of(browser.get(LOG))
    assert "disk of the database host lost" in text
    assert "events 4 to 5" in text


def test_a_verification_that_is_not_there_is_no_page(browser):
    assert browser.get(f"{LOG}verifications/V-2026-0404/").status_code == 404


def test_auditors_read_and_verify_as_well():
    browser = desk.at_the_desk(auditing.auditor())
    assert browser.get(LOG).status_code == 200
    assert asked(browser).status_code == 200


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar, cast.statistician, cast.stranger])
def test_whoever_is_of_another_role_or_court_is_refused(who):
    browser = desk.at_the_desk(who())
    for address in (LOG, f"{LOG}verifications/{FIRST}/"):
        assert browser.get(address).status_code == 403
    assert asked(browser).status_code == 403
    assert not LogVerification.objects.exists()
    assert RefusedAct.objects.filter(officer=who()).exists()


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(LOG).status_code == 302
    assert client.post(reverse("sharing_desk:verify_log")).status_code == 302
    assert not LogVerification.objects.exists()


def test_the_events_lead_there_whoever_may_go_there(browser):
    events = reverse("admin:registry_event_changelist")
    assert LOG in browser.get(events).text
    assert LOG not in desk.at_the_desk(cast.clerk()).get(events).text
    assert 'aria-current="true">Log' in browser.get(LOG).text


def test_the_guard_that_is_missing_is_said_without_a_position(browser):
    cast.in_force()
    logs.sign_all()
    Path(settings.REGISTRY_LOG_GUARD).unlink()
    asked(browser)
    verify_the_log()
    text = text_of(browser.get(f"{LOG}verifications/{FIRST}/"))
    assert "What was signed last is not where it should be." in text
    assert "outside the database" in text


def test_what_is_wrong_with_a_sealed_listing_is_said_without_its_number(browser):
    """That it is there, no page says; whoever has the command line finds it by `verify_log`."""
    number = cast.in_force().number
    sealed = sealing.sealed(Listing.objects.get(number=number))
    logs.sign_all()
    logs.by_hand("UPDATE registry_listing SET version = 9 WHERE id = %s", sealed.pk)
    asked(browser)
    verify_the_log()
    text = text_of(browser.get(f"{LOG}verifications/{FIRST}/"))
    assert "First listing that is not as it was told: —." in text
    assert "listing — " in text
    assert number not in text
