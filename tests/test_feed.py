"""The departments' door: events, snapshot, one listing, receipts; and who is refused there."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Browser
from django.utils import timezone
from django.utils.translation import override
from jsonschema import Draft202012Validator

from registry import actions, log
from registry.models import AuditEntry, AuditKind, Event, Flag, Listing, LogHead, State
from sharing.delivery import slot
from sharing.departments import feed, telling
from sharing.departments.models import Department, Recall, Receipt
from sharing.disclosure import SharedField
from tests import asking, cast
from tests.receiving import receiver
from tests.signed import key_of, signature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def door(finance):
    """Gets and posts as finance's machine."""
    return Door(finance)


class Door:
    def __init__(self, department: Department, scopes=("events", "receipts")) -> None:
        self.headers = asking.bearer(department.organisation, scopes)

    def get(self, path, **headers):
        return Browser().get(f"/api/v1/{path}", headers={**self.headers, **headers})

    def events(self, after=0, **asked):
        query = "&".join([f"after={after}", *(f"{name}={value}" for name, value in asked.items())])
        return self.get(f"events?{query}").json()

    def positions(self, after=0):
        return [each["data"]["event"]["position"] for each in self.events(after)["events"]]

    def snapshot(self):
        *lines, last = self.raw_snapshot().splitlines()
        return [json.loads(line) for line in lines], json.loads(last)

    def raw_snapshot(self):
        return b"".join(self.get("listings").streaming_content)

    def receipt(self, headers=None, raw=None, **members):
        body = raw if raw is not None else json.dumps(members).encode()
        headers = {**self.headers, **(headers or {})}
        return Browser().post("/api/v1/receipts", body, content_type="application/json", headers=headers)

    def signed(self, key, **members):
        body = json.dumps(members).encode()
        return self.receipt(signature(key, body), raw=body)


def tell():
    telling.walk(now=cast.NOW)


def flag(listing, now=cast.NOW):
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=now, reason="objection received")


def suspend(listing):
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="retrial ordered")


# The events


def test_it_works(door):
    listing = cast.in_force()
    tell()
    page = door.events()
    assert (page["next"], page["head"], page["epoch"]) == (1, 1, 1)
    (item,) = page["events"]
    assert item["type"] == "listing.published"
    assert item["data"]["event"]["listing"]["number"] == listing.number
    assert "endpoint" not in item["data"]


def test_pull_and_push_carry_the_same_but_for_the_endpoint(finance, door):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        flag(cast.in_force())
        tell()
        slot.run()
        pushed = [json.loads(each.body) for each in inbox.requests]
    for each in pushed:
        assert each["data"].pop("endpoint") == endpoint.pk
    assert door.events()["events"] == pushed


@pytest.mark.parametrize("path", ["events?after=0&opened=0", "listings", "listings/{number}"])
def test_who_asks_for_the_headers_alone_is_not_taken_for_having_read(finance, door, path):
    listing = cast.in_force()
    tell()
    asked = path.format(number=listing.number)
    answer = Browser().head(f"/api/v1/{asked}", headers=door.headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, body) == (200, b"")
    assert answer["Content-Type"] == ("application/x-ndjson" if path == "listings" else "application/json")
    finance.refresh_from_db()
    assert finance.pulled_at is None
    assert not AuditEntry.objects.filter(kind=AuditKind.PULL).exists()


@pytest.mark.parametrize("path", ["listings?after=57&opened=11", "listings/{number}?as_of=1", "log?size=3"])
def test_who_asks_a_call_that_takes_no_parameters_for_a_part_is_not_given_the_whole(door, path):
    listing = cast.in_force()
    tell()
    with override("en"):
        answer = door.get(path.format(number=listing.number))
    assert (answer.status_code, answer.json()["code"]) == (400, "R-472")
    assert answer.json()["errors"][0]["field"] in path


def test_who_begins_with_the_list_knows_the_epoch_that_it_is_of(door):
    cast.in_force()
    tell()
    _, last = door.snapshot()
    assert (last["epoch"], last["position"]) == (1, 1)
    LogHead.objects.update(epoch=2)
    assert door.events(last["position"], opened=last["opened"])["epoch"] > last["epoch"], (
        "restored in between: begin anew"
    )
    assert door.snapshot()[1]["epoch"] == 2


