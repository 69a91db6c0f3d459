"""Counting the book: one statement, so that everything in it is of one moment, and what adds up does.

Counted are decisions and persons whose listing is or was in force; what is sealed or was entered in error is not. Over a
national book that takes a quarter of a minute, so it is done by the clock, and on request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from registry import bell, codes
from registry.models import Listing, Tally, TallyTaken
from registry.statistics import bands
from registry.statistics.shapes import NOT_RECORDED, Row
from registry.turns import Lock, take_if_free, wait_for

ASKED_TASK = "registry.tally_if_asked"
COUNTING_SECONDS = 15 * 60  # at most; a count that is cut off has counted nothing, and the next one begins anew
_PATIENCE = f"SET LOCAL statement_timeout = '{COUNTING_SECONDS}s'; SET LOCAL lock_timeout = '{COUNTING_SECONDS}s'"
_UNHURRIED = f"{_PATIENCE}; SET LOCAL work_mem = '64MB'"


def is_current(taken: TallyTaken | None) -> bool:
    """Whether nobody was sealed since: who is sealed leaves the figures at once."""
    return taken is not None and taken.hidden == hidden()


def ask(*, now: datetime) -> None:
    """Somebody wants a new count: the worker makes it at the bell, or at the next look of the clock."""
    TallyTaken.objects.update(asked_at=now)
    bell.send(ASKED_TASK)


def is_due(_now: datetime) -> bool:
    return _asked().exists()


def _asked() -> QuerySet[TallyTaken]:
    return TallyTaken.objects.exclude(asked_at=None)


def tally_if_asked(*, now: datetime) -> None:
    """Unless somebody counts just now. Who asks meanwhile is heard at the next look."""
    with transaction.atomic():
        alone, taken = take_if_free(Lock.TALLY), _asked().first()
        if alone and taken is not None:
            tally(now=now)
            TallyTaken.objects.filter(asked_at=taken.asked_at).update(asked_at=None)


def tally(*, now: datetime) -> TallyTaken:
    """Count the whole book anew. Two at once wait for each other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNHURRIED)  # before the lock, which another count may hold for as long
        wait_for(Lock.TALLY)
        hidden_before = hidden()  # before the book is counted: whoever is sealed meanwhile may have been counted
        Tally.objects.all().delete()
        cursor.execute(_COUNTED, _facts())
        taken, _ = TallyTaken.objects.update_or_create(pk=1, defaults={"at": now, "hidden": hidden_before})
    return taken


def hidden() -> int:
    """How many listings are sealed: another number than at a count says that who was counted then may be sealed by now."""
    return Listing.including_sealed.exclude(sealed_at=None).count()


def _facts() -> dict[str, Any]:
    kinds, tiers = codes.entries("data_kinds"), list(codes.entries("data_tiers"))
    return {
        "not_recorded": NOT_RECORDED,
        "kinds": list(kinds),
        "ranks": [tiers.index(str(each.extra["tier"])) for each in kinds.values()],
        "tiers": tiers,
        **_instances(),
        **_bands("records", bands.RECORDS),
        **_bands("gains", bands.GAINS),
        **_bands("terms", bands.TERMS),
        **_bands("fines", bands.FINES),
    }


def _instances() -> Mapping[str, list[str]]:
    """Patterns of case numbers by instance."""
    kinds = codes.entries("case_kinds").values()
    return {
        instance: [f"%{each.code}%" for each in kinds if each.extra.get("instance") == instance]
        for instance in ("first", "second")
    }


def _bands(name: str, rows: Sequence[Row]) -> dict[str, Any]:
    """Where each band begins, for width_bucket, and what it is called."""
    return {name: [row.above or 0 for row in rows], f"{name}_called": [row.code for row in rows]}


def _band(column: str, name: str) -> str:
    """SQL: the band in which a number lies, NULL where there is none."""
    return f"(%({name}_called)s::text[])[width_bucket({column}::numeric, %({name})s::numeric[])]"


def _or_not_recorded(column: str) -> str:
    return f"coalesce(nullif({column}, ''), %(not_recorded)s)"


