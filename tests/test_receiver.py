"""The receiver at its web address: what it takes, what it refuses, and what its list holds afterwards."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.receiver_double import (
    DOCUMENT,
    ENDPOINT,
    NAME,
    OTHER_SECRET,
    SECRET,
    Program,
    becomes_true,
    encoded,
    event_id,
    pushed,
    signed,
    stub,
)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """A receiver that only listens; it knows no registry to call."""
    receiver = Program(tmp_path / "department.sqlite")
    receiver.start()
    yield receiver
    receiver.stop()


def test_a_genuine_request_is_accepted_and_the_listing_is_held(program: Program) -> None:
    before = time.time_ns() // 1_000_000
    assert program.push(pushed(1)) == 204
    held = program.listing()
    assert held is not None
    assert held.payload["person"]["name"] == NAME
    assert held.measures == [{"code": "LICENCE-CHECK", "article": "PIPL 71", "until": None}]
    (seen,) = program.events()
    assert (seen.id, seen.position, seen.outcome, seen.source) == (event_id(1), 1, "applied", "push")
    assert before <= seen.received_at <= time.time_ns() // 1_000_000
    assert seen.receipt_kind == "applied"
    assert seen.receipt_accepted_at is None


def test_a_department_that_may_not_see_document_numbers_is_served_too(program: Program) -> None:
    body = pushed(1, person={"kind": "natural", "name": NAME, "documents": [{"type": "resident_id"}]})
    body["data"] |= {"salt": None, "redacted": ["documents.number"], "measures": "information_only"}
    assert program.push(body) == 204
    held = program.listing()
    assert held is not None
    assert held.measures == "information_only"


@pytest.mark.parametrize(
    "change",
    [
        {"secret": OTHER_SECRET},
        {"key": None},
        {"key": Ed25519PrivateKey.generate()},
        {"at": time.time() - 3600},
        {"at": time.time() + 3600},
    ],
    ids=["another secret", "no v1a", "another key", "old", "of the future"],
)
def test_a_request_that_is_not_genuine_is_refused(program: Program, change: dict[str, object]) -> None:
    raw = encoded(pushed(1))
    assert program.post(raw, signed(event_id(1), raw, **change)) == 401  # type: ignore[arg-type]  # one table of cases
    assert program.events() == []


def test_an_altered_body_is_refused(program: Program) -> None:
    raw = encoded(pushed(1))
    headers = signed(event_id(1), raw)
    assert program.post(raw.replace(b'"version":1', b'"version":9'), headers) == 401
    assert program.post(json.dumps(json.loads(raw)).encode(), headers) == 401
    assert program.events() == []


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_x.y"},
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "nan"},
        {"webhook-signature": ""},
        {"webhook-signature": "v0,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,%%%% v1a,%%%%"},
        {"webhook-signature": "v1,AAAA " * 1000},
    ],
)
def test_malformed_headers_are_refused_and_never_break_the_receiver(program: Program, change: dict[str, str]) -> None:
    raw = encoded(pushed(1))
    assert program.post(raw, signed(event_id(1), raw) | change) == 401
    assert program.push(pushed(1)) == 204


def test_a_header_given_twice_is_refused(program: Program) -> None:
    raw = encoded(pushed(1))
    headers = signed(event_id(1), raw)
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=10)
    connection.putrequest("POST", "/webhooks")
    for name, value in [*headers.items(), ("webhook-signature", "v1,AAAA"), ("Content-Length", str(len(raw)))]:
        connection.putheader(name, value)
    connection.endheaders(raw)
    assert connection.getresponse().status == 401
    connection.close()


def test_one_signature_kind_suffices_where_only_its_key_is_configured(tmp_path: Path) -> None:
    raw = encoded(pushed(1))
    for name, changes, headers in (
        ("shared", {"RECEIVER_PUBLIC_KEYS": ""}, signed(event_id(1), raw, key=None)),
        ("public", {"RECEIVER_SECRETS": ""}, signed(event_id(1), raw, secret=OTHER_SECRET)),
    ):
        (tmp_path / name).mkdir()
        receiver = Program(tmp_path / name / "store", changes=changes)
        receiver.start()
        assert receiver.post(raw, headers) == 204
        assert receiver.stop() == 0


def test_during_a_rotation_the_old_and_the_new_secret_are_both_taken(tmp_path: Path) -> None:
    receiver = Program(tmp_path / "store", changes={"RECEIVER_SECRETS": f"{OTHER_SECRET},{SECRET}"})
    receiver.start()
    for position, secret in ((1, SECRET), (2, OTHER_SECRET)):
        raw = encoded(pushed(position, version=position))
        assert receiver.post(raw, signed(event_id(position), raw, secret=secret)) == 204
    receiver.stop()


def test_a_test_message_is_taken_and_kept_nowhere(program: Program) -> None:
    body = {"type": "registry.test", "timestamp": "2026-11-24T08:00:00Z", "data": {"endpoint": ENDPOINT}}
    assert program.push(body) == 204
    assert program.push({**body, "type": "registry.notice_of_maintenance"}) == 204, (
        "others may be added (docs/versions.md)"
    )
    assert program.numbers() == []


def test_a_body_for_another_endpoint_is_refused(program: Program) -> None:
    assert program.push(pushed(1, endpoint="ep_somebody_else")) == 400
    assert program.events() == []


def test_a_genuine_body_under_another_id_is_refused(program: Program) -> None:
    raw = encoded(pushed(1))
    assert program.post(raw, signed("evt_another", raw)) == 400


@pytest.mark.parametrize(
    "raw", [b"[]", b"{", b"\xff", b'{"data":{}}', b"[" * 60_000, encoded(pushed(1) | {"type": "listing.flagged"})]
)
def test_genuine_but_unreadable_bodies_are_refused(program: Program, raw: bytes) -> None:
    assert program.post(raw, signed(event_id(1), raw)) in (400, 401)
    assert program.push(pushed(1)) == 204


def test_an_event_without_a_part_that_its_type_needs_is_refused(program: Program) -> None:
    for kind, changes in (
        ("listing.published", {"version": None}),
        ("listing.published", {"person": None}),
        ("listing.suspended", {"state": ""}),
        ("listing.withdrawn", {"number": 7}),
    ):
        body = pushed(1, kind)
        body["data"]["event"]["listing"] |= changes
        assert program.push(body) == 400
    assert program.events() == []


def test_a_body_that_is_too_long_is_refused_before_it_is_read(program: Program) -> None:
    assert answer_to_a_head(program, "Content-Length", str(64 * 1024 + 1)) == 413
    assert program.get("/health")[0] == 200


def test_a_chunked_body_is_refused(program: Program) -> None:
    assert answer_to_a_head(program, "Transfer-Encoding", "chunked") == 411


def answer_to_a_head(program: Program, header: str, value: str) -> int:
    """The body is never sent: whoever refuses may hang up at once, in the middle of it."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=10)
    connection.putrequest("POST", "/webhooks")
    connection.putheader(header, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_connection_is_kept_between_requests(program: Program) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=10)
    sockets = set()
    for position in (1, 2, 3):
        raw = encoded(pushed(position, version=position))
        connection.request("POST", "/webhooks", raw, signed(event_id(position), raw))
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
        assert isinstance(connection.sock, socket.socket)
        sockets.add(connection.sock.getsockname())
    connection.close()
    assert len(sockets) == 1


