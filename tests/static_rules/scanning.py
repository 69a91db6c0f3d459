"""Runs semgrep over the product and the samples, and judges what it found."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.static_rules.allowed import ANY, Allowed

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SAMPLES = HERE / "samples"
SEMGREP = ROOT / "var" / "scanners" / "bin" / "semgrep"
PRODUCT = ("registry", "sharing", "config", "deploy", "templates", "static")
MARK = re.compile(r"(ruleid|ok): ([a-z-]+)", re.ASCII)
RULE_ID = re.compile(r"^  - id: ([a-z-]+)$", re.ASCII | re.MULTILINE)
SECONDS = 900


class Found(NamedTuple):
    """One line that a rule speaks of; ``path`` from the root of the project."""

    rule: str
    path: str
    line: int


class CannotScan(Exception):
    """The scanner is missing, or did not end well: nothing was judged. The text says what to do."""


def rules() -> list[str]:
    """The ids of all rules."""
    return sorted(rule for file in HERE.glob("*.yml") for rule in RULE_ID.findall(file.read_text()))


def samples() -> list[Path]:
    """Files that hold what each rule must find and must leave alone; paths from the root of the project."""
    return sorted(path.relative_to(ROOT) for path in SAMPLES.iterdir() if path.is_file())


def scan(targets: Sequence[str | Path], semgrep: Path = SEMGREP) -> list[Found]:
    """Everything that any rule finds in files or folders. Raises CannotScan."""
    command = [semgrep, "scan", "--metrics", "off", "--disable-version-check", "--quiet", "--json", "--jobs", "2"]
    command += ["--max-target-bytes", "0", "--timeout", "60", "--config", HERE, *targets]
    try:
        done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, timeout=SECONDS, check=False)
    except OSError:
        raise CannotScan("semgrep is not installed: make scanners") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise CannotScan(f"semgrep ended with {done.returncode}: {done.stderr.decode()[-2000:]}") from None
    if said["errors"]:
        raise CannotScan(f"semgrep could not read everything: {said['errors'][:3]}")
    found = {Found(each["check_id"].split(".")[-1], each["path"], each["start"]["line"]) for each in said["results"]}
    return sorted(found)


def marked(word: str) -> set[Found]:
    """The lines of the samples below a mark: ``ruleid`` for those that must be found, ``ok`` for those that must not."""
    return {
        Found(mark[2], str(path), number + 1)
        for path in samples()
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if (mark := MARK.search(line)) and mark[1] == word
    }


def blind(found: Iterable[Found]) -> list[str]:
    """In words: the samples that a rule missed, or found where it should not."""
    seen = set(found)
    missed = [f"{each.path}:{each.line}: {each.rule} does not find this" for each in marked("ruleid") - seen]
    wrong = [f"{each.path}:{each.line}: {each.rule} finds this, which is in order" for each in marked("ok") & seen]
    return sorted(missed + wrong)


def forbidden(found: Iterable[Found], allowed: Iterable[Allowed]) -> list[str]:
    """In words: the lines that nothing allows, and what is allowed but is not there (any more)."""
    counts = {(each.rule, each.path): each.times for each in allowed}
    lines = [each for each in found if not each.path.startswith("tests/static_rules/")]
    there = Counter((each.rule, each.path) for each in lines)
    breaks = [
        f"{each.path}:{each.line}: {each.rule}"
        for each in lines
        if _too_many(there[each.rule, each.path], counts.get((each.rule, each.path)))
    ]
    stale = [
        f"{path}: {rule} is allowed {count} times and there {there[rule, path]} times: correct allowed.py"
        for (rule, path), count in counts.items()
        if there[rule, path] < (1 if count == ANY else count)
    ]
    return breaks + stale


def _too_many(there: int, allowed: int | None) -> bool:
    return allowed is None or (allowed != ANY and there > allowed)
