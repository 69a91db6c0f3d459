"""Runs a long check seed by seed, and writes down what came of it."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.ledger.at_once import run_at_once
from tests.ledger.counts import Counts

HERE = Path(__file__).parent
MOST_FAILURES = 20
Clock = Callable[[], float]


class Check(Protocol):
    """A module of this folder that can be run. ``SECONDS_A_SEED``: for how long at most with one seed; ``AT_ONCE``: seeds."""

    SECONDS_A_SEED: float
    AT_ONCE: int

    def run(self, seed: int, seconds: float) -> Counts: ...

    def planted(self, seed: int) -> Mapping[str, str]: ...


def measured(check: Check, figure: str, *, first: int, seconds: float, clock: Clock = time.monotonic) -> dict[str, Any]:
    """One line of the ledger: the check is run over seeds from ``first`` on until the time is over, at least once."""
    measured_on, start, counts, seed = commit(), clock(), Counts(), first
    while seed == first or clock() - start < seconds:
        seeds = range(seed, seed + check.AT_ONCE)
        counts.add(run_at_once(check.run, seeds, min(check.SECONDS_A_SEED, seconds)))
        seed = seeds.stop
        if counts.failures:
            break
    spent = clock() - start
    caught = dict(check.planted(first))
    return {
        "figure": figure,
        "commit": measured_on,
        "seeds": [first, seed - 1],
        "counts": dict(sorted(counts.done.items())),
        "failures": counts.failures[:MOST_FAILURES],
        "seconds": round(spent, 1),
        "planted": caught,
    }


def is_sound(line: Mapping[str, Any]) -> bool:
    """Something was done, nothing failed, and every planted defect was caught."""
    return bool(line["counts"]) and not line["failures"] and bool(line["planted"]) and all(line["planted"].values())


def append(file: Path, line: Mapping[str, Any]) -> None:
    with file.open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(line, ensure_ascii=False) + "\n")


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def next_seed(written: list[dict[str, Any]]) -> int:
    return max((line["seeds"][1] for line in written), default=0) + 1


def totals(written: list[dict[str, Any]]) -> Counter[str]:
    """The figure: sums over the sound lines."""
    done: Counter[str] = Counter()
    for line in filter(is_sound, written):
        done.update(line["counts"])
    return done


def commit() -> str:
    """The short hash of what was measured, with + where the work tree differed from it; "" outside a repository."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude", "*"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
