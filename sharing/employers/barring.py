"""A registrar of the High Court shuts a member of an employer out, where its owners do not, or are whom it is about.

He is signed out at once, and the keys whose secret he was shown end with him: whoever kept one would call on. The owners are
written to, and let nobody in again whom the court has shut out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import given
from registry.addresses import absolute
from registry.errors import NoSuchEmployer
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers import overseeing
from sharing.employers.models import Employer, EmployerAct
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberRole

NOT_OWNERS = [role for role in MemberRole if role != MemberRole.OWNER]


def member_of(employer: Employer, member_id: int) -> Member:
    """Raises `NoSuchEmployer`."""
    found = members.one_of(employer.pk, member_id)
    if found is None:
        raise NoSuchEmployer
    return found


def shut_out(employer: Employer, member: Member, *, officer: Officer, reason: str, now: datetime) -> bool:
    """Whether an owner was written to: where none was, somebody has to call. HighCourtRegistrarNeeded; ReasonNeeded.

    The message goes out once all of it is committed.
    """
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        if not members.bar(member, now=now):
            return True
        ended = clients.shown_to(member, now=now)
        for each in ended:
            overseeing.revoke_key(employer, each, officer=officer, reason=words, now=now)
        _write_down(employer, EmployerAct.Act.SHUT_OUT, member, words, officer, now)
    return _told(employer, ended)


def let_in(employer: Employer, member: Member, *, officer: Officer, reason: str, now: datetime) -> bool:
    """Whether he may sign in: whom an owner shut out as well, an owner lets in. Keys that ended stay ended.

    HighCourtRegistrarNeeded; ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        if members.unbar(member):
            _write_down(employer, EmployerAct.Act.LET_IN, member, words, officer, now)
    return members.may_sign_in(member)


def _write_down(
    employer: Employer, act: EmployerAct.Act, member: Member, words: str, officer: Officer, now: datetime
) -> None:
    """By the member's number: names are the table's of members."""
    said = {"reason": f"{member.pk}: {words}", "officer": officer, "at": now}
    EmployerAct.objects.create(employer_id=employer.pk, act=act, **said)


def _told(employer: Employer, ended: Sequence[Client]) -> bool:
    to = members.addresses_of(employer.organisation, without=NOT_OWNERS)
    return bool(to) and letters.sent(
        _message(employer, ended, to), f"member shut out of employer {employer.pk}", again=False
    )


def _message(employer: Employer, ended: Sequence[Client], to: list[str]) -> EmailMessage:
    """In both languages, and about nobody by name: who it is stands on the page."""
    context = {
        "employer": employer.organisation,
        "keys": [each.client_id[:8] for each in ended],
        "address": absolute(reverse("employer:people")),
    }
    return EmailMessage(
        subject=f"法院已停用成员账号 / The court shut a member out: {employer.organisation.name}",
        body=render_to_string("employer/member_shut_out.txt", context),
        to=to,
    )
