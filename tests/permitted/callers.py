"""Everybody who may come: officers of each role and court, members, machines, persons, and nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client as Browser
from django.utils import timezone

from registry.models import Account, Officer, Role
from registry.permissions.rows import Officers, Who
from sharing.parties import clients, members
from sharing.parties.models import Client, MemberRole, Organisation, OrganisationKind
from sharing.permissions.callers import Machines, Members, Person
from tests import asking, cast, docket, visiting
from tests.permitted.world import PASSWORD
from tests.signing_in import sign_in

SIGN_IN, PORTAL, IDENTITY = "/desk/login/", "/portal/sign-in/", "/identity/"
SCOPES = {
    OrganisationKind.DEPARTMENT: ("events", "receipts"),
    OrganisationKind.EMPLOYER: ("screenings",),
    OrganisationKind.COURT: ("cases",),
}


@dataclass
class Caller:
    name: str
    browser: Browser = field(repr=False)
    officer: Officer | None = None
    kind: str = ""  # of the organisation
    role: str = ""
    scopes: tuple[str, ...] = ()
    is_person: bool = False
    is_suspended: bool = False

    def expected(self, who: Who) -> tuple[int, str] | None:
        """Status, and where to, of whoever is not let in; None lets him in."""
        if isinstance(who, Officers):
            if self.officer is None:
                return 302, SIGN_IN
            return None if who.admit(self.officer) else (403, "")
        if isinstance(who, Members):
            return self._as_member(who)
        if isinstance(who, Machines):
            if not self.scopes or self.is_suspended:
                return 401, ""
            return None if self.kind == who.kind and who.scope in self.scopes else (403, "")
        if isinstance(who, Person) and not self.is_person:
            return 302, IDENTITY
        return None

    def _as_member(self, who: Members) -> tuple[int, str] | None:
        if self.officer is None and not self.role:
            return 302, PORTAL
        is_shut_out = self.is_suspended and not who.even_suspended
        lets_in = self.kind == who.kind and self.role in who.roles and not is_shut_out
        return None if lets_in else (403, "")


def everybody() -> list[Caller]:
    bank, finance = asking.bank().organisation, cast.department().organisation
    shut_out = _suspended()
    return [
        Caller("nobody", Browser()),
        _no_longer(),
        *(_officer(role, court) for role in Role for court in ("京0105", "京")),
        *(_member(bank, role) for role in (MemberRole.OWNER, MemberRole.HR, MemberRole.AUDITOR)),
        *(_member(finance, role) for role in (MemberRole.OWNER, MemberRole.INTEGRATOR)),
        _member(shut_out, MemberRole.OWNER, is_suspended=True),
        *machines(bank, finance, docket.system().organisation),
        Caller("the person", visiting.visitor(now=cast.NOW), is_person=True),
        Caller("somebody whose proof is over", visiting.visitor(now=cast.NOW - timedelta(hours=1))),
    ]


def owners() -> list[Caller]:
    """Whose the world's objects are."""
    bank, finance = asking.bank().organisation, cast.department().organisation
    return [
        Caller("Lin, who entered it", _signed_in(cast.clerk().account), officer=cast.clerk()),
        *(_officer(role, "京0105") for role in (Role.JUDGE, Role.REGISTRAR)),
        _member(bank, MemberRole.OWNER),
        _member(finance, MemberRole.OWNER),
        *machines(bank, finance),
        Caller("the person", visiting.visitor(now=cast.NOW), is_person=True),
    ]


def strangers() -> list[Caller]:
    """Each as able as who has the world's objects, and none of them is his."""
    courier, telecom = asking.courier_company().organisation, cast.department("telecom").organisation
    cast.add_endpoint(cast.department("telecom"), "http://127.0.0.1:9997/webhooks", now=cast.NOW)
    return [
        *(_officer(role, "京0108") for role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR)),
        _member(courier, MemberRole.OWNER),
        _member(telecom, MemberRole.OWNER),
        *machines(courier, telecom),
        Caller("another person", visiting.visitor(cast.SECOND_NUMBER, "陆㛃", now=cast.NOW), is_person=True),
    ]


def machines(*organisations: Organisation) -> list[Caller]:
    return [_machine(each) for each in organisations]


def _no_longer() -> Caller:
    """An officer whose account was closed while he was signed in."""
    officer = _appointed("gone", Role.CLERK, "京0105")
    browser = _signed_in(officer.account)
    Account.objects.filter(pk=officer.account_id).update(is_active=False)
    return Caller("an officer who left", browser)


def _officer(role: Role, court: str) -> Caller:
    officer = _appointed(f"M-{role}-{court}", role, court)
    return Caller(f"{role} of {court}", _signed_in(officer.account), officer=officer)


def _appointed(number: str, role: Role, court: str) -> Officer:
    found = Officer.objects.filter(staff_number=number).select_related("court").first()
    return found or cast.officer(number, role, court=court)


def _member(organisation: Organisation, role: MemberRole, *, is_suspended: bool = False) -> Caller:
    name = f"{organisation.code}-{role}"
    member = members.take_in(organisation, username=name, password=PASSWORD, name=name, role=role)
    return Caller(name, _signed_in(member.account), kind=organisation.kind, role=role, is_suspended=is_suspended)


def _suspended() -> Organisation:
    shop = asking._employer("shop", cast._unit_number("shop"), ["finance_recruitment"], 200).organisation
    shop.suspended_at = cast.NOW
    shop.save()
    return shop


def _machine(organisation: Organisation) -> Caller:
    scopes = SCOPES[OrganisationKind(organisation.kind)]
    client_id, secret = clients.issue(organisation, scopes, now=timezone.now())
    assert Client.objects.filter(client_id=client_id).exists()
    token = asking.token(client_id, secret).json()["access_token"]
    browser = Browser(headers={"authorization": f"Bearer {token}"})
    return Caller(f"{organisation.code}'s machine", browser, kind=organisation.kind, scopes=tuple(scopes))


def _signed_in(account: Account) -> Browser:
    browser = Browser(headers={"accept-language": "en"}, raise_request_exception=False)
    sign_in(browser, account)
    return browser
