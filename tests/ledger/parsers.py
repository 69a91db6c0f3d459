"""Every reader of strangers' text under Atheris, which is led by the branches it reaches; without it, under chance alone."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.fuzzing.parsers import PARSERS, resolved_here
from tests.fuzzing.planted import DEFECTS, Defect
from tests.ledger.counts import Counts

ROOT = Path(__file__).resolve().parent.parent.parent
FUZZER = ROOT / "var" / "scanners" / "bin" / "python"
CRASHES = ROOT / "var" / "fuzz"
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+([0-9]+)", re.ASCII)
SECONDS_A_SEED = 600.0  # to start one takes six
# As many turns for each: what opens a file or asks for many forms takes longer than what reads a number of seconds.
SHARES = {
    "document number": 4,
    "case number": 1,
    "name": 5,
    "CSV": 5,
    "signature header": 2,
    "URL guard": 4,
    "Retry-After": 1,
}
LONGEST = 120  # bytes of one input
SLACK_SECONDS = 600  # to start, on a machine that is busy
SECONDS_TO_CATCH = 30.0


def run(seed: int, seconds: float) -> Counts:
    """All parsers, each for its share of the time."""
    counts, under = Counts(), _under_atheris if has_atheris() else _under_chance
    for name in PARSERS:
        counts.add(under(name, seed, seconds * SHARES[name] / sum(SHARES.values())))
    return counts


def planted(seed: int) -> dict[str, str]:
    return {defect.name: _caught(defect, seed) for defect in DEFECTS}


def has_atheris() -> bool:
    command = [str(FUZZER), "-c", "import atheris"]
    return FUZZER.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def inputs(seed: int) -> Iterator[bytes]:
    """The same bytes for the same seed, without end."""
    chance = random.Random(seed)
    while True:
        yield chance.randbytes(chance.choice((2, 3, 5, 9, 33, LONGEST)))


def _under_atheris(name: str, seed: int, seconds: float) -> Counts:
    CRASHES.mkdir(parents=True, exist_ok=True)
    command = [str(FUZZER), "-W", "ignore", "-m", "tests.ledger.atheris_target", name, f"-seed={seed}"]
    command += [f"-max_total_time={max(1, round(seconds))}", f"-max_len={LONGEST}", "-print_final_stats=1"]
    command += [f"-artifact_prefix={CRASHES}/"]
    path = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + SLACK_SECONDS,
        check=False,
    )
    executed = EXECUTED.search(done.stderr)
    failures = [f"{name}, seed {seed}: {(done.stdout + done.stderr)[-1500:]}"] if done.returncode else []
    return Counts(Counter({name: int(executed[1]) if executed else 0}), failures)


def _under_chance(name: str, seed: int, seconds: float) -> Counts:
    counts, end, parser = Counts(), time.monotonic() + seconds, PARSERS[name]
    with resolved_here():
        for data in inputs(seed):
            counts.done[name] += 1
            try:
                parser(data)
            except Exception as problem:
                counts.failures.append(f"{name} of {data!r}: {type(problem).__name__}: {problem}")
            if time.monotonic() > end or counts.failures:
                return counts
    return counts


def _caught(defect: Defect, seed: int) -> str:
    start = time.monotonic()
    with defect.plant():
        failures = _under_chance(defect.parser, seed, SECONDS_TO_CATCH).failures
    return f"caught after {time.monotonic() - start:.1f} s" if failures else ""
