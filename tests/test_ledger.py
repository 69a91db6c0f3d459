"""The ledger adds up what was sound, over seeds that no run before had."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fuzzing.parsers import PARSERS
from tests.ledger import parsers, ssrf
from tests.ledger.__main__ import names
from tests.ledger.by_tests import what_failed
from tests.ledger.counts import Counts
from tests.ledger.writing import append, is_sound, lines, measured, next_seed, totals


class Check:
    """Does ten of something for each seed; ``broken``: at which seed it fails; ``caught``: of its planted defect."""

    SECONDS_A_SEED = 60.0

    def __init__(self, broken: int = 0, caught: str = "caught after 0.1 s", at_once: int = 1) -> None:
        self.broken, self.caught, self.AT_ONCE = broken, caught, at_once

    def run(self, seed: int, seconds: float) -> Counts:
        return Counts(Counter(tries=10), [f"seed {seed}"] if seed == self.broken else [])

    def planted(self, seed: int) -> Mapping[str, str]:
        return {"a defect": self.caught}


def line_of(check: Check, first: int = 1):
    ticks = iter(range(0, 10_000, 30))
    return measured(check, "checks", first=first, seconds=90, clock=lambda: next(ticks))


def test_a_figure_is_the_sum_of_its_lines_and_no_seed_is_used_twice(tmp_path: Path) -> None:
    file = tmp_path / "checks.jsonl"
    for _ in range(2):
        append(file, line_of(Check(), next_seed(lines(file))))
    first, second = lines(file)
    assert first["seeds"][1] + 1 == second["seeds"][0]
    assert totals(lines(file)) == {"tries": 10 * second["seeds"][1]}


def test_a_failure_ends_the_run_and_counts_for_nothing() -> None:
    line = line_of(Check(broken=2))
    assert (line["failures"], line["seeds"]) == (["seed 2"], [1, 2])
    assert not is_sound(line)
    assert totals([line]) == {}


def test_several_seeds_that_are_run_at_once_are_added_up_and_none_of_them_is_used_again() -> None:
    line = line_of(Check(at_once=3))
    assert line["seeds"] == [1, 9]
    assert line["counts"] == {"tries": 90}
    broken = line_of(Check(broken=5, at_once=3))
    assert (broken["failures"], broken["seeds"]) == (["seed 5"], [1, 6])


def test_a_planted_defect_that_was_not_caught_makes_the_figure_worthless() -> None:
    assert is_sound(line_of(Check()))
    assert not is_sound(line_of(Check(caught="")))


@pytest.mark.slow
def test_the_shortest_run_of_the_check_of_addresses_is_sound() -> None:
    """The others take minutes to begin, or servers of their own."""
    line = measured(ssrf, "ssrf", first=1, seconds=0.1)
    assert is_sound(line)
    assert line["counts"]["tried"] > line["counts"]["forms"] >= ssrf.FORMS


def test_a_failure_is_written_down_without_the_folders_of_this_machine():
    said = "folder = '/home/x'\nE   in /home/x/.venv/bin/python: T7\nFAILED tests/faults/test_x.py::test_y\n1 failed"
    assert what_failed(said) == "E   in python: T7\nFAILED tests/faults/test_x.py::test_y"


@pytest.mark.parametrize("name", names())
def test_every_check_says_what_the_ledger_asks_of_it(name: str) -> None:
    check = importlib.import_module(f"tests.ledger.{name}")
    assert check.SECONDS_A_SEED > 0
    assert check.AT_ONCE >= 1
    assert inspect.signature(check.run, eval_str=True).return_annotation is Counts
    assert inspect.signature(check.planted, eval_str=True).return_annotation == dict[str, str]


def test_every_parser_has_a_share_of_the_time() -> None:
    assert set(parsers.SHARES) == set(PARSERS)


@pytest.mark.slow
def test_chance_runs_each_parser_as_often_as_any_other() -> None:
    counts = parsers._under_chance(seed=1, seconds=0.1)
    assert set(counts.done) == set(PARSERS)
    assert len(set(counts.done.values())) == 1
    assert not counts.failures
