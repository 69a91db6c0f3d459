"""Packages that this project did not write judge the log as it is served: by address, by proof, and by file."""

from __future__ import annotations

from base64 import b64decode

import pytest
from django.test import Client as Browser

from registry.models import Event
from sharing.witnesses import asking
from tests import asking as calling
from tests import cast, logs, witnessing
from tests.judges import asking_tree
from tests.judges.asking_tree import ACCEPTED, CONSISTENCY, INCLUSION, Consistency, Inclusion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def read(address):
    answer = Browser().get(f"/log/{address}")
    if answer.status_code == 404:
        raise LookupError(address)
    assert answer.status_code == 200
    return answer.content


@pytest.fixture
def door(finance):
    headers = calling.bearer(finance.organisation, ("events",))
    return lambda path: Browser().get(f"/api/v1/{path}", headers=headers)


@pytest.mark.parametrize("steps", [(1,), (255, 1), (200, 100, 700)], ids=str)
def test_every_judge_accepts_what_is_served_with_its_cosignatures(steps, settings):
    entries = []
    with witnessing.witness() as witness:
        settings.SHARING_LOG_WITNESSES = witness.setting
        for count in steps:
            entries += logs.append(count)
            logs.sign_all()
            asking.ask_all(now=logs.NOW)
    verdicts = asking_tree.judge_log(read, logs.vkey(), entries, [logs.WITNESS.key.vkey])
    assert verdicts == dict.fromkeys(asking_tree.ALL, ACCEPTED)


def test_every_judge_that_computes_the_tree_refuses_a_row_that_was_changed_by_hand():
    entries = logs.append(300)
    logs.sign_all()
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 7", logs.commitment(-1))
    entries[6] = logs.commitment(-1)
    verdicts = asking_tree.judge_log(read, logs.vkey(), entries)
    assert asking_tree.refusing(verdicts) >= asking_tree.ROOTS


def test_every_judge_accepts_the_proofs_of_the_api(door):
    entries = logs.append(300)
    old = logs.sign_all()
    entries += logs.append(213)
    new = logs.sign_all()
    included = door("log/proof?position=257").json()
    grown = door("log/proof?from=300").json()
    proofs = [
        Inclusion(entries[256], 256, new.size, bytes(new.root), hashes(included)),
        Consistency(old.size, bytes(old.root), new.size, bytes(new.root), hashes(grown)),
    ]
    assert asking_tree.judge_proofs(proofs) == [
        dict.fromkeys(INCLUSION, ACCEPTED),
        dict.fromkeys(CONSISTENCY, ACCEPTED),
    ]


def hashes(answer):
    return [b64decode(each) for each in answer["hashes"]]


def test_a_proof_file_is_accepted_offline_and_not_of_another_entry(door, tmp_path):
    cast.in_force()
    logs.append(300)
    logs.sign_all()
    proof = door("log/proof-file?position=1").content.decode()
    entry = bytes(Event.objects.get(position=1).commitment)
    assert asking_tree.judge_proof_file(proof, entry, logs.vkey(), tmp_path) == ACCEPTED
    assert asking_tree.judge_proof_file(proof, entry[::-1], logs.vkey(), tmp_path) != ACCEPTED
