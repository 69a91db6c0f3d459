"""What the ledger recorded as sound is sound today: a seed of each figure, drawn anew in every run."""

from __future__ import annotations

import importlib
import random

import pytest

from tests.faults.planted import DEFECTS
from tests.ledger.writing import HERE, is_sound, lines

FIGURES = ("crashes", "histories", "seasons")
SECONDS = 20.0  # of each, at least one life or season


def recorded() -> list[tuple[str, int]]:
    """Figure and seed of every sound run."""
    return [
        (figure, seed)
        for figure in FIGURES
        for line in filter(is_sound, lines(HERE / f"{figure}.jsonl"))
        for seed in range(line["seeds"][0], line["seeds"][1] + 1)
    ]


def play_again(figure: str, seed: int) -> None:
    found = importlib.import_module(f"tests.ledger.{figure}").run(seed, SECONDS)
    assert not found.failures, f"{figure}, seed {seed}: {found.failures}"
    assert found.done.total(), f"{figure}, seed {seed}: nothing was done"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("figure", FIGURES)
def test_a_seed_of_the_ledger_is_sound_again(figure):
    seeds = [seed for of, seed in recorded() if of == figure]
    play_again(figure, random.SystemRandom().choice(seeds))


def test_every_figure_has_seeds_to_draw():
    assert {figure for figure, _seed in recorded()} == set(FIGURES)


def test_a_planted_defect_is_told(monkeypatch):
    defect = next(each for each in DEFECTS if each.in_lanes)
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError, match=f"histories, seed 1.*{defect.caught}"):
        play_again("histories", 1)
