"""Whoever lost a device finds its passkey by whatever opens the same record: a corrected name, a further document; and no other's."""

from __future__ import annotations

import pytest

from registry import actions
from registry.entries import DocumentEntry
from registry.errors import NoSuchPasskey
from sharing.employers import lookup
from sharing.persons.models import Passkey
from sharing.persons.passkeys import keeping
from sharing.persons.record import holding
from tests import cast, consenting, objecting, visiting
from tests.authenticator import HERE, Device
from tests.returning import made
from tests.visiting import main_of, visitor

pytestmark = pytest.mark.django_db
RENEWED = cast.resident("11010519880304131")
CORRECTED = "高䶮䶮"


@pytest.fixture(autouse=True)
def the_court_is_at_its_address(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


def with_a_further_document(listing, number=RENEWED):
    proposal = actions.propose(
        listing.pk, "revise", against_version=cast.fresh(listing).version, officer=cast.clerk(), now=cast.NOW,
        reason="another card", ground="（2026）京0105刑初123号之一",
        changes={"document": {"type": "resident_id", "number": number}},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def subject(number=visiting.NUMBER, name=visiting.NAME):
    return consenting.person(number, name)


def removed(by, passkey):
    assert [each.pk for each in keeping.mine(by, now=cast.NOW)] == [passkey.pk]
    keeping.remove(passkey.pk, by, now=cast.NOW)
    return not Passkey.objects.exists()


def is_kept_from(by, passkey):
    with pytest.raises(NoSuchPasskey):
        keeping.remove(passkey.pk, by, now=cast.NOW)
    return keeping.mine(by, now=cast.NOW) == []


def test_whose_name_was_corrected_still_removes_the_passkey_of_a_lost_device():
    listing = cast.in_force()
    lost = made(Device())
    cast.corrected(listing, name=CORRECTED)
    assert removed(subject(name=CORRECTED), lost)


def test_who_renewed_the_document_removes_the_passkey_that_was_made_with_the_former():
    listing = cast.in_force()
    lost = made(Device())
    with_a_further_document(listing)
    assert removed(subject(RENEWED), lost)


def test_who_still_has_the_former_document_removes_the_one_that_was_made_with_the_further():
    with_a_further_document(cast.in_force())
    lost = made(Device(), by=visiting.identity(RENEWED))
    assert removed(subject(), lost)


def test_after_both_the_page_shows_it_and_removes_it():
    listing = cast.in_force()
    lost = made(Device())
    cast.corrected(listing, name=CORRECTED)
    with_a_further_document(listing)
    browser = visitor(RENEWED, CORRECTED)
    assert "Remove this passkey" in main_of(browser.get("/identity/passkeys/"))
    assert "Removed." in main_of(browser.post(f"/identity/passkeys/{lost.pk}/remove/", follow=True))


def test_whoever_has_the_same_name_alone_finds_none_of_it():
    cast.in_force()
    passkey = made(Device())
    assert is_kept_from(subject(cast.APPLICANT_NUMBER), passkey)
    cast.second_in_force()
    assert is_kept_from(subject(cast.SECOND_NUMBER, "欧阳㛃"), passkey)


def test_two_who_are_listed_under_one_name_find_none_of_each_others():
    cast.in_force()
    passkey = made(Device())
    cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER)), number=cast.SECOND_NUMBER)
    assert holding.of(subject(cast.SECOND_NUMBER), now=cast.NOW).listings
    assert is_kept_from(subject(cast.SECOND_NUMBER), passkey)


def test_another_name_beside_the_number_finds_none():
    cast.in_force()
    passkey = made(Device())
    assert is_kept_from(subject(name="王小明"), passkey)


def test_a_draft_that_nobody_approved_brings_no_two_together():
    objecting.raised()
    passkey = made(Device())
    passport = DocumentEntry(type="passport_cn", number="EA1234567")
    cast.draft(cast.party(cast.person(documents=(*cast.person().documents, passport))))
    by_passport = lookup.subject(
        document_type=passport.type, document_number=passport.number, name=visiting.NAME, today=cast.NOW.date()
    )
    assert is_kept_from(by_passport, passkey)


def test_the_passkeys_of_both_documents_are_five_at_most():
    listing = cast.in_force()
    for _ in range(keeping.MOST):
        made(Device())
    with_a_further_document(listing)
    assert len(keeping.mine(subject(RENEWED), now=cast.NOW)) == keeping.MOST
    browser = visitor(RENEWED)
    assert "R-777" in main_of(browser.post("/identity/passkeys/", {"answer": "{}"}))
