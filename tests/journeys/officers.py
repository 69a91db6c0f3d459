"""How an officer comes to the desk in the walks."""

from __future__ import annotations

from registry.models import Officer
from tests.journeys.walking import Walker
from tests.signing_in import walk_in


def sign_in(walker: Walker, officer: Officer) -> None:
    """Whoever was signed in before is gone."""
    walk_in(walker.page.context, officer.account, walker.address)
    walker.go("/desk/")
    walker.look()
