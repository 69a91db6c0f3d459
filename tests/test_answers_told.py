"""HR hears that a question which was held has its answer: what it says is read behind the sign-in, and stands in no mail."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.core import mail

from sharing.employers import answers_told, calling, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import ConsentCall, Screening, Verdict
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, consenting, papers

pytestmark = pytest.mark.django_db

FORM = papers.pdf("the signed form of an invented person")
NOW = cast.NOW
HR = "hr@bank.example"


@pytest.fixture(autouse=True)
def nothing_else_is_called_in(the_court_has_decided, settings):
    settings.SHARING_CALLED_SHARE = 0.0
    cast.in_force()


@pytest.fixture
def hr():
    bank = asking.bank().organisation
    return members.take_in(
        bank, username="hr", password="a long enough phrase", name="某人", email=HR, role=MemberRole.HR
    )


def held() -> Screening:
    """Whose form was shown, and waits for an officer."""
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(name="高某", consent=signed))
    calling.call_in(now=NOW)
    calling.show(asked, FORM, now=NOW)
    return asked


def confirmed(asked: Screening) -> None:
    on_it = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True)
    judging.confirm(asked.pk, on_it, officer=cast.high_court_registrar(), reason="name changed in 2024", now=NOW)


def refused(asked: Screening) -> None:
    he = cast.high_court_registrar()
    judging.refuse(asked.pk, Verdict.MISTYPED, officer=he, reason="names somebody else", now=NOW)


def told() -> list[str]:
    answers_told.tell(now=NOW)
    return [str(each.body) for each in mail.outbox]


def test_nobody_is_written_to_while_it_waits(hr):
    held()
    assert told() == []


@pytest.mark.parametrize("settle", [confirmed, refused])
def test_hr_is_written_to_once_and_the_message_is_the_same_whatever_became_of_it(hr, settle):
    asked = held()
    settle(asked)
    (body,) = told()
    assert asked.pk in body
    assert "are settled now" in body
    assert len(told()) == 1
    assert mail.outbox[0].to == [HR]
    for word in ("高某", cast.DEFENDANT_NUMBER, "listed", "void", "mistyped"):
        assert word not in body


def test_what_the_applicant_took_back_is_told_like_any_other(hr):
    code = consenting.given(by=consenting.person(name="高某"))
    asked = asking.answered(asking.question(name="高某", consent=consenting.typed(code)))
    calling.call_in(now=NOW)
    assert judging.take_back(asked.pk, now=NOW)
    assert asked.pk in told()[0]


def test_what_was_answered_at_once_is_not_told_again_when_its_form_was_judged(hr):
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(consent=signed))
    calling.call_in_one(asked, officer=cast.high_court_registrar(), reason="a sample", now=NOW)
    calling.show(asked, FORM, now=NOW)
    refused(asked)
    assert told() == []


def test_a_message_that_did_not_go_out_is_tried_again(hr, monkeypatch):
    confirmed(held())
    monkeypatch.setattr("registry.letters.EmailMessage.send", _away)
    assert told() == []
    assert ConsentCall.objects.get().answer_told_at is None
    monkeypatch.undo()
    assert len(told()) == 1


def test_where_programs_alone_ask_nobody_is_written_to_and_it_is_over():
    confirmed(held())
    assert told() == []
    assert ConsentCall.objects.get().answer_told_at == NOW
    assert answers_told.tell(now=NOW + timedelta(minutes=1)) == 0


def _away(*_given: object) -> int:
    raise OSError("the mail server is away")
