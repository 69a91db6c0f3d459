"""A batch from its upload to its signed results, and the memory of whoever asks many of them.

`BATCH=10000` names how many rows a file has, `BATCH_MEMORY=100000` how many are asked while memory is looked at.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import os
import secrets
from collections.abc import Iterable, Sequence

import psutil
from django.db import connection
from django.utils import timezone

from registry.keys import keyring
from registry.models import IdentityDocument
from sharing.employers import batch, batch_asking, batch_files
from sharing.employers.batch_files import Form
from sharing.employers.models import Batch, BatchState, Employer, Screening
from sharing.employers.padding import ANSWER_BYTES
from sharing.employers.uploads import HEADS
from sharing.parties import members
from sharing.parties.models import Member, MemberRole
from sharing.signing import sign_result
from tests import asking
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

ROWS = int(os.environ.get("BATCH", "10000"))
MEMORY = int(os.environ.get("BATCH_MEMORY", "100000"))
ROUNDS = 3
PURPOSE, POST = "finance_recruitment", "loan_officer"
ENOUGH = 10_000_000
MEGABYTE = 1024 * 1024
MOST_SECONDS = 10

MEASURED = (
    "a CSV file of {rows:,} rows, every second applicant listed: read, checked and sealed row by row, begun, asked in "
    "chunks of {chunk} by one process, and the results written as CSV; every answer signed and sealed; fsync on"
)
FLOOR = (
    "the same process signs {rows:,} results of the same size, seals as many rows and answers, and inserts them with "
    "one COPY"
)
MEMORY_OF = "resident memory of a process that checks, asks and writes out files of {rows:,} rows, after the first one"
MEMORY_THEN = "the same after {all:,} rows"

_forms = itertools.count(1)


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{ROWS:,} identity documents")
    book.fill(ROWS)
    expect(IdentityDocument.objects.count() == ROWS, "a document is missing")
    bank = asking.bank(daily_quota=ENOUGH)
    hr = members.take_in(bank.organisation, username="hr", password=secrets.token_hex(), name="HR", role=MemberRole.HR)
    return [_pace(stage, bank, hr), _memory(stage, bank, hr)]


def _pace(stage: Stage, bank: Employer, hr: Member) -> Figure:
    values, floors = [], []
    for number in range(ROUNDS):
        stage.say(f"round {number + 1} of {ROUNDS}")
        file = _file(_half_listed())
        floors.append(seconds(_floor))
        values.append(seconds(lambda file=file: _asked(file, bank, hr)))  # type: ignore[misc]  # bound at once
    expect(Screening.objects.count() == ROUNDS * ROWS, "a row was not answered")
    return Figure(
        name="batch", unit="s", values=values, floors=floors, target_of="value", target=MOST_SECONDS,
        measured=MEASURED.format(rows=ROWS, chunk=batch_asking.CHUNK), floor_is=FLOOR.format(rows=ROWS),
    )  # fmt: skip


def _memory(stage: Stage, bank: Employer, hr: Member) -> Figure:
    process, looks = psutil.Process(), []
    for number in range(max(MEMORY // ROWS, 2)):
        stage.say(f"{number * ROWS:,} rows")
        start = (number + 2) * ROWS
        _asked(_file(range(start, start + ROWS)), bank, hr)
        looks.append(float(process.memory_info().rss) / MEGABYTE)
    return Figure(
        name="batch_memory", unit="MB", values=[looks[0]], floors=[looks[-1]], target_of="ratio", target=0.95,
        measured=MEMORY_OF.format(rows=ROWS), floor_is=MEMORY_THEN.format(all=len(looks) * ROWS),
    )  # fmt: skip


def _asked(file: bytes, bank: Employer, hr: Member) -> None:
    """From the bytes of the upload to those of the results."""
    made = batch.check(file, purpose=PURPOSE, post=POST, employer=bank, member=hr, now=timezone.now())
    batch.begin(made.pk, employer=bank, now=timezone.now())
    while batch_asking.go_on(now=timezone.now()):
        pass
    done = Batch.objects.get(pk=made.pk)
    expect(done.state == BatchState.DONE and done.answered == ROWS, f"the batch is {done.state}")
    written = sum(map(len, batch_files.results_file(done, Form.CSV)))
    expect(written > ROWS, "the file is empty")


def _half_listed() -> Sequence[int]:
    """Half of the serial numbers are in the book."""
    return [serial // 2 + ROWS * (serial % 2) for serial in range(ROWS)]


def _file(serials: Iterable[int]) -> bytes:
    text, today = io.StringIO(), timezone.localdate().isoformat()
    lines = csv.writer(text)
    lines.writerow([names[0] for names in HEADS.values()])
    for serial in serials:
        form = hashlib.sha256(f"form {next(_forms)}".encode()).hexdigest()
        lines.writerow([f"A-{serial}", book.name_of(serial), "", book.number_of(serial), form, today])
    return text.getvalue().encode()


def _floor() -> None:
    claims = {"iss": "https://court.example", "jti": "scr_" + "0" * 26, "applicant": "0" * 43, "purpose": PURPOSE}
    asked, answer = b"x" * 240, b"x" * ANSWER_BYTES
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE benchmark_floor (id bigint PRIMARY KEY, asked bytea, result text, answer bytea)")
        with cursor.cursor.copy("COPY benchmark_floor FROM STDIN") as copy:
            for place in range(ROWS):
                sealed = [keyring().seal(each, bound_to=f"floor.{place}") for each in (asked, answer)]
                copy.write_row((place, sealed[0], sign_result({**claims, "serial": json.dumps(place)}), sealed[1]))
        cursor.execute("DROP TABLE benchmark_floor")
