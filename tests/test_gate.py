"""The court's gate, door by door: who is led where, what is refused in which words, and what the table's rows say.

That every address answers everybody as its own row says, `tests/test_permissions.py` walks through.
"""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from config.permissions import gate
from config.permissions.table import BY_ROUTE
from registry.errors import AnotherCourt
from registry.models import Role
from registry.permissions.rows import BOTH, READ, SEND, Anybody, Officers, Row, Scope, Shows, rows
from sharing.parties import members
from sharing.parties.models import MemberRole, OrganisationKind
from sharing.permissions.callers import Holder, Machines, Members, Person
from tests import asking, cast

ROUTE, PATH = "a:page", "/a/page/?of=1"
CLERKS = Officers((Role.CLERK,))
OWNERS = Members(OrganisationKind.EMPLOYER, (MemberRole.OWNER,))
ASKERS = Machines(OrganisationKind.EMPLOYER, "screenings")
OTHERS = [Anybody(), Person(), Holder("a link"), ASKERS]


def came_in(request):
    raise AssertionError("the gate lets through, and does not answer itself")


@pytest.fixture
def opened(monkeypatch):
    """The table has these rows for the page, of (who, methods)."""

    def to(*rows):
        made = [Row(ROUTE, methods, who, Scope.OWN, Shows.NOBODY, "for the tests") for who, methods in rows]
        monkeypatch.setitem(BY_ROUTE, ROUTE, {method: row for row in made for method in row.methods})

    return to


def asked(method="GET", *, by=None, route=ROUTE, path=PATH):
    request = RequestFactory().generic(method, path)
    request.user = by or AnonymousUser()
    request.resolver_match = None if route is None else SimpleNamespace(view_name=route, url_name="page", kwargs={})
    return gate.GateMiddleware(came_in).process_view(request, None, (), {})


def owner(role=MemberRole.OWNER, organisation=None):
    organisation = organisation or asking.bank().organisation
    return members.take_in(organisation, username=role, password="long enough 2026", name=role, role=role).account


# Closed


@pytest.mark.parametrize("route", ["no:row", "", None])
def test_what_has_no_row_is_closed_and_the_log_names_it(route, caplog):
    with caplog.at_level(logging.ERROR, "config.permissions.gate"), pytest.raises(Http404):
        asked(route=route)
    assert caplog.messages == [f"The route {route or ''} is closed: it has no row in the table of permissions."]


def test_what_the_zone_does_not_serve_is_closed_and_is_no_matter_for_the_log(opened, monkeypatch, caplog):
    opened((Anybody(), READ))
    looked_for = []
    monkeypatch.setattr(gate, "is_served", lambda route, path: looked_for.append((route, path)))
    with pytest.raises(Http404):
        asked()
    assert looked_for == [(ROUTE, "/a/page/")]
    assert caplog.messages == []


def test_before_an_address_is_known_everything_goes_through():
    request = RequestFactory().get(PATH)
    heard = []
    answer = HttpResponse("there")
    assert gate.GateMiddleware(lambda got: heard.append(got) or answer)(request) is answer
    assert heard == [request]


# Methods


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_what_a_row_names_is_let_through_where_the_view_asks(opened, who, method):
    opened((who, BOTH))
    assert asked(method) is None


@pytest.mark.parametrize(
    ("methods", "tried", "allowed"),
    [
        (READ, "POST", "GET, HEAD"),
        (SEND, "GET", "POST"),
        (SEND, "HEAD", "POST"),
        (BOTH, "DELETE", "GET, HEAD, POST"),
        (("PUT", "GET"), "PATCH", "GET, HEAD, PUT"),
    ],
)
def test_a_method_without_a_row_is_refused_with_those_there_are(opened, methods, tried, allowed):
    opened((Anybody(), methods))
    answer = asked(tried)
    assert answer.status_code == 405
    assert answer["Allow"] == allowed
    assert "<h1" in answer.content.decode()  # what to do, not a blank page


def test_a_machine_is_told_its_methods_by_the_view_which_knows_its_token(opened):
    opened((ASKERS, READ))
    assert asked("DELETE") is None


@pytest.mark.django_db
def test_of_a_page_with_two_rows_each_method_asks_its_own(opened):
    opened((CLERKS, READ), (Officers((Role.JUDGE,)), SEND))
    clerk, judge = cast.clerk().account, cast.judge().account
    assert asked("GET", by=clerk) is asked("HEAD", by=clerk) is asked("POST", by=judge) is None
    assert asked("POST", by=clerk).status_code == asked("GET", by=judge).status_code == 403


@pytest.mark.django_db
def test_nobody_is_told_of_a_method_before_it_is_known_who_he_is(opened):
    opened((CLERKS, READ))
    assert asked("DELETE").status_code == 302
    assert asked("DELETE", by=cast.judge().account).status_code == 403
    assert asked("DELETE", by=cast.clerk().account).status_code == 405


# Officers


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "a member"])
def test_who_is_no_officer_is_led_to_the_desks_door_and_back(opened, who):
    opened((CLERKS, READ))
    answer = asked(by=None if who == "nobody" else owner())
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/login/?next=/a/page/%3Fof%3D1"


