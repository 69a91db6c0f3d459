"""The clearance letter: for whom there is one, what it says of whom, and that it proves itself."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
import typst
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.entries import DocumentEntry
from registry.errors import NoOpenRecall, NotAllowedNow, NotCarriedOutYet, NotCleared, WrongRole
from registry.keys import SealBroken
from registry.models import AccessRecord, Event, Listing, Role, State, WithdrawalCause
from sharing import signing
from sharing.departments import institutions, measures, receipts, recording, telling
from sharing.departments.models import OnwardReceipt, Recall, Receipt
from sharing.departments.receipts import ReceiptEntry
from sharing.employers import judging, recalling
from sharing.employers.models import ConsentCall, ScreeningOutcome, ShownForm
from sharing.employers.monitoring import walking
from sharing.persons.identity import proving
from sharing.persons.models import Objection
from sharing.persons.objections import deciding
from sharing.persons.pages.visit import PROOF
from sharing.persons.record import cleared
from sharing.recalls import clearance_paper, clearing, handing_over
from sharing.recalls.models import ClearanceLetter
from sharing.retention import purging
from tests import asking, cast, consenting, desk, objecting
from tests.test_result_status import judged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = cast.NOW
NAME = "高䶮"


def mistaken(cause=WithdrawalCause.WRONG_PERSON):
    """Told, answered to the bank, and withdrawn since somebody else was meant."""
    listing = cast.in_force()
    telling.walk(now=NOW)
    asking.answered()
    withdrawn = cast.withdrawn(listing, cause=cause)
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    return withdrawn


def purged(department):
    event = Event.objects.get(type="listing.withdrawn")
    receipts.record(
        ReceiptEntry(event=event.event_id, kind="purged", at=NOW), department=department.organisation, signed=True
    )


def person(number=cast.DEFENDANT_NUMBER, name=NAME):
    browser = Browser(headers={"accept-language": "en"})
    session = browser.session
    now = timezone.now()
    session[PROOF] = str(proving.keep(consenting.proved(number, name, now=now), now=now))
    session.save()
    return browser


def text(pdf):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_it_names_everybody_who_had_heard_of_it_and_what_each_has_confirmed(finance):
    listing = mistaken()
    found = clearing.cleared(listing)
    assert [(each.kind, each.confirmed_at) for each in found.recipients] == [("department", None), ("employer", None)]
    assert not found.is_complete
    purged(finance)
    screening = recalling.open_recalls().get().pk
    he = cast.high_court_registrar()
    recalling.confirm_on_paper([screening], employer_id=asking.bank().pk, reference="a letter", officer=he, now=NOW)
    found = clearing.cleared(listing)
    assert [(each.how, each.confirmed_at is not None) for each in found.recipients] == [
        ("by_program", True),
        ("on_paper", True),
    ]
    assert found.is_complete


def test_an_institution_that_was_reached_is_named_too_and_one_that_was_only_escalated_has_not_confirmed(finance):
    listing = cast.in_force()
    telling.walk(now=NOW)
    bank = institutions.register(finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=NOW)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    institutions.escalate(Recall.objects.get(), bank, now=NOW)
    purged(finance)
    found = clearing.cleared(cast.fresh(listing))
    assert [(each.kind, each.confirmed_at is not None) for each in found.recipients] == [
        ("department", True),
        ("institution", False),
    ]


def test_who_was_told_and_has_no_recall_yet_is_named_as_not_confirmed(finance):
    listing = cast.in_force()
    telling.walk(now=NOW)
    asking.answered()
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    found = clearing.cleared(cast.fresh(listing))
    assert [each.confirmed_at for each in found.recipients] == [None, None]


def told_again(department):
    """Told, withdrawn from alone and purged, and told again under another measure."""
    listing = cast.in_force()
    telling.walk(now=NOW)
    institutions.register(department, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=NOW)
    institutions.reach(department.pk, listing.number, "bank", at=NOW)
    cast.ended(department.instruments.get().measures.get())
    measures.carry_through(department.pk, NOW)
    purged(department)
    event = Event.objects.get(type="listing.withdrawn")
    institutions.confirm(department.pk, event.event_id, "bank", at=NOW)
    assert Recall.objects.get().closed_by is not None
    cast.measure(department, code="again")
    measures.carry_through(department.pk, NOW)
    return listing


def answered_on_a_form_that_was_void():
    """The bank read that he is listed, and could not show the form when it was called in."""
    shown = asking.answered()
    assert shown.outcome == ScreeningOutcome.LISTED
    ConsentCall.objects.create(screening=shown, called_at=NOW, due_on=NOW.date(), told_at=NOW)
    assert judging.not_shown(shown.pk, now=NOW)
    return shown


def test_an_employer_whose_answer_is_void_by_now_had_read_it_all_the_same_and_is_named():
    listing = cast.in_force()
    shown = answered_on_a_form_that_was_void()
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    found = clearing.cleared(cast.fresh(listing))
    (bank,) = found.recipients
    assert (bank.name, bank.told_at, bank.confirmed_at) == (asking.bank().organisation.name, shown.asked_at, None)
    assert not found.is_complete
    he = cast.high_court_registrar()
    recalling.confirm_on_paper([shown.pk], employer_id=shown.employer_id, reference="a letter", officer=he, now=NOW)
    found = clearing.cleared(cast.fresh(listing))
    assert [each.confirmed_at for each in found.recipients] == [NOW]
    assert found.is_complete


def test_an_employer_that_never_had_an_answer_is_not_named():
    listing = cast.in_force()
    waiting = asking.answered(asking.question(name="另一人"))
    assert waiting.outcome == ScreeningOutcome.PENDING
    ConsentCall.objects.create(screening=waiting, called_at=NOW, due_on=NOW.date(), told_at=NOW)
    judging.not_shown(waiting.pk, now=NOW)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    assert clearing.cleared(cast.fresh(listing)).recipients == ()


def test_an_employer_whose_question_waited_and_was_answered_with_another_listing_is_not_named():
    listing = cast.in_force()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初456号"))
    cast.put_in_force(cast.draft(decision=decision))
    consent = asking.attested()
    waiting = asking.answered(asking.question(name="高某", consent=consent))
    assert (waiting.outcome, waiting.listing) == (ScreeningOutcome.PENDING, listing)
    ConsentCall.objects.create(screening=waiting, called_at=NOW, due_on=NOW.date(), told_at=NOW)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    ShownForm.objects.create(call_id=waiting.pk, media_type="application/pdf", shown_at=NOW, content_sealed=b"")
    read = judging.Compared(
        document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True
    )
    judging.confirm(waiting.pk, read, officer=cast.high_court_registrar(), reason="compared", now=NOW)
    assert waiting.verdict.outcome == ScreeningOutcome.LISTED
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    assert clearing.cleared(cast.fresh(listing)).recipients == ()


def test_what_was_confirmed_to_an_earlier_recall_says_nothing_of_this_withdrawal(finance):
    listing = told_again(finance)
    institutions.reach(finance.pk, listing.number, "bank", at=NOW)
    cast.withdrawn(cast.fresh(listing), cause=WithdrawalCause.WRONG_PERSON)
    for _ in range(2):
        found = clearing.cleared(cast.fresh(listing))
        assert [(each.kind, each.confirmed_at) for each in found.recipients] == [
            ("department", None),
            ("institution", None),
        ]
        assert not found.is_complete
        telling.walk(now=NOW)
    recall = Recall.objects.latest("position")
    institutions.escalate(recall, finance.institutions.get(), now=NOW)
    event = Event.objects.get(position=recall.position)
    said = ReceiptEntry(event=event.event_id, kind="purged", at=NOW)
    receipts.record(said, department=finance.organisation, signed=True)
    found = clearing.cleared(cast.fresh(listing))
    assert [each.confirmed_at is not None for each in found.recipients] == [True, False]


def test_who_was_withdrawn_from_alone_before_has_confirmed_by_what_he_said_then(finance):
    listing = cast.in_force()
    telling.walk(now=NOW)
    cast.ended(finance.instruments.get().measures.get())
    measures.carry_through(finance.pk, NOW)
    purged(finance)
    cast.withdrawn(cast.fresh(listing), cause=WithdrawalCause.WRONG_PERSON)
    assert not clearing.cleared(cast.fresh(listing)).is_complete, "nobody has decided yet whom the withdrawal concerns"
    telling.walk(now=NOW)
    assert clearing.cleared(cast.fresh(listing)).is_complete


@pytest.mark.parametrize(
    "cause",
    [each for each in WithdrawalCause if each not in (WithdrawalCause.WRONG_PERSON, WithdrawalCause.UNIT_ENDED)],
)
def test_there_is_none_for_any_other_withdrawal(finance, cause):
    listing = mistaken(cause)
    with pytest.raises(NotCleared):
        clearing.letter(listing, officer=None, now=NOW)
    assert not clearing.cleared_listings(consenting.person())


def test_there_is_none_while_it_is_in_force(finance):
    with pytest.raises(NotCleared):
        clearing.letter(cast.in_force(), officer=None, now=NOW)


def test_the_signed_text_verifies_with_a_library_that_is_not_ours(finance):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    claims = judged(made.signed, "clearance+jwt")
    assert claims["person"]["name"] == NAME
    assert cast.DEFENDANT_NUMBER not in json.dumps(claims), "the number is masked"
    assert [each["name"] for each in claims["recipients"]] == [
        finance.organisation.name,
        asking.bank().organisation.name,
    ]
    assert claims["complete"] is False


def test_it_says_when_a_confirmation_reached_the_court_and_not_what_the_department_says_of_the_moment(finance):
    listing = mistaken()
    purged(finance)
    receipt = Receipt.objects.get()
    assert receipt.at == NOW != receipt.received_at
    (department, _employer) = clearing.cleared(listing).recipients
    assert department.confirmed_at == receipt.received_at


def test_the_paper_says_the_same(finance):
    words = text(clearance_paper.paper(clearing.letter(mistaken(), officer=None, now=NOW)))
    for each in (
        NAME,
        "澄清函",
        "Clearance letter",
        finance.organisation.name,
        "尚未确认",
        "not confirmed yet",
        "/verify/",
    ):
        assert each in words
    assert cast.DEFENDANT_NUMBER not in words


def test_it_is_on_record_that_it_was_given_and_not_what_it_said(finance):
    made = clearing.letter(mistaken(), officer=cast.clerk(), now=NOW)
    handing_over.response(made, signed=True)
    row = ClearanceLetter.objects.get()
    assert (row.officer, row.complete, row.pk) == (cast.clerk(), False, made.row.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM recalls_clearanceletter")


def test_a_letter_that_could_not_be_printed_was_not_given(finance, monkeypatch):
    listing = mistaken()

    def fails(*given):
        raise typst.TypstError("no glyph")

    monkeypatch.setattr(clearance_paper, "printed", fails)
    answer = person().post(reverse("person:clearance_letter", args=[listing.number]))
    assert (answer.status_code, "R-466" in answer.content.decode()) == (503, True)
    assert not ClearanceLetter.objects.exists()


# The cause that was found later, and the number that was mistyped


def not_hers(listing, now=NOW):
    """She bears the number that was entered, is told so by the bank, and says that she is not the one: upheld."""
    found = objecting.raised(by=objecting.identity(cast.SECOND_NUMBER, "欧阳㛃"), told=listing.number, now=now)
    deciding.admit(found.number, officer=cast.high_court_registrar(), now=now, listing=listing.number)
    return deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=now, reason="号码录入有误。", follows="withdraw"
    )


def cause_stated(listing, now=NOW, cause=WithdrawalCause.WRONG_PERSON):
    proposal = actions.propose(
        listing.pk,
        "state_cause",
        against_version=listing.version,
        officer=cast.clerk(),
        now=now,
        reason="号码录入有误",
        ground="（2026）京0105刑再1号",
        cause=cause,
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)
    return proposal


def mistyped():
    """The decision is about Gao; the number that was entered is another's."""
    return cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, NAME)), number=cast.SECOND_NUMBER)


