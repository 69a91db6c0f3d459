"""Old decisions from a file: checked without writing, compared by a judge, written as entering and approving would."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.utils import translation

from registry import actions, codes
from registry.admin.story import story_of
from registry.entries import CaseEntry, DocumentEntry, PartyCircumstances, PersonEntry
from registry.errors import (
    AnotherCourt,
    FourEyes,
    ImportDiffers,
    ImportMovedOn,
    ImportsHeld,
    NothingToImport,
    ReasonNeeded,
    WrongRole,
)
from registry.importing import deciding, going_on, uploading
from registry.models import (
    AccessRecord,
    ActRecord,
    Case,
    Decision,
    Event,
    IdentityDocument,
    Import,
    ImportRow,
    ImportState,
    Listing,
    Person,
    Prohibition,
    Role,
    RowState,
    State,
)
from tests import cast, importing
from tests.importing import approved, checked, csv_file, faults, fresh, number_of, row, rows, submitted, work, written

pytestmark = pytest.mark.django_db


def test_it_works(notice_waived):
    made = written([row(0), row(1, number=row(0)["number"]), row(2)])
    assert (made.state, made.total, made.written, made.wrong) == (ImportState.DONE, 3, 3, 0)
    listings = list(Listing.objects.order_by("number"))
    assert [each.state for each in listings] == [State.ACTIVE] * 3
    assert {each.effective_on for each in listings} == {date(2023, 9, 20)}
    assert (Decision.objects.count(), Case.objects.count(), Event.objects.count()) == (2, 2, 3)


def test_what_is_written_is_what_entering_by_hand_leaves(notice_waived):
    """Every field of every row, but for keys, numbers, moments and what is sealed."""
    by_hand = cast.in_force(now=cast.NOW)
    actions.record_circumstances(
        by_hand.party.decision_id, by_hand_circumstances(), shown=None, officer=cast.clerk(), now=cast.NOW
    )
    by_hand = cast.fresh(by_hand)
    decision = cast.judgment(number="（2026）京0105刑初124号")
    certified = str(by_hand.effective_on)
    person = {"name": "欧阳㛃", "document_number": cast.SECOND_NUMBER}
    written([{**AS_IN_THE_CAST, "number": decision.number, "effect_certified_on": certified, **person}])
    imported = Listing.objects.exclude(pk=by_hand.pk).get()
    assert told(imported) == told(by_hand)
    assert [each.act for each in records(imported)] == ACTS_OF_AN_IMPORT


def test_a_case_that_comes_with_an_old_decision_is_filed_and_linked_as_by_hand(notice_waived):
    appeal = CaseEntry(number="（2026）京03刑终9号", filed_on=date(2026, 9, 20), continues="（2026）京0105刑初124号")
    above = cast.officer("C-ABOVE", Role.CLERK, "京03")
    waits = actions.file_case(appeal, officer=above, now=cast.NOW)
    written(
        [
            {
                **AS_IN_THE_CAST,
                "number": "（2026）京0105刑初124号",
                "name": "高䶮",
                "document_number": cast.DEFENDANT_NUMBER,
            }
        ]
    )
    first = Case.objects.get(number="（2026）京0105刑初124号")
    waits.refresh_from_db()
    assert (waits.continues, waits.matter) == (first, first)
    assert [(each.act, each.way, each.officer) for each in first.acts.all()] == [("file", "entry", cast.clerk())]


def by_hand_circumstances():
    own = PartyCircumstances(ordinal=1, employed_at_time=True)
    return cast.circumstances(parties=(own,))


ACTS_OF_AN_IMPORT = ["enter", "record_circumstances", "submit", "approve", "take_effect"]


AS_IN_THE_CAST = {
    "instance": "first", "instrument": "judgment", "filed_on": "2026-03-02", "pronounced_on": "2026-09-01",
    "prosecutor_received_on": "2026-09-02", "facts": "telecom_fraud_related",
    "data": "phone_number:52000", "channels": "social_app", "charge": "CL 253-1", "article": "CL 253-1",
    "offence_dates": "2024-05-06", "penalty_kind": "fixed_term", "sentence_months": "24", "fine_yuan": "20000",
    "received_on": "2026-09-02", "prohibition_scope": "不得从事个人信息处理相关职业", "prohibition_months": "36",
    "employed_at_time": "yes",
}  # fmt: skip
DIFFERENT = {
    "id", "party", "decision", "person", "number", "number_as_typed", "case", "entered_at", "submitted_at", "approved_at",
    "no_appeal_confirmed_at", "effect_certified_on", "revision",
}  # fmt: skip


def told(listing: Listing) -> dict[str, object]:
    """What stands in its rows."""
    party = listing.party
    decision = party.decision
    found: dict[str, object] = {}
    for each in (listing, party, decision, decision.case, party.prohibitions.get(), decision.data.get()):
        for field in each._meta.concrete_fields:
            if field.name not in DIFFERENT and not field.name.endswith("_sealed"):
                found[f"{each._meta.model_name}.{field.name}"] = getattr(each, field.attname)
    found["scope"] = party.prohibitions.get().scope
    found["birth date"] = party.person.birth_date is not None
    found["documents"] = [(each.type, each.digest_key) for each in party.person.documents.all()]
    return found


def records(listing: Listing) -> list[ActRecord]:
    found = ActRecord.objects.filter(listing_number=listing.number)
    return sorted(found, key=lambda each: ACTS_OF_AN_IMPORT.index(each.act))


def test_each_act_names_its_officer_and_the_story_says_imported(notice_waived):
    written([row()])
    listing = Listing.objects.get()
    assert [each.officer for each in records(listing)] == [cast.clerk()] * 3 + [cast.judge(), None]
    assert (listing.entered_by, listing.submitted_by, listing.approved_by) == (
        cast.clerk(), cast.clerk(), cast.judge(),
    )  # fmt: skip
    with translation.override("en"):
        assert any("imported" in str(step.reason) for step in story_of(listing))


def test_nothing_is_in_the_book_before_a_judge_approved():
    made = submitted(rows(3))
    work()
    assert fresh(made).state == ImportState.SUBMITTED
    for model in (Listing, Decision, Case, Person, IdentityDocument, ActRecord, Event):
        assert not model.objects.exists(), model


def test_the_dry_run_counts_what_would_become_of_the_rows(notice_waived):
    known = cast.in_force(number=cast.DEFENDANT_NUMBER)
    made = checked(
        [
            row(0),
            row(1, number=row(0)["number"]),
            row(2, name="高䶮", document_number=cast.DEFENDANT_NUMBER),
            row(3, article="nonsense"),
        ]
    )
    assert (made.state, made.total, made.sound, made.wrong) == (ImportState.CHECKED, 4, 3, 1)
    assert (made.decisions, made.persons_new, made.persons_known) == (2, 2, 1)
    assert known.number


def test_what_the_book_has_already_is_left_out(notice_waived):
    first = written(rows(3))
    again = checked(rows(5))
    assert first.written == 3
    assert (again.sound, again.entered, again.wrong) == (2, 3, 0)
    assert [code for _row, _column, code in faults(again)] == ["R-211"] * 3


def test_a_party_joins_a_decision_that_the_book_has(notice_waived):
    written([row(0)])
    written([row(1, number=row(0)["number"])])
    decision = Decision.objects.get()
    assert [each.ordinal for each in decision.parties.all()] == [1, 2]


def test_a_decision_that_the_book_has_otherwise_is_wrong_at_the_column(notice_waived):
    written([row(0)])
    assert faults(checked([row(1, number=row(0)["number"], pronounced_on="2023-08-31")])) == [
        (2, "pronounced_on", "R-379")
    ]


def test_a_row_that_became_a_duplicate_meanwhile_is_left_out_and_said(notice_waived):
    made = approved(rows(2))
    actions_by_hand(row(0))
    work()
    made = fresh(made)
    assert (made.state, made.written, made.entered) == (ImportState.DONE, 1, 1)
    assert faults(made) == [(2, "document_number", "R-211")]


def actions_by_hand(said: dict[str, str]) -> None:
    entry = cast.judgment(
        number=said["number"], filed_on=date(2023, 3, 2), pronounced_on=date(2023, 9, 1),
        prosecutor_received_on=date(2023, 9, 4), effect_certified_on=date(2023, 9, 20),
    )  # fmt: skip
    decision = actions.enter_decision(entry, officer=cast.clerk(), now=cast.NOW)
    document = DocumentEntry(type="resident_id", number=said["document_number"])
    party = cast.party(
        PersonEntry(name=said["name"], documents=(document,)),
        offence_dates=(date(2022, 5, 6),),
        received_on=date(2023, 9, 2),
    )
    actions.add_party(decision.pk, party, officer=cast.clerk(), now=cast.NOW)


def test_the_rules_are_those_of_entering_by_hand():
    """One row for each; the column is the one that the clerk must mend."""
    wrong = {
        "document_number": ("110105198803041230", "R-102"),
        "number": ("（2023）京0108刑初9号", "R-202"),
        "pronounced_on": ("2023-13-01", "R-204"),
        "filed_on": ("2023-12-31", "R-205"),
        "charge": ("theft", "R-206"),
        "penalty_kind": ("unit_fine", "R-206"),
        "sentence_months": ("5", "R-214"),
        "effect_certified_on": ("2023-09-05", "R-205"),
        "name": ("123", "R-107"),
        "prohibition_months": ("无", "R-214"),
    }
    for serial, (column, (text, code)) in enumerate(wrong.items()):
        found = faults(checked([row(serial, **{column: text})]))
        assert (2, column, code) in found, (column, found)
        Import.objects.all().delete()


def test_a_term_that_is_over_is_refused_by_row():
    old = row(0, number="（2015）朝刑初字第1号", court="京0105", filed_on="2015-01-05", pronounced_on="2015-03-02",
              prosecutor_received_on="2015-03-02", effect_certified_on="2015-03-20", received_on="2015-03-02",
              offence_dates="2014-05-06", sentence_months="6", prohibition_scope=None, prohibition_months=None)  # fmt: skip
    assert [code for _row, _column, code in faults(checked([old]))] == ["R-312"]


def test_public_security_penalties_and_other_courts_are_refused():
    sealed = next(iter(sealed_authorities()))
    penalty = row(0, kind="penalty", number="京公罚字〔2023〕1号", authority=sealed, article="PIPL 66",
                  penalty_kind="administrative", charge=None, sentence_months=None, prohibition_scope=None,
                  prohibition_months=None)  # fmt: skip
    assert "R-208" in {code for _row, _column, code in faults(checked([penalty]))}


def sealed_authorities() -> list[str]:
    return [code for code, each in codes.entries("authorities").items() if each.sealed]


def test_a_juveniles_row_leaves_nothing_but_that_it_was_one():
    """Neither once the file is read nor after it was checked; a co-defendant's row stands."""
    young = row(1, number=row(0)["number"], document_number=cast.JUVENILE_NUMBER, name="小某", offence_dates="2024-05-06",
                pronounced_on="2025-05-06")  # fmt: skip
    made = importing.read_in(csv_file([row(0), young]))
    kept = ImportRow.objects.get(row=3)
    assert (kept.state, kept.sealed, kept.key, kept.person) == (RowState.WRONG, None, None, None)
    work()
    made = fresh(made)
    assert (made.sound, made.wrong) == (1, 1)
    assert faults(made) == [(3, "", "R-209")]


