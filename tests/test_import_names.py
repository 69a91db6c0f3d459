"""One number under two names within a file: what is wrong is named at its row, however many there are."""

from __future__ import annotations

import pytest

from registry.importing import checking, names
from registry.models import ImportState
from tests.importing import checked, faults, row, rows

pytestmark = pytest.mark.django_db


def later(serial: int, number: str, **changes: str) -> dict[str, str]:
    """The same person in a decision that is written after that of `row`."""
    days = dict.fromkeys(("received_on", "prosecutor_received_on"), "2023-09-06")
    return row(serial, number=number, pronounced_on="2023-09-05", **days, **changes)


@pytest.fixture
def small_chunks(monkeypatch):
    for room in (checking, names):
        monkeypatch.setattr(room, "CHUNK", 4)


def test_however_many_names_differ_the_dry_run_comes_to_its_end(small_chunks):
    """Two and two stand in one decision, so that what is wrong in one chunk empties rows of the next."""
    others = [later(serial, f"（2023）京0105刑初{900 + (serial + 1) // 2}号", name="赵别名") for serial in range(10)]
    made = checked([*rows(10), *others])
    assert (made.state, made.sound, made.wrong) == (ImportState.CHECKED, 10, 10)
    assert {(column, code) for _row, column, code in faults(made)} == {("name", "R-377")}


def test_a_row_that_is_held_back_says_of_nobody_how_he_is_called(small_chunks):
    """Of three decisions the second is wrong for one of its parties; the third agrees with the first alone of the other."""
    first, second, third = row(0)["number"], "（2023）京0105刑初901号", "（2023）京0105刑初902号"
    held_back = [later(0, second, name="赵别名"), later(1, second, name="钱别名")]
    last = later(1, third) | {"pronounced_on": "2023-09-06"}
    made = checked([row(0, number=first), *held_back, last])
    assert faults(made) == [(3, "name", "R-377"), (4, "", "R-378")]
    assert made.sound == 2
