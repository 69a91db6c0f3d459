"""A log of the court's, served, and where the program that checks it keeps what it saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.log_checking import ENTRIES
from tests.log_server import LogServer, Served, serving


@pytest.fixture
def log() -> Served:
    return Served(ENTRIES)


@pytest.fixture
def server(log: Served) -> Iterator[LogServer]:
    with serving(log) as serving_it:
        yield serving_it


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint"
