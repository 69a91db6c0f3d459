"""What no browser sends breaks no page: encodings that are none, cookies that are no session's, steps that were skipped."""

from __future__ import annotations

import io
import itertools

import pytest
from django.test import Client as Browser
from django.utils import timezone

from config.text_of_requests import Utf8Handler, without_charset
from tests import cast, visiting

STEPS = ("kind", "listing", "part", "why", "check")
PARTS = b"--x\r\nContent-Disposition: form-data; name=number\r\n\r\nO-1\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", ""),
        ("application/json", "application/json"),
        ("application/json; charset=gbk", "application/json"),
        ("text/plain; CHARSET=hex", "text/plain"),
        ("multipart/form-data; boundary=x; charset=base64", 'multipart/form-data; boundary="x"'),
    ],
)
def test_a_request_is_read_as_utf_8_whatever_it_says(said, read):
    assert without_charset(said) == read


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "idna", "undefined", "utf-16", "no-such"])
@pytest.mark.parametrize(("method", "kind"), [("GET", "text/plain"), ("POST", "multipart/form-data; boundary=x")])
def test_an_encoding_that_makes_no_text_breaks_no_page(charset, method, kind):
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": "/objections/follow/", "QUERY_STRING": "x=1", "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(PARTS), "CONTENT_LENGTH": str(len(PARTS)),
        "CONTENT_TYPE": f"{kind}; charset={charset}",
    }  # fmt: skip
    answered = []
    Utf8Handler()(environ, lambda status, headers: answered.append((status, dict(headers))))
    ((status, headers),) = answered
    assert status in ("200 OK", "403 Forbidden")
    assert "Content-Security-Policy" in headers


@pytest.mark.django_db
@pytest.mark.parametrize("key", ['"abcdefgh\\000ijklmnop"', "../../etc", "a" * 4000, "\xff" * 40])
def test_a_cookie_that_cannot_be_a_session_is_none(key):
    browser = Browser(raise_request_exception=False)
    for path in ("/record/", "/consent/", "/identity/", "/desk/"):
        assert browser.get(path, headers={"cookie": f"sessionid={key}"}).status_code in (200, 302), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        {"step": "kind", "kind": "objection", "go": "check"},
        {"step": "kind", "kind": "bogus", "go": "check"},
        {"step": "listing", "go": "check"},
        {"step": "why", "words": "x", "go": "check"},
        {"step": "check", "go": "check"},
        {"step": "listing", "listing": "none", "go": "part"},
    ],
)
def test_a_question_is_not_skipped_by_hand(monkeypatch, typed):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cast.in_force()
    browser = visiting.visitor(now=cast.NOW)
    browser.raise_request_exception = False
    answer = browser.post("/objections/new/", {"sealed": "", **typed})
    assert answer.status_code == 200
    sealed = answer.context["sealed"]
    for step, go in itertools.product(STEPS, (*STEPS, "")):
        answer = browser.post("/objections/new/", {"sealed": sealed, "step": step, "go": go})
        assert (answer.status_code, answer.context["step"] == "check") == (200, False), (step, go)
