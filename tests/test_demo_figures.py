"""The demonstration's page of figures: what the court published beside what the register counts."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from config.demo import figures
from config.demo.period import PUBLISHED
from registry.statistics.tallying import tally
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived"), pytest.mark.urls("tests.demo_urls")]


def test_every_published_figure_and_every_base_is_one_that_the_register_counts():
    rows = figures.compared(now=cast.NOW)
    assert [each.figure for each in rows] == list(PUBLISHED)
    assert {each.computed for each in rows} == {0}
    assert not any(each.agrees for each in rows)


def test_words_are_compared_with_the_share():
    (half,) = (each for each in PUBLISHED if each.name == "employed_before_the_crime")
    words = figures.called("figure:employed")
    assert figures.Compared(half, words, 152, 302, words).agrees
    assert not figures.Compared(half, words, 151, 302, words).agrees


@pytest.mark.parametrize(("language", "says"), [("zh-hans", "被判有罪的自然人"), ("en", "Convicted persons")])
def test_it_is_shown_side_by_side(language, says):
    cast.in_force()
    tally(now=cast.NOW)
    browser = Browser()
    browser.cookies["django_language"] = language
    answer = browser.get("/figures/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert says in page
    assert "302" in page
