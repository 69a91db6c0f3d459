"""What a member does in a portal and the record of it are one: where it cannot be written down, it has not happened."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import Account, AccountAct
from sharing.departments.models import Department, Institution
from sharing.employers.models import ConsentRequest
from sharing.parties import clients, invitations, members
from sharing.parties.models import Client, Member, MemberRole, Organisation
from tests import asking, cast
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


@pytest.fixture
def finance() -> Department:
    return cast.department()


@pytest.fixture
def wei(finance: Department) -> Member:
    return taken_in(finance.organisation, "wei", MemberRole.INTEGRATOR)


@pytest.fixture
def owner(finance: Department) -> Browser:
    return browser_of(taken_in(finance.organisation, "ou", MemberRole.OWNER))


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    def note(*_what: Any, **_when: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(members, "note", note)


def taken_in(organisation: Organisation, username: str, role: MemberRole) -> Member:
    return members.take_in(organisation, username=username, password=PASSWORD, name=f"某{username}", role=role)


def browser_of(member: Member) -> Browser:
    browser = Browser()
    sign_in(browser, member.account)
    return browser


def tried(browser: Browser, door: str, *args: object, **sent: object) -> None:
    with pytest.raises(DatabaseError):
        browser.post(reverse(door, args=args), sent)


@pytest.mark.usefixtures("unwritable")
@pytest.mark.parametrize("do", ["shut_out", "make_owner"])
def test_nobody_is_shut_out_or_made_an_owner_unnoted(owner: Browser, wei: Member, do: str) -> None:
    tried(owner, "department:person_act", wei.pk, do=do)
    kept = Member.objects.select_related("account").get(pk=wei.pk)
    assert (kept.role, kept.is_shut_out, kept.account.is_active) == (MemberRole.INTEGRATOR, False, True)


@pytest.mark.usefixtures("unwritable")
def test_nobody_is_taken_in_unnoted(owner: Browser) -> None:
    tried(owner, "department:add_member", username="new", name="某新", email="new@example.org", role="integrator")
    assert not Member.objects.filter(account__username="new").exists()


@pytest.mark.usefixtures("unwritable")
def test_no_key_is_revoked_unnoted(owner: Browser, finance: Department) -> None:
    client_id, _secret = clients.issue(finance.organisation, ("events",), now=timezone.now())
    tried(owner, "department:revoke_key", client_id)
    assert Client.objects.get(client_id=client_id).is_live(timezone.now())


@pytest.mark.usefixtures("unwritable")
def test_no_network_is_named_unnoted(owner: Browser, finance: Department) -> None:
    tried(owner, "department:networks", networks="203.0.113.0/24")
    assert Organisation.objects.get(pk=finance.pk).networks == []


@pytest.mark.usefixtures("unwritable")
def test_no_key_for_receipts_is_registered_unnoted(owner: Browser, finance: Department) -> None:
    before = finance.receipt_key
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    tried(owner, "department:receipt_key", key="whpk_" + base64.b64encode(public).decode())
    assert Department.objects.get(pk=finance.pk).receipt_key == before


@pytest.mark.usefixtures("unwritable")
def test_no_institution_comes_or_goes_unnoted(owner: Browser, finance: Department) -> None:
    held = Institution.objects.create(department=finance, code="bank-b", name="示范银行乙", uscc=asking.COURIER_USCC)
    tried(owner, "department:institution", held.code)
    tried(owner, "department:add_institution", code="bank-a", name="示范银行甲", uscc=cast.UNIT_NUMBER)
    assert list(Institution.objects.values_list("code", "ended_at")) == [("bank-b", None)]


@pytest.mark.usefixtures("unwritable")
def test_no_link_for_an_applicant_is_made_unnoted() -> None:
    browser = browser_of(taken_in(asking.bank().organisation, "he", MemberRole.OWNER))
    tried(
        browser,
        "employer:new_request",
        post="finance_recruitment/loan_officer",
        purpose="finance_recruitment",
        reference="A-1",
        days="14",
    )
    assert not ConsentRequest.objects.exists()


@pytest.mark.usefixtures("unwritable")
def test_no_invitation_is_taken_unnoted() -> None:
    invited = members.invite_by_mail(
        asking.bank().organisation, username="he", name="某何", email="he@example.org", role=MemberRole.OWNER
    )
    browser = Browser()
    form = browser.get(invitations.path_of(invited), follow=True).request["PATH_INFO"]
    with pytest.raises(DatabaseError):
        browser.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert not Account.objects.get(pk=invited.account_id).has_usable_password()


def test_no_officers_invitation_is_taken_unnoted(monkeypatch: pytest.MonkeyPatch) -> None:
    invited = cast.clerk()
    link = actions.invite(invited, officer=cast.security_administrator(), now=timezone.now())
    browser = Browser()
    form = browser.get(link, follow=True).request["PATH_INFO"]
    before = Account.objects.get(pk=invited.account_id).password

    def create(**_what: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(AccountAct.objects, "create", create)
    with pytest.raises(DatabaseError):
        browser.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert Account.objects.get(pk=invited.account_id).password == before
