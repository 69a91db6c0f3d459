"""What a number that was marked as entered by mistake still opens, for whom, and how it ends (docs/decisions/0133)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from registry import actions, log
from registry.entries import DocumentEntry, PersonEntry
from registry.keys import new_key
from registry.models import Event, IdentityDocument, Outcome, Person, Proposal, WithdrawalCause
from registry.verifying.findings import Kind
from sharing.audit.tracing import scope
from sharing.audit.tracing.following import follow
from sharing.departments import looking, telling
from sharing.employers.models import ScreeningOutcome
from sharing.persons.identity import notice
from sharing.persons.models import OtherNameAlarm, Passkey
from sharing.persons.objections import deciding, finding, raising
from sharing.persons.record import holding
from sharing.recalls import clearing
from sharing.retention import purging
from sharing.rotation.columns import RECOMPUTED
from sharing.rotation.digesting import digest_again
from tests import asking, cast, consenting, desk, noticing, objecting
from tests.authenticator import HERE
from tests.mistaking import (
    HE,
    HERS,
    LATER,
    NOW,
    PASSPORT,
    SHE,
    asked,
    her_decision,
    listed,
    marked,
    mistyped,
    number_of,
    proposed,
    wrongly_listed,
)
from tests.purging import confirm_purged, over, walk
from tests.returning import made
from tests.test_clearance import at_desk, cause_withdrawn, not_hers, person
from tests.test_hand_mode import taken_in
from tests.test_log_verified import kinds
from tests.test_result_status import judged
from tests.test_statistics_counting import number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


# What she may still do about the wrong listing


def test_afterwards_she_learns_of_it_says_that_she_is_not_the_one_and_has_her_letter(finance):
    listing = marked(mistyped_and_withdrawn())
    found = not_hers(listing, now=LATER)
    proposal = Proposal.objects.get(listing=listing, act="withdraw")
    assert objecting.fresh(found).listing == listing
    assert proposal.outcome == Outcome.CARRIED_OUT
    letter_is_hers(listing)


def test_who_has_her_letter_has_it_after_the_mark_and_after_her_own_listing_too(finance):
    listing = mistyped()
    found = not_hers(listing)
    proposal = cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    deciding.serve(found.number, officer=None, now=NOW)
    marked(cast.fresh(listing))
    letter_is_hers(listing)
    listed()
    letter_is_hers(listing)


def mistyped_and_withdrawn():
    listing = mistyped()
    cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    return cast.fresh(listing)


def letter_is_hers(listing):
    browser = person(HERS, SHE)
    assert listing.number in browser.get(reverse("person:clearance")).content.decode()
    signed = browser.post(reverse("person:clearance_letter", args=[listing.number]), {"as": "signed"}).content.decode()
    at_the_counter = desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}).content.decode()
    for each in (signed, at_the_counter):
        claims = judged(each, "clearance+jwt")
        assert claims["person"]["name"] == SHE
        assert [row["number"][-4:] for row in claims["person"]["documents"]] == [HERS[-4:]]
        assert HE not in json.dumps(claims, ensure_ascii=False)


def test_the_court_still_hears_that_she_came_and_she_is_shown_nothing_of_him():
    listing = marked(wrongly_listed())
    held = holding.of(consenting.person(HERS, SHE), now=LATER)
    assert held.listings == []
    assert OtherNameAlarm.objects.get().listing_numbers == [listing.number]
    hers = listed()
    assert holding.of(consenting.person(HERS, SHE), now=LATER).listings == [hers]


# What he keeps


def test_he_still_finds_the_record_of_what_was_held_under_the_number():
    listing = marked(wrongly_listed())
    him = consenting.person(HERS, HE)
    assert holding.of(him, now=LATER).listings == [listing]
    assert finding.listings_of(him) == [listing]
    assert clearing.cleared_listings(him) == [listing]
    claims = clearing.letter(listing, officer=None, now=LATER).claims
    assert [row["number"][-4:] for row in claims["person"]["documents"]] == [HERS[-4:]]


def test_who_comes_for_him_to_the_counter_is_heard():
    listing = marked(wrongly_listed())
    said = objecting.said(listing)
    found = raising.by_officer(said, objecting.brought(LATER), officer=cast.registrar(), now=LATER)
    assert bytes(found.subject_digest) == bytes(number_of(listing).digest)


def test_his_own_other_document_stays_and_nothing_that_is_told_of_him_later_has_her_number():
    listing = marked(wrongly_listed(PASSPORT))
    anew = cast.draft(
        cast.party(cast.person(name=HE, documents=(PASSPORT,), birth_date=date(1992, 7, 15))),
        decision=her_decision(),
        now=LATER,
    )
    assert anew.party.person_id == listing.party.person_id
    anew = cast.put_in_force(anew, PASSPORT.number, now=LATER)
    told = log.read(Event.objects.filter(listing=anew).latest("position"))["listing"]["person"]["documents"]
    assert [row["number"] for row in told] == [PASSPORT.number]
    assert asked() == ScreeningOutcome.NOT_LISTED
    his = asking.question(document_type="passport_cn", document_number=PASSPORT.number, name=HE)
    assert asking.answered(his, now=LATER).outcome == ScreeningOutcome.LISTED


# What is kept of it, and how it ends


def test_the_mark_goes_with_the_purge_and_hers_stays(finance, settings):
    settings.REGISTRY_ADDRESS = HERE
    listing = mistyped()
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    walk()
    confirm_purged(finance)
    marked(cast.fresh(listing))
    hers = listed()
    made(by=objecting.identity(HERS, SHE))
    assert purging.purge(now=over()) == 1
    assert IdentityDocument.including_mistaken.get().person_id == hers.party.person_id
    assert Person.objects.get(pk=listing.party.person_id).name == ""
    assert Passkey.objects.exists(), "it is hers, who is listed"


def test_a_draft_that_goes_takes_what_is_left_of_him_along(finance):
    passport = cast.person(name=HE, documents=(PASSPORT,), birth_date=date(1992, 7, 15))
    listing = mistyped(PASSPORT)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    walk()
    confirm_purged(finance)
    marked(cast.fresh(listing))
    draft = cast.draft(cast.party(passport), decision=her_decision(), now=LATER)
    assert purging.purge(now=over()) == 1
    actions.discard([draft.pk], officer=cast.clerk(), now=LATER, reason="entered twice")
    assert not IdentityDocument.including_mistaken.exists()


def test_a_new_key_reaches_a_marked_number_and_the_log_and_the_book_are_in_order(settings):
    listing = marked(wrongly_listed())
    hers = listed()
    assert kinds() == set()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9, digests=True)},{settings.REGISTRY_DIGEST_KEYS}"
    for _done in digest_again(next(each for each in RECOMPUTED if each.model == "registry.IdentityDocument")):
        pass
    assert {number_of(each).digest_key for each in (listing, hers)} == {9}
    IdentityDocument.including_mistaken.filter(person=listing.party.person_id).update(digest=b"d" * 32)
    assert kinds() == {Kind.UNFOUND}


def test_the_court_counts_her_once_and_him_not(settings):
    marked(wrongly_listed())
    listed()
    assert number("base:convicted") == 1


def test_who_asked_under_the_number_while_he_was_listed_is_traced_from_the_wrong_listing():
    listing = mistyped()
    asked_then = asking.answered(asking.question(document_number=HERS, name=HE))
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    marked(cast.fresh(listing))
    assert [row.what for row in follow(scope.about([listing.number])) if row.kind == "asked"] == [asked_then.pk]


def test_a_department_that_looks_her_up_is_not_told_of_his_later_listing(finance):
    marked(wrongly_listed(PASSPORT))
    passport = cast.person(name=HE, documents=(PASSPORT,), birth_date=date(1992, 7, 15))
    cast.put_in_force(cast.draft(cast.party(passport), decision=her_decision(), now=LATER), PASSPORT.number, now=LATER)
    telling.walk(now=LATER)
    member = taken_in(finance)
    told = {"document_type": "resident_id", "document_number": HERS, "now": LATER}
    assert looking.look_up(member, **told, name=SHE) == []
    his = {"document_type": "passport_cn", "document_number": PASSPORT.number, "now": LATER}
    assert len(looking.look_up(member, **his, name=HE)) == 1


def test_the_code_in_his_notice_still_opens_what_was_held():
    listing = mistyped()
    made_out = noticing.made(listing)
    listing = marked(cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON))
    proved = notice.redeem(noticing.code_in(made_out.pdf), HERS[-4:], now=LATER)
    assert holding.of(proved.identity.subject(LATER), now=LATER).listings == [listing]


def test_a_units_number_is_given_back_too():
    wrong = cast.in_force(noticing.unit(), number=cast.UNIT_NUMBER)
    wrong = marked_of(cast.withdrawn(wrong, cause=WithdrawalCause.WRONG_PERSON), "uscc")
    documents = (DocumentEntry(type="uscc", number=cast.UNIT_NUMBER),)
    entry = noticing.unit(person=PersonEntry(kind="unit", name="北京真有其号科技有限公司", documents=documents))
    right = cast.draft(entry, decision=her_decision(), now=LATER)
    assert right.party.person_id != wrong.party.person_id


def marked_of(listing, kind):
    proposal = proposed(listing, document=number_of(listing, kind))
    actions.carry_out(proposal.pk, officer=cast.judge(), now=LATER)
    return cast.fresh(listing)


def test_a_number_that_no_key_opens_is_marked_all_the_same():
    listing = wrongly_listed()
    IdentityDocument.objects.update(number_sealed=b"?" * 60)
    assert number_of(marked(listing)).mistaken_at == LATER
