"""What a row of the table of permissions says: which address, by which methods, for whom, about what, and why.

The court's gate (`config.permissions`) lets nobody to an address that has no row; the views ask further, whose the one row
is that they show. The words here go into docs/permissions.md, which is in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from registry.errors import Refusal, Text, WrongRole
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role

READ, SEND = ("GET",), ("POST",)
BOTH = (*READ, *SEND)


class Scope(StrEnum):
    """Whose rows the caller finds there. Anybody else's are answered as if there were none."""

    OWN_COURT = "of the own court"
    OWN_COURT_OR_ALL = "of the own court; of every court, having said why, for auditors and the High Court's registrars"
    REVIEWED = "as before, and what the own court reviews, for as long"
    EVERY_COURT = "of every court: the High Court keeps what leaves the courts"
    OWN = "the own ones alone"
    OWN_ORGANISATION = "of the own organisation"
    OWN_RECORD = "about the one person who proved who he is"
    LINK = "what the link or code opens, and nothing beside it"
    PUBLIC = "the same for everybody"


class Shows(StrEnum):
    """The most that can be read there of a person."""

    NOBODY = "nothing about a person"
    FIGURES = "figures"
    NUMBERED = "numbers and dates of cases, listings and events; no name"
    STAFF = "officers or members, by name"
    NAMED = "names, decisions, penalties; document numbers masked"
    REVEALED = "one document number in full, once, on record"
    ANSWERED = "what was asked about an applicant, and the answer"
    HIMSELF = "what the court holds about the reader"
    HANDED_OVER = "a password, key or code, shown once"


class Who(Protocol):
    """Whom a row lets in. `spoken`: in the document's words."""

    @property
    def spoken(self) -> str: ...


@dataclass(frozen=True)
class Row:
    """``route``: as in ``resolver_match.view_name``. GET stands for HEAD as well."""

    route: str
    methods: tuple[str, ...]
    who: Who
    scope: Scope
    shows: Shows
    why: str


@dataclass(frozen=True)
class Anybody:
    """No question is asked. Where a secret is sent, the view asks for it."""

    spoken: str = "anybody"


_AT_THE_HIGH_COURT: dict[Role, Text] = {Role.REGISTRAR: _("registrar of the High Court")}


def _wrong_role(who: Officers) -> Refusal:
    labels = [_AT_THE_HIGH_COURT.get(role, role.label) for role in who.high_court] + [role.label for role in who.roles]
    return WrongRole(act=_("open this page"), roles=", ".join(map(str, labels)))


@dataclass(frozen=True)
class Officers:
    """Officers in one of ``roles`` in whichever court, or in one of ``high_court`` at the High Court."""

    roles: tuple[Role, ...] = ()
    high_court: tuple[Role, ...] = ()
    refuse: Callable[[Officers], Refusal] = field(default=_wrong_role, compare=False)

    def admit(self, officer: Officer) -> bool:
        return officer.role in self.roles or (
            officer.court.level == HIGH_COURT_LEVEL and officer.role in self.high_court
        )

    def refusal(self) -> Refusal:
        """What to say to an officer who is not admitted."""
        return self.refuse(self)

    @property
    def spoken(self) -> str:
        if set(self.roles) == set(Role):
            return "every officer"
        high = [f"{role.value} of the High Court" for role in self.high_court]
        return ", ".join([*high, *(role.value for role in self.roles)])


def rows(
    who: Who, scope: Scope, shows: Shows, why: str, *, room: str = "", read: str = "", send: str = "", both: str = ""
) -> Iterator[Row]:
    """Rows alike in all but the address. ``read``, ``send``, ``both``: names of routes in the room, between blanks."""
    for names, methods in ((read, READ), (send, SEND), (both, BOTH)):
        for name in names.split():
            yield Row(f"{room}:{name}" if room else name, methods, who, scope, shows, why)
