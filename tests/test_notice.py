"""The notice and the code in it: issued after the approval, made once, and a proof of identity, once."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from registry import actions
from registry.entries import DocumentEntry
from registry.errors import (
    AnotherCourt,
    NoSuchNotice,
    NoticeBeforeApproval,
    NoticeCodeShape,
    NoticeCodeWrong,
    NoticeLanguageUnknown,
    NoticeTakenAlready,
    WrongRole,
)
from registry.models import AccessRecord, Listing, Role, State
from sharing.employers import giving
from sharing.employers.models import ConsentCode
from sharing.persons.identity import notice, proving
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Notice
from sharing.persons.notices import issuing
from tests import cast, consenting, noticing
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
ENDING = cast.DEFENDANT_NUMBER[-4:]
LATER = cast.NOW + timedelta(hours=1)


def redeemed(pdf, ending=ENDING, now=LATER):
    return notice.redeem(noticing.code_in(pdf), ending, now=now)


@pytest.fixture
def waived(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


def test_it_works():
    made = noticing.made()
    proved = redeemed(made.pdf)
    assert proved.identity == Identity(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
    assert (proved.evidence.way, proved.evidence.notice) == ("notice", made.notice.pk)
    key = str(proving.keep(proved, now=LATER))
    assert proving.proven(key, now=LATER) == proved.identity
    assert proving.evidence(key, now=LATER).notice == made.notice.pk


# Issuing


def test_there_is_none_before_the_approval():
    with pytest.raises(NoticeBeforeApproval):
        noticing.issued(cast.draft())
    with pytest.raises(NoticeBeforeApproval):
        noticing.issued(cast.submitted(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))))
    assert not Notice.objects.exists()


def test_there_is_none_of_what_was_withdrawn(waived):
    with pytest.raises(NoticeBeforeApproval):
        noticing.issued(cast.withdrawn(cast.in_force()))


def test_it_is_issued_in_a_language_that_there_is():
    listing = noticing.approved()
    assert noticing.issued(listing, language="en").language == "en"
    with pytest.raises(NoticeLanguageUnknown):
        noticing.issued(listing, language="fr")


@pytest.mark.parametrize("stranger", [cast.judge, lambda: cast.officer("A-1", Role.AUDITOR, court="京")])
def test_other_roles_issue_none(stranger):
    listing = noticing.approved()
    with pytest.raises(WrongRole):
        noticing.issued(listing, officer=stranger())


@pytest.mark.parametrize("stranger", [cast.stranger, cast.high_court_registrar])
def test_officers_of_another_court_issue_none_and_make_none(stranger):
    listing = noticing.approved()
    with pytest.raises(AnotherCourt):
        noticing.issued(listing, officer=stranger())
    with pytest.raises(AnotherCourt):
        issuing.make(noticing.issued(listing).pk, officer=stranger(), now=LATER)


def test_a_registrar_of_the_court_issues_one_too():
    assert noticing.issued(officer=cast.registrar()).officer == cast.registrar()


def test_it_is_made_once():
    made = noticing.made()
    with pytest.raises(NoticeTakenAlready):
        issuing.make(made.notice.pk, officer=cast.clerk(), now=LATER)
    with pytest.raises(NoSuchNotice):
        issuing.make(uuid4(), officer=cast.clerk(), now=LATER)


def test_the_register_keeps_who_when_and_the_fingerprint_and_no_code():
    made = noticing.made()
    row = Notice.objects.get()
    assert (row.officer, row.issued_at, row.language) == (cast.clerk(), cast.NOW, "zh-hans")
    assert row.sha256 == hashlib.sha256(made.pdf).hexdigest()
    kept = repr(Notice.objects.values().get())
    assert noticing.code_in(made.pdf) not in kept
    assert noticing.code_in(made.pdf).replace("-", "") not in kept


def test_issuing_and_making_are_on_record_as_looks_at_the_person():
    noticing.made()
    assert list(AccessRecord.objects.order_by("page").values_list("page", "officer__staff_number")) == [
        ("notice", "C-LIN"),
        ("notice", "C-LIN"),
    ]


def test_a_second_one_replaces_the_first_whose_code_dies():
    listing = noticing.approved()
    first = noticing.made(listing)
    second = noticing.made(listing, now=LATER)
    with pytest.raises(NoticeCodeWrong):
        redeemed(first.pdf)
    assert redeemed(second.pdf).evidence.notice == second.notice.pk
    assert Notice.objects.get(pk=first.notice.pk).replaced_at == LATER


def test_one_that_was_replaced_is_made_no_more():
    listing = noticing.approved()
    first = noticing.issued(listing)
    noticing.issued(listing)
    with pytest.raises(NoticeTakenAlready):
        issuing.make(first.pk, officer=cast.clerk(), now=LATER)


@pytest.mark.parametrize(
    "changed",
    [
        {"listing_number": "L-2026-999999"},
        {"issued_at": LATER},
        {"sha256": "0" * 64},
        {"code_digest": b"x" * 32},
        {"expires_at": LATER},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_was_written_of_it_stays(changed):
    noticing.made()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Notice.objects.update(**changed)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Notice.objects.all()._raw_delete("default")


# The code


def test_it_is_typed_in_any_case_and_grouping():
    code = noticing.code_in(noticing.made().pdf)
    assert notice.redeem(f" {code.lower().replace('-', ' ')} ", f" {ENDING} ", now=LATER).identity.name == "高䶮"


def test_it_is_spent_on_its_first_success():
    made = noticing.made()
    redeemed(made.pdf)
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf)
    row = Notice.objects.get()
    assert row.used_at == LATER
    assert bytes(row.subject_digest) == consenting.person().digest


def test_it_holds_for_ninety_days_unless_the_court_says_otherwise(settings):
    listing = noticing.approved()
    made = noticing.made(listing)
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf, now=cast.NOW + timedelta(days=90))
    assert redeemed(made.pdf, now=cast.NOW + timedelta(days=90, seconds=-1))
    settings.SHARING_NOTICE_CODE_DAYS = 7
    with pytest.raises(NoticeCodeWrong):
        redeemed(noticing.made(listing).pdf, now=cast.NOW + timedelta(days=7))


def test_after_five_wrong_endings_the_right_one_is_wrong_too():
    made = noticing.made()
    for _ in range(5):
        with pytest.raises(NoticeCodeWrong):
            redeemed(made.pdf, "0000")
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf)
    assert Notice.objects.get().wrong == 5


def test_a_code_that_is_nobodys_is_answered_like_wrong_characters():
    made = noticing.made()
    with pytest.raises(NoticeCodeWrong) as nobodys:
        notice.redeem(notice.FORM.new(), ENDING, now=LATER)
    with pytest.raises(NoticeCodeWrong) as wrong:
        redeemed(made.pdf, "0000")
    assert str(nobodys.value) == str(wrong.value)
    for mistyped in ("", "12345", noticing.code_in(made.pdf)[:-1]):
        with pytest.raises(NoticeCodeShape):
            notice.redeem(mistyped, ENDING, now=LATER)
    assert Notice.objects.get().wrong == 1


@pytest.mark.parametrize("ending", ["", cast.SECOND_NUMBER[-4:], cast.DEFENDANT_NUMBER])
def test_it_opens_for_the_listed_person_alone(ending):
    made = noticing.made()
    if ending == cast.DEFENDANT_NUMBER:  # the whole number ends like it, and is as good
        assert redeemed(made.pdf, ending)
        return
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf, ending)


def test_any_of_the_persons_documents_will_do():
    documents = (
        DocumentEntry(type="resident_id", number=cast.DEFENDANT_NUMBER),
        DocumentEntry(type="passport_cn", number="E12345678"),
    )
    made = noticing.made(noticing.approved(cast.party(cast.person(documents=documents))))
    assert redeemed(made.pdf, "5678").identity.document_type == "passport_cn"


def test_a_unit_opens_its_pages_with_the_ending_of_its_credit_code():
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    proved = redeemed(noticing.made(listing).pdf, cast.UNIT_NUMBER[-4:])
    assert proved.identity.name == noticing.UNIT_NAME
    key = str(proving.keep(proved, now=LATER))
    assert giving.consents_of_person(proving.proven(key, now=LATER).subject(LATER), now=LATER) == []


def test_a_listing_withdrawn_since_still_shows_the_person_what_was_held(waived):
    listing = cast.in_force()
    made = noticing.made(listing)
    cast.withdrawn(listing, now=LATER)
    assert redeemed(made.pdf).identity.name == "高䶮"


def test_of_what_was_purged_nothing_opens(waived):
    listing = cast.in_force()
    made = noticing.made(listing)
    cast.withdrawn(listing)
    Listing.objects.filter(pk=listing.pk).update(state=State.PURGED)
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf)


def appealed(listing):
    actions.hold(listing.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=LATER, reason="appeal received")
    return cast.fresh(listing)


def test_an_appeal_makes_the_notice_void_and_the_next_approval_needs_another():
    listing = noticing.approved()
    made, waiting = noticing.made(listing), timedelta(hours=2)
    listing = appealed(listing)
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf)
    listing.party.appeal_withdrawn_on = date(2026, 9, 11)
    listing.party.save()
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW + waiting)
    cast.approve(cast.fresh(listing), now=cast.NOW + waiting)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf, now=cast.NOW + waiting)
    with pytest.raises(NoticeTakenAlready):
        issuing.make(made.notice.pk, officer=cast.clerk(), now=cast.NOW + waiting)
    again = noticing.made(listing, now=cast.NOW + waiting)
    assert redeemed(again.pdf, now=cast.NOW + waiting).identity.name == "高䶮"


def test_of_a_draft_that_was_discarded_the_notice_stays_on_record_and_opens_nothing():
    listing = noticing.approved()
    made = noticing.made(listing)
    appealed(listing)
    actions.discard([listing.pk], officer=cast.clerk(), now=LATER, reason="acquitted by the second instance")
    with pytest.raises(NoticeCodeWrong):
        redeemed(made.pdf)
    with pytest.raises(NoSuchNotice):
        issuing.make(made.notice.pk, officer=cast.clerk(), now=LATER)
    assert Notice.objects.get().listing_number == listing.number


# A consent that is given with it


def test_a_consent_may_be_given_with_it_and_its_evidence_stays():
    proved = redeemed(noticing.made().pdf)
    request = consenting.requested().request
    code = giving.agree(
        request.pk, request.link_mark, proved.identity.subject(LATER), evidence=proved.evidence, now=LATER
    )
    kept = ConsentCode.objects.get(pk=code.pk)
    assert (kept.way, kept.notice, kept.counter_code) == ("notice", proved.evidence.notice, None)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ConsentCode.objects.filter(pk=code.pk).update(notice=uuid4())
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ConsentCode.objects.all()._raw_delete("default")


# At once


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_at_once_one_is_recognised():
    code = noticing.code_in(noticing.made().pdf)
    recognised, start = [], threading.Barrier(2)

    def work():
        start.wait(10)
        try:
            recognised.append(notice.redeem(code, ENDING, now=LATER))
        except NoticeCodeWrong:
            pass
        finally:
            connection.close()

    in_threads(work, work)
    assert len(recognised) == 1


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_no_more_tries():
    code = noticing.code_in(noticing.made().pdf)
    refused = []

    def work(ending):
        try:
            notice.redeem(code, ending, now=LATER)
        except NoticeCodeWrong:
            refused.append(ending)

    in_threads(*[lambda ending=f"000{each}": work(ending) for each in range(8)])
    assert (len(refused), Notice.objects.get().wrong) == (8, 5)


@pytest.mark.django_db(transaction=True)
def test_of_two_issued_at_once_one_stands():
    listing, officer, start = noticing.approved(), cast.clerk(), threading.Barrier(2)

    def work():
        start.wait(10)
        issuing.issue(listing.pk, "zh-hans", officer=officer, now=LATER)

    in_threads(work, work)
    assert Notice.objects.count() == 2
    assert Notice.objects.filter(replaced_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_it_at_once_one_has_it():
    issued, officer, start = noticing.issued(), cast.clerk(), threading.Barrier(2)
    had = []

    def work():
        start.wait(10)
        with contextlib.suppress(NoticeTakenAlready):
            had.append(issuing.make(issued.pk, officer=officer, now=LATER))

    in_threads(work, work)
    assert len(had) == 1
    assert notice.redeem(noticing.code_in(had[0].pdf), ENDING, now=LATER)
