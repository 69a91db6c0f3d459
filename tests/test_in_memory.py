"""Where a run of tests lays its files aside."""

import os
import subprocess
import sys
import tempfile
from collections import namedtuple

import pytest

from tests import in_memory

Memory = namedtuple("Memory", "f_flag f_bavail f_frsize")


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    monkeypatch.setenv("TMPDIR", "")  # so that it is put back as it was
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def ended(monkeypatch):
    """What is done when the process ends."""
    acts = []
    monkeypatch.setattr(
        in_memory.atexit, "register", lambda act, *about, **more: acts.append(lambda: act(*about, **more))
    )
    return acts


def test_a_run_lays_its_files_aside_in_memory_and_takes_them_away(tmp_path, monkeypatch, ended):
    monkeypatch.setattr(in_memory, "has_room", lambda memory: True)

    in_memory.lay_aside(tmp_path)
    laid = tempfile.mkdtemp()

    (ours,) = tmp_path.iterdir()
    assert laid.startswith(f"{ours}/")
    assert os.environ["TMPDIR"] == str(ours)
    ended[0]()
    assert not ours.exists()


def test_what_a_killed_run_has_left_there_goes_and_a_living_ones_stays(tmp_path, monkeypatch, ended):
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    names = [f"{in_memory.NAMED}{pid}-x" for pid in (os.getpid(), killed.pid)]
    for name in (*names, "registry-tests-of-nobody-x", "another"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(in_memory, "has_room", lambda memory: True)

    in_memory.lay_aside(tmp_path)

    gone = [name for name in (*names, "registry-tests-of-nobody-x", "another") if not (tmp_path / name).exists()]
    assert gone == names[1:]


def test_a_folder_given_from_outside_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", "/given")

    in_memory.lay_aside(tmp_path)

    assert os.environ["TMPDIR"] == "/given"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("flags", "free", "left", "room"),
    [
        (0, in_memory.ROOM, in_memory.ROOM, True),
        (0, 64 * 1024**2, in_memory.ROOM, False),
        (0, in_memory.ROOM, in_memory.ROOM - 1, False),
        (os.ST_NOEXEC, in_memory.ROOM, in_memory.ROOM, False),
    ],
    ids=["enough", "a container's", "little memory", "nothing can be started there"],
)
def test_it_is_the_disk_where_memory_has_no_room(tmp_path, monkeypatch, flags, free, left, room):
    monkeypatch.setattr(in_memory.os, "statvfs", lambda memory: Memory(flags, free // 4096, 4096))
    monkeypatch.setattr(in_memory.psutil, "virtual_memory", lambda: namedtuple("Left", "available")(left))

    assert in_memory.has_room(tmp_path) is room


def test_it_is_the_disk_where_there_is_no_such_folder(tmp_path):
    assert in_memory.has_room(tmp_path / "none") is False
