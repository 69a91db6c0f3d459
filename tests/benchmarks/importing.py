"""Old decisions from a file: rows checked and rows written in a second, beside the least that reading and storing take.

`IMPORT=100000` names how many rows the file has.
"""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import date, timedelta
from multiprocessing import get_context

import psutil
from django.db import connection, connections
from django.utils import timezone

from config.loaded import leave_out_of_collection
from registry.importing import deciding, going_on, reading, uploading
from registry.importing.columns import COLUMNS
from registry.keys import keyring
from registry.models import Import, ImportState, Listing, State
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

ROWS = int(os.environ.get("IMPORT", "100000"))
MEGABYTE = 1024 * 1024
PARTIES = 2  # of one judgment
CHECKED_A_SECOND, WRITTEN_A_SECOND = 2_000, 1_000
NEXT_LOOK = 0.005  # seconds
FIRST_DAY = date(2023, 1, 3)
SEALED_A_ROW = 6  # name, birth date, number, prohibition; body and salt of the event

CHECKED = (
    "a CSV file of {rows:,} rows, two parties in each judgment: uploaded, kept sealed in pieces, read from there and sealed "
    "row by row as a worker does, and checked, all by one process "
    "against a book that grows with it; fsync on"
)
CHECKED_FLOOR = "the same process reads the same file with the same reader, and does nothing with it"
WRITTEN = (
    "the same rows, approved, written in chunks of 500 by two processes, one at a time, of which the other opens the next chunk "
    "meanwhile: decisions, persons, listings, acts and events, each chunk one transaction; fsync on"
)
WRITTEN_FLOOR = "one process seals as many values and stores as many rows of one table with COPY, 500 at once"
MEMORY = "resident memory of the process when the first tenth of {rows:,} rows is written"
MEMORY_THEN = "the same when all are"


def measure(stage: Stage) -> list[Figure]:
    file = _file()
    stage.say(f"{ROWS:,} rows, {len(file) / MEGABYTE:.0f} MB")
    read = seconds(lambda: expect(sum(1 for _ in reading.read(file)) == ROWS, "a row is missing"))
    made: list[Import] = []
    leave_out_of_collection()  # as every worker does
    stage.say("checking")
    checked = seconds(lambda: made.append(_checked(stage, file)))
    (import_,) = made
    stage.say(f"{ROWS / checked:,.0f} rows/s checked; writing")
    stored = seconds(_stored)
    deciding.submit(import_.pk, officer=cast.clerk(), now=timezone.now())
    import_.refresh_from_db()
    typed = {
        line.number: tuple(each.number for each in line.party.entry.person.documents)
        for line in deciding.lines_of(import_, deciding.sample(import_))
        if line.party is not None
    }
    deciding.approve(import_.pk, typed=typed, officer=cast.judge(), now=timezone.now())
    looks: list[float] = []
    written = seconds(lambda: _write(looks))
    stage.say(f"{ROWS / written:,.0f} rows/s written")
    import_.refresh_from_db()
    expect(import_.state == ImportState.DONE and import_.written == ROWS, f"{import_.state}, {import_.written} written")
    expect(Listing.objects.filter(state=State.ACTIVE).count() == ROWS, "a listing is not in force")
    return [
        Figure(
            name="import_checked", unit="s", values=[checked], floors=[read], target_of="value",
            target=ROWS / CHECKED_A_SECOND, measured=CHECKED.format(rows=ROWS), floor_is=CHECKED_FLOOR,
        ),
        Figure(
            name="import_written", unit="s", values=[written], floors=[stored], target_of="value",
            target=ROWS / WRITTEN_A_SECOND, measured=WRITTEN, floor_is=WRITTEN_FLOOR,
        ),
        Figure(
            name="import_memory", unit="MB", values=[looks[0]], floors=[looks[-1]], target_of="ratio", target=0.9,
            measured=MEMORY.format(rows=ROWS), floor_is=MEMORY_THEN,
        ),
    ]  # fmt: skip


def _checked(stage: Stage, file: bytes) -> Import:
    begun = time.perf_counter()
    import_ = uploading.upload(file, officer=cast.clerk(), now=timezone.now())
    uploaded = time.perf_counter()
    expect(going_on.go_on(now=timezone.now()), "nobody reads it")
    stage.say(f"uploaded in {uploaded - begun:.1f} s, read in {time.perf_counter() - uploaded:.1f} s")
    while going_on.go_on(now=timezone.now()):
        pass
    import_.refresh_from_db()
    expect(import_.state == ImportState.CHECKED and import_.sound == ROWS, f"{import_.state}, {import_.wrong} wrong")
    return import_


def _write(looks: list[float]) -> None:
    connections.close_all()  # a database connection is not shared between processes
    other = get_context("fork").Process(target=_until_written, args=([],), daemon=True)
    other.start()
    _until_written(looks)
    other.join()


def _until_written(looks: list[float]) -> None:
    process, chunks = psutil.Process(), 0
    while Import.objects.filter(state=ImportState.WRITING).exists():
        if not going_on.go_on(now=timezone.now()):
            time.sleep(NEXT_LOOK)
            continue
        chunks += 1
        if chunks * 500 >= ROWS / 20 and (not looks or chunks % 10 == 0):
            looks.append(process.memory_info().rss / MEGABYTE)
    looks.append(process.memory_info().rss / MEGABYTE)


def _stored() -> None:
    value = b"x" * 60
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE benchmark_floor (id bigint PRIMARY KEY, a bytea, b bytea, c bytea, d bytea, e bytea, f bytea)"
        )
        for start in range(0, ROWS, 500):
            with cursor.cursor.copy("COPY benchmark_floor FROM STDIN") as copy:
                for place in range(start, min(start + 500, ROWS)):
                    sealed = [keyring().seal(value, bound_to=f"floor.{place}.{each}") for each in range(SEALED_A_ROW)]
                    copy.write_row((place, *sealed))
        cursor.execute("DROP TABLE benchmark_floor")


def _file() -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([column.zh for column in COLUMNS.values()])
    for serial in range(ROWS):
        said = _row(serial)
        lines.writerow([said.get(name, "") for name in COLUMNS])
    return text.getvalue().encode()


def _row(serial: int) -> dict[str, str]:
    case = serial // PARTIES
    day = FIRST_DAY + timedelta(days=case % 500)
    said = {
        "number": f"（{day.year}）京0105刑初{case + 1}号",
        "name": book.name_of(serial),
        "document_number": book.number_of(serial),
        "charge": "侵犯公民个人信息罪",
        "article": "CL 253-1",
        "offence_dates": "2022-05-06, 2022-08-31",
        "penalty_kind": "有期徒刑",
        "sentence_months": str(24 + serial % 12),
        "fine_yuan": "20000",
        "received_on": (day + timedelta(days=1)).isoformat(),
        "prohibition_scope": "不得从事个人信息处理相关职业",
        "prohibition_months": "36",
    }
    if serial % PARTIES:
        return said
    return said | {
        "instance": "一审",
        "instrument": "判决",
        "filed_on": (day - timedelta(days=90)).isoformat(),
        "pronounced_on": day.isoformat(),
        "prosecutor_received_on": (day + timedelta(days=1)).isoformat(),
        "effect_certified_on": (day + timedelta(days=30)).isoformat(),
        "facts": "telecom_fraud_related",
        "data": "phone_number:52000",
        "channels": "social_app",
    }
