"""The newest score of each room in `scores.json`, and docs/mutants.md, which is made of rooms and scores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.mutants import rooms
from tests.mutants.running import Score

FILE = Path(__file__).with_name("scores.json")
DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "mutants.md"
DIFFERS = "+"

HEAD = """# Changed lines, and what the tests tell

Written by `make mutants`; a test holds this page, `tests/mutants/rooms.toml` and `scores.json` to each other.

A test that fails with no defect at all is noticed at once; one that passes with every defect is not. So each line of the rooms
that matter most is made another one, by [mutmut](https://pypi.org/project/mutmut/): a comparison turned round, a number one higher,
an argument left out, a text made another text. The tests of the room must fail with it. What none of them told was missing from
them, and got a test; or nobody could tell it, and stands below with the reason. `make mutants ARGS="identity signing"` judges these
rooms alone, `ARGS="--again identity"` only what was missed there the last time, once there are tests for it; exit 1: something was
missed, or a reason fits nothing any more; 2: nothing was judged. The suite fails where one of these files is no longer the one that
was judged.
"""


def read() -> dict[str, dict[str, Any]]:
    said: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return said


def keep(score: Score, measured_on: str) -> bool:
    """Whether it was written: not what was measured on a work tree that is in no commit (`ledger.writing.commit`)."""
    if not measured_on or measured_on.endswith(DIFFERS):
        return False
    line = {
        "commit": measured_on,
        "files": score.files,
        "mutants": score.mutants,
        "told": score.told,
        "same": score.same,
        "missed": len(score.survivors),
    }
    known = {**read(), score.room: line}
    said = {room.name: known[room.name] for room in rooms.read() if room.name in known}
    FILE.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(), encoding="utf-8")
    return True


def document() -> str:
    return "\n".join([HEAD, *_scores(), "", "## What nobody could tell", "", *_reasons()]) + "\n"


def _scores() -> Iterator[str]:
    scores = read()
    yield "| room | files | changed lines | told | that change nothing | missed | at commit |"
    yield "|---|---|---:|---:|---:|---:|---|"
    for room in rooms.read():
        files = ", ".join(f"`{file}`" for file in room.files)
        if room.name not in scores:
            yield f"| {room.what} | {files} | not judged yet | | | | |"
            continue
        score = scores[room.name]
        counts = " | ".join(str(score[each]) for each in ("mutants", "told", "same", "missed"))
        yield f"| {room.what} | {files} | {counts} | {score['commit']} |"


def _reasons() -> Iterator[str]:
    yield "| where | line | becomes | why it is the same |"
    yield "|---|---|---|---|"
    for room in rooms.read():
        for each in room.same:
            yield f"| `{each.of}` | {_code(each.line)} | {_code(each.instead)} | {each.why} |"


def _code(line: str) -> str:
    return "`" + line.replace("|", "\\|") + "`" if line else "(left out)"
