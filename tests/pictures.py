"""`make pictures`: starts the demonstration, plays a tour as far as it goes, and takes the documents' pictures of it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typst
from playwright.sync_api import Page, sync_playwright

from tests.journeys.walking import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
SECONDS = 120
MOVES_MS = 1500  # the board looks every second
PARTS = {"integrator-finance": "department", "hr": "employer"}
OPENS = {"department": "/department/deliveries/"}  # where the part's first page is not the one to show
PAPER_WIDTH, PAPER_PPI = 595, 96  # points, and pixels to the inch
WORDS = "罚金写成九万元，判决书上是八万元。"
ADDRESS = re.compile(r"http://localhost:\d+")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with _demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for language, name in (("en", "en"), ("zh-CN", "zh")):
            page = browser.new_context(viewport={"width": 1280, "height": 900}, locale=language).new_page()
            _take(page, address, name)
        _objection(page, address)  # in Chinese: what a person and a court of this register see
        browser.close()
        _paper()


def _take(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/")
    page.wait_for_timeout(MOVES_MS)
    page.locator("#live").screenshot(path=FOLDER / f"board-{language}.png")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"public-{language}.png")
    _entering(page, address)
    page.locator("main").screenshot(path=FOLDER / f"clerk-{language}.png")
    _review(page, address)
    page.screenshot(path=FOLDER / f"court-{language}.png")
    for part, name in PARTS.items():
        page.goto(f"{address}/act-as/")
        _press(page, part)
        if name in OPENS:
            page.goto(address + OPENS[name])
        page.screenshot(path=FOLDER / f"{name}-{language}.png")
    _record(page, address)
    page.screenshot(path=FOLDER / f"person-{language}.png")


def _record(page: Page, address: str) -> None:
    """The tour's person, once four were told and one asked, at the own record."""
    for step in ("approve", "asked"):
        page.goto(f"{address}/tour/{step}/")
        _press(page, "for-me")
    page.goto(f"{address}/act-as/")
    _press(page, "listed-person")
    _press(page, "person:record")


def _objection(page: Page, address: str) -> None:
    """What the person sends, question by question, and what the registrar has before her."""
    page.goto(f"{address}/tour/objected/")
    _press(page, "by-hand")
    for name, value in (("kind", "objection"), ("listing", None), ("part", "other")):
        chosen = f'[value="{value}"]' if value else ""
        page.locator(f'input[name="{name}"]{chosen}').first.check()
        _send(page)
    page.locator('[name="words"]').fill(WORDS)
    _send(page)
    page.screenshot(path=FOLDER / "objecting-zh.png")
    page.locator("main form[enctype] .govuk-button").click()
    page.wait_for_timeout(MOVES_MS)
    page.goto(f"{address}/tour/objected/")
    _press(page, "for-me")
    page.goto(f"{address}/tour/corrected/")
    _press(page, "by-hand")  # as the registrar who decides
    page.goto(f"{address}/desk/sharing/objections/")
    page.locator("main tbody a").first.click()
    page.wait_for_timeout(MOVES_MS)
    page.screenshot(path=FOLDER / "objection-zh.png")


def _paper() -> None:
    """The first page of the notice that the demonstration laid ready."""
    layout = ROOT / "var" / "paper.typ"
    layout.write_text(
        f'#set page(width: auto, height: auto, margin: 0pt)\n#image("notice.pdf", width: {PAPER_WIDTH}pt)\n'
    )
    typst.compile(layout, output=FOLDER / "notice-zh.png", format="png", ppi=PAPER_PPI)
    layout.unlink()


def _send(page: Page) -> None:
    page.locator("main form .govuk-button").first.click()
    page.wait_for_timeout(MOVES_MS)


def _entering(page: Page, address: str) -> None:
    """A party while it is typed, with what is remarked and what would follow: the tour's first step, by hand."""
    page.goto(f"{address}/tour/")
    page.locator("main form button").first.click()
    _press(page, "by-hand")
    page.locator(".sheet form .default").click()
    page.wait_for_timeout(MOVES_MS)
    page.locator(".actions .default").first.click()
    page.wait_for_timeout(MOVES_MS)
    page.locator("[name=sentence_months]").press("Tab")
    page.locator("[name=sentence_months]").dispatch_event("change")
    page.wait_for_timeout(MOVES_MS)


def _review(page: Page, address: str) -> None:
    """A draft before the judge: the tour's second step, by hand."""
    page.goto(f"{address}/tour/")
    page.locator("main form button").first.click()
    _press(page, "for-me")
    page.goto(f"{address}/tour/approve/")
    _press(page, "by-hand")


def _press(page: Page, value: str) -> None:
    page.locator(f'button[value="{value}"]').first.click()
    page.wait_for_timeout(MOVES_MS)


@contextmanager
def _demonstration() -> Iterator[str]:
    """The running demonstration's address."""
    said = ROOT / "var" / "pictures.log"
    said.parent.mkdir(exist_ok=True)
    with said.open("w") as log:
        running = subprocess.Popen([sys.executable, "-m", "config.demo"], cwd=ROOT, stdout=log)
    try:
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C" not in said.read_text():
            if time.monotonic() > deadline or running.poll() is not None:
                sys.exit(f"The demonstration did not come up; see {said}.")
            time.sleep(0.2)
        found = ADDRESS.search(said.read_text())
        assert found is not None
        yield found[0]
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)


if __name__ == "__main__":
    main()
