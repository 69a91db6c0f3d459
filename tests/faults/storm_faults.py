"""What is done to a stack that is at work. Each leaves it as a supervisor of processes would: what died is started again."""

from __future__ import annotations

import http
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg
import redis
from django.utils import timezone

from config.child import Child
from registry import bell
from sharing.departments import endpoints
from tests.faults.clocks import Clock
from tests.faults.storm import Storm, absences, flag, slowly
from tests.receiving import Received

HANGS = 3.0  # seconds: longer than what waits for a broker, shorter than what a statement may take
AWAY = 1.5  # a receiver that is away longer is tried again after half a minute
OFTEN = 10
BACK, AHEAD = 3_600.0, 3 * 86_400.0  # seconds
PIECE = 4096
Fault = Callable[[Storm], None]

TASKS = (bell.TASK, bell.SIGN_TASK, "sharing.sweep", "sharing.heartbeat", "registry.grow_audit_tree")


def a_worker_is_killed(storm: Storm) -> None:
    """While posts are out."""
    storm.stack.inbox.answer = slower
    time.sleep(AWAY)
    storm.stack.processes.kill("worker")
    storm.stack.inbox.answer = slowly
    storm.stack.processes.start("worker")


def beat_is_killed(storm: Storm) -> None:
    storm.stack.processes.kill("beat")
    time.sleep(AWAY)
    storm.stack.processes.start("beat")


def the_web_server_is_killed(storm: Storm) -> None:
    storm.stack.processes.kill("web")
    storm.stack.processes.start("web")


def one_process_of_the_web_server_is_killed(storm: Storm) -> None:
    for process in _pids(storm.stack.processes.children["web"])[1:2]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def everything_is_killed_at_once(storm: Storm) -> None:
    for name in ("worker", "beat", "web"):
        storm.stack.processes.kill(name)
    storm.stack.processes.start()


def a_release_is_rolled_out(storm: Storm) -> None:
    """The new worker beside the old one, the old one asked to end; then the web server, whose questions wait meanwhile."""
    storm.stack.processes.start("worker-2")
    storm.stack.processes.stop("worker")
    storm.stack.processes.start("worker")
    storm.stack.processes.stop("worker-2", "web")
    storm.stack.processes.start("web")


def a_second_beat_runs(storm: Storm) -> None:
    storm.stack.processes.start("beat-2")
    time.sleep(HANGS)
    storm.stack.processes.stop("beat-2")


def tasks_come_many_times(storm: Storm) -> None:
    for task in TASKS * OFTEN:
        bell.send(task)


def the_broker_is_emptied(storm: Storm) -> None:
    with _broker(storm) as broker:
        for _ in range(OFTEN):
            broker.flushall()
            time.sleep(AWAY / OFTEN)


def the_broker_dies(storm: Storm) -> None:
    assert storm.servers.valkey is not None
    storm.servers.valkey.child.kill()
    time.sleep(AWAY)
    storm.servers.valkey.start()


def the_last_bell_is_lost(storm: Storm) -> None:
    """Nobody rings again."""
    assert storm.servers.valkey is not None
    with storm.acting:
        storm.stack.processes.kill("worker")
        storm.servers.valkey.child.kill()
        with absences():
            flag(storm.listings[0])
        storm.servers.valkey.start()
        storm.stack.processes.start("worker")
        storm.judge()


def the_broker_hangs(storm: Storm) -> None:
    assert storm.servers.valkey is not None
    with _stopped(storm.servers.valkey.child):
        time.sleep(HANGS)


def the_broker_has_no_memory_left(storm: Storm) -> None:
    with _broker(storm) as broker:
        broker.config_set("maxmemory-policy", "noeviction")
        broker.config_set("maxmemory", "1mb")
        try:
            time.sleep(HANGS)
        finally:
            broker.config_set("maxmemory", "0")


def the_broker_throws_away_what_it_likes(storm: Storm) -> None:
    with _broker(storm) as broker:
        broker.config_set("maxmemory-policy", "allkeys-lru")
        broker.config_set("maxmemory", "1mb")
        try:
            time.sleep(HANGS)
        finally:
            broker.config_set("maxmemory", "0")
            broker.config_set("maxmemory-policy", "noeviction")


def the_database_dies(storm: Storm) -> None:
    assert storm.servers.postgres is not None
    storm.servers.postgres.child.kill()
    time.sleep(AWAY)
    storm.servers.postgres.start()


def the_disk_of_the_database_is_full(storm: Storm) -> None:
    """Where it has one of its own. It may stop, and cannot start again before there is room."""
    assert storm.servers.postgres is not None
    home = storm.servers.postgres.home
    if not home.is_mount():
        return
    filling = home / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(PIECE))
    time.sleep(HANGS)
    filling.unlink()
    if not storm.servers.postgres.child.alive:
        storm.servers.postgres.start()


