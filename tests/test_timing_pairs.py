"""The judge of the timing benchmark: it calls alike what is alike, and finds a leak that is planted."""

from __future__ import annotations

import random
import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests import asking, cast
from tests.benchmarks.pairs import auc, judge

MICROSECONDS = 6000


def calls(count, seed, more=0.0):
    """As a server answers: never faster than it can, now and then much slower."""
    draw = random.Random(seed)
    return [
        MICROSECONDS + more + draw.expovariate(1 / 300) + (5000 if draw.random() < 0.02 else 0) for _ in range(count)
    ]


def test_what_is_alike_is_not_told_apart():
    verdict = judge(calls(40_000, 1), calls(40_000, 2))
    assert not verdict.tells
    assert verdict.widest < 20
    assert abs(verdict.auc - 0.5) < 0.01


def test_a_query_more_is_found():
    verdict = judge(calls(2_000, 1, more=615), calls(2_000, 2))
    assert verdict.tells
    assert 500 < verdict.low < verdict.median < verdict.high < 750
    assert verdict.sign > 20
    assert verdict.auc > 0.6


def test_the_same_measurements_are_judged_in_the_same_way():
    assert judge(calls(500, 1), calls(500, 2)) == judge(calls(500, 1), calls(500, 2))


@pytest.mark.parametrize(("ones", "others", "expected"), [([1], [1], 0.5), ([2], [1], 1.0), ([1, 3], [2, 2], 0.5)])
def test_auc_counts_who_is_slower_and_halves_what_is_equal(ones, others, expected):
    assert auc(ones, others) == expected


@pytest.mark.django_db
def test_a_listed_applicant_costs_the_same_statements_of_the_same_kind(settings):
    """What the time could tell: the statements of a question over HTTP, whatever its answer."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    cast.in_force()
    headers = asking.bearer(asking.bank().organisation)

    def statements(place, **applicant):
        body = asking.body()
        body["applicant"] = {
            "name": applicant.get("name", "高䶮"),
            "document": {"type": "resident_id", "number": applicant.get("number", cast.DEFENDANT_NUMBER)},
        }
        with CaptureQueriesContext(connection) as queries:
            answer = Browser().post(
                "/api/v1/screenings",
                body,
                content_type="application/json",
                headers={"Idempotency-Key": f"key-{place:05d}", **headers},
            )
        told = [re.sub(r"SAVEPOINT.*", "SAVEPOINT", query["sql"])[:40] for query in queries.captured_queries]
        return answer.json()["outcome"], told

    statements(0, number=cast.APPLICANT_NUMBER)
    listed, clean, missed = (
        statements(1),
        statements(2, number=cast.APPLICANT_NUMBER),
        statements(3, name="高某"),
    )
    assert [each[0] for each in (listed, clean, missed)] == ["listed", "not_listed", "pending"]
    assert listed[1] == clean[1] == missed[1]
