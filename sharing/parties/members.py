"""The people of an organisation: who is taken in, and what each did."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from registry import account_letters, lockout
from registry.errors import LastOwner, ShutOutByTheCourt, UserNameTaken
from registry.models import Account
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, MemberAct, MemberRole, Organisation

INITIAL_BYTES = 15  # 20 characters, to be typed once


def take_in(
    organisation: Organisation,
    *,
    username: str,
    password: str,
    name: str,
    email: str = "",
    role: MemberRole = MemberRole.INTEGRATOR,
) -> Member:
    """A member with an account of its own. ``email``: where alarms go. Raises `ValidationError` for a weak password."""
    account = Account(username=username, email=email)
    validate_password(password, account)
    account.password = make_password(password)  # of a change he would be told
    with transaction.atomic():
        account.save()
        return Member.objects.create(account=account, organisation=organisation, role=role, name=name)


def one_of(organisation_id: int, member_id: int) -> Member | None:
    """Another organisation's member is as absent as one that never was."""
    own = Member.objects.filter(organisation=organisation_id, pk=member_id)
    return own.select_related("account", "organisation").first()


def invite(organisation: Organisation, *, username: str, name: str, email: str, role: MemberRole) -> tuple[Member, str]:
    """A member, and the initial password to be handed over, shown this once. Raises `UserNameTaken`."""
    password = secrets.token_urlsafe(INITIAL_BYTES)
    try:
        with transaction.atomic():
            member = take_in(organisation, username=username, password=password, name=name, email=email, role=role)
            _mark_initial(member)
    except IntegrityError:
        raise UserNameTaken("username") from None
    return member, password


def invite_by_mail(organisation: Organisation, *, username: str, name: str, email: str, role: MemberRole) -> Member:
    """A member without a password, who chooses one by a link (`sharing.parties.invitations`). Raises `UserNameTaken`."""
    account = Account(username=username, email=email)
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save()
            return Member.objects.create(account=account, organisation=organisation, role=role, name=name)
    except IntegrityError:
        raise UserNameTaken("username") from None


def invited(organisation: Organisation) -> Member | None:
    """The first member who was invited by mail and has not chosen a password yet."""
    found = Member.objects.filter(organisation=organisation, account__is_active=True).select_related("account")
    return next((each for each in found.order_by("pk") if not each.account.has_usable_password()), None)


def is_taken(username: str) -> bool:
    return Account.called(username).exists()


def give_initial_password(member: Member) -> str:
    """For who has lost the password; whoever is signed in with the old one is signed out, and tries that failed stop nobody."""
    password = secrets.token_urlsafe(INITIAL_BYTES)
    with transaction.atomic():
        _mark_initial(member)  # first, as `_keep_an_owner` locks them: the member, then the account
        member.account.set_password(password)
        member.account.save(update_fields=["password"])
        lockout.unlock(member.account)
    return password


def reset_factors(member: Member) -> str:
    """For who has lost his second factor: passkeys, app and recovery codes open nothing any more; as `give_initial_password`."""
    with transaction.atomic():
        Authenticator.objects.filter(user=member.account_id).delete()
        account_letters.tell(account_letters.RESET, member.account)
        return give_initial_password(member)


def choose_password(member: Member, password: str) -> None:
    """The member's own choice. Raises `ValidationError` for a weak one."""
    validate_password(password, member.account)
    with transaction.atomic():
        member.has_initial_password = False
        member.save(update_fields=["has_initial_password"])  # first, as in `give_initial_password`
        member.account.set_password(password)
        member.account.save(update_fields=["password"])


def change_mail_address(member: Member, email: str) -> bool:
    """Where alarms and letters about the account go from now on; the former address is told. False: it is the one he has."""
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=member.account_id)
        if email == account.email:
            return False
        account_letters.tell(account_letters.ADDRESS, account)
        Account.objects.filter(pk=account.pk).update(email=email)
    return True


def shut_out(member: Member) -> None:
    """The member signs in no more, and is signed out at once; what they did stays on record. Raises `LastOwner`."""
    with transaction.atomic():
        _keep_an_owner(member)
        Member.objects.filter(pk=member.pk).update(is_shut_out=True)
        sign_out(member)


def let_in_again(member: Member) -> None:
    """Raises `ShutOutByTheCourt`."""
    with transaction.atomic():
        if Member.objects.select_for_update().get(pk=member.pk).barred_at is not None:
            raise ShutOutByTheCourt
        Member.objects.filter(pk=member.pk).update(is_shut_out=False)
        _let_in(member)


def bar(member: Member, *, now: datetime) -> bool:
    """The court shuts a member out, the last owner, too: no owner lets him in again. False: it has already."""
    with transaction.atomic():
        if not Member.objects.filter(pk=member.pk, barred_at=None).update(barred_at=now):
            return False
        sign_out(member)
    return True


def unbar(member: Member) -> bool:
    """The court lets him in again, unless an owner shut him out as well. False: it has not shut him out."""
    with transaction.atomic():
        if not Member.objects.filter(pk=member.pk).exclude(barred_at=None).update(barred_at=None):
            return False
        if not Member.objects.get(pk=member.pk).is_shut_out:
            _let_in(member)
    return True


def may_sign_in(member: Member) -> bool:
    return Account.objects.filter(pk=member.account_id, is_active=True).exists()


def sign_out(member: Member) -> bool:
    """Sessions end for good: none of them is open again when he is let in again. False: he was shut out before."""
    with transaction.atomic():
        was_active = Account.objects.filter(pk=member.account_id, is_active=True).update(is_active=False) > 0
        member.account.is_active = False
        for session in UserSession.objects.filter(user=member.account_id):
            session.end()
    return was_active


def _let_in(member: Member) -> None:
    Account.objects.filter(pk=member.account_id).update(is_active=True)
    member.account.is_active = True


def give_role(member: Member, role: MemberRole) -> None:
    """Raises `LastOwner` where nobody would be left who may take members in."""
    with transaction.atomic():
        if role != MemberRole.OWNER:
            _keep_an_owner(member)
        member.role = role
        member.save(update_fields=["role"])


def _keep_an_owner(leaving: Member) -> None:
    """Two owners who leave in the same moment wait for each other here."""
    # Their accounts, too: that one of them was shut out meanwhile, no other row says.
    both = Member.objects.select_related("account").select_for_update(of=("self", "account"))
    owners = both.filter(organisation=leaving.organisation, role=MemberRole.OWNER, account__is_active=True).order_by(
        "pk"
    )
    if leaving.pk in (found := {owner.pk for owner in owners}) and len(found) == 1:
        raise LastOwner


def _mark_initial(member: Member) -> None:
    member.has_initial_password = True
    member.save(update_fields=["has_initial_password"])


def addresses_of(organisation: Organisation, *, without: Sequence[MemberRole] = ()) -> list[str]:
    """Where the organisation's members are told of what concerns them all, but for those of some roles."""
    members = Member.objects.filter(organisation=organisation, account__is_active=True).exclude(role__in=without)
    return list(members.exclude(account__email="").order_by("pk").values_list("account__email", flat=True))


def note(member: Member, act: MemberActKind, about: str, *, now: datetime) -> None:
    """Write down what the member did; in the transaction of the act where there is one."""
    MemberAct.objects.create(member=member, act=act, about=about, at=now)
