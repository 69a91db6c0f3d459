"""Checks that are tests: run by pytest in a process of its own, which reports in lines of JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tests import tables

GRACE = 1800  # seconds beyond those asked for, on a machine that is busy
SAID = 1500  # characters of a failure
# What names the servers of this process, and its part of a run.
OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "REGISTRY_QUEUE", "PYTEST_XDIST", tables.NAMED)
MARKS = ("E ", "FAILED ", "ERROR ")
FOLDERS = re.compile(r"(?<![\w./-])(?:/[\w.+-]+)+/([\w.+-]+)")  # a path that begins at the root, and its last part


class Ran(NamedTuple):
    """``status``: pytest's; ``lines``: of the report; ``said``: what failed, in pytest's words."""

    status: int
    lines: list[dict[str, Any]]
    said: str


def ran(which: str, seconds: float, report: str, **environment: str) -> Ran:
    """``which``: arguments of pytest, parted by blanks; ``report``: the variable that names the file. What is this
    process's own is none of theirs.
    """
    given = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.jsonl"
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *which.split(" ")],
            env={**given, **environment, report: str(file)},
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds + GRACE,
        )
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return Ran(ended.returncode, lines, what_failed(ended.stdout))


def what_failed(said: str) -> str:
    """Of a failure what pytest marks as such, without the names of folders, which are another machine's wherever it is read."""
    marked = "\n".join(line for line in said.splitlines() if line.startswith(MARKS))
    return FOLDERS.sub(r"\1", marked)[-SAID:]
