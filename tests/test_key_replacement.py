"""Keys change without standing still: the old one and the new one side by side for a while, and a word before one ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.errors import KeyHasEnded
from sharing.parties import clients, members, reminding
from sharing.parties.models import Client, MemberAct, MemberRole, Organisation
from tests import asking, cast, machines
from tests.machines import AT_HOME, ELSEWHERE, Program, from_
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
HANDED_OVER = re.compile(r"<pre[^>]*>REGISTRY_CLIENT_ID=(\S+)\s+REGISTRY_CLIENT_SECRET=([^<\s]+)</pre>")


@pytest.fixture
def finance():
    return cast.department().organisation


@pytest.fixture
def browser(finance):
    member = members.take_in(finance, username="wei", password=PASSWORD, name="魏某", email="wei@finance.example")
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def replaced(browser, program, overlap=7):
    answer = browser.post(at("key", program.client_id), {"do": "replace", "overlap": overlap})
    assert "no-store" in answer["Cache-Control"]
    return Program(program.organisation, *HANDED_OVER.search(answer.content.decode()).groups())


def works(program):
    return program.ask_for_token().status_code == 200 and program.call().status_code == 200


def test_both_keys_are_taken_until_the_old_one_ends(browser, finance):
    old = Program(finance)
    new = replaced(browser, old)
    assert works(old)
    assert works(new)
    assert abs(old.client.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert new.client.expires_at > timezone.now() + timedelta(days=360)
    machines.ends(old.client, timezone.now())
    assert old.call().status_code == 401
    assert old.ask_for_token().status_code == 401
    assert works(new)


def test_the_new_key_has_the_scopes_and_certificates_of_the_old_one(browser, finance):
    old = Program(finance)
    Client.objects.update(scopes=["events"], certificates=["x" * 43])
    new = replaced(browser, old).client
    assert (new.scopes, new.certificates, new.replaces) == (["events"], ["x" * 43], old.client)


def test_without_an_overlap_the_old_key_and_its_tokens_end_at_once(browser, finance):
    old = Program(finance)
    assert works(old)
    assert works(replaced(browser, old, overlap=0))
    assert old.call().status_code == 401
    assert old.client.accesstoken_set.count() == 0


def test_an_overlap_never_makes_a_key_live_longer(browser, finance):
    old, soon = Program(finance), timezone.now() + timedelta(days=2)
    machines.ends(old.client, soon)
    replaced(browser, old, overlap=30)
    assert old.client.expires_at == soon


@pytest.mark.parametrize("overlap", ["31", "-1", "365", "", "x"])
def test_another_overlap_is_refused(browser, finance, overlap):
    old = Program(finance)
    answer = browser.post(at("key", old.client_id), {"do": "replace", "overlap": overlap})
    assert "govuk-error-summary" in answer.content.decode()
    assert Client.objects.count() == 1


def test_an_ended_key_is_not_replaced(browser, finance):
    old = Program(finance)
    clients.revoke(old.client, now=timezone.now())
    with pytest.raises(KeyHasEnded):
        clients.replace(old.client, overlap_days=7, now=timezone.now())
    answer = browser.post(at("key", old.client_id), {"do": "replace", "overlap": "7"}, follow=True)
    assert "R-958" in answer.content.decode()
    assert Client.objects.count() == 1


def test_another_organisations_key_is_absent(browser):
    theirs = Program(cast.department("telecom").organisation)
    assert browser.get(at("key", theirs.client_id)).status_code == 404
    assert browser.post(at("key", theirs.client_id), {"do": "replace", "overlap": "7"}).status_code == 404
    assert Client.objects.count() == 1


def test_a_reload_of_the_page_that_shows_the_new_key_makes_no_further_one(browser, finance):
    old = Program(finance)
    page = browser.get(at("key", old.client_id)).content.decode()
    sent = {"do": "replace", "overlap": "7", "once": re.search(r'name="once"\s+value="([^"]+)"', page)[1]}
    browser.post(at("key", old.client_id), sent)
    again = browser.post(at("key", old.client_id), sent, follow=True).content.decode()
    assert "This was sent before" in again
    assert (Client.objects.count(), MemberAct.objects.count()) == (2, 2)


def test_who_replaced_it_is_on_record(browser, finance):
    old = Program(finance)
    replaced(browser, old)
    new = Client.objects.get(replaces=old.client)
    acts = set(MemberAct.objects.values_list("act", "about"))
    assert acts == {("replace_key", old.client_id), ("add_key", new.client_id)}


def test_the_page_says_since_when_and_from_where_it_is_used(browser, finance):
    program = Program(finance)
    for address in (AT_HOME, ELSEWHERE, AT_HOME):
        program.ask_for_token(**from_(address))
        program.call(**from_(address))
    new = replaced(browser, program)
    text = browser.get(at("key", program.client_id)).content.decode()
    assert text.count(AT_HOME) == text.count(ELSEWHERE) == 1
    assert f"{new.client_id[:8]}…" in text
    assert program.secret not in text
    assert "It was never used." in browser.get(at("key", new.client_id)).content.decode()


def test_no_more_than_the_latest_addresses_are_kept(finance):
    program, today = Program(finance), timezone.localdate()
    for number in range(30):
        clients.note_use(program.client, today - timedelta(days=30 - number), f"203.0.113.{number}")
    kept = program.client.used_from
    assert set(kept) == {f"203.0.113.{number}" for number in range(10, 30)}
    clients.note_use(program.client, today + timedelta(days=clients.USED_FROM_DAYS), AT_HOME)
    assert list(program.client.used_from) == [AT_HOME]


# Before it ends


def reminders(now):
    mail.outbox.clear()
    reminding.remind(now=now)
    return [message.body for message in mail.outbox]


@pytest.mark.usefixtures("browser")
def test_a_month_a_week_and_a_day_before_its_holders_are_told_once_each(finance):
    program = Program(finance)
    ends = program.client.expires_at
    told = {}
    for days in (40, 31, 30, 29, 8, 7, 3, 1, 0.5):
        now = ends - timedelta(days=days)
        told[days] = len(reminders(now)) + len(reminders(now))
    assert told == {40: 0, 31: 0, 30: 1, 29: 0, 8: 0, 7: 1, 3: 0, 1: 1, 0.5: 0}


@pytest.mark.usefixtures("browser")
def test_the_message_names_the_key_by_its_start_and_holds_no_secret(finance):
    program = Program(finance)
    (body,) = reminders(program.client.expires_at - timedelta(days=5))
    assert f"{program.client_id[:8]}…" in body
    assert program.client_id not in body
    assert program.secret not in body
    assert mail.outbox[0].to == ["wei@finance.example"]


def test_of_a_replaced_key_one_word_the_day_before_and_only_if_it_is_still_used(browser, finance):
    old = Program(finance)
    replaced(browser, old)
    ends = old.client.expires_at
    assert reminders(ends - timedelta(days=6)) == reminders(ends - timedelta(hours=20)) == []
    clients.note_use(old.client, timezone.localdate() + timedelta(days=3), AT_HOME)
    (body,) = reminders(ends - timedelta(hours=20))
    assert "a program still uses the old one" in body


@pytest.mark.usefixtures("browser")
def test_of_ended_keys_and_suspended_organisations_nobody_is_told(finance):
    program = Program(finance)
    ends = program.client.expires_at
    assert reminders(ends) == []
    Organisation.objects.update(suspended_at=timezone.now())
    assert reminders(ends - timedelta(days=5)) == []


def test_of_an_employers_key_its_owners_are_told_and_nobody_else():
    bank = asking.bank().organisation
    for name, role in (("owner", MemberRole.OWNER), ("hr", MemberRole.HR), ("auditor", MemberRole.AUDITOR)):
        members.take_in(bank, username=name, password=PASSWORD, name=name, email=f"{name}@bank.example", role=role)
    assert len(reminders(Program(bank).client.expires_at - timedelta(days=5))) == 1
    assert mail.outbox[0].to == ["owner@bank.example"]


def test_a_key_that_ends_soon_is_said_on_the_page(browser, finance):
    program = Program(finance)
    machines.ends(program.client, timezone.now() + timedelta(days=5))
    assert "replace it in time" in browser.get(at("keys")).content.decode()
    replaced(browser, program)
    assert "replace it in time" not in browser.get(at("keys")).content.decode()
