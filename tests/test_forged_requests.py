"""What another's page makes a browser send is refused at every route, and leads nobody anywhere else."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client as Browser

from tests import cast, desk, every_route, production
from tests.every_route import Route, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided"), pytest.mark.timeout(900)]

EVIL = "evil.example"
# Machines come with a token in a header, never with a cookie. The switch of the language changes nothing but the words, and a
# report of a browser is a count of nobody.
WITHOUT_COOKIES = ("/api/v1/", "/oauth/", "/trial/", "/.well-known/", "/status-lists/")
HARMLESS = {"set_language", "csp_report"}
ELSEWHERE = (
    f"//{EVIL}", f"/\\{EVIL}", f"https:{EVIL}", f"https://{EVIL}/", f"\t//{EVIL}", f"///{EVIL}", f"http:///{EVIL}", f"\\\\{EVIL}",
    f"https://{production.HOST}@{EVIL}/", f"//{EVIL}\\@{production.HOST}", "javascript:alert(1)", f"%2f%2f{EVIL}/",
)  # fmt: skip


def strict(who: str) -> Browser:
    browser = every_route.caller(who, {})
    browser.handler.enforce_csrf_checks = True
    return browser


def posted(browser: Browser, route: Route, values: dict[str, str], **more: Any) -> Any:
    typed = {"do": "carry_out", **more.pop("typed", {})}
    with transaction.atomic():
        path = route.path(values)
        answer = browser.post(path, typed, **{**production.securely(path), **more})
        transaction.set_rollback(True)
    return answer


def of_browsers() -> list[Route]:
    return [each for each in routes() if not each.path().startswith(WITHOUT_COOKIES) and each.name not in HARMLESS]


def was_refused(answer: Any) -> bool:
    """By the check, or because whoever asks has no business there at all."""
    to_sign_in = answer.status_code == 302 and answer["Location"].split("?")[0] in {
        "/portal/sign-in/",
        "/desk/login/",
        "/portal/account/sign-in/",
        "/desk/account/sign-in/",
        "/identity/",
    }
    return answer.status_code in {403, 404} or to_sign_in


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "clerk", "owner at an employer", "integrator of a department", "person"])
def test_a_form_without_its_token_is_refused_everywhere(settings, who):
    values = every_route.a_world()
    production.apply(settings)
    browser = strict(who)
    taken = [route.pattern for route in of_browsers() if not was_refused(posted(browser, route, values))]
    assert taken == []


@pytest.mark.slow
@pytest.mark.parametrize("header", ["HTTP_ORIGIN", "HTTP_REFERER"])
@pytest.mark.parametrize("who", ["clerk", "owner at an employer"])
def test_a_form_from_another_origin_is_refused_everywhere_even_with_its_token(settings, who, header):
    values = every_route.a_world()
    production.apply(settings)
    browser = strict(who)
    browser.get("/employer/register/", **production.securely("/employer/register/"))
    token = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    foreign = {header: f"https://{EVIL}/"[: None if header == "HTTP_REFERER" else -1]}
    taken = [
        each.pattern for each in of_browsers() if not was_refused(posted(browser, each, values, typed=token, **foreign))
    ]
    assert taken == []


def test_no_page_is_built_from_the_name_that_was_asked_for(settings):
    values = every_route.a_world()
    production.apply(settings)
    browser = every_route.caller("nobody", {})
    forged = {
        "HTTP_X_FORWARDED_HOST": EVIL,
        "HTTP_X_FORWARDED_SERVER": EVIL,
        "HTTP_X_HOST": EVIL,
        "HTTP_FORWARDED": f"host={EVIL}",
    }
    for route in routes():
        path = route.path(values)
        answer = browser.get(path, **production.securely(path), **forged)
        content = b"".join(answer) if answer.streaming else answer.content
        assert EVIL.encode() not in content, route
        assert EVIL not in str(answer.headers), route


@pytest.mark.parametrize(
    "host", [EVIL, f"{production.HOST}.{EVIL}", f"{EVIL}:443", f"{production.HOST}@{EVIL}", "localhost", ""]
)
def test_another_name_is_refused_at_every_route(settings, host):
    production.apply(settings)
    browser = every_route.caller("nobody", {})
    for route in routes()[::9]:
        answer = browser.get(route.path(), HTTP_HOST=host, HTTP_X_FORWARDED_PROTO="https")
        assert answer.status_code == 400, route
        assert EVIL.encode() not in answer.content


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_led_elsewhere(settings, where):
    clerk = cast.clerk()
    clerk.account.set_password(desk.PASSWORD)
    clerk.account.save()
    production.apply(settings)
    typed = {"username": clerk.account.username, "password": desk.PASSWORD, "next": where, "language": "en"}
    for path in ("/language/", "/desk/login/", "/portal/sign-in/"):
        browser = every_route.caller("nobody", {})
        named = production.securely(path)
        for answer in (browser.get(path, {"next": where}, **named), browser.post(path, typed, **named)):
            led = answer.headers.get("Location", "/")
            # A browser takes a backslash for a slash, and passes over tabs.
            there = urlsplit(
                urljoin(f"https://{named['HTTP_HOST']}{path}", re.sub(r"[\t\r\n]", "", led).replace("\\", "/"))
            )
            assert (there.scheme, there.netloc) == ("https", named["HTTP_HOST"]), (path, led)
            assert "Refresh" not in answer.headers