def test_a_repetition_changes_nothing(program: Program) -> None:
    assert program.push(pushed(1)) == 204
    first = program.events()
    assert program.push(pushed(1)) == 204
    assert program.events() == first


def test_versions_out_of_order_end_with_the_highest(program: Program) -> None:
    for position, version, name in ((3, 3, "third"), (1, 1, "first"), (2, 2, "second")):
        body = pushed(position, "listing.corrected", version=version, person={"kind": "natural", "name": name})
        assert program.push(body) == 204
    held = program.listing()
    assert held is not None
    assert (held.version, held.payload["person"]["name"]) == (3, "third")
    assert [seen.outcome for seen in program.events()] == ["superseded", "superseded", "applied"]


def test_a_later_epoch_beats_a_higher_version(program: Program) -> None:
    program.push(pushed(5, version=5, ends_on="2030-01-01"))
    program.push(pushed(4, "listing.corrected", version=4, epoch=2, previous=0, ends_on="2031-01-01"))
    program.push(pushed(6, "listing.corrected", version=6, ends_on="2032-01-01"))
    held = program.listing()
    assert held is not None
    assert (held.epoch, held.version, held.payload["ends_on"]) == (2, 4, "2031-01-01")


def test_flags_state_and_statement_change_only_themselves(program: Program) -> None:
    program.push(pushed(1))
    program.push(pushed(2, "listing.flagged", version=2, flags=["disputed"]))
    program.push(pushed(3, "listing.stated", version=3, statement="I appealed."))
    program.push(pushed(4, "listing.suspended", version=4, state="suspended"))
    held = program.listing()
    assert held is not None
    assert (held.state, held.flags, held.version) == ("suspended", [], 4)
    assert held.payload["statement"] == "I appealed."
    assert held.payload["person"]["name"] == NAME


def test_a_suspension_that_overtakes_the_publication_still_ends_suspended(program: Program) -> None:
    program.push(pushed(2, "listing.suspended", version=2, state="suspended"))
    assert program.numbers() == []
    program.push(pushed(1))
    held = program.listing()
    assert held is not None
    assert (held.state, held.payload["person"]["name"]) == ("suspended", NAME)


