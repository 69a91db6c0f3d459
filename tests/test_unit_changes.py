"""What becomes of a unit: two officers, every recipient told what it is called and whether it is registered, nobody listed
in its place; and who represents it, who is told to nobody.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from registry import actions, log, units
from registry.entries import DocumentEntry, PersonEntry
from registry.errors import (
    AnotherCourt,
    ChangeBeforeDecision,
    ChangedMeanwhile,
    ChangesOutOfOrder,
    CheckDigit,
    DocumentShape,
    FieldMissing,
    FourEyes,
    ImpossibleDate,
    Malformed,
    NameShape,
    NameUnchanged,
    NotAllowedNow,
    NotAUnit,
    NotCorrectable,
    NothingToChange,
    SuccessorImpossible,
    SuccessorsDoNotFit,
    UnitEnded,
    UnitHasNotEnded,
    UnknownCode,
    UnknownDocumentType,
    WrongRole,
)
from registry.models import ActRecord, Event, EventType, FormerName, Listing, Person, State, UnitChange, WithdrawalCause
from registry.models.insert_only import InsertOnlyError
from sharing.disclosure import Audience, open_paths, paths_of
from tests import becoming, cast, noticing
from tests.becoming import DAY, GROUND, HEIR, NAME, NEW_NAME, REPRESENTATIVE, SUCCESSOR, became, registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
ONE_DAY = timedelta(days=1)


def told(listing, version=None):
    """What the log says of the person in the event of the version, the latest if none is named."""
    events = Event.objects.filter(listing=listing).order_by("version")
    return log.read(events.get(version=version) if version else events.last())["listing"]["person"]


# A new name


def test_a_renamed_unit_is_told_under_its_new_name_with_the_former_one():
    listing = becoming.unit()
    assert told(listing)["former_names"] == []
    listing = becoming.renamed(listing)
    assert Event.objects.last().type == EventType.REVISED
    assert told(listing) == {
        "kind": "unit",
        "name": NEW_NAME,
        "documents": [{"type": "uscc", "number": cast.UNIT_NUMBER}],
        "former_names": [NAME],
        "registration": {"status": "registered", "since": None},
    }
    assert listing.party.person.is_called(NAME)
    (row,) = UnitChange.objects.all()
    assert (row.kind, row.since, row.content, row.ground) == ("renamed", DAY, {"name": NEW_NAME}, GROUND)
    assert row.officer == cast.judge()
    assert NEW_NAME.encode() not in bytes(row.content_sealed)


def test_every_listing_in_force_of_the_unit_is_told_anew_once():
    first = becoming.unit()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(noticing.unit(), other), cast.UNIT_NUMBER)
    manager = becoming.manager()
    becoming.renamed(first)
    assert [cast.fresh(each).version for each in (first, second, manager)] == [2, 2, 1]
    assert told(second)["name"] == NEW_NAME
    assert UnitChange.objects.count() == 1


def test_two_names_are_told_and_a_wrong_spelling_is_no_former_name():
    listing = becoming.renamed(becoming.unit())
    listing = becoming.renamed(listing, "龑云集团有限公司", since=DAY + ONE_DAY)
    listing = cast.corrected(listing, name="龑云集团有限责任公司")
    assert told(listing)["former_names"] == sorted([NAME, NEW_NAME])
    assert listing.party.person.is_called("龑云集团有限公司"), "a question under the wrong spelling still finds it"


def test_a_unit_that_takes_its_former_name_up_again_bears_it_as_its_name_alone():
    listing = becoming.renamed(becoming.unit())
    listing = becoming.renamed(listing, NAME, since=DAY + ONE_DAY)
    assert (told(listing)["name"], told(listing)["former_names"]) == (NAME, [NEW_NAME])


def test_a_spelling_that_was_corrected_away_and_was_a_name_after_all_is_one():
    listing = cast.corrected(becoming.unit(), name=NEW_NAME)
    assert told(listing)["former_names"] == []
    listing = becoming.renamed(becoming.renamed(listing, NAME), "龑云集团有限公司", since=DAY + ONE_DAY)
    assert told(listing)["former_names"] == sorted([NAME, NEW_NAME])
    assert FormerName.objects.count() == 2


def test_a_natural_persons_change_of_name_is_a_revision_and_tells_no_former_name():
    listing = cast.in_force()
    listing = becoming.renamed(listing, "高云")
    assert told(listing) == {
        "kind": "natural",
        "name": "高云",
        "documents": [{"type": "resident_id", "number": cast.DEFENDANT_NUMBER}],
    }
    assert listing.party.person.is_called("高䶮")
    assert not UnitChange.objects.exists()


def test_natural_persons_events_have_the_very_members_that_they_had():
    assert set(told(cast.in_force())) == {"kind", "name", "documents"}


# Merged, divided, without licence, deregistered


@pytest.mark.parametrize(
    ("kind", "successors", "status"),
    [
        ("merged", [HEIR], "merged"),
        ("divided", [HEIR], "divided"),
        ("licence_revoked", [], "licence_revoked"),
        ("deregistered", [], "deregistered"),
    ],
)
def test_what_became_of_it_is_told_with_the_day_and_nobody_in_its_place(kind, successors, status):
    listing = became(becoming.unit(), kind, *successors)
    assert told(listing)["registration"] == {"status": status, "since": "2026-10-20"}
    assert listing.state == State.ACTIVE, "it stays listed"
    assert Listing.objects.count() == 1
    assert Person.objects.count() == 1, "nobody is listed by succession"
    (row,) = UnitChange.objects.all()
    assert row.content == {"successors": successors}
    for event in Event.objects.all():
        body = json.dumps(log.read(event), ensure_ascii=False)
        assert SUCCESSOR not in body
        assert becoming.SUCCESSOR_CODE not in body


def test_a_lost_licence_is_no_end_and_what_is_over_may_be_restored():
    listing = became(becoming.unit(), "licence_revoked")
    assert not units.registration(listing.party.person).has_ended
    listing = became(listing, "deregistered", since=DAY + ONE_DAY)
    assert units.registration(listing.party.person).has_ended
    listing = became(listing, "restored", since=DAY + 2 * ONE_DAY)
    assert told(listing)["registration"] == {"status": "registered", "since": "2026-10-22"}
    becoming.renamed(listing, since=DAY + 3 * ONE_DAY)


def test_it_may_get_another_name_with_what_happened():
    new = {"name": NEW_NAME, "since": DAY.isoformat()}
    listing = becoming.revised(becoming.unit(), new_name=new, registration=registration("divided", HEIR))
    assert listing.version == 2
    assert (told(listing)["name"], told(listing)["registration"]["status"]) == (NEW_NAME, "divided")
    assert UnitChange.objects.count() == 2


def test_a_merger_or_a_lost_licence_may_be_older_than_the_decision():
    """The trial goes on against the unit as it was."""
    before = DAY - timedelta(days=90)
    listing = became(becoming.unit(), "licence_revoked", since=before)
    assert told(listing)["registration"]["since"] == before.isoformat()
    became(listing, "merged", HEIR, since=before)


def test_of_one_day_what_was_recorded_last_stands():
    listing = became(became(becoming.unit(), "licence_revoked"), "deregistered")
    assert told(listing)["registration"]["status"] == "deregistered"


def test_departments_are_granted_every_field_of_a_unit():
    listing = becoming.renamed(becoming.unit())
    said = log.read(Event.objects.last())["listing"]
    assert "listing.person.former_names.*" in set(paths_of(said, "listing"))
    assert set(paths_of(said, "listing")) <= open_paths(Audience.DEPARTMENT)
    assert listing.version == 2


# Who may, and in which order


def test_one_officer_alone_changes_nothing():
    listing = becoming.unit()
    proposal = becoming.proposed(listing, registration=registration("deregistered"))
    assert not UnitChange.objects.exists()
    assert cast.fresh(listing).version == 1
    with pytest.raises(FourEyes):
        actions.carry_out(proposal.pk, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(WrongRole):
        actions.carry_out(proposal.pk, officer=cast.registrar(), now=cast.NOW)


def test_of_two_proposals_about_one_unit_the_second_is_out_of_date():
    first = becoming.unit()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(noticing.unit(), other), cast.UNIT_NUMBER)
    ends = [becoming.proposed(each, registration=registration("deregistered")) for each in (first, second)]
    actions.carry_out(ends[0].pk, officer=cast.judge(), now=cast.NOW)
    with pytest.raises(ChangedMeanwhile):
        actions.carry_out(ends[1].pk, officer=cast.judge(), now=cast.NOW)
    assert UnitChange.objects.count() == 1


# What is refused

WRONG_CODE = becoming.SUCCESSOR_CODE[:-1] + ("0" if becoming.SUCCESSOR_CODE[-1] != "0" else "1")
TOMORROW = cast.NOW.date() + ONE_DAY


def new(name=NEW_NAME, since=DAY):
    return {"new_name": {"name": name, "since": since.isoformat()}}


def is_now(kind, *successors, **more):
    return {"registration": registration(kind, *successors, **more)}


REFUSED = [
    pytest.param(new(since=TOMORROW), ImpossibleDate, "since", id="in the future"),
    pytest.param(is_now("deregistered", since=TOMORROW), ImpossibleDate, "since", id="an end in the future"),
    pytest.param({"new_name": {"name": NEW_NAME, "since": ""}}, FieldMissing, "since", id="no day"),
    pytest.param({"new_name": {"name": NEW_NAME, "since": "soon"}}, ImpossibleDate, "since", id="no date"),
    pytest.param({"new_name": NEW_NAME}, Malformed, "new_name", id="a name without a day"),
    pytest.param(new(since=DAY.replace(month=8)), ChangeBeforeDecision, "since", id="named so before the decision"),
    pytest.param(
        is_now("deregistered", since=DAY.replace(month=8)),
        ChangeBeforeDecision,
        "since",
        id="ended before the decision",
    ),
    pytest.param(new(NAME), NameUnchanged, "new_name", id="its own name"),
    pytest.param(new(f" {NAME[:2]} {NAME[2:]}"), NameUnchanged, "new_name", id="its own name with blanks"),
    pytest.param(new("  "), NameShape, "new_name", id="no name"),
    pytest.param(is_now("merged"), SuccessorsDoNotFit, "successors.0.name", id="a merger into nobody"),
    pytest.param(is_now("divided"), SuccessorsDoNotFit, "successors.0.name", id="a division into nobody"),
    pytest.param(is_now("deregistered", HEIR), SuccessorsDoNotFit, "successors.0.name", id="an end with an heir"),
    pytest.param(
        is_now("merged", {"name": SUCCESSOR, "code": WRONG_CODE}), CheckDigit, "successors.0.code", id="check digit"
    ),
    pytest.param(
        is_now("divided", HEIR, {"name": "乙公司", "code": "12"}),
        DocumentShape,
        "successors.1.code",
        id="no credit code",
    ),
    pytest.param(
        is_now("merged", {"name": "12", "code": becoming.SUCCESSOR_CODE}), NameShape, "successors.0.name", id="no word"
    ),
    pytest.param(
        is_now("merged", {"name": NAME, "code": cast.UNIT_NUMBER}),
        SuccessorImpossible,
        "successors.0.code",
        id="itself",
    ),
    pytest.param(is_now("divided", HEIR, HEIR), SuccessorImpossible, "successors.1.code", id="the same twice"),
    pytest.param(is_now("restored"), UnitHasNotEnded, "kind", id="restored though registered"),
    pytest.param(is_now("bankrupt"), UnknownCode, "kind", id="a kind that is not known"),
    pytest.param(is_now("representative"), UnknownCode, "kind", id="a representative, by this way"),
    pytest.param({"registration": {"kind": "merged"}}, Malformed, "registration", id="no whole change"),
]


@pytest.mark.parametrize(("changes", "refusal", "field"), REFUSED)
def test_what_cannot_be_is_refused_beside_its_field(changes, refusal, field):
    listing = becoming.unit()
    with pytest.raises(refusal) as refused:
        becoming.proposed(listing, **changes)
    assert refused.value.field == field
    assert not UnitChange.objects.exists()


@pytest.mark.parametrize("kind", ["deregistered", "licence_revoked", "divided", "merged"])
def test_after_its_end_nothing_more_becomes_of_it(kind):
    listing = became(becoming.unit(), "deregistered")
    later = DAY + ONE_DAY
    successors = [HEIR] if kind in ("divided", "merged") else []
    with pytest.raises(UnitEnded):
        becoming.proposed(listing, registration=registration(kind, *successors, since=later))
    with pytest.raises(UnitEnded):
        becoming.proposed(listing, **new(since=later))
    with pytest.raises(UnitEnded):
        becoming.represented(listing, since=later)


def test_a_licence_is_revoked_once():
    listing = became(becoming.unit(), "licence_revoked")
    with pytest.raises(NothingToChange):
        becoming.proposed(listing, registration=registration("licence_revoked", since=DAY + ONE_DAY))


def test_what_is_older_than_what_is_on_record_is_refused():
    listing = became(becoming.renamed(becoming.unit()), "divided", HEIR)
    for changes in (new("龑云集团有限公司", since=DAY - ONE_DAY), is_now("deregistered", since=DAY - ONE_DAY)):
        with pytest.raises(ChangesOutOfOrder) as refused:
            becoming.proposed(listing, **changes)
        assert refused.value.facts["day"] == DAY.isoformat()


def test_of_a_natural_person_nothing_of_a_unit_is_recorded():
    listing = cast.in_force()
    with pytest.raises(NotAUnit):
        becoming.proposed(listing, registration=registration("deregistered"))
    with pytest.raises(NotAUnit):
        becoming.represented(listing)
    with pytest.raises(NotAUnit):
        cast.withdrawn(listing, cause=WithdrawalCause.UNIT_ENDED)


def test_neither_is_a_correction():
    for changes in (new(), is_now("deregistered")):
        with pytest.raises(NotCorrectable):
            cast.corrected(Listing.objects.first() or becoming.unit(), **changes)


# Withdrawn because it ended


def test_two_officers_may_withdraw_what_has_ended_and_the_withdrawal_says_what_every_other_says():
    listing = becoming.unit()
    with pytest.raises(UnitHasNotEnded):
        cast.withdrawn(listing, cause=WithdrawalCause.UNIT_ENDED)
    listing = cast.withdrawn(became(listing, "deregistered"), cause=WithdrawalCause.UNIT_ENDED)
    assert log.read(Event.objects.last())["listing"] == {"number": listing.number, "version": 3}
    assert actions.cause_of(listing) == WithdrawalCause.UNIT_ENDED


# Who represents it


def test_who_represents_it_is_recorded_and_told_to_nobody():
    listing = becoming.unit()
    listing = becoming.represented(
        listing, document_type="resident_id", document_number=f" {becoming.REPRESENTATIVE_NUMBER}"
    )
    assert (listing.version, Event.objects.count()) == (1, 1)
    standing = units.representative(listing.party.person)
    assert standing.content == {
        "name": REPRESENTATIVE,
        "document_type": "resident_id",
        "document_number": becoming.REPRESENTATIVE_NUMBER,
    }
    assert REPRESENTATIVE.encode() not in bytes(standing.content_sealed)
    act = ActRecord.objects.get(act="record_representative")
    assert (act.officer, act.version) == (cast.clerk(), 1)


def test_the_later_day_stands_whichever_was_recorded_later():
    listing = becoming.represented(becoming.unit(), "王新任", since=DAY)
    becoming.represented(listing, "李前任", since=DAY - ONE_DAY)
    assert units.representative(listing.party.person).content["name"] == "王新任"


def test_it_is_recorded_before_the_notice_from_the_draft_on():
    listing = becoming.represented(cast.draft(noticing.unit()))
    assert (listing.state, listing.revision) == (State.DRAFT, 1)


def test_it_survives_that_the_draft_is_amended_and_goes_where_it_turns_out_to_be_another_unit():
    listing = becoming.represented(cast.draft(noticing.unit()))
    amended = actions.amend_party(
        listing.pk, noticing.unit(fine_yuan=300_000), revision=1, officer=cast.clerk(), now=cast.NOW
    )
    standing = units.representative(cast.fresh(amended).party.person)
    assert (standing.content["name"], standing.officer) == (REPRESENTATIVE, cast.clerk())
    heir = PersonEntry(
        kind="unit", name=SUCCESSOR, documents=(DocumentEntry(type="uscc", number=becoming.SUCCESSOR_CODE),)
    )
    another = replace(noticing.unit(), person=heir)
    actions.amend_party(listing.pk, another, revision=amended.revision, officer=cast.clerk(), now=cast.NOW)
    assert units.representative(cast.fresh(listing).party.person) is None
    assert not UnitChange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"name": " "}, NameShape, "name"),
        ({"since": TOMORROW}, ImpossibleDate, "since"),
        ({"ground": ""}, FieldMissing, "ground"),
        ({"document_type": "resident_id", "document_number": "1"}, DocumentShape, "document_number"),
        ({"document_type": "uscc", "document_number": cast.UNIT_NUMBER}, UnknownDocumentType, "document_type"),
    ],
)
def test_what_is_wrong_with_it_is_refused(changes, refusal, field):
    with pytest.raises(refusal) as refused:
        becoming.represented(becoming.unit(), **changes)
    assert refused.value.field == field
    assert not UnitChange.objects.exists()
    assert not ActRecord.objects.filter(act="record_representative").exists()


def test_the_same_again_changes_nothing():
    listing = becoming.represented(becoming.unit())
    with pytest.raises(NothingToChange):
        becoming.represented(listing)


def test_only_a_clerk_of_its_court_records_it_and_only_while_it_is_listed():
    listing = becoming.unit()
    with pytest.raises(WrongRole):
        becoming.represented(listing, officer=cast.judge())
    with pytest.raises(AnotherCourt):
        becoming.represented(listing, officer=cast.stranger())
    listing = cast.withdrawn(listing)
    with pytest.raises(NotAllowedNow):
        becoming.represented(listing)


# The history stays, and goes with the last listing


def test_what_is_written_is_neither_changed_nor_deleted():
    becoming.represented(becoming.unit())
    row = UnitChange.objects.get()
    for change in (row.save, row.delete, UnitChange.objects.all().delete):
        with pytest.raises(InsertOnlyError):
            change()
    for statement in ("UPDATE registry_unitchange SET kind = 'merged'", "DELETE FROM registry_unitchange"):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            _execute(statement)


def _execute(statement):
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(statement)


def test_the_history_goes_with_the_purge_of_the_last_listing_and_not_before():
    first = becoming.unit()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(noticing.unit(), other), cast.UNIT_NUMBER)
    became(becoming.represented(first), "merged", HEIR)
    for listing in (first, second):
        cast.withdrawn(cast.fresh(listing))
    assert actions.would_purge([first.pk], [first.number])["registry_unitchange"] == 0
    actions.purge([first.pk], now=cast.NOW)
    assert UnitChange.objects.count() == 2
    assert actions.would_purge([second.pk], [second.number])["registry_unitchange"] == 2
    assert actions.purge([second.pk], now=cast.NOW)["registry_unitchange"] == 2
    assert not UnitChange.objects.exists()
    assert bytes(Person.objects.get().name_sealed) == b""


def test_the_history_goes_with_a_draft_under_which_alone_it_was_entered():
    listing = becoming.represented(cast.draft(noticing.unit()))
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert not UnitChange.objects.exists()
    assert not Person.objects.exists()
