"""Several hosts: any of them loses its power or its network under load, and comes back; nothing is lost, and nobody helps but the units.

After each the one checker judges, and that nothing of a listing goes out whole once its withdrawal has arrived.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
import requests
from django.db import connection

from config.processes import ROOT
from config.valkey import Valkey
from registry import actions
from registry.models import Flag, Listing
from registry.turns import Lock, one_of
from sharing.delivery.models import Endpoint
from tests import cast
from tests.faults.hosts import DEPARTMENTS, Hosts, hosts
from tests.faults.network import needs_namespaces
from tests.faults.rabbit import Rabbit

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(300)]
WAIVER = "tests: service in court is presumed, 2026-11-24"
LISTINGS, ROUNDS = 6, 4
WORKERS = ("worker-1", "worker-2")
PATIENCE = 15  # seconds, within which every page says that the database is away (docs/operating.md)
LOSS = 10  # packets of a hundred
NUMBERS = iter(range(101, 900))
HOLD = """
import django, sys, time
django.setup()
from registry.turns import Lock, one_of
with one_of(of=Lock.MINDING) as turn:
    print(turn, flush=True)
    time.sleep(600)
"""


@contextmanager
def running_with(broker: type[Valkey | Rabbit], folder: Path) -> Iterator[Hosts]:
    needs_namespaces()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", WAIVER)
        with hosts(folder, broker) as made:
            made.start("web", "beat", *WORKERS)
            yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Hosts]:
    with django_db_blocker.unblock(), running_with(Valkey, tmp_path_factory.mktemp("hosts")) as made:
        yield made


@pytest.fixture(scope="module")
def listings(running) -> list[Listing]:
    return [listed() for _ in range(LISTINGS)]


@pytest.fixture(autouse=True)
def judged(running) -> Iterator[None]:
    """After each test everything is told in the end, and the one checker looks at all that ever went out."""
    yield
    running.all_told(time.monotonic())
    running.judge()


def listed() -> Listing:
    number = cast.resident(f"11010519880307{next(NUMBERS)}")
    return cast.in_force(cast.party(cast.person(number, "某人")), number=number)


def write(listings, rounds=ROUNDS) -> None:
    """One event of each listing a round, each an act of its own; then one listing is withdrawn."""
    doomed = listed()
    for _ in range(rounds):
        for listing in (*listings, doomed):
            act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
            act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
    cast.withdrawn(cast.fresh(doomed))


def a_worker_at_work(running) -> str:
    """One that delivers at this moment."""
    found: list[str] = []

    def is_found() -> bool:
        found.extend(sorted(running.delivering() & set(WORKERS)))
        return bool(found)

    running.wait_until(is_found)
    return found[0]


def say(capsys, figure: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n  {figure}\n")


def told(running: Hosts, listings: list[Listing], since: float) -> float:
    """Seconds from ``since`` until everything was told, and what is written now too."""
    write(listings, 1)
    return running.all_told(since)


def test_a_worker_without_power_is_replaced_by_the_other(running, listings, capsys):
    write(listings)
    lost = a_worker_at_work(running)
    running.lose_power(lost)
    alone = told(running, listings, time.monotonic())
    running.come_back(lost)
    back = told(running, listings, time.monotonic())
    say(capsys, f"{lost} without power: all told {alone:.1f} s later by the other; {back:.1f} s after its return")


def test_a_worker_without_a_network_sends_nothing_that_its_successor_has_overtaken(running, listings, capsys):
    """It still has what it was about to send, and sends it as soon as it can: but by then another one was further."""
    write(listings)
    lost = running.network.hosts[a_worker_at_work(running)]
    running.network.cut_off(lost)
    alone = told(running, listings, time.monotonic())
    running.network.join(lost)
    back = told(running, listings, time.monotonic())
    say(capsys, f"{lost.name} cut off: all told {alone:.1f} s later by the other; {back:.1f} s after its return")


def test_a_worker_that_reaches_receivers_and_not_the_database_sends_nothing_either(running, listings, capsys):
    write(listings)
    lost, database = running.network.hosts[a_worker_at_work(running)], running.network.hosts["db"]
    running.network.part(lost, database)
    alone = told(running, listings, time.monotonic())
    running.network.mend(lost, database)
    back = told(running, listings, time.monotonic())
    say(capsys, f"{lost.name} without database: all told {alone:.1f} s later; {back:.1f} s after it was back")


def test_the_turn_of_a_host_that_is_gone_is_free_within_seconds(running, capsys):
    """A session's locks stand until the server misses its host: left to itself, for two hours."""
    host = running.host("minder")
    environment = {**running.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [*host.within, sys.executable, "-c", HOLD]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT) as minder:
        try:
            assert minder.stdout
            assert minder.stdout.readline() == "0\n"
            with one_of(of=Lock.MINDING) as turn:
                assert turn is None, "it is taken"
        finally:
            running.network.lose_power(host)
    took = running.wait_until(its_turn_is_free)
    say(capsys, f"a turn of a host without power: free {took:.1f} s later")


