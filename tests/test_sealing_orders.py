"""Sealing by a rule: what it hits, who proposes and who orders it, and that the clock does it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from registry import actions
from registry.actions import sealing_orders
from registry.entries import SealingRule
from registry.errors import (
    FourEyes,
    HitsChanged,
    NoSuchSealingOrder,
    OrderNamesPerson,
    ReasonNeeded,
    RuleHitsNothing,
    RuleTooWide,
)
from registry.models import DecisionFile, Event, EventType, Listing, Seal, SealingHit, SealingOrder, State
from tests import cast, desk, pdfs, sealing
from tests.threads import first_paused, in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def types():
    return list(Event.objects.values_list("type", flat=True))


def test_a_rule_hits_what_every_condition_fits():
    listing = cast.in_force()
    wide = {
        "most_months": 24, "penalty_kinds": ("fixed_term",), "courts": ("京0105",),
        "decided_from": date(2026, 9, 1), "decided_until": date(2026, 9, 1),
        "effective_from": listing.effective_on, "effective_until": listing.effective_on,
    }  # fmt: skip
    rule = SealingRule(articles=("CL 253-1",), **wide)
    assert actions.preview(rule).groups == [("京0105", State.ACTIVE, "CL 253-1", 1)]
    day = timedelta(days=1)
    for narrower in (
        {"most_months": 23}, {"penalty_kinds": ("detention",)}, {"courts": ("京0108",)}, {"articles": ("CL 287-1",)},
        {"decided_from": date(2026, 9, 2)}, {"decided_until": date(2026, 8, 31)},
        {"effective_from": listing.effective_on + day}, {"effective_until": listing.effective_on - day},
    ):  # fmt: skip
        assert actions.preview(replace(rule, **narrower)).count == 0, narrower


@pytest.mark.parametrize("words", ["高䶮一案，依法封存", "11010519880304123X之案", f"当事人 {cast.DEFENDANT_NUMBER}"])
@pytest.mark.parametrize("field", ["ground", "reason"])
def test_the_words_of_an_order_name_nobody_whom_it_seals(field, words):
    listing = cast.in_force()
    rule = SealingRule(numbers=(listing.number,))
    said = {"ground": "（2026）京刑封1号", "reason": "minor offences are sealed", field: words}
    with pytest.raises(OrderNamesPerson) as refusal:
        actions.propose_sealing(rule, count=1, officer=cast.high_court_registrar(), now=cast.NOW, **said)
    assert refusal.value.field == field
    assert not SealingOrder.objects.exists()


def test_nor_does_the_refusal_of_one():
    cast.in_force()
    order = sealing.proposed()
    with pytest.raises(OrderNamesPerson):
        actions.refuse_sealing(
            order.pk, reason="高䶮不适用封存", officer=cast.second_high_court_registrar(), now=cast.NOW
        )
    assert SealingOrder.objects.get().outcome == "pending"


def test_a_preview_names_numbers_alone_and_counts_what_is_at_the_desk():
    listing = cast.in_force()
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    found = actions.preview(sealing.MINOR)
    assert (found.count, found.sample, found.at_the_desk) == (1, [listing.number], 1)


def test_a_rule_without_article_or_number_and_one_that_hits_nothing_are_refused():
    with pytest.raises(RuleTooWide):
        actions.preview(SealingRule(most_months=36))
    with pytest.raises(RuleHitsNothing):
        sealing.proposed()


def test_an_order_is_proposed_by_one_and_decided_by_another():
    listing = cast.in_force()
    order = sealing.proposed()
    with pytest.raises(FourEyes):
        actions.approve_sealing(order.pk, officer=cast.high_court_registrar(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SealingOrder.objects.update(decided_by=cast.high_court_registrar(), decided_at=cast.NOW, outcome="carried_out")
    assert actions.seal_by_orders(now=cast.NOW) == 0
    actions.approve_sealing(order.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE, "the clock does it"
    assert actions.seal_by_orders(now=cast.NOW) == 1
    assert sealing.whole(listing).sealed_at == cast.NOW
    order.refresh_from_db()
    assert order.finished_at == cast.NOW
    seal = Seal.objects.get()
    assert (seal.order, seal.officer, seal.words) == (order, cast.second_high_court_registrar(), order.ground)


def test_what_was_proposed_is_not_changed_afterwards():
    cast.in_force()
    order = sealing.proposed()
    for change in ({"count": 2}, {"rule": {}}, {"ground": "another"}, {"proposed_at": cast.NOW + timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SealingOrder.objects.filter(pk=order.pk).update(**change)


def test_the_second_officer_decides_about_what_the_first_one_saw_or_not_at_all():
    cast.in_force()
    order = sealing.proposed()
    cast.second_in_force()
    with pytest.raises(HitsChanged) as refusal:
        actions.approve_sealing(order.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    assert "2" in str(refusal.value)
    actions.refuse_sealing(
        order.pk, reason="another one came in", officer=cast.second_high_court_registrar(), now=cast.NOW
    )
    with pytest.raises(NoSuchSealingOrder):
        actions.approve_sealing(order.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)


def test_who_proposes_what_was_not_shown_is_refused():
    cast.in_force()
    with pytest.raises(HitsChanged):
        actions.propose_sealing(
            sealing.MINOR, count=2, ground="第3条", reason="minor offences", officer=cast.high_court_registrar(),
            now=cast.NOW,
        )  # fmt: skip
    order = sealing.proposed()
    with pytest.raises(ReasonNeeded):
        actions.refuse_sealing(order.pk, reason="", officer=cast.second_high_court_registrar(), now=cast.NOW)


def three_in_force():
    third = cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "钱安")), number=cast.APPLICANT_NUMBER)
    return [cast.in_force(), cast.second_in_force(), third]


def test_a_crash_in_the_middle_goes_on_and_every_listing_is_sealed_once(monkeypatch):
    three_in_force()
    sealing.ordered()
    monkeypatch.setattr(sealing_orders, "CHUNK", 1)
    real, calls = sealing_orders.seal, []

    def killed(*args, **kwargs):
        calls.append(1)
        real(*args, **kwargs)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(sealing_orders, "seal", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.seal_by_orders(now=cast.NOW)
    assert SealingHit.objects.filter(done_at=None).count() == 2, "the chunk that died left nothing"
    actions.seal_by_orders(now=cast.NOW)
    assert types().count(EventType.WITHDRAWN) == 3
    assert not Listing.objects.exists()
    assert SealingOrder.objects.get().finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_seal_each_listing_once():
    three_in_force()
    sealing.ordered()
    in_threads(*[lambda: actions.seal_by_orders(now=cast.NOW)] * 3)
    actions.seal_by_orders(now=cast.NOW)
    assert types().count(EventType.WITHDRAWN) == 3
    assert Seal.objects.count() == 3


def test_what_was_withdrawn_or_sealed_meanwhile_is_passed_over():
    first, second, _third = three_in_force()
    sealing.ordered()
    cast.withdrawn(first)
    sealing.found_young(second)
    actions.seal_by_orders(now=cast.NOW)
    assert types().count(EventType.WITHDRAWN) == 3
    assert Seal.objects.count() == 3


def test_the_pages_show_figures_first_and_store_nothing_before():
    listing = cast.in_force()
    he, tang = (desk.at_the_desk(each()) for each in (cast.high_court_registrar, cast.second_high_court_registrar))
    typed = {"articles": ["CL 253-1"], "most_months": "36", "ground": "第3条", "reason": "minor offences"}
    assert "R-333" in he.post("/desk/sealing/new/", {**typed, "articles": []}).content.decode()
    shown = he.post("/desk/sealing/new/", typed).content.decode()
    assert listing.number in shown
    assert "高䶮" not in shown
    assert not SealingOrder.objects.exists()
    proposed = he.post("/desk/sealing/new/", {**typed, "do": "propose", "count": "1"})
    order = SealingOrder.objects.get()
    assert proposed.headers["location"] == f"/desk/sealing/{order.pk}/"
    assert "may not decide it" in he.get(f"/desk/sealing/{order.pk}/").content.decode()
    assert order.ground in tang.get("/desk/").content.decode()
    tang.post(f"/desk/sealing/{order.pk}/", {"do": "approve"})
    assert "0 of 1 are sealed" in tang.get(f"/desk/sealing/{order.pk}/").content.decode()
    actions.seal_by_orders(now=cast.NOW)
    assert "1 of 1 are sealed" in tang.get(f"/desk/sealing/{order.pk}/").content.decode()
    assert order.ground in he.get("/desk/sealing/").content.decode()


def in_one_transaction(act):
    with transaction.atomic():
        act()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_attached_while_a_party_is_sealed_goes_with_it(monkeypatch):
    listing = cast.in_force()
    sealing.ordered()

    def attach():
        in_one_transaction(
            lambda: actions.attach_file(
                listing.party.decision_id, pdfs.judgment(), kind="judgment", officer=cast.clerk(), now=cast.NOW
            )
        )

    first_paused(monkeypatch, actions, "attach_file", attach, lambda: actions.seal_by_orders(now=cast.NOW))
    assert sealing.whole(listing).sealed_at == cast.NOW
    assert DecisionFile.objects.get().content == b""


@pytest.mark.django_db(transaction=True)
def test_what_is_purged_before_the_order_reaches_it_is_not_sealed_any_more(monkeypatch):
    listing, other = cast.withdrawn(cast.in_force()), cast.second_in_force()
    order = sealing.ordered()

    def purge():
        in_one_transaction(lambda: actions.purge([listing.pk], now=cast.NOW))

    first_paused(monkeypatch, actions, "purge", purge, lambda: actions.seal_by_orders(now=cast.NOW))
    assert (sealing.whole(listing).state, sealing.whole(listing).sealed_at) == (State.PURGED, None)
    assert [row.listing_id for row in Seal.objects.all()] == [other.pk]
    order.refresh_from_db()
    assert order.finished_at == cast.NOW
