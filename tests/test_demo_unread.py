"""Whoever closes what the demonstration writes to (`make demo | head -1`) ends it, and is shown no fault of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PLAYED = """
import sys
from contextlib import contextmanager
from pathlib import Path

import django

from config.demo import __main__ as demo
from config.demo.timeline import Phases, Timeline


class Servers:
    postgres = valkey = None
    environment, database_url = {}, ""

    @classmethod
    @contextmanager
    def named(cls, *_folder, **_more):
        yield cls()

    def begin(self):
        pass


def played(_arguments):
    PLAY


demo.Servers = Servers
demo.FOLDER = Path(sys.argv[1])
demo.execute_from_command_line = played
django.setup = lambda: None
sys.exit(demo.main())
"""
PHASE = "[Phases().done('servers started') for _ in range(3)]"
STEP = "[Timeline().add('clerk', 'enters', 'book', 1, verified=True) for _ in range(3)]"
STOPPED = "raise KeyboardInterrupt"
OF_ITS_OWN = "raise BrokenPipeError('a socket of its own')"


def ended(play, folder):
    """Its status and what it wrote to people, where nobody reads what it writes from the beginning."""
    unread, written = os.pipe()
    os.close(unread)
    done = subprocess.run(
        [sys.executable, "-c", PLAYED.replace("PLAY", play), str(folder)],
        stdout=written,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(written)
    return done.returncode, done.stderr


@pytest.mark.parametrize("play", [PHASE, STEP], ids=["a phase", "a step"])
def test_what_nobody_reads_is_ended_with_a_sentence_and_proves_nothing(play, tmp_path):
    assert ended(play, tmp_path) == (1, "\nNobody reads what the demonstration writes any more. Stopped.\n")


def test_who_stops_it_together_with_its_reader_sees_nothing(tmp_path):
    assert ended(STOPPED, tmp_path) == (0, "")


def test_a_pipe_that_breaks_elsewhere_is_a_fault_as_before(tmp_path):
    status, said = ended(OF_ITS_OWN, tmp_path)
    assert status == 1
    assert "BrokenPipeError: a socket of its own" in said
