"""Asks packages that this project did not write whether a log is as its key, its witnesses and its entries say.

The packages of Go are Debian's and run as they are built here; those of PyPI run in an environment of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from tests.programs import missing

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / "var" / "judges"
PYTHON = INSTALLED / "python" / "bin"
GO_PATH = Path("/usr/share/gocode")  # where Debian's packages of Go lie
GO_PACKAGES = ("golang.org/x/mod/sumdb", "github.com/transparency-dev/formats")
JUDGE = "a judge of the log"
DEBIAN = "apt-get install golang-go golang-golang-x-mod-dev golang-github-transparency-dev-formats-dev litetlog"
OFFLINE = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": ""}
SECONDS = 100
ACCEPTED = "accepted"
PROOF_FILE = "c2sp.org/tlog-proof@v1"

# What each judge can tell.
NOTES = {"golang.org/x/mod", "transparency-dev/formats", "aics-tlog", "metamorphic-log"}
COSIGNATURES = {"transparency-dev/formats", "aics-tlog"}
ROOTS = {"golang.org/x/mod", "aics-tlog", "pymerkle"}
TILES = {"golang.org/x/mod", "aics-tlog"}
BUNDLES = {"aics-tlog"}
INCLUSION = {"golang.org/x/mod", "aics-tlog", "metamorphic-log", "pymerkle"}
CONSISTENCY = {"golang.org/x/mod", "aics-tlog", "metamorphic-log"}
ALL = NOTES | ROOTS

Read = Callable[[str], bytes]
Verdicts = dict[str, str]


@dataclass(frozen=True)
class Inclusion:
    """Is this entry, at this index, in the tree of this size and root?"""

    entry: bytes
    index: int
    size: int
    root: bytes
    path: Sequence[bytes]


@dataclass(frozen=True)
class Consistency:
    """Is the tree of `old` leaves the beginning of that of `size`?"""

    old: int
    old_root: bytes
    size: int
    root: bytes
    path: Sequence[bytes]


def judge_log(read: Read, vkey: str, entries: Iterable[bytes], witness_vkeys: Iterable[str] = ()) -> Verdicts:
    """What each judge says of a whole log: "accepted", or why not.

    ``read``: what lies at an address below `/log/`: "checkpoint", "tile/0/000", "tile/entries/000.p/5"; raises
    LookupError where nothing does. ``entries``: all of them, in their order, and no more. Every one of ``witness_vkeys``
    must have signed.
    """
    asked = {
        "kind": "log",
        "vkey": vkey,
        "witnesses": list(witness_vkeys),
        "entries": [b64encode(each).decode() for each in entries],
    }
    return _asked([asked], read)[0]


def judge_proofs(proofs: Iterable[Inclusion | Consistency]) -> list[Verdicts]:
    return _asked([_question(proof) for proof in proofs], _nothing)


def judge_proof_file(proof: str, entry: bytes, vkey: str, folder: Path) -> str:
    """What the program spicy says of a file as of C2SP tlog-proof, whose first lines it does not know yet."""
    program = shutil.which("spicy-litetlog") or missing(JUDGE, DEBIAN)
    head, index, rest = proof.partition("index ")
    assert head.startswith(f"{PROOF_FILE}\n")
    (folder / "entry").write_bytes(entry)
    (folder / "entry.spicy").write_text(index + rest, encoding="utf-8")
    command = [program, "-verify", vkey, str(folder / "entry")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return ACCEPTED if done.returncode == 0 else done.stderr


def refusing(verdicts: Verdicts) -> set[str]:
    return {name for name, said in verdicts.items() if said != ACCEPTED}


def program(name: str) -> str:
    """Of the packages of PyPI, as installed."""
    found = PYTHON / name
    return str(found) if found.exists() else missing(JUDGE, "make log-judges")


@cache
def go_judge() -> str:
    """Where the judge in Go lies, built anew: takes its time only where nothing of it was built before."""
    go = shutil.which("go")
    if go is None or not all((GO_PATH / "src" / package).is_dir() for package in GO_PACKAGES):
        missing(JUDGE, DEBIAN)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=INSTALLED) as folder:
        built = Path(folder) / "tree_judge"
        command = [go, "build", "-o", str(built), str(HERE / "tree_judge.go")]
        environment = {**os.environ, **OFFLINE}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=HERE
        )
        assert done.returncode == 0, done.stderr
        # Another process of the tests may be running it.
        return str(built.rename(INSTALLED / "tree_judge"))


def _asked(questions: Sequence[Mapping[str, Any]], read: Read) -> list[Verdicts]:
    of_pypi = _conversation([program("python"), str(HERE / "tree_judge.py")], questions, read)
    of_go = _conversation([go_judge()], questions, read)
    return [{**one, **other} for one, other in zip(of_pypi, of_go, strict=True)]


def _conversation(command: list[str], questions: Sequence[Mapping[str, Any]], read: Read) -> list[Verdicts]:
    pipes = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True) as judge:
        verdicts: list[Verdicts] = []
        for question in questions:
            said = _says(judge, question)
            while set(said) == {"read"}:
                said = _says(judge, {"data": _found(read, said["read"])})
            verdicts.append(said)
        return verdicts


def _says(judge: subprocess.Popen[str], asked: Mapping[str, Any]) -> dict[str, str]:
    judge.stdin.write(json.dumps(asked) + "\n")
    judge.stdin.flush()
    line = judge.stdout.readline()
    assert line, f"{judge.args!r} ended without a verdict"
    said: dict[str, str] = json.loads(line)
    return said


def _found(read: Read, address: str) -> str | None:
    try:
        return b64encode(read(address)).decode()
    except LookupError:
        return None


def _nothing(address: str) -> NoReturn:
    raise LookupError(address)


def _question(proof: Inclusion | Consistency) -> dict[str, Any]:
    asked = {name: _plain(value) for name, value in vars(proof).items()}
    return {"kind": type(proof).__name__.lower(), **asked}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value if isinstance(value, int) else [b64encode(each).decode() for each in value]
