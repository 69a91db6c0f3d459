"""What employers asked in the last thirty days, in figures: nine statements, however many employers there are.

The changes that monitoring tells of are recorded like questions, but nobody asked them: they have a count of their own, or an
employer with many enrolled would look like one that meets listings more often than the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from registry.actions.acting import today
from registry.assessment import rules
from sharing.employers.monitoring.walking import ASKED_BY_MONITORING
from sharing.employers.signed_form import FORM_KEPT_YEARS

DAYS = 30
OFTEN = 3  # questions about one applicant
RUN = 50  # questions, each within a minute of the one before
HOURS = range(8, 20)  # of a working day, in the court's time zone

# Every statement gives the employer first, then the figures of its name, in the order of `_COLUMNS`.
_STATEMENTS: Mapping[tuple[str, ...], str] = {
    ("questions", "listed", "answered", "pending", "names", "void", "applicants", "last_asked"): """
        SELECT s.employer_id, count(*), count(*) FILTER (WHERE coalesce(v.outcome, s.outcome) = 'listed'),
               count(*) FILTER (WHERE coalesce(v.outcome, s.outcome) IN ('listed', 'not_listed')),
               count(*) FILTER (WHERE s.outcome = 'pending' AND v.screening_id IS NULL),
               count(*) FILTER (WHERE s.held_because = 'name'), count(*) FILTER (WHERE v.outcome = 'void'),
               count(DISTINCT s.subject_digest), max(s.asked_at)
        FROM employers_screening s LEFT JOIN employers_consentverdict v ON v.screening_id = s.id
        WHERE s.asked_at > %(since)s AND NOT starts_with(s.idempotency_key, %(watch)s)
          AND (%(only)s::bigint IS NULL OR s.employer_id = %(only)s) GROUP BY s.employer_id
    """,
    ("changes",): """
        SELECT employer_id, count(*) FROM employers_screening
        WHERE asked_at > %(since)s AND starts_with(idempotency_key, %(watch)s)
          AND (%(only)s::bigint IS NULL OR employer_id = %(only)s) GROUP BY employer_id
    """,
    ("repeated",): """
        SELECT employer_id, count(*) FROM (
            SELECT employer_id FROM employers_screening
            WHERE asked_at > %(since)s AND NOT starts_with(idempotency_key, %(watch)s)
              AND (%(only)s::bigint IS NULL OR employer_id = %(only)s)
            GROUP BY employer_id, subject_digest HAVING count(*) >= %(often)s
        ) AS often GROUP BY employer_id
    """,
    ("unattended",): """
        WITH asked AS (
            SELECT employer_id, asked_at, (asked_at - lag(asked_at) OVER turn <= interval '1 minute') IS NOT TRUE AS begins
            FROM employers_screening
            WHERE client_id IS NOT NULL AND asked_at > %(since)s AND NOT starts_with(idempotency_key, %(watch)s)
              AND (%(only)s::bigint IS NULL OR employer_id = %(only)s)
            WINDOW turn AS (PARTITION BY employer_id ORDER BY asked_at)
        ), numbered AS (
            SELECT employer_id, asked_at, count(*) FILTER (WHERE begins) OVER (
                PARTITION BY employer_id ORDER BY asked_at) AS run FROM asked
        ), runs AS (
            SELECT employer_id, count(*) AS questions, min(asked_at) AS began, max(asked_at) AS ended
            FROM numbered GROUP BY employer_id, run HAVING count(*) >= %(run)s
        )
        SELECT employer_id, sum(questions) FROM runs WHERE NOT EXISTS (
            SELECT FROM parties_member m JOIN registry_account a ON a.id = m.account_id
            WHERE m.organisation_id = runs.employer_id AND (
                a.last_login BETWEEN began - interval '1 day' AND ended OR EXISTS (
                    SELECT FROM parties_memberact act
                    WHERE act.member_id = m.id AND act.at BETWEEN began - interval '1 day' AND ended)))
        GROUP BY employer_id
    """,
    ("called", "failed"): """
        SELECT s.employer_id, count(*), count(*) FILTER (WHERE v.verdict IN ('mistyped', 'no_consent')
                   OR v.verdict = 'not_shown' AND (coalesce(c.told_at, c.called_at) AT TIME ZONE %(zone)s)::date
                       <= (s.asked_at AT TIME ZONE %(zone)s)::date + make_interval(years => %(kept)s))
        FROM employers_consentcall c JOIN employers_screening s ON s.id = c.screening_id
        LEFT JOIN employers_consentverdict v ON v.screening_id = s.id
        WHERE c.called_at > %(since)s AND (%(only)s::bigint IS NULL OR s.employer_id = %(only)s) GROUP BY s.employer_id
    """,
    ("days", "quota_days"): """
        SELECT q.employer_id, count(*), count(*) FILTER (WHERE q.questions >= e.daily_quota)
        FROM employers_questionsasked q JOIN employers_employer e ON e.organisation_id = q.employer_id
        WHERE q.day > %(first)s AND (%(only)s::bigint IS NULL OR q.employer_id = %(only)s) GROUP BY q.employer_id
    """,
    ("refused", "refused_on"): """
        SELECT employer_id, sum(numbers), max(day) FROM employers_numbersrefused
        WHERE day > %(first)s AND (%(only)s::bigint IS NULL OR employer_id = %(only)s) GROUP BY employer_id
    """,
    ("enrolled", "doubted"): """
        SELECT employer_id, count(*), count(doubted_at) FROM employers_monitoring
        WHERE ended_at IS NULL AND until >= %(day)s AND (%(only)s::bigint IS NULL OR employer_id = %(only)s)
        GROUP BY employer_id
    """,
}  # fmt: skip
# When the employer had it asked: the court's own clock asks rows in their turn, at midnight those that waited for the quota. When
# an applicant agrees to a link is not the employer's doing.
_BY_DAY = """
    SELECT s.employer_id, (had.it_asked AT TIME ZONE %(zone)s)::date AS day, count(*), count(*) FILTER (
        WHERE extract(hour FROM had.it_asked AT TIME ZONE %(zone)s) BETWEEN %(opens)s AND %(closes)s)
    FROM employers_screening s
    LEFT JOIN employers_batchrow b ON b.screening_id = s.id LEFT JOIN employers_batch batch ON batch.id = b.batch_id
    LEFT JOIN employers_campaignrow c ON c.screening_id = s.id
    CROSS JOIN LATERAL (SELECT coalesce(batch.ordered_at, c.given_at, s.asked_at)) AS had(it_asked)
    WHERE s.asked_at > %(since)s AND NOT starts_with(s.idempotency_key, %(watch)s) AND c.form_sha256 IS DISTINCT FROM ''
      AND (%(only)s::bigint IS NULL OR s.employer_id = %(only)s) GROUP BY s.employer_id, day
