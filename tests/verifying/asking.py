"""Asks a verifier in another language: a line for each request on its standard input, a verdict for each on its output.

A line has eight fields in base64, divided by tabs: id, timestamp, signature, body, secrets, public keys, endpoint, now.
"-" stands for a header that is not there and for an endpoint that is not looked at; keys are divided by spaces.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.programs import needed

HERE = Path(__file__).parent
DOCS = HERE.parent.parent / "docs"
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
SECONDS = 100
JDK = "default-jdk-headless"


def line(case: Mapping[str, Any]) -> str:
    """One request of docs/vectors.json as a line."""
    parts = [case["headers"].get(name) for name in HEADERS]
    parts += [
        case["body"],
        " ".join(case["secrets"]),
        " ".join(case["public_keys"]),
        case["endpoint"],
        str(case["now"]),
    ]
    return "\t".join("-" if part is None else base64.b64encode(part.encode()).decode() for part in parts)


def verdicts(command: Sequence[str], cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """ "accepted", or "refused" and why, for each."""
    asked = "".join(line(case) + "\n" for case in cases)
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def python(folder: Path) -> list[str]:
    return [sys.executable, str(HERE / "drive.py"), str(DOCS / "verify" / "verify.py")]


def node(folder: Path) -> list[str]:
    return [needed("node", package="nodejs", in_ci=False), str(HERE / "drive.mjs"), str(DOCS / "verify" / "verify.mjs")]


def java(folder: Path) -> list[str]:
    sources = [str(DOCS / "verify" / "Verify.java"), str(HERE / "Drive.java")]
    compiler, machine = needed("javac", package=JDK), needed("java", package=JDK)
    build([compiler, "-encoding", "UTF-8", "-Xlint:all,-serial", "-Werror", "-d", str(folder), *sources])
    return [machine, "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", str(folder), "Drive"]


def go(folder: Path) -> list[str]:
    (folder / "verify").mkdir()
    shutil.copy(DOCS / "verify" / "verify.go", folder / "verify")
    shutil.copy(HERE / "drive.go", folder)
    (folder / "go.mod").write_text("module drive\n\ngo 1.21\n")
    offline = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}
    build([needed("go", package="golang-go"), "build", "-o", "drive", "."], folder, offline)
    return [str(folder / "drive")]


BUILDERS: Mapping[str, Callable[[Path], list[str]]] = {"Python": python, "Java": java, "Go": go, "Node": node}


def build(command: list[str], folder: Path = HERE, more: Mapping[str, str] | None = None) -> None:
    environment = {**os.environ, **(more or {})}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
