"""The checks are checked: each planted defect turns them red."""

from __future__ import annotations

import pytest

from tests.faults.planted import DEFECTS, Defect
from tests.faults.playing import play
from tests.lane_world import random_run

LIVES = 3000

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.mark.django_db
def test_without_a_defect_the_play_holds():
    play()


@pytest.mark.django_db
@pytest.mark.parametrize("defect", [each for each in DEFECTS if not each.in_lanes], ids=lambda each: each.name)
def test_the_checker_catches_it(defect: Defect, monkeypatch):
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError, match=defect.caught):
        play()


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.in_lanes], ids=lambda each: each.name)
def test_a_random_life_catches_it(defect: Defect, monkeypatch):
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError, match=defect.caught):
        live_often()


def live_often() -> None:
    for seed in range(LIVES):
        random_run(seed)
