"""What opens something by its address is in no line of the log: of whatever logger, with a right secret and with a wrong one."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver

from config.masking import KNOWN, OPENING, OPENS
from config.new_keys import new_environment
from config.redaction import HIDDEN
from config.valkey import free_port
from registry import actions
from sharing.employers import registering as registrations
from sharing.employers.registering import BY_MAIL, BY_SECRET
from sharing.parties import members
from sharing.parties.invitations import path_of
from sharing.parties.models import MemberRole
from tests import asking, cast, consenting, registering

pytestmark = pytest.mark.django_db
WRONG = "a" * 30


class Unreadable:
    """Of every handler that any logger has, but those that the tests themselves brought."""

    def __init__(self) -> None:
        self.sink = io.StringIO()

    def __enter__(self) -> io.StringIO:
        self.before = [(each, each.setStream(self.sink)) for each in _streams()]
        return self.sink

    def __exit__(self, *_error: object) -> None:
        for handler, stream in self.before:
            handler.setStream(stream)


def _streams() -> Iterator[logging.StreamHandler[Any]]:
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if isinstance(handler, logging.StreamHandler) and not type(handler).__module__.startswith("_pytest"):
            yield handler


def _routes(patterns, before=""):
    for each in patterns:
        here = before + str(each.pattern).lstrip("^")
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, here)
        elif isinstance(each, URLPattern) and set(each.pattern.regex.groupindex) & OPENS:
            yield "/" + here


def link(came_by):
    found = registering.sent()[0]
    return f"/employer/register/state/{registrations.link_of(found, came_by)}/"


def consent_link():
    return consenting.requested().link.removeprefix(settings.REGISTRY_ADDRESS)


def invitation():
    contact = {"username": "new", "name": "新", "email": "new@bank.example"}
    return path_of(members.invite_by_mail(asking.bank().organisation, **contact, role=MemberRole.OWNER))


def officers_invitation():
    return actions.invite(cast.clerk(), officer=cast.security_administrator(), now=cast.NOW)


RIGHT = {
    "mailed": lambda: link(BY_MAIL),
    "by number": lambda: link(BY_SECRET),
    "consent": consent_link,
    "invitation": invitation,
    "officer's invitation": officers_invitation,
}


def opened(path: str) -> str:
    """What every sink got while the address was asked for in every way that is refused somewhere."""
    lax, strict = (Browser(raise_request_exception=False, enforce_csrf_checks=each) for each in (False, True))
    with Unreadable() as sink:
        for browser in (lax, strict):
            for method in (browser.get, browser.post, browser.put):
                method(path)
        lax.get(path, headers={"host": "elsewhere.example"})
    return sink.getvalue()


def test_every_route_that_takes_a_secret_is_known():
    routes = list(_routes(get_resolver().url_patterns))
    assert len(routes) >= 3
    assert all(route.startswith(OPENING) for route in routes), routes


@pytest.mark.parametrize("way", RIGHT)
def test_a_right_one_is_in_no_line(way):
    path = RIGHT[way]()
    secret = path.rstrip("/").rpartition("/")[2]
    said = opened(path)
    assert secret not in said
    assert secret[:12] not in said


@pytest.mark.parametrize("before", OPENING)
@pytest.mark.parametrize(
    "spoilt", ["{}", "{}/", "{}.", "{}/%E3%80%82", "{}%20b{}", "x/{}/", "{}%22b{}", "%0A{}", "王{}"]
)
def test_a_wrong_one_is_in_no_line(before, spoilt):
    said = opened(before + spoilt.replace("{}", WRONG))
    assert WRONG not in said


@pytest.mark.parametrize("before", OPENING)
def test_the_line_itself_is_there(before):
    said = opened(f"{before}{WRONG}/{WRONG}/{WRONG}/")
    # Whoever follows a link to a consent is led away before anything is written: another method alone is.
    what = "Method Not Allowed" if before == "/consent/" else "Not Found"
    assert re.search(rf"django\.request \S+ {what}: {before}{HIDDEN}\n", said)


@pytest.mark.parametrize("known", KNOWN)
def test_pages_beside_them_are_named(known):
    assert f"/consent/{known}/x" in opened(f"/consent/{known}/x/")


def test_nor_in_what_an_error_says(monkeypatch):
    def broken(token, *, now):
        raise RuntimeError(f"/consent/{token}/ broke")

    monkeypatch.setattr("sharing.employers.giving.opened", broken)
    said = opened(f"/consent/{'b' * 27}/")
    assert "Traceback" in said
    assert "b" * 27 not in said


def test_no_logger_writes_past_the_one_handler():
    assert len(list(_streams())) == 1


def _lines(folder: Path, paths: list[str], *options: str, **variables: str) -> str:
    """Everything that a real web server writes, with its access log on, about these addresses."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--access-logfile", "-"]
    environment = {**os.environ, **new_environment(), "DATABASE_URL": "postgres:///none?host=/nonexistent", **variables}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*command, "--no-control-socket", *options], stdout=log, stderr=log, env=environment)
        try:
            for path in paths:
                _ask(port, path)
        finally:
            server.terminate()
            server.wait(30)
    return (folder / "log").read_text()


def _ask(port: int, path: str) -> None:
    for _ in range(100):
        try:
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=60)
        except HTTPError:
            return
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the web server did not answer")


def test_nor_does_the_web_server_write_one(tmp_path):
    said = _lines(tmp_path, [f"{before}{WRONG}/" for before in OPENING] + [f"/identity/return/?code={WRONG}&state=x"])
    assert f'"GET /consent/{HIDDEN}' in said
    assert WRONG not in said


def test_each_line_of_the_web_server_is_one_json_object_and_holds_no_query(tmp_path):
    paths = [f"{OPENING[0]}{WRONG}/", f"/identity/return/?code={WRONG}&state=x", "/none/?x=%0d%0aforged&%1b[31m"]
    said = _lines(tmp_path, paths, "--config", "python:config.serving", REGISTRY_LOG_FORMAT="json")
    told = [json.loads(line) for line in said.splitlines()]
    asked = [each["message"] for each in told if each["logger"] == "gunicorn.access"]
    assert len(asked) >= 3
    assert {each["logger"] for each in told} >= {"gunicorn.access", "gunicorn.error"}
    assert WRONG not in said
    assert not any("?" in each or "forged" in each or "127.0.0.1" in each for each in asked)


@pytest.mark.parametrize("before", OPENING[:-1])
@pytest.mark.parametrize("spoilt", [WRONG, f"{WRONG}/", f"{WRONG}/。", f"{WRONG} b", f"x/{WRONG}"])
def test_nor_does_the_proxy(before, spoilt):
    """Addresses as nginx matches them: decoded, the first regular expression before any prefix."""
    conf = Path("deploy/nginx/registry.conf").read_text()
    blocks = re.findall(r"\n    location (~ )?(\S+) \{(.*?)\n    \}", conf, re.DOTALL)
    expressions = [(found, body) for is_expression, found, body in blocks if is_expression]
    prefixes = [(found, body) for is_expression, found, body in blocks if not is_expression]
    path = before + spoilt
    body = next((body for found, body in expressions if re.search(found, path)), "")
    body = body or max((each for each in prefixes if path.startswith(each[0])), key=lambda each: len(each[0]))[1]
    assert "access_log off;" in body
    assert "error_log" in body
