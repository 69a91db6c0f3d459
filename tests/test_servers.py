"""The servers: where they are looked for, that they come back on the same folder, and that nothing is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import environ
import psutil
import psycopg
import pytest
import redis
from django.db import connection

from config import postgres, valkey
from config.celery import app
from config.child import CannotStart
from config.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 15
SLOW_SECONDS = 0.5

HOLD = """
import sys
from pathlib import Path
from config.servers import Servers
with Servers.start(Path(sys.argv[1]), durable=False, given={}) as servers:
    print(servers.postgres.child.process.pid, servers.valkey.child.process.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that others may pass through; pytest's own folders are private and long."""
    made = Path(tempfile.mkdtemp(prefix="registry-"))
    made.chmod(0o711)
    yield made
    link = made / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.resolve())
    shutil.rmtree(made)


def held_by_another(folder: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """Servers started by another program, which then waits; and their processes."""
    starter = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert starter.stdout
    return starter, [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]


def write(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('册')")


def kept(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT word FROM kept").fetchone()
    assert row
    return str(row[0])


def test_both_start_answer_and_end(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={}) as servers:
        assert servers.started == ["PostgreSQL", "Valkey"]
        with psycopg.connect(servers.database_url) as connection:
            settings = {
                name: connection.execute(f"SHOW {name}").fetchone()
                for name in ("server_encoding", "log_error_verbosity", "listen_addresses", "timezone")
            }
        assert settings == {
            "server_encoding": ("UTF8",),
            "log_error_verbosity": ("terse",),
            "listen_addresses": ("",),
            "timezone": ("UTC",),
        }
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.ping()
        mine = [server.child.process.pid for server in (servers.postgres, servers.valkey) if server]  # type: ignore[union-attr] # both run
    assert not any(psutil.pid_exists(pid) for pid in mine)


def test_what_was_written_is_there_after_a_restart_on_the_same_folder(folder: Path) -> None:
    with Servers.start(folder, durable=True, given={}) as servers:
        write(servers.database_url)
    with Servers.start(folder, durable=True, given={}) as servers:
        assert kept(servers.database_url) == "册"


def test_the_demo_keeps_its_promises_to_disk_and_the_tests_do_not(folder: Path) -> None:
    for durable, expected in ((True, "on"), (False, "off")):
        with (
            Servers.start(folder, durable=durable, given={}) as servers,
            psycopg.connect(servers.database_url) as connection,
        ):
            assert connection.execute("SHOW fsync").fetchone() == (expected,)


def test_servers_named_in_the_environment_are_used_and_none_is_started(folder: Path) -> None:
    given = {"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://d/0"}
    with Servers.start(folder, durable=False, given=given) as servers:
        assert servers.started == []
        assert servers.environment == given
    assert list(folder.iterdir()) == []


def test_only_what_is_not_named_is_started(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={"DATABASE_URL": "postgres://a@b/c"}) as servers:
        assert servers.started == ["Valkey"]
        assert servers.database_url == "postgres://a@b/c"


def test_django_reads_the_address_of_the_database(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        read = environ.Env.db_url_config(servers.database_url)
        assert servers.postgres
        assert read["NAME"] == read["USER"] == "registry"
        assert read["OPTIONS"] == {"host": str(servers.postgres.socket)}


def test_servers_end_with_a_starter_that_was_killed_and_the_next_run_finds_the_data(folder: Path) -> None:
    starter, running = held_by_another(folder)
    socket = folder / "postgres" / "socket"
    write(f"postgres://registry@/registry?host={socket}")
    starter.kill()
    starter.communicate()
    with Servers.start(folder, durable=False, given={}) as servers:
        assert kept(servers.database_url) == "册"
    assert psutil.wait_procs(running, timeout=WAIT_SECONDS)[1] == []


def test_a_server_that_outlived_its_run_is_ended_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = postgres.Postgres(folder / "postgres", folder / "postgres.log", durable=False)
    left.start()
    assert left.child.process
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        assert left.child.process.wait(WAIT_SECONDS) == 0
        assert servers.started == ["PostgreSQL"]
    left.stop()


def test_a_server_killed_outright_comes_back(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        assert servers.postgres
        write(servers.database_url)
        with psycopg.connect(servers.database_url) as session:
            # A session that is slow to notice holds the memory of the server that was killed.
            slow = psutil.Process(session.info.backend_pid)
            slow.suspend()
            servers.postgres.child.kill()
            noticing = threading.Timer(SLOW_SECONDS, slow.resume)
            noticing.start()
            servers.postgres.start()
            noticing.join()
        assert kept(servers.database_url) == "册"


@pytest.mark.parametrize("number", [999_999_999, os.getpid()], ids=["of nobody", "of another program"])
def test_a_stale_note_of_a_server_is_no_obstacle(folder: Path, number: int) -> None:
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}):
        note = (folder / "postgres" / "data" / "postmaster.pid").read_text()
    (folder / "postgres" / "data" / "postmaster.pid").write_text(str(number) + note[note.index("\n") :])
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        assert servers.started == ["PostgreSQL"]


def test_a_stale_note_that_names_a_server_of_another_folder_does_not_end_that_one(folder: Path) -> None:
    given = {"REDIS_URL": "redis://d/0"}
    mine, other = folder / "mine", folder / "other"
    with Servers.start(mine, durable=False, given=given):
        note = (mine / "postgres" / "data" / "postmaster.pid").read_text()
    with Servers.start(other, durable=False, given=given) as running:
        assert running.postgres
        number = (other / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        (mine / "postgres" / "data" / "postmaster.pid").write_text(number + note[note.index("\n") :])
        with Servers.start(mine, durable=False, given=given) as servers:
            assert servers.started == ["PostgreSQL"]
        assert running.postgres.child.alive


def test_a_folder_in_use_by_another_run_is_refused(folder: Path) -> None:
    with (
        Servers.start(folder, durable=False, given={"DATABASE_URL": "postgres://a@b/c"}),
        pytest.raises(CannotStart, match="Another run uses"),
    ):
        Servers.start(folder, durable=False, given={})


def test_a_layout_broken_off_half_way_is_begun_again(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}):
        pass
    (folder / "postgres" / "data").rename(folder / "postgres" / "data.unfinished")
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}):
        assert not (folder / "postgres" / "data.unfinished").exists()


def test_a_folder_too_deep_for_a_socket_has_it_elsewhere_until_the_end(folder: Path) -> None:
    deep = folder / ("d" * 100)
    with Servers.start(deep, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        assert servers.postgres
        socket = servers.postgres.socket
        assert deep not in socket.parents
    assert not socket.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_a_private_folder_of_root_stays_private(folder: Path) -> None:
    folder.chmod(0o700)
    for _ in range(2):
        with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
            assert servers.postgres
            assert folder not in servers.postgres.data.parents
    assert (folder / "postgres").is_symlink()
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_programs_that_the_server_may_not_read_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = folder / "private"
    found = postgres.find_programs()
    shutil.copytree(found.root, private / found.root.name, symlinks=True)
    if (libraries := found.root.with_name(f"{found.root.name}.libs")).exists():
        shutil.copytree(libraries, private / libraries.name)
    private.chmod(0o700)
    moved = postgres.Programs(private / found.root.name / found.bin.relative_to(found.root), private / found.root.name)
    monkeypatch.setattr(postgres, "find_programs", lambda: moved)
    with Servers.start(folder / "var", durable=False, given={"REDIS_URL": "redis://d/0"}) as servers:
        assert servers.postgres
        assert servers.postgres.home in servers.postgres.programs.bin.parents


def test_without_the_wheels_the_system_s_programs_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pg_ctl", "initdb", "postgres", "redis-server"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(valkey, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert postgres.find_programs().bin == tmp_path
    assert valkey.find_program() == tmp_path / "redis-server"


def test_debian_s_newest_is_found_off_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
        (tmp_path / version / "bin" / "postgres").touch()
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres, "DEBIAN_PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert postgres.find_programs().bin == tmp_path / "17" / "bin"


def test_without_any_the_message_names_the_command_that_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(valkey, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres, "DEBIAN_PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotStart, match="apt-get install postgresql redis-server"):
        postgres.find_programs()
    with pytest.raises(CannotStart, match="apt-get install postgresql redis-server"):
        valkey.find_program()


def test_data_of_another_version_is_refused_with_the_remedy(folder: Path) -> None:
    with Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}):
        pass
    (folder / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStart, match="was made by PostgreSQL 9"):
        Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"})


def test_what_is_refused_leaves_no_value_in_the_log(folder: Path) -> None:
    with (
        Servers.start(folder, durable=False, given={"REDIS_URL": "redis://d/0"}) as servers,
        psycopg.connect(servers.database_url, autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE once (word text UNIQUE)")
        connection.execute("INSERT INTO once VALUES ('zhong-mi')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO once VALUES ('zhong-mi')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'zhong-mi'::int")
    log = (folder / "log" / "postgres.log").read_text()
    assert "database system is ready" in log
    assert "zhong-mi" not in log


def test_ctrl_c_while_stopping_waits_for_the_end(folder: Path) -> None:
    starter, running = held_by_another(folder)
    starter.send_signal(signal.SIGINT)
    starter.send_signal(signal.SIGINT)
    starter.communicate()
    assert psutil.wait_procs(running, timeout=WAIT_SECONDS)[1] == []


@pytest.mark.service
@pytest.mark.broker
@pytest.mark.django_db
def test_the_servers_that_the_settings_name_answer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0].startswith("test_")
    gone_when_unused = {"auto_delete": True, "durable": False}
    with (
        app.connection_for_write() as broker,
        broker.SimpleQueue("test-of-the-servers", queue_opts=gone_when_unused) as queue,
    ):
        queue.put("册")
        assert queue.get(timeout=5).payload == "册"


@pytest.mark.parametrize(("machine", "told"), [("aarch64", True), ("x86_64", False)])
def test_a_kernel_that_spoils_what_is_saved_in_the_background_keeps_no_server_from_starting(
    monkeypatch, tmp_path, machine, told
):
    """On ARM64 it would ask the kernel, and not start on those before 5.6."""
    server = valkey.Valkey(tmp_path / "valkey", tmp_path / "valkey.log")
    monkeypatch.setattr(valkey.os, "uname", lambda: os.uname_result(("Linux", "host", "4.19", "", machine)))
    server.start()
    server.stop()
    assert ("ignore-warnings ARM64-COW-BUG" in server.settings.read_text()) is told
    assert 'save ""' in server.settings.read_text(), "nothing is saved in the background"
