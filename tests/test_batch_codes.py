"""Consent codes in the rows of a batch: bound as in a single question, and no means to guess in bulk."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry import refused
from registry.errors import (
    ColumnsMissing,
    ConsentCodeOfAnotherEmployer,
    ConsentCodeOfAnotherPerson,
    ConsentCodeOfTooManyPersons,
    ConsentCodeShape,
    ConsentCodeSpent,
    ConsentCodeUnknown,
    ConsentOfTwoKinds,
    FieldMissing,
    RowTwice,
    TooManyConsentCodes,
)
from sharing.employers import batch_asking, consent_code, requesting
from sharing.employers.models import BatchState, CodeTries, Consent, ConsentCode, RequestState, Screening
from sharing.parties.models import MemberRole
from tests import asking, batches, cast, consenting
from tests.batches import applicants, asked, checked, fresh, work
from tests.test_employer_portal import a_member, signed_in, text_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NUMBER, NAME = 3, 1  # places in a line


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    asking.bank(daily_quota=10_000)


def by_code(line, code=None):
    """The same line with the code that its own person gave, or with another one."""
    code = code or consenting.given(by=consenting.person(line[NUMBER], line[NAME])).code
    return [*line[:4], "", "", code]


def guess(line):
    return by_code(line, consent_code.new())


def outcomes(batch):
    """Of each row: its answer's outcome, the refusal, or None."""
    rows = batch.rows.order_by("place").select_related("screening")
    return [
        each.screening.outcome if each.screening else refused.read(each.refusals[0]).code if each.refusals else None
        for each in rows
    ]


def codes(*kinds):
    return [each.code for each in kinds]


# It works


def test_rows_with_codes_and_rows_with_forms_stand_side_by_side():
    cast.in_force()
    one, other, third = applicants(3)
    listed = by_code([*batches.listed()[:3], cast.DEFENDANT_NUMBER, "", ""])
    made = asked([by_code(one), [*other, ""], listed, by_code(third)])
    assert outcomes(made) == ["not_listed", "not_listed", "listed", "not_listed"]
    assert (made.state, ConsentCode.objects.filter(consent__isnull=False).count()) == (BatchState.DONE, 3)


def test_a_file_of_codes_needs_no_columns_of_forms():
    lines = [by_code(each) for each in applicants(2)]
    head = [batches.HEAD[place] for place in (0, 1, 3, 6)]
    file = batches.file_of([[line[0], line[1], line[3], line[6]] for line in lines], head)
    assert made_of(file).left == 2
    with pytest.raises(ColumnsMissing):
        made_of(batches.file_of([["a", "甲", "1", "x", "y"]], [*head, "签署日期"]))


def made_of(file):
    bank = asking.bank()
    given = {"purpose": batches.PURPOSE, "post": batches.POST, "employer": bank, "now": cast.NOW}
    return batches.batch.check(file, member=batches.hr(bank), **given)


def test_by_api_each_row_has_a_consent_of_its_kind(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)  # a code is good for some days
    line, other = applicants(2)
    code = by_code(line)[6]
    rows = [
        {"kind": "code", "code": code.lower()},
        {"kind": "attested", "document_sha256": other[4], "signed_on": "2026-11-20"},
    ]
    answer = post([line, other], rows)
    assert answer.status_code == 202
    assert post([line, other], rows).json()["id"] == answer.json()["id"]
    work(timezone.now())
    results = Browser().get(f"{answer['Location']}/results", headers=bearer()).json()["results"]
    assert [each["answer"]["outcome"] for each in results] == ["not_listed"] * 2


def bearer():
    return asking.bearer(asking.bank().organisation)


def post(lines, consents, key="call-0001"):
    applicants_ = [
        {"key": line[0], "name": line[1], "document": {"type": "resident_id", "number": line[3]}, "consent": consent}
        for line, consent in zip(lines, consents, strict=True)
    ]
    sent = {"purpose": batches.PURPOSE, "post": batches.POST, "applicants": applicants_}
    headers = {**bearer(), "Idempotency-Key": key}
    return Browser().post("/api/v1/batches", json.dumps(sent), content_type="application/json", headers=headers)


