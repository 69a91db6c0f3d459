"""Does the time of an answer tell what the answer does not? Pairs of calls over HTTP; and the same with a leak.

Of three kinds: whether an applicant is listed, whether a user name is somebody's, whether a number is another employer's
or nobody's.
"""

from __future__ import annotations

import http
import json
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from config.processes import Processes
from registry.models import Account
from registry.ulid import new_ulid
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.in_turns import AUC_FROM_HALF, TELLING, WARM_UP, WIDEST, Ask, Connection, figures, told
from tests.benchmarks.leak import LEAK
from tests.benchmarks.pairs import SEED
from tests.benchmarks.screening import SCREENINGS, WEB, Asker, asker, question
from tests.benchmarks.stage import Stage, expect

__all__ = ["AUC_FROM_HALF", "KINDS", "WIDEST", "measure"]

PAIRS = int(os.environ.get("PAIRS", "40000"))
ORDER = int(os.environ.get("PAIRS_SEED", SEED))
LEAKING_PAIRS = 2_000
ASKERS = 4
SIGN_IN, CSRF = "/portal/account/sign-in/", "csrftoken"
FOREIGN, FAR = 100, 900_000  # screenings of another employer, about nobody of the book

OVER = (
    f"{PAIRS:,} pairs over one keep-alive connection to gunicorn (gthread, 2 workers of 4 threads, commits not waited for), "
    "all processes on one processor, in random order: "
)


class _Listed:
    """An applicant who is listed, and one who is not, each asked about once by each of four employers."""

    measured = OVER + "an applicant who is listed, and one who is not, each asked about once by each employer"

    def __init__(self, stage: Stage, address: str) -> None:
        self._people = (PAIRS + LEAKING_PAIRS + 2 * WARM_UP) // ASKERS + 1
        stage.say(f"{self._people:,} identity documents")
        book.fill(self._people)
        self._askers = [asker(number, address) for number in range(ASKERS)]
        self._asked = 0

    def ask(self, opened: Connection, more: Mapping[str, str]) -> Ask:
        begins, self._asked = self._asked, PAIRS + WARM_UP

        def asked(which: int, number: int) -> float:
            place, who = divmod(begins + number, ASKERS)
            serial = which * self._people + place
            took, status, said = opened.timed(
                "POST", SCREENINGS, question(serial), {**self._askers[who].headers(), **more}
            )
            answer = json.loads(said)
            if status != http.HTTPStatus.CREATED or (answer["outcome"] == "listed") != (which == TELLING):
                raise RuntimeError(f"answered {status}: {answer.get('code', 'another outcome')}")
            return took

        return asked


class _Account:
    """A wrong password with a user name that is somebody's, and with one that is nobody's, each tried once, as guessers do, from
    ever another network.
    """

    measured = OVER + (
        "a wrong password with a user name that is somebody's, and with one that is nobody's, as long; passwords are hashed "
        "by something cheap, or nothing else could be seen"
    )

    def __init__(self, stage: Stage, address: str) -> None:
        count = PAIRS + LEAKING_PAIRS + 2 * WARM_UP
        hashed = MD5PasswordHasher().encode("correct horse battery staple", "salt")
        Account.objects.bulk_create(
            [Account(username=self._name(TELLING, number), password=hashed) for number in range(count)], batch_size=1000
        )
        self._token = get_random_string(32)  # as Django's own
        self._asked = self._tries = 0

    def ask(self, opened: Connection, more: Mapping[str, str]) -> Ask:
        begins, self._asked = self._asked, PAIRS + WARM_UP

        def asked(which: int, number: int) -> float:
            self._tries += 1
            name = self._name(which, begins + number)
            form = {"login": name, "password": "not this one", "csrfmiddlewaretoken": self._token}
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"{CSRF}={self._token}",
                "X-Forwarded-For": f"{11 + (self._tries >> 16)}.{self._tries >> 8 & 255}.{self._tries & 255}.1",
            }
            took, status, said = opened.timed("POST", SIGN_IN, urlencode(form).encode(), {**headers, **more})
            if status != http.HTTPStatus.OK or name.encode() not in said:
                raise RuntimeError(f"answered {status}")
            return took

        return asked

    def _name(self, which: int, number: int) -> str:
        return f"{'abcd'[which]}-user-{number:07d}"


class _Foreign:
    """A screening of another employer, and one that is not there."""

    measured = (
        OVER + "one's own look at the number of a screening that another employer asked, and at one that is not there"
    )

    def __init__(self, stage: Stage, address: str) -> None:
        self._mine, other = (asker(ASKERS + number, address) for number in range(2))
        self._numbers = {which: [f"scr_{new_ulid(timezone.now())}" for _ in range(FOREIGN)] for which in range(4)}
        parts = urlsplit(address)
        with Connection(parts.hostname or "", parts.port or 0) as opened:
            self._numbers[TELLING] = [self._asked(opened, other, serial) for serial in range(FOREIGN)]

    def ask(self, opened: Connection, more: Mapping[str, str]) -> Ask:
        def asked(which: int, number: int) -> float:
            path = f"{SCREENINGS}/{self._numbers[which][number % FOREIGN]}"
            took, status, _said = opened.timed("GET", path, None, {**self._mine.headers(), **more})
            if status != http.HTTPStatus.NOT_FOUND:
                raise RuntimeError(f"answered {status}")
            return took

        return asked

    def _asked(self, opened: Connection, who: Asker, serial: int) -> str:
        _took, status, said = opened.timed("POST", SCREENINGS, question(FAR + serial), who.headers())
        expect(status == http.HTTPStatus.CREATED, f"a question was answered {status}")
        return str(json.loads(said)["id"])


_Kind = Callable[[Stage, str], "_Listed | _Account | _Foreign"]
_KINDS: Mapping[str, _Kind] = {"timing": _Listed, "timing-account": _Account, "timing-foreign": _Foreign}
KINDS = tuple(_KINDS)


def measure(stage: Stage) -> list[Figure]:
    """Those named in ``PAIRS_OF``, or all."""
    with connection.cursor() as cursor:  # the disk's own moods would hide what is looked for
        cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    more = {"SHARING_SCOPE_LISTING": "true", "BEHIND_PROXY": "true", "BENCHMARK_CHEAP_PASSWORDS": "true"}
    with Processes(stage.folder, stage.environment(**more)) as processes:
        processes.start(WEB)
        wanted = os.environ.get("PAIRS_OF", " ".join(KINDS)).split()
        return [figure for name in wanted for figure in _kind(name, stage, processes.address)]


def _kind(name: str, stage: Stage, address: str) -> list[Figure]:
    kind, parts = _KINDS[name](stage, address), urlsplit(address)
    stage.say(f"{name}: {PAIRS:,} pairs, and as many of two that are alike")
    with Connection(parts.hostname or "", parts.port or 0) as opened:
        verdict, null = told(kind.ask(opened, {}), PAIRS, ORDER, stage.say)
        stage.say("the planted leak")
        leaking, _null = told(kind.ask(opened, {LEAK: "1"}), LEAKING_PAIRS, ORDER, stage.say)
    stage.say(f"{name}: {verdict}; null: {null}; leak: {leaking}")
    expect(leaking.low > 0, "the planted leak was not caught: the machine is too busy, or the pairs are too few")
    return figures(name, kind.measured, verdict, null, leaking)
