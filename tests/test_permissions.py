"""The table of permissions has every address, and every address answers everybody as the table says."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse

from config.permissions import gate
from config.permissions.document import document
from config.permissions.table import BY_ROUTE, TABLE
from registry.permissions.rows import Officers, Row, Scope
from sharing.permissions.callers import Holder, Machines, Members, Person
from tests import cast, desk
from tests.permitted.asking import Answer, ask
from tests.permitted.callers import Caller, everybody, owners, strangers
from tests.permitted.routes import Route, every_route
from tests.permitted.world import World, standing

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OWNED = (Scope.OWN_COURT, Scope.OWN_COURT_OR_ALL, Scope.REVIEWED, Scope.OWN, Scope.OWN_ORGANISATION, Scope.OWN_RECORD)
ASKED = (Officers, Members, Machines, Person)
PARTS = 4  # of everybody, for as many processes
ROUTES = [each for each in every_route("config.urls") if each.name in BY_ROUTE]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as made:
        yield made


# The table is whole


@pytest.mark.parametrize("urlconf", ["config.urls", "tests.demo_urls"])
def test_every_address_has_a_row(urlconf):
    assert [each.name for each in every_route(urlconf) if each.name not in BY_ROUTE] == []


def test_every_row_is_of_an_address():
    names = {each.name for each in every_route("tests.demo_urls")}
    assert {row.route for row in TABLE} - names == set()


def test_no_two_addresses_share_a_row():
    names = [each.name for each in every_route("tests.demo_urls")]
    assert sorted(names) == sorted(set(names))


def test_every_row_says_why():
    assert [row.route for row in TABLE if len(row.why) < 15 or not row.who.spoken] == []


def test_every_kind_of_caller_has_a_door():
    assert {type(row.who) for row in TABLE} == set(gate.DOORS)


def test_the_document_is_the_table():
    assert (settings.BASE_DIR / "docs" / "permissions.md").read_text(encoding="utf-8") == document()


@pytest.mark.django_db
def test_what_has_no_row_is_closed_and_the_log_says_so(monkeypatch, caplog):
    browser = desk.at_the_desk(cast.clerk())
    assert browser.get(reverse("admin:find")).status_code == 200
    monkeypatch.delitem(BY_ROUTE, "admin:find")
    with caplog.at_level(logging.ERROR, "config.permissions.gate"):
        assert browser.get(reverse("admin:find")).status_code == 404
    assert "admin:find" in caplog.text


# Every address, as everybody


def path_of(world: World, route: Route, *, there: bool = True) -> str:
    return reverse(route.name, kwargs=world.address(route.name, route.params, there=there))


def test_the_world_has_something_for_every_address(world):
    for route in ROUTES:
        for there in (True, False):
            assert path_of(world, route, there=there), route.name


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_answers_everybody_as_its_row_says(world, part):
    wrong, cells, callers = [], 0, everybody()
    let_in = first_let_in(callers)
    assert set(let_in) == {each.name for each in ROUTES}, "there is an address that nobody is let in to"
    for caller in callers[part::PARTS]:
        for route in ROUTES:
            for method in methods_for(caller, route, let_in):
                cells += 1
                wrong += faults(caller, method, route, path_of(world, route))
    print(f"{cells} cells: {len(ROUTES)} addresses")  # noqa: T201
    assert not wrong, "\n".join(wrong)


def first_let_in(callers: list[Caller]) -> dict[str, Caller]:
    """For each address, the first of them that its row lets in."""
    found: dict[str, Caller] = {}
    for caller in callers:
        for route in ROUTES:
            if caller.expected(first_row(route).who) is None:
                found.setdefault(route.name, caller)
    return found


def methods_for(caller: Caller, route: Route, let_in: dict[str, Caller]) -> tuple[str, ...]:
    """Those that the address has; of whoever is the first to be let in, all that there are."""
    if let_in[route.name] is caller:
        return METHODS
    return tuple(BY_ROUTE[route.name]) if isinstance(first_row(route).who, ASKED) else ()


def first_row(route: Route) -> Row:
    return next(iter(BY_ROUTE[route.name].values()))


def faults(caller: Caller, method: str, route: Route, path: str) -> list[str]:
    rows = BY_ROUTE[route.name]
    row = rows.get("GET" if method == "HEAD" else method)
    who = (row or first_row(route)).who
    answer = ask(caller.browser, method, path)
    said = f"{caller.name}: {method} {route.name}: {answer.status} {answer.where}"
    turned_away = caller.expected(who)
    if turned_away is not None:
        status, where = turned_away
        return [] if answer.status == status and answer.where.startswith(where) else [f"{said}, not {turned_away}"]
    if row is None:
        return [] if answer.status == 405 else [f"{said}, not 405"]
    is_refused = answer.status in (405, 500) or (answer.status == 401 and not isinstance(who, Holder))
    return [said] if is_refused or answer.where.startswith("/desk/login/") else []


# Whoever's it is not


def owned(world: World) -> Iterator[tuple[Route, str, Row]]:
    """Addresses that name what belongs to somebody."""
    for route in ROUTES:
        named = world.address(route.name, route.params, there=True)
        if named != world.address(route.name, route.params, there=False):
            for method, row in BY_ROUTE[route.name].items():
                if row.scope in OWNED:
                    yield route, method, row


# What the world's objects do not have yet: a file, a doubt, an ended run, a recall, a letter, an invented listing.
NOT_YET = {
    "sharing_desk:clearance",
    "sharing_desk:objection_file",
    "sharing_desk:objection_suspend",
    "department:conformance_report",
    "employer:told",
    "employer:letter",
    "employer:batch_results",
    "trial_listing",
}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_what_is_there_is_found_by_those_whose_it_is(world):
    """Else nothing would be proved by what strangers are answered."""
    hosts, missing = owners(), []
    for route, method, row in owned(world):
        if method == "GET" and route.name not in NOT_YET:
            path = path_of(world, route)
            asked = [ask(each.browser, method, path) for each in hosts if each.expected(row.who) is None]
            if not any(answer.status not in (403, 404) for answer in asked):
                missing.append(f"{route.name}: {[answer.status for answer in asked]}")
    assert not missing, "\n".join(missing)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_what_is_somebody_elses_is_answered_as_what_is_not_there(world):
    wrong, cells = [], 0
    for caller in strangers():
        for route, method, row in owned(world):
            if caller.expected(row.who) is None:
                cells += 1
                wrong += differences(world, caller, method, route)
    print(f"{cells} pairs")  # noqa: T201
    assert not wrong, "\n".join(wrong)


def differences(world: World, caller: Caller, method: str, route: Route) -> list[str]:
    there = ask(caller.browser, method, path_of(world, route), *named(world, route, there=True))
    absent = ask(caller.browser, method, path_of(world, route, there=False), *named(world, route, there=False))
    said = f"{caller.name}: {method} {route.name}: {there.status} {there.where} and {absent.status} {absent.where}"
    if there.seen != absent.seen:
        return [f"{said}: {first_difference(there, absent)}"]
    return [f"{said}: {there.statements} and {absent.statements}"] if there.statements != absent.statements else []


def first_difference(there: Answer, absent: Answer) -> str:
    for one, other in zip(there.seen, absent.seen, strict=True):
        if one != other:
            a, b = str(one), str(other)
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return f"“{a[max(at - 30, 0) : at + 40]}” and “{b[max(at - 30, 0) : at + 40]}”"
    return ""


def named(world: World, route: Route, *, there: bool) -> list[object]:
    return list(world.address(route.name, route.params, there=there).values())
