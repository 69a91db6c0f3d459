"""Sealing: at once where somebody turns out to have been under 18, by an order of two registrars otherwise; then unseen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from registry import actions, log
from registry.errors import (
    AloneWhereItSeals,
    BirthDatesDiffer,
    DuplicateListing,
    ImpossibleDate,
    Juvenile,
    NoSuchListing,
    NoSuchSealed,
    NotAllowedNow,
    NotEnterable,
    OffenceBeforeBirth,
    SealingRegistrarNeeded,
)
from registry.models import (
    AccessRecord,
    Event,
    EventType,
    IdentityDocument,
    Listing,
    Person,
    Seal,
    SealGround,
    SealingOrder,
    SealOpened,
    State,
)
from registry.models.insert_only import InsertOnlyError
from registry.reading import listings_open_to
from sharing.departments import downloading, telling, timeliness
from sharing.departments.court_timeliness import of_court
from sharing.departments.models import Recall
from tests import cast, desk, sealing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def types():
    return list(Event.objects.values_list("type", flat=True))


def second_decision():
    return cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))


# Found to have been under 18


def test_a_corrected_birth_date_under_18_seals_at_once_and_corrects_nothing():
    listing = cast.in_force()
    sealing.found_young(listing)
    listing = sealing.whole(listing)
    assert (listing.state, listing.sealed_at) == (State.WITHDRAWN, cast.NOW)
    assert types() == [EventType.PUBLISHED, EventType.WITHDRAWN]
    told = log.read(Event.objects.get(type=EventType.WITHDRAWN))["listing"]
    assert told == {"number": listing.number, "version": 2}
    seal = Seal.objects.get()
    assert (seal.ground, seal.officer, seal.words) == (
        SealGround.JUVENILE,
        cast.judge(),
        f"the age was wrong · {sealing.RULING}",
    )


def test_a_further_document_that_shows_a_birth_date_under_18_seals_too():
    listing = cast.in_force()
    number = cast.resident("11010520070101331")
    proposal = actions.propose(
        listing.pk, "revise", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="another card",
        ground=sealing.RULING, changes={"document": {"type": "resident_id", "number": number}},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert sealing.whole(listing).sealed_at == cast.NOW
    assert types() == [EventType.PUBLISHED, EventType.WITHDRAWN]


def test_a_document_of_another_birth_date_of_a_grown_person_is_an_alarm():
    listing = cast.in_force()
    other = {"type": "resident_id", "number": cast.SECOND_NUMBER}
    with pytest.raises(BirthDatesDiffer):
        actions.propose(
            listing.pk, "revise", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="another card",
            ground=sealing.RULING, changes={"document": other},
        )  # fmt: skip


def test_the_18th_birthday_itself_is_still_under_18_and_the_day_after_is_not():
    listing = cast.in_force()  # offence on 6 May 2024
    sealing.found_young(listing, "2006-05-05")
    assert types() == [EventType.PUBLISHED]
    sealing.found_young(listing, "2006-05-06")
    assert sealing.whole(listing).sealed_at is not None


def test_a_birth_date_that_changes_nothing_for_recipients_is_told_to_nobody():
    listing = cast.in_force()
    sealing.found_young(listing, sealing.GROWN)
    assert types() == [EventType.PUBLISHED]
    assert cast.fresh(listing).version == 1
    assert cast.fresh(listing).party.person.birth_date == date(1990, 1, 1)


def test_of_two_listings_only_that_of_the_early_offence_is_sealed_and_nobody_learns_of_the_other():
    early = cast.in_force()
    late = cast.draft(cast.party(offence_dates=(date(2026, 2, 1),)), decision=second_decision())
    late = cast.put_in_force(late)
    sealing.found_young(early)
    assert sealing.whole(early).sealed_at is not None
    assert cast.fresh(late).state == State.ACTIVE
    assert types() == [EventType.PUBLISHED, EventType.PUBLISHED, EventType.WITHDRAWN]


def test_drafts_of_a_person_found_juvenile_are_destroyed_and_what_was_withdrawn_before_is_sealed():
    first = cast.in_force()
    decision = second_decision()
    waiting = cast.draft(decision=decision)
    third = cast.entered_decision(cast.judgment(number="（2026）京0105刑初125号"))
    gone = cast.withdrawn(cast.put_in_force(cast.draft(decision=third)))
    sealing.found_young(first)
    assert not Listing.including_sealed.filter(pk=waiting.pk).exists()
    assert sealing.whole(gone).sealed_at is not None
    assert types().count(EventType.WITHDRAWN) == 2, "what was withdrawn before is not withdrawn again"


def test_a_birth_date_after_an_offence_or_in_the_future_is_refused():
    listing = cast.in_force()
    with pytest.raises(OffenceBeforeBirth):
        sealing.found_young(listing, "2025-01-01")
    with pytest.raises(ImpossibleDate):
        sealing.found_young(listing, "2026-11-25")
    with pytest.raises(ImpossibleDate):
        sealing.found_young(listing, "2007-02-30")


def test_a_draft_whose_persons_birth_date_was_corrected_since_is_not_approved():
    listing = cast.submitted()
    person = listing.party.person
    person.birth_date = date(2007, 1, 1)
    person.save()
    with pytest.raises(Juvenile):
        cast.approve(listing)


def test_departments_told_are_recalled_and_the_person_page_of_the_court_is_gone():
    finance = cast.department()
    cast.measure(finance)
    listing = cast.in_force()
    sealing.found_young(listing)
    telling.walk(now=cast.NOW)
    assert Recall.objects.get().listing_id == listing.pk
    assert desk.at_the_desk(cast.judge()).get(f"/desk/listings/{listing.number}/").status_code == 404


def test_who_carries_it_out_is_told_before_that_it_seals():
    listing = cast.in_force()
    proposal = actions.propose(
        listing.pk, "correct", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="the age was wrong",
        ground=sealing.RULING, changes={"birth_date": sealing.YOUNG},
    )  # fmt: skip
    page = desk.at_the_desk(cast.judge())
    assert "seals the listing at once" in page.get(f"/desk/proposals/{proposal.pk}/").content.decode()
    answer = page.post(f"/desk/proposals/{proposal.pk}/", {"do": "carry_out"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/desk/"
    assert sealing.whole(listing).sealed_at is not None


# Out of sight


def test_what_is_sealed_is_in_no_list_search_or_count():
    listing, other = cast.in_force(), cast.second_in_force()
    sealing.sealed(listing)
    assert [row.pk for row in Listing.objects.all()] == [other.pk]
    for officer in (cast.clerk(), cast.high_court_registrar(), cast.officer("A-WU", "auditor", court="京")):
        assert not listings_open_to(officer).filter(number=listing.number).exists()
        page = desk.at_the_desk(officer)
        for path in ("/desk/registry/listing/", "/desk/registry/event/", "/desk/"):
            assert listing.number not in page.get(path).content.decode(), (officer, path)
        found = page.get(f"/desk/registry/listing/?q={listing.number}").content.decode()
        assert f"/desk/listings/{listing.number}/" not in found
    auditor = desk.at_the_desk(cast.officer("A-HU", "auditor", court="京"))
    for path in ("/desk/registry/actrecord/", "/desk/registry/accessrecord/"):
        assert listing.number not in auditor.get(path).content.decode()
    found = desk.at_the_desk(cast.clerk()).post("/desk/find/", {"type": "resident_id", "number": cast.DEFENDANT_NUMBER})
    assert listing.number not in found.content.decode()
    decision = desk.at_the_desk(cast.clerk()).get(f"/desk/decisions/{listing.party.decision_id}/").content.decode()
    assert listing.number not in decision
    assert other.number in decision


def test_no_public_figure_tells_whose_withdrawal_is_a_sealing():
    """Whoever got one withdrawal holds the public times against those of before, or a department against its own."""
    finance = cast.department()
    cast.measure(finance)
    listing, _other = cast.in_force(), cast.second_in_force()
    telling.walk(now=cast.NOW)
    during = timeliness.period(2, now=cast.NOW + timedelta(days=1))

    def counted():
        (together,), (own,) = timeliness.of_departments([finance.pk], during).values()
        return of_court(during)[0].late.count, together.listings, own.listings

    assert counted() == (2, 2, 2)
    sealing.sealed(listing)
    telling.walk(now=cast.NOW)
    assert counted() == (2, 2, 2)


def test_entering_the_person_again_from_the_same_decision_names_no_sealed_listing():
    listing = cast.in_force()
    with pytest.raises(DuplicateListing):
        cast.draft()
    sealing.sealed(listing)
    with pytest.raises(NotEnterable) as refusal:
        cast.draft()
    assert listing.number not in str(refusal.value)


def test_a_proposal_on_it_waits_for_nobody_any_more():
    listing = cast.in_force()
    actions.propose(
        listing.pk, "withdraw", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="acquitted",
        ground=sealing.RULING,
    )  # fmt: skip
    sealing.sealed(listing)
    assert listing.number not in desk.at_the_desk(cast.judge()).get("/desk/").content.decode()


def test_no_act_finds_it():
    listing = sealing.sealed(cast.in_force())
    with pytest.raises(NoSuchListing):
        actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="identity doubt")


def test_what_is_in_force_cannot_be_marked_sealed_in_the_database_either():
    listing = cast.in_force()
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(sealed_at=cast.NOW)


def test_a_mark_once_set_stays():
    listing = sealing.sealed(cast.in_force())
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.including_sealed.filter(pk=listing.pk).update(sealed_at=None)
    with pytest.raises(InsertOnlyError):
        Seal.objects.all().delete()


# Opening


def test_a_registrar_of_the_high_court_opens_it_with_a_reason_and_that_is_on_record():
    listing = sealing.sealed(cast.in_force())
    page = desk.at_the_desk(cast.high_court_registrar())
    refused = page.post("/desk/sealing/open/", {"number": listing.number, "reason": "x"})
    assert "R-305" in refused.content.decode()
    answer = page.post("/desk/sealing/open/", {"number": listing.number, "reason": "retrial of the same case"})
    assert "高䶮" in answer.content.decode()
    opened = SealOpened.objects.get()
    assert (opened.officer, opened.reason) == (cast.high_court_registrar(), "retrial of the same case")
    assert AccessRecord.objects.filter(listing_number=listing.number, page="sealed").exists()


def test_what_is_not_sealed_and_what_is_not_there_are_answered_alike():
    listing, he = cast.in_force(), cast.high_court_registrar()
    for number in (listing.number, "L-2026-999999"):
        with pytest.raises(NoSuchSealed):
            actions.open_sealed(number, officer=he, reason="retrial of the same case", now=cast.NOW)
    assert not SealOpened.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "judge", "registrar", "auditor", "stranger"])
def test_strangers_are_refused_at_every_page_of_sealing(who):
    listing = sealing.sealed(cast.in_force())
    order = SealingOrder.objects.get()
    officer = cast.officer("A-WU", "auditor", court="京") if who == "auditor" else getattr(cast, who)()
    page = desk.at_the_desk(officer)
    for path in ("", "new/", "open/", f"{order.pk}/"):
        assert page.get(f"/desk/sealing/{path}").status_code == 403, path
    with pytest.raises(SealingRegistrarNeeded):
        actions.open_sealed(listing.number, officer=officer, reason="curiosity", now=cast.NOW)
    with pytest.raises(SealingRegistrarNeeded):
        actions.propose_sealing(
            sealing.MINOR, count=0, ground="第3条", reason="minor offences", officer=officer, now=cast.NOW
        )
    with pytest.raises(SealingRegistrarNeeded):
        actions.approve_sealing(order.pk, officer=officer, now=cast.NOW)
    with pytest.raises(SealingRegistrarNeeded):
        actions.refuse_sealing(order.pk, reason="not minor", officer=officer, now=cast.NOW)


def test_nothing_of_the_person_is_lost_by_sealing_but_its_way_to_it():
    sealing.sealed(cast.in_force())
    assert Person.objects.get().name == "高䶮"
    assert IdentityDocument.objects.exists()


def test_the_telling_goes_on_where_what_it_would_say_anew_was_sealed_meanwhile(monkeypatch):
    """No measure fitted the listing any more, and it was sealed before the walker came to that."""
    cast.measure(cast.department())
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.corrected(listing, facts=[])
    sealing.sealed(listing)
    monkeypatch.setattr(telling, "CHUNK", 1)  # the end of the listing is in another chunk than what is said anew
    assert telling.walk(now=cast.NOW) == 2
    assert Recall.objects.get().listing_id == listing.pk


def test_a_departments_file_of_changes_names_what_is_sealed_as_withdrawn():
    finance = cast.department()
    cast.measure(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    before = log.head()[0]
    sealing.sealed(listing)
    telling.walk(now=cast.NOW)
    (row,) = downloading._changes_of(finance.pk, [listing.pk], before, log.head()[0])
    assert str(row[0]) == "withdrawn"
    assert row[1] == listing.number


# What must not be read off the feed, nor done to what is sealed


def late_listing():
    """Of the same person, for an offence committed as a grown-up."""
    late = cast.draft(cast.party(offence_dates=(date(2026, 2, 1),)), decision=second_decision())
    return cast.put_in_force(late)


YOUTHFUL_NUMBER = cast.resident("11010520070101331")


def propose_document(listing, **further):
    return actions.propose(
        listing.pk, "revise", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="another card",
        ground=sealing.RULING, changes={"document": {"type": "resident_id", "number": YOUTHFUL_NUMBER}, **further},
    )  # fmt: skip


@pytest.mark.parametrize("proposed_on", ["early", "late"])
def test_a_document_that_seals_one_listing_is_not_told_of_the_other_at_that_moment(proposed_on):
    early, late = cast.in_force(), late_listing()
    proposal = propose_document({"early": early, "late": late}[proposed_on])
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert types() == [EventType.PUBLISHED, EventType.PUBLISHED, EventType.WITHDRAWN]
    assert sealing.whole(early).sealed_at is not None
    assert cast.fresh(late).version == 1
    cast.corrected(late, fine_yuan=30_000)
    told = log.read(Event.objects.filter(type=EventType.CORRECTED).get())["listing"]
    assert YOUTHFUL_NUMBER in {each["number"] for each in told["person"]["documents"]}


def test_nothing_that_must_be_told_comes_with_a_document_that_seals():
    with pytest.raises(BirthDatesDiffer):
        propose_document(cast.in_force(), fine_yuan=30_000)


def propose_birth_date(listing, birth=sealing.YOUNG, **more):
    return actions.propose(
        listing.pk, "correct", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="the age was wrong", ground=sealing.RULING, changes={"birth_date": birth, **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    "more", [{"name": "高龑"}, {"facts": []}, {"fine_yuan": 30_000}], ids=["name", "facts", "fine"]
)
def test_nothing_that_must_be_told_comes_with_a_birth_date_that_seals(more):
    early = cast.in_force()
    late_listing()
    with pytest.raises(AloneWhereItSeals):
        propose_birth_date(early, **more)
    assert types() == [EventType.PUBLISHED, EventType.PUBLISHED]


def test_nor_where_the_listing_that_it_seals_was_entered_after_it_was_proposed():
    late = late_listing()
    proposal = propose_birth_date(late, name="高龑")
    cast.put_in_force(cast.draft(decision=cast.entered_decision()))
    with pytest.raises(AloneWhereItSeals):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert EventType.WITHDRAWN not in types()
    actions.refuse_proposal(proposal.pk, officer=cast.judge(), now=cast.NOW, reason="the birth date alone")
    sealing.found_young(cast.fresh(late))
    assert types()[-1] == EventType.WITHDRAWN


def test_a_decision_whose_only_listing_is_sealed_is_not_rewritten_and_its_page_offers_it_to_nobody():
    listing = sealing.sealed(cast.in_force())
    decision = listing.party.decision
    with pytest.raises(NotAllowedNow):
        actions.amend_decision(decision.pk, cast.judgment(facts=()), revision=1, officer=cast.clerk(), now=cast.NOW)
    page = desk.at_the_desk(cast.clerk()).get(f"/desk/decisions/{decision.pk}/")
    assert f"/desk/decisions/{decision.pk}/amend/" not in page.content.decode()
    empty = cast.entered_decision(cast.judgment(number="（2026）京0105刑初126号"))
    page = desk.at_the_desk(cast.clerk()).get(f"/desk/decisions/{empty.pk}/")
    assert f"/desk/decisions/{empty.pk}/amend/" in page.content.decode()
