"""The witness: cosigns a log that only grows, keeps what is a fork, forgets nothing (C2SP tlog-witness)."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.tree.checkpoints import Checkpoint
from registry.tree.hashing import EMPTY
from registry.tree.notes import Note, Signer, witnessed_at
from sharing.witness.cosigning import CLOCK_SECONDS
from sharing.witness.request import SIZE_MOST
from sharing.witness.store import PROOF_FAILS, TWO_ROOTS, evidence, open_readonly
from tests.witness_world import COURT, NOON, ORIGIN, WITNESS, Log, request, serving

LOG = Log(80)
FORK = Log(80, fork_at=3)
STRANGER = Signer("stranger.example/log", WITNESS.private)
IMPOSTOR = Signer(ORIGIN, WITNESS.private)


@pytest.fixture
def witness(tmp_path):
    with serving(tmp_path / "store") as found:
        yield found


def refused_by(witness):
    with closing(open_readonly(witness.store.path)) as store:
        return evidence(store)


def signed_by(checkpoint, *signers):
    return Note(checkpoint.text, tuple(each.sign(checkpoint.text) for each in signers))


def test_it_works(witness):
    answer = witness.add(LOG.request(0, 5))
    assert answer.status == 200
    note = Note.parse(f"{LOG.checkpoint(5).signed(COURT)}{answer.text}".encode())
    assert note.witnessed_by([COURT.key, WITNESS.key]) == [COURT.key, WITNESS.key]
    assert witnessed_at(note.signed_by(WITNESS.key)) == NOON
    assert witness.size == 5


@pytest.mark.parametrize("seed", range(6))
def test_a_log_is_followed_as_it_grows(witness, seed):
    drawn = random.Random(seed)
    sizes = sorted(drawn.choices(range(81), k=12))
    for old, size in zip([0, *sizes], sizes, strict=False):
        witness.clock += drawn.randrange(3)
        answer = witness.add(LOG.request(old, size))
        assert (answer.status, witness.size) == (200, size)
        cosigned = Note.parse(witness.held.note.encode())
        assert cosigned.text == LOG.checkpoint(size).text
        assert cosigned.signed_by(WITNESS.key).line == answer.text


def test_another_root_of_the_same_size_is_refused_and_kept(witness):
    witness.add(LOG.request(0, 9))
    fork = FORK.request(9, 9)
    assert witness.add(fork).status == 422
    [found] = refused_by(witness)
    assert (found.reason, found.size, found.held_size) == (TWO_ROOTS, 9, 9)
    assert found.request == fork
    assert found.held == witness.held.note
    assert witness.held.root == LOG.checkpoint(9).root


def test_so_is_one_that_comes_with_another_old_size(witness):
    witness.add(LOG.request(0, 9))
    answer = witness.add(FORK.request(0, 9))
    assert (answer.status, answer.text) == (409, "9\n")
    assert [each.reason for each in refused_by(witness)] == [TWO_ROOTS]


def test_a_fork_that_grew_is_refused_and_kept(witness):
    witness.add(LOG.request(0, 9))
    assert witness.add(FORK.request(9, 20)).status == 422
    assert witness.add(FORK.request(9, 20)).status == 422
    [found] = refused_by(witness)
    assert (found.reason, found.size, found.times, found.settled_at) == (PROOF_FAILS, 20, 2, None)
    assert witness.add(LOG.request(9, 20)).status == 200
    assert refused_by(witness)[0].settled_at is None


def test_a_strangers_broken_proof_of_a_true_checkpoint_is_settled_by_the_proof(witness):
    witness.add(LOG.request(0, 9))
    checkpoint = LOG.checkpoint(20).signed(COURT)
    for proof in ([], LOG.proof(9, 20)[:-1], [*LOG.proof(9, 20), EMPTY], [EMPTY] * 63):
        assert witness.add(request(9, proof, checkpoint)).status == 422
    assert witness.size == 9
    witness.clock += 7
    assert witness.add(LOG.request(9, 20)).status == 200
    [found] = refused_by(witness)
    assert (found.times, found.settled_at) == (4, NOON + 7)


@pytest.mark.parametrize(("old", "size"), [(0, 5), (0, 20), (5, 20), (5, 5), (10, 20)])
def test_who_starts_from_another_size_is_told_the_last_one(witness, old, size):
    witness.add(LOG.request(0, 9))
    answer = witness.add(LOG.request(old, size))
    assert (answer.status, answer.kind, answer.text) == (409, "text/x.tlog.size", "9\n")
    assert witness.size == 9
    assert refused_by(witness) == []


def test_of_a_log_never_seen_the_last_size_is_nothing(witness):
    answer = witness.add(LOG.request(5, 9))
    assert (answer.status, answer.text) == (409, "0\n")


def test_an_old_size_beyond_the_new_one_is_refused(witness):
    witness.add(LOG.request(0, 9))
    assert witness.add(request(9, [], LOG.checkpoint(5).signed(COURT))).status == 400


def test_where_nothing_is_to_be_proved_there_is_no_proof(witness):
    assert witness.add(request(0, [EMPTY], LOG.checkpoint(5).signed(COURT))).status == 422
    witness.add(LOG.request(0, 5))
    assert witness.add(request(5, [EMPTY], LOG.checkpoint(5).signed(COURT))).status == 422
    assert refused_by(witness) == []


def test_an_empty_log_is_cosigned_and_has_one_root(witness):
    other = Checkpoint(ORIGIN, 0, LOG.checkpoint(3).root).signed(COURT)
    assert witness.add(request(0, [], other)).status == 422
    assert witness.add(LOG.request(0, 0)).status == 200
    assert witness.add(LOG.request(0, 5)).status == 200


def test_of_another_log_nothing_is_cosigned(witness):
    other = Checkpoint(STRANGER.name, 5, LOG.checkpoint(5).root).signed(STRANGER)
    assert witness.add(request(0, [], other)).status == 404


def test_only_what_the_log_signed_is_cosigned(witness):
    five = LOG.checkpoint(5)
    assert witness.add(request(0, [], signed_by(five, IMPOSTOR))).status == 403
    assert witness.add(request(0, [], signed_by(five, STRANGER))).status == 403
    assert witness.size == 0
    assert witness.add(request(0, [], signed_by(five, STRANGER, COURT, IMPOSTOR))).status == 200


def test_a_signature_of_the_log_that_does_not_hold_spoils_the_others(witness):
    five, wrong = LOG.checkpoint(5), COURT.sign("another text\n")
    good = COURT.sign(five.text)
    for signatures in ((good, wrong), (wrong, good), (wrong,)):
        assert witness.add(request(0, [], Note(five.text, signatures))).status == 403


def test_what_was_not_signed_by_the_log_is_no_evidence(witness):
    witness.add(LOG.request(0, 9))
    assert witness.add(request(9, [], signed_by(FORK.checkpoint(9), IMPOSTOR))).status == 403
    assert refused_by(witness) == []


def test_the_same_checkpoint_is_cosigned_again_with_the_time_of_then(witness):
    first = witness.add(LOG.request(0, 9))
    assert witness.add(LOG.request(9, 9)).text == first.text
    witness.clock += 60
    again = witness.add(LOG.request(9, 9))
    assert again.status == 200
    assert witness.held.at == NOON + 60
    assert Note.parse(witness.held.note.encode()).signed_by(WITNESS.key).line == again.text != first.text


def test_the_time_never_goes_back(witness):
    witness.add(LOG.request(0, 9))
    witness.clock = NOON - CLOCK_SECONDS
    assert witness.add(LOG.request(9, 10)).status == 200
    assert witness.held.at == NOON
    witness.clock -= 1
    assert witness.add(LOG.request(10, 11)).status == 503
    assert witness.size == 10


def test_of_those_who_race_from_one_size_one_is_cosigned(witness):
    witness.add(LOG.request(0, 9))
    together, answers = threading.Barrier(24), {}

    def race(runner):
        raw = LOG.request(9, 10 + runner % 12)
        together.wait()
        answers[runner] = witness.add(raw).status

    runners = [threading.Thread(target=race, args=(number,)) for number in range(24)]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    [winner] = [runner for runner, status in answers.items() if status == 200]
    assert sorted(answers.values()) == [200, *[409] * 23]
    assert witness.size == 10 + winner % 12


def test_two_programs_on_one_store_do_not_lead_each_other_back(tmp_path):
    with serving(tmp_path / "store") as one, serving(tmp_path / "store") as other:
        one.add(LOG.request(0, 9))
        for old in range(9, 29, 2):
            together, answers = threading.Barrier(8), []

            def race(runner, old=old, together=together, answers=answers):
                raw = LOG.request(old, old + 1 + runner % 2)
                together.wait()
                answers.append((one, other)[runner % 2].add(raw).status)

            runners = [threading.Thread(target=race, args=(number,)) for number in range(8)]
            for each in runners:
                each.start()
            for each in runners:
                each.join()
            assert sorted(answers) == [200, *[409] * 7]
            one.add(LOG.request(one.size, old + 2))
            assert one.size == other.size == old + 2


def test_those_who_race_on_never_lead_it_back(witness):
    witness.add(LOG.request(0, 1))
    cosigned = []

    def run_on():
        for _ in range(30):
            old = witness.size
            size = min(old + random.randrange(1, 4), 80)
            if witness.add(LOG.request(old, size)).status == 200:
                cosigned.append((old, size))

    runners = [threading.Thread(target=run_on) for _ in range(6)]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    grown = sorted({step for step in cosigned if step[0] < step[1]})
    assert len(grown) == len([step for step in cosigned if step[0] < step[1]])
    assert [size for _, size in grown][:-1] == [old for old, _ in grown][1:]
    assert grown[-1][1] == witness.size


def test_after_a_restart_it_goes_on_from_where_it_was(tmp_path):
    with serving(tmp_path / "store") as before:
        before.add(LOG.request(0, 9))
    with serving(tmp_path / "store") as after:
        assert after.add(LOG.request(0, 20)).text == "9\n"
        assert after.add(FORK.request(9, 9)).status == 422
        assert after.add(LOG.request(9, 20)).status == 200


def test_a_log_with_two_keys_is_cosigned_by_either(witness):
    witness.server.witness.logs[ORIGIN].append(IMPOSTOR.key)
    assert witness.add(LOG.request(0, 5)).status == 200
    assert witness.add(request(5, LOG.proof(5, 6), signed_by(LOG.checkpoint(6), IMPOSTOR))).status == 200


FIVE = str(LOG.checkpoint(5).signed(COURT))
NO_REQUEST = (
    b"", b"\n", b"\n\n", b"old 0\n", b"old 0\n\n", b"new 0\n\n" + FIVE.encode(), b"old 0\r\n\r\n" + FIVE.encode(),
    b"old 0\n\n" + FIVE.encode()[:-1], b"old 0\n\n\n" + FIVE.encode(), b"old 0\nAAAA\n\n" + FIVE.encode(),
    b"old 0\n!\n\n" + FIVE.encode(), b"\xff" + LOG.request(0, 5),
    *(request(old, [], FIVE) for old in ("", "-0", "00", " 0", "0 ", "0x0", "٠", "1e0", 2**63, 10**30)),
    request(0, [EMPTY] * 64, FIVE),
    request(0, [], Checkpoint(ORIGIN, SIZE_MOST + 1, EMPTY).signed(COURT)),
    request(0, [], signed_by(Checkpoint(ORIGIN, 5, EMPTY), COURT)).replace(b"\n5\n", b"\n05\n"),
    request(0, [], Note(f"{LOG.checkpoint(5).text}\nafter a blank line\n", (COURT.sign(f"{LOG.checkpoint(5).text}\nafter a blank line\n"),))),
)  # fmt: skip


@pytest.mark.parametrize("raw", NO_REQUEST)
def test_what_is_no_request_is_refused(witness, raw):
    assert witness.add(raw).status == 400
    assert witness.size == 0


def test_the_largest_size_is_a_size(witness):
    assert witness.add(request(0, [], Checkpoint(ORIGIN, SIZE_MOST, EMPTY).signed(COURT))).status == 200


GENUINE = LOG.request(9, 20)


@st.composite
def spoiled(draw):
    """A genuine request in which a few bytes are others, fewer, or more."""
    raw = bytearray(GENUINE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw) - 1))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4) | st.sampled_from([b"\n", b"\n\n", b"0"]))
    return bytes(raw)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | spoiled().filter(lambda raw: raw != GENUINE)
    | st.binary(max_size=60).map(lambda head: head + b"\n\n" + FIVE.encode())
)
def test_nothing_that_is_sent_breaks_it(witness, raw):
    if witness.size == 0:
        witness.add(LOG.request(0, 9))
    assert witness.add(raw).status in {400, 403, 404, 409, 422}
    assert witness.size == 9


def test_anybody_can_look(witness):
    assert f"{ORIGIN}: nothing cosigned yet" in witness.ask("GET", "/").text
    witness.add(LOG.request(0, 9))
    page = witness.ask("GET", "/")
    assert (page.status, page.kind) == (200, "text/plain; charset=utf-8")
    assert WITNESS.key.vkey in page.text
    assert f"{ORIGIN}: size 9, cosigned at 2027-01-15T08:00:00Z" in page.text


def test_monitors_read_what_was_cosigned_last(witness):
    address = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert witness.ask("GET", address).status == 404
    cosignature = witness.add(request(0, [], signed_by(LOG.checkpoint(9), STRANGER, COURT))).text
    answer = witness.ask("GET", address)
    assert (answer.status, answer.text) == (200, f"{LOG.checkpoint(9).signed(COURT)}{cosignature}")
    assert witness.ask("GET", f"/{'0' * 64}/checkpoint").status == 404
