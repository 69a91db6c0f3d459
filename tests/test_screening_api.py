"""The employers' door: what it takes, what it gives, and what it never gives away."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from jwcrypto import jwk, jws

from registry.errors import ConsentNeeded
from sharing.employers.models import Screening
from sharing.employers.padding import ANSWER_BYTES
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
URL = "/api/v1/screenings"


@pytest.fixture
def bank() -> dict[str, str]:
    return asking.bearer(asking.bank().organisation)


def post(headers: dict[str, str], body: Any, key: str = "key-00001", **more: str) -> Any:
    sent = {"Idempotency-Key": key, **headers, **more}
    return Browser().post(URL, body, content_type="application/json", headers=sent)


def test_it_works(bank: dict[str, str]) -> None:
    cast.in_force()
    response = post(bank, asking.body())
    assert response.status_code == 201
    answer = response.json()
    assert answer["outcome"] == "listed"
    again = Browser().get(response["Location"], headers=bank)
    assert (again.status_code, again.content) == (200, response.content)


def test_who_asks_is_read_in_one_query(bank: dict[str, str]) -> None:
    """Token, key and organisation: before anything is answered, and at every call."""
    with CaptureQueriesContext(connection) as queries:
        assert Browser().get("/api/v1/screenings/nothing", headers=bank).status_code == 404
    asked = [row["sql"] for row in queries if 'FROM "parties_' in row["sql"] or "accesstoken" in row["sql"]]
    assert len(asked) == 1
    assert '"parties_organisation"' in asked[0]
    assert "auth_user" not in asked[0]


def test_the_answer_verifies_with_another_library_from_the_published_keys(bank: dict[str, str]) -> None:
    cast.in_force()
    published = Browser().get("/.well-known/jwks.json")
    assert published["Content-Type"] == "application/jwk-set+json"
    assert published["Cache-Control"] == "public, max-age=3600"
    token = jws.JWS()
    token.allowed_algs = ["Ed25519"]
    token.deserialize(post(bank, asking.body()).json()["result"], jwk.JWKSet.from_json(published.content.decode()))
    claims = json.loads(token.payload)
    assert (claims["aud"], claims["outcome"]) == (asking.BANK_USCC, "listed")


def test_the_same_key_and_body_give_the_same_bytes(bank: dict[str, str]) -> None:
    cast.in_force()
    body = asking.body()
    first, again = post(bank, body), post(bank, body)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert asking.alike(first) == asking.alike(again)
    assert Screening.objects.count() == 1
    other = post(bank, {**body, "post": "bank_teller"})
    assert (other.status_code, other.json()["code"]) == (422, "R-505")


def test_every_outcome_looks_the_same_from_outside(bank: dict[str, str]) -> None:
    cast.in_force()
    listed, pending, clean = asking.body(), asking.body(), asking.body()
    pending["applicant"]["name"] = "高某"
    clean["applicant"]["document"]["number"] = cast.APPLICANT_NUMBER
    given = [post(bank, body, key=f"key-0000{place}") for place, body in enumerate((listed, pending, clean))]
    assert [response.json()["outcome"] for response in given] == ["listed", "pending", "not_listed"]
    assert {(response.status_code, len(response.content)) for response in given} == {(201, ANSWER_BYTES)}
    assert len({tuple(sorted(set(response.headers) - {"Location"})) for response in given}) == 1
    assert {response["Cache-Control"] for response in given} == {"no-store, no-transform"}
    assert len({tuple(response.json()) for response in given}) == 1


def test_a_screening_of_another_employer_is_as_absent_as_one_that_never_was(bank: dict[str, str]) -> None:
    own = post(bank, asking.body())["Location"]
    stranger = asking.bearer(asking.courier_company().organisation)
    foreign = Browser().get(own, headers=stranger)
    absent = Browser().get(own[:-1] + ("0" if own[-1] != "0" else "1"), headers=stranger)
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert asking.alike(foreign) == asking.alike(absent)


@pytest.mark.parametrize("id", ["x", "scr_%00", "scr_ａ" + "0" * 25, "0" * 30])
def test_an_id_that_cannot_be_is_absent(bank: dict[str, str], id: str) -> None:
    assert Browser().get(f"{URL}/{id}", headers=bank).json()["code"] == "R-508"


def without(path: str) -> dict[str, Any]:
    body = copy.deepcopy(asking.body())
    *way, last = path.split(".")
    inner = body
    for step in way:
        inner = inner[step]
    del inner[last]
    return body


def with_member(path: str, value: object) -> dict[str, Any]:
    body = copy.deepcopy(asking.body())
    *way, last = path.split(".")
    inner = body
    for step in way:
        inner = inner[step]
    inner[last] = value
    return body


@pytest.mark.parametrize("path", ["purpose", "post", "applicant", "applicant.name", "applicant.document.number"])
def test_a_missing_member_is_named(bank: dict[str, str], path: str) -> None:
    response = post(bank, without(path))
    assert (response.status_code, response.json()["code"]) == (400, "R-903")
    assert [error["field"] for error in response.json()["errors"]] == [path]


@pytest.mark.parametrize(
    "path",
    [
        "outcome",
        "client",
        "employer",
        "scope",
        "asked_at",
        "applicant.listing",
        "applicant.document.digest",
        "consent.id",
    ],
)
def test_a_member_that_is_not_known_is_refused_and_named(bank: dict[str, str], path: str) -> None:
    response = post(bank, with_member(path, 1))
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [path]
    assert not Screening.objects.exists()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("purpose", {"a": 1}),
        ("purpose", "x" * 49),
        ("applicant", []),
        ("applicant.document", "E1"),
        ("applicant.name", None),
        ("applicant.document.number", "1" * 65),
        ("consent.signed_on", "2026-13-01"),
        ("consent.signed_on", 5),
        ("consent.kind", "spoken"),
    ],
)
def test_a_value_of_another_kind_is_named(bank: dict[str, str], path: str, value: object) -> None:
    response = post(bank, with_member(path, value))
    assert (response.status_code, response.json()["code"]) == (400, "R-903")
    assert [error["field"] for error in response.json()["errors"]] == [path]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "1", "NaN", "\ufeff{}", '{"a":' * 60 + "1" + "}" * 60])
def test_a_body_that_is_no_question_is_refused(bank: dict[str, str], body: str) -> None:
    response = post(bank, body)
    assert (response.status_code, response.json()["code"]) == (400, "R-903")


def test_a_body_nested_without_end_is_refused(bank: dict[str, str]) -> None:
    response = post(bank, '{"purpose":' * 20_000)
    assert (response.status_code, response.json()["code"]) == (400, "R-903")


def test_a_body_that_is_too_large_is_refused(bank: dict[str, str]) -> None:
    response = post(bank, json.dumps({"purpose": "x" * 300_000}))
    assert (response.status_code, response.json()["code"]) == (413, "R-483")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "with space", "a.b.c.d.e"])
def test_a_question_needs_an_idempotency_key(bank: dict[str, str], key: str) -> None:
    response = post(bank, asking.body(), key=key)
    assert (response.status_code, response.json()["code"]) == (400, "R-504")


def test_a_refusal_repeats_neither_name_nor_number(bank: dict[str, str]) -> None:
    number = cast.DEFENDANT_NUMBER[:-1] + "5"
    response = post(bank, with_member("applicant.document.number", number))
    assert (response.status_code, response.json()["code"]) == (422, "R-102")
    assert number not in response.content.decode()
    assert "高䶮" not in json.dumps(response.json(), ensure_ascii=False)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_refusals_are_problem_details_in_the_language_that_is_asked_for(bank: dict[str, str], language: str) -> None:
    body = asking.body()
    post(bank, body)
    response = post(bank, body, key="key-00002", **{"Accept-Language": language})
    with translation.override(language):
        refusal = ConsentNeeded("consent.document_sha256")
        expected = {
            "type": "/problems/consent-needed",
            "title": str(refusal.message),
            "status": 403,
            "code": "R-503",
            "detail": refusal.text,
            "errors": [{"code": "R-503", "field": "consent.document_sha256", "detail": refusal.text}],
        }
    assert response["Content-Type"] == "application/problem+json"
    assert response["Content-Language"] == language
    assert response.json() == expected


def test_the_answer_is_the_same_in_every_language(bank: dict[str, str]) -> None:
    body = asking.body()
    first = post(bank, body, **{"Accept-Language": "en"})
    assert first.content == post(bank, body, **{"Accept-Language": "zh-hans"}).content


def test_an_organisation_that_was_not_admitted_may_not_ask() -> None:
    employer = asking.bank()
    headers = asking.bearer(employer.organisation)
    employer.delete()
    assert post(headers, asking.body()).json()["code"] == "R-507"