def test_where_the_term_was_over_first_two_officers_state_that_somebody_else_was_meant(finance):
    listing = cast.in_force()
    end = NOW + timedelta(days=365 * 12)
    actions.expire(now=end)
    before = Event.objects.count()
    assert clearing.cleared_listings(consenting.person()) == []
    cause_stated(cast.fresh(listing), now=end)
    assert clearing.cleared_listings(consenting.person()) == [listing]
    assert Event.objects.count() == before, "nobody is told"
    assert clearing.letter(cast.fresh(listing), officer=None, now=end).claims["person"]["name"] == NAME


def test_the_clerk_proposes_the_cause_on_the_listings_page_and_does_not_carry_it_out_himself(finance):
    listing = mistaken(WithdrawalCause.REPAIRED)
    browser, where = desk.at_the_desk(cast.clerk()), reverse("admin:propose", args=[listing.number, "state_cause"])
    assert where in browser.get(reverse("admin:listing", args=[listing.number])).content.decode()
    typed = {"cause": "wrong_person", "reason": "号码录入有误", "ground": "（2026）京0105刑再1号"}
    desk.checked(browser, where, {**typed, "version": listing.version})
    proposal = listing.proposals.get(act="state_cause")
    assert not clearing.is_cleared(listing)
    with pytest.raises(WrongRole):
        actions.carry_out(proposal.pk, officer=second_clerk(), now=NOW)
    actions.carry_out(proposal.pk, officer=cast.registrar(), now=NOW)
    assert clearing.is_cleared(listing)


