"""`python -m tests.static_rules`: exit 0, the product is clean; 1, lines are named that are not; 2, nothing was judged."""

from __future__ import annotations

import sys
import time

from tests.static_rules.allowed import ALLOWED
from tests.static_rules.scanning import PRODUCT, CannotScan, blind, forbidden, rules, samples, scan


def main() -> int:
    start = time.monotonic()
    try:
        found = scan([*PRODUCT, *samples()])
    except CannotScan as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    wrong = blind(found) + forbidden(found, ALLOWED)
    sys.stdout.writelines(f"{each}\n" for each in wrong)
    told = f"{len(wrong)} to mend" if wrong else "nothing found that is not allowed by name"
    sys.stdout.write(f"{len(rules())} rules of our own, {time.monotonic() - start:.0f} s: {told}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