def test_what_is_pulled_was_committed_to(door):
    cast.in_force()
    tell()
    (item,) = door.events()["events"]
    salt = base64.b64decode(item["data"]["salt"])
    assert log.commitment(salt, log.canonical(item["data"]["event"])) == bytes(Event.objects.get().commitment)


def test_nothing_is_seen_before_it_is_told(door):
    cast.in_force()
    assert door.events() == {"events": [], "next": 0, "head": 0, "epoch": 1, "opened": 0}


def test_next_advances_where_nothing_is_meant_for_the_caller(door, monkeypatch):
    monkeypatch.setattr(feed, "WINDOW", 2)
    decision = cast.entered_decision(cast.judgment(facts=()))
    stranger = cast.put_in_force(cast.draft(decision=decision))
    for fine in (1, 2, 3):
        cast.corrected(stranger, fine_yuan=fine)
    tell()
    assert [door.events(after)["next"] for after in (0, 2, 4)] == [2, 4, 4]


def test_pages_are_cut_and_join_without_a_gap(door):
    listing = cast.in_force()
    for fine in range(1, 6):
        cast.corrected(listing, fine_yuan=fine)
    tell()
    seen, after = [], 0
    while (page := door.events(after, limit=2))["next"] != after:
        seen += [each["data"]["event"]["position"] for each in page["events"]]
        assert len(page["events"]) <= 2
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5, 6]


def test_a_position_beyond_the_end_is_refused(door):
    cast.in_force()
    tell()
    assert door.get("events?after=1").status_code == 200
    response = door.get("events?after=2")
    assert (response.status_code, response.json()["code"]) == (422, "R-459")
    with override("en"):
        assert "1 is the last position" in door.get("events?after=2", **{"Accept-Language": "en"}).json()["detail"]


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=", "after=1.5", "after=٣", "limit=0", "limit=501", "after=" + "9" * 17]
)
def test_a_malformed_position_or_limit_is_refused_in_words_that_help(door, query):
    response = door.get(f"events?{query}", **{"Accept-Language": "en"})
    (error,) = response.json()["errors"]
    name = query.partition("=")[0]
    assert (response.status_code, error["code"], error["field"]) == (400, "R-470", name)
    least, most = ("1", "500") if name == "limit" else ("0", "9007199254740992")
    assert f"“{name}” is no whole number from {least} to {most}. Send it once, in digits alone" in error["detail"]


@pytest.mark.parametrize("query", ["afetr=5", "after=0&open=0"])
def test_a_parameter_that_is_misspelt_is_not_taken_for_one_left_out(door, query):
    response = door.get(f"events?{query}", **{"Accept-Language": "en"})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["code"]) == (400, "R-471")
    assert error["field"] in query
    assert "It takes after, opened, limit" in error["detail"]


@pytest.mark.parametrize("name", ["110105198803041236", "高䶮", "a" * 21, "E12345678"])
def test_what_is_no_name_of_a_parameter_is_not_repeated(door, name):
    response = door.get(f"events?{quote(name)}=1")
    (error,) = response.json()["errors"]
    assert (response.status_code, error["code"], error["field"]) == (400, "R-471", "")
    assert name not in response.content.decode()