"""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of the last `DAYS` days. ``names``: questions whose name did not fit; ``answered``: with one of the two answers.

    ``repeated``: applicants asked about `OFTEN` times or more; ``refused``: numbers that can be nobody's, ``refused_on``: the
    last day of one; ``unattended``: questions of programs in runs of `RUN` with no member there; ``called``, ``failed``: signed forms, no failure where they had not to be kept any more; ``outside``:
    questions that the employer had asked outside working hours; ``days``: days with a question, ``quota_days``: of them those with the quota used up.

    ``changes``: told of by monitoring. As of now: ``enrolled`` in monitoring, and of these ``doubted``, whose number a listing bears with another name.
    """

    questions: int = 0
    listed: int = 0
    answered: int = 0
    pending: int = 0
    names: int = 0
    void: int = 0
    applicants: int = 0
    last_asked: datetime | None = None
    repeated: int = 0
    refused: int = 0
    refused_on: date | None = None
    unattended: int = 0
    called: int = 0
    failed: int = 0
    outside: int = 0
    days: int = 0
    quota_days: int = 0
    changes: int = 0
    enrolled: int = 0
    doubted: int = 0


def of_all(*, now: datetime) -> dict[int, Figures]:
    """By employer; one that asked nothing is not there."""
    return _figures(None, now)


def of(employer_id: int, *, now: datetime) -> Figures:
    return _figures(employer_id, now).get(employer_id, Figures())


def _figures(only: int | None, now: datetime) -> dict[int, Figures]:
    facts = {
        "since": now - timedelta(days=DAYS),
        "first": today(now) - timedelta(days=DAYS),
        "day": today(now),
        "only": only,
        "often": OFTEN,
        "run": RUN,
        "kept": FORM_KEPT_YEARS,
        "watch": ASKED_BY_MONITORING,
        "zone": settings.REGISTRY_TIME_ZONE,
        "opens": HOURS.start,
        "closes": HOURS.stop - 1,
    }
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for names, statement in _STATEMENTS.items():
        for employer_id, *values in _rows(statement, facts):
            found[employer_id].update(zip(names, values, strict=True))
    for employer_id, outside in _outside(_rows(_BY_DAY, facts)).items():
        found[employer_id]["outside"] = outside
    return {employer_id: Figures(**values) for employer_id, values in found.items()}


def _outside(rows: Iterator[Sequence[Any]]) -> dict[int, int]:
    """On days that are not worked, every question; on the others those of the early morning and the evening."""
    calendar = rules().calendar
    counted: defaultdict[int, int] = defaultdict(int)
    worked: dict[date, bool] = {}
    for employer_id, day, questions, within in rows:
        if worked.setdefault(day, calendar.is_working(day)):
            counted[employer_id] += questions - within
        else:
            counted[employer_id] += questions
    return counted


def _rows(statement: str, facts: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Every placeholder has a value that the statement uses: the server binds what is in it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        yield from cursor.fetchall()
