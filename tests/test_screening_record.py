"""One record for each question: given again, never changed, telling no name; and the signed result in it."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from registry import identity
from registry.errors import (
    IdempotencyKeyReused,
)
from registry.models import Event, Listing
from registry.models.insert_only import InsertOnlyError
from sharing import signing
from sharing.employers import padding
from sharing.employers.models import Consent, QuestionsAsked, Screening, ScreeningOutcome
from tests import asking, cast

LISTED, NOT_LISTED, PENDING = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED, ScreeningOutcome.PENDING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


# The same question again


def test_the_same_key_and_question_give_the_same_bytes_and_count_once() -> None:
    cast.in_force()
    asked = asking.question()
    first = asking.answered(asked)
    cast.withdrawn(Listing.objects.get())
    again = asking.answered(asked, now=cast.NOW + timedelta(days=60))
    assert (again.pk, again.answer) == (first.pk, first.answer)
    assert (Screening.objects.count(), Consent.objects.count(), QuestionsAsked.objects.get().questions) == (1, 1, 1)


@pytest.mark.parametrize(
    "changed", [{"name": "高某"}, {"post": "bank_teller"}, {"consent": asking.attested()}], ids=str
)
def test_the_same_key_with_another_question_is_refused(changed: dict[str, object]) -> None:
    asked = asking.question()
    asking.answered(asked)
    with pytest.raises(IdempotencyKeyReused):
        asking.answered(replace(asked, **changed))  # type: ignore[arg-type]  # the test names the fields
    assert Screening.objects.count() == 1


def test_another_employer_may_use_the_same_key() -> None:
    asked = asking.question()
    asking.answered(asked)
    other = asking.answered(replace(asked, consent=asking.attested()), asking.courier_company())
    assert Screening.objects.count() == 2
    assert other.employer.code == "courier"


# The record and the result


def test_the_record_is_written_once() -> None:
    screening = asking.answered()
    with pytest.raises(InsertOnlyError):
        screening.save()
    with pytest.raises(InsertOnlyError):
        screening.delete()
    for statement in ("UPDATE employers_screening SET outcome = 'listed'", "DELETE FROM employers_screening"):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_row_holds_the_name_or_the_number_in_clear() -> None:
    cast.in_force()
    asking.answered()
    asking.answered(asking.question(name="高某"))
    models: list[type[Model]] = [Screening, Consent, QuestionsAsked]
    for model in models:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row::text FROM {model._meta.db_table} AS row")
            text = "".join(row[0] for row in cursor.fetchall())
        for secret in (cast.DEFENDANT_NUMBER, "高䶮", "高某"):
            assert secret not in text
            assert secret.encode().hex() not in text


def test_the_signed_result_tells_the_least() -> None:
    listing = cast.in_force()
    screening = asking.answered()
    claims = signing.read_result(screening.result)
    answer = asking.told(screening)
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": asking.BANK_USCC,
        "jti": screening.id,
        "iat": int(cast.NOW.timestamp()),
        "exp": int((cast.NOW + timedelta(days=30)).timestamp()),
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "scope": "listing",
        "applicant": answer["applicant"]["commitment"],
        "outcome": "listed",
        "as_of": {"epoch": 1, "position": Event.objects.get(listing=listing).position, "checkpoint": None},
        "listing": answer["listing"],
        "status": {
            "status_list": {
                "idx": screening.status_index,
                "uri": f"http://127.0.0.1:8000/status-lists/{screening.status_list}",
            }
        },
    }


def test_only_the_salt_opens_the_commitment_and_the_signed_result_does_not_hold_it() -> None:
    screening = asking.answered()
    applicant = asking.told(screening)["applicant"]
    salt = base64.urlsafe_b64decode(applicant["salt"] + "=")
    number = identity.key_form("resident_id", cast.DEFENDANT_NUMBER)
    expected = hmac.digest(salt, f"{identity.name_form('高䶮')}\n{number}".encode(), "sha256")
    assert base64.urlsafe_b64decode(applicant["commitment"] + "=") == expected
    assert applicant["salt"] not in json.dumps(signing.read_result(screening.result))
    assert asking.told(asking.answered())["applicant"]["commitment"] != applicant["commitment"]


def test_the_result_verifies_with_plain_ed25519() -> None:
    screening = asking.answered()
    (key,) = signing.jwks()["keys"]
    signed, _, signature = screening.result.rpartition(".")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    public.verify(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), signed.encode())
    header = json.loads(base64.urlsafe_b64decode(signed.partition(".")[0] + "=="))
    assert (header["typ"], header["kid"]) == ("screening-result+jwt", key["kid"])


def test_every_answer_has_the_same_size() -> None:
    cast.in_force()
    listed = asking.answered()
    pending = asking.answered(asking.question(name="高某"))
    clean = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    assert [each.outcome for each in (listed, pending, clean)] == [LISTED, PENDING, NOT_LISTED]
    assert {len(each.answer) for each in (listed, pending, clean)} == {padding.ANSWER_BYTES}


def test_the_longest_answer_fits() -> None:
    longest = [asking.prohibited(scope=str(place) + '"\U00030000' * 99, months=36 + place) for place in range(5)]
    cast.in_force(cast.party(prohibitions=tuple(longest)))
    shown = asking.told(asking.answered())["listing"]["prohibitions"]
    assert [row["ends_on"] for row in shown] == ["2030-01-31", "2029-12-31", "2029-11-30"]


def test_a_hit_costs_as_many_queries_as_a_miss() -> None:
    cast.in_force()
    counts = set()
    for changed in ({}, {"name": "高某"}, {"document_number": cast.APPLICANT_NUMBER}):
        employer, asked = asking.bank(), asking.question(**changed)
        asking.machine(employer.organisation)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            asking.answered(asked, employer)
        counts.add(len(queries))
    assert len(counts) == 1, counts
