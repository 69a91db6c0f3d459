"""How an officer comes to the desk in the walks."""

from __future__ import annotations

from registry.models import Officer
from tests import desk
from tests.journeys.walking import Walker


def sign_in(walker: Walker, officer: Officer) -> None:
    """Whoever was signed in before is gone."""
    officer.account.set_password(desk.PASSWORD)
    officer.account.save()
    walker.page.context.clear_cookies()
    walker.go("/desk/login/?next=/desk/")
    walker.type(username=officer.account.username, password=desk.PASSWORD)
    with walker.page.expect_navigation():
        walker.page.locator("#login-form [type=submit]").click()
    walker.look()
