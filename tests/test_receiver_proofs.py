"""The receiver's own reading of notes and proofs, against the registry's, with which it shares no code."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry import log
from registry.tree import checkpoints, hashing
from registry.tree import proofs as registrys
from registry.tree.notes import COSIGNATURE, Signer
from sharing.receiver import commitments, proofs
from sharing.receiver.notes import BadNote, log_keys, read_checkpoint
from sharing.receiver.verification import BadKey
from tests.court_log_double import LOG_KEY, ORIGIN, VKEY, Tree
from tests.receiver_double import pushed

ENTRIES = [bytes([number]) * 32 for number in range(70)]
SIZES = st.integers(1, len(ENTRIES))
HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=9)


def root(size: int) -> bytes:
    return hashing.Frontier().grown(ENTRIES[:size]).root


@given(SIZES, SIZES)
def test_a_proof_of_inclusion_that_the_registry_makes_holds(one: int, other: int) -> None:
    position, size = sorted((one, other))
    path = registrys.inclusion(Tree(ENTRIES), position - 1, size)
    assert proofs.includes(root(size), size, position, ENTRIES[position - 1], path)
    assert not proofs.includes(root(size), size, position, b"another" + b"\0" * 25, path)
    assert not proofs.includes(b"\0" * 32, size, position, ENTRIES[position - 1], path)
    assert not proofs.includes(root(size), size, position, ENTRIES[position - 1], [*path, b"\0" * 32])
    if path:
        assert not proofs.includes(root(size), size, position, ENTRIES[position - 1], path[:-1])


@given(SIZES, SIZES, SIZES)
def test_a_proof_of_inclusion_holds_at_no_other_position(one: int, other: int, elsewhere: int) -> None:
    position, size = sorted((one, other))
    path = registrys.inclusion(Tree(ENTRIES), position - 1, size)
    held = proofs.includes(root(size), size, elsewhere, ENTRIES[position - 1], path)
    assert held == (elsewhere == position)


@given(st.integers(0, len(ENTRIES)), SIZES)
def test_a_proof_of_consistency_that_the_registry_makes_holds(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = registrys.consistency(Tree(ENTRIES), old, new) if 0 < old < new else []
    assert proofs.extends(old, root(old), new, root(new), path)
    assert not proofs.extends(old, b"\0" * 32, new, root(new), path)
    assert not proofs.extends(old, root(old), new, root(new), [*path, b"\0" * 32])
    if old > 0:
        assert not proofs.extends(old, root(old), new, b"\0" * 32, path)
    if path:
        assert not proofs.extends(old, root(old), new, root(new), path[:-1])


@given(SIZES, SIZES, HASHES, st.data())
def test_whatever_proof_is_given_both_say_the_same(
    one: int, other: int, strange: list[bytes], data: st.DataObject
) -> None:
    """Genuine hashes cut, mixed and mistaken for others, as well as strange ones."""
    small, size = sorted((one, other))
    genuine = registrys.inclusion(Tree(ENTRIES), small - 1, size) + registrys.consistency(Tree(ENTRIES), small, size)
    path = data.draw(st.lists(st.sampled_from(genuine + strange), max_size=9)) if genuine + strange else []
    assert proofs.includes(root(size), size, small, ENTRIES[small - 1], path) == _holds(
        lambda: registrys.verify_inclusion(hashing.leaf(ENTRIES[small - 1]), small - 1, size, path, root(size))
    )
    assert proofs.extends(small, root(small), size, root(size), path) == _holds(
        lambda: registrys.verify_consistency(small, root(small), size, root(size), path)
    )


def test_nothing_is_at_a_position_beyond_the_size() -> None:
    assert not proofs.includes(root(1), 1, 2, ENTRIES[0], [])
    assert not proofs.includes(root(1), 1, 0, ENTRIES[0], [])
    assert proofs.includes(root(1), 1, 1, ENTRIES[0], [])


def test_a_shorter_log_extends_nothing() -> None:
    path = registrys.consistency(Tree(ENTRIES), 3, 5)
    assert not proofs.extends(5, root(5), 3, root(3), path)


def test_the_vector_of_the_specification_is_a_key() -> None:
    keys = log_keys(["example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"], [])
    assert (keys.court[0].name, keys.court[0].identifier.hex()) == ("example.com/foo", "530d903a")


@pytest.mark.parametrize(
    "vkey",
    ["", "nothing", VKEY[:-4], VKEY.replace(ORIGIN, ORIGIN + "s"), Signer("w", LOG_KEY, COSIGNATURE).key.vkey],
)
def test_a_key_that_was_not_copied_whole_is_refused(vkey: str) -> None:
    with pytest.raises(BadKey, match="key"):
        log_keys([vkey], [])


def test_keys_of_two_logs_are_refused() -> None:
    with pytest.raises(BadKey, match="one name"):
        log_keys([VKEY, Signer("another.example/log", LOG_KEY).key.vkey], [])


@pytest.mark.parametrize(
    ("origin", "epoch"),
    [(ORIGIN, 1), (ORIGIN + "/2", 2), (ORIGIN + "/10", 10)]
    + [(ORIGIN + tail, None) for tail in ("/1", "/0", "/02", "/", "2", "/2/3", "/x")]
    + [("another.example/log", None), ("/2", None), ("", None)],
)
def test_an_origin_says_which_epoch_it_is_of(origin: str, epoch: int | None) -> None:
    assert log_keys([VKEY], []).epoch_of(origin) == epoch


@given(SIZES, st.integers(1, 3))
def test_a_checkpoint_of_the_registry_is_read_and_found_signed(size: int, epoch: int) -> None:
    origin = ORIGIN if epoch == 1 else f"{ORIGIN}/{epoch}"
    note = str(checkpoints.Checkpoint(origin, size, root(size)).signed(Signer(origin, LOG_KEY)))
    seen = read_checkpoint(note)
    assert (seen.origin, seen.size, seen.root, seen.note) == (origin, size, root(size), note)
    keys = log_keys([VKEY], [])
    assert seen.is_signed_by(keys.of(origin))
    assert not seen.is_signed_by(keys.of(origin + "0"))


def test_while_keys_are_changed_either_is_enough_but_none_may_be_wrong() -> None:
    new = Signer(ORIGIN, Ed25519PrivateKey.generate())
    point = checkpoints.Checkpoint(ORIGIN, 1, root(1))
    note = point.signed(Signer(ORIGIN, LOG_KEY))
    both = log_keys([VKEY, new.key.vkey], []).court
    assert read_checkpoint(str(note)).is_signed_by(both)
    assert read_checkpoint(str(point.signed(new))).is_signed_by(both)
    wrong = note.with_signatures([new.sign("something else\n")])
    assert not read_checkpoint(str(wrong)).is_signed_by(both)
    assert read_checkpoint(str(wrong)).is_signed_by(both[:1])


def test_only_witnesses_that_are_known_and_signed_this_are_counted() -> None:
    witnesses = [Signer(f"w{number}", Ed25519PrivateKey.generate(), COSIGNATURE) for number in range(3)]
    note = checkpoints.Checkpoint(ORIGIN, 1, root(1)).signed(Signer(ORIGIN, LOG_KEY))
    cosigned = note.with_signatures([witnesses[0].cosign(note.text, 1), witnesses[1].cosign("other\n", 1)])
    keys = log_keys([VKEY], [each.key.vkey for each in witnesses])
    assert read_checkpoint(str(cosigned)).cosigned(keys.witnesses) == 1
    assert read_checkpoint(str(note)).cosigned(keys.witnesses) == 0


GENUINE = str(checkpoints.Checkpoint(ORIGIN, 7, root(7)).signed(Signer(ORIGIN, LOG_KEY)))


@given(st.text() | st.lists(st.sampled_from([*GENUINE.split("\n"), "", "7", "— x AAAA"])).map("\n".join))
def test_any_text_is_read_or_refused_as_no_note(text: str) -> None:
    with suppress(BadNote):
        read_checkpoint(text)


@given(st.integers(0, len(GENUINE) - 1), st.characters())
def test_a_checkpoint_that_was_changed_anywhere_is_refused_or_not_signed(place: int, other: str) -> None:
    changed = GENUINE[:place] + other + GENUINE[place + 1 :]
    try:
        seen = read_checkpoint(changed)
    except BadNote:
        return
    assert changed == GENUINE or not seen.is_signed_by(log_keys([VKEY], []).court)


def test_a_commitment_is_computed_as_the_registry_computed_it() -> None:
    data = pushed(7)["data"]
    assert commitments.commitment_of(data) == log.commitment(b"s" * 32, log.canonical(data["event"]))


@pytest.mark.parametrize(
    "changes",
    [{"salt": None}, {"salt": "nonsense!"}, {"salt": 7}, {"redacted": ["person"]}, {"event": {"statement": "\ud800"}}],
)
def test_without_salt_or_with_parts_left_out_there_is_no_commitment(changes: dict[str, object]) -> None:
    assert commitments.commitment_of(pushed(7)["data"] | changes) is None


def _holds(verify: object) -> bool:
    try:
        verify()  # type: ignore[operator]
    except registrys.ProofFails:
        return False
    return True