_INSTANCE = """
    CASE WHEN c.number LIKE ANY (%(first)s) THEN 'first' WHEN c.number LIKE ANY (%(second)s) THEN 'second' ELSE 'other' END
"""
# Each line: a day, and the names under which something of that day counts.
_COUNTED = f"""
    WITH parties AS MATERIALIZED (
        SELECT p.decision_id, n.kind AS who, p.penalty_kind,
               coalesce(p.sentence_months_before, p.sentence_months) AS sentence_months,
               coalesce(p.probation_months_before, p.probation_months) AS probation_months,
               coalesce(p.fine_yuan_before, p.fine_yuan) AS fine_yuan,
               p.occupation, p.industry, p.education, p.employed_at_time
        FROM registry_listing l JOIN registry_party p ON p.id = l.party_id JOIN registry_person n ON n.id = p.person_id
        WHERE l.version >= 1 AND l.sealed_at IS NULL AND NOT l.in_error
    ),
    decisions AS MATERIALIZED (
        SELECT d.id, d.kind, d.case_id, d.pronounced_on, d.gains_yuan, d.channels, d.payments, d.evasions,
               d.associated_offences
        FROM registry_decision d JOIN (SELECT DISTINCT decision_id FROM parties) s ON s.decision_id = d.id
    ),
    in_force AS (
        SELECT DISTINCT ON (matter) coalesce(c.matter_id, c.id) AS matter, d.id AS decision_id
        FROM decisions d JOIN registry_case c ON c.id = d.case_id ORDER BY matter, d.pronounced_on DESC, d.id DESC
    ),
    found AS (
        SELECT f.matter, min(r.rank) AS rank, sum(i.records) AS records, array_agg(i.kind) AS kinds
        FROM in_force f JOIN registry_datainvolved i ON i.decision_id = f.decision_id
             JOIN unnest(%(kinds)s::text[], %(ranks)s::int[]) AS r (kind, rank) ON r.kind = i.kind
        GROUP BY f.matter
    ),
    concluded AS MATERIALIZED (
        SELECT c.concluded_on AS day, c.outcome, k.code AS court, {_INSTANCE} AS instance,
               (%(tiers)s::text[])[found.rank + 1] AS tier, found.kinds, {_band("found.records", "records")} AS records
        FROM registry_case c JOIN registry_court k ON k.id = c.court_id
             LEFT JOIN found ON found.matter = coalesce(c.matter_id, c.id)
        WHERE c.concluded_on IS NOT NULL AND c.struck_at IS NULL
    ),
    named (day, names) AS (
        SELECT c.filed_on, ARRAY[
            'base:cases_filed', 'table:filed_by_year:' || extract(year FROM c.filed_on), 'table:filed_by_court:' || k.code]
        FROM registry_case c JOIN registry_court k ON k.id = c.court_id WHERE c.struck_at IS NULL
        UNION ALL SELECT day, ARRAY[
            'base:cases_concluded', 'table:concluded_by_year:' || extract(year FROM day),
            'table:concluded_by_court:' || court, 'table:outcomes:' || outcome, 'table:instances:' || instance,
            CASE WHEN instance = 'first' THEN 'base:first_instance' END] FROM concluded
        UNION ALL SELECT day, ARRAY['base:with_kinds', 'table:data_tiers:' || tier] FROM concluded WHERE tier IS NOT NULL
        UNION ALL SELECT day, ARRAY['table:data_kinds:' || kind] FROM concluded, unnest(kinds) AS kind
        UNION ALL SELECT day, ARRAY['base:on_records', 'table:records:' || records]
            FROM concluded WHERE records IS NOT NULL AND instance = 'first'
        UNION ALL SELECT pronounced_on, ARRAY[
            'base:decisions', 'table:decision_kinds:' || kind,
            'table:gains:' || coalesce({_band("gains_yuan", "gains")}, %(not_recorded)s)] FROM decisions
        UNION ALL SELECT d.pronounced_on, ARRAY['table:' || several.named || ':' || code]
            FROM decisions d CROSS JOIN LATERAL (VALUES
                ('channels', d.channels), ('payments', d.payments), ('evasions', d.evasions),
                ('associated_offences', d.associated_offences)) AS several (named, codes), unnest(several.codes) AS code
        UNION ALL SELECT d.pronounced_on, ARRAY['base:' || CASE
                WHEN d.kind = 'criminal' THEN 'units_convicted' WHEN p.who = 'natural' THEN 'penalised' END]
            FROM parties p JOIN decisions d ON d.id = p.decision_id WHERE d.kind <> 'criminal' OR p.who = 'unit'
        UNION ALL SELECT d.pronounced_on, ARRAY[
            'base:convicted', CASE WHEN p.fine_yuan > 0 THEN 'base:fined' END,
            'table:sentences:' || CASE WHEN p.penalty_kind = 'fixed_term' THEN {_band("p.sentence_months", "terms")}
                                       ELSE p.penalty_kind END,
            'table:probation:' || CASE WHEN p.probation_months > 0 THEN 'on_probation' ELSE 'without' END,
            'table:fines:' || {_band("p.fine_yuan", "fines")},
            'table:employed:' || CASE p.employed_at_time WHEN true THEN 'employed' WHEN false THEN 'not_employed'
                                                         ELSE %(not_recorded)s END,
            'table:occupations:' || {_or_not_recorded("p.occupation")},
            'table:industries:' || {_or_not_recorded("p.industry")},
            'table:education:' || {_or_not_recorded("p.education")}]
            FROM parties p JOIN decisions d ON d.id = p.decision_id WHERE d.kind = 'criminal' AND p.who = 'natural'
    )
    INSERT INTO registry_tally (day, name, number)
    SELECT day, name, count(*) FROM named, unnest(names) AS name WHERE name IS NOT NULL GROUP BY day, name
"""  # noqa: S608 - only constants are put in