def test_by_api_what_is_no_code_is_named_and_nothing_is_asked():
    answer = post(applicants(2), [{"kind": "code", "code": consent_code.new()}, {"kind": "code", "code": "x"}])
    assert answer.status_code == 422
    assert [(each["code"], each["field"]) for each in answer.json()["errors"][1:]] == [
        (ConsentCodeShape.code, "applicants.1.consent.code")
    ]
    both = {"kind": "code", "code": consent_code.new(), "signed_on": "2026-11-20"}
    assert post(applicants(1), [both]).status_code == 400


# What is wrong with a row


@pytest.mark.parametrize(
    ("form", "day", "code", "refusal"),
    [
        ("", "", "7K2PQ", ConsentCodeShape),
        ("9" * 64, "", "good", ConsentOfTwoKinds),
        ("", "2026-11-20", "good", ConsentOfTwoKinds),
        ("", "", "", FieldMissing),
    ],
)
def test_a_row_has_one_consent_of_one_kind(form, day, code, refusal):
    (line,) = applicants(1)
    made = checked([[*line[:4], form, day, consent_code.new() if code == "good" else code]])
    assert outcomes(made)[0] == refusal.code


def test_a_code_counts_for_one_row():
    one, other = applicants(2)
    code = consenting.given().code
    assert outcomes(checked([by_code(one, code), by_code(other, code.lower())])) == [None, RowTwice.code]


def test_a_check_does_not_say_whether_there_is_such_a_code():
    one, other, third = applicants(3)
    with_other = by_code(other, by_code(third)[6])
    assert outcomes(checked([guess(one), with_other])) == [None, None]
    assert not CodeTries.objects.exists()


def test_each_is_bound_to_employer_person_and_one_question():
    one, other, third, fourth = applicants(4)
    used = by_code(one)
    assert outcomes(asked([used])) == ["not_listed"]
    elsewhere = consenting.requested(asking.courier_company(), purpose="transport_recruitment", post="courier").request
    theirs = consenting.given(elsewhere, consenting.person(fourth[NUMBER], fourth[NAME])).code
    made = asked([by_code(one, used[6]), by_code(other, by_code(third)[6]), guess(third), by_code(fourth, theirs)])
    assert outcomes(made) == codes(
        ConsentCodeSpent, ConsentCodeOfAnotherPerson, ConsentCodeUnknown, ConsentCodeOfAnotherEmployer
    )
    assert Consent.objects.count() == 1


def test_what_waits_for_an_officer_is_sealed_with_the_consent(settings):
    settings.SHARING_HELD_SHARE = 1.0
    assert outcomes(asked([by_code(applicants(1)[0])])) == ["pending"]
    assert Consent.objects.get().person_sealed is not None


def test_nothing_of_a_code_is_kept_readable_in_a_row():
    line = by_code(applicants(1)[0])
    row = checked([line]).rows.get()
    assert row.asked["code"] == line[6]
    assert line[6].encode() not in bytes(row.sealed)
    asked_one = asked([by_code(applicants(1)[0])])
    assert asked_one.rows.get().sealed is None


# Guessing in bulk


