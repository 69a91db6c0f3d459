"""A browser window that looks at every page it comes to: width, size of controls, accessibility, content security.

Chromium is Debian's (`apt-get install chromium fonts-noto-cjk`); nothing is downloaded. With SCREENSHOTS naming a
folder, each page is also kept as a picture.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = {"wide": 1280, "narrow": 320}
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe*.js"))
VIOLATION = "Content Security Policy"


@dataclass
class Walker:
    """One browser window and what went wrong in it."""

    page: Page
    address: str
    name: str
    violations: list[str] = field(default_factory=list)
    seen: int = 0
    measuring: bool = False
    javascript: bool = True  # axe needs it

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, words: str) -> None:
        """Press a button or follow a link that leads to another page."""
        with self.page.expect_navigation():
            exactly = re.compile(rf"^\s*{re.escape(words)}\s*$")
            self.page.locator("main :is(a, button)", has_text=exactly).first.click()
        self.look()

    def first_of_my_work(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main tbody a").first.click()
        self.look()

    def type(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').fill(value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').select_option(value)

    def hear(self, line: ConsoleMessage) -> None:
        if VIOLATION in line.text and not self.measuring:
            self.violations.append(line.text)

    def look(self) -> None:
        """What holds on every page: it does not scroll sideways, no control is smaller than 24 pixels, axe finds nothing."""
        self.page.wait_for_load_state("load")
        self.keep()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} pixels"
        small = self.page.evaluate(SMALL_CONTROLS)
        assert small == [], f"{self.page.url} has small controls: {small}"
        if not self.javascript:
            return
        shape = (self.name, self.page.evaluate(SHAPE))
        if shape in SOUND:
            return
        self.measuring = True  # what axe itself puts into the page is blocked too, and is not the page's
        found = faults(self.page)
        self.measuring = False
        assert found == [], f"{self.page.url} is not accessible: {found}"
        SOUND.add(shape)

    def keep(self) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.seen += 1
            self.page.screenshot(path=Path(folder) / f"{self.name}-{self.seen:02d}.png", full_page=True)


# Links inside sentences are exempt (WCAG 2.2, 2.5.8), as is what is not drawn.
SMALL_CONTROLS = """
() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(each => !each.closest('p, .problems li, .skip-to-content-link') && !each.matches('.skip-to-content-link, .govuk-skip-link'))
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`)
"""

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


# The page without its words, numbers and ids. Where axe found nothing in it once, at this width and in this language, it
# finds nothing again.
SHAPE = "() => document.documentElement.outerHTML.replace(/>[^<]*/g, '>').replace(/[0-9A-Za-z_-]{16,}|[0-9]+/g, '#')"
SOUND: set[tuple[str, str]] = set()

FOUND = """
options => axe.run(document, options).then(
  found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.target}`)))
"""


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA: rule and place. The page has axe from its window (`walker`)."""
    found: list[str] = page.evaluate(FOUND, WCAG)
    return found


def walker(browser: Browser, address: str, width: str, language: str, *, javascript: bool = True) -> Walker:
    """A window of its own, without cookies. ``width``: wide or narrow; ``language`` as the browser asks for it."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, locale=language, java_script_enabled=javascript
    )
    if javascript:
        context.add_init_script(path=AXE)
    page = context.new_page()
    opened = Walker(page, address, f"{language}-{width}", javascript=javascript)
    page.on("console", opened.hear)
    return opened


def chinese(words: str) -> str:
    """The words as the Chinese catalogue has them."""
    with translation.override("zh-hans"):
        return translation.gettext(words)
