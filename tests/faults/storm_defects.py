"""One line of the product done wrong in the processes of a storm: `STORM_DEFECT` says which, and the storm must tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest
from django.utils.module_loading import import_string

DEFECT = "STORM_DEFECT"
Patch = pytest.MonkeyPatch


def cursor_moved_before_the_post(patch: Patch) -> None:
    import_string("tests.faults.planted.cursor_moved_before_send")(patch)


def an_absent_database_is_a_fault_of_ours(patch: Patch) -> None:
    for room in ("sharing.problems", "config.error_pages"):
        patch.setattr(f"{room}.database_is_away", lambda error: False)


def no_sweep(patch: Patch) -> None:
    """What no bell announced is not looked for."""
    patch.setattr(import_string("config.celery.app").tasks["sharing.sweep"], "run", lambda: None)


IN_WORKERS: Mapping[str, Callable[[Patch], None]] = {
    each.__name__: each for each in (cursor_moved_before_the_post, no_sweep)
}
IN_WEB: Mapping[str, Callable[[Patch], None]] = {
    each.__name__: each for each in (an_absent_database_is_a_fault_of_ours,)
}


def plant(those: Mapping[str, Callable[[Patch], None]]) -> None:
    """The one that is wanted, where it is one of those, for as long as this process lives."""
    if os.environ[DEFECT] in those:
        those[os.environ[DEFECT]](pytest.MonkeyPatch())
