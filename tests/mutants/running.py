"""Runs mutmut over one room, in a copy of the work tree, and reads what it found.

mutmut keeps a test run's modules loaded and forks for each mutant. The servers that tests stand on must not be its
children: it takes whichever of its children ends for a mutant's. Exit codes and `*.meta` are those of mutmut 3.8.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.rooms import Room, Same

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / "var" / "scanners" / "bin" / "python"
WHERE = ROOT / "var" / "mutants"
PLUGIN = "tests.mutants.apart"

SURVIVED, UNTOUCHED = {0}, {5, 33}
TOLD = {1, 3, 24, -24, 36, 152, 255}  # a test failed, or did not come to its end


class CannotMutate(Exception):
    """Nothing was judged; the text says why and what to do."""


@dataclass(frozen=True)
class Mutant:
    """``of``: module and function; ``line`` became ``instead``; ``tested``: whether any test comes there at all."""

    of: str
    line: str
    instead: str
    tested: bool = True

    def __str__(self) -> str:
        why = "" if self.tested else "  (no test comes here)"
        return f"{self.of}{why}\n    - {self.line}\n    + {self.instead}"


@dataclass(frozen=True)
class Score:
    """``files``: their `digest`; ``told`` of ``mutants``; ``same``: those of the others that nobody could tell; ``survivors``: those that were missed."""

    room: str
    files: str
    mutants: int
    told: int
    same: int
    survivors: tuple[Mutant, ...]
    stale: tuple[Same, ...]


def judge(
    room: Room, *, root: Path = ROOT, where: Path = WHERE, servers: Mapping[str, str], again: bool = False
) -> Score:
    """``again``: only what was missed when the room was judged last, by tests that were added since; what was told then was
    told. Raises CannotMutate where a test fails without any change, or mutmut said something unknown.
    """
    folder = where / room.name
    if again:
        _forget_what_was_missed(room, root, folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    copy(root, folder, room)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}
    environment = {**inherited, **servers, "PYTHONPATH": sysconfig.get_path("purelib")}
    _run(folder, environment, "run")
    codes = dict(_codes(folder, room.files))
    if unknown := {code for code in codes.values() if code not in SURVIVED | UNTOUCHED | TOLD}:
        raise CannotMutate(f"{room.name}: mutmut ended with {sorted(map(str, unknown))}, which says nothing.")
    left = [
        _shown(folder, environment, name, tested=code in SURVIVED) for name, code in codes.items() if code not in TOLD
    ]
    return scored(room, len(codes), left, files=digest(room, folder))


def scored(room: Room, mutants: int, left: Sequence[Mutant], *, files: str = "") -> Score:
    """``left``: what no test told. A reason that fits none of them is stale."""
    found = [(mutant, _reason(room, mutant)) for mutant in left]
    reasons = {reason for _mutant, reason in found if reason}
    return Score(
        room=room.name,
        files=files,
        mutants=mutants,
        told=mutants - len(left),
        same=sum(reason is not None for _mutant, reason in found),
        survivors=tuple(mutant for mutant, reason in found if reason is None),
        stale=tuple(each for each in room.same if each not in reasons),
    )


def _reason(room: Room, mutant: Mutant) -> Same | None:
    is_said = ((each, (each.of, each.line, each.instead)) for each in room.same)
    return next((each for each, said in is_said if said == (mutant.of, mutant.line, mutant.instead)), None)


def digest(room: Room, root: Path = ROOT) -> str:
    """What the files of the room hold, so that a score is known to be of other files than those that lie there."""
    return hashlib.sha256(
        "".join(hashlib.sha256((root / each).read_bytes()).hexdigest() for each in room.files).encode()
    ).hexdigest()


def copy(root: Path, folder: Path, room: Room) -> None:
    """What git knows or would take, as it lies there, and what mutmut is told."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=root, stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    deselected = [word for each in room.without for word in ("--deselect", each)]
    tops = sorted({Path(name).parts[0] for name in names if name} - {"mutants"})
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[tool.mutmut]\n")
        for key, value in {
            "source_paths": room.files,
            "also_copy": tops,
            "pytest_add_cli_args_test_selection": room.tests,
            "pytest_add_cli_args": (
                "-p",
                "no:cacheprovider",
                "-p",
                PLUGIN,
                "-m",
                "not slow and not browser",
                *deselected,
            ),
        }.items():
            settings.write(f"{key} = {json.dumps(list(value))}\n")


def _forget_what_was_missed(room: Room, root: Path, folder: Path) -> None:
    """mutmut lets every result stand that there is."""
    for name in room.files:
        before, meta = folder / name, folder / "mutants" / f"{name}.meta"
        if not meta.is_file() or before.read_bytes() != (root / name).read_bytes():
            raise CannotMutate(f"{room.name}: {name} was not judged as it is now; judge the room as a whole.")
        known = json.loads(meta.read_text(encoding="utf-8"))
        codes = known["exit_code_by_key"]
        known["exit_code_by_key"] = {key: code if code in TOLD else None for key, code in codes.items()}
        meta.write_text(json.dumps(known), encoding="utf-8")


def _codes(folder: Path, files: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    for name in files:
        meta = folder / "mutants" / f"{name}.meta"
        if not meta.is_file():
            raise CannotMutate(f"mutmut wrote nothing about {name}: {folder}")
        yield from json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items()


def _shown(folder: Path, environment: Mapping[str, str], name: str, *, tested: bool) -> Mutant:
    lines = _run(folder, environment, "show", name).splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---") and line[1:].strip()]
    former, instead = ("".join(each[1:].strip() for each in changed if each[0] == sign) for sign in "-+")
    return Mutant(of=_place(name), line=former, instead=instead, tested=tested)


def _place(name: str) -> str:
    """mutmut's `module.x_function__mutmut_1` and `module.xǁClassǁmethod__mutmut_1`, as a reader would write them."""
    module, _, mangled = name.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{mangled[1:].strip('ǁ').replace('ǁ', '.').removeprefix('_')}"


def _run(folder: Path, environment: Mapping[str, str], *words: str) -> str:
    if not PYTHON.is_file():
        raise CannotMutate("mutmut is not installed: make scanners")
    done = subprocess.run(
        [PYTHON, "-m", "mutmut", *words],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        raise CannotMutate(f"mutmut {' '.join(words)} ended with {done.returncode}: {said[-2000:]}")
    return said
