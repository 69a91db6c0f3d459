"""What entering refuses is refused in a correction and in a revision, too: when it is proposed, and when it is decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from registry import actions, log
from registry.actions import drafted, people
from registry.actions.identifying import SoundDocument
from registry.codes import Code
from registry.entries import DocumentEntry
from registry.errors import (
    AuthorityTooLow,
    CodeRetired,
    DatesOutOfOrder,
    DocumentHeld,
    NotCorrectable,
    PublicSecurityPenalty,
    SameNumberOtherName,
    UnknownCode,
    UnknownDocumentType,
)
from registry.models import Event, IdentityDocument, Outcome, Proposal
from tests import cast
from tests.code_lists import changed
from tests.desk import at_the_desk, typed_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

PASSPORT = {"type": "passport_cn", "number": "EA1234567"}
PERMITS = ("H1234567801", "H1234567802")


def propose(listing, act="correct", **changes):
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, act, against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="typing error",
        ground="（2026）京0105刑初123号之一", changes=changes,
    )  # fmt: skip


def carry_out(proposal):
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def penalised(authority: str = "CAC-BJ", article: str = "PIPL 66(1)", charge: str = ""):
    """A listing in force from an administrative penalty."""
    return approved(cast.draft(penalty(article, charge), decision=cast.entered_decision(cyberspace(authority))))


def cyberspace(authority: str):
    return cast.judgment(kind="penalty", number="京网信罚字〔2026〕7号", authority=authority, facts=(), filed_on=None)


def penalty(article: str, charge: str = ""):
    return cast.party(charge=charge, article=article, penalty_kind="administrative", sentence_months=0, prohibitions=())


def approved(listing):
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    return cast.fresh(listing)


def unit_in_force():
    unit = cast.person(
        kind="unit", name="示例数据公司", documents=(DocumentEntry(type="uscc", number=cast.UNIT_NUMBER),)
    )
    return cast.in_force(
        cast.party(unit, penalty_kind="unit_fine", sentence_months=0, prohibitions=()), cast.UNIT_NUMBER
    )


# What there is of a listing at all


def fined():
    return cast.in_force(cast.party(penalty_kind="fine_only", sentence_months=0, prohibitions=()))


def offered(listing, act):
    page = at_the_desk(cast.clerk()).get(reverse("admin:propose", args=[listing.number, act]))
    return set(page.context["sheet"].form.fields)


OF_A_SENTENCE = {"released_on", "sentence_months", "probation_months"}


@pytest.mark.parametrize("of", [fined, unit_in_force, penalised])
@pytest.mark.parametrize("act", ["correct", "revise"])
def test_nobody_is_released_from_what_is_no_sentence(of, act):
    listing = of()
    assert offered(listing, act) & OF_A_SENTENCE == set()
    for change in ({"released_on": "2026-10-20"}, {"sentence_months": 6}, {"probation_months": 12}):
        with pytest.raises(NotCorrectable) as refused:
            propose(listing, act, **change)
        assert refused.value.field == next(iter(change))


@pytest.mark.parametrize(("kind", "months"), [("fixed_term", 24), ("detention", 5), ("control", 12)])
def test_of_a_sentence_the_release_is_offered(kind, months):
    listing = cast.in_force(cast.party(penalty_kind=kind, sentence_months=months))
    on_probation = set() if kind == "control" else {"probation_months"}
    for act in ("correct", "revise"):
        assert offered(listing, act) & OF_A_SENTENCE == {"released_on", "sentence_months"} | on_probation


def test_of_a_unit_no_birth_date_is_offered():
    assert "birth_date" not in offered(unit_in_force(), "correct")
    assert "birth_date" in offered(cast.in_force(), "correct")


# Provisions


@pytest.mark.parametrize(
    ("article", "refusal"), [("PSAPL 56(1)", PublicSecurityPenalty), ("CSL 64(2)", PublicSecurityPenalty), ("PIPL 66", UnknownCode)]
)  # fmt: skip
def test_an_article_that_entering_refuses_is_not_cited_by_a_correction(article, refusal):
    with pytest.raises(refusal) as entered:
        cast.draft(cast.party(article=article))
    listing = cast.in_force()
    with pytest.raises(refusal) as refused:
        propose(listing, article=article)
    assert (refused.value.field, str(refused.value)) == ("article", str(entered.value))
    assert not Proposal.objects.exists()


def test_an_article_of_the_criminal_law_is_not_cited_of_a_penalty():
    with pytest.raises(UnknownCode) as refused:
        propose(penalised(), article="CL 253-1")
    assert refused.value.field == "article"


@pytest.mark.parametrize("authority", ["CAC-BJ-district", "MR-BJ-district"])
def test_an_article_for_the_province_is_not_cited_of_a_district_authority(authority):
    with pytest.raises(AuthorityTooLow) as refused:
        penalised(authority, article="PIPL 66(2)")
    assert refused.value.field == "article"


def test_nor_by_a_correction():
    listing = penalised("CAC-BJ-district")
    with pytest.raises(AuthorityTooLow):
        propose(listing, article="PIPL 66(2)")
    carry_out(propose(listing, article="PIPL 66"))
    assert cast.fresh(listing).party.article == "PIPL 66"


@pytest.mark.parametrize("authority", ["CAC-BJ", "CAC"])
def test_an_authority_of_the_province_or_above_cites_it(authority):
    assert penalised(authority, article="PIPL 66(2)").party.article == "PIPL 66(2)"


def test_a_decision_does_not_become_a_district_authoritys_while_it_cites_what_is_for_the_province():
    entry = cyberspace("CAC-BJ")
    decision = cast.entered_decision(entry)
    cast.draft(penalty("PIPL 66(2)"), decision=decision)
    district = replace(entry, authority="CAC-BJ-district")
    with pytest.raises(AuthorityTooLow) as refused:
        actions.amend_decision(decision.pk, district, revision=1, officer=cast.clerk(), now=cast.NOW)
    assert refused.value.field == "authority"


def test_a_penalty_has_no_charge():
    with pytest.raises(UnknownCode) as entered:
        penalised(charge="CL 253-1")
    assert entered.value.field == "charge"


def test_and_gets_none_by_a_correction():
    with pytest.raises(NotCorrectable) as refused:
        propose(penalised(), charge="CL 253-1")
    assert refused.value.field == "charge"


def test_what_is_retired_meanwhile_is_not_carried_out():
    listing = cast.in_force()
    proposal = propose(listing, article="CL 253-1(1)")
    kept = {"kind": "criminal"}
    changed("articles", Code("CL 253-1(1)", "刑法第二百五十三条之一第一款", "CL 253-1 (1)", kept, retired=True))
    with pytest.raises(CodeRetired):
        carry_out(proposal)
    assert cast.fresh(listing).party.article == "CL 253-1"
    proposal.refresh_from_db()
    assert proposal.outcome == Outcome.PENDING


def test_a_certificate_of_effect_is_not_of_a_day_before_the_decision():
    with pytest.raises(DatesOutOfOrder) as refused:
        propose(penalised(), effect_certified_on="2026-08-31")
    assert refused.value.field == "effect_certified_on"


def test_the_desk_says_it_at_the_field():
    listing = cast.in_force()
    browser = at_the_desk(cast.clerk())
    page = typed_over(browser, listing, "correct", article="PSAPL 56(1)")
    assert "R-208" in str(page.context["sheet"].form.errors["article"].as_data())
    assert not Proposal.objects.exists()


# Documents


def test_a_units_code_is_no_document_of_a_natural_person():
    with pytest.raises(UnknownDocumentType) as refused:
        propose(cast.in_force(), "revise", document={"type": "uscc", "number": cast.UNIT_NUMBER})
    assert refused.value.field == "document"


@pytest.mark.parametrize("document", [PASSPORT, {"type": "resident_id", "number": cast.SECOND_NUMBER}])
def test_a_persons_number_is_no_document_of_a_unit(document):
    with pytest.raises(UnknownDocumentType):
        propose(unit_in_force(), "revise", document=document)


def test_a_type_that_is_retired_is_not_added():
    passport = {"type": "foreign_resident_card_old", "number": "CAN110105880304"}
    listing = cast.in_force()
    row = {"kind": "natural", "rule": "pattern", "family": "foreign_resident_old", "pattern": "[A-Z]{3}[0-9]{12}",
           "form": {"zh": "x", "en": "x"}}  # fmt: skip
    changed("document_types", Code(passport["type"], "旧卡", "old card", row, retired=True))
    with pytest.raises(UnknownDocumentType):
        propose(listing, "revise", document=passport)


def test_a_document_that_he_has_already_is_refused_in_words():
    listing = cast.in_force()
    for number in (cast.DEFENDANT_NUMBER, cast.DEFENDANT_NUMBER.lower()):
        with pytest.raises(DocumentHeld) as refused:
            propose(listing, "revise", document={"type": "resident_id", "number": number})
        assert refused.value.field == "document"


def test_the_desk_says_that_he_has_it_already_and_does_not_fall_over():
    listing = cast.in_force()
    browser = at_the_desk(cast.clerk())
    page = typed_over(browser, listing, "revise", document_type="resident_id", document=cast.DEFENDANT_NUMBER)
    assert "R-257" in str(page.context["sheet"].form.errors["document"].as_data())


@pytest.mark.parametrize("whose", ["his own", "another's"])
def test_a_document_that_came_in_before_it_was_decided_is_refused_when_it_is_decided(whose):
    listing = cast.in_force()
    proposal = propose(listing, "revise", document=PASSPORT)
    passport = DocumentEntry(**PASSPORT)
    if whose == "his own":  # a draft adds none, and another revision would have moved the version
        people.add_document(listing.party.person, SoundDocument(passport, passport.number))
    else:
        other = cast.person(name="欧阳㛃", documents=(passport,), birth_date=date(1988, 3, 4))
        cast.draft(cast.party(other), decision=another_decision())
    with pytest.raises(DocumentHeld if whose == "his own" else SameNumberOtherName):
        carry_out(proposal)
    browser = at_the_desk(cast.judge())
    page = browser.post(f"/desk/proposals/{proposal.pk}/", {"do": "carry_out"}, follow=True)
    assert page.status_code == 200
    assert ("R-257" if whose == "his own" else "R-106") in page.text
    assert IdentityDocument.at_the_desk.filter(type="passport_cn").count() == 1


def test_two_numbers_of_one_permit_are_one_document_when_they_are_entered():
    permits = tuple(DocumentEntry(type="hk_macau_permit", number=number) for number in PERMITS)
    listing = cast.draft(cast.party(cast.person(documents=(*cast.person().documents, *permits))))
    assert len(drafted.documents_of(listing.party)) == 2


def test_one_number_of_two_types_that_share_their_numbers_is_one_document():
    number = cast.resident("83000019880304123")
    typed_twice = tuple(DocumentEntry(type=each, number=number) for each in ("hmt_residence_permit", "resident_id"))
    listing = cast.draft(cast.party(cast.person(documents=typed_twice)))
    assert len(drafted.documents_of(listing.party)) == 1


def test_a_renewed_permit_is_the_one_that_he_has():
    first, renewed = PERMITS
    documents = (*cast.person().documents, DocumentEntry(type="hk_macau_permit", number=first))
    listing = cast.in_force(cast.party(cast.person(documents=documents)))
    with pytest.raises(DocumentHeld):
        propose(listing, "revise", document={"type": "hk_macau_permit", "number": renewed})


def test_what_may_be_added_is_added_and_told():
    listing = cast.in_force()
    carry_out(propose(listing, "revise", document=PASSPORT))
    assert PASSPORT in log.read(Event.objects.latest("position"))["listing"]["person"]["documents"]


def another_decision():
    return cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