def second_clerk():
    return cast.officer("C-MO", Role.CLERK)


def test_what_is_in_force_has_no_cause_to_state():
    listing = cast.in_force()
    with pytest.raises(NotAllowedNow):
        cause_stated(listing)


def test_whoever_bears_a_mistyped_number_has_the_letter_with_her_own_name_and_without_the_others(finance):
    listing = mistyped()
    found = not_hers(listing)
    proposal = cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    browser = person(cast.SECOND_NUMBER, "欧阳㛃")
    assert listing.number in browser.get(reverse("person:clearance")).content.decode()
    signed = browser.post(reverse("person:clearance_letter", args=[listing.number]), {"as": "signed"}).content.decode()
    at_the_counter = desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}).content.decode()
    for each in (signed, at_the_counter):
        claims = judged(each, "clearance+jwt")
        assert claims["person"]["name"] == "欧阳㛃"
        assert [row["number"][-4:] for row in claims["person"]["documents"]] == [cast.SECOND_NUMBER[-4:]]
        assert NAME not in json.dumps(claims, ensure_ascii=False)


def test_her_letter_names_no_employer_that_asked_about_the_other_by_his_own_number(finance):
    both = cast.person(cast.SECOND_NUMBER, NAME)
    his = DocumentEntry(type="passport_cn", number="EA1234567")
    listing = cast.in_force(cast.party(replace(both, documents=(*both.documents, his))), number=cast.SECOND_NUMBER)
    telling.walk(now=NOW)
    about_him = asking.question(document_type="passport_cn", document_number="EA1234567")
    assert asking.answered(about_him).outcome == ScreeningOutcome.LISTED
    under_hers = asking.question(document_number=cast.SECOND_NUMBER, idempotency_key="under-her-number-1")
    company = asking.courier_company()
    assert asking.answered(under_hers, employer=company).outcome == ScreeningOutcome.LISTED
    found = not_hers(listing)
    proposal = cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    heard = {finance.organisation.name, company.organisation.name}
    browser = person(cast.SECOND_NUMBER, "欧阳㛃")
    page = browser.get(reverse("person:clearance")).content.decode()
    named = re.findall(r'role="rowheader"[^>]*>\s*<span>(.*?)</span>', page)
    assert (company.organisation.spoken_name in named, asking.bank().organisation.spoken_name in named) == (True, False)
    signed = browser.post(reverse("person:clearance_letter", args=[listing.number]), {"as": "signed"}).content.decode()
    at_the_counter = desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}).content.decode()
    for each in (signed, at_the_counter):
        assert {row["name"] for row in judged(each, "clearance+jwt")["recipients"]} == heard
    his_own = clearing.letter(cast.fresh(listing), officer=None, now=NOW).claims
    assert len(his_own["recipients"]) == 3, "the other's own letter names all of them"


