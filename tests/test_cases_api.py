"""A court's case management tells the case register over the API; nothing but what became of each row comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry.models import Case, CaseAct
from sharing.courts import registering
from sharing.parties.models import Client
from tests import asking, cast, docket
from tests.docket import APPEAL, FIRST

pytestmark = pytest.mark.django_db

DOOR = "/api/v1/cases"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Tokens are made by the real clock; what a case may say, by the cast's."""
    monkeypatch.setattr("sharing.courts.api.timezone.now", lambda: cast.NOW)


def bearer(court: str = "京0105", code: str = "chaoyang-cases") -> dict[str, str]:
    system = docket.system(court, code)
    client_id, secret = registering.add_key(system, officer=cast.high_court_registrar(), now=cast.NOW)
    return {"Authorization": "Bearer " + asking.token(client_id, secret).json()["access_token"]}


def tell(*cases: Any, headers: dict[str, str] | None = None, body: Any = None) -> Any:
    sent = {"cases": list(cases)} if body is None else body
    return Browser().post(DOOR, sent, content_type="application/json", headers=headers or bearer())


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["result"] for row in answer.json()["rows"]]


def test_it_works():
    ended = {"number": FIRST, "filed_on": "2026-03-02", "outcome": "convicted", "concluded_on": "2026-09-01"}
    answer = tell(ended, {"number": "(2026)京0105刑初124号", "filed_on": "2026-03-05", "continues": FIRST})
    assert answer.json() == {
        "rows": [
            {"row": 0, "number": FIRST, "result": "filed", "errors": []},
            {"row": 1, "number": "（2026）京0105刑初124号", "result": "filed", "errors": []},
        ]
    }
    assert Case.objects.get(number=FIRST).concluded_on == date(2026, 9, 1)
    assert set(CaseAct.objects.values_list("way", "system")) == {("api", "chaoyang-cases")}
    assert results(tell(ended)) == ["unchanged"]


def test_each_row_is_taken_or_refused_for_itself():
    answer = tell(
        {"number": FIRST, "filed_on": "2026-03-02"},
        {"number": "（2026）京0108刑初9号", "filed_on": "2026-03-02"},
        {"number": "（2026）京0105刑初124号", "filed_on": "yesterday"},
        {"number": "（2026）京0105刑初125号", "filed_on": "2026-03-02", "defendant": "高䶮"},
        "no row",
        {"filed_on": "2026-03-02"},
        {"number": 7},
        {"number": "（2026）京0105刑初126号", "charge": "盗窃罪"},
    )
    assert results(answer) == ["filed", *["refused"] * 6, "passed_over"]
    told = [[(one["code"], one["field"]) for one in row["errors"]] for row in answer.json()["rows"]]
    assert told[1:7] == [
        [("R-202", "number")],
        [("R-204", "filed_on")],
        [("R-903", "defendant")],
        [("R-903", "")],
        [("R-213", "number")],
        [("R-903", "number")],
    ]
    assert "高䶮" not in answer.content.decode()
    assert [case.number for case in Case.objects.all()] == [FIRST]


def test_what_comes_back_says_nothing_of_the_register():
    """Neither what stood there before, nor that a decision is entered."""
    cast.entered_decision()
    answer = tell({"number": FIRST, "filed_on": "2026-03-03"})
    assert answer.json() == {"rows": [{"row": 0, "number": FIRST, "result": "changed", "errors": []}]}


def test_a_system_of_one_court_tells_of_that_court_and_the_high_courts_of_every_one():
    appeal = {"number": APPEAL, "filed_on": "2026-09-21", "continues": FIRST}
    assert results(tell(appeal)) == ["refused"]
    assert results(tell(appeal, headers=bearer("京", "high-court-cases"))) == ["filed"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "R-903"),
        ({}, 400, "R-903"),
        ({"cases": {}}, 400, "R-903"),
        ({"cases": [{}], "more": 1}, 400, "R-903"),
        ({"cases": []}, 413, "R-248"),
        ({"cases": [{"number": FIRST}] * 1001}, 413, "R-248"),
    ],
    ids=["a list", "nothing", "no list", "unknown member", "no case", "too many"],
)
def test_a_call_that_cannot_be_read_is_refused_whole(body, status, code):
    answer = tell(body=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_thousand_cases_go_in_one_call():
    cases = [{"number": f"（2026）京0105刑初{serial}号", "filed_on": "2026-03-02"} for serial in range(1, 1001)]
    assert results(tell(*cases)) == ["filed"] * 1000


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_without_a_token_nobody_comes_in(headers):
    assert tell({"number": FIRST}, headers=headers).status_code == 401


def test_neither_departments_nor_employers_come_in():
    for headers in (
        asking.bearer(asking.bank().organisation),
        asking.bearer(asking.department(), ["events", "receipts"]),
    ):
        assert tell({"number": FIRST}, headers=headers).json()["code"] == "R-902"


def test_a_court_does_not_come_in_where_employers_ask():
    answer = Browser().get("/api/v1/recalled-results", headers=bearer())
    assert (answer.status_code, answer.json()["code"]) == (403, "R-902")


def test_the_scope_alone_does_not_open_the_door():
    headers = bearer()
    Client.objects.update(organisation=asking.department())
    assert tell({"number": FIRST}, headers=headers).status_code == 403


def test_a_revoked_key_is_refused_at_once():
    headers = bearer()
    system = docket.system()
    client = Client.objects.get(organisation=system.organisation)
    registering.revoke_key(system, client.client_id, officer=cast.high_court_registrar(), now=timezone.now())
    assert tell({"number": FIRST}, headers=headers).status_code == 401
