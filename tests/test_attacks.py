"""Every attack has tests, and every test of them something that it tells: the table is whole, and its plants take root."""

from __future__ import annotations

import ast
import random
from functools import cache
from pathlib import Path

import pytest

from tests.attacks.document import DOCUMENT, document
from tests.attacks.planting import DoesNotApply, prepared
from tests.attacks.running import run
from tests.attacks.table import ATTACKS, BY_NAME, Attack, Plant

ROOT = Path(__file__).resolve().parent.parent
EACH_RUN = 3  # plants


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_attack_has_its_row_and_a_plant_of_its_own():
    assert [attack.id for attack in ATTACKS] == [f"A{number:02}" for number in range(1, 36)]
    assert all(attack.plants and attack.held_by and attack.what for attack in ATTACKS)
    assert len(BY_NAME) == sum(len(attack.plants) for attack in ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_every_test_that_is_named_is_there(attack: Attack):
    for file in attack.held_by:
        assert functions_of(file), file
    for plant in attack.plants:
        for test in plant.caught_by:
            file, _, name = test.partition("::")
            assert name.partition("[")[0] in functions_of(file), test


@pytest.mark.parametrize("plant", BY_NAME.values(), ids=BY_NAME)
def test_every_plant_finds_its_line(plant: Plant):
    prepared(plant)


def test_the_document_is_the_table():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_that_this_run_draws_are_caught():
    """All of them: `make attacks`."""
    seed = random.SystemRandom().randrange(2**32)
    drawn = random.Random(seed).sample([plant for plant in BY_NAME.values() if not plant.takes_long], EACH_RUN)
    outcomes = [run(plant) for plant in drawn]
    assert [(each.plant.name, each.said) for each in outcomes if not each.caught] == [], f"seed {seed}"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("registry.no_such", "x"),
        ("registry.spreadsheets:no_such", "x"),
        ("registry.spreadsheets:safe", "no such line"),
        ("registry.spreadsheets:BEGIN_FORMULAS", "="),
        ("sharing.employers.lookup:READ", "no such line"),
    ],
)
def test_a_plant_whose_line_is_gone_is_told(place: str, line: str):
    with pytest.raises(DoesNotApply):
        prepared(Plant("a plant", place, line, "pass", ()))