@pytest.mark.parametrize("upheld", [False, True])
def test_without_an_upheld_objection_or_with_another_cause_it_is_nobodys_but_whom_it_names(finance, upheld):
    listing = mistyped()
    if upheld:
        not_hers(listing)
    cause_withdrawn(listing, WithdrawalCause.REPAIRED if upheld else WithdrawalCause.WRONG_PERSON)
    browser = person(cast.SECOND_NUMBER, "欧阳㛃")
    assert listing.number not in browser.get(reverse("person:clearance")).content.decode()


def test_whoever_was_told_the_number_of_a_listing_of_somebody_else_has_no_letter_about_it(finance):
    listing = cast.in_force()
    not_hers(listing)
    cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    browser = person(cast.SECOND_NUMBER, "欧阳㛃")
    assert listing.number not in browser.get(reverse("person:clearance")).content.decode()
    claims = clearing.letter(
        cast.fresh(listing), officer=None, now=NOW, mistaken=cleared.mistaken_in(listing, now=NOW)
    ).claims
    assert claims["person"]["name"] == NAME


def cleared_of_a_mistyped_number():
    """Her objection is upheld, carried out and served, and at its end."""
    listing = mistyped()
    found = not_hers(listing)
    proposal = cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    deciding.serve(found.number, officer=None, now=NOW)
    return listing, found


