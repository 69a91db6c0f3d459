"""Campaigns while several do something at once: consents, links, forms, workers, stops."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import connection, transaction

from registry.errors import ConsentLinkDead
from sharing.employers import giving
from sharing.employers.batch import FaultsFound
from sharing.employers.campaigns import asking as campaign_asking
from sharing.employers.campaigns import ending, making
from sharing.employers.models import Campaign, ConsentCode, QuestionsAsked, Screening
from tests import asking, campaigns, cast, consenting
from tests.campaigns import DEFENDANT, begun, consent, consented, handed_in, linked, people, signed, states, work
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("the_court_has_decided")]


def test_four_workers_at_once_ask_every_row_once(monkeypatch):
    monkeypatch.setattr(campaign_asking, "CHUNK", 3)
    made = begun(people(10))
    consented(made, people(10))
    in_threads(*[work] * 4)
    work()
    assert states(made) == ["answered"] * 10
    assert (Screening.objects.count(), QuestionsAsked.objects.get().questions) == (10, 10)


def test_a_consent_while_links_are_made_anew_is_given_or_its_link_is_dead():
    made = begun(people(6))
    sent, dead = linked(made), []

    def agree(line):
        try:
            consent(sent[line[0]], line)
        except ConsentLinkDead:
            dead.append(line[0])

    in_threads(lambda: linked(made, anew=True), *[lambda line=line: agree(line) for line in people(6)])
    given = [row.key for row in campaigns.rows(made) if row.sealed]
    assert sorted([*given, *dead]) == sorted(sent)
    assert ConsentCode.objects.count() == len(given)


def test_links_that_are_made_while_somebody_agrees_wait_for_his_consent():
    made = begun(people(1))
    sent, anew = linked(made), []
    agreed, done = threading.Event(), threading.Event()

    def agree():
        with transaction.atomic():
            consent(sent["A-1"], people(1)[0])
            agreed.set()
            assert not done.wait(0.3)

    def make():
        agreed.wait(10)
        anew.append(linked(made, anew=True))
        done.set()

    in_threads(agree, make)
    assert (anew, states(made)) == ([{}], ["given"])


def test_a_form_and_a_consent_at_once_are_one_question():
    made = begun(people(4))
    sent, refused = linked(made), []

    def agree(line):
        try:
            consent(sent[line[0]], line)
        except ConsentLinkDead:
            refused.append(line[0])

    def hand_in(line):
        try:
            handed_in(made, [line])
        except FaultsFound:
            refused.append(line[0])

    lines = signed(people(4))
    in_threads(*[lambda line=line: agree(line) for line in lines], *[lambda line=line: hand_in(line) for line in lines])
    work()
    assert states(made) == ["answered"] * 4
    assert sorted(refused) == [line[0] for line in lines]
    assert Screening.objects.count() == 4


def test_who_revokes_while_he_is_asked_about_is_in_time_or_is_answered():
    made = begun(people(8))
    codes = consented(made, people(8))
    in_time = []

    def revoke(code, line):
        if giving.revoke(code.pk, consenting.person(line[3], line[1]), now=cast.NOW):
            in_time.append(line[0])

    in_threads(work, *[lambda c=c, line=line: revoke(c, line) for c, line in zip(codes, people(8), strict=True)])
    work()
    found = {row.key: state for row, state in zip(campaigns.rows(made), states(made), strict=True)}
    assert {key for key, state in found.items() if state == "revoked"} == set(in_time)
    assert Screening.objects.count() == 8 - len(in_time)
    assert campaigns.sealed(made) == 0


def test_a_stop_while_it_is_asked_leaves_every_row_with_one_end(monkeypatch):
    monkeypatch.setattr(campaign_asking, "CHUNK", 2)
    made = begun(people(8))
    consented(made, people(8))
    in_threads(work, lambda: ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW))
    work()
    assert set(states(made)) <= {"answered", "refused"}
    assert (Screening.objects.count(), campaigns.sealed(made)) == (states(made).count("answered"), 0)


def test_a_consent_while_it_is_stopped_is_refused_or_not_asked():
    made = begun([DEFENDANT])
    sent = linked(made)

    def agree():
        with suppress(ConsentLinkDead):
            consent(sent["listed"], DEFENDANT)

    in_threads(agree, lambda: ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW))
    work()
    assert not Screening.objects.exists()
    ending.tidy(now=cast.NOW)
    assert campaigns.sealed(made) == 0


def test_the_same_call_three_times_at_once_is_one_campaign():
    employer = asking.bank()
    client = asking.machine(employer.organisation)
    from_call = [campaigns.raw(line) for line in people(3)]
    made = []

    def order():
        given = {"employer": employer, "client": client, "idempotency_key": "key-00001", "now": cast.NOW}
        made.append(making.order(from_call, campaigns.plan(), **given))
        connection.close()

    in_threads(order, order, order)
    assert Campaign.objects.count() == 1
    assert sorted(is_new for _campaign, is_new in made) == [False, False, True]
