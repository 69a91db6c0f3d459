"""What looks like guessing, or like one employer behind two names: each test as simple as it can be said on a page.

Guesses of numbers that differ in one digit cannot be seen: the register keeps digests, and two digests of neighbours are
no neighbours. What is seen instead is what a guesser cannot help doing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import combinations
from math import exp, lgamma, log
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from registry.actions.acting import today
from sharing.employers.figures import DAYS, Figures, of_all
from sharing.employers.mailbox import mailbox
from sharing.employers.models import EmployerAlarm, Registration
from sharing.employers.monitoring.walking import ASKED_BY_MONITORING
from sharing.parties.models import Member, OrganisationKind

Kind = EmployerAlarm.Kind

HITS_LEAST, ANSWERS_LEAST, BY_CHANCE = 3, 20, 0.001
REPEATED_LEAST, REPEATED_SHARE = 5, 0.05
REFUSED_LEAST, REFUSED_SHARE = 20, 0.1
FAILED_LEAST, FAILED_SHARE = 2, 0.2
OUTSIDE_LEAST, OUTSIDE_SHARE = 20, 0.5
COMMON_LEAST = 3
A_DAY = timedelta(days=1)

_COMMON = """
    SELECT pair.one, pair.other, count(DISTINCT a.subject_digest)
    FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS pair(one, other)
    JOIN employers_screening a ON a.employer_id = pair.one AND a.asked_at > %(since)s
      AND NOT starts_with(a.idempotency_key, %(watch)s)
    JOIN employers_screening b
      ON b.employer_id = pair.other AND b.asked_at > %(since)s AND b.subject_digest = a.subject_digest
      AND NOT starts_with(b.idempotency_key, %(watch)s)
    GROUP BY pair.one, pair.other HAVING count(DISTINCT a.subject_digest) >= %(least)s
"""


class Found(NamedTuple):
    employer_id: int
    kind: EmployerAlarm.Kind
    how_many: int
    other_id: int | None = None


class Answers(NamedTuple):
    """How many of them said listed."""

    listed: int
    answered: int


class Hits(NamedTuple):
    """How often one employer met a listing, against all the others. ``by_chance``: how likely that many or more are."""

    share: float
    others: float
    by_chance: float

    @property
    def surprising(self) -> bool:
        return self.by_chance < BY_CHANCE


def found(*, now: datetime) -> Iterator[Found]:
    """What the figures of employers that asked within a day say, and which of them belong together.

    Whoever has files checked and asks nothing may guess numbers, too.
    """
    every = of_all(now=now)
    all_of_them = answers(every)
    for employer_id, figures in every.items():
        asks = figures.last_asked is not None and figures.last_asked > now - A_DAY
        tries = figures.refused_on is not None and figures.refused_on >= today(now) - A_DAY
        if asks or tries:
            yield from (each for each in _about(employer_id, figures, all_of_them) if asks or each.kind == Kind.DIGITS)
    yield from _shared(now)


def answers(every: Mapping[int, Figures]) -> Answers:
    """Of all employers together."""
    together = [(each.listed, each.answered) for each in every.values()]
    return Answers(sum(listed for listed, _answered in together), sum(answered for _listed, answered in together))


def hits(own: Figures, of_all_together: Answers) -> Hits | None:
    """None: too few answers or listed ones to say anything.

    The others' share is (listed + 1) / (answered + 2), so that a small register alarms nobody.
    """
    if own.answered < ANSWERS_LEAST or own.listed < HITS_LEAST:
        return None
    listed, answered = of_all_together.listed - own.listed, of_all_together.answered - own.answered
    others = (listed + 1) / (answered + 2)
    return Hits(own.listed / own.answered, others, at_least(own.listed, own.answered, others))


def at_least(successes: int, trials: int, share: float) -> float:
    """How likely so many successes or more are in so many trials (binomial, upper tail)."""
    return min(1.0, sum(exp(_log_of(each, trials, share)) for each in range(successes, trials + 1)))


def _about(employer_id: int, of: Figures, of_all_together: Answers) -> Iterator[Found]:
    listed = hits(of, of_all_together)
    tests = (
        (Kind.NAMES, of.names, of.names >= settings.SHARING_MISMATCHES_ALARM),
        (Kind.HITS, of.listed, listed is not None and listed.surprising),
        (Kind.REPEATS, of.repeated, _many(of.repeated, of.applicants, REPEATED_LEAST, REPEATED_SHARE)),
        (Kind.DIGITS, of.refused, _many(of.refused, of.questions + of.refused, REFUSED_LEAST, REFUSED_SHARE)),
        (Kind.RUNS, of.unattended, of.unattended > 0),
        (Kind.FORMS, of.failed, _many(of.failed, of.called, FAILED_LEAST, FAILED_SHARE)),
        (Kind.HOURS, of.outside, _many(of.outside, of.questions, OUTSIDE_LEAST, OUTSIDE_SHARE)),
    )
    yield from (Found(employer_id, kind, count) for kind, count, holds in tests if holds)


def _many(count: int, of: int, least: int, share: float) -> bool:
    return count >= least and count > of * share


def _shared(now: datetime) -> Iterator[Found]:
    """Pairs with the same address, mail or telephone that asked about the same applicants."""
    pairs = sorted(_pairs())
    if not pairs:
        return
    facts: dict[str, Any] = {
        "ones": [one for one, _other in pairs],
        "others": [other for _one, other in pairs],
        "since": now - timedelta(days=DAYS),
        "least": COMMON_LEAST,
        "watch": ASKED_BY_MONITORING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COMMON, facts)
        for one, other, common in cursor.fetchall():
            yield Found(one, Kind.SHARED, common, other)


def _pairs() -> set[tuple[int, int]]:
    """Employers that give the same contact, the lower key first."""
    holders: defaultdict[tuple[str, object], set[int]] = defaultdict(set)
    registered = Registration.objects.exclude(organisation=None)
    for organisation, address, phone in registered.values_list("organisation_id", "address", "phone_digest"):
        assert organisation is not None
        holders["address", "".join(address.split())].add(organisation)
        holders["phone", bytes(phone)].add(organisation)
    members = Member.objects.filter(organisation__kind=OrganisationKind.EMPLOYER).exclude(account__email="")
    for organisation, mail in members.values_list("organisation_id", "account__email"):
        holders["mail", mailbox(mail)].add(organisation)
    return {pair for each in holders.values() for pair in combinations(sorted(each), 2)}


def _log_of(successes: int, trials: int, share: float) -> float:
    ways = lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
    return ways + successes * log(share) + (trials - successes) * log(1 - share)