def test_rows_of_one_decision_contradict_each_other_by_row_and_column():
    made = checked([row(0), row(1, number=row(0)["number"], pronounced_on="2023-08-31")])
    assert (3, "pronounced_on", "R-375") in faults(made)
    assert made.sound == 0, "a decision is written with all its parties or not at all"


def test_further_rows_of_a_decision_need_its_number_alone(notice_waived):
    further = {name: text for name, text in row(1).items() if name not in OF_THE_DECISION}
    made = written([row(0), {**further, "number": row(0)["number"].replace("（", "(").replace("）", ")")}])
    assert made.written == 2
    assert Decision.objects.count() == 1


OF_THE_DECISION = {
    "instance", "instrument", "filed_on", "pronounced_on", "prosecutor_received_on", "effect_certified_on", "facts", "data",
}  # fmt: skip


def test_the_same_person_twice_in_a_decision_is_wrong():
    assert faults(checked([row(0), row(0)])) == [(2, "", "R-378"), (3, "document_number", "R-376")]


def test_one_number_under_two_names_in_the_file_is_wrong_unless_one_was_borne_before():
    later = row(1, document_number=number_of(0), **A_MONTH_LATER)
    assert faults(checked([row(0), later])) == [(3, "name", "R-377")]
    Import.objects.all().delete()
    knowing = row(0, former_names=later["name"])
    assert faults(checked([later, knowing])) == []


