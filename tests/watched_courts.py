"""A receiver program that watches the log of a court (`tests.court_log_double`), as the tests start it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.court_log_double import VKEY, Court, kinds, status
from tests.receiver_double import Json, Program, becomes_true, pushed

Starter = Callable[..., Program]
FLAGS = ("--gap-seconds", "0.5", "--log-seconds", "0.1")


@contextmanager
def starting(folder: Path, court: Court) -> Iterator[Starter]:
    """Starts a receiver that has the court's key; ends it afterwards."""
    started: list[Program] = []

    def one(*, flags: tuple[str, ...] = FLAGS, **changes: str) -> Program:
        program = Program(folder / "store.sqlite", court.url, flags, {"REGISTRY_LOG_VKEY": VKEY} | changes)
        started.append(program)
        program.start()
        return program

    yield one
    for program in started:
        program.stop()


def bodies(first: int, last: int) -> list[Json]:
    return [pushed(position, number=f"L-2026-{position:06d}") for position in range(first, last + 1)]


def is_checked(program: Program, size: int, included: int) -> bool:
    said = status(program)
    return bool(said["checkpoint"]) and (said["checkpoint"]["size"], said["events"]["included"]) == (size, included)


def checked(court: Court, start: Starter, size: int = 5) -> Program:
    """A receiver that has found everything in order so far."""
    court.tells(*bodies(1, size))
    program = start()
    assert becomes_true(lambda: is_checked(program, size, size))
    assert kinds(program) == []
    return program
