"""The sheet of circumstances: apart from entering, for the report alone, and never in the way of an approval."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions, codes
from registry.actions import circumstances
from registry.entries import DataEntry, PartyCircumstances
from registry.errors import (
    AmountImpossible,
    AnotherCourt,
    ChangedMeanwhile,
    DataKindTwice,
    NoPartyYet,
    NotAllowedNow,
    UnknownCode,
    WrongRole,
)
from registry.models import ActRecord, Decision, Event, Listing, State, WithdrawalCause
from sharing.retention import purging
from tests import cast, desk, noticing, sealing
from tests.purging import over, withdrawn_and_confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def record(listing: Listing, officer=None, shown=None, **changes: object) -> Decision:
    entry = cast.circumstances(**changes)
    return actions.record_circumstances(
        listing.party.decision_id, entry, shown=shown, officer=officer or cast.clerk(), now=cast.NOW
    )


def sheet_of(listing: Listing) -> str:
    return reverse("admin:circumstances", args=[listing.party.decision_id])


def work(now=cast.NOW) -> str:
    return desk.at_the_desk(cast.clerk()).get("/desk/").content.decode()


def test_it_works():
    listing = cast.draft()
    clerk = desk.at_the_desk(cast.clerk())
    assert "Circumstances to be recorded" in work()
    assert "高䶮" in clerk.get(sheet_of(listing)).content.decode()
    answer = clerk.post(sheet_of(listing), desk.circumstances(gains_yuan="86,000"), follow=True)
    page = answer.content.decode()
    assert "The circumstances are recorded." in page
    decision = Decision.objects.get()
    assert (decision.channels, decision.gains_yuan) == (["social_app"], 86_000)
    assert list(decision.data.values_list("kind", "records")) == [("phone_number", 52_000)]
    assert cast.fresh(listing).party.employed_at_time is True
    assert (decision.circumstances_by, decision.circumstances_at) == (cast.clerk(), cast.NOW)
    assert codes.label("channels", "social_app") in page
    assert "Circumstances to be recorded" not in work()
    assert (listing.number, "circumstances") in desk.looks(cast.clerk())


def test_nothing_waits_for_them():
    listing = cast.in_force()
    assert listing.state == State.ACTIVE
    assert listing.party.decision.circumstances_at is None


@pytest.mark.parametrize(
    "prepared", [cast.draft, cast.submitted, cast.in_force, lambda: cast.withdrawn(cast.in_force())]
)
def test_they_are_recorded_whatever_the_state_and_nobody_is_told(prepared):
    listing = prepared()
    before = Event.objects.count(), cast.fresh(listing).version, cast.fresh(listing).revision
    record(listing)
    after = cast.fresh(listing)
    assert (Event.objects.count(), after.version, after.revision) == before
    assert ActRecord.objects.filter(listing_number=listing.number, act="record_circumstances").count() == 1


def test_an_amended_decision_keeps_them():
    listing = cast.draft()
    record(listing)
    actions.amend_decision(
        listing.party.decision_id, cast.judgment(facts=()), revision=1, officer=cast.clerk(), now=cast.NOW
    )
    decision = Decision.objects.get()
    assert (decision.channels, decision.data.count()) == (["social_app"], 1)
    assert decision.circumstances_at is not None


def test_an_amended_party_keeps_them():
    listing = cast.draft()
    record(listing)
    entry = cast.party(fine_yuan=30_000)
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    assert cast.fresh(listing).party.employed_at_time is True


def test_a_party_that_becomes_somebody_else_takes_none_of_them_along():
    listing = cast.draft()
    record(listing)
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)
    party = cast.fresh(listing).party
    assert party.employed_at_time is None
    assert party.decision.circumstances_at is None


def test_a_party_that_comes_later_is_asked_about():
    record(cast.draft())
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    assert Decision.objects.get().circumstances_at is None
    assert Decision.objects.get().channels == ["social_app"]


def test_who_is_not_named_stays_as_it_was():
    first = cast.draft()
    second = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    record(first, parties=(PartyCircumstances(ordinal=2, occupation="courier"),))
    decision = record(first, shown=cast.NOW, parties=(PartyCircumstances(ordinal=1, occupation="driver"),))
    assert [cast.fresh(each).party.occupation for each in (first, second)] == ["driver", "courier"]
    assert decision.circumstances_at == cast.NOW


def test_what_a_colleague_recorded_meanwhile_is_not_written_over():
    listing = cast.draft()
    record(listing)
    with pytest.raises(ChangedMeanwhile):
        record(listing, channels=("forum",))
    page = desk.at_the_desk(cast.clerk()).post(sheet_of(listing), desk.circumstances(channels=["forum"]))
    assert "R-306" in page.content.decode()
    assert 'value="forum"' in page.content.decode()
    assert Decision.objects.get().channels == ["social_app"]


@pytest.mark.parametrize("shown", ["yesterday", None])
def test_a_page_made_by_hand_overwrites_nothing(shown):
    listing = cast.draft()
    typed = desk.circumstances(shown=shown) if shown else {**desk.circumstances()}
    if shown is None:
        del typed["shown"]
    page = desk.at_the_desk(cast.clerk()).post(sheet_of(listing), typed)
    assert "R-306" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"channels": ("pigeon",)}, UnknownCode, "channels"),
        ({"data": (DataEntry(kind="shoe_size"),)}, UnknownCode, "data.0.kind"),
        ({"data": (DataEntry(kind="address"),) * 2}, DataKindTwice, "data.1.kind"),
        ({"data": (DataEntry(kind="address", records=-1),)}, AmountImpossible, "data.0.records"),
        ({"gains_yuan": 10**13}, AmountImpossible, "gains_yuan"),
        ({"parties": (PartyCircumstances(ordinal=1, industry="magic"),)}, UnknownCode, "parties.0.industry"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes, refusal, field):
    listing = cast.draft()
    with pytest.raises(refusal) as refused:
        record(listing, **changes)
    assert refused.value.field == field
    assert Decision.objects.get().circumstances_at is None


def test_a_kind_named_twice_is_said_beside_its_row():
    listing = cast.draft()
    typed = desk.circumstances(**{"data-1-kind": "phone_number", "data-1-records": "7"})
    page = desk.at_the_desk(cast.clerk()).post(sheet_of(listing), typed).content.decode()
    assert "R-233" in page.partition("id_data-1-kind_error")[2][:300]


def test_a_decision_without_parties_has_none():
    decision = cast.entered_decision()
    with pytest.raises(NoPartyYet):
        actions.record_circumstances(decision.pk, cast.circumstances(), shown=None, officer=cast.clerk(), now=cast.NOW)
    page = desk.at_the_desk(cast.clerk()).get(reverse("admin:circumstances", args=[decision.pk]))
    assert "R-232" in page.content.decode()


def test_strangers_and_other_roles_are_refused():
    listing = cast.in_force()
    with pytest.raises(AnotherCourt):
        record(listing, officer=cast.stranger())
    for officer in (cast.judge(), cast.registrar(), cast.statistician()):
        with pytest.raises(WrongRole):
            record(listing, officer=officer)
        assert desk.at_the_desk(officer).get(sheet_of(listing)).status_code == 403
    assert desk.at_the_desk(cast.stranger()).get(sheet_of(listing)).status_code == 404


def test_who_is_sealed_is_not_on_the_sheet_and_stays_as_it_is():
    listing = cast.with_circumstances(cast.in_force())
    other = cast.second_in_force()
    sealing.sealed(listing)
    page = desk.at_the_desk(cast.clerk()).get(sheet_of(other)).content.decode()
    assert "高䶮" not in page
    decision = Decision.objects.get()
    told = (PartyCircumstances(ordinal=1, occupation="driver"), PartyCircumstances(ordinal=2, occupation="courier"))
    record(other, shown=decision.circumstances_at, parties=told)
    assert Listing.including_sealed.get(pk=listing.pk).party.occupation == ""
    assert cast.fresh(other).party.occupation == "courier"


def test_a_unit_is_asked_about_its_industry_alone():
    listing = noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    page = desk.at_the_desk(cast.clerk()).get(sheet_of(listing)).content.decode()
    assert "parties-0-industry" in page
    assert "parties-0-education" not in page


def test_they_are_due_ten_days_after_the_entry_and_late_ones_are_everybodys(settings):
    listing = cast.draft(now=cast.NOW - timedelta(days=12))
    decision = listing.party.decision
    assert circumstances.due_on(decision) == (cast.NOW - timedelta(days=2)).date()
    assert "overdue since" in work()
    colleague = cast.officer("C-LUO", cast.clerk().role)
    assert "Circumstances to be recorded" in desk.at_the_desk(colleague).get("/desk/").content.decode()
    settings.REGISTRY_CIRCUMSTANCES_DAYS = 30
    assert "Circumstances to be recorded" not in desk.at_the_desk(colleague).get("/desk/").content.decode()
    assert "overdue since" not in work()


def test_nothing_is_owed_for_what_was_entered_in_error():
    listing = cast.withdrawn(cast.in_force(), cause=WithdrawalCause.VOID)
    assert not circumstances.owed().exists()
    assert ActRecord.objects.filter(listing_number=listing.number).exists()


def test_nothing_is_owed_for_who_is_purged(finance):
    listing = withdrawn_and_confirmed(finance)
    assert purging.purge(now=over()) == 1
    assert not circumstances.owed().exists()
    with pytest.raises((NoPartyYet, NotAllowedNow)):
        record(listing)