def test_the_counter_gives_her_letter_as_long_as_the_listing_is_kept_however_long_her_objection_is_over(finance):
    listing, found = cleared_of_a_mistyped_number()
    later = NOW + timedelta(days=400)
    purging.forget_unnamed(now=later)
    answer = desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}).content.decode()
    assert judged(answer, "clearance+jwt")["person"]["name"] == "欧阳㛃"
    assert NAME not in json.dumps(judged(answer, "clearance+jwt"), ensure_ascii=False)
    telling.walk(now=NOW)
    recalling.walk(now=NOW)
    walking.walk(now=NOW)
    purged(finance)
    assert purging.purge(now=timezone.now() + timedelta(days=400)) == 1
    assert objecting.fresh(found).content == {}, "with the listing"


def test_the_desk_names_whose_letter_it_is_and_she_finds_the_look_on_her_page(finance):
    listing, found = cleared_of_a_mistyped_number()
    page = desk.at_the_desk(cast.clerk()).get(at_desk(listing)).content.decode()
    assert "欧阳㛃" in page
    assert NAME not in page
    desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"})
    looks = AccessRecord.objects.filter(listing_number=found.number, page="clearance")
    assert looks.count() == 2
    hers, his = person(cast.SECOND_NUMBER, "欧阳㛃"), person(cast.SECOND_NUMBER, NAME)
    looked = [each.get(reverse("person:looked")).content.decode() for each in (hers, his)]
    assert ["To give a clearance letter" in each for each in looked] == [True, True]
    assert found.number not in looked[1]


def test_of_whom_the_listing_names_the_desk_names_him(finance):
    listing = mistaken()
    assert NAME in desk.at_the_desk(cast.clerk()).get(at_desk(listing)).content.decode()
    assert AccessRecord.objects.filter(page="clearance").count() == 1


def test_where_no_key_opens_who_she_is_the_counter_gives_nobody_the_letter_of_the_other(finance, monkeypatch):
    listing, _found = cleared_of_a_mistyped_number()

    def broken(objection):
        raise SealBroken

    monkeypatch.setattr(Objection, "content", property(broken))
    for answer in (
        desk.at_the_desk(cast.clerk()).get(at_desk(listing)),
        desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}),
    ):
        assert "R-476" in answer.content.decode()
        assert NAME not in answer.content.decode()
    hers = person(cast.SECOND_NUMBER, "欧阳㛃")
    signed = hers.post(reverse("person:clearance_letter", args=[listing.number]), {"as": "signed"}).content.decode()
    assert judged(signed, "clearance+jwt")["person"]["name"] == "欧阳㛃"


def test_what_no_key_opens_of_an_objection_keeps_nobody_from_the_letter_at_the_counter(finance, monkeypatch):
    listing = cast.in_force()
    not_hers(listing)
    cause_withdrawn(listing, WithdrawalCause.WRONG_PERSON)

    def broken(objection):
        raise SealBroken

    monkeypatch.setattr(Objection, "content", property(broken))
    answer = desk.at_the_desk(cast.clerk()).post(at_desk(listing), {"as": "signed"}).content.decode()
    assert judged(answer, "clearance+jwt")["person"]["name"] == NAME


def cause_withdrawn(listing, cause):
    cast.withdrawn(cast.fresh(listing), cause=cause)
    return listing.proposals.get(act="withdraw")


def test_that_she_is_not_the_one_is_not_done_by_a_withdrawal_for_another_cause(finance):
    listing = mistyped()
    found = not_hers(listing)
    other = cause_withdrawn(listing, WithdrawalCause.REPAIRED)
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=other.pk)
    stated = cause_stated(cast.fresh(listing))
    done = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=stated.pk)
    assert done.state == "closed"


# The public page


def test_whoever_is_shown_it_verifies_it_and_the_page_repeats_neither_person_nor_recipient(finance):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    answer = Browser(headers={"accept-language": "en"}).post("/verify/", {"result": made.signed}).content.decode()
    assert "A clearance letter of this court, unaltered" in answer
    assert made.row.pk in answer
    assert "Not everybody had confirmed yet." in answer
    assert NAME not in answer
    assert finance.organisation.name not in answer


