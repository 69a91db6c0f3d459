"""A witness that this project did not write: aics-witness, on a port of its own, with a database of its own."""

from __future__ import annotations

import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from config.valkey import LOOPBACK, free_port
from registry.tree.notes import Key, Note
from tests.judges import asking_tree

NAME = "witness.example/w1"
SECONDS = 30


@dataclass(frozen=True)
class Witness:
    url: str
    vkey: str

    @property
    def key(self) -> Key:
        return Key.parse(self.vkey)

    def add(self, old: int, path: Sequence[bytes], note: Note) -> requests.Response:
        """What it answers where a log that it knows grew from `old` leaves (C2SP tlog-witness)."""
        steps = "".join(f"{b64encode(each).decode()}\n" for each in path)
        body = f"old {old}\n{steps}\n{note}"
        return requests.post(f"{self.url}/add-checkpoint", data=body.encode(), timeout=SECONDS)


@contextmanager
def witness(folder: Path, log: Key) -> Iterator[Witness]:
    """Of this one log, that it has not seen yet."""
    url = f"{LOOPBACK}:{free_port()}"
    config = ["--config", str(folder / "witness.json")]
    vkey = _run("init", *config, "--name", NAME, "--listen", url).strip().splitlines()[-1]
    _run("add-log", *config, "--origin", log.name, "--vkey", log.vkey)
    with subprocess.Popen([_program(), "serve", *config], stderr=subprocess.DEVNULL) as process:
        try:
            _until_it_serves(f"http://{url}/healthz")
            yield Witness(f"http://{url}", vkey)
        finally:
            process.terminate()


def _run(*arguments: str) -> str:
    done = subprocess.run([_program(), *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _program() -> str:
    return asking_tree.program("aics-witness")


def _until_it_serves(url: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=SECONDS).raise_for_status()
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the witness does not start")