def the_database_hangs(storm: Storm) -> None:
    assert storm.servers.postgres is not None
    with _stopped(storm.servers.postgres.child):
        time.sleep(HANGS)


def connections_to_the_database_are_ended(storm: Storm) -> None:
    for _ in range(OFTEN):
        with psycopg.connect(storm.servers.database_url, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND random() < 0.5"
            )
        time.sleep(AWAY / OFTEN)


def nobody_knows_what_was_committed(storm: Storm) -> None:
    storm.cutter.cuts = OFTEN
    time.sleep(HANGS)
    storm.cutter.cuts = 0


def the_clock_of_the_database_goes_back(storm: Storm) -> None:
    _jumped(storm, -BACK, storm.clocks.of_database)


def the_clocks_of_the_processes_go_ahead(storm: Storm) -> None:
    _jumped(storm, AHEAD, storm.clocks.of_processes)


def all_clocks_go_back(storm: Storm) -> None:
    _jumped(storm, -BACK, *storm.clocks)


def all_clocks_go_ahead(storm: Storm) -> None:
    _jumped(storm, AHEAD, *storm.clocks)


def _jumped(storm: Storm, ahead: float, *clocks: Clock) -> None:
    """Everything is as promised while they are wrong, and once they were put right; whatever bells are lost."""
    for seconds in (ahead, 0):
        _set_while_a_dead_worker_holds_leases(storm, seconds, *clocks)
        the_last_bell_is_lost(storm)


def _set_while_a_dead_worker_holds_leases(storm: Storm, ahead: float, *clocks: Clock) -> None:
    storm.stack.inbox.answer = slower
    time.sleep(AWAY)
    storm.stack.processes.kill("worker")
    storm.stack.inbox.answer = slowly
    for clock in clocks:
        clock.set(ahead)
    time.sleep(AWAY)
    storm.stack.processes.start("worker")


def the_receiver_refuses(storm: Storm) -> None:
    storm.stack.inbox.answer = lambda received: http.HTTPStatus.SERVICE_UNAVAILABLE
    time.sleep(AWAY)
    storm.stack.inbox.answer = slowly


def the_receiver_breaks_off(storm: Storm) -> None:
    def break_off(received: Received) -> int:
        raise ConnectionResetError

    storm.stack.inbox.answer = break_off
    time.sleep(AWAY)
    storm.stack.inbox.answer = slowly


def the_receiver_hangs(storm: Storm) -> None:
    wakes = threading.Event()

    def hang(received: Received) -> int:
        wakes.wait(HANGS)
        return http.HTTPStatus.NO_CONTENT

    storm.stack.inbox.answer = hang
    time.sleep(AWAY)
    storm.stack.inbox.answer = slowly
    wakes.set()


def the_secret_is_rotated(storm: Storm) -> None:
    """Until there are as many as may live."""
    with absences():
        endpoints.rotate_secret(storm.endpoint, now=timezone.now())


def slower(received: Received) -> int:
    time.sleep(HANGS / OFTEN)
    return http.HTTPStatus.NO_CONTENT


FAULTS: tuple[Fault, ...] = (
    a_worker_is_killed,
    beat_is_killed,
    the_web_server_is_killed,
    one_process_of_the_web_server_is_killed,
    everything_is_killed_at_once,
    a_release_is_rolled_out,
    a_second_beat_runs,
    tasks_come_many_times,
    the_broker_is_emptied,
    the_broker_dies,
    the_last_bell_is_lost,
    the_broker_hangs,
    the_broker_has_no_memory_left,
    the_broker_throws_away_what_it_likes,
    the_database_dies,
    the_disk_of_the_database_is_full,
    the_database_hangs,
    connections_to_the_database_are_ended,
    nobody_knows_what_was_committed,
    the_clock_of_the_database_goes_back,
    the_clocks_of_the_processes_go_ahead,
    all_clocks_go_back,
    all_clocks_go_ahead,
    the_receiver_refuses,
    the_receiver_breaks_off,
    the_receiver_hangs,
    the_secret_is_rotated,
)


@contextmanager
def _broker(storm: Storm) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(storm.servers.redis_url) as broker:
        yield broker


def _pids(child: Child) -> list[psutil.Process]:
    """The process and all that it started, itself first."""
    assert child.process is not None
    first = psutil.Process(child.process.pid)
    return [first, *first.children(recursive=True)]


@contextmanager
def _stopped(child: Child) -> Iterator[None]:
    """Neither dead nor answering."""
    processes = _pids(child)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()