A_MONTH_LATER = {"pronounced_on": "2023-10-09", "prosecutor_received_on": "2023-10-09", "received_on": "2023-10-09",
                 "effect_certified_on": "2023-11-20"}  # fmt: skip


def test_one_person_in_several_decisions_is_written_once_with_terms_that_follow_each_other(notice_waived):
    """The later decision comes first in the file; the earlier one runs already when the later one's term is computed."""
    number, name = number_of(7), row(7)["name"]
    later = row(1, name=name, document_number=number, pronounced_on="2024-03-01", prosecutor_received_on="2024-03-02",
                received_on="2024-03-02", effect_certified_on="2024-03-20")  # fmt: skip
    made = written([later, row(0, name=name, document_number=number)])
    assert made.written == 2
    assert Person.objects.count() == 1
    first, second = Listing.objects.order_by("effective_on")
    assert first.number < second.number
    alone = second.ends_on
    assert first.ends_on is not None
    assert alone is not None
    assert alone <= first.effective_on.replace(year=first.effective_on.year + 9)


def test_what_waits_by_hand_waits_here_too():
    """The notice is not served, and nothing is waived; without a certificate somebody must confirm that nobody appealed."""
    written([row(0), row(1, effect_certified_on=None)])
    assert {each.state for each in Listing.objects.all()} == {State.AWAITING_EFFECT}
    assert not Event.objects.exists()


