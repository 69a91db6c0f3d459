"""Two registrars of the High Court decide who is told: every act, four eyes, what changed meanwhile, what is to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import (
    AlreadyDecided,
    AlreadyProposed,
    BasisNeeded,
    DatesOutOfOrder,
    FourEyes,
    HighCourtRegistrarNeeded,
    InstrumentNumberTaken,
    NoSuchProposal,
    NotYourProposal,
    ReasonNeeded,
    SharingChangedMeanwhile,
)
from registry.models import Listing
from registry.models.insert_only import InsertOnlyError
from sharing.delivery.models import Told
from sharing.departments import instruments, measures, previews, proposals, proposing, settling, telling
from sharing.departments.eligibility import allows
from sharing.departments.joining import InstrumentTerms
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import Instrument, Measure, ProposalOutcome, SharingOutcome, SharingProposal
from sharing.departments.previews import Scope
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

DOCUMENT = InstrumentTerms(
    number="京高法共享〔2026〕9号",
    signed_on=date(2026, 11, 2),
    expires_on=date(2029, 11, 1),
    fields=("numbers", "facts"),
    onward="check_only",
    onward_note="仅供所监管机构核验",
    retention_months=12,
)
LIMITING = MeasureTerms(code="limit-accounts", name="限制开立账户", basis="联合惩戒办法第九条", articles=("CL 253-1",))
LATER = date(2032, 1, 4)


@pytest.fixture
def finance():
    return cast.department()


@pytest.fixture
def instrument(finance):
    return cast.instrument(finance)


def he(**more):
    return {"officer": cast.high_court_registrar(), "now": cast.NOW, **more}


def tang(**more):
    return {"officer": cast.second_high_court_registrar(), "now": cast.NOW, **more}


def settled():
    """What the workers do once the bell has rung."""
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)


def told(department):
    return set(Told.objects.filter(department_id=department.pk, ended_position=None).values_list("listing", flat=True))


def outcomes():
    return list(ProposalOutcome.objects.values_list("outcome", flat=True))


# Every act


def test_an_instrument_is_registered_by_two(finance):
    proposal = proposing.propose_instrument(finance, DOCUMENT, **he())
    assert not Instrument.objects.exists()
    proposing.approve(proposal.pk, **tang())
    instrument = finance.instruments.get()
    assert (instrument.entered_by, instrument.approved_by) == (
        cast.high_court_registrar(),
        cast.second_high_court_registrar(),
    )
    assert (instrument.fields, instrument.onward, instrument.retention_months) == (
        ["numbers", "facts"],
        "check_only",
        12,
    )


def test_a_measure_is_opened_by_two_and_told_after_the_approval(finance, instrument):
    listing = cast.in_force()
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    settled()
    assert told(finance) == set()
    proposing.approve(proposal.pk, **tang())
    assert told(finance) == set()  # the page answers first
    settled()
    assert told(finance) == {listing.pk}


def test_a_measure_is_replaced_by_two(finance, instrument):
    measure = cast.measure(finance)
    wider = replace(LIMITING, facts=(), longest_months=12)
    proposal = proposing.propose_replacement(measure, wider, reason="the joint measures were widened", **he())
    proposing.approve(proposal.pk, **tang())
    old, new = Measure.objects.order_by("pk")
    assert (old.to_position, new.facts, new.longest_months) == (new.from_position, [], 12)


def test_a_measure_is_ended_by_two_and_what_it_alone_allowed_is_withdrawn(finance):
    measure = cast.measure(finance)
    cast.in_force()
    settled()
    proposal = proposing.propose_end(measure, reason="the joint measures were repealed", **he())
    proposing.approve(proposal.pk, **tang())
    settled()
    assert told(finance) == set()


def test_an_instrument_is_renewed_by_two(instrument):
    proposal = proposing.propose_renewal(instrument, LATER, **he())
    proposing.approve(proposal.pk, **tang())
    instrument.refresh_from_db()
    assert instrument.expires_on == LATER
    assert instrument.renewals.get().approved_by == cast.second_high_court_registrar()


# Four eyes, and who else may


def test_who_proposed_it_neither_approves_nor_returns_it(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    with pytest.raises(FourEyes):
        proposing.approve(proposal.pk, **he())
    with pytest.raises(FourEyes):
        proposing.send_back(proposal.pk, reason="not needed", **he())
    assert not Measure.objects.exists()
    assert not ProposalOutcome.objects.exists()


@pytest.mark.parametrize("stranger", [cast.clerk, cast.judge, cast.registrar])
def test_nobody_but_a_registrar_of_the_high_court_proposes_or_decides(instrument, stranger):
    with pytest.raises(HighCourtRegistrarNeeded):
        proposing.propose_opening(instrument, LIMITING, officer=stranger(), now=cast.NOW)
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    for decide in (proposing.approve, proposing.take_back):
        with pytest.raises(HighCourtRegistrarNeeded):
            decide(proposal.pk, officer=stranger(), now=cast.NOW)
    assert not Measure.objects.exists()


def test_the_database_refuses_one_officer_alone(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    one, two = cast.high_court_registrar(), cast.second_high_court_registrar()
    row = {"proposal": proposal, "decided_at": cast.NOW}
    with pytest.raises(IntegrityError, match="decided_by_another_officer"), transaction.atomic():
        ProposalOutcome.objects.create(**row, outcome="approved", proposed_by=one, decided_by=one)
    with pytest.raises(IntegrityError, match="outcome_names_the_proposer"), transaction.atomic():
        ProposalOutcome.objects.create(**row, outcome="approved", proposed_by=two, decided_by=one)


def test_what_was_proposed_is_kept_as_it_was(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    proposal.content = {}
    with pytest.raises(InsertOnlyError):
        proposal.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE departments_sharingproposal SET content = '{}'")
    assert SharingProposal.objects.get().content["code"] == "limit-accounts"


# Returned, taken back, decided once


def test_it_is_returned_with_a_reason_that_is_kept(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    with pytest.raises(ReasonNeeded):
        proposing.send_back(proposal.pk, reason=" ", **tang())
    proposing.send_back(proposal.pk, reason="article 9 was repealed", **tang())
    assert proposal.outcome.reason == "article 9 was repealed"
    assert not proposals.waiting().exists()
    assert not Measure.objects.exists()


def test_who_proposed_it_takes_it_back_and_nobody_else(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    with pytest.raises(NotYourProposal):
        proposing.take_back(proposal.pk, **tang())
    proposing.take_back(proposal.pk, **he())
    assert outcomes() == [SharingOutcome.TAKEN_BACK]


def test_it_is_decided_once(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    proposing.approve(proposal.pk, **tang())
    for again in (proposing.approve, lambda pk, **who: proposing.send_back(pk, reason="too late", **who)):
        with pytest.raises(AlreadyDecided):
            again(proposal.pk, **tang())
    assert Measure.objects.count() == 1
    with pytest.raises(NoSuchProposal):
        proposing.approve(uuid4(), **tang())


def test_the_same_is_not_proposed_twice(instrument):
    proposal = proposing.propose_opening(instrument, LIMITING, **he())
    with pytest.raises(AlreadyProposed):
        proposing.propose_opening(instrument, LIMITING, **tang())
    proposing.take_back(proposal.pk, **he())
    proposing.propose_opening(instrument, LIMITING, **tang())


# What is wrong with it is said when it is proposed


def test_a_proposal_that_could_not_be_carried_out_is_refused_at_once(finance, instrument):
    with pytest.raises(InstrumentNumberTaken):
        proposing.propose_instrument(finance, replace(DOCUMENT, number=instrument.number), **he())
    with pytest.raises(DatesOutOfOrder):
        proposing.propose_renewal(instrument, instrument.expires_on, **he())
    with pytest.raises(BasisNeeded):
        proposing.propose_opening(instrument, replace(LIMITING, basis=""), **he())
    with pytest.raises(ReasonNeeded):
        proposing.propose_end(cast.measure(finance), reason="", **he())
    assert not SharingProposal.objects.exists()


# What changed meanwhile


def stale(proposal):
    """It is refused in words, goes on waiting, and can be returned."""
    with pytest.raises(SharingChangedMeanwhile):
        proposing.approve(proposal.pk, **tang())
    assert proposals.changed_meanwhile(proposal) is not None
    assert proposals.waiting().get() == proposal
    proposing.send_back(proposal.pk, reason="overtaken", **tang())


def test_a_measure_that_ended_meanwhile_is_neither_replaced_nor_ended(finance):
    measure = cast.measure(finance)
    ending = proposing.propose_end(measure, reason="repealed", **he())
    replacing = proposing.propose_replacement(measure, LIMITING, reason="widened", **he())
    proposing.approve(ending.pk, **tang())
    stale(replacing)
    assert Measure.objects.count() == 1


def test_an_instrument_that_was_renewed_meanwhile_is_not_renewed_on_old_terms(instrument):
    proposal = proposing.propose_renewal(instrument, LATER, **he())
    officers = {"entered_by": cast.high_court_registrar(), "approved_by": cast.second_high_court_registrar()}
    instruments.renew(instrument, expires_on=LATER + timedelta(days=30), now=cast.NOW, **officers)
    stale(proposal)


def test_an_instrument_that_was_registered_meanwhile_is_refused_and_goes_on_waiting(finance):
    proposal = proposing.propose_instrument(finance, DOCUMENT, **he())
    twin = proposing.propose_instrument(finance, replace(DOCUMENT, retention_months=6), **he())
    proposing.approve(proposal.pk, **tang())
    with pytest.raises(InstrumentNumberTaken):
        proposing.approve(twin.pk, **tang())
    assert proposals.waiting().get() == twin


# What is to come


def test_the_preview_of_an_opening_is_what_is_then_told(finance, instrument):
    cast.measure(finance)
    cast.in_force(cast.party(article="CL 253-1", charge="CL 253-1"))
    cast.second_in_force()
    settled()
    another = cast.department("telecom")
    proposal = proposing.propose_opening(cast.instrument(another), LIMITING, **he())
    seen = proposals.preview(proposal)
    assert (seen.fitting, seen.new, seen.withdrawn) == (2, 2, 0)
    proposing.approve(proposal.pk, **tang())
    settled()
    numbers = Listing.objects.filter(pk__in=told(another)).order_by("number").values_list("number", flat=True)
    assert list(numbers) == seen.first_new


def test_the_preview_of_an_end_is_what_is_then_withdrawn(finance):
    measure = cast.measure(finance)
    kept = cast.measure(finance, code="watch", articles=("CL 253-1",), facts=("minors_data",))
    cast.in_force()
    settled()
    seen = proposals.preview(proposing.propose_end(measure, reason="repealed", **he()))
    assert (seen.fitting, seen.new, seen.withdrawn) == (1, 0, 1)
    assert proposals.preview(proposing.propose_end(kept, reason="repealed", **he())).withdrawn == 0
    assert seen.first_withdrawn == [Listing.objects.get().number]


def test_the_preview_of_a_renewal_is_what_was_missed(finance):
    cast.measure(finance)
    instruments.watch(now=cast.NOW + timedelta(days=4000))
    cast.in_force()
    settled()
    instrument = finance.instruments.get()
    assert (
        previews.of_opening(instrument, Scope(("CL 253-1",), (), lapsed_position=instrument.lapsed_position)).new == 0
    )
    proposal = proposing.propose_renewal(instrument, LATER, **he())
    assert proposals.preview(proposal).new == 1
    proposing.approve(proposal.pk, **tang())
    settled()
    assert len(told(finance)) == 1


def test_progress_says_how_many_of_the_fitting_listings_are_told(finance, instrument):
    cast.in_force()
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    measure = measures.opened(
        instrument, LIMITING, entered_by=cast.high_court_registrar(), approved_by=cast.second_high_court_registrar()
    )
    before = previews.progress(measure)
    assert (before.fitting, before.told, before.settled) == (2, 0, False)
    settled()
    after = previews.progress(measure)
    assert (after.told, after.waiting, after.settled) == (2, 0, True)


ARTICLES = ("CL 253-1", "CL 253-1(1)", "CL 253-1(3)", "CL 287-1", "CL 25")
FACTS = ("telecom_fraud_related", "minors_data")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example sets it anew
@given(
    article=st.sampled_from(ARTICLES),
    found=st.sets(st.sampled_from(FACTS)),
    articles=st.lists(st.sampled_from(ARTICLES), max_size=3, unique=True),
    facts=st.sets(st.sampled_from(FACTS)),
    months=st.none() | st.integers(0, 4),
)
def test_counting_in_sql_agrees_with_eligibility(listing_in_force, article, found, articles, facts, months):
    listing = listing_in_force
    type(listing.party).objects.filter(pk=listing.party.pk).update(article=article)
    type(listing.party.decision).objects.filter(pk=listing.party.decision.pk).update(facts=sorted(found))
    measure = Measure(
        articles=articles, facts=sorted(facts), longest_months=months, instrument=Instrument(department_id=0)
    )
    decision = {"article": article, "facts": sorted(found), "effective_on": listing.effective_on.isoformat()}
    fitting = allows(measure, {"decision": decision}, timezone.localdate())
    seen = previews.of_opening(cast.department().instruments.get(), Scope(articles, sorted(facts), months))
    assert seen.fitting == seen.new == int(fitting)


@pytest.fixture
def listing_in_force():
    cast.instrument(cast.department())
    return cast.in_force()
