"""The policy of contents in a real browser: every page has what it needs under it, and nothing is refused."""

from __future__ import annotations

import pytest

from tests.journeys.walking import VIOLATION

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("/help/", "/verify/", "/api/v1/docs/", "/api/v1/console/", "/desk/login/")


def test_nothing_that_a_page_needs_is_refused(live_server, browser):
    page, refused = browser.new_context().new_page(), []
    page.on("console", lambda line: refused.append(line.text) if VIOLATION in line.text else None)
    for path in PAGES:
        page.goto(live_server.url + path)
    assert refused == []
    assert page.evaluate("document.styleSheets.length") >= 1
