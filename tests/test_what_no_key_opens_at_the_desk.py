"""One row that no key opens hides itself, and neither a list nor the way to stop or withdraw what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import Person, State
from sharing.audit import sampling
from sharing.audit.models import SampleKind, Verdict
from sharing.audit.populations import Sought
from sharing.persons.objections import raising
from tests import auditing, cast, desk, objecting
from tests.logs import by_hand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

BROKEN = b"x" * 60
SAID = "cannot be opened"


def spoilt(person: Person) -> None:
    by_hand("UPDATE registry_person SET name_sealed = %s WHERE id = %s", BROKEN, person.pk)
    by_hand("UPDATE registry_identitydocument SET number_sealed = %s WHERE person_id = %s", BROKEN, person.pk)


@pytest.fixture
def two():
    """Of the first one, nothing that tells who it is can be opened."""
    one, other = cast.in_force(), cast.second_in_force()
    spoilt(one.party.person)
    return one, other


def read(browser: Client, *addresses: str) -> Sequence[str]:
    answers = [browser.get(each) for each in addresses]
    assert [each.status_code for each in answers] == [200] * len(answers)
    return [each.content.decode() for each in answers]


@pytest.mark.parametrize("officer", [cast.clerk, cast.judge, cast.registrar])
def test_the_book_and_the_listing_are_read_by_everybody_who_works_with_them(officer, two):
    one, other = two
    page, own, others = read(
        desk.at_the_desk(officer()),
        reverse("admin:registry_listing_changelist"),
        reverse("admin:listing", args=[one.number]),
        reverse("admin:listing", args=[other.number]),
    )
    assert SAID in page
    assert other.party.person.name in page
    assert SAID in own
    assert SAID not in others


def test_the_decision_and_the_case_are_read(two):
    one, _other = two
    decision = one.party.decision
    pages = [reverse("admin:decision", args=[decision.pk]), reverse("admin:case", args=[decision.case_id])]
    assert all(SAID in page for page in read(desk.at_the_desk(cast.registrar()), *pages))


def test_the_listing_can_be_stopped_at_the_desk(two):
    one, _other = two
    judge = desk.at_the_desk(cast.judge())
    page = reverse("admin:act", args=[one.number, "suspend"])
    read(judge, page)
    judge.post(page, {"reason": "nobody can read who it is"})
    assert cast.fresh(one).state == State.SUSPENDED


def test_what_was_written_about_it_hides_itself_alone(two):
    one, _other = two
    by_hand("UPDATE registry_listing SET statement_sealed = %s WHERE id = %s", BROKEN, one.pk)
    by_hand("UPDATE registry_actrecord SET reason_sealed = %s WHERE listing_number = %s", BROKEN, one.number)
    (page,) = read(desk.at_the_desk(cast.judge()), reverse("admin:listing", args=[one.number]))
    assert page.count(SAID) > 3


def test_a_returned_draft_stays_in_my_work_whatever_was_written():
    listing = cast.submitted()
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="the date is wrong")
    by_hand("UPDATE registry_listing SET returned_because_sealed = %s WHERE id = %s", BROKEN, listing.pk)
    (page,) = read(desk.at_the_desk(cast.clerk()), reverse("admin:index"))
    assert listing.number in page


def test_an_objection_is_read_and_says_what_cannot_be(two):
    _one, other = two
    entered = objecting.brought(mail="gao@post.example")
    found = raising.by_officer(objecting.said(other), entered, officer=cast.registrar(), now=cast.NOW)
    by_hand("UPDATE persons_objection SET content_sealed = %s WHERE number = %s", BROKEN, found.number)
    by_hand("UPDATE persons_objectionmail SET address_sealed = %s WHERE objection_id = %s", BROKEN, found.number)
    (page,) = read(desk.at_the_desk(cast.registrar()), reverse("sharing_desk:objection", args=[found.number]))
    assert page.count(SAID) == 2


def test_a_worksheet_is_read_though_the_note_of_a_finding_cannot_be(the_court_has_decided, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: auditing.LATER)
    auditing.in_order()
    sought = Sought(kind=SampleKind.APPROVED, begins=date(2026, 11, 1), ends=date(2026, 11, 24))
    auditor = auditing.auditor()
    sample = sampling.draw(sought, 1, officer=auditor, now=auditing.LATER)
    finding = sampling.find(
        sampling.row_of(sample, 1), Verdict.DIFFERS, "another day stands there", officer=auditor, now=auditing.LATER
    )
    by_hand("UPDATE audit_finding SET note_sealed = %s WHERE id = %s", BROKEN, finding.pk)
    (page,) = read(desk.at_the_desk(auditor), reverse("sharing_desk:sample", args=[sample.number]))
    assert SAID in page


def test_a_page_that_needs_it_says_what_is_wrong_and_whom_to_tell(two):
    one, _other = two
    clerk = desk.at_the_desk(cast.clerk())
    clerk.raise_request_exception = False
    answer = clerk.get(reverse("admin:propose", args=[one.number, "correct"]))
    assert answer.status_code == 500
    assert "Something on record here cannot be opened" in answer.content.decode()
