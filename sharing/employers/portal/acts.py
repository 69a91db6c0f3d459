"""Who may do what in the employer's portal: role × act, the one table. Every page names its act and asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from sharing.access import MemberView, View, members_only
from sharing.parties.models import Member, MemberRole, OrganisationKind


class Act(StrEnum):
    READ = "read"  # what was asked and answered, what may be learnt, who is a member
    ASK = "ask"  # about an applicant, and ask the applicant for consent
    TELL = "tell"  # the court what is owed: show a form, say that a result is removed, that the applicant was told
    END = "end"  # a monitoring
    KEYS = "keys"  # make and revoke the programs' keys
    PEOPLE = "people"  # take members in, give roles, shut out
    OVERSEE = "oversee"  # read what members did


MAY: Mapping[MemberRole, frozenset[Act]] = {
    MemberRole.OWNER: frozenset(Act),
    MemberRole.HR: frozenset({Act.READ, Act.ASK, Act.TELL, Act.END}),
    MemberRole.AUDITOR: frozenset({Act.READ, Act.OVERSEE}),
}

# Of a suspended employer, too: what it owes does not wait, whoever left is shut out, and to know less is always open.
EVEN_SUSPENDED = frozenset({Act.READ, Act.TELL, Act.END, Act.PEOPLE, Act.OVERSEE})


def may(member: Member, act: Act) -> bool:
    return act in MAY.get(MemberRole(member.role), frozenset())


def members_who_may(act: Act) -> Callable[[MemberView], View]:
    """The page is for those of the employer's members whose role may do this; of a suspended employer `EVEN_SUSPENDED`."""
    roles = [role for role, acts in MAY.items() if act in acts]
    return members_only(OrganisationKind.EMPLOYER, *roles, even_suspended=act in EVEN_SUSPENDED)
