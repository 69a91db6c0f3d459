"""Every address of the product, out of the resolver, each with values for what it takes: a route that is added is walked too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from registry import actions
from registry.models import Role
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk, visiting
from tests.signing_in import sign_in

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")
NOBODYS_UUID = "6f1cf3f4-0000-4000-8000-000000000000"
INVENTED: Mapping[str, str] = {
    "token": "a" * 27, "link": "a" * 43, "uidb64": "MQ", "epoch": "1", "address": "0/000", "number": "1", "name": "none.csv",
    "url": "no/such/page", "app_label": "registry", "object_id": "1", "form": "csv", "kind": "csv", "list_name": "courts",
    "act": "suspend", "step": "accept", "type_": "listing.published",
}  # fmt: skip
PASSWORD = "correct horse battery staple"  # of the tests


@dataclass(frozen=True)
class Route:
    """``pattern``: as the resolver has it, without anchors; ``name``: with its namespace, "" for none."""

    pattern: str
    name: str
    view: Any

    def path(self, values: Mapping[str, str] | None = None) -> str:
        """An address that it matches, of what ``values`` names and of what nobody has."""
        known = {**INVENTED, **(values or {})}
        pattern = NAMED_GROUP.sub(lambda found: f"<{found[1]}>", self.pattern)
        return "/" + PARAMETER.sub(lambda found: _value(known, found[1], found[2]), pattern)


def routes() -> list[Route]:
    return list(_below(get_resolver().url_patterns, "", ""))


def _below(patterns: list[Any], before: str, space: str) -> Iterator[Route]:
    for each in patterns:
        here = before + str(each.pattern).lstrip("^").rstrip("$")
        if isinstance(each, URLResolver):
            yield from _below(each.url_patterns, here, each.namespace or space)
        elif isinstance(each, URLPattern):
            name = f"{space}:{each.name}" if space and each.name else each.name or ""
            yield Route(here, name, each.callback)


def _value(known: Mapping[str, str], kind: str | None, name: str) -> str:
    if kind == "uuid":
        return known.get(name, NOBODYS_UUID)
    if kind == "int":
        return known.get(name, "1")
    if kind == "spoilt_link":
        return f"{known[name]}."
    return known.get(name, "none-such")


def a_world() -> dict[str, str]:
    """A listing, a department and an employer, and what their addresses are."""
    listing = cast.in_force()
    finance = cast.department()
    measure = cast.measure(finance)
    endpoint, _ = cast.add_endpoint(finance, "http://127.0.0.1:29999/in", now=cast.NOW)
    screening = asking.answered()
    proposal = actions.propose(
        listing.pk, "withdraw", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="acquitted",
        ground="（2026）京0105刑再1号",
    )  # fmt: skip
    return {
        "number": listing.number,
        "decision_id": str(listing.party.decision_id),
        "case_id": str(listing.party.decision.case_id),
        "proposal_id": str(proposal.pk),
        "code": finance.organisation.code,
        "instrument_id": str(measure.instrument_id),
        "measure_id": str(measure.pk),
        "endpoint_id": str(endpoint.pk),
        "screening_id": str(screening.pk),
        "id": str(screening.pk),
        "object_id": str(listing.pk),
    }


def caller(who: str, bearer: Mapping[str, str]) -> Browser:
    """One of `WHO`; ``bearer``: the header of the machine's token."""
    if who == "machine":
        return Browser(raise_request_exception=False, headers={**bearer, "accept": "application/json"})
    browser = WHO[who]()
    browser.raise_request_exception = False
    return browser


def _member(organisation: Any, role: MemberRole) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    member = members.take_in(organisation, username=role.value, password=PASSWORD, name=role.value, role=role)
    sign_in(browser, member.account)
    return browser


WHO: Mapping[str, Callable[[], Browser]] = {
    "nobody": Browser,
    "clerk": lambda: desk.at_the_desk(cast.clerk()),
    "registrar of the High Court": lambda: desk.at_the_desk(cast.high_court_registrar()),
    "auditor": lambda: desk.at_the_desk(cast.officer("A-1", Role.AUDITOR, court="京")),
    "owner at an employer": lambda: _member(asking.bank().organisation, MemberRole.OWNER),
    "HR": lambda: _member(asking.bank().organisation, MemberRole.HR),
    "integrator of a department": lambda: _member(cast.department().organisation, MemberRole.INTEGRATOR),
    "machine": Browser,
    "person": lambda: visiting.visitor(now=timezone.now()),
}
