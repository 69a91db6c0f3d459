"""Whose account was closed acts for the High Court no more, in whatever room; what he began in office goes on."""

from __future__ import annotations

from datetime import date

import pytest

from registry import actions
from registry.errors import (
    HighCourtNeeded,
    HighCourtRegistrarNeeded,
    ReleaseRegistrarNeeded,
    SealingRegistrarNeeded,
    WrongRole,
)
from registry.models import Account, CodeProposal
from registry.verifying import running
from sharing.audit import packing
from sharing.courts import registering
from sharing.courts.models import CaseSystem
from sharing.departments import proposing, recording
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import Measure, SharingProposal
from sharing.employers import admission, recalling
from sharing.employers.models import Employer, ResultRecall, Screening
from sharing.statistics import releasing
from tests import asking, auditing, cast, code_lists

pytestmark = pytest.mark.django_db

LIMITING = MeasureTerms(code="limit-accounts", name="限制开立账户", basis="联合惩戒办法第九条", articles=("CL 253-1",))
DAY = date(2026, 11, 23)


@pytest.fixture
def book():
    """An instrument, a result, and a measure that registrar Tang proposed."""
    opening(cast.second_high_court_registrar())
    asking.answered()


def closed(officer):
    """As a request that begins now finds him."""
    Account.objects.filter(pk=officer.account_id).update(is_active=False)
    officer.account.refresh_from_db()
    return officer


def opening(officer):
    proposing.propose_opening(cast.instrument(cast.department()), LIMITING, officer=officer, now=cast.NOW)


def approving(officer):
    proposing.approve(SharingProposal.objects.get().pk, officer=officer, now=cast.NOW)


def admitting(officer):
    said = {"code": "mail", "name": "某快递", "uscc": asking.COURIER_USCC, "legal_basis": "the Postal Law"}
    admission.admit(**said, admitted_for=["transport_recruitment"], approved_by=officer, now=cast.NOW)


def registering_a_case_system(officer):
    said = {"code": "chaoyang-cases", "name": "办案系统", "name_en": "", "uscc": cast.UNIT_NUMBER, "court": "京0105"}
    registering.register(**said, officer=officer, now=cast.NOW)


def recording_a_departments_letter(officer):
    said = {"department_id": cast.department().pk, "purged_on": DAY, "reference": "letter 12"}
    recording.record_on_paper([], **said, with_institutions=False, officer=officer, now=cast.NOW)


def recalling_a_result(officer):
    recalling.recall_as_erroneous(Screening.objects.get(), officer=officer, reason="another person", now=cast.NOW)


def recording_an_employers_letter(officer):
    bank = Employer.objects.get()
    recalling.confirm_on_paper([], employer_id=bank.pk, reference="letter 13", officer=officer, now=cast.NOW)


def changing_a_code_list(officer):
    actions.propose_retirement("channels", "social_app", **code_lists.said(officer=officer))


def opening_what_is_sealed(officer):
    actions.open_sealed("L-2026-000001", officer=officer, reason="a retrial", now=cast.NOW)


def deciding_on_a_release(officer):
    releasing.refuse_not_deciding(officer)


def verifying_the_log(officer):
    running.ask(officer=officer, now=cast.NOW)


def asking_for_evidence(officer):
    packing.ask(begins=DAY, ends=DAY, listing_number="", sample_number="", officer=officer, now=cast.NOW)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (opening, HighCourtRegistrarNeeded),
        (approving, HighCourtRegistrarNeeded),
        (admitting, HighCourtRegistrarNeeded),
        (registering_a_case_system, HighCourtRegistrarNeeded),
        (recording_a_departments_letter, HighCourtRegistrarNeeded),
        (recalling_a_result, HighCourtRegistrarNeeded),
        (recording_an_employers_letter, HighCourtRegistrarNeeded),
        (changing_a_code_list, WrongRole),
        (opening_what_is_sealed, SealingRegistrarNeeded),
        (deciding_on_a_release, ReleaseRegistrarNeeded),
        (verifying_the_log, HighCourtNeeded),
        (asking_for_evidence, HighCourtNeeded),
    ],
    ids=lambda value: value.__name__,
)
def test_a_registrar_whose_account_was_closed_acts_for_the_high_court_no_more(book, act, refusal):
    with pytest.raises(refusal):
        act(closed(cast.high_court_registrar()))
    assert not Measure.objects.exists()
    assert not CaseSystem.objects.exists()
    assert not ResultRecall.objects.exists()
    assert not CodeProposal.objects.exists()
    assert SharingProposal.objects.count() == Employer.objects.count() == 1


@pytest.mark.parametrize("act", [verifying_the_log, asking_for_evidence], ids=lambda act: act.__name__)
def test_an_auditor_whose_account_was_closed_oversees_no_more(act):
    with pytest.raises(HighCourtNeeded):
        act(closed(auditing.auditor()))


def test_what_a_registrar_proposed_who_has_left_since_is_approved_by_another_one(book):
    closed(cast.second_high_court_registrar())
    approving(cast.high_court_registrar())
    assert Measure.objects.get().entered_by == cast.second_high_court_registrar()
