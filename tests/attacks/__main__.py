"""`python -m tests.attacks [A07 …]`: plant every defect of these attacks, of all without a name, and see it caught.

Prints attack, plant, the test that caught it and seconds. Exit 1: one was not caught; 2: there is no such attack.
"""

from __future__ import annotations

import os
import sys

from tests import embedded
from tests.attacks.running import OF_THE_SESSION, run
from tests.attacks.table import ATTACKS


def main(asked: list[str]) -> int:
    if unknown := set(asked) - {attack.id for attack in ATTACKS}:
        sys.stderr.write(f"No such attack: {', '.join(sorted(unknown))}. They are A01 to A{len(ATTACKS)}.\n")
        return 2
    embedded.begin()
    servers = {name: os.environ[name] for name in OF_THE_SESSION}
    missed = 0
    for attack in ATTACKS:
        for plant in attack.plants if attack.id in (asked or attack.id) else ():
            outcome = run(plant, servers=servers)
            missed += not outcome.caught
            said = (
                f"{outcome.caught}  {outcome.why}" if outcome.caught else f"NOT CAUGHT  {outcome.why}\n{outcome.said}"
            )
            sys.stdout.write(f"{attack.id}  {plant.name}  {outcome.seconds:.0f} s  {said}\n")
            sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
