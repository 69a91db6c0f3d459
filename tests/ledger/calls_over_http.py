"""Generated calls of the API over HTTP, four at a time (`tests.test_generated_calls_over_http`)."""

from __future__ import annotations

from tests.ledger import calls
from tests.ledger.at_once import ALONE
from tests.ledger.counts import Counts

TEST = "tests/test_generated_calls_over_http.py"
DEFECTS = ("test_a_fault_of_the_server_is_found",)
SECONDS_A_SEED = 600.0
AT_ONCE = ALONE  # none may take longer than a second


def run(seed: int, seconds: float) -> Counts:
    """``calls`` made, ``slow`` of them over a second."""
    return calls.drawn(TEST, seed, seconds)


def planted(seed: int) -> dict[str, str]:
    return calls.caught(TEST, DEFECTS)
