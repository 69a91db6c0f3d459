"""What a caller reads where no view could answer: both languages, a reference number, and nothing of the fault itself."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import translation

from config.reference import HEADER, ReferenceFilter
from registry.keys import KeyUnknown, SealBroken
from sharing.public.pages import HelpView

REFERENCE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
SECRET = "details that nobody outside may read"


@pytest.fixture
def caller():
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    yield client
    translation.deactivate()


@pytest.fixture
def breaks(monkeypatch):
    """The help page fails with this."""

    def plant(error: Exception) -> None:
        def fail(self, request, **kwargs):
            raise error

        monkeypatch.setattr(HelpView, "get", fail)

    return plant


def test_a_page_that_does_not_exist_says_so_in_both_languages(caller):
    response = caller.get("/no/such/page")
    page = response.content.decode()
    assert response.status_code == 404
    assert "This page does not exist" in page
    assert 'lang="zh-Hans"' in page
    assert "页面不存在" in page


def test_in_chinese_the_chinese_words_come_first(caller):
    page = caller.get("/no/such/page", headers={"accept-language": "zh-CN"}).content.decode()
    assert page.index("页面不存在") < page.index("This page does not exist")
    assert 'lang="zh-Hans"' in page


def test_the_reference_is_on_the_page_in_the_header_and_in_the_log(caller, breaks, caplog):
    breaks(ValueError(SECRET))
    response = caller.get("/help/")
    assert response.status_code == 500
    assert REFERENCE.fullmatch(response[HEADER])
    assert response[HEADER] in response.content.decode()
    assert SECRET not in response.content.decode()
    (record,) = (each for each in caplog.records if each.name == "django.request")
    ReferenceFilter().filter(record)
    assert record.reference == response[HEADER]


def test_every_answer_has_a_reference_of_its_own(caller):
    first, second = (caller.get("/help/")[HEADER] for _ in range(2))
    assert first != second
    assert REFERENCE.fullmatch(first)


def test_a_line_outside_a_request_has_none():
    record = logging.makeLogRecord({"msg": "x"})
    assert ReferenceFilter().filter(record)
    assert record.reference == "-"


def test_a_page_says_when_the_database_is_away_and_when_to_come_back(caller, breaks):
    breaks(OperationalError(SECRET))
    response = caller.get("/help/")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Try again in a minute; nothing was lost." in response.content.decode()
    assert SECRET not in response.content.decode()


def test_the_desk_says_so_too(caller, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError(SECRET)

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    caller.cookies["sessionid"] = "x" * 32
    response = caller.get("/desk/")
    assert response.status_code == 503
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("error", [SealBroken, KeyUnknown])
def test_that_something_kept_cannot_be_opened_is_nobodys_to_know_but_officers(caller, breaks, error):
    breaks(error(SECRET))
    response = caller.get("/help/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "opened" not in response.content.decode()


def test_a_form_without_its_token_is_told_to_load_the_page_again():
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = client.post("/verify/", {"code": ""})
    assert response.status_code == 403
    assert "This form was open for too long" in response.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/no-such-thing", "/oauth/no-such-thing", "/.well-known/no-such-thing"])
def test_a_machine_gets_problem_details(caller, path):
    response = caller.get(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["reference"] == response[HEADER]


def test_a_machine_gets_problem_details_of_a_fault_too(caller, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError(SECRET)

    monkeypatch.setattr("sharing.openapi.SchemaView.get", fail)
    response = caller.get("/api/v1/schema/")
    assert response.status_code == 500
    assert response.json()["title"] == "Something went wrong on our side"
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/language/?next=/"])
def test_an_unknown_language_is_no_error(caller, path):
    response = caller.get(path, headers={"accept-language": "xx-YY, tlh;q=0.9"})
    assert response.status_code in {200, 302}
    posted = caller.post("/language/", {"language": "tlh", "next": "/help/"})
    assert posted.status_code == 302
    assert posted["Location"] == "/help/"
