"""Every attack has tests, and every test of them something that it tells: the table is whole, and its plants take root."""

from __future__ import annotations

import ast
import random
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

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
    assert prepared(plant)
