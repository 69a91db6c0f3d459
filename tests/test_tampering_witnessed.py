"""Whoever has database, keys and guard rewrites the log and signs it anew: a witness of another body refuses it.

The witness is the program, under another account and with another key.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from registry.models import Event
from sharing.witnesses import asking, publishing
from sharing.witnesses.models import Asked, Refused
from tests import logs, rewriting

pytestmark = pytest.mark.django_db

NOBODY = 65534
SIZE = 300
ROOT = Path(__file__).parent.parent
SET_ACCOUNT = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
TAKES = 60


def other_account() -> tuple[str, ...]:
    """What a program is started with to run as nobody; nothing where that cannot be, or nobody cannot read Python."""
    if os.geteuid() != 0 or shutil.which(SET_ACCOUNT[0]) is None:
        return ()
    tried = subprocess.run([*SET_ACCOUNT, sys.executable, "-c", "import cryptography"], check=False, timeout=TAKES)
    return SET_ACCOUNT if tried.returncode == 0 else ()


AS_NOBODY = other_account()


@dataclass
class Body:
    """A second body's machine: a folder that is its own, and one program."""

    folder: Path
    serving: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = self._line(command, *arguments)
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=TAKES, check=False)

    def serve(self) -> str:
        line = self._line("serve", *self._key, *self._store, "--log", logs.vkey(), "--port", "0")
        program = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.serving.append(program)
        assert program.stdout is not None
        return f"http://127.0.0.1:{json.loads(program.stdout.readline())['port']}"

    def made_key(self) -> str:
        return self.run("keygen", "--name", "witness.example/w1", *self._key).stdout.strip()

    def end(self) -> None:
        for program in self.serving:
            program.kill()
            program.wait()
            assert program.stdout is not None
            program.stdout.close()

    @property
    def _key(self) -> tuple[str, str]:
        return "--key", str(self.folder / "key")

    @property
    def _store(self) -> tuple[str, str]:
        return "--store", str(self.folder / "store")

    def shown(self) -> subprocess.CompletedProcess[str]:
        return self.run("show", *self._store)

    def _line(self, command: str, *arguments: str) -> list[str]:
        return [*AS_NOBODY, sys.executable, "-B", "-m", "sharing.witness", command, *arguments]


@pytest.fixture
def body(settings) -> Iterator[Body]:
    folder = Path(tempfile.mkdtemp(prefix="registry-witness-"))
    if AS_NOBODY:
        os.chown(folder, NOBODY, NOBODY)
    found = Body(folder)
    try:
        vkey = found.made_key()
        settings.SHARING_LOG_WITNESSES = f"{vkey} {found.serve()}"
        yield found
    finally:
        found.end()
        shutil.rmtree(folder)


@pytest.fixture
def witnessed(body: Body) -> Body:
    logs.append(SIZE)
    logs.sign_all()
    assert asking.ask_all(now=logs.NOW) == 1
    return body


@pytest.mark.parametrize("tampering", rewriting.DEEDS, ids=lambda each: each.__name__)
def test_a_log_that_was_rewritten_and_signed_anew_is_refused_and_the_evidence_kept(witnessed, tampering):
    honest = publishing.newest()
    rewritten = rewriting.signed_anew(tampering)
    assert rewritten.size == Event.objects.count(), "the court's own signature says nothing against it"
    assert asking.ask_all(now=logs.NOW + timedelta(seconds=1)) == 0
    assert Asked.objects.get().refused == Refused.FORK
    shown = witnessed.shown()
    assert shown.returncode == 1
    assert f"{honest.checkpoint.size}" in shown.stdout


def test_a_log_that_only_grows_is_cosigned_on_and_on(witnessed):
    for second in range(1, 6):
        logs.append(100)
        logs.sign_all()
        assert asking.ask_all(now=logs.NOW + timedelta(seconds=second)) == 1
    assert witnessed.shown().returncode == 0


@pytest.mark.skipif(not AS_NOBODY, reason="no other account can be given here")
def test_the_court_cannot_read_the_witness_s_key_nor_the_witness_the_court_s(witnessed):
    key = witnessed.folder / "key"
    assert key.stat().st_uid == NOBODY
    assert key.stat().st_mode & 0o077 == 0
