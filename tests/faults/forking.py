"""A process that is forked while everything is loaded, does something, and dies of kill -9 at a step that is named.

A step is every call of the database, every commit, every message to the broker, every post and every answer of a
receiver; the process may die before each of them and after it.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from registry import bell
from sharing.delivery import saving
from sharing.transport import Transport

LONGEST = 60  # seconds; a child that hangs is a failure, too
FAILED = 3
NEVER = 0

_kept: list[object] = []  # the parent's connections: closed in a child, they would end the parent's sessions


class ChildFailed(Exception):
    """It neither came to its end nor was killed by its bomb."""


class Bomb:
    """kill -9 of this process at the ``steps``-th tick; `NEVER`: it only counts."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.ticks = 0

    def tick(self) -> None:
        self.ticks += 1
        if self.ticks == self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            self.tick()
            result = call(*args, **kwargs)
            self.tick()
            return result

        return called


@contextmanager
def ticking(bomb: Bomb) -> Iterator[None]:
    """Until the block ends each step of this process is a tick before it and one after it. Nothing goes to the broker."""

    def statement(execute: Callable[..., Any], *args: Any) -> Any:
        return bomb.around(execute)(*args)

    with ExitStack() as opened:
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(BaseDatabaseWrapper, "_commit", bomb.around(BaseDatabaseWrapper._commit))  # type: ignore[attr-defined]
        patch.setattr(saving, "_insert", bomb.around(saving._insert))  # by COPY, which is no statement to Django
        patch.setattr(bell, "send", bomb.around(lambda task: None))
        patch.setattr(Transport, "send", bomb.around(Transport.send))
        patch.setattr(Transport, "_landed", bomb.around(Transport._landed))
        opened.enter_context(connection.execute_wrapper(statement))
        yield


def killed_at(steps: int, script: Callable[[], object]) -> bool:
    """Whether a child that runs the script died of its bomb; otherwise it came to its end. Raises `ChildFailed`."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _live(steps, script)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if status != 0:
        raise ChildFailed(f"the script ended with status {status}; the lines above say why")
    return False


def _live(steps: int, script: Callable[[], object]) -> None:
    """Never returns: what the parent would do at its end is not the child's to do."""
    try:
        signal.alarm(LONGEST)
        _kept.append(connection.connection)
        connection.connection = None
        with ticking(Bomb(steps)):
            script()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(FAILED)
    os._exit(0)
