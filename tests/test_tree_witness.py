"""A witness that this project did not write cosigns the log where it grew, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.tree.notes import Note
from registry.tree.proofs import consistency
from tests.growing import COURT, OTHER, Grown, checkpoint, flipped
from tests.judges import asking_tree
from tests.judges.asking_tree import ACCEPTED, judge_log
from tests.judges.witnessing import NAME, Witness, witness


@pytest.fixture
def cosigner(tmp_path):
    with witness(tmp_path, COURT.key) as serving:
        yield serving


def add(cosigner: Witness, old: int, grown: Grown, note: Note | None = None):
    path = consistency(grown.tree, old, len(grown.leaves)) if old else []
    return cosigner.add(old, path, note or checkpoint(grown).signed(COURT))


def test_a_witness_cosigns_a_log_that_grows_and_every_judge_accepts_what_it_signed(cosigner):
    old = 0
    for size in (0, 1, 7, 256, 257, 1000):
        grown, note = Grown(size), checkpoint(Grown(size)).signed(COURT)
        answer = add(cosigner, old, grown)
        assert answer.status_code == 200, answer.text
        cosigned = Note.parse(f"{note}{answer.text}".encode())
        assert cosigned.witnessed_by([cosigner.key]) == [cosigner.key]
        verdicts = judge_log(grown.published(cosigned).__getitem__, COURT.key.vkey, grown.leaves, [cosigner.vkey])
        assert verdicts == dict.fromkeys(asking_tree.ALL, ACCEPTED)
        old = size
    assert cosigner.key.name == NAME


def test_a_witness_cosigns_nothing_else(cosigner):
    grown, earlier = Grown(300), Grown(200)
    assert add(cosigner, 0, earlier).status_code == 200
    assert add(cosigner, 100, grown).status_code == 409
    fork = Grown(300)
    fork.root = flipped(fork.root, 0)
    assert add(cosigner, 200, fork).status_code == 422
    assert add(cosigner, 200, grown, checkpoint(grown).signed(OTHER)).status_code == 403
    of_another_log = replace(checkpoint(grown), origin=NAME).signed(replace(COURT, name=NAME))
    assert add(cosigner, 200, grown, of_another_log).status_code == 404
    assert add(cosigner, 200, grown).status_code == 200
