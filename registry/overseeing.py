"""Who acts for the High Court, and who sees what every court does: nobody whose account was closed."""

from __future__ import annotations

from registry.errors import HighCourtNeeded, HighCourtRegistrarNeeded, Refusal
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer, Role


def sees_every_court(officer: Officer) -> bool:
    """Auditors, and the registrars of the High Court."""
    return officer.role == Role.AUDITOR or is_high_court_registrar(officer)


def acts_for_high_court(officer: Officer) -> bool:
    """A registrar of the High Court who is in office."""
    return is_high_court_registrar(officer) and officer.account.is_active


def oversees(officer: Officer) -> bool:
    """Such a registrar, or an auditor who is in office."""
    return sees_every_court(officer) and officer.account.is_active


def refuse_unless_registrar(officer: Officer, refusal: Refusal | type[Refusal] = HighCourtRegistrarNeeded) -> None:
    """Raise ``refusal`` for anybody but the High Court's registrars."""
    if not acts_for_high_court(officer):
        raise refusal


def refuse_unless_high_court(officer: Officer, refusal: Refusal | type[Refusal] = HighCourtNeeded) -> None:
    """Raise ``refusal`` for anybody but auditors and the High Court's registrars."""
    if not oversees(officer):
        raise refusal
