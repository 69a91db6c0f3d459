"""The real stack on hosts of its own: database, broker, web, beat, workers and a department's receiver, each at an address.

The acts are done in this process, which reaches the database by its socket: whatever is cut, officers go on.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.postgres import OWNER, Postgres
from config.processes import Processes
from config.valkey import Valkey
from registry.turns import Lock
from sharing.delivery.meant import WITHDRAWN
from tests import cast
from tests.bells import ringing_at
from tests.faults import checker
from tests.faults.network import Host, Network, network
from tests.faults.own_server import lay_out, led_to
from tests.faults.rabbit import Rabbit
from tests.faults.stack import Stack, supervised
from tests.receiving import Received, receiver

SILENT_SECONDS = 12
DEPARTMENTS = ("finance", "telecom", "transport")
ANSWERS_AFTER = 0.03  # seconds, so that a backlog lasts long enough to be interrupted
KIND = {"web": "web", "beat": "beat"}  # every other host of ours has a worker
DELIVERS = """
    SELECT DISTINCT host(client_addr) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid = %s AND granted
"""


@dataclass
class Hosts(Stack):
    """``running``: the product's processes on each host that has some; ``guard``: the file that all workers share."""

    network: Network = field(kw_only=True)
    postgres: Postgres = field(kw_only=True)
    server: Valkey | Rabbit = field(kw_only=True)
    environment: Mapping[str, str] = field(kw_only=True)
    folder: Path = field(kw_only=True)
    running: dict[str, Processes] = field(default_factory=dict)

    def host(self, name: str) -> Host:
        return self.network.hosts.get(name) or self.network.add(name)

    def start(self, *names: str) -> None:
        """Side by side, and ready when this returns. A host that is not there is added; without power it gets it."""
        for name in names:
            self.running[name] = self._processes(name)
            self.running[name].begin(KIND.get(name, "worker"))
        for name in names:
            self.running[name].wait()

    def lose_power(self, name: str) -> None:
        """Of one that has processes of the product."""
        host = self.network.hosts[name]
        self.network.lose_power(host)
        self.running.pop(name).stop()

    def kill(self, name: str) -> None:
        """Of the product's processes on a host, for good."""
        self.network.kill(self.network.hosts[name])
        self.running.pop(name).stop()

    def come_back(self, name: str) -> None:
        self.network.switch_on(self.network.hosts[name])
        self.start(name)

    def lose_server(self, name: str, server: Postgres | Valkey | Rabbit) -> None:
        """The power of the database's host, or the broker's."""
        self.network.lose_power(self.network.hosts[name])
        server.child.kill()

    def bring_back(self, name: str, server: Postgres | Valkey | Rabbit) -> None:
        self.network.switch_on(self.network.hosts[name])
        server.start()

    def delivering(self) -> set[str]:
        """The names of the hosts on which a slot is at work."""
        with psycopg.connect(self.postgres.url, autocommit=True) as server:
            found = {address for (address,) in server.execute(DELIVERS, [Lock.DELIVERING])}
        return {host.name for host in self.network.hosts.values() if host.address in found}

    def wait_until(self, come: Callable[[], bool]) -> float:
        """Each host's units start again what ended by itself: a worker that has fallen deaf, for one."""
        return super().wait_until(lambda: self._supervised() or come())

    def _supervised(self) -> bool:
        for processes in self.running.values():
            supervised(processes)
        return False

    def all_told(self, since: float) -> float:
        """Seconds from ``since`` (monotonic) until everything arrived."""
        self.wait_until(self.settled)
        return time.monotonic() - since

    def judge(self) -> None:
        """What must hold, holds, and at each endpoint silence was kept."""
        requests = list(self.inbox.requests)
        checker.check(requests)
        for endpoint in {each.data["endpoint"] for each in requests}:
            own = [each for each in requests if each.data["endpoint"] == endpoint]
            checker.silence_is_kept(own, _withdrawn_from(own))

    def _processes(self, name: str) -> Processes:
        host = self.host(name)
        return Processes(self.folder / name, self.environment, host=host.address, within=host.within, web_workers=1)


