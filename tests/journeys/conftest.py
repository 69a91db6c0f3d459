"""The browser of the journeys: one for all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.walking import ARGUMENTS


@pytest.fixture
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None and "CI" in os.environ:
        pytest.fail("chromium is missing: apt-get install chromium fonts-noto-cjk")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()
        connections.close_all()  # the one that this thread opened while Playwright's loop ran