def test_a_withdrawn_listing_leaves_no_trace_of_the_person_on_the_disk(program: Program) -> None:
    for position in range(1, 61):
        person = {"kind": "natural", "name": f"{NAME}{position:03d}", "documents": [{"number": DOCUMENT}]}
        number = f"L-2026-{(position * 37) % 61:06d}"
        assert program.push(pushed(position, number=number, person=person, note="x" * (position * 20))) == 204
    assert NAME.encode() in program.bytes_on_disk()
    for position in range(61, 121):
        number = f"L-2026-{((position - 60) * 37) % 61:06d}"
        assert program.push(pushed(position, "listing.withdrawn", number=number, version=2)) == 204
    assert becomes_true(lambda: NAME.encode() not in program.bytes_on_disk())
    assert DOCUMENT.encode() not in program.bytes_on_disk()
    assert program.get("/list")[1] == {"count": 0, "numbers": []}
    assert [seen.receipt_kind for seen in program.events()][60:] == ["purged"] * 60


def test_what_was_published_before_a_withdrawal_is_not_taken_back_in(program: Program) -> None:
    assert program.push(pushed(2, "listing.withdrawn", version=2)) == 204
    assert program.push(pushed(1)) == 204
    assert program.listing() is None
    assert NAME.encode() not in program.bytes_on_disk()


def test_a_stub_is_kept_as_a_position_only(program: Program) -> None:
    assert program.push(stub(1)) == 204
    (seen,) = program.events()
    assert (seen.position, seen.outcome, seen.delay, seen.receipt_kind) == (1, "stub", None, None)
    assert program.numbers() == []


def test_a_type_or_schema_of_the_future_is_kept_as_a_position_and_acknowledged(program: Program) -> None:
    assert program.push(pushed(1, "listing.transferred")) == 204
    newer = pushed(2)
    newer["data"]["event"]["schema"] = 2
    assert program.push(newer) == 204
    assert program.push(pushed(3, "audit.anchored", number="L-2026-000009")) == 204
    assert [seen.outcome for seen in program.events()] == ["unknown", "unknown", "unknown"]
    assert program.numbers() == []


def test_members_and_codes_that_are_not_known_do_no_harm(program: Program) -> None:
    newer = pushed(1, added={"anything": [1]}, prohibitions=[{"scope": "x", "basis": "a law of the future", "of": 1}])
    for place in (newer, newer["data"], newer["data"]["event"], newer["data"]["event"]["listing"]["person"]):
        place["added_later"] = {"anything": 1}
    assert program.push(newer) == 204
    assert [seen.outcome for seen in program.events()] == ["applied"]
    assert program.numbers() == ["L-2026-000001"]


def test_the_operator_sees_count_and_numbers_only_and_nobody_through_a_proxy(program: Program) -> None:
    program.push(pushed(1))
    assert program.get("/list") == (200, {"count": 1, "numbers": ["L-2026-000001"]})
    assert program.get("/list", {"X-Forwarded-For": "192.0.2.7"})[0] == 404
    status, health = program.get("/health")
    assert (status, health["held"], health["level"], health["receipts_waiting"]) == (200, 1, 1, 1)


def test_the_log_holds_no_secret_and_no_person(program: Program) -> None:
    program.push(pushed(1))
    program.push(pushed(2, endpoint="ep_somebody_else"))
    raw = encoded(pushed(3))
    program.post(raw, signed(event_id(3), raw, secret=OTHER_SECRET))
    log = program.log()
    assert "another endpoint" in log
    for hidden in (SECRET, "client-secret", NAME, DOCUMENT):
        assert hidden not in log


def test_the_store_can_be_read_by_its_owner_only(program: Program) -> None:
    program.push(pushed(1))
    assert program.path.stat().st_mode & 0o077 == 0


def test_it_stops_cleanly_when_asked_to(tmp_path: Path) -> None:
    receiver = Program(tmp_path / "store")
    receiver.start()
    receiver.push(pushed(1))
    assert receiver.stop() == 0
    receiver.start()
    assert receiver.numbers() == ["L-2026-000001"]
    receiver.stop()


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"RECEIVER_SECRETS": "", "RECEIVER_PUBLIC_KEYS": ""}, "set RECEIVER_SECRETS"),
        ({"RECEIVER_SECRETS": "whsec_c2hvcnQ="}, "24 to 64 bytes"),
        ({"RECEIVER_PUBLIC_KEYS": SECRET}, "whpk_"),
        ({"REGISTRY_URL": "http://registry.example"}, "https"),
        ({"REGISTRY_URL": "https://registry.example", "REGISTRY_CLIENT_SECRET": ""}, "REGISTRY_CLIENT_SECRET"),
    ],
)
def test_wrong_settings_are_named_and_nothing_starts(tmp_path: Path, changes: dict[str, str], remedy: str) -> None:
    environment = Program(tmp_path / "store", changes=changes).environment()
    done = subprocess.run(
        [sys.executable, "-m", "sharing.receiver"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert remedy in done.stderr
    assert SECRET.removeprefix("whsec_") not in done.stderr


def test_a_department_can_copy_the_folder_and_start_it(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent.parent / "sharing" / "receiver", tmp_path / "sharing" / "receiver")
    asked = "import sys, sharing.receiver.__main__ as started; print(started.__file__, 'django' in sys.modules)"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(tmp_path / "sharing/receiver/__main__.py"), "False"]
