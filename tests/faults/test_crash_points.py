"""kill -9 at any step of acts, telling, delivering, receipts, questions and signing: nothing is lost by it.

`python -m tests.ledger crashes MINUTES` runs the same with other seeds, for as long as it is told to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import crashing
from tests.faults.crash_defects import DEFECTS, caught

LIVES = int(os.environ.get("CRASH_LIVES", "4"))
SEED = int(os.environ.get("CRASH_SEED", "1"))
SECONDS = float(os.environ.get("CRASH_SECONDS", "0"))
ALWAYS = 3  # defects in every run; all of them for the ledger
OF_DEFECTS = 5  # the first of their seeds
NAMED = [each.name for each in DEFECTS]

Report = Callable[..., None]

pytestmark = pytest.mark.timeout(900 + int(SECONDS))


@pytest.fixture(scope="module", autouse=True)
def ground(django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), crashing.own_ground():
        yield


@pytest.fixture
def report() -> Report:
    """Lines for the ledger, where it asked for them."""
    file = os.environ.get("CRASH_REPORT")

    def write(**line: Any) -> None:
        if file:
            with Path(file).open("a") as lines:
                lines.write(json.dumps(line) + "\n")

    return write


def test_whatever_a_process_dies_of_nothing_is_lost(report):
    done = crashing.run(SEED, lives=LIVES, seconds=SECONDS)
    report(done=done)
    assert done["shots"] == done["lives"] * crashing.SHOTS
    assert done["killed"] > done["shots"] / 2, f"most processes must die: {dict(done)}"


@pytest.mark.parametrize("name", NAMED if "CRASH_DEFECTS" in os.environ else NAMED[:ALWAYS])
def test_lives_catch_what_is_done_in_the_wrong_order(name, report):
    (defect,) = (each for each in DEFECTS if each.name == name)
    found = caught(defect, OF_DEFECTS)
    report(defect=name, caught=found)
    assert found
