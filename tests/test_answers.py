"""The whole table standing × scope → answer, one row at a time, and the purposes it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from registry import codes
from sharing.disclosure import ListingFacts, ProhibitionFacts
from sharing.employers.answers import TABLE, Rule, Standing, answer, rule, standing
from sharing.employers.lookup import Match, ProhibitionFound
from sharing.employers.models import ScreeningOutcome
from sharing.employers.purposes import Scope, purposes

TODAY = date(2026, 11, 24)
POST = purposes()["finance_recruitment"].posts["loan_officer"]
LISTED, NOT_LISTED = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED
PROHIBITION = ProhibitionFacts(scope="…", basis="CL 37-1", starts_on=date(2026, 1, 1), ends_on=date(2029, 1, 1))


def match(number: int = 1, *prohibitions: ProhibitionFacts, **changes: object) -> Match:
    facts = ListingFacts(
        number=f"L-2026-{number:06}",
        flags=(),
        kind="criminal",
        article="CL 253-1",
        court="京0105",
        effective_on=date(2026, 9, 15),
        ends_on=date(2029, 9, 14),
    )
    found = tuple(ProhibitionFound(facts=each, occupations=frozenset({"loan_officer"})) for each in prohibitions)
    entry = Match(id=number, state="active", penalty_kind="fixed_term", called=True, facts=facts, prohibitions=found)
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def standing_as(wanted: Standing, *prohibitions: ProhibitionFacts) -> Match:
    one = match(1, *prohibitions)
    changes: dict[Standing, dict[str, Any]] = {
        Standing.ACTIVE: {},
        Standing.DISPUTED: {"facts": replace(one.facts, flags=("disputed", "under_review"))},
        Standing.UNDER_REVIEW: {"facts": replace(one.facts, flags=("under_review",))},
        Standing.EXEMPT: {"penalty_kind": "exempt"},
        Standing.SUSPENDED: {"state": "suspended"},
        Standing.ENDED: {"facts": replace(one.facts, ends_on=date(2026, 11, 23))},
    }
    return replace(one, **changes[wanted])


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("wanted", Standing)
def test_the_table_decides(wanted: Standing, scope: Scope) -> None:
    without, touching = standing_as(wanted), standing_as(wanted, PROHIBITION)
    assert standing(without, TODAY) is wanted
    expected = {
        Rule.LISTED: (LISTED, LISTED),
        Rule.IF_TOUCHED: (NOT_LISTED, LISTED),
        Rule.NOT_LISTED: (NOT_LISTED, NOT_LISTED),
    }
    given = tuple(answer([each], scope=scope, post=POST, today=TODAY).outcome for each in (without, touching))
    assert given == expected[TABLE[wanted][scope]]


def test_the_table_is_complete_and_stopped_or_ended_listings_are_never_told() -> None:
    assert {(row, scope) for row, columns in TABLE.items() for scope in columns} == {
        (row, scope) for row in Standing for scope in Scope
    }
    for stopped in (Standing.SUSPENDED, Standing.ENDED, Standing.EXEMPT):
        assert set(TABLE[stopped].values()) == {Rule.NOT_LISTED}


def test_a_withdrawn_listing_has_ended() -> None:
    assert standing(match(state="withdrawn"), TODAY) is Standing.ENDED


def test_a_listing_without_an_end_has_not_ended() -> None:
    lifelong = match()
    assert standing(replace(lifelong, facts=replace(lifelong.facts, ends_on=None)), TODAY) is Standing.ACTIVE


def test_the_court_may_show_persons_exempt_from_punishment(settings: Settings) -> None:
    settings.SHARING_SHOW_EXEMPT = True
    assert rule(Standing.EXEMPT, Scope.LISTING) is Rule.LISTED


def test_of_several_listings_the_first_is_told_with_every_prohibition_that_touches_the_post() -> None:
    longer = replace(PROHIBITION, ends_on=None)
    over = replace(PROHIBITION, ends_on=date(2026, 11, 23))
    given = answer(
        [match(1, PROHIBITION, over), match(2, longer, PROHIBITION)], scope=Scope.LISTING, post=POST, today=TODAY
    )
    assert given.listing_id == 1
    assert given.shown is not None
    assert given.shown["number"] == "L-2026-000001"
    assert [row["ends_on"] for row in given.shown["prohibitions"]] == [None, "2029-01-01"]


def test_the_first_listing_that_may_be_told_is_told() -> None:
    hidden, told = standing_as(Standing.EXEMPT), match(2)
    assert answer([hidden, told], scope=Scope.LISTING, post=POST, today=TODAY).listing_id == 2


def test_a_prohibition_runs_on_its_first_and_its_last_day() -> None:
    one_day = replace(PROHIBITION, starts_on=TODAY, ends_on=TODAY)
    assert answer([match(1, one_day)], scope=Scope.PROHIBITION, post=POST, today=TODAY).outcome == LISTED


# Purposes


def test_without_the_courts_leave_every_purpose_answers_about_prohibitions_alone(settings: Settings) -> None:
    settings.SHARING_SCOPE_LISTING = False
    assert {purpose.scope for purpose in purposes().values()} == {Scope.PROHIBITION}
    settings.SHARING_SCOPE_LISTING = True
    assert {purpose.scope for purpose in purposes().values()} == {Scope.PROHIBITION, Scope.LISTING}


def test_without_an_article_a_purpose_answers_about_prohibitions_alone(settings: Settings) -> None:
    settings.SHARING_SCOPE_LISTING = True
    assert replace(purposes()["finance_recruitment"], article="").scope is Scope.PROHIBITION


def test_the_setting_is_the_most_that_a_result_may_be_relied_on(settings: Settings) -> None:
    settings.SHARING_RESULT_DAYS = 7
    assert {purpose.days for purpose in purposes().values()} == {7}


def test_every_post_names_known_occupations_and_every_text_is_there_in_both_languages() -> None:
    for purpose in purposes().values():
        assert purpose.zh
        assert purpose.en
        for post in purpose.posts.values():
            assert post.zh
            assert post.en
            assert post.occupations <= set(codes.entries("occupations"))


def test_the_operator_adds_a_purpose_by_a_file(settings: Settings, tmp_path: Path) -> None:
    row = {
        "code": "own",
        "zh": "自定义",
        "en": "own",
        "article": "",
        "consent_needed": False,
        "scope": "prohibition",
        "validity_days": 3,
        "posts": [{"code": "driver", "zh": "驾驶员", "en": "driver", "occupations": ["driver"]}],
    }
    (tmp_path / "purposes.json").write_text(json.dumps([row]), encoding="utf-8")
    settings.REGISTRY_CODES = str(tmp_path)
    assert purposes()["own"].posts["driver"].label
    assert "finance_recruitment" in purposes()


def test_a_post_with_an_unknown_occupation_fails_by_name(settings: Settings, tmp_path: Path) -> None:
    row = {"code": "own", "posts": [{"code": "driver", "zh": "驾", "en": "driver", "occupations": ["astronaut"]}]}
    (tmp_path / "purposes.json").write_text(json.dumps([row]), encoding="utf-8")
    settings.REGISTRY_CODES = str(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="astronaut"):
        purposes()
