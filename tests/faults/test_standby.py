"""A standby of the database answers nothing, not even what it has; once promoted it goes on, and what it lacks is noticed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.test import Client

from config import reached
from config.child import tied
from config.postgres import OWNER, Postgres
from config.processes import ROOT
from registry import actions
from registry.checkpoints import epochs, signing
from registry.errors import LogHalted
from registry.models import Flag, Halt, LogHead
from tests import asking, cast
from tests.faults.own_server import lay_out, led_to, said, server_of
from tests.test_key_starts import ENTRIES

pytestmark = pytest.mark.timeout(240)
SECONDS = 60
BEHIND = "SELECT pg_last_wal_replay_lsn() < %s::pg_lsn"


@pytest.fixture(scope="module")
def primary(tmp_path_factory, django_db_blocker) -> Iterator[Postgres]:
    with django_db_blocker.unblock(), server_of(tmp_path_factory.mktemp("primary")) as server:
        server.start()
        lay_out(server)
        with led_to(server.socket):
            connection.ensure_connection()  # it knows the keys, as that of a court does
        yield server


@contextmanager
def copied(primary: Postgres, folder: Path) -> Iterator[Postgres]:
    """A standby of it that streams, over the socket."""
    with server_of(folder) as standby:
        command = [str(primary.programs.bin / "pg_basebackup"), "-D", str(standby.data), "-h", str(primary.socket)]
        command += ["-U", OWNER, "-R", "-X", "stream", "-c", "fast", "--no-sync"]
        subprocess.run(
            tied(command, user=standby.user), cwd=standby.home, env=standby.child.environment, check=True,
            capture_output=True,
        )  # fmt: skip
        standby.start()
        caught_up(primary, standby)
        yield standby


@pytest.fixture
def standby(primary, tmp_path) -> Iterator[Postgres]:
    with copied(primary, tmp_path) as made:
        yield made


def caught_up(primary: Postgres, standby: Postgres) -> None:
    written = said(primary, "SELECT pg_current_wal_lsn()::text")
    standby.child.wait_until(lambda: not said(standby, BEHIND, written), seconds=SECONDS)


@pytest.fixture
def judged() -> Iterator[None]:
    """Connections of this process are judged as those of a process that serves."""
    reached.watch(without_pooler=False)
    yield
    connection_created.disconnect(dispatch_uid="reached")


@pytest.mark.parametrize("entry", ["web", "worker", "beat"])
def test_no_process_starts_on_a_standby(entry, primary, standby, tmp_path):
    command = ENTRIES[entry] + ([str(tmp_path / "schedule")] if entry == "beat" else [])
    environment = {**os.environ, "DATABASE_URL": standby.url, "REGISTRY_LOG_GUARD": str(tmp_path / "guard")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "leads to a standby" in done.stdout + done.stderr


def test_a_standby_that_has_everything_answers_no_question_shows_no_log_and_takes_no_act(
    primary, standby, judged, notice_waived
):
    with led_to(primary.socket):
        listing, bearer = cast.in_force(), asking.bearer(asking.bank().organisation)
        officer = cast.registrar()
        caught_up(primary, standby)
    with led_to(standby.socket):
        headers = {**bearer, "Accept-Language": "en", "Idempotency-Key": "asked-of-a-standby"}
        answer = Client().post("/api/v1/screenings", asking.body(), "application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "R-904")
        assert Client().get("/health").status_code == 503
        with pytest.raises(OperationalError, match="leads to a standby"):
            actions.flag([listing.pk], Flag.DISPUTED, officer=officer, now=cast.NOW, reason="objection received")


@pytest.mark.parametrize("is_behind", [False, True])
def test_once_promoted_it_goes_on_and_a_tail_that_it_lacks_halts_the_log(
    is_behind, tmp_path, django_db_blocker, judged, notice_waived
):
    """What the primary signed and the standby never had: nothing is signed or appended until an operator opens a new log."""
    (tmp_path / "standby").mkdir()
    with django_db_blocker.unblock(), server_of(tmp_path) as old:
        old.start()
        lay_out(old)
        with copied(old, tmp_path / "standby") as new:
            with led_to(old.socket):
                listing = cast.in_force()
                caught_up(old, new)
                if is_behind:
                    new.stop()
                flag(listing)
                assert signing.sign(now=cast.NOW).size == 2
                if not is_behind:
                    caught_up(old, new)
            old.child.kill()
            if is_behind:
                new.start()
            said(new, "SELECT pg_promote()")
            with led_to(new.socket):
                goes_on(listing, is_behind=is_behind)


def goes_on(listing, *, is_behind: bool) -> None:
    if is_behind:
        assert signing.sign(now=cast.NOW) is None
        assert LogHead.objects.get().halted == Halt.OLDER
        with pytest.raises(LogHalted):
            flag(listing)
        epochs.open_epoch(because="the primary is lost, its last second with it", now=cast.NOW)
    flag(listing)
    assert signing.sign(now=cast.NOW).size == (2 if is_behind else 3)


def flag(listing) -> None:
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
