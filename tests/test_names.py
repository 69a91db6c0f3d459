"""The desk has a host name of its own: nothing else is answered there, the desk nowhere else, and links know the difference."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from config.names import AT_BOTH
from registry import addresses, lockout, reminding
from registry.models import Role
from sharing.employers import registration_tries
from sharing.parties import holders
from sharing.persons import alarming as record_alarms
from sharing.retention import reviewing
from sharing.witnesses import alarming as log_alarms
from tests import asking, cast, desk, every_route, production
from tests.production import DESK_HOST, HOST

COURT, DESK = f"https://{HOST}", f"https://{DESK_HOST}"
ROOT = Path(__file__).resolve().parent.parent
LINKED = re.compile(r'(?:href|action|src)="([^"#?]+)[^"]*"')
# Who may read where the register is reached: everything else builds addresses by `registry.addresses`.
READ_IT = {
    "config/settings.py", "config/checks.py", "config/desk_name.py", "registry/addresses.py", "sharing/persons/identity/origin.py",
    "sharing/departments/connections.py",
}  # fmt: skip


@pytest.fixture
def two_names(settings):
    production.apply(settings)


@pytest.fixture
def one_name(settings):
    production.apply(settings)
    settings.REGISTRY_DESK_ADDRESS = ""
    settings.ALLOWED_HOSTS = [HOST]


def ask(path: str, host: str, method: str = "get", browser: Browser | None = None, **more: Any) -> Any:
    browser = browser or Browser(raise_request_exception=False)
    return getattr(browser, method)(path, HTTP_HOST=host, HTTP_X_FORWARDED_PROTO="https", **more)


def said(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but its number and its time."""
    number = answer.headers["X-Reference"].encode()
    body = re.sub(rb"<time.*?</time>", b"", answer.content.replace(number, b""))
    return answer.status_code, {k: v for k, v in answer.headers.items() if k != "X-Reference"}, body


@pytest.mark.django_db
def test_it_works(two_names):
    assert ask("/help/", HOST).status_code == 200
    assert ask("/desk/", DESK_HOST).headers["Location"].startswith("/desk/login/")


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "options", "trace"])
@pytest.mark.parametrize("path", ["/desk/", "/desk", "/desk/account/sign-in/", "/desk/sharing/log/", "/desk/no/such/"])
@pytest.mark.django_db
def test_at_the_portals_name_the_desk_is_an_address_like_any_that_nothing_has(two_names, path, method):
    here, unknown = ask(path, HOST, method), ask("/no/such/page/", HOST, method)
    assert here.status_code == 404
    assert said(here) == said(unknown)


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/portal/sign-in/", "/employer/register/", "/record/", "/log/", "/consent/x/"]
)
@pytest.mark.django_db
def test_and_whatever_is_not_the_desk_is_one_at_the_desks_name(two_names, path):
    here, unknown = ask(path, DESK_HOST), ask("/no/such/page/", DESK_HOST)
    assert here.status_code == 404
    assert said(here) == said(unknown)


@pytest.mark.parametrize("path", ["/api/v1/events", "/oauth/token", "/.well-known/jwks.json"])
@pytest.mark.django_db
def test_so_are_the_doors_of_programs(two_names, path):
    here, unknown = ask(path, DESK_HOST), ask(f"{path}/no-such", DESK_HOST)
    assert here.status_code == 404
    assert said(here) == said(unknown)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("the_court_has_decided")
def test_every_route_is_at_one_of_the_names(settings):
    """By its path alone: also what is added later, and whoever asks."""
    values = every_route.a_world()
    production.apply(settings)
    browsers = [every_route.caller(who, {}) for who in ("nobody", "clerk", "owner at an employer", "person")]
    answered = []
    for route in every_route.routes():
        path = route.path(values)
        other = HOST if path.startswith("/desk/") else DESK_HOST
        found = [ask(path, other, browser=browser).status_code for browser in browsers]
        answered += [path for status in found if status != 404]
    assert {*answered} == AT_BOTH


@pytest.mark.django_db
def test_both_names_have_static_files_the_language_and_health(two_names):
    for host in (HOST, DESK_HOST):
        assert ask("/health", host).status_code == 200
        assert ask("/language/", host, "post", data={"language": "en"}).status_code == 302
        assert "__Host-language" in ask("/language/", host, "post", data={"language": "en"}).cookies
        assert ask("/static/no-such.css", host).status_code == 404


@pytest.mark.parametrize(
    "host", ["evil.example", f"{DESK_HOST}.evil.example", f"{DESK_HOST}@evil.example", f"x.{DESK_HOST}"]
)
@pytest.mark.django_db
def test_a_forged_name_is_refused(two_names, host):
    for path in ("/desk/", "/help/"):
        assert ask(path, host).status_code == 400


@pytest.mark.parametrize("host", [f"{DESK_HOST}:443", DESK_HOST.upper(), f"{DESK_HOST}."])
@pytest.mark.django_db
def test_the_desks_name_is_known_however_it_is_written(two_names, host):
    assert ask("/desk/", host).status_code == 302
    assert ask("/help/", host).status_code == 404


