"""Downstream institutions: who was reached is followed up, and a recall ends with the last of them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from registry.errors import CheckDigit, InstitutionKnown, UnknownInstitution
from registry.identity import unit_check
from registry.models import Event
from sharing.departments import institutions, measures, telling
from sharing.departments.models import Institution, OnwardReceipt, Reached, Recall
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import asking, cast
from tests.signed import key_of, signature
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"
AT = "2026-11-24T08:00:00Z"


@pytest.fixture
def bank(finance):
    return supervised(finance, "bank", 1)


@pytest.fixture
def insurer(finance):
    return supervised(finance, "insurer", 2)


@pytest.fixture
def door(finance):
    return Door(finance)


class Door:
    """Posts as the department's machine."""

    def __init__(self, department):
        self.headers = asking.bearer(department.organisation, ("events", "receipts"))
        self.key = key_of(department)

    def post(self, path, said, *, signed=True):
        body = json.dumps(said).encode()
        headers = {**self.headers, **(signature(self.key, body) if signed else {})}
        return Browser().post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def onward(self, **said):
        return self.post("onward", {"at": AT, **said})

    def reached(self, listing, code):
        return self.onward(kind="reached", listing=listing.number, institution=code)

    def purged_by(self, event, code):
        return self.onward(kind="purged", event=event.event_id, institution=code)

    def receipt(self, event, kind, **more):
        return self.post("receipts", {"event": event.event_id, "kind": kind, "at": AT, **more})


def supervised(department, code, serial):
    return institutions.register(department, code=code, name=f"{code}机构", uscc=credit_code(serial), now=cast.NOW)


def credit_code(serial):
    first_17 = f"9111010500000000{serial}"
    return first_17 + unit_check(first_17)


def tell():
    telling.walk(now=cast.NOW)


def in_force():
    listing = cast.in_force()
    tell()
    return listing


def withdrawn(listing):
    cast.withdrawn(cast.fresh(listing))
    tell()
    return Event.objects.latest("position")


def is_closed():
    return Recall.objects.get().closed_by is not None


# Until the last one


def test_that_an_institution_purged_is_said_signed_alone(finance, door, bank):
    listing = in_force()
    door.reached(listing, "bank")
    event = withdrawn(listing)
    finance.receipt_key = ""
    finance.save()
    said = {"at": AT, "kind": "purged", "event": event.event_id, "institution": "bank"}
    answer = door.post("onward", said, signed=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "R-469")
    assert not OnwardReceipt.objects.exists()


def test_a_recall_is_closed_only_when_every_institution_reached_has_purged(door, bank, insurer):
    listing = in_force()
    assert [door.reached(listing, each.code).status_code for each in (bank, insurer)] == [201, 201]
    event = withdrawn(listing)
    assert door.receipt(event, "purged").status_code == 201
    assert not is_closed()
    assert door.purged_by(event, "bank").status_code == 201
    assert institutions.outstanding(Recall.objects.get()) == [insurer]
    assert door.purged_by(event, "insurer").status_code == 201
    assert is_closed()


def test_the_institutions_may_answer_before_the_department_does(door, bank):
    listing = in_force()
    door.reached(listing, "bank")
    event = withdrawn(listing)
    door.purged_by(event, "bank")
    assert not is_closed()
    door.receipt(event, "purged")
    assert is_closed()


def test_whom_nobody_told_is_not_waited_for(door, bank):
    event = withdrawn(in_force())
    door.receipt(event, "purged")
    assert is_closed()


def test_an_institution_reported_late_opens_the_recall_again(door, bank):
    listing = in_force()
    event = withdrawn(listing)
    door.receipt(event, "purged")
    assert is_closed()
    assert door.reached(listing, "bank").status_code == 201
    assert not is_closed()
    door.purged_by(event, "bank")
    assert is_closed()


def test_one_that_purged_before_it_was_reported_does_not_hold_the_recall_open(door, bank):
    listing = in_force()
    event = withdrawn(listing)
    door.purged_by(event, "bank")
    door.receipt(event, "purged")
    door.reached(listing, "bank")
    assert is_closed()


def test_the_same_report_again_changes_nothing(door, bank):
    listing = in_force()
    assert [door.reached(listing, "bank").status_code for _ in range(2)] == [201, 200]
    event = withdrawn(listing)
    assert [door.purged_by(event, "bank").status_code for _ in range(2)] == [201, 200]
    assert (Reached.objects.count(), OnwardReceipt.objects.count()) == (1, 1)


