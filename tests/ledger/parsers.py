"""Every reader of strangers' text: a part of the time under Atheris, which is led by the branches it reaches but is slow, and
otherwise under chance alone, as often for one reader as for another.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sysconfig
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tests.fuzzing.parsers import PARSERS, resolved_here
from tests.fuzzing.planted import DEFECTS, Defect
from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.counts import Counts

ROOT = Path(__file__).resolve().parent.parent.parent
FUZZER = ROOT / "var" / "scanners" / "bin" / "python"
CRASHES = ROOT / "var" / "fuzz"
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+([0-9]+)", re.ASCII)
SECONDS_A_SEED = 600.0  # to start one takes six
AT_ONCE = EACH_PROCESSOR
LED = 0.2  # of the time
# Of that, as many turns for each: what opens a file or asks for many forms takes longer than what reads a number of seconds.
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
BLOCK = 1000  # inputs of one reader, then it is the next one's turn


def run(seed: int, seconds: float) -> Counts:
    """How often each was run; and how often of that Atheris led."""
    counts = _under_atheris(seed, seconds * LED) if has_atheris() else Counts()
    counts.done["led by branches"] = counts.done.total()
    counts.add(_under_chance(seed, seconds * (1 - LED)))
    return counts


def planted(seed: int) -> dict[str, str]:
    return {defect.name: _caught(defect, seed) for defect in DEFECTS}


def has_atheris() -> bool:
    command = [str(FUZZER), "-c", "import atheris"]
    return FUZZER.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def inputs(seed: int | str) -> Iterator[bytes]:
    """The same bytes for the same seed, without end."""
    chance = random.Random(seed)
    while True:
        yield chance.randbytes(chance.choice((2, 3, 5, 9, 33, LONGEST)))


def _under_atheris(seed: int, seconds: float) -> Counts:
    counts = Counts()
    for name in PARSERS:
        counts.add(_led(name, seed, seconds * SHARES[name] / sum(SHARES.values())))
    return counts


def _led(name: str, seed: int, seconds: float) -> Counts:
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


def _under_chance(seed: int, seconds: float) -> Counts:
    counts, end = Counts(), time.monotonic() + seconds
    drawn = {name: inputs(f"{seed} {name}") for name in PARSERS}
    with resolved_here():
        while time.monotonic() < end and not counts.failures:
            for name, given in drawn.items():
                counts.add(_tried(name, islice(given, BLOCK)))
    return counts


def _tried(name: str, given: Iterable[bytes]) -> Counts:
    """Until one of them is not read as it must be."""
    parser, done = PARSERS[name], 0
    for data in given:
        done += 1
        try:
            parser(data)
        except Exception as problem:
            return Counts(Counter({name: done}), [f"{name} of {data!r}: {type(problem).__name__}: {problem}"])
    return Counts(Counter({name: done}))


def _caught(defect: Defect, seed: int) -> str:
    start, given = time.monotonic(), inputs(seed)
    with defect.plant(), resolved_here():
        while time.monotonic() - start < SECONDS_TO_CATCH:
            if _tried(defect.parser, islice(given, BLOCK)).failures:
                return f"caught after {time.monotonic() - start:.1f} s"
    return ""
