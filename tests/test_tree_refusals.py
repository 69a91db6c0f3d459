"""The log's tree, notes and proofs: what is refused says why, each in its own words; and what is just within the bounds is taken."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.checkpoints import AnotherLog, Checkpoint, opened
from registry.tree.hashing import EMPTY, Frontier, leaf, node, split
from registry.tree.notes import (
    COSIGNATURE,
    ED25519,
    Key,
    Note,
    NoteMalformed,
    NoteUnverified,
    Signature,
    Signer,
    witnessed_at,
)
from registry.tree.proof_files import ProofFile, ProofFileMalformed
from registry.tree.proofs import ProofFails, consistency, inclusion, verify_consistency, verify_inclusion
from registry.tree.tiles import Tile, Tiled, TileMalformed, over, tiles_of
from tests.growing import Grown

ORIGIN = "registry.example/log/1"
COURT = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32), COSIGNATURE)
FIVE = Checkpoint(ORIGIN, 5, EMPTY)
TEXT = "text\n"
LINE = COURT.sign(TEXT).line
SEVEN = Grown(7)
LEAVES = [leaf(each) for each in SEVEN.leaves]
ROOT = b64encode(EMPTY).decode()
MOST_BYTES = 1_000_000


def key_of(kind: int, size: int = 32, name: str = "a") -> str:
    made = Key(name, bytes(size), kind)
    return made.vkey


def root_of_first(size: int) -> bytes:
    return Frontier().grown(SEVEN.leaves[:size]).root


def proof_file(*lines: str, note: str = "note\n") -> str:
    return "\n".join(lines) + f"\n\n{note}"


Refused = tuple[Callable[[], object], type[Exception], str]

NOTES: list[Refused] = [
    (lambda: Key.parse("a"), NoteMalformed, "a verifier key is name+id+key"),
    (lambda: Key.parse(key_of(2)), NoteMalformed, "a verifier key of a kind that is not known here"),
    (lambda: Key.parse(key_of(ED25519, 31)), NoteMalformed, "a verifier key of a kind that is not known here"),
    (lambda: Key.parse(key_of(ED25519, 33)), NoteMalformed, "a verifier key of a kind that is not known here"),
    (lambda: Key.parse("b" + key_of(ED25519)[1:]), NoteMalformed, "the id of the verifier key is another one's"),
    (lambda: Key.parse("a+00000000+AAAAA"), NoteMalformed, "not base64"),
    (lambda: Key.parse("a+00000000+AB=="), NoteMalformed, "not base64 as it is written"),
    (lambda: Signer("a b", COURT.private), NoteMalformed, "a name of a key has no blank and no plus sign"),
    (lambda: Note.parse(b"x" * (MOST_BYTES + 1)), NoteMalformed, "a note is at most a megabyte"),
    (lambda: Note.parse(b"\xff"), NoteMalformed, "a note is UTF-8"),
    (lambda: Note.parse(b"a\x1fb\n\n"), NoteMalformed, "a note has no control characters"),
    (lambda: Note.parse(b"x" * MOST_BYTES), NoteMalformed, "a note has a blank line before its signatures, and ends with a new line"),
    (lambda: Note.parse(b"a\n\nb"), NoteMalformed, "a note has a blank line before its signatures, and ends with a new line"),
    (lambda: Note.parse(b"a\nb\n"), NoteMalformed, "a note has a blank line before its signatures, and ends with a new line"),
    (lambda: Note.parse(f"{TEXT}\n{LINE * 101}".encode()), NoteMalformed, "a note has at most a hundred signatures"),
    (lambda: Note.parse(b"a\n\n- a AAAAAAAA\n"), NoteMalformed, "a signature is a line of a dash, a name and base64"),
    (lambda: Note.parse("a\n\n— a\n".encode()), NoteMalformed, "a signature is a line of a dash, a name and base64"),
    (lambda: Note.parse("a\n\n— a+b AAAAAAAA\n".encode()), NoteMalformed, "a signature is a line of a dash, a name and base64"),
    (lambda: Note.parse("a\n\n— a AAAA\n".encode()), NoteMalformed, "a signature begins with the id of its key"),
    (lambda: Note.parse("a\n\n— a AAAAAA==\n".encode()), NoteMalformed, "a signature begins with the id of its key"),
    (lambda: Note.parse("a\n\n— a ?\n".encode()), NoteMalformed, "not base64"),
    (lambda: Note.parse("a\n\n— a b AAAAAAAA\n".encode()), NoteMalformed, "not base64"),
    (lambda: Note(TEXT, ()).signed_by(COURT.key), NoteUnverified, f"no signature of {ORIGIN}"),
    (lambda: Note("other\n", (COURT.sign(TEXT),)).signed_by(COURT.key), NoteUnverified, f"the signature of {ORIGIN} does not hold"),
    (lambda: witnessed_at(Signature("a", b"1234", bytes(71))), NoteUnverified, "a witness signs with a time"),
    (lambda: witnessed_at(Signature("a", b"1234", bytes(73))), NoteUnverified, "a witness signs with a time"),
]  # fmt: skip

CHECKPOINTS: list[Refused] = [
    (lambda: Checkpoint.parse("a\n5\n"), NoteMalformed, "a checkpoint has an origin, a size and a root"),
    (lambda: Checkpoint.parse(f"a\n5\n{ROOT}"), NoteMalformed, "a checkpoint has an origin, a size and a root"),
    (lambda: Checkpoint.parse(f"\n5\n{ROOT}\n"), NoteMalformed, "a checkpoint has an origin, a size and a root"),
    (lambda: Checkpoint.parse(f"a\n05\n{ROOT}\n"), NoteMalformed, "the size of a checkpoint is a decimal number"),
    (lambda: Checkpoint.parse(f"a\n²\n{ROOT}\n"), NoteMalformed, "the size of a checkpoint is a decimal number"),
    (lambda: Checkpoint.parse(f"a\n٥\n{ROOT}\n"), NoteMalformed, "the size of a checkpoint is a decimal number"),
    (lambda: Checkpoint.parse(f"a\n\n{ROOT}\n"), NoteMalformed, "the size of a checkpoint is a decimal number"),
    (lambda: Checkpoint.parse(f"a\n{'1' * 20}\n{ROOT}\n"), NoteMalformed, "the size of a checkpoint is a decimal number"),
    (lambda: Checkpoint.parse("a\n5\n?\n"), NoteMalformed, "the root of a checkpoint is base64"),
    (lambda: Checkpoint.parse("a\n5\nAAAA\n"), NoteMalformed, "the root of a checkpoint is one hash"),
    (lambda: Checkpoint.parse(f"a\n5\n{ROOT[:-2]}V=\n"), NoteMalformed, "the root of a checkpoint is one hash"),
    (lambda: FIVE.signed(WITNESS), AnotherLog, "witness.example"),
    (lambda: opened(str(FIVE.signed(COURT)).encode(), COURT.key, "another"), AnotherLog, ORIGIN),
]  # fmt: skip

FIRST_LINE = "a proof has a first line of its own, and a checkpoint after a blank line"
PROOF_FILES: list[Refused] = [
    (lambda: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v2", "index 0")), ProofFileMalformed, FIRST_LINE),
    (lambda: ProofFile.parse("c2sp.org/tlog-proof@v1\nindex 0\n"), ProofFileMalformed, FIRST_LINE),
    (lambda: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v1", "index 0", note="")), ProofFileMalformed, FIRST_LINE),
    *(
        (lambda line=line: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v1", *line)), ProofFileMalformed, "a proof says the index of its entry")
        for line in ([], ["place 0"], ["index 00"], ["index ٠"], ["index ²"], ["index"], ["extra AAAA"], ["extra AAAA", "extra AAAA", "index 0"])
    ),
    (lambda: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v1", "index 0", "AAAA")), ProofFileMalformed, "a proof has one hash in each line"),
    (lambda: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v1", "index 0", "?")), ProofFileMalformed, "not base64"),
    (lambda: ProofFile.parse(proof_file("c2sp.org/tlog-proof@v1", "extra AB==", "index 0")), ProofFileMalformed, "not base64 as it is written"),
]  # fmt: skip

PATH, STEPS = inclusion(SEVEN.tree, 2, 7), consistency(SEVEN.tree, 3, 7)
PROOFS: list[Refused] = [
    (lambda: inclusion(SEVEN.tree, 7, 7), ValueError, "a tree of 7 leaves has no leaf 7"),
    (lambda: consistency(SEVEN.tree, 8, 7), ValueError, "a tree of 7 leaves was never one of 8"),
    (lambda: verify_inclusion(LEAVES[2], 7, 7, PATH, SEVEN.root), ProofFails, "a tree of 7 leaves has no leaf 7"),
    (lambda: verify_inclusion(LEAVES[3], 2, 7, PATH, SEVEN.root), ProofFails, "the leaf is not in the tree of this root"),
    (lambda: verify_inclusion(LEAVES[2], 2, 7, [*PATH, EMPTY], SEVEN.root), ProofFails, "the proof is too long"),
    (lambda: verify_inclusion(LEAVES[2], 2, 7, PATH[:-1], SEVEN.root), ProofFails, "the proof is too short"),
    (lambda: verify_consistency(8, EMPTY, 7, EMPTY, []), ProofFails, "a tree of 7 leaves was never one of 8"),
    (lambda: verify_consistency(0, EMPTY, 7, EMPTY, []), ProofFails, "a tree of 7 leaves was never one of 0"),
    (lambda: verify_consistency(7, EMPTY, 7, SEVEN.root, []), ProofFails, "two trees of one size with two roots"),
    (lambda: verify_consistency(7, EMPTY, 7, EMPTY, [EMPTY]), ProofFails, "two trees of one size with two roots"),
    (lambda: verify_consistency(3, root_of_first(3), 7, SEVEN.root, []), ProofFails, "the proof is too short"),
    (lambda: verify_consistency(3, root_of_first(3), 7, SEVEN.root, STEPS[:-1]), ProofFails, "the proof is too short"),
    (lambda: verify_consistency(3, root_of_first(3), 7, SEVEN.root, [*STEPS, EMPTY]), ProofFails, "the proof is too long"),
    (lambda: verify_consistency(3, EMPTY, 7, SEVEN.root, STEPS), ProofFails, "the proof does not lead to the old root"),
    (lambda: verify_consistency(3, root_of_first(3), 7, EMPTY, STEPS), ProofFails, "the proof does not lead to the new root"),
]  # fmt: skip

TREES: list[Refused] = [
    (lambda: Frontier(4, (EMPTY, EMPTY)), ValueError, "2 roots of complete subtrees do not make a tree of 4"),
    (lambda: Frontier(-1, (EMPTY,)), ValueError, "1 roots of complete subtrees do not make a tree of -1"),
    (lambda: Frontier().grown([b""]).joined(1, []), ValueError, "no subtree of 2 leaves begins after 1"),
    (lambda: Frontier().grown([b""] * 4).joined(3, []), ValueError, "no subtree of 8 leaves begins after 4"),
    (lambda: SEVEN.tree.subtree(3, 0), IndexError, "the tree has no subtree 3/0"),
    (lambda: over(EMPTY * 3), ValueError, "zip() argument 2 is shorter than argument 1"),
    (lambda: Tile.parse("0/1"), TileMalformed, "0/1"),
    (lambda: Tile.parse("64/000"), TileMalformed, "64/000"),
    (lambda: Tile.parse("0/x000/001"), TileMalformed, "0/x000/001"),
]


@pytest.mark.parametrize(("what", "kind", "said"), [*NOTES, *CHECKPOINTS, *PROOF_FILES, *PROOFS, *TREES])
def test_what_is_refused_says_why(what, kind, said):
    with pytest.raises(kind) as refused:
        what()
    assert type(refused.value) is kind
    assert str(refused.value) == said


# Just within


def test_a_note_of_a_megabyte_and_a_hundred_signatures_is_one():
    lines = LINE * 100
    text = "x" * (MOST_BYTES - len(lines.encode()) - 2) + "\n"
    raw = f"{text}\n{lines}".encode()
    assert len(raw) == MOST_BYTES
    note = Note.parse(raw)
    assert (note.text, len(note.signatures)) == (text, 100)


def test_a_note_may_have_blank_lines_of_its_own():
    note = Note("a\n\nb\n\n", (COURT.sign("a\n\nb\n\n"),))
    assert Note.parse(str(note).encode()) == note


@pytest.mark.parametrize("kind", [ED25519, COSIGNATURE])
def test_a_key_is_of_either_kind(kind):
    assert Key.parse(key_of(kind)) == Key("a", bytes(32), kind)


def test_a_key_is_of_a_log_unless_it_is_said():
    assert Key("a", bytes(32)).kind == ED25519
    assert Signer("a", COURT.private).key.kind == ED25519


def test_a_signature_of_a_byte_beside_the_id_is_one():
    (found,) = Note.parse("a\n\n— a AAECAwQ=\n".encode()).signatures
    assert found == Signature("a", b"\0\1\2\3", b"\4")
    assert found.line == "— a AAECAwQ=\n"


def test_what_a_witness_signs_is_what_the_specification_says():
    signed = WITNESS.cosign("text\n", 7)
    assert (signed.name, signed.key_id) == (WITNESS.name, WITNESS.key.key_id)
    assert signed.value[:8] == bytes([0, 0, 0, 0, 0, 0, 0, 7])
    WITNESS.private.public_key().verify(signed.value[8:], b"cosignature/v1\ntime 7\ntext\n")
    assert witnessed_at(signed) == 7


def test_of_two_signatures_of_one_name_that_of_the_key_is_asked():
    other = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32))
    note = Note(TEXT, (other.sign(TEXT), COURT.sign(TEXT)))
    assert note.signed_by(COURT.key) == COURT.sign(TEXT)
    renamed = Signature("another", COURT.key.key_id, COURT.sign(TEXT).value)
    assert Note(TEXT, (renamed, COURT.sign(TEXT))).signed_by(COURT.key) == COURT.sign(TEXT)
    assert note.witnessed_by([WITNESS.key, COURT.key, other.key]) == [COURT.key, other.key]


def test_further_signatures_come_after_those_there_are():
    first, second = COURT.sign(TEXT), WITNESS.cosign(TEXT, 7)
    assert Note(TEXT, (first,)).with_signatures([second]) == Note(TEXT, (first, second))


@pytest.mark.parametrize("size", [0, 5, 10**18, 9_999_999_999_999_999_999])
def test_a_checkpoint_of_nineteen_digits_is_one(size):
    assert Checkpoint.parse(Checkpoint("a", size, EMPTY).text) == Checkpoint("a", size, EMPTY)


@pytest.mark.parametrize("extra", [b"", b"something that nothing of this proves"])
@pytest.mark.parametrize("path", [(), (EMPTY,), (EMPTY, leaf(b""))])
def test_a_proof_file_is_read_as_it_was_written(path, extra):
    made = ProofFile(7, path, "a note\n\nwith a blank line\n", extra)
    assert ProofFile.parse(str(made)) == made


def test_a_proof_file_is_written_line_by_line():
    hashed = b64encode(EMPTY).decode()
    written = f"c2sp.org/tlog-proof@v1\nextra AAE=\nindex 7\n{hashed}\n\nnote\n"
    assert str(ProofFile(7, (EMPTY,), "note\n", b"\0\1")) == written
    assert str(ProofFile(0, (), "note\n")) == "c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n"


def test_trees_are_joined_at_any_level():
    leaves = [b"%d" % each for each in range(12)]
    pairs = [node(leaf(one), leaf(two)) for one, two in zip(leaves[::2], leaves[1::2], strict=True)]
    whole = Frontier().grown(leaves)
    assert Frontier().joined(1, pairs) == whole
    assert Frontier().grown(leaves[:4]).joined(1, pairs[2:]) == whole
    assert Frontier().grown(leaves[:4]).joined(2, []) == Frontier().grown(leaves[:4])
    assert (Frontier().size, Frontier().roots, Frontier().root) == (0, (), EMPTY)


@pytest.mark.parametrize(("size", "left"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)])
def test_left_of_a_root_is_the_largest_power_of_two_below(size, left):
    assert split(size) == left


def test_the_last_tiles_of_a_tree_that_ends_with_a_whole_one():
    assert tiles_of(256 * 256 + 256) == [Tile(1, 1, 1), Tile(2, 0, 1)]
    assert tiles_of(255) == [Tile(0, 0, 255)]


def test_a_subtree_within_a_tile_and_over_many():
    read = []

    def reading(level, number):
        read.append((level, number))
        return SEVEN.read(level, number)

    tree = Tiled(reading)
    assert tree.subtree(0, 6) == LEAVES[6]
    assert tree.subtree(1, 2) == node(LEAVES[4], LEAVES[5])
    assert tree.subtree(2, 0) == node(node(*LEAVES[:2]), node(*LEAVES[2:4])) == over(b"".join(LEAVES[:4]))
    assert read == [(0, 0)]
