"""Who began a batch or a campaign is shut out: nothing more is asked in that name, until another member goes on with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from django.utils.translation import override

from sharing.employers import barring, batch, batch_asking, taking_over
from sharing.employers.campaigns import asking as campaign_asking
from sharing.employers.models import BatchState, Screening
from sharing.parties import clients, members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, MemberAct, MemberRole
from tests import asking, batches, campaigns, cast
from tests.batches import applicants, begun, fresh, work
from tests.test_batch_api import lines
from tests.test_employer_portal import a_member, at, read, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def chunks_of_three(monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 3)


@pytest.fixture
def bank():
    return asking.bank()


@pytest.fixture
def owner(bank):
    return a_member(bank, "boss", MemberRole.OWNER)


def shut_out(bank, member, by="an owner"):
    if by == "an owner":
        members.shut_out(member)
    else:
        officer = cast.high_court_registrar()
        barring.shut_out(bank, member, officer=officer, reason="Looked up neighbours", now=cast.NOW)


@pytest.mark.usefixtures("chunks_of_three")
@pytest.mark.parametrize("by", ["an owner", "the court"])
def test_of_a_batch_whose_member_was_shut_out_no_further_row_is_asked_until_another_goes_on(bank, owner, by):
    made = begun(applicants(5))
    batch_asking.go_on(now=cast.NOW)
    shut_out(bank, batches.hr(bank), by)
    assert not batch_asking.is_due(cast.NOW)
    work()
    assert (Screening.objects.count(), fresh(made).left, fresh(made).state) == (3, 2, BatchState.ASKING)
    assert taking_over.take_over_batch(made.pk, by=owner, now=cast.NOW)
    work()
    assert (Screening.objects.count(), fresh(made).state) == (5, BatchState.DONE)
    assert Screening.objects.filter(member=owner).count() == 2


@pytest.mark.parametrize("by", ["an owner", "the court"])
def test_of_a_campaign_whose_member_was_shut_out_nobody_is_asked_about_until_another_goes_on(bank, owner, by):
    people = campaigns.people(2)
    made = campaigns.begun(people)
    campaigns.consented(made, people)
    shut_out(bank, batches.hr(bank), by)
    assert not campaign_asking.is_due(cast.NOW)
    campaigns.work()
    assert Screening.objects.count() == 0
    assert taking_over.take_over_campaign(made.pk, by=owner, now=cast.NOW)
    campaigns.work()
    assert {each.member for each in Screening.objects.all()} == {owner}
    assert campaigns.states(made) == ["answered", "answered"]


def test_it_goes_on_by_itself_where_the_member_is_let_in_again(bank, owner):
    made = begun(applicants(2))
    shut_out(bank, batches.hr(bank))
    work()
    members.let_in_again(batches.hr(bank))
    work()
    assert fresh(made).state == BatchState.DONE


def test_what_stands_still_is_kept_no_longer_than_else(bank, owner):
    made = begun(applicants(2))
    shut_out(bank, batches.hr(bank))
    batch.destroy(now=cast.NOW + timedelta(hours=24))
    assert (fresh(made).state, made.rows.filter(sealed__isnull=False).count()) == (BatchState.EXPIRED, 0)


def test_what_goes_on_nobody_takes_over_and_another_employers_is_absent(bank, owner):
    made = begun(applicants(1))
    assert not taking_over.take_over_batch(made.pk, by=owner, now=cast.NOW)
    shut_out(bank, batches.hr(bank))
    other = signed_in(a_member(asking.courier_company(), "ma", MemberRole.OWNER))
    assert other.post(at("take_over_batch", made.pk)).status_code == 404
    auditor = signed_in(a_member(bank, "shen", MemberRole.AUDITOR))
    assert auditor.post(at("take_over_batch", made.pk)).status_code == 403


def ordered_by_key(bank, now):
    headers = asking.bearer(bank.organisation)
    key = Client.objects.latest("created")
    with_rows = batches.raws(lines(2))
    about = {"purpose": batches.PURPOSE, "post": batches.POST, "idempotency_key": "key-00001"}
    return headers, key, batch.order(with_rows, employer=bank, client=key, now=now, **about)


def test_what_a_key_began_that_ended_with_a_member_whom_the_court_shut_out_stands_still_too(bank, owner):
    now = timezone.now()
    _headers, key, made = ordered_by_key(bank, now)
    members.note(batches.hr(bank), MemberActKind.ADD_KEY, key.client_id, now=now)
    officer = cast.high_court_registrar()
    barring.shut_out(bank, batches.hr(bank), officer=officer, reason="Looked up neighbours", now=now)
    later = timezone.now()
    work(later)
    assert fresh(made).left == 2
    headers = asking.bearer(bank.organisation)
    assert Browser().get(f"/api/v1/batches/{made.pk}", headers=headers).json()["stands_still"] is True
    assert taking_over.take_over_batch(made.pk, by=owner, now=later)
    work(later)
    assert fresh(made).state == BatchState.DONE


def test_what_a_key_began_that_was_replaced_or_revoked_by_an_owner_goes_on(bank, owner):
    now = timezone.now()
    headers, key, made = ordered_by_key(bank, now)
    assert Browser().get(f"/api/v1/batches/{made.pk}", headers=headers).json()["stands_still"] is False
    clients.revoke(key, now=now)
    work(timezone.now())
    assert fresh(made).state == BatchState.DONE


def test_its_page_says_why_it_stands_still_and_whoever_may_ask_goes_on_with_it(bank, owner):
    made = begun(lines(2), now=timezone.now())
    shut_out(bank, batches.hr(bank))
    page = signed_in(owner)
    with override("en"):
        assert "stands still" in read(page, "batches")
        said = read(page, "batch", made.pk)
    assert "who began it was shut out" in said
    assert "Go on in my name" in said
    answer = page.post(at("take_over_batch", made.pk))
    assert answer["Location"] == at("batch", made.pk)
    assert MemberAct.objects.filter(member=owner, act="take_over_batch", about=made.pk).count() == 1
    work(timezone.now())
    assert "stands still" not in read(page, "batches")
    page.post(at("take_over_batch", made.pk))
    assert MemberAct.objects.filter(act="take_over_batch").count() == 1


def test_what_somebody_uploaded_who_is_shut_out_is_asked_in_the_name_of_who_begins_it(bank, owner):
    made, people = batches.checked(lines(1), now=timezone.now()), campaigns.people(1)
    campaign = campaigns.checked(people, now=timezone.now())
    shut_out(bank, batches.hr(bank))
    page = signed_in(owner)
    page.post(at("ask_batch", made.pk), {"declared": "on"})
    page.post(at("begin_campaign", campaign.pk), {"declared": "on"})
    assert {fresh(made).member, campaigns.fresh(campaign).member} == {owner}
    work(timezone.now())
    assert fresh(made).state == BatchState.DONE


def test_the_campaigns_page_says_it_and_takes_it_over_too(bank, owner):
    people = campaigns.people(1)
    made = campaigns.begun(people, now=timezone.now())
    campaigns.consented(made, people, timezone.now())
    shut_out(bank, batches.hr(bank))
    page = signed_in(owner)
    assert "stands still" in read(page, "campaigns")
    assert "Go on in my name" in read(page, "campaign", made.pk)
    assert page.post(at("take_over_campaign", made.pk))["Location"] == at("campaign", made.pk)
    campaigns.work(timezone.now())
    assert campaigns.states(made) == ["answered"]
