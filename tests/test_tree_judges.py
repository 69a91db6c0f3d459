"""Packages that this project did not write judge its trees, tiles, proofs and signatures: the good ones and no others."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.hashing import EMPTY, HASH_BYTES, Frontier
from registry.tree.notes import COSIGNATURE, ID_BYTES, TIME_BYTES, Note, Signer
from registry.tree.proofs import consistency, inclusion
from registry.tree.tiles import WIDTH
from tests.growing import COURT, ORIGIN, OTHER, Grown, checkpoint, flipped
from tests.judges import asking_tree
from tests.judges.asking_tree import ACCEPTED, Consistency, Inclusion, judge_log, judge_proofs, refusing

WITNESSES = [
    Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32), COSIGNATURE)
    for number, name in enumerate(("first.example/witness", "second.example/witness"), start=1)
]
WITNESS_VKEYS = [each.key.vkey for each in WITNESSES]
AT = 1_790_000_000
SMALL = (1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 100)
EDGES = (255, 256, 257, 511, 512, 513, 1000)
LARGE = WIDTH * WIDTH + WIDTH + 1
OTHER_SIZES = (1, 256, 513)  # a path of a tree of 300 has the form of any from 257 to 512: their roots tell them apart


def witnessed(note: Note) -> Note:
    return note.with_signatures([each.cosign(note.text, AT) for each in WITNESSES])


def note_of(grown: Grown) -> Note:
    return witnessed(checkpoint(grown).signed(COURT))


def judged(grown: Grown, files: dict[str, bytes]) -> asking_tree.Verdicts:
    return judge_log(files.__getitem__, COURT.key.vkey, grown.leaves, WITNESS_VKEYS)


def swapped(raw: bytes, width: int, first: int, second: int) -> bytes:
    parts = [raw[begin : begin + width] for begin in range(0, len(raw), width)]
    parts[first], parts[second] = parts[second], parts[first]
    return b"".join(parts)


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(WIDTH + 44)


@pytest.mark.parametrize("size", [0, *SMALL, *EDGES, LARGE])
def test_every_judge_accepts_the_whole_log(size):
    grown = Grown(size)
    assert judged(grown, grown.published(note_of(grown))) == dict.fromkeys(asking_tree.ALL, ACCEPTED)


FULL, PART, UPPER = "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"
FULL_BUNDLE, PART_BUNDLE = "tile/entries/000", "tile/entries/001.p/44"
ENTRY = 2 + HASH_BYTES  # as it lies in a bundle


@pytest.mark.parametrize(
    ("address", "altered", "refused_by"),
    [
        (FULL, lambda raw: flipped(raw, 100 * HASH_BYTES), asking_tree.TILES),
        (PART, lambda raw: flipped(raw, len(raw) - 1), asking_tree.TILES),
        (UPPER, lambda raw: flipped(raw, 0), asking_tree.TILES),
        (FULL, lambda raw: swapped(raw, HASH_BYTES, 0, 1), asking_tree.TILES),
        (PART, lambda raw: swapped(raw, HASH_BYTES, 42, 43), asking_tree.TILES),
        (PART, lambda raw: raw[:-HASH_BYTES], asking_tree.TILES),
        (FULL_BUNDLE, lambda raw: flipped(raw, 2), asking_tree.BUNDLES),
        (PART_BUNDLE, lambda raw: flipped(raw, len(raw) - 1), asking_tree.BUNDLES),
        (FULL_BUNDLE, lambda raw: swapped(raw, ENTRY, 7, 8), asking_tree.BUNDLES),
        (PART_BUNDLE, lambda raw: raw[:-ENTRY], asking_tree.BUNDLES),
        (PART_BUNDLE, lambda raw: flipped(raw, 1), asking_tree.BUNDLES),
    ],
)
def test_a_tile_or_bundle_that_was_altered_is_refused(grown, address, altered, refused_by):
    files = grown.published(note_of(grown))
    assert refusing(judged(grown, {**files, address: altered(files[address])})) == refused_by


@pytest.mark.parametrize(
    ("address", "refused_by"),
    [(FULL, asking_tree.TILES), (PART, asking_tree.TILES), (UPPER, asking_tree.TILES), (FULL_BUNDLE, asking_tree.BUNDLES),
     (PART_BUNDLE, asking_tree.BUNDLES), ("checkpoint", asking_tree.ALL)],
)  # fmt: skip
def test_what_is_missing_from_a_log_is_missed(grown, address, refused_by):
    files = grown.published(note_of(grown))
    del files[address]
    assert refusing(judged(grown, files)) == refused_by


def signature_altered(note: Note, number: int, at: int) -> Note:
    """One bit; `at` counts from where the key's id begins."""
    signatures = list(note.signatures)
    raw = flipped(signatures[number].key_id + signatures[number].value, at)
    signatures[number] = signatures[number]._replace(key_id=raw[:ID_BYTES], value=raw[ID_BYTES:])
    return Note(note.text, tuple(signatures))