@pytest.mark.parametrize("left_out", [(), tuple(SharedField.values)])
def test_a_listing_and_each_line_of_the_list_are_as_the_api_describes_them(door, finance, left_out):
    finance.instruments.update(fields=[each for each in SharedField.values if each not in left_out])
    listing = cast.in_force()
    flag(listing)
    tell()
    document = Browser().get("/api/v1/schema/").json()
    operation = document["paths"]["/api/v1/listings/{number}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    judge = Draft202012Validator({**schema, "components": document["components"]})
    judge.validate(door.get(f"listings/{listing.number}").json())
    line, _ = b"".join(door.get("listings").streaming_content).splitlines()
    judge.validate(json.loads(line))
    assert not judge.is_valid({"listing": {"number": listing.number}, "measures": []})


def test_an_unchanged_page_is_not_sent_again(door):
    cast.in_force()
    tell()
    first = door.get("events?after=0")
    assert first["Cache-Control"].find("no-store") >= 0
    again = door.get("events?after=0", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    cast.second_in_force()
    tell()
    assert door.get("events?after=0", **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("said", ["W/{}", '"another", {}', '"another", W/{}', "*"])
def test_who_has_the_page_may_say_so_as_a_cache_between_would(door, said):
    cast.in_force()
    tell()
    first = door.get("events?after=0")
    again = door.get("events?after=0", **{"If-None-Match": said.format(first["ETag"])})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("said", ['W/"another"', "another", ""])
def test_who_has_something_else_is_given_the_page(door, said):
    assert door.get("events?after=0", **{"If-None-Match": said}).status_code == 200


def test_after_a_withdrawal_earlier_events_come_as_stubs(door):
    listing = cast.in_force()
    flag(listing)
    tell()
    cast.withdrawn(cast.fresh(listing))
    tell()
    first, second, withdrawal = (item["data"] for item in door.events()["events"])
    assert first["event"]["stub"] is second["event"]["stub"] is True
    assert first["salt"] is None
    assert set(withdrawal["event"]["listing"]) == {"number", "version"}
    text = json.dumps([first, second, withdrawal], ensure_ascii=False)
    assert cast.DEFENDANT_NUMBER not in text
    assert "高䶮" not in text


def test_a_withdrawal_makes_stubs_at_once_even_before_it_is_told(door):
    listing = cast.in_force()
    tell()
    cast.withdrawn(listing)
    (item,) = door.events()["events"]
    assert item["data"]["event"]["stub"] is True
    assert door.snapshot()[0] == []


def test_another_department_sees_nothing_of_it(door):
    listing = cast.in_force()
    tell()
    other = Door(cast.department("transport"))
    assert other.events() == {"events": [], "next": 1, "head": 1, "epoch": 1, "opened": 0}
    assert other.snapshot() == (
        [],
        {"position": 1, "count": 0, "sha256": hashlib.sha256().hexdigest(), "opened": 0, "epoch": 1},
    )
    assert other.get(f"listings/{listing.number}").status_code == 404


# The snapshot


def test_the_snapshot_is_what_the_book_says_for_the_department(door):
    for number in (cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER, cast.APPLICANT_NUMBER):
        cast.in_force(cast.party(cast.person(number, f"某{number[-2]}")), number=number)
    first, second, third = Listing.objects.order_by("pk")
    suspend(second)
    cast.corrected(third, fine_yuan=31_000)
    cast.withdrawn(cast.fresh(first))
    tell()
    lines, last = door.snapshot()
    assert last["position"] == Event.objects.count() == 6
    assert last["count"] == len(lines) == 2
    assert [line["listing"]["number"] for line in lines] == sorted([second.number, third.number])
    states = {line["listing"]["number"]: line["listing"]["state"] for line in lines}
    assert states == {second.number: "suspended", third.number: "active"}
    for line in lines:
        listing = Listing.objects.get(number=line["listing"]["number"])
        assert (line["listing"]["version"], line["listing"]["state"]) == (listing.version, listing.state)
        assert line["listing"]["ends_on"] == listing.ends_on.isoformat()


def test_the_snapshot_ends_with_its_count_and_hash(door):
    cast.in_force()
    cast.second_in_force()
    tell()
    *lines, last = door.raw_snapshot().splitlines(keepends=True)
    assert json.loads(last) == {
        "position": 2,
        "count": 2,
        "sha256": hashlib.sha256(b"".join(lines)).hexdigest(),
        "opened": 0,
        "epoch": 1,
    }
    assert door.get("listings")["Content-Type"] == "application/x-ndjson"


def test_the_snapshot_is_the_sum_of_the_events(door):
    listing = cast.in_force()
    flag(listing)
    cast.corrected(listing, fine_yuan=7)
    suspend(cast.fresh(listing))
    tell()
    held = {}
    for item in door.events()["events"]:
        held |= item["data"]["event"]["listing"]
    ((line,), _) = door.snapshot()
    assert line["listing"] == held
    assert (held["version"], held["flags"], held["state"]) == (4, ["disputed"], "suspended")


def test_the_snapshot_goes_on_chunk_by_chunk(door, monkeypatch):
    monkeypatch.setattr(feed, "SNAPSHOT_CHUNK", 1)
    cast.in_force()
    cast.second_in_force()
    tell()
    lines, last = door.snapshot()
    assert last["count"] == len(lines) == 2


def test_a_snapshot_asks_the_database_as_often_for_two_listings_as_for_one(finance, django_assert_num_queries):
    cast.in_force()
    tell()
    with django_assert_num_queries(5):
        list(feed.snapshot(finance.pk))
    cast.second_in_force()
    tell()
    with django_assert_num_queries(5):
        list(feed.snapshot(finance.pk))


def test_a_department_that_is_only_informed_gets_no_numbers():
    department = cast.department("transport")
    cast.measure(department, information_only=True, basis="", facts=(), code="information")
    door = Door(department)
    listing = cast.in_force()
    tell()
    assert cast.DEFENDANT_NUMBER.encode() not in door.raw_snapshot()
    assert cast.DEFENDANT_NUMBER.encode() not in door.get(f"listings/{listing.number}").content
    assert cast.DEFENDANT_NUMBER.encode() not in door.get("events").content
    ((line,), _) = door.snapshot()
    assert line["measures"] == "information_only"
    assert line["listing"]["person"]["documents"] == [{"type": "resident_id"}]


def test_one_listing_is_its_line_of_the_snapshot(door):
    listing = cast.in_force()
    tell()
    assert door.get(f"listings/{listing.number}").content == door.raw_snapshot().splitlines(keepends=True)[0]


def test_a_foreign_a_withdrawn_and_an_absent_listing_look_the_same(door):
    foreign = cast.in_force(cast.party(article="CL 287-1", charge="CL 287-1"))
    gone = cast.withdrawn(cast.second_in_force())
    tell()
    answers = [door.get(f"listings/{number}") for number in (foreign.number, gone.number, "L-2026-999999")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(asking.alike(answer).items())) for answer in answers}) == 1
    assert gone.state == State.WITHDRAWN


# Receipts


def event_id(position=1):
    return Event.objects.get(position=position).event_id


def said(kind="applied", position=1, **more):
    return {"event": event_id(position), "kind": kind, "at": "2026-11-24T08:00:00Z", **more}


def test_a_receipt_is_kept_once(door):
    cast.in_force()
    tell()
    first, again = door.receipt(**said(note="frozen", copies=2)), door.receipt(**said(note="again"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"event": event_id(), "kind": "applied"}
    receipt = Receipt.objects.get()
    assert (receipt.note, receipt.copies, receipt.signed) == ("frozen", 2, False)


def test_a_purged_receipt_on_the_withdrawal_closes_the_recall(door, key):
    cast.withdrawn(cast.in_force())
    tell()
    assert door.signed(key, **said("applied", 2)).status_code == 201
    assert Recall.objects.get().closed_by is None, "that it was applied is not the purge"
    assert door.signed(key, **said("purged", 2, copies=3)).status_code == 201
    closed_by = Recall.objects.get().closed_by
    assert (closed_by.kind, closed_by.event_id, closed_by.copies) == ("purged", 2, 3)


@pytest.mark.parametrize("signed", [True, False])
def test_what_is_no_withdrawal_is_not_purged(door, signed, request):
    """Taken, it would end what is owed, and the department would go on without the listing."""
    cast.withdrawn(cast.in_force())
    tell()
    if signed:
        answer = door.signed(request.getfixturevalue("key"), **said("purged", 1))
    else:
        answer = door.receipt({"Accept-Language": "en"}, **said("purged", 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "R-406")
    assert answer.json()["errors"][0]["field"] == "kind"
    assert not Receipt.objects.exists()
    assert Recall.objects.get().closed_by is None


def test_without_a_signature_nobody_says_that_a_withdrawn_listing_is_purged(door, finance):
    cast.withdrawn(cast.in_force())
    tell()
    answer = door.receipt(**said("purged", 2))
    assert (answer.status_code, answer.json()["code"]) == (403, "R-469")
    assert Recall.objects.get().closed_by is None
    assert not Receipt.objects.exists(), "so that the signed one, the member or the paper is the one that counts"
    assert door.signed(key_of(finance), **said("purged", 2)).status_code == 201
    assert Recall.objects.get().closed_by.signed


@pytest.mark.parametrize(
    ("at", "why"), [("1999-01-01T00:00:00Z", "before the event"), ("2199-01-01T00:00:00Z", "in the future")]
)
def test_what_was_done_before_the_event_or_is_still_to_be_done_is_no_receipt(door, at, why):
    cast.in_force()
    tell()
    answer = door.receipt({"Accept-Language": "en"}, **{**said(), "at": at})
    assert (answer.status_code, answer.json()["code"]) == (422, "R-406")
    assert why in answer.content.decode()
    assert not Receipt.objects.exists()


def test_a_receipt_closes_only_the_recall_of_its_own_department(door, key):
    other = cast.department("telecom")
    cast.measure(other)
    cast.withdrawn(cast.in_force())
    tell()
    door.signed(key, **said("purged", 2))
    assert Recall.objects.get(department_id=other.pk).closed_by is None


def test_a_receipt_for_a_foreign_or_an_absent_event_is_refused_alike(door):
    cast.in_force(cast.party(article="CL 287-1", charge="CL 287-1"))
    tell()
    foreign = door.receipt(**said())
    absent = door.receipt(event="evt_00000000000000000000000000", kind="applied", at="2026-11-24T08:00:00Z")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert foreign.json()["code"] == "R-405"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "eaten"},
        {"kind": None},
        {"kind": ["applied"]},
        {"at": "yesterday"},
        {"at": "2026-11-24T08:00:00"},
        {"at": "2026-13-24T08:00:00Z"},
        {"at": 1},
        {"at": None},
        {"note": "x" * 501},
        {"note": 1},
        {"note": "a\0b"},
        {"note": "\ud800"},
        {"copies": -1},
        {"copies": "3"},
        {"copies": True},
        {"copies": 2**31},
        {"onward": "bank"},
        {"onward": [1]},
        {"onward": ["a\0"]},
        {"onward": ["x"] * 1001},
        {"event": None},
        {"event": ["evt"]},
        {"event": "evt_\0"},
        {"event": "x" * 31},
        {"more": 1},
    ],
    ids=str,
)
def test_a_malformed_receipt_is_refused_in_words(door, change):
    cast.in_force()
    tell()
    for language in ("en", "zh-hans"):
        response = door.receipt({"Accept-Language": language}, raw=json.dumps({**said(), **change}).encode())
        assert (response.status_code, response.json()["code"]) == (422, "R-406")
        assert len(response.json()["detail"]) > 20
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"x"', b"1", b"[" * 20_000])
def test_what_is_no_object_is_refused(door, raw):
    response = door.receipt(raw=raw)
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


