"""A witness that dies while it makes its key, or the mark of its store, is begun again as if it had not begun."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from registry.tree.notes import Key
from sharing.witness.binding import bind
from sharing.witness.key_file import BadKeyFile
from sharing.witness.store import Store
from tests.witness_world import WITNESS, Log, Program

LOG = Log(40)
DYING = """
import os, sys
from pathlib import Path
from sharing.witness import key_file
from sharing.witness.binding import bind
from sharing.witness.store import Store

at, folder = sys.argv[1], Path(sys.argv[2])
signer = key_file.read(folder / "key") if (folder / "key").exists() else None
setattr(os, at, lambda *_given, **_more: os._exit(9))
if signer is None:
    key_file.generate("witness.example/w1", folder / "key")
bind(Store(folder / "store"), signer, folder / "key")
"""
DEATHS = pytest.mark.parametrize("at", ["fdopen", "fsync", "link", "unlink"])


@pytest.fixture
def program(tmp_path):
    found = Program(tmp_path)
    yield found
    found.end(signal.SIGKILL)


def died(at, folder):
    """A process of its own that is gone at this call, without a word."""
    ended = subprocess.run([sys.executable, "-c", DYING, at, folder], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (9, "")


@DEATHS
def test_a_first_start_that_dies_anywhere_is_begun_again_with_the_same_store(program, at):
    program.run("keygen", "--name", "witness.example/w1")
    died(at, program.folder)
    witness = program.start()
    assert witness.add(LOG.request(0, 9)).status == 200
    program.end(signal.SIGKILL)
    assert program.start().add(LOG.request(0, 20)).text == "9\n"


@DEATHS
def test_a_key_that_dies_while_it_is_made_is_whole_or_not_there(program, at):
    died(at, program.folder)
    whole = (program.folder / "key").exists()
    assert whole == (at == "unlink")
    made = program.run("vkey" if whole else "keygen", *(() if whole else ("--name", "witness.example/w1")))
    assert (made.returncode, Key.parse(made.stdout.strip()).name) == (0, "witness.example/w1")


def test_a_disk_that_is_full_leaves_no_mark_and_no_rest_of_one(tmp_path, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    with closing(Store(tmp_path / "store")) as store:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(BadKeyFile, match="cannot be written: No space left"):
                bind(store, WITNESS, tmp_path / "key")
        assert [each.name for each in tmp_path.iterdir() if "key" in each.name] == []
        bind(store, WITNESS, tmp_path / "key")
