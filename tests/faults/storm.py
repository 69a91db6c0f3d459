"""A whole stack on servers of its own that is acted on and asked all the while, so that faults may be done to it.

Nobody mends anything but what a supervisor of processes does: it starts again what has died.
"""

from __future__ import annotations

import http.client
import itertools
import os
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from config.postgres import OWNER
from config.processes import Processes
from config.servers import Servers
from registry import actions
from registry.models import Flag, Listing
from sharing.employers.models import Screening
from tests import cast
from tests.bells import ringing_at
from tests.benchmarks.screening import SCREENINGS, Asker, asker, question
from tests.faults import checker
from tests.faults.clocks import Clock
from tests.faults.commit_cutter import Cutter, cutter
from tests.faults.own_server import lay_out, led_to
from tests.faults.stack import Stack, supervised
from tests.faults.storm_defects import DEFECT
from tests.receiving import Received, receiver

LISTINGS = 6
DISK = "500m"
DRAINED_WITHIN = 30.0  # seconds after a fault is over
ANSWERED_WITHIN = 30.0
BETWEEN_ACTS, BETWEEN_QUESTIONS, BEFORE_ANOTHER_TRY = 0.03, 0.05, 0.1
SOUND = {HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
WAIVER = "tests: service in court is presumed, 2026-11-24"


class Clocks(NamedTuple):
    of_database: Clock
    of_processes: Clock


@dataclass
class Storm:
    """``clocks``: of the database's host, and of the others'; ``draw``: by the seed; ``unsound``: answers that nobody should get, and what an act died of that is no absence."""

    stack: Stack
    servers: Servers
    cutter: Cutter
    clocks: Clocks
    draw: random.Random
    endpoint: str
    asking: Asker
    listings: list[Listing]
    over: threading.Event = field(default_factory=threading.Event)
    acting: threading.RLock = field(default_factory=threading.RLock)
    done: Counter[str] = field(default_factory=Counter)
    unsound: list[str] = field(default_factory=list)
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    def judge(self) -> float:
        """Nobody acts meanwhile: everything must arrive in time, and everything must be as promised. Seconds it took."""
        with self.acting:
            begun = time.monotonic()
            self._drain()
            seconds = time.monotonic() - begun
            checker.check(list(self.stack.inbox.requests))
        assert not self.unsound, [*self.unsound, self._logged_errors()]
        return seconds

    def _logged_errors(self) -> list[str]:
        log = self.stack.processes.folder / "log" / "web.log"
        return [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "Error" in line]

    def _drain(self) -> None:
        begun = time.monotonic()
        while not self._settled():
            self.done["started again"] += supervised(self.stack.processes)
            assert time.monotonic() - begun < DRAINED_WITHIN, "what was done has not arrived"
            time.sleep(0.05)

    def _settled(self) -> bool:
        with absences():
            if self.stack.settled():
                return True
        return False

    def act(self) -> None:
        """One act after the other, in a thread of its own."""
        while not self.over.is_set():
            try:
                with self.acting, absences():
                    self._act()
                    self.done["acts"] += 1
            except Exception as error:  # whatever it is, it is what the test tells
                self.unsound.append(f"an act: {type(error).__name__}: {error}")
            time.sleep(BETWEEN_ACTS)
        connection.close()

    def _act(self) -> None:
        one = self.draw.randrange(len(self.listings))
        if self.draw.random() < 0.04:
            another = somebody(next(self.serials))
            ended, self.listings[one] = self.listings[one], another
            cast.withdrawn(cast.fresh(ended))
            return
        flag(self.listings[one])

    def ask(self) -> None:
        """One question after the other, each again and again with its key until it is answered."""
        for serial in itertools.count():
            if self.over.is_set():
                return
            self._ask(serial)
            time.sleep(BETWEEN_QUESTIONS)

    def _ask(self, serial: int) -> None:
        body, headers = question(serial), self.asking.headers()
        begun = time.monotonic()
        while time.monotonic() - begun < ANSWERED_WITHIN:
            status, said = self._post(body, headers)
            if status == HTTPStatus.UNAUTHORIZED:
                self._sign_in()
                headers["Authorization"] = self.asking.headers()["Authorization"]
                time.sleep(BEFORE_ANOTHER_TRY)
                continue
            if status and status not in SOUND:
                self.unsound.append(f"a question was answered {status}: {said[:300]!r}")
                return
            if status and status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.done["questions"] += 1
                return
            self.done["asked in vain" if status else "nobody there"] += 1
            time.sleep(BEFORE_ANOTHER_TRY)
        self.unsound.append("a question was not answered in time")

    def _sign_in(self) -> None:
        """By a clock that went ahead the token has ended."""
        with suppress(RuntimeError, OSError, http.client.HTTPException):
            self.asking = self.asking.signed_in()
            self.done["signed in again"] += 1

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """0 where nobody is there: the proxy before it would say 503."""
        with closing(http.client.HTTPConnection(self.asking.host, self.asking.port, timeout=20)) as opened:
            try:
                opened.request("POST", SCREENINGS, body, headers)
                answer = opened.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                return 0, b""


@contextmanager
def absences() -> Iterator[None]:
    """The database is away, or nobody knows whether it committed: looked at again, and never done again blindly."""
    try:
        yield
    except DatabaseError:
        with suppress(DatabaseError):
            connection.close()


def flag(listing: Listing) -> None:
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=timezone.now(), reason="objection received")


