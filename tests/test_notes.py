"""Signed notes, checkpoints and what witnesses sign, against examples that others published."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.tree.checkpoints import AnotherLog, Checkpoint, opened
from registry.tree.hashing import EMPTY
from registry.tree.notes import COSIGNATURE, Key, Note, NoteMalformed, NoteUnverified, Signer, witnessed_at

# The example of the Go package golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_KEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"  # of the specification

ORIGIN = "registry.example/log/1"
COURT = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32), COSIGNATURE)
FIVE = Checkpoint(ORIGIN, 5, EMPTY)


def test_the_published_note_is_signed_byte_by_byte():
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(b64decode(PETERS_KEY)[1:]))
    assert signer.key.vkey == PETER
    assert str(Note(TEXT, (signer.sign(TEXT),))) == SIGNED


def test_and_verified():
    note = Note.parse(SIGNED.encode())
    assert note.text == TEXT
    assert note.signed_by(Key.parse(PETER)).name == "PeterNeumann"
    with pytest.raises(NoteUnverified):
        note.signed_by(Key.parse(EXAMPLE))
    with pytest.raises(NoteUnverified):
        Note.parse(SIGNED.replace("answer", "question").encode()).signed_by(Key.parse(PETER))


def test_the_key_of_the_specification():
    assert Key.parse(EXAMPLE).name == "example.com/foo"
    assert Key.parse(EXAMPLE).vkey == EXAMPLE


@pytest.mark.parametrize(
    "vkey",
    ["", "name", EXAMPLE.replace("530d903a", "530d903b"), EXAMPLE[:-4], EXAMPLE.replace("+A", "+B"), EXAMPLE + "\n", f" {EXAMPLE}",
     EXAMPLE.replace("+530d903a", "")],
)  # fmt: skip
def test_what_is_no_key_is_refused(vkey):
    with pytest.raises(NoteMalformed):
        Key.parse(vkey)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "line\n"])
def test_nobody_signs_by_such_a_name(name):
    with pytest.raises(NoteMalformed):
        Signer(name, COURT.private)


LINE = COURT.sign("text\n").line


@pytest.mark.parametrize(
    "raw",
    [b"", b"text\n", b"text\n\n", f"text\n{LINE}".encode(), f"text\n\n{LINE}".encode()[:-1], b"text\n\n- a b\n",
     f"text\n\n{LINE}\n".encode(), b"\xff\n\n" + LINE.encode(), f"te\txt\n\n{LINE}".encode(), "text\n\n— name AAAA\n".encode(),
     "text\n\n— name !!!!AAAA\n".encode(), f"text\n\n{LINE * 101}".encode(), b"x" * 1_000_001, "text\n\n— na+me AAAAAAAA\n".encode()],
)  # fmt: skip
def test_what_is_no_note_is_refused(raw):
    with pytest.raises(NoteMalformed):
        Note.parse(raw)


@given(st.binary(max_size=200))
def test_nothing_breaks_the_parser(raw):
    try:
        note = Note.parse(raw)
    except NoteMalformed:
        return
    assert str(note).encode() == raw


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1).map(lambda text: f"{text}\n"))
def test_what_is_signed_is_read_as_it_was(text):
    note = Note(text, (COURT.sign(text), WITNESS.cosign(text, 1_800_000_000)))
    again = Note.parse(str(note).encode())
    assert again == note
    assert again.witnessed_by([COURT.key, WITNESS.key]) == [COURT.key, WITNESS.key]


def test_a_checkpoint_is_signed_and_opened():
    signed = str(FIVE.signed(COURT)).encode()
    assert signed.startswith(b"registry.example/log/1\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")
    checkpoint, note = opened(signed, COURT.key, ORIGIN)
    assert checkpoint == FIVE
    assert len(note.signatures) == 1


def test_of_another_log_or_by_another_key_it_is_not():
    other = Signer("registry.example/log/2", COURT.private)
    with pytest.raises(AnotherLog):
        FIVE.signed(other)
    with pytest.raises(NoteUnverified):
        opened(str(FIVE.signed(COURT)).encode(), other.key, ORIGIN)
    of_two = Note(Checkpoint("registry.example/log/2", 5, EMPTY).text, ())
    by_the_court = of_two.with_signatures([COURT.sign(of_two.text)])
    with pytest.raises(AnotherLog):
        opened(str(by_the_court).encode(), COURT.key, ORIGIN)


@pytest.mark.parametrize(
    "text",
    ["", "origin\n5\n", "\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", *(f"origin\n{size}\n{root}\n" for size, root in (
        ("05", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), ("-5", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("٥", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), ("5" * 20, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("5", "47DEQpj8HBSa+/TImW+5"), ("5", "!"), ("5", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="), ("5", "")))],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(text)


def test_lines_that_we_do_not_know_are_left_alone():
    assert Checkpoint.parse(f"{FIVE.text}a line of somebody else\n") == FIVE


def test_a_witness_signs_with_a_time_and_so_that_nothing_else_is_signed():
    signature = WITNESS.cosign(FIVE.text, 1_800_000_000)
    note = FIVE.signed(COURT).with_signatures([signature])
    assert note.witnessed_by([WITNESS.key]) == [WITNESS.key]
    assert witnessed_at(signature) == 1_800_000_000
    later = signature._replace(value=(1_800_000_001).to_bytes(8, "big") + signature.value[8:])
    assert FIVE.signed(COURT).with_signatures([later]).witnessed_by([WITNESS.key]) == []
    short = signature._replace(value=signature.value[1:])
    assert FIVE.signed(COURT).with_signatures([short]).witnessed_by([WITNESS.key]) == []
    plain = Key(WITNESS.name, WITNESS.key.public)
    assert note.witnessed_by([plain]) == []


def test_a_signature_that_does_not_hold_is_not_made_good_by_a_second_one():
    wrong = COURT.sign("another text\n")
    note = Note(FIVE.text, (wrong, COURT.sign(FIVE.text)))
    with pytest.raises(NoteUnverified, match="does not hold"):
        note.signed_by(COURT.key)
