"""The guided installation: played whole on servers of its own, stopped and gone on with, and ended red where something is wrong."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from psycopg.conninfo import conninfo_to_dict

from config import environment_file
from config.installing import machine, writing
from config.installing.ceremony import FILES
from config.installing.questions import QUESTIONS
from config.servers import Servers
from config.valkey import free_port
from tests import installed, proxied
from tests.installed import DESK_HOST, HOST, Ground, Ran
from tests.programs import needed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
NAMES = [question.name for question in QUESTIONS]
HALF = NAMES.index("database_owner")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def ground(folder: Path) -> Iterator[Ground]:
    with Servers.start(folder / "servers", durable=True, given={}) as servers:
        yield Ground.laid(folder, servers)


@pytest.fixture(scope="module")
def stopped(folder: Path, ground: Ground) -> Ran:
    """Somebody answers half of it, and goes home."""
    return installed.install(folder, "--same-disk-is-fine", typed=installed.typed(ground.answers(folder), NAMES[:HALF]))


@pytest.fixture(scope="module")
def whole(folder: Path, ground: Ground, stopped: Ran) -> Ran:
    """And comes back."""
    return installed.install(folder, "--same-disk-is-fine", typed=installed.typed(ground.answers(folder), NAMES[HALF:]))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Of an installation that is to fail."""
    return tmp_path / "elsewhere"


def files(*folders: Path) -> dict[Path, tuple[bytes, float]]:
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path: (path.read_bytes(), path.stat().st_mtime) for path in found}


def test_it_works(whole):
    assert whole.status == 0, whole.said
    assert whole.reds() == {}
    assert whole.said.count("/desk/invitation/") == 6


def test_what_was_answered_is_kept_when_somebody_stops(folder, stopped, whole):
    assert stopped.status == 1
    assert "run it again to go on" in stopped.said
    assert "Traceback" not in stopped.said
    assert f"{QUESTIONS[HALF - 1].asks}" not in whole.said


def test_no_key_and_no_password_is_kept_or_shown(folder, whole):
    secrets = [(folder / "keys" / name).read_text() for name in FILES.values()]
    password = installed.environment(folder)["REDIS_URL"].partition("@")[0].rpartition(":")[2]
    kept = (folder / "installing" / "answers.toml").read_text() + (folder / "installing" / "protocol.txt").read_text()
    for secret in (*secrets, password):
        assert secret not in kept + whole.said
    assert "broker" not in kept


def test_keys_and_environment_are_for_their_owner_alone(folder, whole):
    for file in (*(folder / "keys").iterdir(), *(folder / "medium").iterdir(), folder / "etc/registry/environment"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "keys").stat().st_mode) == 0o700


def test_the_copy_is_the_keys_and_the_protocol_tells_them_by_fingerprints(folder, whole):
    for name in FILES.values():
        assert (folder / "keys" / name).read_bytes() == (folder / "medium" / name).read_bytes()
    protocol = (folder / "installing" / "protocol.txt").read_text()
    for words in (*FILES, "何登记", "赵安", str(folder / "medium")):
        assert words in protocol


def test_run_again_it_changes_nothing(folder, ground, whole):
    lie = (folder / "etc", folder / "keys", folder / "static", folder / "installing", folder / "guard")
    before = files(*lie)
    again = installed.from_file(folder, ground.answers(folder), "--same-disk-is-fine")
    assert (again.status, again.reds()) == (0, {})
    assert "/desk/invitation/" not in again.said
    after = files(*lie)
    assert {path: content for path, (content, _) in after.items()} == {
        path: content for path, (content, _) in before.items()
    }
    touched = {path for path, was in after.items() if before[path] != was and folder / "static" not in path.parents}
    assert touched <= {folder / "installing" / "answers.toml"}


def test_what_was_written_starts_the_register(folder, ground, whole):
    port = free_port()
    children = [installed.started(folder, kind, port) for kind in ("web", "worker", "beat")]
    try:
        children[0].wait_until(lambda: installed.asked(port, "/health/ready") == 200, seconds=120)
        found = installed.install(folder, "--check")
        assert (found.status, found.reds()) == (0, {})
        assert "web, worker and beat work" in found.said
    finally:
        for child in children:
            child.stop()


def test_the_units_that_are_written_are_units(folder, whole):
    program = needed("systemd-analyze", package="systemd")
    units = sorted((folder / "etc" / "systemd" / "system").iterdir())
    assert [unit.name for unit in units] == installed.unit_names("beat", "web", "worker")
    judged = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stderr) == (0, "")