def test_receipts_may_name_institutions_too_and_later_ones_as_well(door, bank, insurer):
    listing = in_force()
    door.receipt(Event.objects.get(), "applied", onward=["bank", "insurer", "bank"])
    event = withdrawn(listing)
    door.receipt(event, "purged", onward=["bank"])
    assert not is_closed()
    assert door.receipt(event, "purged", onward=["bank", "insurer"]).status_code == 200
    assert is_closed()


def test_told_again_after_a_measure_ended_only_those_reached_anew_are_waited_for(door, finance, bank, insurer):
    measure = finance.instruments.get().measures.get()
    listing = in_force()
    door.reached(listing, "bank")
    cast.ended(measure)
    measures.carry_through(finance.pk, cast.NOW)
    first = Recall.objects.get()
    assert institutions.outstanding(first) == [bank]
    cast.measure(finance, code="again")
    measures.carry_through(finance.pk, cast.NOW)
    door.reached(listing, "insurer")
    withdrawn(listing)
    second = Recall.objects.latest("position")
    assert (institutions.outstanding(first), institutions.outstanding(second)) == ([bank], [insurer])


def told_twice(door, department, *codes):
    """The listing, withdrawn since its measure ended and told again on another; these institutions were reached both times."""
    listing = in_force()
    measure = department.instruments.get().measures.get()
    for code in codes:
        door.reached(listing, code)
    cast.ended(measure)
    cast.measure(department, code="again")
    for code in codes:
        door.reached(listing, code)
    return listing


def test_one_reported_late_is_waited_for_where_it_was_reached_and_not_where_the_listing_was_told_again(
    door, finance, bank, insurer
):
    listing = in_force()
    cast.ended(finance.instruments.get().measures.get())
    measures.carry_through(finance.pk, cast.NOW)
    first = Recall.objects.get()
    door.receipt(Event.objects.get(position=first.position), "purged")
    cast.measure(finance, code="again")
    measures.carry_through(finance.pk, cast.NOW)
    assert is_closed()
    before = (cast.NOW - timedelta(minutes=1)).isoformat()
    door.onward(kind="reached", listing=listing.number, institution="bank", at=before)
    door.reached(listing, "insurer")
    withdrawn(listing)
    first, second = Recall.objects.order_by("position")
    assert first.closed_by is None
    assert (institutions.outstanding(first), institutions.outstanding(second)) == ([bank], [insurer])


def test_an_institution_confirms_the_withdrawal_that_it_names_and_no_other(door, finance, bank):
    listing = told_twice(door, finance, "bank")
    published = Event.objects.filter(listing=listing).earliest("position")
    assert door.purged_by(published, "bank").status_code == 404
    withdrawn(listing)
    first, second = Recall.objects.order_by("position")
    assert door.purged_by(Event.objects.get(position=first.position), "bank").status_code == 201
    assert (institutions.outstanding(first), institutions.outstanding(second)) == ([], [bank])


def test_who_purged_after_the_later_withdrawal_keeps_nothing_of_the_earlier_one(door, finance, bank, insurer):
    listing = told_twice(door, finance, "bank", "insurer")
    event = withdrawn(listing)
    first, second = Recall.objects.order_by("position")
    assert door.purged_by(event, "bank").status_code == 201
    assert (institutions.outstanding(first), institutions.outstanding(second)) == ([insurer], [insurer])


def test_an_escalation_tells_the_court_the_name_and_closes_what_is_left(door, bank, settings):
    listing = in_force()
    door.reached(listing, "bank")
    event = withdrawn(listing)
    door.receipt(event, "purged")
    assert institutions.escalate(Recall.objects.get(), bank, now=cast.NOW)
    (message,) = mail.outbox
    assert message.to == [settings.REGISTRY_CONTACT_EMAIL]
    assert (bank.name in message.subject, listing.number in message.body) == (True, True)
    assert listing.party.person.name not in message.body
    assert is_closed()


def test_while_mail_fails_an_escalation_counts_for_nothing(door, bank, monkeypatch):
    listing = in_force()
    door.reached(listing, "bank")
    withdrawn(listing)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert not institutions.escalate(Recall.objects.get(), bank, now=cast.NOW)
    assert institutions.outstanding(Recall.objects.get()) == [bank]


def refuse(self, fail_silently=False):
    raise OSError("mail is down")


# What is refused


def test_an_unknown_or_a_foreign_institution_is_refused_and_nothing_is_kept(door, bank):
    foreign = supervised(cast.department("telecom"), "carrier", 3)
    listing = in_force()
    for code in ("nobody", foreign.code):
        answer = door.reached(listing, code)
        assert (answer.status_code, answer.json()["code"]) == (422, "R-411")
        assert door.receipt(Event.objects.get(), "applied", onward=["bank", code]).json()["code"] == "R-411"
    assert not Reached.objects.exists()