def its_turn_is_free() -> bool:
    with one_of(of=Lock.MINDING) as turn:
        return turn is not None


def test_beat_without_power_costs_nothing_that_the_bell_announces(running, listings, capsys):
    write(listings, 1)
    running.lose_power("beat")
    without = told(running, listings, time.monotonic())
    running.come_back("beat")
    back = told(running, listings, time.monotonic())
    say(capsys, f"beat without power: all told {without:.1f} s after the last act; {back:.1f} s after its return")


def test_the_broker_without_power_and_with_everything_in_it(running, listings, capsys):
    write(listings)
    running.lose_server("broker", running.server)
    write(listings, 1)
    running.bring_back("broker", running.server)
    took = told(running, listings, time.monotonic())
    running.wait_until(lambda: swept_lately())
    say(capsys, f"the broker without power: all told {took:.1f} s after its return")


def test_the_broker_without_a_network(running, listings, capsys):
    write(listings)
    broker = running.network.hosts["broker"]
    running.network.cut_off(broker)
    write(listings, 1)
    running.wait_until(lambda: not swept_lately())
    running.network.join(broker)
    took = told(running, listings, time.monotonic())
    running.wait_until(lambda: swept_lately())
    say(capsys, f"the broker cut off: all told {took:.1f} s after it was joined")


def swept_lately() -> bool:
    """Beat asks and a worker answers: a sweep went around in the last ten seconds, as the database counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at > clock_timestamp() - interval '10 seconds' FROM delivery_pulse WHERE process = 'sweep'"
        )
        return bool(cursor.fetchone()[0])


def test_the_database_without_power(running, listings, capsys):
    write(listings)
    running.lose_server("db", running.postgres)
    connection.close()
    assert health(running) == HTTPStatus.SERVICE_UNAVAILABLE
    running.bring_back("db", running.postgres)
    since = time.monotonic()
    running.wait_until(lambda: health(running) == HTTPStatus.OK)
    took = told(running, listings, since)
    say(capsys, f"the database without power: all told {took:.1f} s after its return")


def test_the_database_without_a_network(running, listings, capsys):
    write(listings)
    database = running.network.hosts["db"]
    running.network.cut_off(database)
    try:
        write(listings, 1)
        assert health(running) == HTTPStatus.SERVICE_UNAVAILABLE
    finally:
        running.network.join(database)
    since = time.monotonic()
    running.wait_until(lambda: health(running) == HTTPStatus.OK)
    took = told(running, listings, since)
    say(capsys, f"the database cut off: all told {took:.1f} s after it was joined")


def health(running) -> int:
    """What web says, within our patience; 0 where nobody is there to say anything."""
    try:
        return requests.get(f"{running.running['web'].address}/health", timeout=PATIENCE).status_code
    except requests.ConnectionError:
        return 0


def test_web_without_power_answers_again_and_all_else_goes_on_meanwhile(running, listings, capsys):
    running.lose_power("web")
    without = told(running, listings, time.monotonic())
    running.come_back("web")
    assert health(running) == HTTPStatus.OK
    say(capsys, f"web without power: all told {without:.1f} s after the last act")


def test_receivers_without_a_network(running, listings, capsys):
    host = running.network.hosts["receivers"]
    running.network.cut_off(host)
    write(listings, 1)
    running.wait_until(lambda: Endpoint.objects.filter(failures__gt=0).count() == len(DEPARTMENTS))
    running.network.join(host)
    took = told(running, listings, time.monotonic())
    say(capsys, f"receivers cut off: all told {took:.1f} s after they were joined")


def test_a_network_that_loses_one_packet_in_ten(running, listings, capsys):
    with running.network.losing(LOSS) as lost:
        write(listings)
        took = told(running, listings, time.monotonic())
        assert health(running) == HTTPStatus.OK
        packets = lost()
    assert packets > 0
    say(capsys, f"{packets} packets lost, one in ten: all told {took:.1f} s after the last act")


def test_workers_come_and_go_under_load(running, listings, capsys):
    """One is added, one is stopped by its unit, one is killed, all while acts are done."""
    write(listings, 2)
    running.start("worker-3")
    write(listings, 2)
    running.running["worker-2"].stop()
    write(listings, 2)
    running.kill("worker-3")
    since = time.monotonic()
    took = told(running, listings, since)
    running.start("worker-2")
    told(running, listings, time.monotonic())
    say(capsys, f"one worker added, one stopped, one killed: all told {took:.1f} s after the last")
