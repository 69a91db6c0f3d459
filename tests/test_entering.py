"""What a clerk may enter, and how everything else is refused: by name, all faults at once, nothing half-saved."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from registry import actions
from registry.entries import CaseEntry, DocumentEntry, PersonEntry, ProhibitionEntry
from registry.errors import (
    AmountImpossible,
    AnotherCourt,
    BirthDatesDiffer,
    CaseNotFiled,
    CaseNumberOfAnotherCourt,
    CheckDigit,
    DatesOutOfOrder,
    DuplicateCase,
    DuplicateDecision,
    DuplicateListing,
    FieldMissing,
    ImpossibleBirthDate,
    ImpossibleDate,
    Juvenile,
    NotAllowedNow,
    OffenceBeforeBirth,
    PublicSecurityPenalty,
    Refusal,
    Refusals,
    SameNumberOtherName,
    UnknownArticle,
    UnknownCode,
    WrongRole,
)
from registry.models import (
    ActRecord,
    Case,
    Decision,
    IdentityDocument,
    Listing,
    Party,
    Person,
    Prohibition,
    State,
)
from tests import cast

pytestmark = pytest.mark.django_db

PERSONAL = (Person, IdentityDocument, Party, Listing, Prohibition)


def counts():
    return {model.__name__: model.objects.count() for model in (*PERSONAL, Case, Decision, ActRecord)}


def refused(refusal: type[Refusal], act):
    """The act is refused for this reason and nothing at all was stored."""
    before = counts()
    with pytest.raises((refusal, Refusals)) as caught:
        act()
    assert counts() == before
    error = caught.value
    found = error.refusals if isinstance(error, Refusals) else [error]
    assert refusal in [type(each) for each in found]
    return next(each for each in found if isinstance(each, refusal))


def adding(entry):
    decision = cast.entered_decision()
    return lambda: actions.add_party(decision.pk, entry, officer=cast.clerk(), now=cast.NOW)


def test_it_works():
    listing = cast.draft()
    assert listing.state == State.DRAFT
    assert listing.number == "L-2026-000001"
    party = listing.party
    assert (party.ordinal, party.sentence_months, party.fine_yuan) == (1, 24, 20_000)
    assert party.person.name == "高䶮"
    assert party.person.documents.get().masked == "1101**********123" + cast.DEFENDANT_NUMBER[-1]
    assert listing.effective_on == date(2026, 9, 15)
    assert party.decision.case.number == "（2026）京0105刑初123号"


def test_nothing_personal_is_stored_in_clear():
    cast.draft()
    person, document = Person.objects.get(), IdentityDocument.objects.get()
    for sealed in (person.name_sealed, person.birth_date_sealed, document.number_sealed, document.digest):
        assert cast.DEFENDANT_NUMBER.encode() not in bytes(sealed)
        assert "高䶮".encode() not in bytes(sealed)


def test_a_wrong_check_digit_is_refused():
    number = cast.DEFENDANT_NUMBER[:-1] + ("0" if cast.DEFENDANT_NUMBER[-1] != "0" else "1")
    refusal = refused(CheckDigit, adding(cast.party(cast.person(number))))
    assert refusal.field == "documents.0.number"


def test_an_impossible_birth_date_is_refused():
    refused(ImpossibleBirthDate, adding(cast.party(cast.person(cast.resident("11010519880230123")))))


def test_a_date_in_the_future_is_refused():
    refused(ImpossibleDate, adding(cast.party(received_on=date(2027, 1, 1))))


def test_a_case_number_of_another_court_is_refused():
    entry = cast.judgment(number="（2026）京0108刑初123号")
    refused(CaseNumberOfAnotherCourt, lambda: cast.entered_decision(entry))


def test_receipt_before_the_judgment_is_refused():
    refused(DatesOutOfOrder, adding(cast.party(received_on=date(2026, 8, 31))))


def test_effect_before_the_judgment_is_refused():
    entry = cast.judgment(effect_certified_on=date(2026, 8, 30))
    refused(DatesOutOfOrder, lambda: cast.entered_decision(entry))


def test_an_offence_before_birth_is_refused():
    refused(OffenceBeforeBirth, adding(cast.party(offence_dates=(date(1987, 1, 1),))))


def test_an_unknown_article_is_refused():
    refusal = refused(UnknownArticle, adding(cast.party(article="CL 999")))
    assert "CL 253-1" in refusal.text


def test_a_penalty_that_does_not_fit_the_decision_is_refused():
    refused(UnknownCode, adding(cast.party(penalty_kind="administrative")))
    decision = Decision.objects.get()
    refused(
        UnknownCode,
        lambda: actions.add_party(
            decision.pk, cast.party(penalty_kind="unit_fine"), officer=cast.clerk(), now=cast.NOW
        ),
    )


def test_every_fault_is_named_at_once():
    entry = cast.party(article="CL 999", received_on=date(2026, 8, 31), fine_yuan=-1)
    act = adding(entry)
    with pytest.raises(Refusals) as caught:
        act()
    assert {type(each) for each in caught.value.refusals} == {UnknownArticle, DatesOutOfOrder, AmountImpossible}


def test_a_prohibition_outside_the_law_is_refused():
    entry = cast.party(prohibitions=(ProhibitionEntry(scope="不得从事相关职业", months=72),))
    refused(AmountImpossible, adding(entry))


def test_a_juvenile_is_not_recorded_and_nothing_of_him_is_stored():
    entry = cast.party(cast.person(cast.JUVENILE_NUMBER, "少年"), offence_dates=(date(2026, 5, 6),))
    refusal = refused(Juvenile, adding(entry))
    with override("en"):
        assert "continue with the others" in refusal.text
    with override("zh-hans"):
        assert "请继续录入其他当事人" in refusal.text


def test_a_juvenile_at_one_of_several_offences_is_not_recorded():
    number = cast.resident("11010520060506133")
    entry = cast.party(cast.person(number, "少年"), offence_dates=(date(2024, 5, 6), date(2025, 5, 6)))
    refused(Juvenile, adding(entry))


def test_the_day_after_the_eighteenth_birthday_is_adult():
    number = cast.resident("11010520060505133")
    cast.draft(cast.party(cast.person(number, "刚成年"), offence_dates=(date(2024, 5, 6),)))
    assert Listing.objects.count() == 1


def test_the_same_person_twice_in_one_decision_is_refused():
    first = cast.draft()
    decision = Decision.objects.get()
    refusal = refused(
        DuplicateListing, lambda: actions.add_party(decision.pk, cast.party(), officer=cast.clerk(), now=cast.NOW)
    )
    assert first.number in refusal.text


def test_the_same_decision_twice_is_refused():
    cast.entered_decision()
    refused(DuplicateDecision, lambda: cast.entered_decision())


def test_the_same_number_under_another_name_is_refused():
    cast.draft()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    refusal = refused(
        SameNumberOtherName,
        lambda: actions.add_party(
            decision.pk, cast.party(cast.person(name="赵六")), officer=cast.clerk(), now=cast.NOW
        ),
    )
    assert cast.DEFENDANT_NUMBER not in str(refusal)


def test_the_same_person_in_two_decisions_is_one_person_with_two_listings():
    cast.draft()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    cast.draft(decision=decision)
    assert (Person.objects.count(), Listing.objects.count()) == (1, 2)


def test_the_fifteen_digit_number_finds_the_same_person():
    cast.draft()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    legacy = cast.DEFENDANT_NUMBER[:6] + cast.DEFENDANT_NUMBER[8:17]
    cast.draft(cast.party(cast.person(legacy)), decision=decision)
    assert Person.objects.count() == 1


def test_a_document_that_tells_no_birth_date_needs_one():
    entry = PersonEntry(name="JOHN SMITH", documents=(DocumentEntry(type="passport_other", number="E12345678"),))
    refused(FieldMissing, adding(cast.party(entry)))
    entry = PersonEntry(
        name="JOHN SMITH",
        documents=(DocumentEntry(type="passport_other", number="E12345678"),),
        birth_date=date(1980, 1, 2),
    )
    cast.draft(cast.party(entry))
    assert Person.objects.get().birth_date == date(1980, 1, 2)


def test_a_birth_date_that_contradicts_the_number_is_refused():
    refused(BirthDatesDiffer, adding(cast.party(cast.person(birth_date=date(1988, 3, 5)))))


def test_a_public_security_penalty_is_refused():
    entry = cast.judgment(
        kind="penalty", number="京公（朝）行罚决字〔2026〕1号", authority="CAC", facts=(), filed_on=None
    )
    decision = cast.entered_decision(entry)
    penalised = cast.party(
        charge="", article="PSAPL 56", penalty_kind="administrative", sentence_months=0, prohibitions=()
    )
    refused(
        PublicSecurityPenalty,
        lambda: actions.add_party(decision.pk, penalised, officer=cast.clerk(), now=cast.NOW),
    )


def test_an_administrative_penalty_is_entered_for_a_unit():
    entry = cast.judgment(kind="penalty", number="国网信罚〔2026〕12号", authority="CAC", facts=(), filed_on=None)
    decision = cast.entered_decision(entry)
    unit = PersonEntry(
        kind="unit",
        name="示范信息科技有限公司",
        documents=(DocumentEntry(type="uscc", number=cast.UNIT_NUMBER),),
    )
    penalised = cast.party(
        unit,
        charge="",
        article="PIPL 66(1)",
        penalty_kind="administrative",
        sentence_months=0,
        prohibitions=(),
        penalty_measures=("warning", "fine"),
    )
    listing = actions.add_party(decision.pk, penalised, officer=cast.clerk(), now=cast.NOW)
    assert listing.effective_on == date(2026, 9, 2)
    assert listing.ends_on == date(2028, 9, 2)


def test_a_decision_without_its_case_in_the_register_needs_the_filing_date():
    refused(CaseNotFiled, lambda: cast.entered_decision(cast.judgment(filed_on=None)))
    actions.file_case(
        CaseEntry(number="（2026）京0105刑初123号", filed_on=date(2026, 3, 2)), officer=cast.clerk(), now=cast.NOW
    )
    cast.entered_decision(cast.judgment(filed_on=None))
    assert Case.objects.count() == 1


def test_a_case_is_filed_once():
    entry = CaseEntry(number="（2026）京0105刑初123号", filed_on=date(2026, 3, 2))
    case = actions.file_case(entry, officer=cast.clerk(), now=cast.NOW)
    refused(DuplicateCase, lambda: actions.file_case(entry, officer=cast.clerk(), now=cast.NOW))
    with pytest.raises(DatesOutOfOrder):
        actions.conclude_case(
            case.pk, outcome="convicted", concluded_on=date(2026, 3, 1), officer=cast.clerk(), now=cast.NOW
        )


@pytest.mark.parametrize("officer", [cast.judge, cast.registrar, cast.high_court_registrar])
def test_only_a_clerk_enters(officer):
    with pytest.raises(WrongRole):
        actions.enter_decision(cast.judgment(), officer=officer(), now=cast.NOW)


def test_a_clerk_of_another_court_may_not_add_to_the_decision():
    decision = cast.entered_decision()
    with pytest.raises(AnotherCourt):
        actions.add_party(decision.pk, cast.party(), officer=cast.stranger(), now=cast.NOW)


def test_amending_a_draft_to_another_person_forgets_the_first():
    listing = cast.draft()
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    assert Person.objects.get().name == "欧阳㛃"
    assert cast.fresh(listing).revision == 2


def test_amending_a_draft_keeps_the_person_who_is_listed_elsewhere():
    cast.draft()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    listing = cast.draft(decision=decision)
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    assert {person.name for person in Person.objects.all()} == {"高䶮", "欧阳㛃"}


def test_a_discarded_draft_leaves_the_act_and_nothing_of_the_person():
    listing = cast.draft()
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="entered under the wrong decision")
    assert all(not model.objects.exists() for model in PERSONAL)
    assert [row.act for row in ActRecord.objects.all()] == ["enter", "discard"]


def test_what_was_submitted_can_not_be_amended():
    listing = cast.submitted()
    with pytest.raises(NotAllowedNow):
        actions.amend_party(listing.pk, cast.party(), revision=1, officer=cast.clerk(), now=cast.NOW)
