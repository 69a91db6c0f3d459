"""Whoever is refused because of a code list reads what the list is called, in his language, and not its name in the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from registry import codes, refused
from registry.codes.shapes import SHAPES
from registry.codes.titles import TITLES, title
from registry.errors import UnknownCode

SHIPPED = sorted(file.stem for file in Path(codes.__file__).parent.glob("*.json"))


@pytest.mark.parametrize("list_name", SHIPPED)
def test_every_list_has_a_title_in_both_languages(list_name):
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said[language] = str(title(list_name))
    assert list_name not in said.values()
    assert said["en"] != said["zh-hans"]
    assert not said["zh-hans"].isascii()


def test_a_list_that_the_desk_changes_is_called_there_as_anywhere():
    assert {name: shape.label for name, shape in SHAPES.items()}.items() <= TITLES.items()


def test_a_value_that_is_in_no_list_is_refused_in_the_readers_language():
    with pytest.raises(UnknownCode) as found:
        codes.require("occupations", "astronaut", "occupation")
    with translation.override("zh-hans"):
        assert "occupations" not in str(found.value)
        assert "职业" in str(found.value)
    with translation.override("en"):
        assert "Occupations" in str(found.value)


def test_a_refusal_that_is_kept_is_said_in_each_language_later():
    with pytest.raises(UnknownCode) as found:
        codes.require("courts", "nowhere", "court")
    again = refused.kept(found.value)
    for language, words in (("zh-hans", "法院"), ("en", "Courts")):
        with translation.override(language):
            assert words in str(refused.read(again))


def test_a_further_list_of_the_operators_is_called_as_its_file():
    assert title("harbours") == "harbours"