@pytest.mark.parametrize(
    ("altered", "refused_by"),
    [
        (lambda note: signature_altered(note, 0, ID_BYTES), asking_tree.NOTES),
        (lambda note: signature_altered(note, 0, 0), asking_tree.NOTES),
        (lambda note: Note(note.text, (OTHER.sign(note.text), *note.signatures[1:])), asking_tree.NOTES),
        (lambda note: Note(note.text, note.signatures[1:]), asking_tree.NOTES),
        (lambda note: replace(note, text=f"{note.text}more\n"), asking_tree.NOTES),
        (lambda note: signature_altered(note, 1, ID_BYTES + TIME_BYTES), asking_tree.COSIGNATURES),
        (lambda note: signature_altered(note, 2, ID_BYTES), asking_tree.COSIGNATURES),
        (lambda note: signature_altered(note, 2, 0), asking_tree.COSIGNATURES),
        (lambda note: Note(note.text, note.signatures[:2]), asking_tree.COSIGNATURES),
    ],
)
def test_a_signature_that_was_altered_is_refused(grown, altered, refused_by):
    note = altered(note_of(grown))
    assert refusing(judged(grown, grown.published(note))) == refused_by


@pytest.mark.parametrize(
    ("other", "refused_by"),
    [
        (lambda true: replace(true, root=flipped(true.root, 31)), asking_tree.ROOTS),
        (lambda true: replace(true, size=true.size - 1), asking_tree.ALL - {"pymerkle"}),
        (lambda true: replace(true, size=true.size + 1), asking_tree.ALL - {"pymerkle"}),
    ],
)
def test_a_checkpoint_that_was_signed_and_is_not_true_is_refused(grown, other, refused_by):
    note = witnessed(other(checkpoint(grown)).signed(COURT))
    assert refusing(judged(grown, grown.published(note))) == refused_by


def test_a_checkpoint_of_another_origin_is_refused(grown):
    """The Go package of the notes knows no origins."""
    text = checkpoint(grown).text.replace(ORIGIN, "registry.example/log/2")
    note = witnessed(Note(text, (COURT.sign(text),)))
    assert refusing(judged(grown, grown.published(note))) == asking_tree.NOTES - {"golang.org/x/mod"}


def test_a_checkpoint_of_two_keys_is_accepted_by_who_knows_either(grown):
    """While the court changes its key, both sign, under one name."""
    note = checkpoint(grown).signed(COURT)
    files = grown.published(witnessed(note.with_signatures([OTHER.sign(note.text)])))
    for key in (COURT.key, OTHER.key):
        verdicts = judge_log(files.__getitem__, key.vkey, grown.leaves, WITNESS_VKEYS)
        assert verdicts == dict.fromkeys(asking_tree.ALL, ACCEPTED)


def test_entries_in_another_order_are_not_those_of_the_log(grown):
    leaves = [grown.leaves[1], grown.leaves[0], *grown.leaves[2:]]
    verdicts = judge_log(grown.published(note_of(grown)).__getitem__, COURT.key.vkey, leaves, WITNESS_VKEYS)
    assert refusing(verdicts) == asking_tree.ROOTS


def included(grown: Grown, index: int) -> Inclusion:
    size = len(grown.leaves)
    return Inclusion(grown.leaves[index], index, size, grown.root, inclusion(grown.tree, index, size))


def grown_from(grown: Grown, old: int) -> Consistency:
    size = len(grown.leaves)
    before = Frontier().grown(grown.leaves[:old]).root
    return Consistency(old, before, size, grown.root, consistency(grown.tree, old, size))


def test_every_judge_accepts_the_proofs_of_every_leaf_and_of_every_earlier_tree():
    trees = [Grown(size) for size in SMALL]
    verdicts = judge_proofs([included(grown, index) for grown in trees for index in range(len(grown.leaves))])
    assert len(verdicts) == sum(SMALL)
    assert all(each == dict.fromkeys(asking_tree.INCLUSION, ACCEPTED) for each in verdicts)
    verdicts = judge_proofs([grown_from(grown, old) for grown in trees for old in range(1, len(grown.leaves) + 1)])
    assert len(verdicts) == sum(SMALL)
    assert all(each == dict.fromkeys(asking_tree.CONSISTENCY, ACCEPTED) for each in verdicts)


