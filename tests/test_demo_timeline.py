"""The timeline of the demonstration: proved line by line, and short enough to be read."""

from __future__ import annotations

import pytest

from config.demo.timeline import MOST, Timeline


@pytest.mark.parametrize(
    ("lines", "holds"),
    [([], False), ([True], True), ([True, False], False), ([True] * MOST, True), ([True] * (MOST + 1), False)],
)
def test_it_holds_if_each_line_is_proved_and_they_are_not_too_many(lines, holds):
    timeline = Timeline()
    for verified in lines:
        timeline.add("clerk", "enters", "nobody yet", 1.0, verified=verified)
    assert timeline.holds is holds
