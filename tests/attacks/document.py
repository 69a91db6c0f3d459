"""`python -m tests.attacks.document` writes docs/attacks.md, in English, as the other documents are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.attacks.table import ATTACKS, TESTS, Attack

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "attacks.md"

HEAD = """# Attacks, and what holds against each

Made from `tests/attacks/attacks.toml` by `python -m tests.attacks.document`; a test holds the two equal. Files are those of `tests/`.

No test counts that has never failed. So each attack has a defect or more that is planted: one line of the product, or of a library
under it, made another one in memory, while the tests that are named run. They must fail. `make attacks` plants all of them, one
after the other (`make attacks ARGS="A07 A19"`: those of these attacks), and prints which test caught it; exit 1: one was not caught.
Every run of the suite looks that each plant still finds its line, and really plants three that it draws. The defects of delivery
are planted in `tests/faults/planted.py`, those of readers in `tests/fuzzing/planted.py`, a leak into each sink in
`tests/faults/test_canaries.py`, those of the audit in `tests/audit_plants.py`.
"""


def document() -> str:
    return "\n".join([HEAD, *_attacks(), "", "## What is planted\n", *_plants()]) + "\n"


def _attacks() -> Iterator[str]:
    yield "| attack | what somebody does | tests |"
    yield "|---|---|---|"
    for attack in ATTACKS:
        yield f"| {attack.id} | {attack.what} | {_files(attack)} |"


def _files(attack: Attack) -> str:
    return ", ".join(f"`{file.removeprefix(TESTS)}`" for file in attack.held_by)


def _plants() -> Iterator[str]:
    yield "| attack | defect | where | must be caught by |"
    yield "|---|---|---|---|"
    for attack in ATTACKS:
        for plant in attack.plants:
            tests = ", ".join(f"`{test.removeprefix(TESTS)}`" for test in plant.caught_by)
            yield f"| {attack.id} | {plant.name} | `{plant.place}` | {tests} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