def test_a_clerk_imports_and_nobody_else():
    for officer in (cast.judge(), cast.registrar(), cast.statistician()):
        with pytest.raises(WrongRole):
            uploading.upload(csv_file(rows(1)), officer=officer, now=cast.NOW)


def test_who_uploaded_it_does_not_approve_it_nor_does_a_stranger():
    made = submitted(rows(1))
    typed = importing.from_the_judgment(made)
    with pytest.raises(WrongRole):
        deciding.approve(made.pk, typed=typed, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(AnotherCourt):
        deciding.approve(made.pk, typed=typed, officer=cast.stranger(), now=cast.NOW)
    clerk = cast.clerk()
    clerk.role = Role.JUDGE
    clerk.save()
    with pytest.raises(FourEyes):
        deciding.approve(made.pk, typed=typed, officer=clerk, now=cast.NOW)


def test_a_number_that_differs_sends_the_import_back_and_nothing_is_written():
    made = submitted(rows(3))
    typed = importing.from_the_judgment(made) | {3: (number_of(99),)}
    with pytest.raises(ImportDiffers):
        deciding.approve(made.pk, typed=typed, officer=cast.judge(), now=cast.NOW)
    work()
    made = fresh(made)
    assert made.state == ImportState.RETURNED
    assert "differs" in made.returned_because
    assert not Listing.objects.exists()
    assert_nothing_is_kept(made)


def test_the_sample_is_drawn_by_a_seed_and_stays_the_same(settings):
    settings.REGISTRY_IMPORT_SAMPLE = 3
    made = submitted(rows(20))
    drawn = [each.row for each in deciding.sample(made)]
    assert len(drawn) == 3
    assert drawn == [each.row for each in deciding.sample(fresh(made))]
    assert drawn == sorted(by_digest(made.seed, range(2, 22))[:3])


def by_digest(seed: str, numbers: range) -> list[int]:
    return sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).digest())


