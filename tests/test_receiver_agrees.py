"""The registry's own code and the receiver's, which share none, understand each other."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import codes, identity, payload
from registry.log import canonical
from registry.models import EventType
from sharing import signing
from sharing.delivery import envelope, heartbeat, testing
from sharing.delivery.meant import Meant
from sharing.receiver import applying, store, verification
from sharing.receiver.alike import FOR_LIFE, SHARED, name_form, sought
from sharing.receiver.events import ABOUT_NOBODY, HEARTBEAT, KNOWN, WHOLE, read_event, read_heartbeat
from sharing.receiver.receipts import Receipt
from tests import cast
from tests.receiver_double import ENDPOINT, event_id, pushed

KEY = Ed25519PrivateKey.generate()


def meant(*, silent: bool = False, told_measures: object = envelope.INFORMATION_ONLY) -> Meant:
    return Meant(
        position=7,
        event_id=event_id(7),
        epoch=1,
        type="listing.published",
        occurred_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        listing_id=1,
        listing_number="L-2026-000001",
        commitment=b"c" * 32,
        measures=told_measures,
        previous=3,
        silent=silent,
    )


def test_what_the_registry_signs_the_receiver_finds_genuine() -> None:
    secret, raw = signing.new_secret(), b"{}"
    headers = signing.webhook_headers("evt_1", int(time.time()), raw, secrets=[secret], private_keys=[KEY])
    keys = verification.verifier([signing.secret_text(secret)], [signing.public_key_text(KEY.public_key())])
    keys.check(headers, raw)


def test_what_the_receiver_signs_the_registry_finds_genuine() -> None:
    receipt = Receipt(event_id(7), "purged", 1_795_507_200_123, "", 1, 0)
    own_key = verification.signing_key("whsk_" + base64.b64encode(KEY.private_bytes_raw()).decode())
    raw = receipt.body()
    headers = verification.signed_headers(own_key, f"{receipt.event}_{receipt.kind}", raw, time.time())
    signing.verify(headers, raw, now=datetime.now(UTC), public_keys=[KEY.public_key()])
    assert json.loads(raw)["at"] == "2026-11-24T08:00:00.123Z"


def test_a_stub_of_the_registry_is_read_as_a_stub() -> None:
    event = read_event(json.loads(envelope.body(meant(silent=True), None, endpoint=ENDPOINT)))
    assert (event.stub, event.position, event.previous_position, event.number) == (True, 7, 3, "L-2026-000001")


def test_a_redacted_body_of_the_registry_is_applied() -> None:
    payload = canonical(pushed(7)["data"]["event"])
    body = json.loads(envelope.body(meant(), (payload, b"s" * 32), endpoint=ENDPOINT))
    assert body["data"]["redacted"]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        assert applying.apply(opened, read_event(body), source="push", now=1) == "applied"
        held = store.listing(opened, "L-2026-000001")
    assert held is not None
    assert held.payload["person"]["documents"] == [{"type": "resident_id"}]
    assert held.measures == envelope.INFORMATION_ONLY


@pytest.mark.django_db
def test_a_heartbeat_of_the_court_is_read_by_the_receiver() -> None:
    body = json.loads(heartbeat.body(ENDPOINT, 1, now=cast.NOW))
    assert body["type"] == HEARTBEAT == heartbeat.TYPE
    assert read_heartbeat(body).last_position == 0
    assert testing.TYPE.startswith(ABOUT_NOBODY)


def test_both_sides_know_the_same_types_of_event() -> None:
    assert set(EventType.values) - {"audit.anchored"} == KNOWN
    assert {kind.value for kind in payload.WHOLE} == WHOLE


DOCUMENTS = [
    *[("resident_id", "11010519491231002X"), ("resident_id", "110105491231002"), ("resident_id", "810000199408230021")],
    *[("hmt_residence_permit", "810000199408230021"), ("foreign_resident_card_old", "CAN110000000101")],
    *[("passport_cn", "E12345678"), ("passport_other", "E12345678"), ("passport_other", "H12345678")],
    *[("hk_macau_permit", "H12345678"), ("hk_macau_permit", "h12345678 01"), ("hk_macau_permit", "M1234567802")],
    *[("taiwan_permit", "01234567"), ("taiwan_permit", "0123456701"), ("taiwan_permit", "0123456702B")],
    *[("uscc", "91110105MA00HLQK7L"), ("unit_registration_other", "0123-4567")],
]
NAMES = ["O'Brien", "o’brien", "OBrien", "葛\U000e0100", "葛\u180b", "葛", "阿卜杜拉·买买提", "阿卜杜拉•买买提", "Straße", "STRASSE", "张\u200b三", "张 三", "Anne–Marie", "anne-marie", "⼟", "土", "王", "玊"]  # fmt: skip


@pytest.mark.parametrize("held", DOCUMENTS, ids=lambda held: "-".join(held))
def test_whom_the_court_finds_by_a_number_the_receiver_finds(held: tuple[str, str]) -> None:
    held_type, number = held[0], identity.canonical(*held, today=cast.NOW.date())
    for document_type, typed in DOCUMENTS:
        canonical_number = identity.canonical(document_type, typed, today=cast.NOW.date())
        same = identity.key_form(document_type, canonical_number) == identity.key_form(held_type, number)
        found = sought(document_type, typed)
        assert (held_type in found.types and found.first <= number <= found.last) is same, (document_type, typed)


def test_the_receiver_knows_which_types_share_their_numbers_and_which_count_renewals() -> None:
    types = codes.entries(identity.LIST)
    shared = {
        one: other
        for one, other in permutations(types, 2)
        if types[one].extra["family"] == types[other].extra["family"]
    }
    assert shared == SHARED
    assert {code for code, row in types.items() if row.extra.get("key_length")} == set(FOR_LIFE)


@pytest.mark.parametrize("name", NAMES)
def test_both_compare_names_alike(name: str) -> None:
    assert name_form(name) == identity.name_form(name)