def test_within_one_chunk_no_more_wrong_codes_are_compared_than_in_an_hour(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 3
    lines = applicants(40)
    good = by_code(lines[39])
    made = asked([*map(guess, lines[:39]), good])
    found = outcomes(made)
    assert found.count(ConsentCodeUnknown.code) <= 3
    assert CodeTries.objects.get().wrong == 3
    assert found.count(None) >= 36
    assert (made.state, made.due_at) == (BatchState.WAITING, cast.NOW + HOUR)


def test_numbers_are_not_tried_out_with_one_code_in_many_rows(settings):
    """Of one file each code counts once; of many files, the code itself closes."""
    settings.SHARING_WRONG_CODES_AN_HOUR = 100
    request = consenting.requested().request
    code = consenting.given(request).code
    found = [outcomes(asked([by_code(line, code)]))[0] for line in applicants(7)]
    assert found == [ConsentCodeOfAnotherPerson.code] * 5 + [ConsentCodeOfTooManyPersons.code] * 2
    assert requesting.state_of(request, cast.NOW) == RequestState.CLOSED


def test_what_waits_goes_on_in_an_hour_and_signed_forms_do_not_wait(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    wrong, *others, form = applicants(5)
    made = asked([guess(wrong), [*form, ""]])
    assert outcomes(made) == [ConsentCodeUnknown.code, "not_listed"]
    made = asked([*map(by_code, others), [*applicants(6)[5], ""]])
    assert outcomes(made) == [None, None, None, "not_listed"]
    assert made.keep_until > made.due_at == cast.NOW + HOUR
    work(cast.NOW + HOUR - timedelta(seconds=1))
    assert outcomes(made)[:3] == [None] * 3
    work(cast.NOW + HOUR)
    assert outcomes(made) == ["not_listed"] * 4
    assert fresh(made).state == BatchState.DONE


def test_signed_forms_do_not_wait_behind_more_codes_than_a_chunk_has(settings, monkeypatch):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    monkeypatch.setattr(batch_asking, "CHUNK", 3)
    wrong, *others, one, other = applicants(8)
    asked([guess(wrong)])
    made = asked([*map(by_code, others), [*one, ""], [*other, ""]])
    assert outcomes(made) == [None] * 5 + ["not_listed"] * 2
    assert made.due_at == cast.NOW + HOUR
    work(cast.NOW + HOUR)
    assert outcomes(made) == ["not_listed"] * 7


def test_nor_where_a_wrong_one_among_them_uses_up_the_tries(settings, monkeypatch):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    monkeypatch.setattr(batch_asking, "CHUNK", 3)
    wrong, *others, one, other = applicants(8)
    made = asked([guess(wrong), *map(by_code, others), [*one, ""], [*other, ""]])
    assert outcomes(made)[6:] == ["not_listed"] * 2


def test_right_codes_of_a_long_file_are_all_answered_in_one_chunk(settings, monkeypatch):
    settings.SHARING_WRONG_CODES_AN_HOUR = 4
    made = batches.begun([by_code(each) for each in applicants(10)])
    assert batch_asking.go_on(now=cast.NOW)
    assert outcomes(made) == ["not_listed"] * 10


def test_wrong_codes_of_a_batch_count_against_single_questions_and_the_other_way_round(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 2
    lines = applicants(3)
    asked([guess(lines[0])])
    with pytest.raises(ConsentCodeUnknown):
        asking.answered(asking.question(consent=consenting.TypedCode(code=consent_code.new())))
    with pytest.raises(TooManyConsentCodes):
        asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    assert outcomes(asked([guess(lines[1])])) == [None]


def test_a_chunk_that_dies_leaves_no_count_and_spends_no_code(monkeypatch):
    lines = applicants(2)
    made = batches.begun([guess(lines[0]), by_code(lines[1])])
    with monkeypatch.context() as patch:
        patch.setattr(batch_asking, "_settle", lambda *_: 1 / 0)
        batch_asking.go_on(now=cast.NOW)
    assert (CodeTries.objects.count(), Screening.objects.count(), outcomes(made)) == (0, 0, [None, None])
    work(cast.NOW + timedelta(minutes=1))
    assert outcomes(made) == [ConsentCodeUnknown.code, "not_listed"]


def test_the_page_says_why_it_waits(settings):
    settings.SHARING_WRONG_CODES_AN_HOUR = 1
    one, other = applicants(2)
    asked([guess(one)])
    made = asked([by_code(other)])
    hr = signed_in(a_member(asking.bank(), "xu", MemberRole.HR))
    page = text_of(hr.get(f"/employer/batches/{made.pk}/"))
    assert "Too many consent codes" in page
    assert "used up" not in page
