"""The two names, through Debian's nginx as it is shipped to the register itself as a court runs it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests import production, proxied
from tests.proxied import DESK_HOST, HOST, INSIDE, OUTSIDE, Answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def front(live_server, settings, tmp_path):
    production.apply(settings)
    tmp_path.chmod(0o711)
    with proxied.proxy(tmp_path, urlsplit(live_server.url).port) as made:
        yield made


def said(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """All of it but when it was said, and its number."""
    changing = {"date", "x-reference"}
    number = answer.headers["x-reference"].encode()
    body = re.sub(rb"<time.*?</time>", b"", answer.body.replace(number, b""))
    return answer.status, {name: value for name, value in answer.headers.items() if name not in changing}, body


def test_each_name_has_its_own_pages(front):
    assert front.ask("/help/").status == 200
    assert front.ask("/desk/account/sign-in/", name=DESK_HOST, source=INSIDE).status == 200
    assert front.ask("/desk/account/sign-in/", name=DESK_HOST, source=OUTSIDE).status == 403
    for name in (HOST, DESK_HOST):
        assert front.ask("/health", name=name, source=INSIDE).status == 200
        assert front.ask("/csp-report", "POST", name=name, source=INSIDE, body=b"[]").status == 204


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk", "/desk/account/sign-in/", "/desk/sharing/log/", "/desk/?next=/desk/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_portals_name_has_no_desk_even_for_who_is_inside(front, path, method):
    for source in (OUTSIDE, INSIDE):
        here, unknown = front.ask(path, method, source=source), front.ask("/no/such/", method, source=source)
        assert here.status == 404
        assert said(here) == said(unknown)


def test_nor_has_it_one_where_the_register_was_not_told_of_two_names(front, settings):
    settings.REGISTRY_DESK_ADDRESS = ""
    for source in (OUTSIDE, INSIDE):
        assert front.ask("/desk/account/sign-in/", source=source).status == 404


@pytest.mark.parametrize("path", ["/help/", "/portal/sign-in/", "/employer/", "/record/", "/log/", "/verify/"])
def test_the_desks_name_has_nothing_else(front, path):
    here, unknown = (front.ask(each, name=DESK_HOST, source=INSIDE) for each in (path, "/no/such/"))
    assert here.status == 404
    assert said(here) == said(unknown)


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/screenings", "/oauth/token", "/.well-known/jwks.json"])
def test_nor_a_door_of_programs(front, path):
    assert front.ask(path, name=DESK_HOST, source=INSIDE).status == 404
    assert front.ask(path, "POST", name=DESK_HOST, source=INSIDE).status == 404


def test_whoever_types_the_desks_name_alone_is_led_to_it(front):
    answer = front.ask("/", name=DESK_HOST, source=INSIDE)
    assert (answer.status, answer.headers["location"]) == (301, "/desk/")


def test_cookies_are_of_one_name_alone(front):
    """`__Host-`: a browser sends it to the name that set it, and no name beside it may set one (RFC 6265bis, 4.1.3.2)."""
    for name, path in ((HOST, "/portal/account/sign-in/"), (DESK_HOST, "/desk/account/sign-in/")):
        cookies = front.ask(path, name=name, source=INSIDE).headers["set-cookie"]
        assert cookies.startswith("__Host-")
        assert "Domain" not in cookies
        assert "Secure" in cookies
