"""What a program reads that calls in a way that nothing takes: what is wrong, where, and what to send instead, in both languages."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.translation import override

from sharing.courts import registering
from sharing.employers.models import Screening
from tests import asking, cast, docket

pytestmark = pytest.mark.django_db
KEY = "a-key-of-its-own"
ASK = "/api/v1/screenings"
EN, ZH = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


@pytest.fixture
def bank() -> dict[str, str]:
    return {**asking.bearer(asking.bank().organisation), "Idempotency-Key": KEY, **EN}


def said(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["errors"][0]["code"]) == (answer.status_code, body["code"])
    return answer.status_code, body["code"]


def why(answer: Any) -> dict[str, str]:
    return {each["field"]: each["detail"] for each in answer.json()["errors"]}


def sent(body: Any, headers: dict[str, str], kind: str = "application/json") -> Any:
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return Browser().post(ASK, content, kind, headers=headers)


def changed(**members: Any) -> dict[str, Any]:
    return {**asking.body(), **members}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/screenings/", "/trial/ep_1/nothing", "/status-lists/", "/oauth/x"]
)
def test_an_address_that_is_not_there_is_refused_to_machines_in_their_form(path: str) -> None:
    english, chinese = (Browser().get(path, headers=each) for each in (EN, ZH))
    assert said(english) == said(chinese) == (404, "R-477")
    assert "/api/v1/schema/" in english.json()["detail"]
    assert "/api/v1/schema/" in chinese.json()["detail"]
    assert english.json()["reference"]


def test_a_method_that_is_not_there_is_refused_with_those_that_are(bank: dict[str, str]) -> None:
    answer = Browser().get(ASK, headers=bank)
    assert said(answer) == (405, "R-481")
    assert "POST" in answer.json()["detail"]


def test_the_token_endpoint_says_which_method_it_takes() -> None:
    answer = Browser().get("/oauth/token", headers=EN)
    assert said(answer) == (405, "R-481")
    assert answer["Allow"] == "POST"
    assert "POST" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_of_another_kind_is_refused_with_the_one_that_is_taken(bank: dict[str, str], kind: str) -> None:
    answer = sent(asking.body(), bank, kind)
    assert said(answer) == (415, "R-482")
    assert "application/json" in answer.json()["detail"]


def test_a_compressed_body_is_told_from_one_that_is_no_json(bank: dict[str, str]) -> None:
    packed = gzip.compress(json.dumps(asking.body()).encode())
    assert said(sent(packed, {**bank, "Content-Encoding": "gzip"})) == (415, "R-482")
    plain = sent(packed, bank)
    assert said(plain) == (400, "R-903")
    assert "JSON" in plain.json()["detail"]


def test_a_body_that_is_too_long_is_refused_with_how_long_it_may_be(bank: dict[str, str]) -> None:
    answer = sent(" " * 300_000, bank)
    assert said(answer) == (413, "R-483")
    assert "262144" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (changed(purpose=None), "purpose", "null"),
        (changed(purpose=""), "purpose", "empty"),
        (changed(purpose="x" * 49), "purpose", "too long"),
        (changed(purposse="finance_recruitment"), "purposse", "no such member"),
        (changed(consent={"kind": "spoken"}), "consent.kind", "none of the values"),
        (changed(consent={"kind": "code"}), "consent.code", "missing"),
        (
            changed(consent={"kind": "attested", "document_sha256": "0", "signed_on": "soon"}),
            "consent.signed_on",
            "form",
        ),
        ({each: value for each, value in asking.body().items() if each != "post"}, "post", "missing"),
    ],
)
def test_each_member_says_what_is_wrong_with_it(bank: dict[str, str], body: Any, field: str, reason: str) -> None:
    answer = sent(body, bank)
    assert said(answer) == (400, "R-903")
    assert list(why(answer)) == [field]
    assert reason in why(answer)[field]
    assert "/api/v1/schema/" in why(answer)[field]


def test_a_reason_repeats_nothing_that_was_sent(bank: dict[str, str]) -> None:
    answer = sent(changed(consent={"kind": cast.DEFENDANT_NUMBER}), bank)
    assert cast.DEFENDANT_NUMBER not in answer.content.decode()


def test_a_reason_is_in_the_language_that_was_asked_for(bank: dict[str, str]) -> None:
    english = why(sent(changed(purpose=None), bank))
    with override("en"):
        assert why(sent(changed(purpose=None), {**bank, **ZH})) != english
    assert not Screening.objects.exists()


@pytest.mark.parametrize("path", ["recalled-results", "monitorings"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "R-470"),
        ("limit=501", "R-470"),
        ("limit=1&limit=2", "R-470"),
        ("afer=1", "R-471"),
        ("after=1", "R-903"),
    ],
)
def test_a_list_that_is_asked_for_wrongly_does_not_begin_anew(
    bank: dict[str, str], path: str, query: str, code: str
) -> None:
    assert said(Browser().get(f"/api/v1/{path}?{query}", headers=bank)) == (400, code)


@pytest.mark.parametrize("query", ["after=1&after=2", "limit=5&limit=5", "opened=0&opened=1"])
def test_a_number_is_sent_once(query: str) -> None:
    headers = asking.bearer(cast.department().organisation, ("events",))
    answer = Browser().get(f"/api/v1/events?{query}", headers={**headers, **EN})
    assert said(answer) == (400, "R-470")


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [({"numbr": "1"}, "numbr", "no such member"), ({"number": 1}, "number", "form"), ("1", "", "form")],
)
def test_a_case_that_is_told_wrongly_says_what_is_wrong(row: Any, field: str, reason: str) -> None:
    client_id, secret = registering.add_key(docket.system(), officer=cast.high_court_registrar(), now=cast.NOW)
    headers = {"Authorization": "Bearer " + asking.token(client_id, secret).json()["access_token"], **EN}
    answer = Browser().post("/api/v1/cases", json.dumps({"cases": [row]}), "application/json", headers=headers)
    (error, *_others) = answer.json()["rows"][0]["errors"]
    assert (error["code"], error["field"]) == ("R-903", field)
    assert reason in error["detail"]


@pytest.mark.parametrize("query", ["", "position=1&from=1"])
def test_a_proof_is_asked_for_in_one_of_two_ways(query: str) -> None:
    headers = {**asking.bearer(cast.department().organisation, ("events",)), **EN}
    answer = Browser().get(f"/api/v1/log/proof?{query}", headers=headers)
    assert said(answer) == (400, "R-903")
    assert "one of them" in answer.json()["detail"]


@pytest.mark.parametrize("twice", ['"purpose": "x", ', '"applicant": {"name": "a", "name": "b"}, '])
def test_a_member_that_stands_twice_is_refused_for_two_readers_would_read_two_things(
    bank: dict[str, str], twice: str
) -> None:
    """RFC 7493 §2.3. Neither is taken, and neither is repeated."""
    body = "{" + twice + json.dumps(asking.body())[1:]
    answer = sent(body, bank)
    assert said(answer) == (400, "R-903")
    assert "stands twice" in answer.json()["detail"]
    assert not Screening.objects.exists()