def test_the_proxys_configuration_that_is_written_is_one(folder, whole, tmp_path):
    etc = folder / "etc" / "nginx"
    main = proxied.MAIN.replace("include {folder}/registry.*conf;", f"include {etc}/sites-enabled/*;")
    (tmp_path / "nginx.conf").write_text(
        main.format(folder=tmp_path).replace("worker_processes 2;", "worker_processes 1;")
    )
    for file in etc.glob("sites-enabled/*"):
        text = file.read_text()
        assert "court.example" not in text.replace(HOST, "").replace(DESK_HOST, "")
        assert "127.0.0.1:8001" not in text
    judged = subprocess.run(
        [needed("nginx"), "-t", "-p", tmp_path, "-e", tmp_path / "error.log", "-c", tmp_path / "nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stderr


def made(ground: Ground, before: str, **how: object) -> dict[str, str]:
    """A certificate of the right name that is wrong in another respect."""
    ground.certify(before, HOST, **how)  # type: ignore[arg-type]
    return {
        "certificate": str(ground.folder / f"{before}chain.pem"),
        "certificate_key": str(ground.folder / f"{before}key.pem"),
    }


def first(ground: Ground) -> dict[str, str]:
    """Everything at once that is wrong by itself."""
    return {
        "certificate": str(ground.folder / "desk-chain.pem"),
        "desk_address": f"https://desk.{HOST}",
        "court": "京0105",
        "broker": f"redis://127.0.0.1:{free_port()}/0",
        "auditor": "sun, T-001, 孙统",
        "persons": "何登记, 何登记",
        "scanner": "unix:/nonexistent",
        "contact_phone": "1\nDEBUG=true",
        "deskaddress": "x",
        "user": "nobody-of-this-name",
    }


def second(ground: Ground) -> dict[str, str]:
    return {
        **made(ground, "expired-", days=-1),
        "certificate_key": str(ground.folder / "desk-key.pem"),
        "authority": str(ground.folder / "desk-key.pem"),
        "database_owner": "postgres://registry@/registry?host=/nonexistent",
        "persons": "",
    }


def third(ground: Ground) -> dict[str, str]:
    """Of PostgreSQL, that it logs statements; and, since it is not said to be fine, the copy beside the keys."""
    return made(ground, "weak-", key=generate_private_key(65537, 2048))


WRONG = {
    "the name of another certificate": (0, "certificate", f"Have one issued with {HOST}"),
    "a desk below the court": (0, "desk_address", "host name of its own"),
    "a court that is no high court": (0, "court", "Name the high court"),
    "a broker that is away": (0, "broker", "see that it runs"),
    "one human as two administrators": (0, "auditor", "another human"),
    "one person alone": (0, "persons", "two names"),
    "a scanner that is away": (0, "scanner", "clamav-daemon"),
    "a line end": (0, "contact_phone", "Leave them out"),
    "a question that is none": (0, "deskaddress", "Take it out"),
    "a user that is not there": (0, "user", "adduser"),
    "an expired certificate": (1, "certificate", "Have it renewed"),
    "the key of another": (1, "certificate_key", "for which the certificate was requested"),
    "an authority that is none": (1, "authority", "BEGIN CERTIFICATE"),
    "a database that is away": (1, "database_owner", "by a socket"),
    "no answer": (1, "persons", "two persons"),
    "a weak certificate": (2, "certificate", "RSA from 3072 bits"),
    "a database that logs statements": (2, "database_owner", "Set log_statement = none"),
    "a copy beside the keys": (2, "keys_copy", "--same-disk-is-fine"),
}


@pytest.fixture(scope="module")
def ended_red(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Ran]]:
    """Three installations with wrong answers, whose folder is to stay as it was."""
    places = [tmp_path_factory.mktemp("wrong") for _ in range(3)]
    given = [
        ground.answers(place, **wrong(ground)) for place, wrong in zip(places, (first, second, third), strict=True)
    ]
    fine = "--same-disk-is-fine"
    ran = [installed.from_file(places[0], given[0], fine), installed.from_file(places[1], given[1], fine)]
    with psycopg.connect(ground.servers.database_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE registry SET log_statement = 'all'")
        try:
            ran.append(installed.from_file(places[2], given[2]))
        finally:
            connection.execute("ALTER ROLE registry RESET log_statement")
    return list(zip(places, ran, strict=True))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_red_with_its_remedy_and_nothing_is_made(wrong, ended_red):
    number, part, remedy = WRONG[wrong]
    place, ran = ended_red[number]
    assert ran.status == 1
    assert remedy in ran.reds()[part], ran.said
    assert not (place / "keys").exists()
    assert not (place / "etc").exists()


def test_nothing_is_red_that_is_right(ended_red):
    for number, (_place, ran) in enumerate(ended_red):
        planted = {part for at, part, _remedy in WRONG.values() if at == number}
        follows = {"certificate_key", "desk_certificate", "authority"}  # from a certificate or a name that is another
        assert ran.reds().keys() <= planted | follows


def test_a_copy_that_cannot_be_written_is_red_with_its_remedy_and_no_database_is_laid_out(ground, elsewhere):
    (elsewhere.parent / "no-folder").write_text("")
    changed = {"keys_copy": str(elsewhere.parent / "no-folder" / "copy")}
    ran = installed.from_file(elsewhere, ground.answers(elsewhere, **changed), "--same-disk-is-fine")
    assert ran.status == 1
    assert "a medium that can be written" in ran.reds()["keys_copy"], ran.said
    assert not (elsewhere / "installing" / "protocol.txt").exists()
    assert not (elsewhere / "etc").exists()


@pytest.mark.parametrize(
    ("file", "change", "part", "remedy"),
    [
        ("etc/registry/environment", lambda path: path.chmod(0o644), "environment", "chmod 600"),
        ("keys/data", lambda path: path.chmod(0o640), "keys", "chmod 600"),
        ("keys/log", lambda path: path.write_text("1:" + "A" * 43 + "="), "keys", "put the former keys back"),
        ("key.pem", lambda path: path.chmod(0o644), "certificate_key", "chmod 600"),
        ("static/staticfiles.json", lambda path: path.unlink(), "pages", "collectstatic"),
    ],
    ids=["environment", "mode of a key", "another key", "key of the certificate", "pages"],
)
def test_what_was_changed_since_is_red(file, change, part, remedy, folder, whole):
    path = folder / file
    mode, before = path.stat().st_mode, path.read_bytes()
    change(path)
    try:
        ran = installed.install(folder, "--check")
    finally:
        path.write_bytes(before)
        path.chmod(mode)
    assert ran.status == 1
    assert remedy in ran.reds()[part], ran.said


def test_where_nothing_is_installed_the_list_says_what_to_do(tmp_path):
    ran = installed.install(tmp_path, "--check")
    assert ran.status == 1
    assert "Run `manage.py install`" in ran.reds()["answers"]


def test_it_speaks_chinese(tmp_path):
    assert "未通过" in installed.install(tmp_path, "--check", language="zh-hans").said


def test_zones_apart_have_environments_ports_and_roles_of_their_own(ground, tmp_path):
    answers = {
        "codes": "",
        "office": "",
        "contact_address": "",
        "contact_phone": "",
        "inside": "10.0.0.0/8",
        "mail": "",
    }
    answers |= ground.answers(
        tmp_path, zones="apart", database="postgres://registry_application:word@db.internal/registry"
    )
    writing.everything(answers, writing.Place(tmp_path, tmp_path))
    found = {file.name: environment_file.read(file.read_text()) for file in (tmp_path / "registry").iterdir()}
    assert found.keys() == {
        "environment", *(f"{name}.environment" for name in ("backup", "desk", "portal", "public", "worker")),
    }  # fmt: skip
    assert found["desk.environment"] == {
        "REGISTRY_ZONE": "desk", "REGISTRY_PORT": "8001", "DATABASE_URL": "postgres://registry_desk@db.internal/registry",
    }  # fmt: skip
    assert "REGISTRY_PORT" not in found["worker.environment"]
    assert (tmp_path / "systemd" / "system" / "registry-web@.service").is_file()
    assert "127.0.0.1:8003" in (tmp_path / "nginx" / "sites-enabled" / "registry.conf").read_text()
    for file in (tmp_path / "registry").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_backs_up_knows_its_role_and_its_folder_and_the_drill_its_own_database(folder, whole):
    etc = folder / "etc"
    backing_up = environment_file.read((etc / "registry" / "backup.environment").read_text())
    unit = (etc / "systemd" / "system" / "registry-backup.service").read_text()
    assert backing_up["REGISTRY_ZONE"] == "owner"
    assert backing_up["DATABASE_URL"].startswith("postgres://registry_backup@")
    assert f"ReadWritePaths={backing_up['REGISTRY_BACKUPS']}\n" in unit
    assert f"EnvironmentFile={etc}/registry/backup.environment\n" in unit
    drill = (etc / "systemd" / "system" / "registry-drill.service").read_text()
    into = re.search(r"--into (\S+)", drill)
    assert into is not None
    named = conninfo_to_dict(into[1].replace("%%", "%"))
    used = conninfo_to_dict(installed.environment(folder)["DATABASE_URL"])
    assert named == {**used, "user": "registry_drill", "dbname": "registry_drill"}
    assert environment_file.read((etc / "registry" / "environment").read_text())["REGISTRY_BACKUPS"] == ""


@pytest.mark.parametrize(
    ("folders", "colour"),
    [({Path("/proc/self")}, "green"), ({Path("/proc/self"), Path("/")}, "yellow"), (set(), "yellow")],
    ids=["on another disk", "one of them on its disk", "nobody can say"],
)
def test_the_guard_is_to_lie_on_another_disk_than_any_database_here(folders, colour, monkeypatch):
    monkeypatch.setattr(machine, "data_folders", lambda: folders)
    answers = {"guard": "/log-guard", "database": "postgres:///registry"}
    assert machine._guard(answers).colour == colour


def test_the_database_of_this_machine_is_found(ground):
    assert ground.servers.postgres
    if os.geteuid() != 0:
        pytest.skip("root alone sees where others' processes are")
    assert ground.servers.postgres.data.resolve() in machine.data_folders()
