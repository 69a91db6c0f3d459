"""Changed lines of the rooms that matter most: what no test tells is named, and reasons that nobody could are few and true."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.mutants import rooms, scores
from tests.mutants.rooms import Room, Same
from tests.mutants.running import PYTHON, ROOT, CannotMutate, Mutant, digest, judge, scored
from tests.programs import missing

ROOMS = rooms.read()

SOURCE = """
def is_adult(age: int) -> bool:
    return age >= 18


def shown(name: str) -> str:
    return ", ".join([name])
"""
WEAK = """
from weighed import is_adult

def test_it():
    assert is_adult(30)
"""
STRICT = """
import pytest
from weighed import is_adult, shown

@pytest.mark.parametrize("age", range(100))
def test_it(age):
    assert is_adult(age) == (age > 17)

def test_shown():
    assert shown("高䶮") == "高䶮"
"""
ONE = Same(
    of="weighed.shown",
    line='return ", ".join([name])',
    instead='return "XX, XX".join([name])',
    why="of one, nothing is joined",
)


@pytest.fixture
def weighed(tmp_path: Path) -> Path:
    """A project of one module and one test, which git knows of."""
    if not PYTHON.exists():
        missing("mutmut", "make scanners")
    root = tmp_path / "weighed"
    (root / "tests" / "mutants").mkdir(parents=True)
    for name in ("tests/__init__.py", "tests/mutants/__init__.py", "tests/mutants/apart.py", "pyproject.toml"):
        (root / name).touch()
    (root / "weighed.py").write_text(SOURCE)
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def judged(root: Path, test: str, *same: Same, again: bool = False):
    (root / "tests" / "test_weighed.py").write_text(test)
    room = Room(name="weighed", what="", files=("weighed.py",), tests=("tests/test_weighed.py",), same=same)
    return judge(room, root=root, where=root.parent / "mutants", servers={}, again=again)


@pytest.mark.slow
def test_what_a_weak_test_misses_is_named_with_its_line(weighed):
    score = judged(weighed, WEAK)
    missed = {(each.of, each.instead, each.tested) for each in score.survivors}
    assert ("weighed.is_adult", "return age > 18", True) in missed
    assert ("weighed.shown", 'return ", ".join(None)', False) in missed, "no test comes there"
    assert score.told + len(score.survivors) == score.mutants


@pytest.mark.slow
def test_a_test_of_every_case_misses_nothing_but_what_changes_nothing(weighed):
    score = judged(weighed, STRICT, ONE)
    assert (score.survivors, score.stale, score.same) == ((), (), 1)
    assert score.told == score.mutants - 1 > 2


@pytest.mark.slow
def test_what_was_missed_is_judged_again_by_tests_that_were_added(weighed):
    missed = judged(weighed, WEAK).survivors
    assert missed
    score = judged(weighed, f"{WEAK}\n{STRICT}", ONE, again=True)
    assert (score.survivors, score.same, score.told) == ((), 1, score.mutants - 1)
    (weighed / "weighed.py").write_text((weighed / "weighed.py").read_text() + "\n# changed since\n")
    with pytest.raises(CannotMutate, match="judge the room as a whole"):
        judged(weighed, STRICT, again=True)


@pytest.mark.slow
def test_tests_that_fail_without_any_change_judge_nothing(weighed):
    with pytest.raises(CannotMutate):
        judged(weighed, "def test_it():\n    assert False\n")


def test_a_reason_that_fits_nothing_any_more_is_named():
    room = Room(name="r", what="", files=(), tests=(), same=(ONE,))
    assert scored(room, 3, []).stale == (ONE,)
    left = [Mutant(of=ONE.of, line=ONE.line, instead=ONE.instead)]
    assert (scored(room, 3, left).stale, scored(room, 3, left).survivors) == ((), ())


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_is_there_and_so_is_each_line_of_its_reasons(room):
    assert all((ROOT / name).is_file() for name in (*room.files, *room.tests))
    for file, _colons, name in (each.partition("::") for each in room.without):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
    lines = _close("".join((ROOT / name).read_text(encoding="utf-8") for name in room.files))
    assert [each.line for each in room.same if _close(each.line) not in lines] == []
    assert all(each.why for each in room.same)


def _close(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_was_judged_and_nothing_was_missed(room):
    score = scores.read()[room.name]
    assert score["missed"] == 0
    assert score["told"] + score["same"] == score["mutants"]
    assert score["same"] >= len(room.same)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_that_was_changed_since_is_judged_anew(room):
    assert scores.read()[room.name]["files"] == digest(room), f'make mutants ARGS="{room.name}"'


def test_a_change_of_one_file_of_a_room_is_seen(tmp_path):
    room = Room(name="r", what="", files=("a.py", "b.py"), tests=())
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").write_text("y = 1\n")
    before = digest(room, root=tmp_path)
    (tmp_path / "b.py").write_text("y = 2\n")
    assert digest(room, root=tmp_path) != before


def test_the_page_says_what_was_measured():
    assert scores.DOCUMENT.read_text(encoding="utf-8") == scores.document()
