"""The write-ahead log is received off-site, as docs/backup.md says it; the database dies, and is restored from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command

from config.child import STAY, Child, tied
from config.postgres import OWNER, Postgres
from registry.checkpoints import signing
from tests import cast
from tests.faults.own_server import lay_out, led_to, said, server_of
from tests.faults.test_standby import flag, goes_on

pytestmark = pytest.mark.timeout(240)
SECONDS = 60
SLOT = "offsite"
RECEIVED = "SELECT coalesce(bool_and(flush_lsn >= pg_current_wal_lsn()), false) FROM pg_stat_replication"
PARTIAL = ".partial"


def program(server: Postgres, name: str, *words: str) -> list[str]:
    """A command line that asks this server, over its socket."""
    return [str(server.programs.bin / name), "-h", str(server.socket), "-U", OWNER, *words]


def run(server: Postgres, command: list[str]) -> None:
    done = subprocess.run(
        tied(command, user=server.user), cwd=server.home, env=server.child.environment, capture_output=True, text=True
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def given(path: Path, server: Postgres) -> None:
    """To the user that the server runs as."""
    if server.user != STAY:
        os.chown(path, server.user, -1)


@contextmanager
def receiving(server: Postgres, folder: Path, log: Path) -> Iterator[Child]:
    """Until the block ends, or the server does."""
    run(server, program(server, "pg_receivewal", f"--slot={SLOT}", "--create-slot", "--if-not-exists"))
    command = program(server, "pg_receivewal", f"--slot={SLOT}", f"--directory={folder}", "--synchronous", "--no-loop")
    child = Child("pg_receivewal", command, log, server.home, server.child.environment, user=server.user)
    child.start()
    try:
        yield child
    finally:
        child.stop()


def restored(base: Path, received: Path, server: Postgres) -> None:
    """What docs/backup.md says under "To restore"."""
    shutil.copytree(base, server.data)
    for piece in received.glob(f"*{PARTIAL}"):
        shutil.copy(piece, piece.with_suffix(""))
    (server.data / "recovery.signal").touch()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {received}/%f %p'\n")
    for path in (server.data, *server.data.rglob("*"), *received.iterdir()):
        given(path, server)
    server.start()
    server.child.wait_until(lambda: not said(server, "SELECT pg_is_in_recovery()"), seconds=SECONDS)


@pytest.mark.parametrize("is_behind", [False, True])
def test_what_was_received_off_site_is_there_and_a_tail_that_was_not_halts_the_log(
    is_behind, tmp_path, django_db_blocker, notice_waived
):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    with django_db_blocker.unblock(), server_of(tmp_path / "first") as first, server_of(tmp_path / "second") as second:
        # Within reach of the server's own user, and off-site in name alone.
        received, base = first.home / "wal", first.home / "base"
        received.mkdir()
        given(received, first)
        first.start()
        lay_out(first)
        with receiving(first, received, tmp_path / "receiving.log") as receiver, led_to(first.socket):
            listing = cast.in_force()
            run(first, program(first, "pg_basebackup", f"--pgdata={base}", "--checkpoint=fast", "--no-sync"))
            run(first, [str(first.programs.bin / "pg_verifybackup"), str(base)])
            if is_behind:
                receiver.stop()
            flag(listing)
            assert signing.sign(now=cast.NOW).size == 2
            if not is_behind:
                first.child.wait_until(lambda: bool(said(first, RECEIVED)), seconds=SECONDS)
            first.child.kill()
        restored(base, received, second)
        with led_to(second.socket):
            goes_on(listing, is_behind=is_behind)
            call_command("verify_log")
