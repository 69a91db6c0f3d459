"""`python -m tests.benchmarks [NAME]`: each benchmark in a process and on servers of its own; table, bench.json, history."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from config.child import CannotStart, ends_on_signals
from config.new_keys import new_environment
from config.servers import Servers
from tests.benchmarks import kept
from tests.benchmarks.figures import Figure, save, table
from tests.ledger.writing import lines

NAMES = (
    *("delivery", "fanout", "history", "memory", "screening", "flat", "batch", "timing", "approval"),
    *("sealing", "purge", "race", "withdrawal", "statistics", "desk", "importing", "log", "auditing", "keys", "scale"),
    *("partitions", "idle"),
)
ON_ONE_PROCESSOR = ("timing",)  # what wakes up on another processor hides microseconds
ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "var" / "bench.json"
FIGURES = "figures.json"
SETTINGS = "tests.benchmarks.settings"
NOTICE_WAIVER = "2026-11-24 benchmark: service in court is presumed"


def main(names: list[str]) -> None:
    """Measure the named benchmarks, or all; leave with words on an unknown name.

    What was measured is kept as it is measured: the last one may be interrupted after an hour.
    """
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
    measured_on = commit()
    figures: list[Figure] = []
    history, today = lines(kept.HERE), datetime.now(UTC).date()
    for name in names or NAMES:
        found = measured(name)
        save(RESULTS, found, measured_on)
        kept.keep(kept.HERE, found, commit=measured_on, on=today)
        figures += found
    kept.PAGE.write_text(kept.page(lines(kept.HERE)), encoding="utf-8")
    sys.stdout.write(table(figures))
    tell_falls([kept.line(figure, commit=measured_on, on=today) for figure in figures], history)


def tell_falls(rows: Iterable[kept.Row], history: Sequence[kept.Row]) -> None:
    for row in rows:
        before = kept.earlier(row, history)
        if kept.fell(row, before):
            sys.stdout.write(
                f"FELL: {row['name']} was {median(before):g} in the median of {len(before)} runs before.\n"
            )


def measured(name: str) -> list[Figure]:
    sys.stderr.write(f"{name}\n")
    with _processors(name), _folder() as folder, Servers.start(folder, durable=True, given={}) as servers:
        environment = {
            **os.environ,
            **new_environment(),
            **servers.environment,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "REGISTRY_LOG_GUARD": str(folder / "log-guard"),
            "REGISTRY_NOTICE_WAIVER": NOTICE_WAIVER,
        }
        command = [sys.executable, "manage.py", "measure", name, str(folder)]
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            raise CannotStart(f"{name} did not end well; nothing was written down.")
        return [Figure(**row) for row in json.loads((folder / FIGURES).read_text())]


def commit() -> str:
    """What was measured, with "-dirty" where files differ from it, but for what is written here; empty outside a clone."""
    written = [f":!{each.relative_to(ROOT)}" for each in (kept.HERE, kept.PAGE)]
    try:
        name = _git("describe", "--always", "--abbrev=12")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *written)
    except FileNotFoundError:
        return ""
    return f"{name}-dirty" if name and changed else name


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


@contextmanager
def _processors(name: str) -> Iterator[None]:
    """Every process that is started meanwhile stays on one of them, where the system can do that."""
    if name not in ON_ONE_PROCESSOR or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _folder() -> Iterator[Path]:
    """A short path for the sockets, through which the database's own user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="registry-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        with ends_on_signals():
            main([name for argument in sys.argv[1:] for name in argument.split()])
    except CannotStart as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)