def shown_to_a_stranger(made):
    return Browser(headers={"accept-language": "en"}).post("/verify/", {"result": made.signed}).content.decode()


def test_a_letter_is_vouched_for_no_more_once_another_cause_was_stated_and_again_once_that_was_put_right(finance):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    listing = made.row.listing
    cause_stated(cast.fresh(listing), cause=WithdrawalCause.REPAIRED)
    answer = shown_to_a_stranger(made)
    assert "A clearance letter that does not stand any more" in answer
    assert "listed by mistake" not in answer
    assert str(WithdrawalCause.REPAIRED.label) not in answer
    assert NAME not in answer
    cause_stated(cast.fresh(listing), now=NOW + timedelta(days=1))
    assert "A clearance letter of this court, unaltered" in shown_to_a_stranger(made)


@pytest.mark.parametrize("gone", ["purged", "sealed"])
def test_of_what_is_not_kept_any_more_a_letter_says_what_was_so_when_it_was_issued(finance, gone):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    listing = Listing.objects.filter(pk=made.row.listing.pk)
    listing.update(**{"purged": {"state": State.PURGED}, "sealed": {"sealed_at": NOW}}[gone])
    answer = shown_to_a_stranger(made)
    assert "A clearance letter of this court, unaltered" in answer
    assert "was listed by mistake" in answer
    assert "The register says nothing of the listing any more" in answer


