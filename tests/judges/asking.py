"""Asks packages that this project did not write whether requests are genuine: from PyPI always, from npm where installed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks.webhooks

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / "var" / "judges"
SECONDS = 300
FROM_PYPI = ("standardwebhooks", "svix")


@dataclass(frozen=True)
class Question:
    """Is this request genuine for who holds the secret and whose clock says ``now``?"""

    headers: Mapping[str, str]
    body: bytes
    secret: str
    now: int


def pypi(questions: Iterable[Question], name: str) -> list[bool]:
    """What the Python package of that name says."""
    judge = import_module(f"{name}.webhooks").Webhook
    with pytest.MonkeyPatch.context() as patch:
        return [_says(patch, judge, question) for question in questions]


def npm(questions: Iterable[Question]) -> dict[str, list[bool]]:
    """What each npm package says. Skips where they are not installed; fails in CI where npm could have installed them."""
    node = shutil.which("node")
    if node is None or not (INSTALLED / "node_modules").is_dir():
        if "CI" in os.environ and node and shutil.which("npm"):
            pytest.fail("the judges are missing: make judges")
        pytest.skip("needs node and the judges: make judges")
    lines = "".join(_line(question) for question in questions)
    command = [node, str(HERE / "judge.mjs"), str(INSTALLED)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: [each[name] for each in said] for name in ("standardwebhooks", "svix")}


def _says(patch: pytest.MonkeyPatch, judge: Any, question: Question) -> bool:
    patch.setattr(standardwebhooks.webhooks, "datetime", clock_at(question.now))
    try:
        judge(question.secret).verify(question.body, dict(question.headers))
    except Exception:
        return False
    return True


def clock_at(seconds: int) -> type[datetime]:
    """A clock that stands still, in place of the one that the packages of PyPI read."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(seconds, tz or UTC)

    return Clock


def _line(question: Question) -> str:
    asked = {
        "headers": dict(question.headers),
        "body": base64.b64encode(question.body).decode(),
        "secret": question.secret,
        "now": question.now,
    }
    return json.dumps(asked) + "\n"
