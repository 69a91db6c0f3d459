"""What an installation costs that has nothing to do: whatever goes by the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil

from config.processes import Processes
from tests import cast
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, inbox

SETTLES, MEASURED, ROUNDS = 20, 60, 5  # seconds: each round has what goes by the minute
ENTRIES = ("worker", "beat")

MEASURED_IS = (
    "milliseconds of processor a second of a worker of {children} processes and of beat, while nobody does anything and all is "
    "told and delivered; {rounds} times {seconds} s, at the same time as the floor"
)
FLOOR_IS = "bare Celery on the same broker: a worker of as many processes and beat, one empty task a second"


def measure(stage: Stage) -> list[Figure]:
    ours = Processes(stage.folder, stage.environment())
    bare = Processes(stage.folder / "bare", stage.environment(), celery="tests.benchmarks.bare_celery")
    spent: list[list[float]] = [[], []]
    with inbox(stage) as receiver, ours, bare:
        cast.add_endpoint(cast.department(), receiver.url, now=cast.NOW)
        for each in (ours, bare):
            each.start(*ENTRIES)
        time.sleep(SETTLES)
        for number in range(1, ROUNDS + 1):
            before, begun = [_used(ours), _used(bare)], time.monotonic()
            time.sleep(MEASURED)
            after, seconds = [_used(ours), _used(bare)], time.monotonic() - begun
            for found, then, now in zip(spent, before, after, strict=True):
                found.append(1000 * (now - then) / seconds)
            stage.say(f"round {number} of {ROUNDS}: {spent[0][-1]:.1f} against {spent[1][-1]:.1f} ms/s")
    facts = {"children": ours.concurrency, "rounds": ROUNDS, "seconds": MEASURED}
    return [
        Figure(
            name="idle", unit="ms/s", values=spent[0], floors=spent[1], target_of="times", target=3,
            measured=MEASURED_IS.format(**facts), floor_is=FLOOR_IS,
        )
    ]  # fmt: skip


def _used(processes: Processes) -> float:
    """Seconds of processor since they began, of all that run."""
    spent = [each.cpu_times() for each in _family(processes)]
    return float(sum(times.user + times.system for times in spent))


def _family(processes: Processes) -> Iterator[psutil.Process]:
    for entry in ENTRIES:
        child = processes.children[entry].process
        expect(child is not None, f"{entry} is gone")
        if child is not None:
            leader = psutil.Process(child.pid)
            yield from (leader, *leader.children(recursive=True))
