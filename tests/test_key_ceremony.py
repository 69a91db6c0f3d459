"""The key ceremony by itself: a copy is never written over, and one that was broken off goes on."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from config.installing import ceremony
from config.installing.findings import Colour, Stopped


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def held(place: Path, medium: Path) -> Colour:
    """In an installation of its own; the colour of what is said of it."""
    place.mkdir(exist_ok=True)
    answers = {
        "keys": str(place / "keys"), "keys_copy": str(medium), "user": getpass.getuser(), "suite": "intl", "zones": "one",
        "office": "登记办公室", "court": "京", "persons": "何登记, 赵安",
    }  # fmt: skip
    (found,) = ceremony.hold(answers, place)
    return found.colour


def test_it_works(tmp_path):
    assert held(tmp_path / "court", tmp_path / "medium") == Colour.GREEN
    assert ceremony.read(tmp_path / "court" / "keys") == ceremony.read(tmp_path / "medium")
    assert held(tmp_path / "court", tmp_path / "medium") == Colour.GREEN


def test_a_copy_of_other_keys_is_not_written_over(tmp_path):
    held(tmp_path / "court", tmp_path / "medium")
    before = ceremony.read(tmp_path / "medium")
    with pytest.raises(Stopped, match="copy of other keys") as caught:
        held(tmp_path / "trial", tmp_path / "medium")
    assert [each.part for each in caught.value.findings] == ["keys_copy"]
    assert ceremony.read(tmp_path / "medium") == before
    assert not (tmp_path / "trial" / "protocol.txt").exists()
    assert held(tmp_path / "trial", tmp_path / "medium" / "trial") == Colour.GREEN


@pytest.mark.parametrize("written", range(12))
def test_one_that_was_killed_at_any_file_leaves_no_half_a_key_and_goes_on(tmp_path, monkeypatch, written):
    """Six files are made, and six copied."""
    synced, sync = iter(range(written)), os.fsync

    def killed(number: int) -> None:
        if next(synced, None) is None:
            raise KeyboardInterrupt
        sync(number)

    with monkeypatch.context() as patch:
        patch.setattr(ceremony.os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            held(tmp_path / "court", tmp_path / "medium")
    assert held(tmp_path / "court", tmp_path / "medium") == Colour.GREEN
    assert ceremony.read(tmp_path / "court" / "keys") == ceremony.read(tmp_path / "medium")
