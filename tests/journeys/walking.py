"""A browser window that looks at every page it comes to: width, size of controls, accessibility, content security.

Chromium is Debian's (`apt-get install chromium-headless-shell fonts-noto-cjk`; a whole `chromium` will do); nothing is
downloaded. With SCREENSHOTS naming a folder, each page is also kept as a picture.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHANGING = re.compile(r"[0-9A-Za-z_-]{16,}|[0-9]+|%[0-9A-F]{2}")  # keys and numbers in an address
WIDTHS = {"wide": 1280, "narrow": 320}
HEIGHT = 900
# Each page is looked at in both widths, so two walks see both languages at both widths, and press at each once.
WINDOWS = [("wide", "en"), ("narrow", "zh-CN")]
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe*.js"))
DRAWN_WITHIN_MS = 120_000  # a page of many screens, on a machine that does other things
VIOLATION = "Content Security Policy"
GIVES_AGAIN = (
    "() => !('sent' in document.querySelector('[data-gives-file]').dataset)"  # a form of the desk, its next file
)


@dataclass
class Walker:
    """One browser window and what went wrong in it."""

    page: Page
    address: str
    language: str
    width: str
    violations: list[str] = field(default_factory=list)
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
        """What holds on every page, at the walk's width and at the other one: it does not scroll sideways, no control is
        smaller than 24 pixels, axe finds nothing.
        """
        self.page.wait_for_load_state("load")
        other = next(each for each in WIDTHS if each != self.width)
        for width in (self.width, other):
            self.resize(width)
            self.judge(width)
        self.resize(self.width)

    def resize(self, width: str) -> None:
        size = ViewportSize(width=WIDTHS[width], height=HEIGHT)
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)

    def judge(self, width: str) -> None:
        self.keep(width)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} pixels"
        small = self.page.evaluate(SMALL_CONTROLS)
        assert small == [], f"{self.page.url} has small controls: {small}"
        if not self.javascript:
            return
        shape = (f"{self.language}-{width}", self.page.evaluate(SHAPE))
        if shape in SOUND:
            return
        self.measuring = True  # what axe itself puts into the page is blocked too, and is not the page's
        found = faults(self.page, colours=width == self.width)
        self.measuring = False
        assert found == [], f"{self.page.url} is not accessible: {found}"
        SOUND.add(shape)

    def keep(self, width: str) -> None:
        """Under the page's address without what changes in it, so that one run leaves a picture of every page."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            path = CHANGING.sub("N", urlsplit(self.page.url).path).strip("/").replace("/", ".")
            asked = "" if self.page.locator(".problems").count() == 0 else ".refused"
            picture = Path(folder) / f"{path}{asked}.{self.language}-{width}.png"
            self.page.screenshot(path=picture, full_page=True, timeout=DRAWN_WITHIN_MS)


# Links inside sentences are exempt (WCAG 2.2, 2.5.8), as is what is not drawn.
SMALL_CONTROLS = """
() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(each => !each.closest('p, .problems li, .skip-to-content-link') && !each.matches('.skip-to-content-link, .govuk-skip-link'))
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`)
"""

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}


# The page without its words, numbers and ids. Where axe found nothing in it once, at this width and in this language, it
# finds nothing again.
SHAPE = "() => document.documentElement.outerHTML.replace(/>[^<]*/g, '>').replace(/[0-9A-Za-z_-]{16,}|[0-9]+/g, '#')"
SOUND: set[tuple[str, str]] = set()

FOUND = """
options => axe.run(document, options).then(
  found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.target}`)))
"""


def faults(page: Page, *, colours: bool = True) -> list[str]:
    """What axe finds against WCAG 2.2 AA: rule and place. The page has axe from its window (`walker`).

    ``colours``: contrast, half of the work, is measured at the walk's own width; the walk in the other language has
    the other one.
    """
    rules = {} if colours else {"rules": {"color-contrast": {"enabled": False}}}
    found: list[str] = page.evaluate(FOUND, WCAG | rules)
    return found


def chromium() -> str | None:
    """The program: the headless shell starts and lays out faster than the whole browser, and is the same engine."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def walker(browser: Browser, address: str, width: str, language: str, *, javascript: bool = True) -> Walker:
    """A window of its own, without cookies. ``width``: wide or narrow; ``language`` as the browser asks for it."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": HEIGHT}, locale=language, java_script_enabled=javascript
    )
    if javascript:
        context.add_init_script(path=AXE)
    page = context.new_page()
    opened = Walker(page, address, language, width, javascript=javascript)
    page.on("console", opened.hear)
    return opened


def chinese(words: str) -> str:
    """The words as the Chinese catalogue has them."""
    with translation.override("zh-hans"):
        return translation.gettext(words)
