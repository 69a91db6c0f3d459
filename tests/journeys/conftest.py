"""The browser of the journeys: opened once for each file of them; each walk has a window of its own, without cookies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.walking import ARGUMENTS, chromium
from tests.programs import missing


@pytest.fixture(scope="module")
def chromium_opened() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        missing("Chromium", "apt-get install chromium-headless-shell fonts-noto-cjk")
    database = connections["default"]
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop in this thread: Django is told, and goes on with the one connection that knows what
        # the test database held at first.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        connections["default"] = database
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium_opened: Browser) -> Iterator[Browser]:
    yield chromium_opened
    for context in chromium_opened.contexts:
        context.close()
