"""From the second officer's approval of a withdrawal to the first attempt at the last of fifty endpoints.

`WITHDRAWALS=100` names how many: so many one after another, and as many in a burst, in each round.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles

from django.db import connection
from django.utils import timezone

from config.processes import Processes
from registry import actions, log
from registry.models import Listing, Proposal
from sharing import signing
from sharing.delivery.models import Endpoint
from sharing.departments import telling
from sharing.departments.models import Recall
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.fanout import FAST_MS, address, join, level
from tests.benchmarks.figures import Figure
from tests.benchmarks.posting import BareLoop
from tests.benchmarks.stage import Inbox, Stage, expect, inbox, seconds

ENDPOINTS = 50
WITHDRAWALS = int(os.environ.get("WITHDRAWALS", "100"))
ROUNDS = 2
TARGET_MS = 5000
IN_FLIGHT = 256  # of the bare loop, as of a slot
PAUSE_SECONDS = 0.2  # between withdrawals, so that each begins with an idle worker
SETTLES_WITHIN = 120

MEASURED = (
    "ms from the answer of actions.carry_out until the first attempt at the last of {endpoints} endpoints, {which}: "
    "{withdrawals} withdrawals in a round, each proposed by one officer and carried out by another; {endpoints} departments "
    "that were told of every listing, receivers that take {fast} ms; worker and beat as in production, Valkey, fsync on; "
    "{rounds} rounds; most: {most:,.0f} ms"
)
ALONE, BURST = "one after another", "in a burst, without a pause"
FLOOR = "a bare loop signs {posts:,} messages of the same size and posts them to the same receiver, {flying} at once"


@dataclass(frozen=True)
class Latency:
    """Milliseconds; ``floor``: what a bare loop took for as many posts."""

    median: float
    p99: float
    most: float
    floor: float


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        stage.say(f"{ENDPOINTS} departments, {2 * ROUNDS * WITHDRAWALS} listings")
        join(receiver, ENDPOINTS)
        keys = book.fill(2 * ROUNDS * WITHDRAWALS)
        telling.walk(now=timezone.now())
        level()
        alone, burst = [], []
        with Processes(stage.folder, stage.environment()) as processes:
            processes.start("worker", "beat")
            for turn in range(ROUNDS):
                stage.say(f"round {turn + 1} of {ROUNDS}")
                first = 2 * turn * WITHDRAWALS
                middle, last = first + WITHDRAWALS, first + 2 * WITHDRAWALS
                alone.append(_played(keys[first:middle], receiver, pause=True))
                burst.append(_played(keys[middle:last], receiver, pause=False))
    expect(Recall.objects.count() == len(keys) * ENDPOINTS, "a recall is missing")
    return [*_figures("withdrawal", ALONE, alone, 1), *_figures("withdrawal_burst", BURST, burst, WITHDRAWALS)]


def _figures(name: str, which: str, played: Sequence[Latency], at_once: int) -> list[Figure]:
    measured = MEASURED.format(
        endpoints=ENDPOINTS, which=which, withdrawals=WITHDRAWALS, fast=FAST_MS, rounds=ROUNDS,
        most=max(each.most for each in played),
    )  # fmt: skip
    floor_is = FLOOR.format(posts=at_once * ENDPOINTS, flying=IN_FLIGHT)
    floors = [each.floor for each in played]
    return [
        Figure(
            name=f"{name}_{part}", unit="ms", values=values, floors=floors, target_of="value", target=TARGET_MS,
            measured=measured, floor_is=floor_is,
        )
        for part, values in (
            ("median", [each.median for each in played]),
            ("p99", [each.p99 for each in played]),
        )
    ]  # fmt: skip


def _played(keys: Sequence[int], receiver: Inbox, *, pause: bool) -> Latency:
    proposals = [_proposed(key) for key in keys]
    judge = cast.judge()
    answered: dict[int, datetime] = {}
    for key, proposal in zip(keys, proposals, strict=True):
        actions.carry_out(proposal.pk, officer=judge, now=timezone.now())
        answered[key] = timezone.now()
        if pause:
            _settled()
            time.sleep(PAUSE_SECONDS)
    _settled()
    waited = [1000 * (at - answered[key]).total_seconds() for key, at in _last_first_attempts(keys)]
    expect(len(waited) == len(keys), "a withdrawal was not sent")
    floor = _floor(receiver, ENDPOINTS if pause else ENDPOINTS * len(keys))
    return Latency(median(waited), quantiles(waited, n=100, method="inclusive")[98], max(waited), floor)


def _proposed(key: int) -> Proposal:
    version = Listing.objects.values_list("version", flat=True).get(pk=key)
    return actions.propose(
        key, "withdraw", against_version=version, officer=cast.clerk(), now=timezone.now(),
        reason="acquitted on retrial", ground="（2026）京0105刑再1号",
    )  # fmt: skip


def _settled() -> None:
    """Every endpoint has everything."""
    size, _ = log.head()
    ends = time.monotonic() + SETTLES_WITHIN
    while Endpoint.objects.filter(cursor__lt=size).exists():
        expect(time.monotonic() < ends, "an endpoint is behind")
        time.sleep(0.05)


def _last_first_attempts(keys: Sequence[int]) -> Iterable[tuple[int, datetime]]:
    """Of each listing's withdrawal, when the endpoint was first tried that was tried last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT listing_id, max(first), count(*) FROM ("
            " SELECT e.listing_id, a.endpoint_id, min(a.started_at) AS first"
            " FROM registry_event e JOIN delivery_attempt a ON a.event_id = e.position"
            " WHERE e.type = 'listing.withdrawn' AND e.listing_id = ANY(%s) GROUP BY e.listing_id, a.endpoint_id"
            ") AS tries GROUP BY listing_id",
            [list(keys)],
        )
        rows = cursor.fetchall()
    for key, last, endpoints in rows:
        expect(endpoints == ENDPOINTS, "a first attempt is missing")
        yield key, last


def _floor(receiver: Inbox, posts: int) -> float:
    """The last message that came, signed and posted so often."""
    _headers, body = receiver.last()
    with closing(
        BareLoop(address(receiver, FAST_MS, 0), signing.new_secret(), signing.webhook_keys()[0], IN_FLIGHT)
    ) as loop:
        return 1000 * seconds(lambda: loop.post_all([("benchmark", body)] * posts))