def test_a_listing_never_told_and_an_event_that_recalls_nothing_are_absent(door, bank):
    untold = cast.in_force(cast.party(article="CL 287-1", charge="CL 287-1"))
    listing = cast.second_in_force()
    tell()
    assert door.reached(untold, "bank").status_code == 404
    published = Event.objects.get(listing=listing)
    assert door.purged_by(published, "bank").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "eaten"},
        {"kind": ["reached"]},
        {"listing": None},
        {"listing": "a\0"},
        {"institution": 1},
        {"at": "yesterday"},
        {"event": "evt_1"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_malformed_report_is_refused_in_words(door, bank, change):
    said = {"kind": "reached", "listing": in_force().number, "institution": "bank", "at": AT, **change}
    answer = door.post("onward", said)
    assert (answer.status_code, answer.json()["code"]) == (422, "R-413")
    assert not Reached.objects.exists()


@pytest.mark.parametrize("said", [None, [], "x", 1, {}])
def test_what_is_no_report_is_refused(door, said):
    assert door.post("onward", said).status_code in {400, 422}


def test_another_departments_machine_reaches_nothing(finance, bank):
    stranger = Door(cast.department("telecom"))
    listing = in_force()
    assert stranger.reached(listing, "bank").status_code == 422
    assert Browser().post("/api/v1/onward", "{}", content_type="application/json").status_code == 401


def test_an_institution_is_registered_once_and_with_a_right_credit_code(finance, bank):
    with pytest.raises(InstitutionKnown):
        institutions.register(finance, code="bank", name="另一家", uscc=credit_code(9), now=cast.NOW)
    with pytest.raises(InstitutionKnown):
        institutions.register(finance, code="other", name="另一家", uscc=bank.uscc, now=cast.NOW)
    with pytest.raises(CheckDigit):
        institutions.register(finance, code="other", name="另一家", uscc="911101050000000090", now=cast.NOW)
    with pytest.raises(UnknownInstitution):
        institutions.named(finance.pk, ["other"], "onward")


# In the portal


@pytest.fixture
def wei(finance):
    member = members.take_in(finance.organisation, username="wei", password=PASSWORD, name="魏对接")
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def test_a_member_registers_one_and_ends_it(wei, finance):
    said = {"code": "bank", "name": "某银行", "uscc": credit_code(1)}
    assert "There is a problem" in wei.post(at("add_institution"), {**said, "uscc": "1"}).content.decode()
    assert wei.post(at("add_institution"), said)["Location"] == at("institutions")
    assert "R-412" in wei.post(at("add_institution"), said).content.decode()
    assert "某银行" in wei.get(at("institutions")).content.decode()
    wei.post(at("institution", "bank"))
    assert Institution.objects.get().ended_at is not None
    assert list(MemberAct.objects.order_by("at").values_list("act", flat=True)) == [
        "add_institution",
        "end_institution",
    ]


def test_a_member_confirms_for_one_and_escalates_another(wei, door, bank, insurer):
    listing = in_force()
    door.reached(listing, "bank")
    door.reached(listing, "insurer")
    event = withdrawn(listing)
    recall = Recall.objects.get()
    door.receipt(event, "purged")
    assert at("recall", recall.pk) in wei.get(at("owed")).content.decode()
    assert "bank机构" in wei.get(at("recall", recall.pk)).content.decode()
    wei.post(at("recall_answer", recall.pk), {"institution": "bank", "do": "purged"})
    wei.post(at("recall_answer", recall.pk), {"institution": "insurer", "do": "escalate"})
    wei.post(at("recall_answer", recall.pk), {"institution": "insurer", "do": "shout"})
    assert dict(OnwardReceipt.objects.values_list("institution__code", "kind")) == {
        "bank": "purged",
        "insurer": "escalated",
    }
    assert is_closed()
    assert "Done" in wei.get(at("recall", recall.pk)).content.decode()


def test_strangers_see_none_of_it(finance, bank, door):
    listing = in_force()
    door.reached(listing, "bank")
    withdrawn(listing)
    recall = Recall.objects.get()
    pages = [at("institutions"), at("add_institution"), at("institution", "bank"), at("recall", recall.pk)]
    telecom = members.take_in(cast.department("telecom").organisation, username="te", password=PASSWORD, name="特")
    other = Browser()
    sign_in(other, telecom.account)
    for page in pages:
        assert Browser().get(page).status_code == 302
    assert [other.get(page).status_code for page in pages[2:]] == [404, 404]
    answer = other.post(at("recall_answer", recall.pk), {"institution": "bank", "do": "purged"})
    assert answer.status_code == 404
    assert not OnwardReceipt.objects.exists()
