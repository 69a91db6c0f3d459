"""The guided installation of a court that keeps its zones apart: what it writes starts each zone as a process and a role of its own."""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest

from config import environment_file
from config.servers import Servers
from config.valkey import free_port
from config.zones.zone import ROLES, Zone
from tests import installed, proxied
from tests.installed import DESK_HOST, HOST, Ground, Ran
from tests.programs import missing, needed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SERVING = (Zone.DESK, Zone.PORTAL, Zone.PUBLIC)
OWN = {
    "/desk/account/sign-in/": (DESK_HOST, Zone.DESK),
    "/health/ready": (HOST, Zone.DESK),
    "/portal/account/sign-in/": (HOST, Zone.PORTAL),
    "/verify/": (HOST, Zone.PORTAL),
    "/": (HOST, Zone.PUBLIC),
    "/statistics/": (HOST, Zone.PUBLIC),
    "/log/checkpoint": (HOST, Zone.PUBLIC),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apart")


@pytest.fixture(scope="module")
def servers(folder: Path) -> Iterator[Servers]:
    with Servers.start(folder / "servers", durable=True, given={}) as running:
        yield running


@pytest.fixture(scope="module")
def users(folder: Path) -> tuple[str, ...]:
    """The machine has one for each zone's unit."""
    return installed.with_users(folder, *(f"{getpass.getuser()}_{zone}" for zone in SERVING))


@pytest.fixture(scope="module")
def whole(folder: Path, servers: Servers, users: tuple[str, ...]) -> Ran:
    answers = Ground.laid(folder, servers).answers(folder, zones="apart")
    return installed.from_file(folder, answers, "--same-disk-is-fine", within=users)


@pytest.fixture(scope="module")
def ports(folder: Path, whole: Ran) -> Iterator[dict[Zone, int]]:
    """Of the zones' web processes, while everything runs."""
    assert whole.status == 0, whole.said
    given = {zone: free_port() for zone in SERVING}
    with ExitStack() as running:
        webs = [(zone, installed.started(folder, "web@", port, zone)) for zone, port in given.items()]
        others = [installed.started(folder, kind, 0) for kind in ("worker", "beat")]
        for child in (*others, *(web for _, web in webs)):
            running.callback(child.stop)
        for zone, web in webs:
            web.wait_until(partial(_is_alive, given[zone]), seconds=120)
        yield given


def _is_alive(port: int) -> bool:
    return installed.asked(port, "/health") == 200


def test_it_works(whole):
    assert (whole.status, whole.reds()) == (0, {}), whole.said
    assert whole.said.count("/desk/invitation/") == 6


def test_every_zone_starts_with_what_was_written_for_it_and_the_list_is_green(folder, ports, users):
    found = installed.install(folder, "--check", within=users)
    assert (found.status, found.reds()) == (0, {}), found.said
    assert "web, worker and beat work" in found.said
    assert [zone for zone in SERVING if f"{ROLES[zone]} may connect" in found.said] == list(SERVING)


def test_a_zone_whose_user_is_not_there_is_red(folder, whole):
    if os.geteuid() != 0:
        missing("another user", "run as root", in_ci=False)
    found = installed.install(folder, "--check")
    assert found.reds().keys() == {"user"}
    for zone in SERVING:
        assert f"this machine has no user root_{zone}" in found.said


def test_a_zone_that_the_database_does_not_let_in_is_red_and_no_other(folder, servers, whole, users):
    """By peer over the socket each has its own line (docs/operating.md)."""
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE registry_portal NOLOGIN")
        try:
            found = installed.install(folder, "--check", within=users)
        finally:
            connection.execute("ALTER ROLE registry_portal LOGIN")
    assert found.reds().keys() == {"database"}
    assert 'role "registry_portal" is not permitted to log in' in found.said
    assert "registry_desk may connect" in found.said


@pytest.mark.parametrize("path", OWN)
def test_an_address_is_answered_by_its_zone_and_by_no_other(path, ports):
    host, own = OWN[path]
    answered = {zone: installed.asked(port, path, host) for zone, port in ports.items()}
    assert answered == {zone: 200 if zone is own else 404 for zone in SERVING}


def test_each_is_connected_as_the_role_of_its_zone_and_none_as_the_owner(servers, ports):
    with psycopg.connect(servers.database_url) as connection:
        asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        roles = {role for (role,) in connection.execute(asked)}
    assert ROLES[Zone.WORKER] in roles
    assert roles <= {ROLES[zone] for zone in (*SERVING, Zone.WORKER)}


def test_the_units_that_are_written_are_units(folder, whole):
    program = needed("systemd-analyze", package="systemd")
    units = sorted((folder / "etc" / "systemd" / "system").iterdir())
    assert [unit.name for unit in units] == installed.unit_names("beat", "web@", "worker")
    judged = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stderr) == (0, "")


def test_the_proxy_that_is_written_asks_each_zone_at_its_port(folder, whole, tmp_path):
    etc = folder / "etc" / "nginx"
    main = proxied.MAIN.replace("include {folder}/registry.*conf;", f"include {etc}/sites-enabled/*;")
    (tmp_path / "nginx.conf").write_text(main.format(folder=tmp_path))
    judged = subprocess.run(
        [needed("nginx"), "-t", "-p", tmp_path, "-e", tmp_path / "error.log", "-c", tmp_path / "nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stderr
    text = (etc / "sites-enabled" / "registry.conf").read_text()
    for zone in SERVING:
        own = environment_file.read((folder / "etc" / "registry" / f"{zone}.environment").read_text())
        assert f"upstream registry_{zone} {{ server 127.0.0.1:{own['REGISTRY_PORT']};" in text