@pytest.mark.django_db
def test_with_one_name_everything_is_there(one_name):
    assert ask("/desk/", HOST).status_code == 302
    assert ask("/help/", HOST).status_code == 200
    assert f'href="{reverse("admin:index")}"' in ask("/", HOST).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("the_court_has_decided")
def test_a_session_that_is_carried_to_the_other_name_is_nobodys(two_names, settings):
    """No browser carries it there; at one name, an officer among the portals is told that he is none of theirs."""
    clerk, owner = desk.at_the_desk(cast.clerk()), every_route.caller("owner at an employer", {})
    assert ask("/desk/", DESK_HOST, browser=clerk).status_code == 200
    assert ask("/employer/", HOST, browser=owner).status_code == 200
    assert ask("/employer/", HOST, browser=clerk).headers["Location"].startswith("/portal/sign-in/")
    settings.REGISTRY_DESK_ADDRESS = ""
    assert ask("/employer/", HOST, browser=clerk).status_code == 403


@pytest.mark.django_db
def test_forms_of_one_name_are_refused_at_the_other(two_names):
    for host, other, path in ((DESK_HOST, COURT, "/desk/account/sign-in/"), (HOST, DESK, "/portal/account/sign-in/")):
        browser = Browser(enforce_csrf_checks=True)
        ask(path, host, browser=browser)
        typed = {"csrfmiddlewaretoken": browser.cookies["__Host-csrf"].value, "login": "x", "password": "x"}
        for way in ({"HTTP_ORIGIN": other}, {"HTTP_REFERER": f"{other}/"}):
            assert ask(path, host, "post", browser, data=typed, **way).status_code == 403
        assert ask(path, host, "post", browser, data=typed, HTTP_ORIGIN=f"https://{host}").status_code == 200


WALKED = {"clerk": DESK_HOST, "registrar of the High Court": DESK_HOST, "nobody": HOST, "owner at an employer": HOST}


@pytest.mark.slow
@pytest.mark.parametrize(("who", "host"), WALKED.items())
@pytest.mark.django_db
@pytest.mark.usefixtures("the_court_has_decided")
def test_no_link_leads_to_where_its_name_has_nothing(settings, who, host):
    values = every_route.a_world()
    production.apply(settings)
    browser = every_route.caller(who, {})
    seen, dead = 0, []
    for route in every_route.routes():
        path = route.path(values)
        if path.startswith("/desk/") != (host == DESK_HOST):
            continue
        answer = ask(path, host, browser=browser)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        links = [each for each in LINKED.findall(b"".join(answer).decode()) if each.startswith("/")]
        seen += len(links)
        dead += [(path, each) for each in links if not _is_at(each, host)]
    assert seen > 100
    assert dead == []


def _is_at(path: str, host: str) -> bool:
    at_both = path in AT_BOTH or path.startswith("/static/")
    return at_both or path.startswith("/desk/") == (host == DESK_HOST)


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_to_pages_that_are(two_names):
    links = LINKED.findall(ask("/no/such/page/", DESK_HOST).content.decode())
    assert f"{COURT}/help/" in links
    assert [each for each in links if each.startswith("/") and each != "/" and not _is_at(each, DESK_HOST)] == []


@pytest.mark.django_db
def test_the_first_page_leads_officers_to_the_desks_name(two_names):
    assert f'href="{DESK}/desk/"' in ask("/", HOST).content.decode()


@pytest.mark.django_db
def test_letters_give_each_page_its_name(two_names):
    clerk, member = cast.clerk(), cast.officer("M-1", Role.CLERK).account
    member.is_staff = False
    bank = asking.bank().organisation
    bodies = {
        lockout._message(clerk.account).body: DESK,
        lockout._message(member).body: COURT,
        reminding._message(
            clerk, dict.fromkeys((reminding.REVIEW, reminding.REGISTRAR, reminding.RETURNED), 1)
        ).body: DESK,
        registration_tries._message(9).body: DESK,
        reviewing._message([], []).body: DESK,
    }
    for body, name in bodies.items():
        assert re.findall(r"https://[a-z.]+", body) == [name], body
    assert record_alarms._page().startswith(f"{DESK}/desk/")
    assert log_alarms._page().startswith(f"{DESK}/desk/")
    assert addresses.absolute(holders.page_of_keys(bank)).startswith(f"{COURT}/employer/")


def test_addresses_are_built_in_one_place():
    """Whoever joined a path to the court's address himself would send officers to where no desk is."""
    reading = {
        str(file.relative_to(ROOT))
        for room in ("config", "registry", "sharing")
        for file in (ROOT / room).rglob("*.py")
        if re.search(r"REGISTRY_(DESK_)?ADDRESS\b(?!\",|`)", file.read_text(encoding="utf-8"))
        and "demo" not in file.parts
    }
    issuers = {"sharing/employers/results.py", "sharing/statistics/releasing.py", "sharing/audit/packing.py"}
    named = {"sharing/recalls/clearing.py", "sharing/audit/evidence.py"}
    asked_for = {"config/installing/trying.py", "config/installing/writing.py"}
    assert reading - READ_IT == issuers | named | asked_for
