"""`python -m tests.weighing [LISTINGS]`: what a listing, a department told, a delivery and a screening weigh.

On servers of its own, as production has them (fsync on). Bytes are those of tables with indexes after VACUUM, and of the
write-ahead log; seconds are of the processor, ours and PostgreSQL's, so that a busy machine does not change them much. One
line of JSON for each; docs/sizing.md has them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
import psutil
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from config.new_keys import new_environment
from config.processes import Processes
from config.servers import Servers

LISTINGS, DEPARTMENTS, SCREENINGS = 3_000, 4, 400
TIMES = 4  # that everything is delivered
FIRST = 200  # of the screenings: what is planned and remembered once


def main(listings: int = LISTINGS) -> None:
    with tempfile.TemporaryDirectory() as name, Servers.start(Path(name), durable=True, given={}) as servers:
        os.environ.update(
            new_environment(),
            **servers.environment,
            DJANGO_SETTINGS_MODULE="config.settings",
            REGISTRY_LOG_GUARD=f"{name}/log-guard",
            REGISTRY_NOTICE_WAIVER="2026-11-24 measured: service in court is presumed",
            SHARING_HELD_SHARE="0",
        )
        django.setup()
        call_command("migrate", verbosity=0)
        assert servers.postgres
        assert servers.postgres.child.process
        _weigh(listings, psutil.Process(servers.postgres.child.process.pid), Path(name))
        connection.close()


def _weigh(listings: int, server: psutil.Process, folder: Path) -> None:
    cast, book = import_string("tests.cast.department"), import_string("tests.benchmarks.book.fill")
    measure, walk = import_string("tests.cast.measure"), import_string("sharing.departments.telling.walk")
    ask = _Asks()
    book(10)
    ask.several(FIRST)
    _step("listing", listings, lambda: book(listings, after=10), server)
    for number in range(DEPARTMENTS):
        measure(cast(code=f"department-{number}"))
    _step("screening", SCREENINGS, lambda: ask.several(SCREENINGS), server)
    _over_http(folder, server)
    more = listings // 2
    book(more, after=listings + 10)
    _step("told", more * DEPARTMENTS, lambda: _told(walk), server)
    _delivered(folder, server)


class _Asks:
    """One employer's program, every second time about somebody who is listed."""

    def __init__(self) -> None:
        self.number = 0

    def several(self, count: int) -> None:
        answered, question = import_string("tests.asking.answered"), import_string("tests.asking.question")
        number_of, employer = (
            import_string("tests.benchmarks.book.number_of"),
            import_string("tests.asking.bank")(1_000_000),
        )
        for _ in range(count):
            self.number += 1
            serial = self.number if self.number % 2 else 5_000_000 + self.number
            answered(question(document_number=number_of(serial)), employer, timezone.now())


def _told(walk: Callable[..., object]) -> None:
    """Until nothing is left to be told."""
    telling, head = import_string("sharing.delivery.models.TellingCursor"), import_string("registry.models.LogHead")
    while telling.objects.get().position < head.objects.get().size:
        walk(now=timezone.now())


def _over_http(folder: Path, server: psutil.Process) -> None:
    """Asked as an employer's program asks, on one kept connection without TLS; what asks is not counted."""
    asker, path = (
        import_string("tests.benchmarks.screening.asker"),
        import_string("tests.benchmarks.screening.SCREENINGS"),
    )
    with Processes(folder, os.environ) as processes:
        processes.start("web")
        assert processes.children["web"].process
        web = psutil.Process(processes.children["web"].process.pid)
        asking = asker(0, processes.address)
        serials = [serial if serial % 2 else 5_000_000 + serial for serial in range(1, FIRST + SCREENINGS + 1)]
        asking.ask(path, serials[:FIRST])
        _step("screening over HTTP", SCREENINGS, lambda: asking.ask(path, serials[FIRST:]), server, lambda: _of(web))


def _delivered(folder: Path, server: psutil.Process) -> None:
    """All that one department was told, posted to its endpoint so many times, without TLS; what receives is not counted."""
    endpoints, attempts = (
        import_string("sharing.delivery.models.Endpoint"),
        import_string("sharing.delivery.models.Attempt"),
    )
    run, add = import_string("sharing.delivery.slot.run"), import_string("tests.cast.add_endpoint")
    department, now = import_string("tests.cast.department")(code="department-0"), import_string("tests.cast.NOW")
    stage = import_string("tests.benchmarks.stage.Stage")(folder, lambda said: None)
    with import_string("tests.benchmarks.stage.inbox")(stage) as receiver:
        add(department, receiver.url, now=now)

        def again() -> None:
            for _ in range(TIMES):
                endpoints.objects.update(cursor=0)
                run()

        _step("delivery", TIMES * import_string("registry.models.LogHead").objects.get().size, again, server)
        assert attempts.objects.count() == receiver.seen()[0]


def _ourselves() -> float:
    return float(sum(psutil.Process().cpu_times()[:2]))


def _step(
    name: str, count: int, do: Callable[[], object], server: psutil.Process, ours: Callable[[], float] = _ourselves
) -> None:
    before, log, own, theirs = _sizes(), _log(), ours(), _of(server)
    do()
    seconds = (ours() - own, _of(server) - theirs)
    written, after = _log() - log, _sizes()
    grown = {table: (size - before[table]) / count for table, size in after.items() if size > before[table]}
    heaviest = sorted(grown.items(), key=lambda each: -each[1])[:8]
    row = {
        "of": name, "count": count, "bytes": round(sum(grown.values())), "log_bytes": round(written / count),
        "ms": round(seconds[0] / count * 1000, 3), "postgres_ms": round(seconds[1] / count * 1000, 3),
        "tables": {table: round(size) for table, size in heaviest},
    }  # fmt: skip
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def _sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


def _log() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def _of(server: psutil.Process) -> float:
    """Seconds of the processor of the server and all its processes that are there."""
    return sum(sum(each.cpu_times()[:2]) for each in (server, *server.children(recursive=True)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