def test_an_altered_one_is_not_ours(finance):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    head, body, signature = made.signed.split(".")
    other = clearing.letter(cast.fresh(made.row.listing), officer=None, now=NOW).signed.split(".")[1]
    for wrong in (f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{other[:-4]}{body[-4:]}.{signature}"):
        answer = Browser(headers={"accept-language": "en"}).post("/verify/", {"result": wrong}).content.decode()
        assert "R-528" in answer


def test_a_result_is_no_letter_and_a_letter_no_result(finance):
    made = clearing.letter(mistaken(), officer=None, now=NOW)
    assert clearing.read(asking.told(asking.answered())["result"]) is None
    assert clearing.read(made.signed) is not None
    with pytest.raises(signing.SignatureWrong):
        signing.read_result(made.signed)


# The person's own page


def test_the_person_finds_the_letter_on_her_page(finance):
    listing = mistaken()
    browser = person()
    page = browser.get(reverse("person:clearance")).content.decode()
    assert listing.number in page
    assert finance.organisation.name_en in page
    pdf = browser.post(reverse("person:clearance_letter", args=[listing.number]))
    assert pdf["Content-Type"] == "application/pdf"
    assert "no-store" in pdf["Cache-Control"]
    assert NAME in text(pdf.content)
    signed = browser.post(reverse("person:clearance_letter", args=[listing.number]), {"as": "signed"})
    assert clearing.read(signed.content.decode())


@pytest.mark.parametrize(
    ("number", "name"),
    [(cast.APPLICANT_NUMBER, "高某"), (cast.DEFENDANT_NUMBER, "另一人")],
    ids=["another", "named otherwise"],
)
def test_nobody_else_does(finance, number, name):
    listing = mistaken()
    browser = person(number, name)
    assert listing.number not in browser.get(reverse("person:clearance")).content.decode()
    answer = browser.post(reverse("person:clearance_letter", args=[listing.number]))
    assert (answer.status_code, "R-465" in answer.content.decode()) == (404, True)
    assert not ClearanceLetter.objects.exists()


def test_a_stranger_is_led_to_the_proof_of_identity(finance):
    listing = mistaken()
    for answer in (
        Browser().get(reverse("person:clearance")),
        Browser().post(reverse("person:clearance_letter", args=[listing.number])),
    ):
        assert answer["Location"] == reverse("person:identity")


# The desk


def at_desk(listing):
    return reverse("sharing_desk:clearance", args=[listing.number])


@pytest.mark.parametrize("who", ["clerk", "judge", "registrar", "high_court_registrar"])
def test_an_officer_gives_it_at_the_counter_and_the_look_is_on_record(finance, who):
    listing = mistaken()
    officer = getattr(cast, who)()
    browser = desk.with_a_reason(officer, listing) if who == "high_court_registrar" else desk.at_the_desk(officer)
    assert finance.organisation.name_en in browser.get(at_desk(listing)).content.decode()
    answer = browser.post(at_desk(listing))
    assert NAME in text(answer.content)
    assert ClearanceLetter.objects.get().officer == getattr(cast, who)()
    assert AccessRecord.objects.filter(listing_number=listing.number, page="clearance").count() == 2


def test_an_officer_of_another_court_is_refused(finance):
    listing = mistaken()
    answer = desk.at_the_desk(cast.stranger()).post(at_desk(listing))
    assert answer.status_code == 404
    assert not ClearanceLetter.objects.exists()


def test_the_desk_offers_it_for_a_wrong_person_alone(finance):
    listing = mistaken()
    where = reverse("sharing_desk:recipients", args=[listing.number])
    assert at_desk(listing) in desk.at_the_desk(cast.clerk()).get(where).content.decode()


def test_the_desk_does_not_offer_it_for_another_cause(finance):
    listing = mistaken(WithdrawalCause.ACQUITTED)
    browser = desk.at_the_desk(cast.clerk())
    where = reverse("sharing_desk:recipients", args=[listing.number])
    assert at_desk(listing) not in browser.get(where).content.decode()
    assert browser.get(at_desk(listing)).status_code == 404


def test_a_department_told_on_paper_is_named_so(finance):
    listing = mistaken()
    recording.record_on_paper(
        [Recall.objects.get().pk],
        department_id=finance.pk,
        purged_on=NOW.date(),
        reference="letter 3",
        with_institutions=False,
        officer=cast.high_court_registrar(),
        now=NOW,
    )
    assert "on paper" in text(clearance_paper.paper(clearing.letter(listing, officer=None, now=NOW)))


def test_a_letter_that_comes_after_an_institution_was_named_to_the_court_still_completes_it(finance):
    listing = cast.in_force()
    telling.walk(now=NOW)
    bank = institutions.register(finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=NOW)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    purged(finance)
    institutions.escalate(Recall.objects.get(), bank, now=NOW)
    closed_by = Recall.objects.get().closed_by
    assert closed_by is not None
    browser = desk.at_the_desk(cast.high_court_registrar())
    where = reverse("sharing_desk:record_on_paper", args=[finance.organisation.code])
    assert where in browser.get(reverse("sharing_desk:recalls_of", args=[finance.organisation.code])).content.decode()
    assert "甲银行" in browser.get(where).content.decode()
    paper = {
        "recalls": [Recall.objects.get().pk],
        "purged_on": timezone.localdate().isoformat(),
        "reference": "letter 4",
    }
    assert "R-468" in browser.post(where, paper).content.decode(), "of the department itself there is nothing to say"
    browser.post(where, {**paper, "with_institutions": "on"})
    assert clearing.cleared(cast.fresh(listing)).is_complete
    assert Recall.objects.get().closed_by == closed_by
    assert (
        where not in browser.get(reverse("sharing_desk:recalls_of", args=[finance.organisation.code])).content.decode()
    )
    with pytest.raises(NoOpenRecall):
        recording.record_on_paper(
            [Recall.objects.get().pk], department_id=finance.pk, purged_on=NOW.date(), reference="letter 5",
            with_institutions=True, officer=cast.high_court_registrar(), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("escalated", [False, True])
def test_an_institution_of_which_a_letter_spoke_is_said_to_have_confirmed_on_paper(finance, escalated):
    listing = cast.in_force()
    telling.walk(now=NOW)
    bank = institutions.register(finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=NOW)
    insurer = institutions.register(finance, code="insurer", name="乙保险", uscc=cast.UNIT_NUMBER, now=NOW)
    for each in (bank, insurer):
        institutions.reach(finance.pk, listing.number, each.code, at=NOW)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    telling.walk(now=NOW)
    purged(finance)
    if escalated:
        institutions.escalate(Recall.objects.get(), bank, now=NOW)
    he = cast.high_court_registrar()
    recording.record_on_paper(
        [Recall.objects.get().pk],
        department_id=finance.pk,
        purged_on=NOW.date(),
        reference="letter 3",
        with_institutions=True,
        officer=he,
        now=NOW,
    )
    said = OnwardReceipt.objects.filter(kind="purged")
    assert [(each.recorded_by, each.reference) for each in said] == [(he, "letter 3")] * 2
    found = clearing.cleared(cast.fresh(listing))
    assert [each.how for each in found.recipients] == ["by_program", "on_paper", "on_paper"]
    assert found.is_complete
