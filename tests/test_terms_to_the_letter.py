"""Computed dates, to the letter: each reason with all its facts, each refusal with its field and its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from pytest_django import Settings

from registry import codes
from registry.codes import Code
from registry.codes.shapes import CALENDAR, HOLIDAY, NOTICE, WORKDAY
from registry.errors import Refusal
from registry.terms import (
    Effect,
    Penalty,
    Prohibited,
    Reason,
    Served,
    Span,
    Term,
    TermRules,
    WorkCalendar,
    effect,
    kept_effect,
    listing_term,
    penalty_effect,
    prohibition_span,
    rules_from_settings,
    service,
)
from registry.terms.effect import PROSECUTOR
from registry.terms.rules import SETTINGS

PRONOUNCED, EFFECTIVE = date(2025, 11, 3), date(2025, 11, 14)
RULES = TermRules(announced_through=2026)
LIFE = Prohibited(months=None, basis="CSL 63")
BEFORE, NOV_5, NOV_6, NOV_7, NOV_13, NOV_14 = (date(2025, 11, day) for day in (2, 5, 6, 7, 13, 14))
DEC_2 = date(2025, 12, 2)


def party(ordinal: int = 1, received_on: date | None = PRONOUNCED, **more: Any) -> Served:
    return Served(ordinal=ordinal, received_on=received_on, **more)


def prosecutor(received_on: date | None = PRONOUNCED, **more: Any) -> Served:
    return party(PROSECUTOR, received_on, **more)


def judged(*parties: Served, by: Served | None = None, certified_on: date | None = None, **more: Any) -> Effect:
    usual = {"instance": "first", "instrument": "judgment", "pronounced_on": PRONOUNCED, "rules": RULES}
    return effect(**{**usual, **more}, parties=parties, prosecutor=by or prosecutor(), effect_certified_on=certified_on)


def term(kind: str, months: int = 0, *, probation: int = 0, custody: int = 0, **more: Any) -> Term:
    penalty = Penalty(kind=kind, sentence_months=months, probation_months=probation, custody_credited_days=custody)
    return listing_term(**{"penalty": penalty, "effective_on": EFFECTIVE, "rules": RULES, **more})


def span(**given: Any) -> Span:
    return prohibition_span(**{"completed_on": None, "starts_on": None, "months": 36, **given})


def told(reasons: Sequence[Reason]) -> list[tuple[str, dict[str, Any]]]:
    return [(each.code, dict(each.facts)) for each in reasons]


def refused(act: Callable[[], object]) -> tuple[str, str]:
    """Field and message."""
    with pytest.raises(Refusal) as caught, translation.override("en"):
        act()
    with translation.override("en"):
        return caught.value.field, str(caught.value.message % caught.value.facts)


PERIOD = ("period", {"party": 1, "received": "2025-11-03", "days": 10, "last": "2025-11-13"})
PROSECUTORS = ("period_prosecutor", {"received": "2025-11-03", "days": 10, "last": "2025-11-13"})
IN_EFFECT = ("effect_day_after", {"last": "2025-11-13", "on": "2025-11-14"})


class TestEffect:
    @pytest.mark.parametrize(
        ("made", "on", "held", "reasons"),
        [
            pytest.param(
                lambda: judged(party(), party(2, NOV_5, detained=True)),
                date(2025, 11, 16),
                False,
                [
                    PERIOD,
                    ("period", {"party": 2, "received": "2025-11-05", "days": 10, "last": "2025-11-15"}),
                    ("period_detained", {"last": "2025-11-15"}),
                    PROSECUTORS,
                    ("effect_day_after", {"last": "2025-11-15", "on": "2025-11-16"}),
                ],
                id="a detained defendant's period ends on a Saturday",
            ),
            pytest.param(
                lambda: judged(party(detained=True)),
                NOV_14,
                False,
                [PERIOD, PROSECUTORS, IN_EFFECT],
                id="a detained defendant's period ends on a working day",
            ),
            pytest.param(
                lambda: judged(party(appealed_on=NOV_7), by=prosecutor(appealed_on=NOV_14)),
                None,
                True,
                [
                    PERIOD,
                    ("appealed", {"party": 1, "appealed": "2025-11-07"}),
                    PROSECUTORS,
                    ("appealed_prosecutor", {"appealed": "2025-11-14"}),
                    ("appealed_late", {"last": "2025-11-13"}),
                    ("held", {}),
                ],
                id="an appeal, and a protest that came too late",
            ),
            pytest.param(
                lambda: judged(party(appealed_on=NOV_13)),
                None,
                True,
                [PERIOD, ("appealed", {"party": 1, "appealed": "2025-11-13"}), PROSECUTORS, ("held", {})],
                id="an appeal on the last day",
            ),
            pytest.param(
                lambda: judged(
                    party(1, None, appealed_on=NOV_7), party(2, None), by=prosecutor(None, appealed_on=NOV_6)
                ),
                None,
                True,
                [
                    ("receipt_unknown", {"party": 1}),
                    ("appealed", {"party": 1, "appealed": "2025-11-07"}),
                    ("receipt_unknown", {"party": 2}),
                    ("receipt_unknown_prosecutor", {}),
                    ("appealed_prosecutor", {"appealed": "2025-11-06"}),
                    ("held", {}),
                ],
                id="appeals of whom nobody knows when he received it",
            ),
            pytest.param(
                lambda: judged(party(1, None)),
                None,
                False,
                [("receipt_unknown", {"party": 1}), PROSECUTORS, ("waiting", {})],
                id="a receipt is missing",
            ),
            pytest.param(lambda: judged(), None, False, [PROSECUTORS, ("waiting", {})], id="no party yet"),
            pytest.param(
                lambda: judged(
                    party(appealed_on=NOV_7, appeal_withdrawn_on=NOV_7),
                    by=prosecutor(appealed_on=NOV_7, appeal_withdrawn_on=NOV_13),
                ),
                NOV_14,
                False,
                [
                    PERIOD,
                    ("withdrawn_in_time", {"party": 1, "withdrawn": "2025-11-07"}),
                    PROSECUTORS,
                    ("withdrawn_in_time_prosecutor", {"withdrawn": "2025-11-13"}),
                    IN_EFFECT,
                ],
                id="withdrawn within the period",
            ),
            pytest.param(
                lambda: judged(
                    party(appealed_on=NOV_14, appeal_withdrawn_on=DEC_2),
                    by=prosecutor(appealed_on=NOV_7, appeal_withdrawn_on=NOV_14),
                ),
                DEC_2,
                False,
                [
                    PERIOD,
                    ("appealed_late", {"last": "2025-11-13"}),
                    ("withdrawn_late", {"party": 1, "withdrawn": "2025-12-02"}),
                    PROSECUTORS,
                    ("withdrawn_late_prosecutor", {"withdrawn": "2025-11-14"}),
                    ("effect_ruling", {"last": "2025-11-13", "on": "2025-12-02"}),
                ],
                id="withdrawn after the period",
            ),
            pytest.param(
                lambda: judged(party(appealed_on=NOV_7, appeal_withdrawn_on=NOV_14)),
                NOV_14,
                False,
                [PERIOD, ("withdrawn_late", {"party": 1, "withdrawn": "2025-11-14"}), PROSECUTORS, IN_EFFECT],
                id="withdrawn on the day of effect",
            ),
            pytest.param(
                lambda: judged(party(), instrument="ruling"),
                date(2025, 11, 11),
                False,
                [
                    ("period", {"party": 1, "received": "2025-11-03", "days": 5, "last": "2025-11-08"}),
                    ("period_moved", {"last": "2025-11-08", "moved": "2025-11-10"}),
                    ("period_prosecutor", {"received": "2025-11-03", "days": 5, "last": "2025-11-08"}),
                    ("period_moved", {"last": "2025-11-08", "moved": "2025-11-10"}),
                    ("effect_day_after", {"last": "2025-11-10", "on": "2025-11-11"}),
                ],
                id="a ruling whose period ends on a Saturday",
            ),
            pytest.param(
                lambda: judged(party(received_on=date(2027, 3, 1)), by=prosecutor(date(2027, 3, 1), detained=True)),
                date(2027, 3, 12),
                False,
                [
                    ("period", {"party": 1, "received": "2027-03-01", "days": 10, "last": "2027-03-11"}),
                    ("calendar_provisional", {"year": 2027}),
                    ("period_prosecutor", {"received": "2027-03-01", "days": 10, "last": "2027-03-11"}),
                    ("effect_day_after", {"last": "2027-03-11", "on": "2027-03-12"}),
                ],
                id="holidays that are not announced yet",
            ),
            pytest.param(
                lambda: judged(party(1, None), instance="second", certified_on=PRONOUNCED),
                PRONOUNCED,
                False,
                [("effect_final", {"on": "2025-11-03"}), ("effect_confirmed", {"on": "2025-11-03"})],
                id="of last instance, confirmed",
            ),
            pytest.param(
                lambda: judged(party(), certified_on=DEC_2),
                DEC_2,
                False,
                [PERIOD, PROSECUTORS, IN_EFFECT, ("effect_certified", {"on": "2025-12-02", "computed": "2025-11-14"})],
                id="a later certificate",
            ),
            pytest.param(
                lambda: judged(party(appealed_on=PRONOUNCED), certified_on=DEC_2),
                None,
                True,
                [
                    PERIOD,
                    ("appealed", {"party": 1, "appealed": "2025-11-03"}),
                    PROSECUTORS,
                    ("held", {}),
                    ("certificate_unused", {"certified": "2025-12-02"}),
                ],
                id="a certificate while an appeal stands",
            ),
            pytest.param(
                lambda: penalty_effect(decided_on=PRONOUNCED, received_on=PRONOUNCED),
                PRONOUNCED,
                False,
                [("penalty_effect", {"on": "2025-11-03"})],
                id="a penalty served on its day",
            ),
            pytest.param(
                lambda: penalty_effect(decided_on=PRONOUNCED, received_on=None),
                None,
                False,
                [("penalty_unserved", {})],
                id="a penalty not served",
            ),
            pytest.param(
                lambda: kept_effect(EFFECTIVE),
                EFFECTIVE,
                False,
                [("effect_kept", {"on": "2025-11-14"})],
                id="a day that was told",
            ),
        ],
    )
    def test_every_reason_is_given_with_its_facts(
        self, made: Callable[[], Effect], on: date | None, held: bool, reasons: list[tuple[str, dict[str, Any]]]
    ) -> None:
        found = made()
        assert (found.on, found.held, told(found.reasons)) == (on, held, reasons)

    def test_of_somebody_who_is_no_party_only_what_follows_for_all_is_explained(self) -> None:
        found = judged(party())
        assert found.explain(7) == found.outcome
        assert told(found.explain(1)) == [PERIOD, IN_EFFECT]

    @pytest.mark.parametrize(("by_prosecutor", "whose"), [(False, "party 1"), (True, "prosecutor")])
    def test_a_day_out_of_order_is_refused_with_whose_it_is(self, by_prosecutor: bool, whose: str) -> None:
        def of(**days: Any) -> tuple[str, str]:
            if by_prosecutor:
                return refused(lambda: judged(party(), by=prosecutor(**days)))
            return refused(lambda: judged(party(**days)))

        assert of(received_on=BEFORE) == ("received_on", f"Receipt ({whose}) cannot be before the decision.")
        assert of(appealed_on=BEFORE) == ("appealed_on", f"The appeal ({whose}) cannot be before the decision.")
        assert of(appealed_on=NOV_6, appeal_withdrawn_on=NOV_5) == (
            "appeal_withdrawn_on",
            f"The withdrawal ({whose}) cannot be before the appeal.",
        )
        assert of(appeal_withdrawn_on=NOV_5) == ("appealed_on", f"“day of the appeal ({whose})” is needed.")

    def test_all_of_one_day_is_in_order(self) -> None:
        assert judged(party(appealed_on=PRONOUNCED, appeal_withdrawn_on=PRONOUNCED)).on == NOV_14

    def test_what_else_is_refused(self) -> None:
        assert refused(lambda: judged(party(), instrument="letter")) == (
            "instrument",
            "“letter” is not in the list “instrument”.",
        )
        assert refused(lambda: judged(party(), certified_on=NOV_13)) == (
            "effect_certified_on",
            "The certificate of effect cannot be before the computed day of effect 2025-11-14.",
        )
        assert refused(lambda: penalty_effect(decided_on=PRONOUNCED, received_on=BEFORE)) == (
            "received_on",
            "Service of the penalty cannot be before the decision.",
        )


def years(since: str, until: str, number: int = 3) -> tuple[str, dict[str, Any]]:
    return "term", {"years": number, "on": until, "from": since}


class TestWhoWentOutOfTheBook:
    """Of whom nobody knows any more when he received the judgment, or whether he appealed."""

    def test_the_others_wait_for_a_certificate_and_their_own_periods_are_told(self) -> None:
        found, own = judged(party(), needs_certificate=True), judged(party()).own
        assert own
        assert found == Effect(on=None, own=own, outcome=found.outcome)
        assert told(found.outcome) == [("certificate_needed", {})]

    def test_it_tells_the_day(self) -> None:
        assert judged(party(), needs_certificate=True, certified_on=DEC_2) == judged(party(), certified_on=DEC_2)

    def test_what_has_no_day_anyway_says_why_not(self) -> None:
        waiting = judged(party(received_on=None))
        assert waiting.on is None
        assert judged(party(received_on=None), needs_certificate=True) == waiting


class TestTerm:
    @pytest.mark.parametrize(
        ("made", "presumed", "reasons"),
        [
            pytest.param(
                lambda: term("fixed_term", 36, custody=200),
                True,
                [
                    ("completed_term", {"months": 36, "credited": 200, "on": "2028-04-27", "from": "2025-11-14"}),
                    ("presumed", {}),
                    years("2028-04-27", "2031-04-27"),
                ],
                id="imprisonment",
            ),
            pytest.param(
                lambda: term("control", 6, custody=30),
                True,
                [
                    ("completed_control", {"months": 6, "credited": 30, "on": "2026-03-14", "from": "2025-11-14"}),
                    ("presumed", {}),
                    years("2026-03-14", "2029-03-14"),
                ],
                id="public surveillance",
            ),
            pytest.param(
                lambda: term("fixed_term", 24, probation=36, custody=90),
                True,
                [
                    ("completed_probation", {"months": 36, "on": "2028-11-13", "from": "2025-11-14"}),
                    ("presumed", {}),
                    years("2028-11-13", "2031-11-13"),
                ],
                id="probation",
            ),
            pytest.param(
                lambda: term("administrative"),
                False,
                [("completed_at_effect", {"on": "2025-11-14"}), years("2025-11-14", "2027-11-14", 2)],
                id="an administrative penalty",
            ),
            pytest.param(
                lambda: term("fixed_term", 36, released_on=EFFECTIVE),
                False,
                [("released", {"on": "2025-11-14"}), years("2025-11-14", "2028-11-14")],
                id="released on the day of effect",
            ),
            pytest.param(
                lambda: term("fixed_term", 36, released_on=NOV_13),
                False,
                [
                    ("released_before_effect", {"released": "2025-11-13", "on": "2025-11-14"}),
                    years("2025-11-14", "2028-11-14"),
                ],
                id="released before effect",
            ),
            pytest.param(
                lambda: term("fine_only", running_since=date(2023, 3, 1)),
                False,
                [
                    ("completed_at_effect", {"on": "2025-11-14"}),
                    years("2025-11-14", "2028-11-14"),
                    ("term_capped", {"years": 5, "since": "2023-03-01", "on": "2028-03-01"}),
                ],
                id="capped",
            ),
            pytest.param(
                lambda: term("fine_only", running_since=date(2023, 11, 14)),
                False,
                [("completed_at_effect", {"on": "2025-11-14"}), years("2025-11-14", "2028-11-14")],
                id="exactly as long as it may be",
            ),
            pytest.param(
                lambda: term("fine_only", rules=TermRules(term_years=9), running_since=date(2027, 1, 1)),
                False,
                [
                    ("completed_at_effect", {"on": "2025-11-14"}),
                    years("2025-11-14", "2034-11-14", 9),
                    ("term_capped", {"years": 5, "since": "2025-11-14", "on": "2030-11-14"}),
                ],
                id="an earlier term that was completed later does not lengthen this one",
            ),
            pytest.param(
                lambda: term(
                    "fine_only", prohibitions=[Prohibited(months=60), Prohibited(months=36, starts_on=EFFECTIVE)]
                ),
                False,
                [
                    ("completed_at_effect", {"on": "2025-11-14"}),
                    years("2025-11-14", "2028-11-14"),
                    ("prohibition_pending", {"months": 60, "basis": "CL 37-1"}),
                    (
                        "prohibition",
                        {"months": 36, "basis": "CL 37-1", "on": "2028-11-13", "from": "2025-11-14"},
                    ),
                    ("term_prohibition", {"on": "2030-11-13"}),
                ],
                id="a prohibition that is pending counts from the presumed day",
            ),
            pytest.param(
                lambda: term("administrative", prohibitions=[LIFE], reviewed_on=date(2026, 11, 2)),
                False,
                [
                    ("completed_at_effect", {"on": "2025-11-14"}),
                    years("2025-11-14", "2027-11-14", 2),
                    ("prohibition_life", {"basis": "CSL 63"}),
                    ("term_lifelong", {"on": "2027-11-02"}),
                ],
                id="for life",
            ),
        ],
    )
    def test_every_reason_is_given_with_its_facts(
        self, made: Callable[[], Term], presumed: bool, reasons: list[tuple[str, dict[str, Any]]]
    ) -> None:
        found = made()
        assert (found.presumed, told(found.reasons)) == (presumed, reasons)

    def test_a_prohibition_that_runs_from_effect_makes_the_listing_longer_too(self) -> None:
        ban = Prohibited(months=60, basis="PIPL 66", from_effect=True)
        assert term("fine_only", prohibitions=[ban]).ends_on == date(2030, 11, 13)

    def test_a_prohibition_that_ends_with_the_listing_makes_it_no_longer(self) -> None:
        found = term("fine_only", prohibitions=[Prohibited(months=36, starts_on=date(2025, 11, 15))])
        assert found.prohibitions[0].ends_on == found.ends_on == date(2028, 11, 14)
        assert "term_prohibition" not in [reason.code for reason in found.reasons]

    def test_of_a_ban_for_life_everything_else_is_told_as_of_others(self) -> None:
        found = term("fixed_term", 12, prohibitions=[LIFE, Prohibited(months=36)])
        assert (found.ends_on, found.lifelong, found.review_on) == (None, True, date(2026, 11, 14))
        assert (found.completed_on, found.presumed) == (date(2026, 11, 13), True)
        assert [(each.lifelong, each.pending) for each in found.prohibitions] == [(True, True), (False, True)]

    def test_of_others_it_is_not_for_life_and_not_reviewed(self) -> None:
        found = term("fine_only", prohibitions=[Prohibited(months=36)])
        assert (found.lifelong, found.review_on, len(found.prohibitions)) == (False, None, 1)

    def test_each_refusal_says_what_is_possible(self) -> None:
        assert refused(lambda: term("banishment")) == (
            "penalty_kind",
            "“banishment” is not in the list “Kinds of penalty”.",
        )
        between = "must be a whole number between"
        assert refused(lambda: term("detention", 13))[1] == f"“sentence in months” {between} 1 and 12."
        assert refused(lambda: term("fixed_term", 24, probation=12))[1] == f"“probation in months” {between} 24 and 60."
        assert refused(lambda: term("detention", 1, probation=1))[1] == f"“probation in months” {between} 2 and 12."
        assert refused(lambda: term("control", 6, custody=-1))[1] == f"“days of custody” {between} 0 and 9999."
        assert refused(lambda: term("exempt", 1))[1] == "A penalty of this kind has no sentence in months."
        assert refused(lambda: term("control", 6, probation=12))[1] == (
            "Probation is given only with criminal detention, or with imprisonment of up to 36 months."
        )


class TestProhibition:
    @pytest.mark.parametrize(
        ("made", "days", "lifelong", "reason"),
        [
            (lambda: span(), (None, None, True), False, ("prohibition_pending", {"months": 36, "basis": "CL 37-1"})),
            (
                lambda: span(months=1, basis="CSL 63"),
                (None, None, True),
                False,
                ("prohibition_pending_other", {"months": 1, "basis": "CSL 63"}),
            ),
            (
                lambda: span(completed_on=PRONOUNCED, starts_on=EFFECTIVE, months=60),
                (EFFECTIVE, date(2030, 11, 13), False),
                False,
                ("prohibition", {"months": 60, "basis": "CL 37-1", "on": "2030-11-13", "from": "2025-11-14"}),
            ),
            (
                lambda: span(completed_on=EFFECTIVE, months=600, basis="CSL 63"),
                (EFFECTIVE, date(2075, 11, 13), False),
                False,
                ("prohibition_other", {"months": 600, "basis": "CSL 63", "on": "2075-11-13", "from": "2025-11-14"}),
            ),
            (
                lambda: span(months=None, basis="CSL 63"),
                (None, None, True),
                True,
                ("prohibition_life", {"basis": "CSL 63"}),
            ),
            (
                lambda: span(completed_on=EFFECTIVE, months=None, basis="CSL 63"),
                (EFFECTIVE, None, False),
                True,
                ("prohibition_life", {"basis": "CSL 63"}),
            ),
        ],
    )
    def test_it_runs_from_when_until_when_and_why(
        self, made: Callable[[], Span], days: tuple[Any, ...], lifelong: bool, reason: tuple[str, dict[str, Any]]
    ) -> None:
        found = made()
        assert (found.starts_on, found.ends_on, found.pending) == days
        assert (found.lifelong, told(found.reasons)) == (lifelong, [reason])

    @pytest.mark.parametrize(
        ("months", "basis", "bounds"),
        [
            (35, "CL 37-1", "36 and 60"),
            (61, "CL 37-1", "36 and 60"),
            (None, "CL 37-1", "36 and 60"),
            (0, "CSL 63", "1 and 600"),
            (601, "CSL 63", "1 and 600"),
        ],
    )
    def test_another_length_is_refused_with_those_that_there_are(
        self, months: int | None, basis: str, bounds: str
    ) -> None:
        said = f"“length of the prohibition in months” must be a whole number between {bounds}."
        assert refused(lambda: span(months=months, basis=basis)) == ("months", said)


def test_only_a_public_notice_takes_its_days_and_says_so() -> None:
    for how in ("in_court", "by_post"):
        found = service(how=how, done_on=PRONOUNCED, public_notice_days=30)
        assert (found.on, found.reasons) == (PRONOUNCED, ())
    found = service(how="public_notice", done_on=PRONOUNCED, public_notice_days=30)
    assert found.on == date(2025, 12, 3)
    assert told(found.reasons) == [("public_notice", {"published": "2025-11-03", "days": 30, "on": "2025-12-03"})]


@pytest.mark.parametrize(
    ("day", "number", "found"),
    [
        (date(2025, 10, 11), 0, date(2025, 10, 11)),
        (date(2025, 10, 11), 1, date(2025, 10, 10)),
        (date(2025, 10, 11), 3, date(2025, 9, 30)),
        (date(2025, 11, 24), 1, date(2025, 11, 21)),
        (date(2025, 11, 23), 1, date(2025, 11, 21)),
    ],
)
def test_working_days_are_counted_back_from_the_day_before(day: date, number: int, found: date) -> None:
    assert WorkCalendar().back_working_days(day, number) == found


class TestRules:
    def test_every_setting_is_read(self, settings: Settings) -> None:
        settings.REGISTRY_EFFECT_STARTS = "last_day"
        settings.REGISTRY_TERM_YEARS = 4
        settings.REGISTRY_TERM_YEARS_ADMINISTRATIVE = 1
        settings.REGISTRY_TERM_YEARS_MOST = 7
        settings.REGISTRY_PUBLIC_NOTICE_DAYS = 0
        settings.REGISTRY_EXTRA_HOLIDAYS = [" 2025-11-24 "]
        settings.REGISTRY_EXTRA_WORKDAYS = [date(2025, 11, 22)]
        settings.REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH = 2031
        settings.REGISTRY_CLOCKS = {"receipt": 0}
        rules = rules_from_settings()
        assert (rules.effect_starts, rules.term_years, rules.term_years_administrative) == ("last_day", 4, 1)
        assert (rules.term_years_most, rules.public_notice_days, rules.announced_through) == (7, 0, 2031)
        assert set(rules.extra_holidays) == {date(2025, 11, 24)}
        assert set(rules.extra_workdays) == {date(2025, 11, 22)}
        assert (rules.clocks["receipt"].number, rules.clocks["purge_receipt"].number) == (0, 3)
        assert (rules.clocks["receipt"].unit, rules.clocks["receipt"].source) == (
            "working_days",
            "Rule of this registry",
        )

    def test_what_is_not_set_is_as_it_is_shipped(self, settings: Settings) -> None:
        for name in SETTINGS:
            if hasattr(settings, name):
                delattr(settings, name)
        assert rules_from_settings() == TermRules()
        assert rules_from_settings().clocks == TermRules().clocks

    def test_days_that_two_registrars_entered_stand_before_the_courts_settings(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kinds = {
            "2027-05-01": WORKDAY,
            "2027-05-08": HOLIDAY,
            "2027-05-09": HOLIDAY,
            "2027-05-15": WORKDAY,
            "2027": NOTICE,
            "2029": NOTICE,
        }
        listed = {code: Code(code, "甲", "a", {"kind": kind}) for code, kind in kinds.items()}
        monkeypatch.setattr(codes, "offered", lambda name: listed if name == CALENDAR else {})
        settings.REGISTRY_EXTRA_HOLIDAYS = ["2027-05-01", "2027-05-02"]
        settings.REGISTRY_EXTRA_WORKDAYS = ["2027-05-08", "2027-05-16"]
        settings.REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH = 2026
        rules = rules_from_settings()
        assert rules.extra_holidays == {date(2027, 5, 2), date(2027, 5, 8), date(2027, 5, 9)}
        assert rules.extra_workdays == {date(2027, 5, 1), date(2027, 5, 15), date(2027, 5, 16)}
        assert rules.announced_through == 2027

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("EFFECT_STARTS", "tomorrow", "REGISTRY_EFFECT_STARTS: one of day_after, last_day."),
            ("TERM_YEARS", 0, "REGISTRY_TERM_YEARS…: whole years, 1 or more."),
            ("TERM_YEARS_ADMINISTRATIVE", 0, "REGISTRY_TERM_YEARS…: whole years, 1 or more."),
            ("TERM_YEARS_MOST", 0, "REGISTRY_TERM_YEARS…: whole years, 1 or more."),
            ("PUBLIC_NOTICE_DAYS", -1, "REGISTRY_PUBLIC_NOTICE_DAYS: whole days, 0 or more."),
            ("EXTRA_HOLIDAYS", ["24 November"], "REGISTRY_EXTRA_HOLIDAYS: days are written YYYY-MM-DD."),
            ("EXTRA_WORKDAYS", ["24 November"], "REGISTRY_EXTRA_WORKDAYS: days are written YYYY-MM-DD."),
            ("CLOCKS", {"tea": 5, "cake": 1}, "REGISTRY_CLOCKS: unknown time limits cake, tea."),
            ("CLOCKS", {"receipt": -1}, "REGISTRY_CLOCKS: numbers are 0 or more."),
        ],
    )
    def test_a_setting_that_makes_no_sense_is_refused_in_so_many_words(
        self, settings: Settings, name: str, value: object, said: str
    ) -> None:
        setattr(settings, f"REGISTRY_{name}", value)
        with pytest.raises(ImproperlyConfigured) as caught:
            rules_from_settings()
        assert str(caught.value) == said

    def test_the_least_years_are_one(self, settings: Settings) -> None:
        settings.REGISTRY_TERM_YEARS = settings.REGISTRY_TERM_YEARS_ADMINISTRATIVE = 1
        settings.REGISTRY_TERM_YEARS_MOST = 1
        assert rules_from_settings().term_years == 1

    def test_a_day_both_off_and_worked_is_named(self, settings: Settings) -> None:
        settings.REGISTRY_EXTRA_HOLIDAYS = settings.REGISTRY_EXTRA_WORKDAYS = ["2025-11-24"]
        with pytest.raises(ImproperlyConfigured) as caught:
            rules_from_settings()
        assert str(caught.value) == "The same day is in REGISTRY_EXTRA_HOLIDAYS and REGISTRY_EXTRA_WORKDAYS."

    def test_a_length_that_was_examined_is_computed_whatever_it_is(self) -> None:
        found = span(completed_on=EFFECTIVE, months=120, examined=True)
        assert (found.starts_on, found.ends_on) == (EFFECTIVE, date(2035, 11, 13))
        whole = term("fine_only", prohibitions=[Prohibited(months=120, examined=True)])
        assert (whole.ends_on, whole.prohibitions[0].pending) == (date(2035, 11, 13), True)
        assert refused(lambda: term("fine_only", prohibitions=[Prohibited(months=120)]))[0] == "months"
