"""Does the time of an answer tell whether an applicant is listed? Pairs of questions over HTTP; and the same with a leak."""

from __future__ import annotations

import http
import http.client
import json
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from django.db import connection

from config.processes import Processes
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.leak import LEAK
from tests.benchmarks.pairs import SEED, Verdict, judge
from tests.benchmarks.screening import SCREENINGS, WEB, Asker, asker, question
from tests.benchmarks.stage import Stage, expect

PAIRS = int(os.environ.get("PAIRS", "40000"))
ORDER = int(os.environ.get("PAIRS_SEED", SEED))
LEAKING_PAIRS = 2_000
WARM_UP = 200
ASKERS = 4
MICROSECONDS = 1e6
WIDEST, AUC_FROM_HALF = 20, 0.01

MEASURED = (
    f"{PAIRS:,} pairs over one keep-alive connection to gunicorn (gthread, 2 workers of 4 threads, commits not waited "
    "for), all processes on one processor, in random order: an applicant who is listed, and one who is not, each asked "
    "about once by each employer; bound of the 99 % interval of the median difference (bootstrap) that is farthest from zero"
)
NULL = "the same of pairs in which neither is listed, measured in turns with the others: what the machine itself does"
AUC_MEASURED = "the same pairs: how far from one half is the chance that a listed one takes longer than one who is not"
LEAK_MEASURED = (
    f"{LEAKING_PAIRS:,} pairs in the same run, one query more planted where the applicant is listed; the lower bound of "
    "the median difference"
)


def measure(stage: Stage) -> list[Figure]:
    people = max(PAIRS, LEAKING_PAIRS) // ASKERS + WARM_UP + 1
    stage.say(f"{people:,} identity documents")
    book.fill(people)
    with connection.cursor() as cursor:  # the disk's own moods would hide what is looked for
        cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    with Processes(stage.folder, stage.environment(SHARING_SCOPE_LISTING="true")) as processes:
        processes.start(WEB)
        askers = [asker(number, processes.address) for number in range(ASKERS)]
        stage.say(f"{PAIRS:,} pairs, and as many of which neither is listed")
        told, null = _told(askers, people, PAIRS, stage.say)
        stage.say("the planted leak")
        askers = [asker(number + ASKERS, processes.address) for number in range(ASKERS)]
        leaking, _null = _told(askers, people, LEAKING_PAIRS, stage.say, leak=True)
    stage.say(f"listed: {told}; null: {null}; leak: {leaking}")
    expect(leaking.low > 0, "the planted leak was not caught: the machine is too busy, or the pairs are too few")
    return [
        Figure(
            name="timing", unit="µs", values=[told.widest], floors=[null.widest], target_of="value", target=WIDEST,
            measured=MEASURED, floor_is=NULL,
        ),
        Figure(
            name="timing-auc", unit="", values=[abs(told.auc - 0.5)], floors=[abs(null.auc - 0.5) or 1e-9],
            target_of="value", target=AUC_FROM_HALF, measured=AUC_MEASURED, floor_is=NULL,
        ),
        Figure(
            name="timing-leak", unit="µs", values=[leaking.low], floors=[WIDEST], target_of="ratio", target=1,
            measured=LEAK_MEASURED, floor_is=f"the {WIDEST} µs within which a difference must be",
        ),
    ]  # fmt: skip


def _told(
    askers: list[Asker], people: int, pairs: int, say: Callable[[str], None], *, leak: bool = False
) -> tuple[Verdict, Verdict]:
    """Pairs of a listed one and one who is not, in turns with pairs of two who are not. Serials ≥ ``people`` are nobody's."""
    draw = random.Random(ORDER)
    listed: list[float] = []
    clean: list[float] = []
    ones: list[float] = []
    others: list[float] = []
    with closing(http.client.HTTPConnection(askers[0].host, askers[0].port, timeout=30)) as opened:
        ask = _Asking(opened, people, leak=leak)
        for number, who in _turns(askers, pairs):
            serials = (number, people + number, 2 * people + number, 3 * people + number)
            first = draw.random() < 0.5
            second = draw.random() < 0.5
            here, away = _pair(ask, who, serials[0], serials[1], first)
            one, other = _pair(ask, who, serials[2], serials[3], second)
            if number < WARM_UP // ASKERS:
                continue
            listed.append(here)
            clean.append(away)
            ones.append(one)
            others.append(other)
            if len(listed) % 5000 == 0:
                say(f"{len(listed):,} pairs")
    return judge(listed, clean), judge(ones, others)


def _turns(askers: list[Asker], pairs: int) -> Iterator[tuple[int, Asker]]:
    for number in range(pairs // len(askers) + WARM_UP // ASKERS):
        for who in askers:
            yield number, who


def _pair(ask: _Asking, who: Asker, one: int, other: int, one_first: bool) -> tuple[float, float]:
    if one_first:
        first = ask(who, one)
        return first, ask(who, other)
    second = ask(who, other)
    return ask(who, one), second


class _Asking:
    """One question over the open connection; how long the answer took, in microseconds. RuntimeError: another outcome.

    ``listed``: serials below it are in the book.
    """

    def __init__(self, opened: http.client.HTTPConnection, listed: int, *, leak: bool) -> None:
        self._connection, self._listed, self._leak = opened, listed, leak

    def __call__(self, who: Asker, serial: int) -> float:
        body, headers = question(serial), who.headers() | ({LEAK: "1"} if self._leak else {})
        begun = time.perf_counter()
        self._connection.request("POST", SCREENINGS, body, headers)
        # The answer comes in two pieces; acknowledged late, the second one waits 40 ms, and hides everything.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        response = self._connection.getresponse()
        answer = response.read()
        took = time.perf_counter() - begun
        told = json.loads(answer)
        if response.status != http.HTTPStatus.CREATED or (told["outcome"] == "listed") != (serial < self._listed):
            raise RuntimeError(f"answered {response.status}: {told.get('code', 'another outcome')}")
        return took * MICROSECONDS
