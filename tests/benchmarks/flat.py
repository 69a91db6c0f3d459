"""Whether a question costs more where the book is long: asked of a small book, and of the same book grown.

`LISTINGS=10000000` names how long. The further listings are copies of one, each of a person and a document of its own.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection
from statistics import median

from django.db import connection

from config.processes import Processes
from registry.models import Case, Decision, IdentityDocument, Listing, Party, Person, Prohibition
from tests.benchmarks import book, screening
from tests.benchmarks.copies import Copies, insert
from tests.benchmarks.figures import Figure
from tests.benchmarks.screening import BARE, SCREENINGS, WEB, Asker, asker
from tests.benchmarks.stage import Stage, expect

FEW, MANY = 10_000, int(os.environ.get("LISTINGS", "1000000"))
ROUNDS, QUESTIONS = 15, 100
CHUNK = 500_000

MEASURED = (
    f"median time of {QUESTIONS} times POST {SCREENINGS} one after the other, in medians of a bare view asked in turns with "
    "them, every second applicant listed, {many:,} listings in force; a round in {rounds}"
)
FLOOR = "the same of {few:,} listings, before"

# What is not named here is as in the row that is copied. What is sealed opens in that row alone: the copies stand behind
# the others in every list. Prohibitions are sealed anew: who is not in the book has those of a listing drawn from all.
_COPIES: Copies = (
    (Person, {"id": "md5('person' || nth)::uuid"}),
    (IdentityDocument, {
        "id": "md5('document' || nth)::uuid", "person_id": "md5('person' || nth)::uuid", "digest": "sha256(int8send(nth))",
    }),
    (Case, {"id": "nth", "number": "'（2025）京0105刑初' || nth || '号'"}),
    (Decision, {"id": "nth", "number": "'（2025）京0105刑初' || nth || '号'", "case_id": "nth"}),
    (Party, {"id": "nth", "person_id": "md5('person' || nth)::uuid", "decision_id": "nth"}),
    (Listing, {
        "id": "nth", "party_id": "nth", "number": "'C ' || nth",
        "ends_on": "copied.ends_on + (nth %% 1000)::int",
    }),
)  # fmt: skip


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{FEW:,} listings")
    book.fill(FEW)
    with Processes(stage.folder, stage.environment()) as processes:
        processes.start(WEB)
        one = asker(0, processes.address)
        few = _rounds(stage, one, 0)
        grow(stage, MANY - FEW)
        many = _rounds(stage, one, ROUNDS + 1)
    facts = {"few": FEW, "many": MANY, "rounds": ROUNDS}
    # In bare views a second: the more, the better, like every other ratio.
    return [
        Figure(
            name="flat", unit="of a bare view", values=many, floors=few, target_of="ratio", target=1 / 1.1,
            measured=MEASURED.format(**facts), floor_is=FLOOR.format(**facts),
        )
    ]  # fmt: skip


def grow(stage: Stage, count: int) -> None:
    """So many further listings in force."""
    start = 1_000_000_000
    for first in range(start, start + count, CHUNK):
        last = min(first + CHUNK, start + count) - 1
        stage.say(f"{FEW + last - start + 1:,} listings")
        insert(_COPIES, first, last)
        _prohibit(range(first, last + 1))
    stage.say("vacuum")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    expect(Listing.objects.filter(state="active").count() == FEW + count, "a listing is missing")


def _prohibit(parties: range) -> None:
    """Each as the first one of the book."""
    one = Prohibition.objects.earliest("pk")
    words, columns = one.scope, [field.attname for field in Prohibition._meta.concrete_fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Prohibition._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for party in parties:
            one.id, one.party_id = uuid.uuid4(), party
            one.scope = words
            copy.write_row([getattr(one, column) for column in columns])


def _rounds(stage: Stage, one: Asker, after: int) -> list[float]:
    """The first one warms up: new plans are made after the tables grew."""
    rates = []
    for number in range(ROUNDS + 1):
        stage.say(f"round {number} of {ROUNDS}")
        start = (after + number) * QUESTIONS
        serials = [(start + nth) % FEW + FEW * (nth % 2) for nth in range(QUESTIONS)]
        bare, asked = _medians(one, serials)
        rates.append(bare / asked)
    return rates[1:]


def _medians(one: Asker, serials: Sequence[int]) -> tuple[float, float]:
    """Of the bare view and of the question, in turns over one connection; seconds."""
    taken: dict[str, list[float]] = {BARE: [], SCREENINGS: []}
    with closing(HTTPConnection(one.host, one.port, timeout=30)) as kept:
        for serial in serials:
            for path, times in taken.items():
                begun = time.perf_counter()
                kept.request("POST", path, screening.question(serial), one.headers())
                response = kept.getresponse()
                response.read()
                times.append(time.perf_counter() - begun)
                expect(response.status == 201, f"{path} answered {response.status}")
    return median(taken[BARE]), median(taken[SCREENINGS])
