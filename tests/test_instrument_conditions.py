"""What an instrument leaves out, whether it may be passed on and how long it is kept: the same by every way out."""

from __future__ import annotations

import json

import pytest

from sharing.delivery import contents, envelope, reading, slot
from sharing.delivery.models import Told
from sharing.departments import feed, joining, measures, telling
from sharing.departments.models import Instrument
from sharing.receiver import events
from tests import cast
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]

NARROW = {"fields": ["facts"], "onward": "check_only", "retention_months": 12}


def department(sector="finance", **conditions):
    of = cast.department(sector)
    cast.instrument(of)
    Instrument.objects.filter(department=of).update(**conditions)
    cast.measure(of)
    return of


def pulled(of):
    telling.walk(now=cast.NOW)
    return [json.loads(item)["data"] for item in feed.page(of.pk, 0, 100).items]


def test_push_pull_snapshot_and_single_listing_leave_out_the_same():
    finance = department(**NARROW)
    listing = cast.in_force()
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        telling.walk(now=cast.NOW)
        slot.run()
        (pushed,) = inbox.accepted
    (item,) = pulled(finance)
    line = json.loads(next(iter(feed.snapshot(finance.pk))))
    one = json.loads(feed.one_listing(finance.pk, listing.number))
    assert pushed.event["listing"] == item["event"]["listing"] == line["listing"] == one["listing"]
    for said in (pushed.data, item, line, one):
        assert (said["onward"], said["retention_months"]) == ("check_only", 12)
    seen = line["listing"]
    assert "case_number" not in seen["decision"]
    assert "prohibitions" not in seen
    assert seen["decision"]["facts"] == ["telecom_fraud_related"]
    assert "number" not in seen["person"]["documents"][0]
    assert pushed.data["salt"] is None
    assert "/listing/prohibitions" in pushed.data["redacted"]


def test_a_whole_instrument_leaves_the_events_own_bytes_and_their_salt():
    finance = department()
    cast.in_force()
    (item,) = pulled(finance)
    assert item["salt"]
    assert "redacted" not in item
    assert (item["onward"], item["retention_months"]) == ("none", 0)


def test_a_repeat_says_what_the_first_try_said_whatever_the_instrument_says_now():
    finance = department()
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    before = feed.page(finance.pk, 0, 1).items
    Instrument.objects.update(**NARROW)
    cast.corrected(listing, fine_yuan=1)
    telling.walk(now=cast.NOW)
    assert feed.page(finance.pk, 0, 1).items == before
    first, second = pulled(finance)
    assert (first["onward"], second["onward"]) == ("none", "check_only")
    assert "prohibitions" not in second["event"]["listing"]


def test_what_was_told_before_instruments_had_conditions_is_repeated_as_it_was():
    finance = department()
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    Told.objects.update(conditions=None)
    (item,) = pulled(finance)
    assert "onward" not in item
    cast.corrected(listing, fine_yuan=1)
    first, second = pulled(finance)
    assert "onward" not in first
    assert second["onward"] == "none"


def test_of_two_instruments_each_shared_field_is_shared_and_the_stricter_rule_holds():
    finance = department(**NARROW)
    joining.register_instrument(
        finance,
        number="京高法共享〔2026〕2号",
        signed_on=cast.instrument(finance).signed_on,
        expires_on=cast.instrument(finance).expires_on,
        fields=("numbers",),
        onward="none",
        retention_months=6,
        entered_by=cast.high_court_registrar(),
        approved_by=cast.second_high_court_registrar(),
    )
    first, second = finance.instruments.order_by("pk")
    opened = finance.instruments.get(pk=first.pk).measures.get()
    opened.pk, opened.instrument, opened.code = None, second, "watch"
    opened.save()
    cast.in_force()
    (item,) = pulled(finance)
    assert (item["onward"], item["retention_months"]) == ("none", 6)
    assert item["event"]["listing"]["person"]["documents"][0]["number"] == cast.DEFENDANT_NUMBER
    assert "case_number" not in item["event"]["listing"]["decision"]


def test_an_informed_department_sees_no_numbers_whatever_its_instrument_shares():
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.in_force()
    (item,) = pulled(telecom)
    assert "number" not in item["event"]["listing"]["person"]["documents"][0]
    assert item["onward"] == "none"


def test_the_reference_receiver_takes_a_narrowed_event():
    finance = department(**NARROW)
    cast.in_force()
    telling.walk(now=cast.NOW)
    (meant,) = reading.after(finance.pk, 0, reading.telling_position())
    body = envelope.body(meant, contents.payloads([meant])[meant.position], endpoint="ep_x")
    event = events.read_event(json.loads(body))
    assert "case_number" not in event.listing["decision"]


def test_another_instrument_takes_over_without_a_withdrawal():
    """A measure is opened on the new one, then the one on the former is ended."""
    finance = department()
    cast.in_force()
    telling.walk(now=cast.NOW)
    officers = {"entered_by": cast.high_court_registrar(), "approved_by": cast.second_high_court_registrar()}
    former = finance.instruments.get()
    days = {"signed_on": former.signed_on, "expires_on": former.expires_on}
    another = joining.register_instrument(finance, number="2号", **days, **NARROW, **officers)
    terms = measures.MeasureTerms(
        code="limit-accounts", name="限制开立账户", basis="联合惩戒办法第九条", articles=("CL 253-1",)
    )
    measures.open_measure(another, terms, now=cast.NOW, **officers)
    cast.ended(former.measures.get())
    told = pulled(finance)
    assert "listing.withdrawn" not in [each["event"]["type"] for each in told]
    assert told[-1]["onward"] == "check_only"
    assert "prohibitions" not in told[-1]["event"]["listing"]
