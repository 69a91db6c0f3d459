"""A supervised institution asks about a customer whom it holds: "applies, until" or nothing, and hears what to lift."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sharing.receiver import store as stores
from sharing.receiver.store import open_readonly
from tests.receiver_double import DOCUMENT, NAME, Program, Registry, becomes_true, event_id, pushed, running_registry

TOKEN = "a token of the bank that is long enough"
OTHER_TOKEN = "a token of the insurer that is long enough"
MEASURES = [{"code": "LICENCE-CHECK", "until": None}]


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, registry: Registry) -> Iterator[Program]:
    receiver = a_receiver(tmp_path / "department.sqlite", registry)
    receiver.start()
    yield receiver
    receiver.stop()


def a_receiver(path: Path, registry: Registry, **changes: str) -> Program:
    told = {"RECEIVER_INSTITUTIONS": f"bank={TOKEN},insurer={OTHER_TOKEN}", **changes}
    return Program(path, registry_url=registry.url, changes=told)


def told(position: int = 1, kind: str = "listing.published", onward: str = "check_only", **more: Any) -> dict[str, Any]:
    body = pushed(position, kind, **more)
    body["data"]["onward"] = onward
    return body


def ask(program: Program, *, token: str = TOKEN, path: str = "/check", **changes: Any) -> tuple[int, Any]:
    said = {"document": {"type": "resident_id", "number": DOCUMENT}, "name": NAME, "reference": "customer-7", **changes}
    status, content = program._ask("POST", path, json.dumps(said).encode(), {"Authorization": f"Bearer {token}"})
    return status, json.loads(content or b"null")


def to_lift(program: Program, token: str = TOKEN) -> Any:
    status, said = program.get("/recalls", {"Authorization": f"Bearer {token}"})
    assert status == 200
    return said["lift"]


def confirm(program: Program, reference: str = "customer-7", token: str = TOKEN) -> int:
    said = json.dumps({"reference": reference}).encode()
    return program.post(said, {"Authorization": f"Bearer {token}"}, "/recalls")


def test_it_learns_that_a_measure_applies_and_until_when_and_nothing_else(program: Program) -> None:
    program.push(told())
    assert ask(program) == (200, {"applies": True, "measures": MEASURES})


def test_whom_it_told_is_reported_to_the_registry(program: Program, registry: Registry) -> None:
    program.push(told())
    ask(program)
    ask(program)
    ask(program, reference="customer-8")
    assert becomes_true(lambda: bool(registry.onward))
    (report,) = registry.onward
    assert {**report, "at": ""} == {"kind": "reached", "listing": "L-2026-000001", "institution": "bank", "at": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "欧阳别人"},
        {"document": {"type": "resident_id", "number": "110105194912310038"}},
        {"document": {"type": "passport_cn", "number": DOCUMENT}},
    ],
    ids=["another name", "another number", "another type"],
)
def test_of_anybody_else_it_learns_nothing(program: Program, registry: Registry, changes: dict[str, Any]) -> None:
    program.push(told())
    assert ask(program, **changes) == (200, {"applies": False})
    assert registry.onward == []


@pytest.mark.parametrize(
    "number",
    [
        DOCUMENT.lower(),
        f" {DOCUMENT[:6]} {DOCUMENT[6:14]} {DOCUMENT[14:]}",
        "".join(chr(ord(each) + 0xFEE0) for each in DOCUMENT),
    ],
    ids=["small letter", "spaces", "full width"],
)
def test_a_number_is_found_however_the_institution_writes_it(program: Program, number: str) -> None:
    program.push(told())
    assert ask(program, document={"type": "resident_id", "number": number})[1]["applies"] is True


@pytest.mark.parametrize("name", ["阿布都拉•买买提", "阿布都拉．买买提", "阿布都拉・买买提", "阿布都拉 · 买买提"])
def test_the_dot_in_a_name_may_be_another_one(program: Program, name: str) -> None:
    documents = [{"type": "resident_id", "number": DOCUMENT}]
    program.push(told(person={"kind": "natural", "name": "阿布都拉·买买提", "documents": documents}))
    assert ask(program, name=name)[1]["applies"] is True


@pytest.mark.parametrize(
    ("told_of", "asked_about"),
    [
        (("resident_id", DOCUMENT), ("resident_id", "110105491231002")),
        (("hmt_residence_permit", "810000199408230021"), ("resident_id", "810000199408230021")),
        (("resident_id", "810000199408230021"), ("hmt_residence_permit", "810000199408230021")),
        (("hk_macau_permit", "H1234567801"), ("hk_macau_permit", "h12345678 02")),
        (("hk_macau_permit", "H1234567801"), ("hk_macau_permit", "H12345678")),
        (("taiwan_permit", "01234567"), ("taiwan_permit", "0123456702B")),
    ],
    ids=["15 digits", "by a shared number", "and back", "renewed", "without its renewals", "of the old form"],
)
def test_a_document_is_found_by_whatever_number_of_it_the_institution_has(
    program: Program, told_of: tuple[str, str], asked_about: tuple[str, str]
) -> None:
    documents = [{"type": told_of[0], "number": told_of[1]}]
    program.push(told(person={"kind": "natural", "name": NAME, "documents": documents}))
    assert ask(program, document={"type": asked_about[0], "number": asked_about[1]})[1]["applies"] is True


@pytest.mark.parametrize("number", ["H", "H1234567", "H12345678A", "H123456789", "H12345679", "M12345678"])
def test_by_a_part_of_a_number_nobody_is_found(program: Program, number: str) -> None:
    documents = [{"type": "hk_macau_permit", "number": "H1234567801"}]
    program.push(told(person={"kind": "natural", "name": NAME, "documents": documents}))
    assert ask(program, document={"type": "hk_macau_permit", "number": number})[1] == {"applies": False}


@pytest.mark.parametrize("name", ["AOIFE O’BRIEN‐SMITH", "Aoife O＇Brien－Smith", "Aoife O'Brien-Smith\U000e0100"])
def test_so_may_its_other_signs(program: Program, name: str) -> None:
    documents = [{"type": "resident_id", "number": DOCUMENT}]
    program.push(told(person={"kind": "natural", "name": "Aoife O'Brien-Smith", "documents": documents}))
    assert ask(program, name=name)[1]["applies"] is True


def test_of_who_is_listed_twice_every_measure_is_told_and_every_listing_is_reported(
    program: Program, registry: Registry
) -> None:
    first, second = told(), told(2, number="L-2026-000002")
    first["data"]["measures"] = [{"code": "LIMIT", "until": "2098-01-01"}, {"code": "WATCH", "until": "2098-01-01"}]
    second["data"]["measures"] = [{"code": "LIMIT", "until": "2099-01-01"}]
    assert [program.push(first), program.push(second)] == [204, 204]
    measures = [{"code": "LIMIT", "until": "2099-01-01"}, {"code": "WATCH", "until": "2098-01-01"}]
    assert ask(program) == (200, {"applies": True, "measures": measures})
    assert becomes_true(lambda: len(registry.onward) == 2)
    assert {report["listing"] for report in registry.onward} == {"L-2026-000001", "L-2026-000002"}


def test_a_unit_is_found_by_a_former_name_too(program: Program) -> None:
    unit = {
        "kind": "unit",
        "name": "新名称有限公司",
        "documents": [{"type": "uscc", "number": "91110105MA00HLQK7X"}],
        "former_names": ["旧名称有限公司"],
        "registration": {"status": "registered", "since": None},
    }
    program.push(told(person=unit))
    document = {"type": "uscc", "number": "91110105MA00HLQK7X"}
    for name, applies in (("新名称有限公司", True), ("旧名称有限公司", True), ("别的有限公司", False)):
        assert ask(program, document=document, name=name)[1]["applies"] is applies, name


@pytest.mark.parametrize(
    "body",
    [
        told(onward="none"),
        pushed(1),
        told(state="suspended"),
        told(ends_on="2020-01-01"),
    ],
    ids=["not to be passed on", "nothing said of passing on", "suspended", "over"],
)
def test_what_may_not_be_passed_on_or_is_not_in_force_is_not_told(program: Program, body: dict[str, Any]) -> None:
    program.push(body)
    assert ask(program) == (200, {"applies": False})


def test_what_is_for_information_only_and_what_is_over_is_not_told(program: Program) -> None:
    informed, over = told(), told(2, number="L-2026-000002")
    informed["data"]["measures"] = "information_only"
    over["data"]["measures"][0]["until"] = "2020-01-01"
    assert [program.push(informed), program.push(over)] == [204, 204]
    assert ask(program) == (200, {"applies": False})


def test_the_rule_that_was_said_last_counts(program: Program) -> None:
    program.push(told())
    program.push(told(2, "listing.corrected", onward="none", version=2))
    assert ask(program) == (200, {"applies": False})


def test_a_withdrawal_reaches_it_and_its_confirmation_reaches_the_registry(
    program: Program, registry: Registry
) -> None:
    program.push(told())
    ask(program)
    ask(program, reference="customer-8")
    assert to_lift(program) == []
    program.push(pushed(2, "listing.withdrawn", version=2))
    assert ask(program) == (200, {"applies": False})
    assert to_lift(program) == [
        {"reference": "customer-7", "because": "withdrawn"},
        {"reference": "customer-8", "because": "withdrawn"},
    ]
    assert to_lift(program, OTHER_TOKEN) == []
    assert confirm(program, token=OTHER_TOKEN) == 404
    assert confirm(program) == 204
    assert confirm(program) == 404
    assert all(report["kind"] == "reached" for report in registry.onward), "customer-8 is still marked there"
    assert confirm(program, "customer-8") == 204
    assert becomes_true(lambda: len(registry.onward) == 2)
    assert {**registry.onward[1], "at": ""} == {
        "kind": "purged",
        "event": event_id(2),
        "institution": "bank",
        "at": "",
    }
    assert to_lift(program) == []


def test_while_suspended_it_is_to_be_lifted_and_then_not_any_more(program: Program) -> None:
    program.push(told())
    ask(program)
    program.push(pushed(2, "listing.suspended", version=2, state="suspended"))
    assert to_lift(program) == [{"reference": "customer-7", "because": "suspended"}]
    assert confirm(program) == 404, "only a withdrawal is confirmed"
    program.push(told(3, "listing.reinstated", version=3))
    assert to_lift(program) == []


def retold(program: Program, *measures: tuple[str, str | None]) -> None:
    """The court says anew what the department may do: these, or nothing but being informed."""
    body = told(2, "listing.corrected", version=2)
    listed = [{"code": code, "article": "PIPL 71", "until": until} for code, until in measures]
    body["data"]["measures"] = listed or "information_only"
    program.push(body)


CHANGED = [{"reference": "customer-7", "because": "changed"}]


@pytest.mark.parametrize(
    "left", [[], [("ANOTHER", None)], [("LICENCE-CHECK", "2099-01-01")]], ids=["informed alone", "another", "sooner"]
)
def test_a_measure_that_it_was_told_of_and_that_is_gone_is_to_be_lifted(
    program: Program, left: list[tuple[str, str | None]]
) -> None:
    program.push(told())
    ask(program)
    retold(program, *left)
    assert to_lift(program) == CHANGED
    assert to_lift(program, OTHER_TOKEN) == []
    ask(program)
    assert to_lift(program) == ([] if left else CHANGED), "once it asked it knows what still applies"


def test_a_measure_that_comes_besides_is_nothing_to_lift(program: Program) -> None:
    program.push(told())
    ask(program)
    retold(program, ("LICENCE-CHECK", None), ("ANOTHER", None))
    assert to_lift(program) == []


def test_a_store_that_an_earlier_program_began_goes_on(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "department.sqlite"
    with closing(stores.open_for_writing(path)) as store:
        store.execute("ALTER TABLE reached DROP COLUMN measures")
    receiver = a_receiver(path, registry)
    receiver.start()
    receiver.push(told())
    assert ask(receiver)[0] == 200
    receiver.stop()


def test_told_again_after_a_withdrawal_it_is_reported_again(program: Program, registry: Registry) -> None:
    program.push(told())
    ask(program)
    assert becomes_true(lambda: len(registry.onward) == 1)
    assert becomes_true(lambda: reports_waiting(program) == 0)
    program.push(pushed(2, "listing.withdrawn", version=2))
    program.push(told(3, "listing.reinstated", version=3))
    ask(program)
    assert becomes_true(lambda: [report["kind"] for report in registry.onward] == ["reached", "reached"])


def reports_waiting(program: Program) -> int:
    with closing(stores.open_readonly(program.path)) as opened:
        return int(opened.execute("SELECT count(*) FROM onward WHERE accepted_at IS NULL").fetchone()[0])


def test_a_stranger_learns_nothing(program: Program) -> None:
    program.push(told())
    for token in ("", "x", TOKEN + "x"):
        assert ask(program, token=token)[0] == 401
        assert program.get("/recalls", {"Authorization": f"Bearer {token}"})[0] == 401
        assert confirm(program, token=token) == 401
    assert program.post(b"{}", {}, "/check") == 401


def test_the_list_is_not_to_be_had_by_asking_fast(tmp_path: Path, registry: Registry) -> None:
    receiver = a_receiver(tmp_path / "slow.sqlite", registry)
    receiver.flags = (*receiver.flags, "--checks-a-minute", "3")
    receiver.start()
    try:
        assert [ask(receiver)[0] for _ in range(5)] == [200, 200, 200, 429, 429]
        assert ask(receiver, token=OTHER_TOKEN)[0] == 200
    finally:
        receiver.stop()


@pytest.mark.parametrize(
    "changes", [{"document": None}, {"document": {"type": 1, "number": "x"}}, {"name": ""}, {"reference": "x" * 65}]
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(program: Program, changes: dict[str, Any]) -> None:
    status, said = ask(program, **changes)
    assert (status, DOCUMENT in json.dumps(said)) == (400, False)
    assert program.post(b"[", {"Authorization": f"Bearer {TOKEN}"}, "/check") == 400
    assert DOCUMENT not in program.log()


@pytest.mark.parametrize("setting", ["bank", "bank=short", f"bank={TOKEN},bank={OTHER_TOKEN}", f"={TOKEN}"])
def test_a_wrong_setting_stops_the_start_and_shows_no_token(tmp_path: Path, registry: Registry, setting: str) -> None:
    receiver = a_receiver(tmp_path / "x.sqlite", registry, RECEIVER_INSTITUTIONS=setting)
    with pytest.raises(json.JSONDecodeError):
        receiver.start()
    assert receiver.stop() == 2
    assert "code=token" in receiver.log()
    assert TOKEN not in receiver.log()


def test_a_store_that_an_earlier_program_began_is_indexed_once(tmp_path: Path, registry: Registry) -> None:
    receiver = a_receiver(tmp_path / "old.sqlite", registry)
    receiver.start()
    receiver.push(told())
    receiver.stop()
    with closing(sqlite3.connect(receiver.path)) as opened:
        opened.execute("DELETE FROM documents")
        opened.commit()
    receiver.start()
    try:
        assert ask(receiver)[1]["applies"] is True
    finally:
        receiver.stop()


def test_of_a_withdrawn_person_no_document_stays(program: Program) -> None:
    program.push(told())
    ask(program)
    program.push(pushed(2, "listing.withdrawn", version=2))
    assert becomes_true(lambda: DOCUMENT.encode() not in program.bytes_on_disk())


def test_a_store_restored_from_a_backup_is_kept_and_still_knows_who_was_told(
    program: Program, registry: Registry
) -> None:
    published, withdrawn = told(), pushed(2, "listing.withdrawn", version=2)
    registry.holds(published)
    assert program.push(published) == 204
    assert ask(program)[1]["applies"]
    backup = program.path.with_name("backup.sqlite")
    with closing(open_readonly(program.path)) as store, closing(sqlite3.connect(backup)) as copy:
        store.backup(copy)
    assert program.push(withdrawn) == 204
    registry.holds(withdrawn)
    program.stop()
    for suffix in ("-wal", "-shm"):
        program.path.with_name(program.path.name + suffix).unlink(missing_ok=True)
    backup.replace(program.path)
    assert program.numbers() == ["L-2026-000001"]
    program.start()
    assert becomes_true(lambda: program.numbers() == [])
    assert to_lift(program) == [{"reference": "customer-7", "because": "withdrawn"}]


def test_a_store_that_was_lost_says_from_when_it_knows_who_was_told(program: Program) -> None:
    program.push(told())
    assert ask(program)[1]["applies"]
    asked = ("/recalls", {"Authorization": f"Bearer {TOKEN}"})
    before = program.get(*asked)[1]["since"]
    program.stop()
    program.start()
    assert program.get(*asked)[1]["since"] == before, "the same store begins once"
    program.stop()
    for suffix in ("", "-wal", "-shm"):
        program.path.with_name(program.path.name + suffix).unlink(missing_ok=True)
    program.start()
    assert program.get(*asked)[1]["since"] > before
    assert to_lift(program) == []