@pytest.fixture
def key(finance):
    """The key that finance registered for its receipts."""
    return key_of(finance)


def test_a_receipt_signed_with_the_registered_key_is_kept_as_signed(door, key):
    cast.in_force()
    tell()
    body = json.dumps(said()).encode()
    assert door.receipt(signature(key, body), raw=body).status_code == 201
    assert Receipt.objects.get().signed is True


def test_where_a_key_is_registered_other_receipts_are_refused(door, key):
    cast.in_force()
    tell()
    body = json.dumps(said()).encode()
    stranger = Ed25519PrivateKey.generate()
    an_hour_ago = int(timezone.now().timestamp()) - 3600
    wrong = [
        {},
        signature(stranger, body),
        signature(key, body + b" "),
        signature(key, body, an_hour_ago),
        {**signature(key, body), "webhook-signature": "v1a,"},
        {**signature(key, body), "webhook-id": "another"},
    ]
    for headers in wrong:
        response = door.receipt(headers, raw=body)
        assert (response.status_code, response.json()["code"]) == (403, "R-407")
        assert "WWW-Authenticate" not in response, (
            "the token is right, and another one would mend nothing (RFC 9110, 15.5.2)"
        )
    assert not Receipt.objects.exists()


# Who is refused


DOORS = [
    ("get", "events"),
    ("get", "listings"),
    ("get", "listings/L-2026-000001"),
    ("post", "receipts"),
]


def knock(method, path, headers):
    ask = getattr(Browser(), method)
    response = ask(f"/api/v1/{path}", content_type="application/json", headers=headers)
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_strangers_are_refused_at_each_door(finance, method, path):
    employer = asking.bearer(asking.bank().organisation)
    half = asking.bearer(finance.organisation, ["receipts" if path != "receipts" else "events"])
    assert knock(method, path, {}) == (401, "R-901")
    assert knock(method, path, {"Authorization": "Bearer x"}) == (401, "R-901")
    assert knock(method, path, employer) == (403, "R-902")
    assert knock(method, path, half) == (403, "R-902")


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_door_opens_one_way_only(door, method, path):
    other = {"get": "post", "post": "get"}[method]
    assert knock(other, path, door.headers)[0] == 405
