"""Sentences stand one after another as their language writes them."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from registry.errors import ConsentNeeded, Malformed
from registry.sentences import joined
from tests.test_refusal_codes import named

BLANK_BEHIND_A_STOP = re.compile("[。！？；] ")


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (("One is wrong.", "Mend it."), "One is wrong. Mend it."),
        (("号码有误。", "请更正。"), "号码有误。请更正。"),
        (("号码有误。", "", "请更正。"), "号码有误。请更正。"),
        (("", "Mend it."), "Mend it."),
        (("One is wrong.", ""), "One is wrong."),
        ((), ""),
    ],
)
def test_chinese_leaves_no_blank_behind_a_stop_and_english_does(sentences: tuple[str, ...], said: str) -> None:
    assert joined(*sentences) == said


def test_what_is_wrong_and_what_to_do_are_said_so() -> None:
    with translation.override("zh-hans"):
        assert BLANK_BEHIND_A_STOP.search(ConsentNeeded().text) is None
        assert BLANK_BEHIND_A_STOP.search(Malformed("name", why="该项缺失。").text) is None
    with translation.override("en"):
        assert ". " in ConsentNeeded().text


def test_no_refusal_begins_its_remedy_behind_a_blank() -> None:
    with translation.override("zh-hans"):
        texts = {each.__name__: joined(each.message, each.remedy) for each in named()}
    assert len(texts) > 200
    assert {name: text for name, text in texts.items() if BLANK_BEHIND_A_STOP.search(text)} == {}
