"""Drawn faults on a whole stack at work: nothing is lost, and each time everything has arrived within half a minute.

`STORM_SEED` draws the order, `STORM_FAULTS` says how many (`make faults` 30), `STORM_SECONDS` for how long at most; `STORM_FAULT`
names one that is done again and again.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.faults import storm_defects, storm_faults
from tests.faults.storm import Storm, answered_once, storm
from tests.faults.storm_faults import FAULTS, Fault

pytestmark = [
    pytest.mark.timeout(0),
    pytest.mark.skipif("STORM_FAULTS" not in os.environ, reason="it takes minutes: `make faults`"),
]
SEED, MOST = int(os.environ.get("STORM_SEED", "1")), int(os.environ.get("STORM_FAULTS", "6"))
SECONDS = float(os.environ.get("STORM_SECONDS", "1800"))
ALONE = os.environ.get("STORM_FAULT", "")
REPORT = os.environ.get("STORM_REPORT", "")
TRIES = 3
# Defects, what brings them to light, and what is told of them.
PLANTED: list[tuple[Callable[..., None], Fault, str]] = [
    (storm_defects.cursor_moved_before_the_post, storm_faults.a_worker_is_killed, "I[12]"),
    (storm_defects.an_absent_database_is_a_fault_of_ours, storm_faults.the_database_dies, "answered 500"),
    (storm_defects.no_sweep, storm_faults.the_last_bell_is_lost, "has not arrived"),
]
BEFORE_A_FAULT = 0.5  # seconds in which acts and questions are under way again


def drawn(seed: int) -> Iterator[Fault]:
    """Each fault once in a drawn order, then each again in another one."""
    chance, wanted = random.Random(seed), [each for each in FAULTS if ALONE in {"", each.__name__}]
    while True:
        yield from chance.sample(wanted, len(wanted))


def test_whatever_dies_or_hangs_everything_arrives_and_nothing_is_as_it_should_not_be(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, capsys: pytest.CaptureFixture[str]
) -> None:
    done: Counter[str] = Counter()
    ends, slowest = time.monotonic() + SECONDS, 0.0
    with django_db_blocker.unblock(), storm(tmp_path, SEED) as made:
        made.judge()
        for which in drawn(SEED):
            if done.total() >= MOST or time.monotonic() > ends:
                break
            slowest = max(slowest, suffered(made, which))
            done[which.__name__] += 1
        made.judge()
        answered_once(made)
        assert made.done["acts"] > done.total()
        assert made.done["questions"] > done.total()
        tell(capsys, done, made, slowest)


def test_a_planted_defect_is_told(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    """One that is drawn anew in every run; all of them where `STORM_DEFECTS` says so."""
    for defect, fault, told in PLANTED if "STORM_DEFECTS" in os.environ else [random.SystemRandom().choice(PLANTED)]:
        said = "nothing"
        with django_db_blocker.unblock(), storm(tmp_path / defect.__name__, SEED, defect.__name__) as made:
            try:
                again_and_again(made, fault)
            except AssertionError as error:
                said = str(error)
        assert re.search(told, said), f"{defect.__name__}: {said}"


def again_and_again(made: Storm, fault: Fault) -> None:
    for _ in range(TRIES):
        time.sleep(BEFORE_A_FAULT)
        fault(made)
        made.judge()


def suffered(made: Storm, which: Fault) -> float:
    """One fault; seconds until everything had arrived."""
    time.sleep(BEFORE_A_FAULT)
    try:
        which(made)
        return made.judge()
    except Exception as error:
        error.add_note(f"after {which.__name__}, STORM_SEED={SEED}")
        raise


def tell(capsys: pytest.CaptureFixture[str], done: Counter[str], made: Storm, slowest: float) -> None:
    told = {"faults": done.total(), **made.done, "posts": len(made.stack.inbox.requests)}
    with capsys.disabled():
        sys.stdout.write(f"\n  {told}; at most {slowest:.1f} s until everything had arrived\n")
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as report:
            report.write(json.dumps({"done": told, "of": done, "slowest": round(slowest, 1)}) + "\n")