@pytest.mark.django_db
def test_an_officer_of_another_role_is_told_whose_page_it_is(opened):
    opened((Officers((Role.CLERK, Role.JUDGE), (Role.REGISTRAR,)), READ))
    with translation.override("en"):
        answer = asked(by=cast.registrar().account).render()
    said = answer.content.decode()
    assert answer.status_code == 403
    assert "Your role may not do “open this page”." in said
    assert "This is for: registrar of the High Court, clerk, reviewing judge." in said
    assert asked(by=cast.high_court_registrar().account) is None


@pytest.mark.django_db
def test_a_row_may_have_words_of_its_own_for_whom_it_does_not_admit(opened):
    opened((Officers((Role.CLERK,), refuse=lambda who: AnotherCourt()), READ))
    with translation.override("en"):
        answer = asked(by=cast.judge().account).render()
    assert AnotherCourt.code in answer.content.decode()


# Members


@pytest.mark.django_db
def test_who_is_not_signed_in_is_led_to_the_portals_door_and_back(opened):
    opened((OWNERS, READ))
    assert asked()["Location"] == "/portal/sign-in/?next=/a/page/%3Fof%3D1"


@pytest.mark.django_db
def test_a_member_of_the_kind_and_role_is_let_in_and_no_other(opened):
    opened((OWNERS, READ))
    assert asked(by=owner()) is None
    for refused in (
        owner(MemberRole.HR),
        owner(MemberRole.INTEGRATOR, cast.department().organisation),
        cast.clerk().account,
    ):
        with pytest.raises(PermissionDenied):
            asked(by=refused)


@pytest.mark.django_db
@pytest.mark.parametrize("even_suspended", [True, False])
def test_a_suspended_organisation_comes_to_what_is_open_to_it_even_then(opened, even_suspended):
    opened((Members(OrganisationKind.EMPLOYER, (MemberRole.OWNER,), even_suspended=even_suspended), READ))
    organisation = asking.bank().organisation
    member = owner(organisation=organisation)
    organisation.suspended_at = cast.NOW
    organisation.save()
    if even_suspended:
        assert asked(by=member) is None
        return
    with pytest.raises(PermissionDenied):
        asked(by=member)


# The rows


@pytest.mark.django_db
def test_a_role_is_admitted_in_every_court_and_one_of_the_high_court_there_alone():
    who = Officers((Role.CLERK,), (Role.REGISTRAR,))
    assert who.admit(cast.clerk())
    assert who.admit(cast.officer("C-HIGH", Role.CLERK, court="京"))
    assert who.admit(cast.high_court_registrar())
    assert not who.admit(cast.registrar())
    assert not who.admit(cast.judge())
    assert not who.admit(cast.officer("J-HIGH", Role.JUDGE, court="京"))
    assert not Officers().admit(cast.clerk())


@pytest.mark.parametrize(
    ("who", "spoken"),
    [
        (Officers(tuple(Role)), "every officer"),
        (Officers((Role.CLERK, Role.JUDGE)), "clerk, judge"),
        (Officers((Role.CLERK,), (Role.REGISTRAR,)), "registrar of the High Court, clerk"),
        (Officers(high_court=(Role.REGISTRAR, Role.STATISTICIAN)), "registrar of the High Court, statistician of the High Court"),
        (Members(OrganisationKind.EMPLOYER, (MemberRole.OWNER, MemberRole.HR)), "employer: owner, hr"),
        (
            Members(OrganisationKind.DEPARTMENT, (MemberRole.OWNER,), even_suspended=True),
            "department: owner, of a suspended one too",
        ),
        (ASKERS, "employer's machine, scope `screenings`"),
        (Anybody(), "anybody"),
        (Person(), "a person who proved who he is"),
        (Holder("who has the link"), "who has the link"),
    ],
)  # fmt: skip
def test_whom_a_row_lets_in_is_said_in_the_documents_words(who, spoken):
    assert who.spoken == spoken


@pytest.mark.parametrize("who", [Officers((Role.REGISTRAR,), (Role.REGISTRAR, Role.CLERK))])
def test_whom_a_row_admits_is_named_to_whom_it_does_not(who):
    with translation.override("en"):
        said = str(who.refusal().facts["roles"])
    assert said == "registrar of the High Court, clerk, registrar"


def test_rows_alike_in_all_but_the_address_are_written_in_one():
    made = list(
        rows(CLERKS, Scope.OWN, Shows.NUMBERED, "it is theirs", room="admin", read="list one", send="end", both="edit")
    )
    assert made == [
        Row(f"admin:{name}", methods, CLERKS, Scope.OWN, Shows.NUMBERED, "it is theirs")
        for name, methods in (("list", READ), ("one", READ), ("end", SEND), ("edit", BOTH))
    ]
    (alone,) = rows(Anybody(), Scope.PUBLIC, Shows.NOBODY, "it says that it lives", read="health")
    assert (alone.route, alone.methods) == ("health", ("GET",))
    assert list(rows(Anybody(), Scope.PUBLIC, Shows.NOBODY, "nothing", room="public")) == []
