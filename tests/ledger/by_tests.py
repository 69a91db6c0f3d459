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

GRACE = 1800  # seconds beyond those asked for, on a machine that is busy
SAID = 1500  # characters of a failure
MARKS = ("E ", "FAILED ", "ERROR ")
FOLDERS = re.compile(r"(?<![\w./-])(?:/[\w.+-]+)+/([\w.+-]+)")  # a path that begins at the root, and its last part


class Ran(NamedTuple):
    """``status``: pytest's; ``lines``: of the report; ``said``: what failed, in pytest's words."""

    status: int
    lines: list[dict[str, Any]]
    said: str


def ran(which: str, seconds: float, report: str, **environment: str) -> Ran:
    """``which``: arguments of pytest, parted by blanks; ``report``: the variable that names the file. The servers of this process
    are none of theirs.
    """
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
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
