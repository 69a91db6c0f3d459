"""Each refusal has a code of its own: who reads it aloud, and what is kept of it with a row, mean one."""

from __future__ import annotations

from collections import Counter

from registry import errors
from registry.errors import Refusal


def said_twice(known):
    return sorted(code for code, times in Counter(each.code for each in known).items() if times > 1)


def named():
    found = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Refusal)}
    return found - {Refusal}


def test_no_code_means_two_refusals():
    assert len(named()) > 200
    assert said_twice(named()) == []


def test_a_code_that_means_two_is_found():
    known = next(iter(named()))
    assert said_twice([*named(), type("Another", (), {"code": known.code})]) == [known.code]
