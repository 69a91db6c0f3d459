"""The demonstration's period: its totals are the published ones, and the registry would accept every entry of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override

from config.demo.period import PUBLISHED, CaseHistory, book, cases, live
from config.demo.period.docket import PERIOD_END
from config.demo.period.history import BEIJING
from config.demo.period.judgments import Judgment
from config.demo.period.timetable import effective_on
from registry import case_number, codes, identity
from registry.actions.changing import FIELDS
from registry.actions.examining import examine_decision, examine_party
from registry.entries import CaseEntry, CircumstancesEntry, DecisionEntry, PartyEntry
from registry.lifecycle import ACTS
from registry.models import Court
from registry.terms import Penalty, Prohibited, TermRules, WorkCalendar, listing_term

TODAY = date(2026, 11, 25)


def entered() -> list[CaseHistory]:
    return [history for history in cases() if history.decision is not None]


def nobody(_documents: object) -> None:
    """Of whom a birth date was corrected: the period knows none."""


def decision_of(history: CaseHistory) -> DecisionEntry:
    assert history.decision is not None
    return history.decision


def moments_of(history: CaseHistory) -> tuple[datetime, datetime, datetime]:
    assert history.entered_at is not None
    assert history.submitted_at is not None
    assert history.approved_at is not None
    return history.entered_at, history.submitted_at, history.approved_at


def parties() -> Iterator[tuple[CaseHistory, PartyEntry]]:
    for history in entered():
        for party in history.parties:
            yield history, party


def convicted() -> list[PartyEntry]:
    return [party for _, party in parties() if party.person.kind == "natural"]


def concluded() -> list[CaseEntry]:
    return [history.case for history in cases() if history.case.outcome]


def first_instance() -> list[CaseEntry]:
    return [case for case in concluded() if "刑初" in case.number]


def found_in_matter() -> dict[str, CircumstancesEntry]:
    """Case number → the circumstances of the decision in force of its matter."""
    by_number = {history.case.number: history.case for history in cases()}

    def root(case: CaseEntry) -> str:
        return root(by_number[case.continues]) if case.continues else case.number

    in_force = {root(history.case): history.circumstances for history in entered()}
    return {case.number: in_force[root(case)] for case in by_number.values() if root(case) in in_force}


def records(found: CircumstancesEntry) -> int:
    return sum(row.records or 0 for row in found.data)


def tier(found: CircumstancesEntry) -> str:
    tiers = {codes.entries("data_kinds")[row.kind].extra["tier"] for row in found.data}
    return next((name for name in ("highly_sensitive", "sensitive", "ordinary") if name in tiers), "")


def published(name: str) -> int:
    (figure,) = (figure for figure in PUBLISHED if figure.name == name)
    assert figure.published is not None
    return figure.published


def test_233_cases_were_filed_and_229_concluded() -> None:
    assert len(cases()) == published("cases_filed") == 233
    assert len(concluded()) == published("cases_concluded") == 229


def test_filings_rise_in_2019_and_fall_to_9_before_27_in_2023() -> None:
    years = Counter(history.case.filed_on.year for history in cases())
    assert [years[year] for year in range(2018, 2024)] == [62, 74, 40, 21, 9, 27]
    assert years[2022] == published("cases_filed_2022")
    assert years[2023] == published("cases_filed_2023")


def test_179_of_the_concluded_cases_are_first_instance_and_the_rest_second_instance() -> None:
    assert len(first_instance()) == published("first_instance_cases_concluded") == 179
    assert sum("刑终" in case.number for case in concluded()) == 50


def test_162_first_instance_cases_were_sentenced_on_the_number_of_records() -> None:
    in_force = found_in_matter()
    counts = [records(in_force[case.number]) for case in first_instance() if case.number in in_force]
    counted = [count for count in counts if count]
    assert len(counted) == published("sentenced_on_records") == 162
    assert sum(count > 50_000 for count in counted) == 85
    assert sum(count > 500_000 for count in counted) == 41


def test_kinds_of_data_are_recorded_in_203_cases_by_the_highest_tier() -> None:
    in_force = found_in_matter()
    tiers = Counter(tier(in_force[case.number]) for case in concluded() if case.number in in_force)
    del tiers[""]
    assert tiers.total() == published("cases_with_kinds_recorded") == 203
    assert tiers["highly_sensitive"] == published("highly_sensitive_cases") == 50
    assert tiers["sensitive"] == published("sensitive_cases") == 20


def test_mobile_numbers_and_identity_cards_are_most_frequent_then_browsing_and_addresses() -> None:
    in_force = found_in_matter()
    kinds = Counter(row.kind for case in concluded() if case.number in in_force for row in in_force[case.number].data)
    ranked = [kind for kind, _ in kinds.most_common()]
    assert ranked[:2] == ["phone_number", "identity_card"]
    assert set(ranked[2:4]) == {"browsing", "address"}


def test_302_persons_were_convicted_each_once_and_units_besides_them() -> None:
    numbers = [party.person.documents[0].number for party in convicted()]
    assert len(numbers) == len(set(numbers)) == published("convicted_persons") == 302
    assert sum(party.person.kind == "unit" for _, party in parties()) == 4


def test_sentences_probation_and_fines_are_the_published_ones() -> None:
    persons = convicted()
    assert sum(party.sentence_months <= 36 for party in persons) == published("three_years_or_less") == 221
    assert sum(party.sentence_months <= 60 for party in persons) == published("five_years_or_less") == 298
    assert sum(party.probation_months > 0 for party in persons) == published("on_probation") == 44
    fines = [party.fine_yuan for party in persons if party.fine_yuan]
    assert len(fines) == published("fined") == 298
    assert sum(fine <= 100_000 for fine in fines) == published("fined_100000_or_less") == 248


def test_more_than_half_were_employed_before_the_crime() -> None:
    employed = Counter(
        life.employed_at_time
        for history in entered()
        for party, life in zip(history.parties, history.circumstances.parties, strict=True)
        if party.person.kind == "natural"
    )
    assert employed[True] * 2 > 302
    assert employed[None] == 12


def test_payment_moves_from_money_to_virtual_currency() -> None:
    by_year: dict[int, list[bool]] = {}
    for history in entered():
        decision = decision_of(history)
        paid = "virtual_currency" in history.circumstances.payments
        by_year.setdefault(decision.pronounced_on.year, []).append(paid)
    shares = [sum(by_year[year]) / len(by_year[year]) for year in sorted(by_year)]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.5


def test_every_associated_offence_of_the_report_and_evasion_software_occur() -> None:
    offences = Counter(code for history in entered() for code in history.circumstances.associated_offences)
    assert offences.keys() >= {"telecom_fraud", "violent_debt_collection", "blackmail", "intentional_injury"}
    assert offences.most_common(1)[0][0] == "telecom_fraud"
    related = [history for history in entered() if "telecom_fraud_related" in decision_of(history).facts]
    assert len(related) == offences["telecom_fraud"]
    assert any("special_software" in history.circumstances.evasions for history in entered())


@pytest.mark.parametrize("history", entered(), ids=lambda history: history.case.number)
def test_the_registry_accepts_the_decision_with_every_party_and_code(history: CaseHistory) -> None:
    decision = decision_of(history)
    entered_on = moments_of(history)[0].date()
    for party in history.parties:
        examine_party(
            party,
            kind=decision.kind,
            authority=decision.authority,
            pronounced_on=decision.pronounced_on,
            today=entered_on,
            corrected=nobody,
        )
    examine_decision(decision, Court(code=history.case.court), entered_on)
    assert len({row.kind for row in history.circumstances.data}) == len(history.circumstances.data)


def test_every_outcome_and_case_number_is_known_and_no_number_occurs_twice() -> None:
    numbers = [history.case.number for history in cases()]
    assert len(set(numbers)) == 233
    for history in cases():
        case = history.case
        parsed = case_number.parse(case.number, today=PERIOD_END)
        assert (parsed.text, parsed.court, parsed.year) == (case.number, case.court, case.filed_on.year)
        if case.outcome:
            codes.require("case_outcomes", case.outcome, "outcome")


def test_every_case_that_continues_another_comes_after_it() -> None:
    seen: dict[str, CaseEntry] = {}
    for history in cases():
        if history.case.continues:
            concluded_on = seen[history.case.continues].concluded_on
            assert concluded_on is not None
            assert concluded_on < history.case.filed_on
        seen[history.case.number] = history.case


def test_no_two_persons_share_a_document() -> None:
    documents = [
        identity.key_form(row.type, identity.canonical(row.type, row.number, today=TODAY))
        for _, party in parties()
        for row in party.person.documents
    ]
    assert len(documents) == len(set(documents))


def test_every_resident_number_has_an_unassigned_county() -> None:
    for _, party in parties():
        for row in party.person.documents:
            if row.type == "resident_id":
                assert row.number[2:6] == "0199"


def test_the_persons_hold_every_kind_of_document_and_rare_names() -> None:
    types = {row.type for party in convicted() for row in party.person.documents}
    assert types >= {"resident_id", "hk_macau_permit", "taiwan_permit", "hmt_residence_permit", "passport_other"}
    assert any(len(row.number) == 15 for party in convicted() for row in party.person.documents)
    names = "".join(party.person.name for party in convicted())
    assert set("䶮𬭩㛃·") <= set(names)


@pytest.mark.parametrize("history", entered(), ids=lambda history: history.case.number)
def test_dates_follow_each_other_and_officers_act_on_working_days(history: CaseHistory) -> None:
    decision = decision_of(history)
    assert history.case.filed_on < decision.pronounced_on == history.case.concluded_on
    for party in history.parties:
        assert party.received_on is not None
        assert max(party.offence_dates) < history.case.filed_on
        assert decision.pronounced_on < party.received_on <= decision.pronounced_on + timedelta(days=5)
        assert party.received_on < moments_of(history)[0].date()
    times = moments_of(history)
    assert effective_on(Judgment(decision, history.parties)) < times[0].date()
    assert list(times) == sorted(set(times))
    for moment in (*times, *(act.at for act in history.later)):
        assert moment.tzinfo is BEIJING
        assert 9 <= moment.hour < 18
        assert WorkCalendar().is_working(moment.date())
        assert moment.date() <= PERIOD_END


def test_no_listing_is_over_before_it_is_approved_or_acted_on() -> None:
    for history, party in parties():
        term = listing_term(
            penalty=Penalty(
                kind=party.penalty_kind,
                sentence_months=party.sentence_months,
                probation_months=party.probation_months,
                custody_credited_days=party.custody_credited_days,
            ),
            effective_on=effective_on(Judgment(decision_of(history), history.parties)),
            prohibitions=[Prohibited(months=row.months, basis=row.basis) for row in party.prohibitions],
            rules=TermRules(),
        )
        acts = [act.at for act in history.later if history.parties[act.party] is party]
        assert term.in_force(max([moments_of(history)[2], *acts]).date())


def test_later_acts_are_in_the_table_and_change_only_what_may_change() -> None:
    acts = [act for history in entered() for act in history.later]
    assert {act.act for act in acts} == {
        "correct",
        "revise",
        "suspend",
        "reinstate",
        "withdraw",
        "flag_disputed",
        "unflag_disputed",
        "flag_under_review",
        "unflag_under_review",
        "state",
    }
    for act in acts:
        assert act.act in ACTS
        if act.act in ("correct", "revise"):
            assert all(act.act in FIELDS[name].acts for name in act.changes)
        if act.act in ("correct", "revise", "withdraw"):
            assert act.ground


def test_later_acts_come_in_order_after_the_approval_and_name_nobody() -> None:
    for history in entered():
        times = [moments_of(history)[2], *(act.at for act in history.later)]
        assert times == sorted(times)
        for act in history.later:
            person = history.parties[act.party].person
            assert person.name not in act.reason
            assert person.documents[0].number not in act.reason


def test_later_acts_leave_every_total_as_published() -> None:
    for history in entered():
        for act in history.later:
            party = history.parties[act.party]
            if "fine_yuan" in act.changes:
                assert party.fine_yuan <= int(act.changes["fine_yuan"]) <= 100_000
            if "sentence_months" in act.changes:
                assert 36 < int(act.changes["sentence_months"]) < party.sentence_months <= 60


def test_prohibitions_are_few_and_run_three_to_five_years() -> None:
    months = [row.months for party in convicted() for row in party.prohibitions]
    assert len(months) == 8
    assert all(length is not None and 36 <= length <= 60 for length in months)


def test_the_period_is_the_same_every_time() -> None:
    once = cases()
    book.cases.cache_clear()
    assert cases() == once
    assert cases() is not once


def test_every_published_figure_names_its_base() -> None:
    names = {figure.name for figure in PUBLISHED}
    assert len(names) == len(PUBLISHED)
    assert {figure.base for figure in PUBLISHED} <= {"", *names}


@pytest.mark.parametrize(
    "today", [date(2024, 2, 20), date(2024, 10, 10), date(2026, 11, 25), date(2027, 3, 1), date(2028, 2, 29)]
)
def test_the_live_judgment_is_in_force_today(today: date) -> None:
    new = live(today)
    judgment = Judgment(new.decision, (new.party,))
    assert effective_on(judgment) < today
    assert max(new.party.offence_dates) < new.case.filed_on < new.decision.pronounced_on
    parsed = case_number.parse(new.case.number, today=today)
    assert (parsed.court, parsed.text) == ("京0105", new.case.number)
    with override("en"):
        examine_party(
            new.party,
            kind="criminal",
            authority="",
            pronounced_on=new.decision.pronounced_on,
            today=today,
            corrected=nobody,
        )


def test_the_applicants_are_the_defendant_and_a_person_who_is_not_in_the_period() -> None:
    new = live(TODAY)
    assert new.listed_applicant == new.party.person
    held = {row.number for _, party in parties() for row in party.person.documents}
    for applicant in (new.listed_applicant, new.unlisted_applicant):
        (document,) = applicant.documents
        assert identity.canonical(document.type, document.number, today=TODAY) == document.number
        assert document.number not in held
    assert new.case.number not in {history.case.number for history in cases()}