def test_a_judge_returns_it_with_a_reason():
    made = submitted(rows(1))
    with pytest.raises(ReasonNeeded):
        deciding.send_back(made.pk, reason=" ", officer=cast.judge(), now=cast.NOW)
    deciding.send_back(made.pk, reason="the fines are missing", officer=cast.judge(), now=cast.NOW)
    made = fresh(made)
    assert (made.state, made.returned_because) == (ImportState.RETURNED, "the fines are missing")
    assert_nothing_is_kept(made)


def test_nothing_is_kept_of_what_is_wrong_stopped_or_too_old(settings):
    made = checked([row(0), row(1, article="x")])
    assert ImportRow.objects.get(row=3).sealed is None
    deciding.stop(made.pk, officer=cast.clerk(), now=cast.NOW)
    assert_nothing_is_kept(fresh(made))
    late = checked(rows(2))
    kept = timedelta(hours=settings.REGISTRY_IMPORT_HOURS)
    assert going_on.destroy(now=cast.NOW + kept - timedelta(seconds=1)) == 0
    assert going_on.destroy(now=cast.NOW + kept) == 1
    assert fresh(late).state == ImportState.EXPIRED
    assert_nothing_is_kept(fresh(late))


def test_nothing_is_kept_of_what_is_written(notice_waived):
    made = written(rows(2))
    assert_nothing_is_kept(made)
    assert {each.listing_number for each in made.rows.all()} == set(Listing.objects.values_list("number", flat=True))


def assert_nothing_is_kept(made: Import) -> None:
    for each in made.rows.all():
        assert (each.sealed, each.key, each.person, each.second, each.name, each.looks) == (None,) * 5 + ([],)


def test_a_step_is_possible_once_and_in_its_turn():
    made = checked(rows(1))
    with pytest.raises(ImportMovedOn):
        deciding.approve(made.pk, typed={}, officer=cast.judge(), now=cast.NOW)
    deciding.submit(made.pk, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(ImportMovedOn):
        deciding.submit(made.pk, officer=cast.clerk(), now=cast.NOW)
    wrong = checked([row(0, article="x")])
    with pytest.raises(NothingToImport):
        deciding.submit(wrong.pk, officer=cast.clerk(), now=cast.NOW)


def test_so_many_may_wait(settings):
    settings.REGISTRY_IMPORTS_HELD = 1
    checked(rows(1))
    with pytest.raises(ImportsHeld):
        importing.uploaded(csv_file(rows(1)))


def test_who_was_shown_a_row_is_on_record_once_it_is_a_listing(notice_waived):
    made = submitted(rows(2))
    lines = deciding.lines_of(made, deciding.sample(made))
    deciding.record_looks(lines[:1], officer=cast.judge(), page="import", now=cast.NOW)
    assert not AccessRecord.objects.exists()
    deciding.approve(made.pk, typed=importing.from_the_judgment(made), officer=cast.judge(), now=cast.NOW)
    work()
    record = AccessRecord.objects.get()
    assert (record.officer, record.page, record.at) == (cast.judge(), "import", cast.NOW)
    assert record.listing_number == made.rows.get(row=2).listing_number


def test_an_officer_who_left_since_writes_nothing_more(notice_waived):
    made = approved(rows(1))
    account = cast.judge().account
    account.is_active = False
    account.save()
    work()
    assert fresh(made).state == ImportState.STOPPED
    assert not Listing.objects.exists()


def test_circumstances_that_the_file_does_not_say_are_still_owed(notice_waived):
    told = ("data", "channels")
    written([row(0), row(1, **dict.fromkeys(told))])
    assert [each.circumstances_at for each in Decision.objects.order_by("number")] == [cast.NOW, None]


def test_prohibitions_of_what_is_imported_are_sealed_and_dated(notice_waived):
    written([row()])
    prohibition = Prohibition.objects.get()
    assert prohibition.scope == "不得从事个人信息处理相关职业"
    assert prohibition.months == 36
