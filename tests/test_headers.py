"""The table of headers and cookies, over every route, whoever asks and whatever is answered, on production's settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser

from config.headers import FORGET, LEAVING
from tests import asking, every_route, header_table, logs, production
from tests.every_route import Route, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided"), pytest.mark.timeout(900)]

OPEN = {
    "nobody": 25, "clerk": 70, "registrar of the High Court": 100, "auditor": 80, "owner at an employer": 45, "HR": 45,
    "integrator of a department": 40, "machine": 25, "person": 35,
}  # fmt: skip


@pytest.fixture
def deployed(settings):
    production.apply(settings)


@pytest.fixture
def world(settings):
    values, bearer = every_route.a_world(), asking.bearer(asking.bank().organisation)
    logs.sign_all()
    production.apply(settings)
    return values, bearer


def ask(browser: Browser, method: str, path: str, **extra: Any) -> Any:
    """What is answered, and nothing that was done by it stays."""
    with transaction.atomic():
        answer = getattr(browser, method)(path, **{**production.securely(path), **extra})
        b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer


def walked(who: str, method: str, world: tuple[dict[str, str], dict[str, str]]) -> tuple[list[Any], int]:
    """(route, what is wrong, status) of every route; and how many routes answered 200."""
    values, bearer = world
    browser, opened, wrong = every_route.caller(who, bearer), 0, []
    for route in routes():
        answer = ask(browser, method, route.path(values))
        opened += answer.status_code == 200
        wrong += [(route.pattern, fault, answer.status_code) for fault in header_table.faults(answer, route.name)]
    return wrong, opened


@pytest.mark.slow
@pytest.mark.parametrize("method", ["head", "post", "options", "put", "delete"])
def test_every_route_tells_nobody_the_whole_table(world, method):
    assert walked("nobody", method, world)[0] == []


@pytest.mark.slow
@pytest.mark.parametrize(("who", "doors"), OPEN.items())
def test_every_route_tells_everybody_the_whole_table(world, who, doors):
    """``doors``: how many of them open at least; a walk that meets closed doors alone would prove little."""
    wrong, opened = walked(who, "get", world)
    assert wrong == []
    assert opened >= doors


@pytest.mark.slow
@pytest.mark.parametrize("who", ["clerk", "owner at an employer", "machine", "person"])
def test_whatever_is_sent_the_answer_tells_it(world, who):
    assert walked(who, "post", world)[0] == []


@pytest.mark.parametrize(
    "extra",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_ACCEPT": "application/json"},
        {"HTTP_ACCEPT_LANGUAGE": "xx-YY"},
        {"HTTP_ORIGIN": "https://evil.example"},
    ],
    ids=["another host", "http", "a machine", "no language", "another origin"],
)
def test_so_does_what_is_refused_before_any_page_is_asked(deployed, extra):
    browser = Browser(raise_request_exception=False, enforce_csrf_checks=True)
    for path in ("/", "/desk/", "/no/such/page", "/api/v1/events", "/static/none.css"):
        for method in ("get", "post"):
            answer = ask(browser, method, path, **extra)
            found = [each for each in header_table.faults(answer, "") if "Strict-Transport" not in each]
            assert found == [], (path, method, answer.status_code)


def test_a_fault_on_our_side_tells_it_too(deployed, monkeypatch):
    def fail(*_args: object, **_more: object) -> HttpResponse:
        raise RuntimeError

    monkeypatch.setattr("sharing.public.pages.HelpView.get", fail)
    answer = ask(Browser(raise_request_exception=False), "get", "/help/")
    assert answer.status_code == 500
    assert header_table.faults(answer, "") == []


@pytest.mark.parametrize("path", ["/", "/help/", "/desk/login/", "/desk/", "/record/", "/employer/register/"])
@pytest.mark.parametrize("who", ["nobody", "clerk"])
def test_pages_score_as_the_best_do(deployed, who, path):
    """A+ is from 100 on; 135 is the most that Mozilla's table gives."""
    assert header_table.score(ask(every_route.caller(who, {}), "get", path)) >= 130


def test_whoever_leaves_has_his_browser_forget(deployed):
    leaving = [route for route in routes() if _leaves(route)]
    assert {route.name for route in leaving} == LEAVING
    for route in leaving:
        answer = ask(every_route.caller("clerk", {}), "post", route.path())
        assert answer["Clear-Site-Data"] == FORGET, route


def _leaves(route: Route) -> bool:
    return route.name.rpartition(":")[2] in {"logout", "sign_out", "leave", "log_out", "account_logout"}


def test_no_warning_of_the_deployment_checks_is_silenced():
    assert production.settings_of_security()["SILENCED_SYSTEM_CHECKS"] == []
