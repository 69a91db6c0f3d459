"""How long the court's figures take to count over a book of a million decisions (`DECISIONS=` names another number)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.db.models import Model

from registry.models import Case, DataInvolved, Decision, Listing, Party, Person
from registry.statistics.counting import Counts, Period, count
from registry.statistics.tallying import tally
from sharing.statistics import charts, files
from tests import cast, releases
from tests.benchmarks import book
from tests.benchmarks.copies import insert
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

DECISIONS = int(os.environ.get("DECISIONS", "1000000"))
FEW, START, APPEALS, CHUNK = 20, 1_000_000_000, 2_000_000_000, 250_000
ROUNDS, REPORTS = 7, 3
YEARS = Period(date(2016, 1, 1), date(2026, 6, 30))
TABLES = ("registry_case", "registry_decision", "registry_datainvolved", "registry_party", "registry_listing")

MEASURED = (
    f"every number of the report over ten years, from the tallies (`registry.statistics.counting.count`), {DECISIONS:,} decisions with a person "
    "each, a quarter of the cases appealed"
)
TALLY_MEASURED = (
    "the whole book counted anew, day by day, as the clock does every hour (`registry.statistics.tallying.tally`)"
)
REPORT_MEASURED = (
    "the printed report of a release over ten years, in both languages, with its charts and tables: one PDF"
)
REPORT_FLOOR = "its charts alone, drawn as for paper"
FLOOR = "the rows of the same five tables counted, one after the other"


def _one_of(codes: str, every: int = 1) -> str:
    """SQL: one of these codes, another one for every so many numbers."""
    listed = codes.split()
    return f"(ARRAY{listed})[1 + (nth / {every}) %% {len(listed)}]"


def _some_of(codes: str) -> str:
    """SQL: an array of one or two of these codes."""
    return f"ARRAY[{_one_of(codes)}, {_one_of(codes, 7)}]::varchar[]"


_COURTS = "(SELECT array_agg(id) FROM registry_court)"
_DAY = "date '2016-01-04' + (nth %% 3500)::int"
_COPIES: tuple[tuple[type[Model], int, Mapping[str, str]], ...] = (
    (Case, START, {
        "id": "nth", "number": "'（2020）京0105刑初' || nth || '号'", "filed_on": _DAY, "concluded_on": f"{_DAY} + 90",
        "court_id": f"({_COURTS})[1 + nth %% 20]", "outcome": "'convicted'",
    }),
    (Person, START, {"id": "md5('person' || nth)::uuid"}),
    (Decision, START, {
        "id": "nth", "case_id": "nth", "number": "'copy ' || nth", "pronounced_on": f"{_DAY} + 90",
        "gains_yuan": "(nth %% 900) * 1000",
        "channels": _some_of("social_app forum website hacking crawling"), "payments": _some_of("mobile_payment bank_transfer cash"),
        "evasions": _some_of("special_software encrypted_chat false_identity"),
        "associated_offences": _some_of("telecom_fraud blackmail harassment"),
    }),
    (DataInvolved, START, {
        "id": "nth", "decision_id": "nth", "kind": _one_of("location credit lodging phone_number identity_card address"),
        "records": "(nth %% 1000) * 1000",
    }),
    (Party, START, {
        "id": "nth", "person_id": "md5('person' || nth)::uuid", "decision_id": "nth", "sentence_months": "6 + nth %% 70",
        "fine_yuan": "(nth %% 200) * 1000", "probation_months": "(nth %% 5 = 0)::int * 12",
        "industry": f"'' || {_one_of('internet finance insurance logistics none', 3)}", "education": _one_of("primary college bachelor", 5),
        "occupation": _one_of("bank_teller driver courier", 11), "employed_at_time": "nth %% 2 = 0",
    }),
    (Listing, START, {
        "id": "nth", "party_id": "nth", "number": "'copy ' || nth", "state": "CASE WHEN nth %% 4 = 0 THEN 'active' ELSE 'withdrawn' END",
    }),
    (Case, APPEALS, {
        "id": "nth", "number": "'（2020）京03刑终' || nth || '号'", "filed_on": f"{_DAY} + 100", "concluded_on": f"{_DAY} + 160",
        "outcome": "'upheld'", "earlier_number": "'earlier'", "continues_id": f"nth - {APPEALS - START}", "matter_id": f"nth - {APPEALS - START}",
    }),
)  # fmt: skip


def measure(stage: Stage) -> list[Figure]:
    book.fill(FEW)
    Decision.objects.earliest("pk").data.create(kind="phone_number", records=1)
    for model, start, given in _COPIES:
        _grow(stage, model, start, given)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    stage.say("counted anew")
    tallied = _seconds_to_tally()
    _is_whole(count(YEARS, now=cast.NOW))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_tally")
    values, floors = [], []
    for number in range(ROUNDS):
        stage.say(f"round {number + 1} of {ROUNDS}")
        values.append(_seconds_to_count())
        floors.append(_seconds_to_read())
    return [
        Figure(
            name="statistics", unit="s", values=values, floors=floors, target_of="value", target=1,
            measured=MEASURED, floor_is=FLOOR,
        ),
        Figure(
            name="statistics-tally", unit="s", values=[tallied], floors=floors[:1], target_of="value", target=60,
            measured=TALLY_MEASURED, floor_is=FLOOR,
        ),
        _report(stage),
    ]  # fmt: skip


def _report(stage: Stage) -> Figure:
    """The printed report of a release over all ten years."""
    stage.say("the report")
    told = releases.proposed(YEARS).told
    values, floors = [], []
    for _round in range(REPORTS):
        values.append(seconds(lambda: expect(files.file_of(told, files.REPORT).content.startswith(b"%PDF"), "no PDF")))
        floors.append(seconds(lambda: [charts.for_paper(told, name) for name in charts.names(told)]))
    return Figure(
        name="statistics-report", unit="s", values=values, floors=floors, target_of="value", target=5,
        measured=REPORT_MEASURED, floor_is=REPORT_FLOOR,
    )  # fmt: skip


def _grow(stage: Stage, model: type[Model], start: int, given: Mapping[str, str]) -> None:
    number = DECISIONS // 4 if start == APPEALS else DECISIONS
    stage.say(f"{number:,} × {model._meta.db_table}")
    for first in range(start, start + number, CHUNK):
        insert([(model, given)], first, min(first + CHUNK, start + number) - 1)


def _is_whole(counts: Counts) -> None:
    numbers = counts.numbers
    expect(numbers["base:convicted"] == numbers["base:decisions"] == DECISIONS, "a person or decision is not counted")
    expect(numbers["base:cases_concluded"] == DECISIONS + DECISIONS // 4, "a case is not counted")
    expect(numbers["base:with_kinds"] == numbers["base:cases_concluded"], "findings are not shared by the instances")


def _seconds_to_tally() -> float:
    begun = time.perf_counter()
    tally(now=cast.NOW)
    return time.perf_counter() - begun


def _seconds_to_count() -> float:
    begun = time.perf_counter()
    count(YEARS, now=cast.NOW)
    return time.perf_counter() - begun


def _seconds_to_read() -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE id > 0")
    return time.perf_counter() - begun
