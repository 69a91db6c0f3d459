"""What every walk looks for is found where it is planted."""

from __future__ import annotations

import pytest

from tests.journeys import walking

pytestmark = pytest.mark.browser

TINY = "width: 12px; height: 12px; padding: 0; margin: 0"
PLANTED = f"""<!doctype html><html lang="en"><title>Planted</title><main><h1>Planted</h1>
<p style="color: #ddd; background: #fff">pale</p><input type="text" style="height: 40px">
<button style="{TINY}">a</button><button style="{TINY}">b</button></main></html>"""


def planted(browser) -> walking.Walker:
    window = walking.walker(browser, "", "wide", "en")
    window.page.goto("about:blank")
    window.page.set_content(PLANTED)
    return window


def rules(found: list[str]) -> set[str]:
    return {each.split()[0] for each in found}


def test_axe_finds_what_is_pale_unnamed_or_too_small(browser):
    assert {"color-contrast", "label", "target-size"} <= rules(walking.faults(planted(browser).page))


def test_at_the_other_width_all_but_what_is_pale(browser):
    found = rules(walking.faults(planted(browser).page, colours=False))
    assert {"label", "target-size"} <= found
    assert "color-contrast" not in found


def test_small_controls_and_a_page_that_is_too_wide_are_refused(browser):
    window = planted(browser)
    with pytest.raises(AssertionError, match="small controls"):
        window.judge("wide")
    window.page.set_content('<main><div style="width: 3000px">wide</div></main>')
    with pytest.raises(AssertionError, match="scrolls sideways"):
        window.judge("wide")