def somebody(serial: int) -> Listing:
    number = cast.resident(
        f"1101051988{serial // 1000 % 12 + 1:02d}{serial % 1000 // 40 + 1:02d}{serial % 40 + 101:03d}"
    )
    return cast.in_force(cast.party(cast.person(number, f"某{chr(0x4E00 + serial)}")), number=number)


@contextmanager
def storm(folder: Path, seed: int, defect: str = "") -> Iterator[Storm]:
    """Everything runs, and acts and questions go on until the block ends. ``defect``: one of `storm_defects`, in every process."""
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="storm-") as short,
        disk_of_its_own(Path(short) / "servers" / "postgres"),
        Servers.start(Path(short) / "servers", durable=False, given={}) as servers,
    ):
        assert servers.postgres is not None
        clocks = Clocks(Clock(Path(short) / "database-clock", at_once=True), Clock(Path(short) / "clock"))
        servers.postgres.stop()
        servers.postgres.child.command = [*clocks.of_database.before, *servers.postgres.child.command]
        servers.postgres.start()
        patch.setenv("REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr(settings, "REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr(settings, "REGISTRY_LOG_GUARD", str(folder / "log-guard"))
        with cutter(Path(short), servers.postgres.socket) as between:
            lay_out(servers.postgres)
            url = f"postgres://{OWNER}@/{OWNER}?host={quote(short)}"
            with led_to(Path(short)):
                yield from _running(folder, seed, servers, between, clocks, url, defect)


def _running(
    folder: Path, seed: int, servers: Servers, between: Cutter, clocks: Clocks, url: str, defect: str
) -> Iterator[Storm]:
    environment = {
        **os.environ,
        **servers.environment,
        **clocks.of_processes.environment,
        "BROKER_URL": servers.redis_url,
        "DATABASE_URL": url,
        "SHARING_HEARTBEAT_SECONDS": "1",
        DEFECT: defect,
    }
    celery, wsgi = (
        ("tests.faults.storm_celery", "tests.faults.storm_web") if defect else ("config.celery", "config.wsgi")
    )
    with (
        receiver() as inbox,
        ringing_at(servers.redis_url),
        Processes(folder, environment, celery=celery, wsgi=wsgi) as processes,
    ):
        stack = Stack(processes, inbox, servers.redis_url)
        department = cast.department()
        cast.measure(department)
        endpoint, _secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
        listings = [somebody(serial) for serial in range(LISTINGS)]
        processes.start()
        made = Storm(
            stack,
            servers,
            between,
            clocks,
            random.Random(seed),
            str(endpoint.pk),
            asker(0, processes.address),
            listings,
        )
        threads = [threading.Thread(target=each) for each in (made.act, made.ask)]
        for thread in threads:
            thread.start()
        try:
            yield made
        finally:
            made.over.set()
            for thread in threads:
                thread.join()


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[None]:
    """A small one, that can be filled, where this process may mount one; and that the database's own user can reach."""
    folder.mkdir(parents=True)
    for above in folder.parents[:2]:
        above.chmod(0o711)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "tmpfs", str(folder)],
            check=False,
            capture_output=True,
        ).returncode
    )
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def answered_once(storm: Storm) -> None:
    """Each question that was answered is on record once, however often it was tried."""
    before, recorded, since = storm.done["questions"], Screening.objects.count(), storm.done["questions"]
    assert recorded >= before
    assert recorded - since <= 1, "a question is on record more often than it was asked"


def slowly(received: Received) -> int:
    time.sleep(0.005)
    return 204
