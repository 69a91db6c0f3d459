"""A worker that is told to end has ended seconds later, whatever it was given at the last moment."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.child import Child
from config.schedule import GLANCE_TASK
from registry import bell
from tests.faults.stack import stack

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]
SOON = 15  # seconds; half of what its children would wait


@contextmanager
def children_stand_still(worker: Child) -> Iterator[list[int]]:
    """Their process numbers."""
    assert worker.process is not None
    number = worker.process.pid
    children = [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    for each in children:
        os.kill(each, signal.SIGSTOP)
    try:
        yield children
    finally:
        for each in children:
            os.kill(each, signal.SIGCONT)


def unread(children: list[int]) -> int:
    """Bytes that lie in their pipes."""
    pipes = {os.readlink(each): each for child in children for each in Path(f"/proc/{child}/fd").iterdir()}
    return sum(_bytes_in(path) for name, path in pipes.items() if name.startswith("pipe:"))


def _bytes_in(pipe: Path) -> int:
    opened = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        told = fcntl.ioctl(opened, termios.FIONREAD, bytes(4))
    finally:
        os.close(opened)
    return int(struct.unpack("i", told)[0])


def test_a_task_of_the_last_moment_is_done_and_holds_nothing_up(tmp_path, django_db_blocker):
    """Its child had not yet said that it began when the worker, told to end, forgot it: nobody reads what it says afterwards."""
    with django_db_blocker.unblock(), stack(tmp_path) as running:
        running.processes.start("worker")
        worker = running.processes.children["worker"]
        bell.send(GLANCE_TASK)
        running.wait_until(lambda: "succeeded" in worker.said())  # to a child that is not up yet nothing is given
        with children_stand_still(worker) as children:
            before = unread(children)
            bell.send(GLANCE_TASK)
            running.wait_until(lambda: unread(children) > before)  # what is only received comes again
            worker.ask_to_end()
            running.wait_until(lambda: "Warm shutdown" in worker.said())
            time.sleep(1)  # it forgets at once; nothing says when
        waited = running.wait_until(lambda: not worker.alive)
        assert f"Task {GLANCE_TASK}[" in worker.said().partition("Warm shutdown")[2], "it was not done"
        assert waited < SOON
