"""Weeks of the registry in counted time: what is promised by the clock is kept whatever happens meanwhile, and in the end nothing is left.

`SEASON_SEED` draws the first season, `SEASONS` says how many, `SEASON_STEPS` of how many steps, `SEASON_SECONDS` for how long more are begun.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from config.postgres import OWNER, Postgres
from config.processes import ROOT
from tests import cast
from tests.faults.clocks import Clock
from tests.faults.own_server import lay_out
from tests.faults.season_defects import DEFECTS
from tests.faults.seasons import AHEAD, CLOCK_FILE

pytestmark = [
    pytest.mark.timeout(0),
    pytest.mark.skipif("SEASONS" not in os.environ, reason="it takes minutes: `make faults`"),
]
SEED, SEASONS = int(os.environ.get("SEASON_SEED", "1")), int(os.environ.get("SEASONS", "1"))
STEPS = int(os.environ.get("SEASON_STEPS", "40"))
SECONDS = float(os.environ.get("SEASON_SECONDS", "0"))
REPORT = os.environ.get("SEASON_REPORT", "")
ALWAYS = 3  # defects in every run; all of them for the ledger
NAMED = list(DEFECTS)
OF_DEFECTS = 5  # the first of their seeds
WORDS = 2_000  # characters
SEASON = "season"  # the database of one
PLAY = "import sys, django; django.setup(); from tests.faults.seasons import main; main(*sys.argv[1:])"


@dataclass
class Ground:
    """A server whose clock is the seasons' own, and that clock."""

    postgres: Postgres
    clock: Clock
    folder: Path

    def said(self, played: subprocess.CompletedProcess[str]) -> str:
        return f"{played.stderr}\nThe server:\n{self.postgres.child.said()[-WORDS:]}"

    def played(self, seed: int, defect: str = "") -> subprocess.CompletedProcess[str]:
        """It begins when the cast's judgment is in effect, whatever the year is here."""
        ahead = cast.NOW.timestamp() - time.time()
        self.clock.set(ahead)
        environment = {
            **os.environ,
            **self.clock.environment,
            CLOCK_FILE: str(self.clock.file),
            AHEAD: str(ahead),
            "DATABASE_URL": self._fresh(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "REGISTRY_LOG_GUARD": str(self.folder / "log-guard"),
        }
        command = [sys.executable, "-W", "ignore", "-c", PLAY, str(seed), str(STEPS), defect]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def _fresh(self) -> str:
        """A database as it was laid out: what a season left, its months too, is no matter of the next one's."""
        laid_out = urlsplit(self.postgres.url)
        with psycopg.connect(laid_out._replace(path="/postgres").geturl(), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {SEASON} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {SEASON} TEMPLATE {OWNER}")
        return laid_out._replace(path=f"/{SEASON}").geturl()


@pytest.fixture(scope="module")
def ground(django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="season-") as name, django_db_blocker.unblock():
        folder = Path(name)
        folder.chmod(0o711)
        clock = Clock(folder / "clock", at_once=True)
        postgres = Postgres(folder / "postgres", folder / "postgres.log", durable=False)
        postgres.start()
        try:
            lay_out(postgres)
            postgres.stop()
            postgres.child.command = [*clock.before, *postgres.child.command]
            postgres.start()
            yield Ground(postgres, clock, folder)
        finally:
            postgres.stop()


def report(**line: object) -> None:
    """For the ledger, where it asked for it."""
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")


def test_whatever_happens_in_weeks_what_is_promised_by_the_clock_is_kept(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    done: Counter[str] = Counter()
    ends, seed = time.monotonic() + SECONDS, SEED
    while seed < SEED + SEASONS or time.monotonic() < ends:
        played = ground.played(seed)
        assert played.returncode == 0, ground.said(played)
        done.update(json.loads(played.stdout))
        seed += 1
    report(done=done)
    with capsys.disabled():
        sys.stdout.write(f"\n  {dict(done)}\n")
    assert done["seasons"] == seed - SEED
    assert done["seconds"] > 7 * 86_400 * done["seasons"]


@pytest.mark.parametrize("name", NAMED if "SEASON_DEFECTS" in os.environ else NAMED[:ALWAYS])
def test_what_is_done_too_late_or_never_is_told(ground: Ground, name: str) -> None:
    begun = time.monotonic()
    for season in range(OF_DEFECTS):
        played = ground.played(SEED + season, name)
        if played.returncode:
            report(
                defect=name,
                caught=f"in season {season + 1} after {time.monotonic() - begun:.1f} s: {played.stderr.strip()}",
            )
            assert DEFECTS[name].caught in played.stderr, ground.said(played)
            return
    report(defect=name, caught="")
    pytest.fail(f"{name}: not told in {OF_DEFECTS} seasons")
