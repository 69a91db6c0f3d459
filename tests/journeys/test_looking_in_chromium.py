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


def test_at_its_own_width_a_walk_looks_for_all_of_wcag(browser):
    assert {"color-contrast", "label", "target-size"} <= rules(walking.faults(planted(browser).page))


def test_at_the_other_one_for_what_words_move(browser):
    assert rules(walking.faults(planted(browser).page, wholly=False)) == {"target-size"}


def test_a_page_without_words_and_numbers_is_known_again_and_another_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(walking.Sound, "folder", tmp_path)
    walking.Sound().add("en-wide <p>")
    assert walking.Sound().has("en-wide <p>")
    assert not walking.Sound().has("en-narrow <p>")


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ('<ul><li><a href="/3">c</a></li><li><a href="/4">d</a></li><li><a href="/5">e</a></li></ul>', True),
        ('<ul><li><a href="/3">c</a></li><li><a href="/4" class="x">d</a></li></ul>', False),
        ('<ul><li><a href="/3">c</a></li><li><a>d</a></li></ul>', False),
    ],
    ids=["other words and one more entry", "another class", "no link"],
)
def test_a_page_is_another_one_by_what_axe_looks_at(browser, other, known):
    page = planted(browser).page
    page.set_content('<ul><li><a href="/1">a</a></li><li><a href="/2">b</a></li></ul>')
    seen = page.evaluate(walking.SHAPE)
    page.set_content(other)
    assert (page.evaluate(walking.SHAPE) == seen) is known


def test_small_controls_and_a_page_that_is_too_wide_are_refused(browser):
    window = planted(browser)
    with pytest.raises(AssertionError, match="small controls"):
        window.judge("wide")
    window.page.set_content('<main><div style="width: 3000px">wide</div></main>')
    with pytest.raises(AssertionError, match="scrolls sideways"):
        window.judge("wide")
