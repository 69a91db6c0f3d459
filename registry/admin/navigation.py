"""What the desk's navigation offers each role, and where in it the page in view is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.inviting import keeps_accounts
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer, Role
from registry.overseeing import sees_every_court
from registry.reading import READERS, sees_numbers, sees_statistics


@dataclass(frozen=True)
class Entry:
    """`current` is what `aria-current` says: ``page``, ``true`` on a page below, or nothing."""

    label: Promise
    address: str
    current: str


def _every(officer: Officer) -> bool:
    return True


def _enters(officer: Officer) -> bool:
    return officer.role == Role.CLERK


def _reads(officer: Officer) -> bool:
    return officer.role in READERS


def _in_a_court(officer: Officer) -> bool:
    """Whoever has work that somebody else may do for him."""
    return officer.role not in (Role.SECURITY, Role.SYSTEM)


def _keeps_the_system(officer: Officer) -> bool:
    return officer.role == Role.SYSTEM


def _at_the_counter(officer: Officer) -> bool:
    return officer.role in (Role.REGISTRAR, Role.CLERK)


_ENTRIES: tuple[tuple[Promise, str, Callable[[Officer], bool]], ...] = (
    (_("My work"), "admin:index", _every),
    (_("Enter a decision"), "admin:new_decision", _enters),
    (_("The book"), "admin:registry_listing_changelist", _reads),
    (_("Case register"), "admin:registry_case_changelist", _reads),
    (_("Imports"), "admin:imports", _enters),
    (_("Objections"), "sharing_desk:objections", _reads),
    (_("Departments"), "sharing_desk:departments", sees_every_court),
    (_("Employers"), "sharing_desk:employers", sees_every_court),
    (_("Results"), "sharing_desk:find_result", sees_every_court),
    (_("Readings"), "sharing_desk:readings", sees_every_court),
    (_("Audit"), "sharing_desk:audit", sees_every_court),
    (_("Find by document number"), "admin:find", sees_numbers),
    (_("Statistics"), "sharing_desk:statistics", sees_statistics),
    (_("Counter code"), "sharing_desk:counter_code", _at_the_counter),
    (_("Deputies"), "admin:deputies", _in_a_court),
    (_("Sealing"), "admin:sealing", is_high_court_registrar),
    (_("Code lists"), "admin:code_lists", sees_every_court),
    (_("Deletion"), "sharing_desk:retention", sees_every_court),
    (_("Log"), "admin:registry_event_changelist", _reads),
    (_("Officers"), "admin:registry_officer_changelist", keeps_accounts),
    (_("Locked accounts"), "admin:locked_accounts", keeps_accounts),
    (_("System"), "sharing_desk:system", _keeps_the_system),
)


# Pages that lie elsewhere and belong to an entry.
_BELONGS = {"admin:registry_event_changelist": "sharing_desk:log"}


def entries_for(officer: Officer, path: str) -> list[Entry]:
    """In their order, for a page at `path`."""
    offered = [(label, name, reverse(name)) for label, name, may in _ENTRIES if may(officer)]
    return [Entry(label, address, _current(name, address, path)) for label, name, address in offered]


def _current(name: str, address: str, path: str) -> str:
    if path == address:
        return "page"
    if name in _BELONGS and path.startswith(reverse(_BELONGS[name])):
        return "true"
    # Every page of the desk lies below My work.
    return "true" if path.startswith(address) and address != reverse(_ENTRIES[0][1]) else ""
