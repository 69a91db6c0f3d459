"""`python -m tests.mutants [--again] [ROOM …]`: change every line of these rooms, of all without a name, and name what no
test told. `--again`: only what was missed the last time, once there are tests for it.

Writes `scores.json` where the work tree is that of a commit. Exit 1: something was missed, or a reason fits nothing any
more; 2: nothing was judged.
"""

from __future__ import annotations

import os
import sys
import time

from tests import embedded
from tests.attacks.running import OF_THE_SESSION
from tests.ledger.writing import commit
from tests.mutants import rooms, scores
from tests.mutants.running import CannotMutate, Score, judge

AGAIN = "--again"


def main(words: list[str]) -> int:
    asked = [word for word in words if word != AGAIN]
    there = {room.name: room for room in rooms.read()}
    if unknown := set(asked) - set(there):
        sys.stderr.write(f"No such room: {', '.join(sorted(unknown))}. There are: {', '.join(there)}.\n")
        return 2
    measured_on = commit()
    embedded.begin()
    servers = {name: os.environ[name] for name in OF_THE_SESSION}
    missed = 0
    for name in asked or there:
        start = time.monotonic()
        try:
            score = judge(there[name], servers=servers, again=AGAIN in words)
        except CannotMutate as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        tell(score, time.monotonic() - start)
        scores.keep(score, measured_on)
        missed += len(score.survivors) + len(score.stale)
    return 1 if missed else 0


def tell(score: Score, seconds: float) -> None:
    sys.stdout.write(
        f"{score.room}: {score.mutants} changed lines, {score.told} told, {score.same} that change nothing, "
        f"{len(score.survivors)} missed; {seconds:.0f} s\n"
    )
    for mutant in score.survivors:
        sys.stdout.write(f"  {mutant}\n")
    for each in score.stale:
        sys.stdout.write(f"  no such survivor (any more): {each.of}: {each.instead}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