def _withdrawn_from(requests: Sequence[Received]) -> dict[str, int]:
    """Listing number → how many requests had come when its withdrawal was first taken: from there on it is silent."""
    found: dict[str, int] = {}
    for order, each in enumerate(requests):
        if each.is_event and each.event["type"] == WITHDRAWN and 200 <= each.answered < 300:
            found.setdefault(each.event["listing"]["number"], order)
    return found


@contextmanager
def hosts(folder: Path, broker: type[Valkey | Rabbit]) -> Iterator[Hosts]:
    """Three departments with a measure and an endpoint each; the product's processes are started by the test."""
    with ExitStack() as stack:
        net = stack.enter_context(network())
        for name in ("db", "broker", "receivers"):
            net.add(name)
        postgres, url = stack.enter_context(_database(folder, net))
        server = stack.enter_context(_broker(broker, folder, net))
        with net.hosts["receivers"].entered():
            inbox = stack.enter_context(receiver(net.hosts["receivers"].address))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(settings, "SHARING_ALLOWED_NETWORKS", [ip_network(f"{net.subnet}.0/24")])
        environment = {**os.environ, **_environment(net, url, server.url, folder)}
        stack.enter_context(ringing_at(server.url))
        made = Hosts(
            Processes(folder, environment), inbox, server.url,
            network=net, postgres=postgres, server=server, environment=environment, folder=folder,
        )  # fmt: skip
        stack.callback(_stop, made)
        inbox.answer = _slowly(made)
        for sector in DEPARTMENTS:
            department = cast.department(sector)
            cast.measure(department)
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
        yield made


def _stop(made: Hosts) -> None:
    for processes in made.running.values():
        processes.stop()


def _slowly(made: Hosts) -> Callable[[Received], int]:
    def answer(received: Received) -> int:
        time.sleep(ANSWERS_AFTER)
        made.arrivals.append(time.monotonic())
        return 204

    return answer


def _environment(net: Network, database: str, broker: str, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "REGISTRY_LOG_GUARD": str(folder / "log-guard"),
        "REGISTRY_SILENT_SECONDS": str(SILENT_SECONDS),
        "SHARING_ALLOWED_NETWORKS": f"{net.subnet}.0/24",
        "SHARING_HEARTBEAT_SECONDS": "1",
        "ALLOWED_HOSTS": "*",
    }


@contextmanager
def _database(folder: Path, net: Network) -> Iterator[tuple[Postgres, str]]:
    """On its host, for its network alone and by password; this process comes by the socket, until the block ends."""
    host, password = net.hosts["db"], secrets.token_urlsafe(24)
    postgres = Postgres(
        folder / "postgres", folder / "log" / "postgres.log", durable=False,
        more={"listen_addresses": host.address}, within=host.within,
    )  # fmt: skip
    try:
        postgres.start()
        lay_out(postgres)
        with (postgres.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host {OWNER} {OWNER} {net.subnet}.0/24 scram-sha-256\n")
        with psycopg.connect(postgres.url, autocommit=True) as server:
            server.execute(f"ALTER ROLE {OWNER} PASSWORD '{password}'")
            server.execute("SELECT pg_reload_conf()")
        with led_to(postgres.socket):
            yield postgres, f"postgres://{OWNER}:{password}@{host.address}:5432/{OWNER}"
    finally:
        postgres.stop()


@contextmanager
def _broker(kind: type[Valkey | Rabbit], folder: Path, net: Network) -> Iterator[Valkey | Rabbit]:
    host, log = net.hosts["broker"], folder / "log" / "broker.log"
    server: Valkey | Rabbit
    if kind is Rabbit:
        server = Rabbit(log, host=host.address, within=host.within)
    else:
        server = Valkey(folder / "broker", log, host=host.address, within=host.within)
    try:
        server.start()
        yield server
    finally:
        server.stop()
