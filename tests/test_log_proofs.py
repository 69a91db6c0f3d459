"""The departments' proofs: where the log stands, that a position is in it, that it only grew, and a file for a court."""

from __future__ import annotations

from base64 import b64decode

import pytest
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.checkpoints import origin
from registry.log import canonical, commitment
from registry.tree import proofs
from registry.tree.checkpoints import Checkpoint, opened
from registry.tree.hashing import leaf
from registry.tree.proof_files import ProofFile, ProofFileMalformed
from sharing.departments import telling
from tests import asking, cast, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def door(finance):
    headers = asking.bearer(finance.organisation, ("events",))
    return lambda path: Browser().get(f"/api/v1/{path}", headers=headers)


def root(note):
    return Checkpoint.parse(note.partition("\n\n")[0] + "\n")


def hashes(answer):
    return [b64decode(each) for each in answer["hashes"]]


def test_a_department_sees_where_the_log_stands(door):
    logs.append(3)
    logs.sign_all()
    state = door("log").json()
    assert (state["origin"], state["epoch"], state["size"]) == (origin.origin(1), 1, 3)
    assert state["vkeys"] == [logs.vkey()]
    assert opened(state["checkpoint"].encode(), origin.keys(1)[0], state["origin"])[0].size == 3
    assert state["witnesses"] == []


def test_an_event_that_was_told_is_proved_to_be_in_the_log(door, finance):
    cast.measure(finance)
    cast.in_force()
    logs.append(300)
    logs.sign_all()
    telling.walk(now=cast.NOW)
    data = door("events?after=0").json()["events"][0]["data"]
    entry = commitment(b64decode(data["salt"]), canonical(data["event"]))
    proof = door(f"log/proof?position={data['event']['position']}").json()
    assert b64decode(proof["commitment"]) == entry
    signed = root(proof["checkpoint"])
    proofs.verify_inclusion(leaf(entry), proof["position"] - 1, signed.size, hashes(proof), signed.root)


def test_the_log_is_proved_to_have_only_grown(door):
    logs.append(200)
    old = logs.sign_all()
    logs.append(200)
    logs.sign_all()
    proof = door("log/proof?from=200").json()
    new = root(proof["checkpoint"])
    assert (proof["from"], proof["to"]) == (200, 400)
    proofs.verify_consistency(200, bytes(old.root), new.size, new.root, hashes(proof))


def test_a_size_that_was_never_signed_has_a_proof_and_no_checkpoint(door):
    logs.append(200)
    logs.sign_all()
    assert door("log/proof?position=7&size=100").json()["checkpoint"] is None
    assert door("log/proof?from=50&to=100").json()["checkpoint"] is None


def test_one_file_proves_it_offline(door):
    entries = logs.append(300)
    logs.sign_all()
    answer = door("log/proof-file?position=257")
    proof = ProofFile.parse(answer.content.decode())
    signed, _ = opened(proof.note.encode(), origin.keys(1)[0], origin.origin(1))
    proofs.verify_inclusion(leaf(entries[256]), proof.index, signed.size, proof.path, signed.root)
    assert proof.extra == entries[256]
    assert answer["Content-Disposition"] == 'attachment; filename="1-257.tlog-proof"'


@pytest.mark.parametrize(
    ("asked", "status", "code", "field"),
    [
        ("proof?position=301", 404, "R-391", "position"),
        ("proof?position=5&size=4", 404, "R-391", "position"),
        ("proof?position=5&size=301", 404, "R-391", "size"),
        ("proof?from=1&to=301", 404, "R-391", "to"),
        ("proof?from=200&to=100", 422, "R-392", "from"),
        ("proof-file?position=301", 404, "R-391", "position"),
        ("proof", 400, "R-903", "position"),
        ("proof?position=0", 400, "R-470", "position"),
        ("proof?position=1&from=1", 400, "R-903", "from"),
        ("proof?position=one", 400, "R-470", "position"),
        ("proof?from=1&until=2", 400, "R-471", "until"),
        ("proof?position=5&to=9", 400, "R-471", "to"),
        ("proof?from=1&to=2&size=9", 400, "R-471", "size"),
        ("proof-file?position=5&size=9", 400, "R-471", "size"),
        ("proof-file", 400, "R-470", "position"),
        ("proof-file?position=-1", 400, "R-470", "position"),
    ],
)
def test_what_cannot_be_proved_is_refused_by_name(door, asked, status, code, field):
    logs.append(300)
    logs.sign_all()
    answer = door(f"log/{asked}")
    said = answer.json()
    assert (answer.status_code, said["errors"][0]["field"]) == (status, field)
    assert said["code"] == code


@pytest.mark.parametrize("asked", ["proof?position=7", "proof?position=1", "proof?from=200", "proof-file?position=7"])
def test_what_cannot_be_proved_for_a_deleted_row_says_so_by_name(door, asked):
    logs.append(300)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_event WHERE position IN (7, 290)")
    answer = door(f"log/{asked}")
    assert (answer.status_code, answer.json()["code"]) == (503, "R-398")


def test_before_anything_is_signed_nothing_is_proved(door):
    for path in ("log", "log/proof?position=1", "log/proof-file?position=1"):
        assert (door(path).status_code, door(path).json()["code"]) == (503, "R-393")


@pytest.mark.parametrize("path", ["log", "log/proof?position=1", "log/proof-file?position=1"])
def test_a_stranger_is_refused(path):
    logs.append(1)
    logs.sign_all()
    assert Browser().get(f"/api/v1/{path}").status_code == 401
    headers = asking.bearer(asking.bank().organisation)
    assert Browser().get(f"/api/v1/{path}", headers=headers).status_code == 403


# The file itself

proof_files = st.builds(
    ProofFile,
    index=st.integers(0, 2**62),
    path=st.lists(st.binary(min_size=32, max_size=32), max_size=40).map(tuple),
    note=st.just("an.example/log\n1\nAAAA\n\n— an.example/log AAAA\n"),
    extra=st.binary(max_size=40),
)


@settings(deadline=None)
@given(proof_files)
def test_what_is_written_is_read(proof):
    assert ProofFile.parse(str(proof)) == proof


@settings(deadline=None)
@given(st.text())
def test_whatever_else_is_no_proof_file(text):
    with pytest.raises(ProofFileMalformed):
        ProofFile.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "c2sp.org/tlog-proof@v2\nindex 1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n*\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nextra *\nindex 1\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\n\nnote\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n\n",
    ],
)
def test_a_file_of_another_form_is_refused(text):
    with pytest.raises(ProofFileMalformed):
        ProofFile.parse(text)
