"""A passkey lasts as long as something of the person's goes on, and leaves nothing: by the clock, and with the purge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from registry.errors import NothingGoesOn, PasskeyNotRecognised
from registry.keys import new_key
from registry.models import WithdrawalCause
from sharing.employers import recalling
from sharing.employers.models import RecallDecision
from sharing.persons.identity import proving
from sharing.persons.mails import writing
from sharing.persons.models import News, Passkey
from sharing.persons.objections import deciding, minding
from sharing.persons.passkeys import ending, keeping, lasting
from sharing.persons.record import holding
from sharing.retention import purging
from tests import asking, cast, consenting, objecting, sealing, visiting
from tests.authenticator import HERE, Device
from tests.purging import confirm_purged, over, walk
from tests.returning import made, used
from tests.threads import in_threads
from tests.wishes import ordered

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_PASSKEY_DAYS = 10


def the_clock_runs(until, since=cast.NOW, every=6 * HOUR):
    now = since
    while now < until:
        ending.end(now=now)
        now += every
    ending.end(now=until)


def is_there():
    return Passkey.objects.exists()


# By the clock


def test_where_nothing_is_open_it_lasts_some_days():
    cast.in_force()
    device = Device()
    made(device)
    the_clock_runs(cast.NOW + 10 * DAY - MINUTE)
    assert used(device, now=cast.NOW + 10 * DAY - MINUTE)
    with pytest.raises(PasskeyNotRecognised):
        used(device, now=cast.NOW + 10 * DAY)
    the_clock_runs(cast.NOW + 10 * DAY, since=cast.NOW + 10 * DAY)
    assert not is_there()


def test_to_use_it_makes_it_last_no_longer():
    cast.in_force()
    device = Device()
    made(device)
    used(device, now=cast.NOW + 9 * DAY)
    the_clock_runs(cast.NOW + 10 * DAY)
    assert not is_there()


def test_it_lasts_while_an_objection_is_open_and_some_days_after():
    going_on = objecting.raised(cast.in_force())
    device = Device()
    made(device)
    closed = cast.NOW + 60 * DAY
    the_clock_runs(closed)
    deciding.withdraw(going_on.number, now=closed)
    the_clock_runs(closed + 9 * DAY, since=closed)
    assert used(device, now=closed + 9 * DAY)
    the_clock_runs(closed + 10 * DAY, since=closed + 9 * DAY)
    assert not is_there()


def test_a_clock_that_stood_still_ends_nothing_that_goes_on():
    objecting.raised(cast.in_force())
    made()
    late = cast.NOW + 100 * DAY
    assert ending.end(now=late) == 0
    assert Passkey.objects.get().ends_at == late + 10 * DAY


def test_what_was_looked_at_under_a_clock_a_year_ahead_is_looked_at_before_it_ends():
    objecting.raised(cast.in_force())
    made()
    late = cast.NOW + 100 * DAY
    Passkey.objects.update(looked_at=cast.NOW + 365 * DAY)
    assert ending.end(now=late) == 0
    assert Passkey.objects.get().ends_at == late + 10 * DAY


def test_it_lasts_while_a_department_has_not_confirmed(finance):
    cast.withdrawn(cast.in_force())
    walk()
    assert lasting.goes_on(consenting.person())
    confirm_purged(finance)
    assert not lasting.goes_on(consenting.person())


def test_it_lasts_while_an_employer_has_not_confirmed():
    listing = cast.in_force()
    asking.answered()
    cast.withdrawn(listing)
    walk()
    assert lasting.goes_on(consenting.person())
    for recall in recalling.open_recalls():
        recalling.confirm(
            recall.screening_id, employer_id=recall.screening.employer_id, removed=True,
            decision=RecallDecision.RECONSIDERED, by=asking.machine(asking.bank().organisation), now=cast.NOW,
        )  # fmt: skip
    assert not lasting.goes_on(consenting.person())


def test_it_lasts_while_a_clearance_letter_is_not_complete(finance):
    listing = cast.in_force()
    walk()
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    assert lasting.goes_on(consenting.person()), "before anybody was told of the withdrawal"
    walk()
    confirm_purged(finance)
    assert not lasting.goes_on(consenting.person())


def test_whoever_bears_a_mistyped_number_comes_back_until_her_letter_is_complete(finance):
    listing = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER)), number=cast.SECOND_NUMBER)
    walk()
    her = visiting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    found = objecting.raised(by=her, told=listing.number)
    deciding.admit(found.number, officer=cast.high_court_registrar(), now=cast.NOW, listing=listing.number)
    deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=cast.NOW, reason="号码录入有误。", follows="withdraw"
    )
    cast.withdrawn(cast.fresh(listing), cause=WithdrawalCause.WRONG_PERSON)
    proposal = listing.proposals.get(act="withdraw")
    deciding.carry_out(found.number, officer=cast.clerk(), now=cast.NOW, proposal_id=proposal.pk)
    deciding.serve(found.number, officer=None, now=cast.NOW)
    walk()
    assert made(by=her), "nothing of hers is open but the letter"
    the_clock_runs(cast.NOW + 60 * DAY)
    assert is_there()
    confirm_purged(finance)
    assert not lasting.goes_on(her.subject(cast.NOW))


def test_of_another_person_nothing_makes_it_last():
    cast.in_force()
    made()
    other = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    objecting.raised(cast.second_in_force(), by=other)
    the_clock_runs(cast.NOW + 10 * DAY)
    assert not is_there()


def test_new_digest_keys_find_it_as_before(settings):
    cast.in_force()
    made()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(99)},{settings.REGISTRY_DIGEST_KEYS}"
    assert len(keeping.mine(consenting.person(), now=cast.NOW)) == 1
    ending.end(now=cast.NOW + HOUR)
    assert len(Passkey.objects.get().subject_digests) == 2


# With the purge


def withdrawn_with_a_passkey(finance):
    listing = cast.in_force()
    device = Device()
    made(device, now=timezone.now())
    cast.withdrawn(listing)
    walk()
    confirm_purged(finance)
    return device


def test_it_goes_with_the_last_listing(finance, settings):
    settings.SHARING_PASSKEY_DAYS = 1000
    device = withdrawn_with_a_passkey(finance)
    assert purging.dry_run(now=over())["persons_passkey"] == 1
    assert purging.purge(now=over()) == 1
    assert not is_there()
    with pytest.raises(PasskeyNotRecognised):
        used(device, now=timezone.now())
    with pytest.raises(NothingGoesOn):
        made(now=timezone.now())


def test_also_where_the_digest_keys_are_newer_than_the_listing(finance, settings):
    settings.SHARING_PASSKEY_DAYS = 1000
    listing = cast.in_force()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(99)},{settings.REGISTRY_DIGEST_KEYS}"
    made(now=timezone.now())
    cast.withdrawn(listing)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    assert not is_there()


def test_it_stays_where_another_listing_of_the_person_is_not_purged(finance, settings):
    settings.SHARING_PASSKEY_DAYS = 1000
    withdrawn_with_a_passkey(finance)
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初456号"))
    cast.put_in_force(cast.draft(decision=decision))
    assert purging.purge(now=over()) == 1
    assert is_there()


def test_another_persons_stays(finance, settings):
    settings.SHARING_PASSKEY_DAYS = 1000
    cast.second_in_force()
    other = visiting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    made(by=other, now=timezone.now())
    withdrawn_with_a_passkey(finance)
    purging.purge(now=over())
    assert [proving.Identity.read(each.identity) for each in Passkey.objects.all()] == [other]


def test_that_of_a_sealed_listing_shows_nothing_and_ends(finance, settings):
    settings.SHARING_PASSKEY_DAYS = 1000
    listing = cast.in_force()
    objecting.raised(listing, now=timezone.now())
    device = Device()
    made(device, now=timezone.now())
    sealing.sealed(listing)
    minding.end_what_fell_away(now=timezone.now())
    proof = str(used(device, now=timezone.now()))
    subject = proving.proven(proof, now=timezone.now()).subject(cast.NOW)
    assert holding.of(subject, now=timezone.now()).listings == []
    assert not lasting.goes_on(subject)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    assert not is_there()


@pytest.mark.django_db(transaction=True)
def test_none_is_made_while_the_last_listing_is_purged(finance):
    listing = cast.in_force()
    evidence = consenting.evidence(timezone.now())
    begun = keeping.begin(visiting.identity(), evidence, now=timezone.now())
    answer = Device().make(begun.options)
    cast.withdrawn(listing)
    walk()
    confirm_purged(finance)

    def make():
        try:
            keeping.make(visiting.identity(), evidence, answer, begun.kept, now=timezone.now())
        except NothingGoesOn:
            pass
        finally:
            connection.close()

    def purge():
        try:
            purging.purge(now=over())
        finally:
            connection.close()

    in_threads(make, purge)
    assert not is_there()


# Told by mail


def test_who_asked_for_messages_is_written_to_when_one_is_made_and_when_it_is_used():
    cast.in_force()
    ordered()
    device = Device()
    made(device)
    assert writing.tell(now=cast.NOW + MINUTE) == 1
    assert "A passkey that opens your pages was made." in mail.outbox[-1].body
    assert f"{HERE}/identity/passkeys/" in mail.outbox[-1].body
    assert "/record/asked/" not in mail.outbox[-1].body
    for _ in range(2):
        used(device, now=cast.NOW + DAY)
    assert writing.tell(now=cast.NOW + DAY) == 1
    assert "A passkey was used to open your pages." in mail.outbox[-1].body
    assert "was made" not in mail.outbox[-1].body
    for secret in (visiting.NAME, visiting.NUMBER):
        assert secret not in mail.outbox[-1].body


def test_who_asked_for_none_is_not_and_a_refusal_is_no_news():
    cast.in_force()
    device = Device()
    made(device)
    assert not News.objects.exists()
    ordered()
    with pytest.raises(PasskeyNotRecognised):
        used(device, origin="https://evil.example")
    assert not News.objects.exists()
