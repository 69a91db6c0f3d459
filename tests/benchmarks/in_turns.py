"""Calls in pairs, over one connection that stays open, in random order; in turns with pairs of two that are alike."""

from __future__ import annotations

import http.client
import random
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing

from tests.benchmarks.figures import Figure
from tests.benchmarks.pairs import Verdict, judge

WARM_UP = 50  # pairs of each sort
MICROSECONDS = 1e6
WIDEST, AUC_FROM_HALF = 20, 0.01

TELLING, OTHER, ALIKE, ALIKE_TOO = range(4)
Ask = Callable[[int, int], float]
"""Which of the four, in which pair → µs that the answer took."""
Say = Callable[[str], None]


def told(ask: Ask, pairs: int, seed: int, say: Say) -> tuple[Verdict, Verdict]:
    """What might tell against what does not; and the same of two that are alike."""
    draw = random.Random(seed)
    took: list[tuple[float, ...]] = []
    for number in range(pairs + WARM_UP):
        asked: dict[int, float] = {}
        for two in ((TELLING, OTHER), (ALIKE, ALIKE_TOO)):
            for which in two if draw.random() < 0.5 else reversed(two):
                asked[which] = ask(which, number)
        if number >= WARM_UP:
            took.append(tuple(asked[which] for which in range(4)))
            if len(took) % 5000 == 0:
                say(f"{len(took):,} pairs")
    telling, other, alike, alike_too = zip(*took, strict=True)
    return judge(telling, other), judge(alike, alike_too)


def figures(kind: str, measured: str, verdict: Verdict, null: Verdict, leaking: Verdict) -> list[Figure]:
    floor = "the same of pairs of two that are alike, in turns with the others: what the machine itself does"
    auc = "how far from one half the chance is that the first one takes longer"
    leak = "with something more to do in the first one, planted in the same run: lower bound of the median difference"
    return [
        Figure(
            name=kind, unit="µs", values=[verdict.widest], floors=[null.widest], target_of="value", target=WIDEST,
            measured=f"{measured}; bound of the 99 % interval of the median difference (bootstrap) that is farthest from zero",
            floor_is=floor,
        ),
        Figure(
            name=f"{kind}-auc", unit="", values=[abs(verdict.auc - 0.5)], floors=[abs(null.auc - 0.5) or 1e-9],
            target_of="value", target=AUC_FROM_HALF, measured=f"{measured}; {auc}", floor_is=floor,
        ),
        Figure(
            name=f"{kind}-leak", unit="µs", values=[leaking.low], floors=[WIDEST], target_of="ratio", target=1,
            measured=f"{measured}; {leak}", floor_is=f"the {WIDEST} µs within which a difference must be",
        ),
    ]  # fmt: skip


class Connection(AbstractContextManager["Connection"]):
    def __init__(self, host: str, port: int) -> None:
        self._opened = closing(http.client.HTTPConnection(host, port, timeout=30))

    def __enter__(self) -> Connection:
        self._connection = self._opened.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()

    def timed(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[float, int, bytes]:
        """Microseconds until all of the answer was read; its status and body."""
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        # An answer may come in two pieces; acknowledged late, the second one waits 40 ms, and hides everything.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        response = self._connection.getresponse()
        said = response.read()
        return (time.perf_counter() - begun) * MICROSECONDS, response.status, said
