"""Browsers say that a page broke the policy of contents: it is counted, and of what they send nothing is kept."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry import tasks, violations
from registry.models import Blocked, Violations
from tests import cast, desk, production
from tests.threads import in_threads

SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N"  # as it stands in an applicant's link
PAGE = f"https://registry.court.example/consent/{SECRET}/"
WORDS = (
    st.sampled_from(["csp-report", "body", "effectiveDirective", "effective-directive", "blockedURL", "blocked-uri"])
    | st.text()
)
NEWER, OLDER = "application/reports+json", "application/csp-report"


def newer(**facts: Any) -> dict[str, Any]:
    """As Chromium and Safari send it (Reporting API)."""
    body = {
        "documentURL": PAGE, "referrer": PAGE, "effectiveDirective": "script-src-elem", "blockedURL": "inline", "sample": SECRET,
        "originalPolicy": "default-src 'none'", "disposition": "enforce", "statusCode": 200, "lineNumber": 1, "sourceFile": PAGE,
    }  # fmt: skip
    return {"type": "csp-violation", "age": 1, "url": PAGE, "user_agent": "Mozilla/5.0", "body": body | facts}


def older(**facts: Any) -> dict[str, Any]:
    """As Firefox sends it (CSP Level 2)."""
    body = {
        "document-uri": PAGE, "referrer": PAGE, "violated-directive": "img-src", "effective-directive": "img-src",
        "blocked-uri": "https://evil.example/pixel.gif", "original-policy": "default-src 'none'", "script-sample": SECRET,
    }  # fmt: skip
    return {"csp-report": body | facts}


def send(body: object, content_type: str = NEWER, client: Client | None = None, **more: Any) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (client or Client(enforce_csrf_checks=True)).post("/csp-report", sent, content_type=content_type, **more)


def counted() -> dict[tuple[str, str], int]:
    return {(each.directive, each.blocked): each.count for each in Violations.objects.all()}


@pytest.mark.django_db
def test_it_works():
    assert (
        send(
            [newer(), newer(), newer(effectiveDirective="img-src", blockedURL="https://evil.example/a.gif")]
        ).status_code
        == 204
    )
    assert send(older(), OLDER).status_code == 204
    assert counted() == {("script-src-elem", "inline"): 2, ("img-src", "other"): 2}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("inline", Blocked.INLINE), ("eval", Blocked.EVAL), ("wasm-eval", Blocked.EVAL), ("data", Blocked.SCHEME),
        ("blob", Blocked.SCHEME), ("chrome-extension", Blocked.SCHEME), ("moz-extension://x/y.js", Blocked.SCHEME),
        ("https://testserver/static/a.js", Blocked.OWN), ("https://evil.example", Blocked.OTHER), ("wss://evil.example", Blocked.OTHER),
        ("https://testserver@evil.example/", Blocked.OTHER), ("", Blocked.UNKNOWN), ("https://[", Blocked.UNKNOWN), (7, Blocked.UNKNOWN),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_of_a_source_its_kind_is_kept(settings, source, kind):
    settings.ALLOWED_HOSTS = ["testserver"]
    send([newer(blockedURL=source)])
    send(older(**{"blocked-uri": source}), OLDER)
    assert counted() == {("script-src-elem", kind.value): 1, ("img-src", kind.value): 1}


@pytest.mark.django_db
def test_nothing_that_was_sent_is_kept_or_logged(caplog):
    with caplog.at_level("DEBUG"):
        send([newer(blockedURL=f"https://{SECRET}.evil.example/"), newer(effectiveDirective=SECRET)])
        send(older(**{"violated-directive": SECRET, "blocked-uri": PAGE}), OLDER)
        send(SECRET.encode())
    rows = json.dumps(list(Violations.objects.values()), default=str)
    assert Violations.objects.count() == 2
    assert SECRET not in rows + caplog.text
    assert "evil.example" not in rows


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"\xff\xfe", b"null", b"7", b"[]", b"{}", b'[[[{"body": 1}]]]', b'{"csp-report": []}', b"[" * 8000, b'{"body": {}}',
        json.dumps(older(**{"effective-directive": None})).encode(), json.dumps([newer(effectiveDirective="x" * 40)]).encode(),
        json.dumps([newer(effectiveDirective={"a": 1})]).encode(), json.dumps({"type": "deprecation", "body": {"id": "x"}}).encode(),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_whatever_is_sent_is_answered_alike_and_counts_for_nothing(body):
    answer = send(body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert counted() == {}


@pytest.mark.django_db
def test_what_is_too_long_is_not_read():
    assert send([newer(sample="x" * violations.LENGTH_MOST)]).status_code == 204
    assert counted() == {}


def test_of_one_body_no_more_is_read_than_a_browser_gathers():
    found = violations.read(json.dumps([{"body": {"effectiveDirective": "img-src"}}] * 99).encode())
    assert len(list(found)) == violations.AT_ONCE_MOST


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner))
)
def test_no_report_breaks_the_reader(sent):
    assert all(each in violations.DIRECTIVES for each, _kind in violations.read(json.dumps(sent).encode()))


@pytest.mark.django_db
def test_hours_are_counted_apart_and_forgotten_after_thirty_days():
    now = timezone.now().replace(minute=30)
    for age in (timedelta(0), timedelta(minutes=10), timedelta(hours=1), violations.KEPT + timedelta(hours=2)):
        violations.count(json.dumps([newer()]).encode(), now=now - age)
    assert [each.count for each in violations.lately()] == [2, 1, 1]
    tasks.tell_who_is_locked()
    assert [each.count for each in violations.lately()] == [2, 1]


@pytest.mark.django_db
def test_a_flood_fills_neither_a_number_nor_the_table(monkeypatch):
    monkeypatch.setattr(violations, "HOURLY_MOST", 5)
    for each in range(9):
        send([newer(effectiveDirective=f"x-{each}"), newer(), newer(blockedURL=f"https://{each}.evil.example/")])
    assert counted() == {("script-src-elem", "inline"): 5, ("script-src-elem", "other"): 5}


@pytest.mark.django_db(transaction=True)
def test_none_is_lost_of_many_at_once():
    in_threads(*[lambda: violations.count(json.dumps([newer()]).encode(), now=cast.NOW)] * 8)
    assert Counter(counted()) == {("script-src-elem", "inline"): 8}


@pytest.mark.django_db
def test_no_session_is_opened_and_no_cookie_set():
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    answer = send([newer()], client=client)
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert client.get("/csp-report").status_code == 405


@pytest.mark.django_db
def test_every_page_says_where_and_both_names_listen(settings):
    production.apply(settings)
    for path in ("/help/", "/desk/login/"):
        named = production.securely(path)
        answer = Client().get(path, **named)
        assert "report-uri /csp-report" in answer.headers["Content-Security-Policy"]
        assert "report-to csp" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Reporting-Endpoints"] == 'csp="/csp-report"'
        assert send([newer()], **named).status_code == 204
    assert counted() == {("script-src-elem", "inline"): 2}


@pytest.mark.django_db
def test_a_system_administrator_sees_the_counts():
    send([newer(), newer(effectiveDirective="connect-src", blockedURL="https://evil.example/")])
    page = desk.at_the_desk(cast.system_administrator()).get(reverse("sharing_desk:system")).content.decode()
    for said in ("script-src-elem", "written into the page", "connect-src", "from another name"):
        assert said in page
