"""Whom rows of the table let in besides officers: members, machines, persons, and holders of a link or a code."""

from __future__ import annotations

from dataclasses import dataclass

from sharing.parties.models import MemberRole, OrganisationKind


@dataclass(frozen=True)
class Members:
    """Members of an organisation of this kind in one of ``roles``; ``even_suspended``: of a suspended one, too."""

    kind: OrganisationKind
    roles: tuple[MemberRole, ...]
    even_suspended: bool = False

    @property
    def spoken(self) -> str:
        roles = ", ".join(role.value for role in self.roles)
        return f"{self.kind.value}: {roles}" + (", of a suspended one too" if self.even_suspended else "")


@dataclass(frozen=True)
class Machines:
    """A live client of an organisation of this kind whose token has the scope."""

    kind: OrganisationKind
    scope: str

    @property
    def spoken(self) -> str:
        return f"{self.kind.value}'s machine, scope `{self.scope}`"


@dataclass(frozen=True)
class Person:
    """Who proved who he is at this browser, within the last half hour."""

    spoken: str = "a person who proved who he is"


@dataclass(frozen=True)
class Holder:
    """Who has what the view asks for: ``spoken`` says what."""

    spoken: str
