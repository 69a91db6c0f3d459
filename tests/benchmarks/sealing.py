"""Sealing 10,000 listings by an order, their events included: from the approval to the last chunk."""

from __future__ import annotations

import os
from functools import partial

from django.db import connection, transaction

from registry import actions
from registry.entries import SealingRule
from registry.models import Event, Listing, Seal, SealingOrder
from tests import cast, sealing
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

LISTINGS, ROUNDS, CHUNK = 10_000, 2, 500
RULE = SealingRule(articles=("CL 253-1",), most_months=36)
BYTES = 160  # of a sealed payload

MEASURED = (
    "s from the second officer's approval of an order that hits {listings:,} listings in force until the last one is "
    "sealed: acts, events, payloads and marks in chunks of {chunk}, fsync on; {rounds} rounds"
)
FLOOR = (
    "as many rows changed, and as many inserted into two tables, in chunks of {chunk} that are committed, by SQL alone"
)


def measure(stage: Stage) -> list[Figure]:
    values, floors = [], []
    for turn in range(ROUNDS):
        stage.say(f"round {turn + 1}: {LISTINGS:,} listings in force")
        book.fill(LISTINGS, after=turn * LISTINGS)
        order = sealing.proposed(RULE)
        floors.append(seconds(_floor))
        values.append(seconds(partial(_seal, order)))
        expect(Seal.objects.count() == (turn + 1) * LISTINGS, "not everything was sealed")
        expect(Event.objects.count() == 2 * (turn + 1) * LISTINGS, "an event is missing")
        expect(not Listing.objects.exists(), "a sealed listing is seen")
    said = {"listings": LISTINGS, "chunk": CHUNK, "rounds": ROUNDS}
    return [
        Figure(
            name="sealing", unit="s", values=values, floors=floors, target_of="value", target=60,
            measured=MEASURED.format(**said), floor_is=FLOOR.format(**said),
        )
    ]  # fmt: skip


def _seal(order: SealingOrder) -> None:
    actions.approve_sealing(order.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    while actions.seal_by_orders(now=cast.NOW):
        pass


def _floor() -> None:
    payload = os.urandom(BYTES)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS benchmark_state, benchmark_event, benchmark_payload")
        cursor.execute("CREATE TABLE benchmark_state AS SELECT id, state, version FROM registry_listing")
        cursor.execute("ALTER TABLE benchmark_state ADD PRIMARY KEY (id)")
        cursor.execute("CREATE TABLE benchmark_event (id bigint PRIMARY KEY, commitment bytea)")
        cursor.execute("CREATE TABLE benchmark_payload (id bigint PRIMARY KEY, body bytea, salt bytea)")
    ids = list(Listing.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE benchmark_state SET version = version + 1 WHERE id = ANY(%s)", [chunk])
            cursor.executemany("INSERT INTO benchmark_event VALUES (%s, %s)", [(pk, payload[:32]) for pk in chunk])
            cursor.executemany(
                "INSERT INTO benchmark_payload VALUES (%s, %s, %s)", [(pk, payload, payload[:60]) for pk in chunk]
            )