@pytest.mark.parametrize("size", [*EDGES, LARGE])
def test_every_judge_accepts_the_proofs_at_the_edges_of_tiles(size):
    grown = Grown(size)
    near = {number for edge in (1, 255, 256, 512, 65536, size) for number in range(edge - 1, edge + 2)}
    proofs = [included(grown, index) for index in near if index < size]
    assert judge_proofs(proofs) == [dict.fromkeys(asking_tree.INCLUSION, ACCEPTED)] * len(proofs)
    growth = [grown_from(grown, old) for old in near if 1 <= old <= size]
    assert judge_proofs(growth) == [dict.fromkeys(asking_tree.CONSISTENCY, ACCEPTED)] * len(growth)


def altered_paths(path: list[bytes]) -> list[list[bytes]]:
    """A bit of each hash, two of them in each other's place, one too many, one too few."""
    bits = [[*path[:at], flipped(path[at], at % HASH_BYTES), *path[at + 1 :]] for at in range(len(path))]
    return [*bits, [path[1], path[0], *path[2:]], [*path, EMPTY], path[:-1]]


def test_no_judge_accepts_another_proof_of_inclusion(grown):
    true = included(grown, 200)
    others = [replace(true, path=path) for path in altered_paths(list(true.path))]
    others += [replace(true, index=index) for index in (0, 199, 201, true.size)]
    others += [replace(true, size=size) for size in OTHER_SIZES]
    others += [replace(true, entry=flipped(true.entry, 0)), replace(true, root=flipped(true.root, 0))]
    others += [replace(true, path=inclusion(grown.tree, 200, 299))]
    for other, verdicts in zip(others, judge_proofs(others), strict=True):
        assert refusing(verdicts) == asking_tree.INCLUSION, other


def test_no_judge_accepts_another_proof_of_consistency(grown):
    true = grown_from(grown, 200)
    others = [replace(true, path=path) for path in altered_paths(list(true.path))]
    others += [replace(true, old=old) for old in (1, 199, 201, 256, true.size, true.size + 1)]
    others += [replace(true, size=size) for size in (200, *OTHER_SIZES)]
    others += [replace(true, old_root=flipped(true.old_root, 0)), replace(true, root=flipped(true.root, 31))]
    others += [replace(true, path=consistency(grown.tree, 200, 299))]
    for other, verdicts in zip(others, judge_proofs(others), strict=True):
        assert refusing(verdicts) == asking_tree.CONSISTENCY, other


def proof_file(grown: Grown, index: int, note: Note) -> str:
    """C2SP tlog-proof."""
    path = inclusion(grown.tree, index, len(grown.leaves))
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in path)
    return f"{asking_tree.PROOF_FILE}\nindex {index}\n{hashes}\n{note}"


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_a_proof_in_a_file_is_accepted_for_its_entry_only(grown, index, tmp_path):
    file = proof_file(grown, index, note_of(grown))
    said = [
        asking_tree.judge_proof_file(file, entry, COURT.key.vkey, tmp_path)
        for entry in (grown.leaves[index], flipped(grown.leaves[index], 0))
    ]
    assert said[0] == ACCEPTED
    assert "could not verify inclusion" in said[1]


@pytest.mark.parametrize(
    ("altered", "why"),
    [
        (lambda file: file.replace("index 7\n", "index 6\n"), "could not verify inclusion"),
        (lambda file: file.replace("\n300\n", "\n299\n"), "could not verify checkpoint"),
        (lambda file: file.replace(f"\n\n{ORIGIN}", f"\n{b64encode(EMPTY).decode()}\n\n{ORIGIN}"), "could not verify inclusion"),
    ],
)  # fmt: skip
def test_a_proof_in_a_file_that_was_altered_is_refused(grown, altered, why, tmp_path):
    file = altered(proof_file(grown, 7, note_of(grown)))
    assert why in asking_tree.judge_proof_file(file, grown.leaves[7], COURT.key.vkey, tmp_path)


def test_a_missing_judge_is_a_reason_to_skip_and_a_failure_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make log-judges"):
        asking_tree.program("no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="make log-judges"):
        asking_tree.program("no-such-program")
