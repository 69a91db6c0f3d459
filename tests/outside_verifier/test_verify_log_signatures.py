"""Checking the public log: whose signatures count, and what may come over the net."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.tree.notes import Note, Signer
from tests.certificates import Authority
from tests.log_checking import (
    ENTRIES,
    GOOD,
    KEYS,
    NOT_AS_IT_SHOULD_BE,
    NOT_CHECKED,
    PROGRAM,
    SIZE,
    WITNESSED,
    rewritten,
    run,
    text,
    verify_log,
)
from tests.log_server import COURT, WITNESSED_AT, WITNESSES, LogServer, Served, serving


def test_a_checkpoint_that_the_court_did_not_sign_is_refused(log, server):
    stranger = Signer(COURT.name, Ed25519PrivateKey.generate())
    honest = log.note()
    log.serve(Note(honest.text, (stranger.sign(honest.text),)))
    assert "has no signature of" in run(server.prefix, *KEYS).verdict
    log.serve(Note(honest.text.replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n"), honest.signatures))
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert "does not hold" in said.verdict


def test_a_checkpoint_of_another_log_is_refused_though_the_same_key_signed_it(log, server):
    other = log.note().text.replace(COURT.name, "another.example/log")
    log.serve(Note(other, (COURT.sign(other),)))
    assert run(server.prefix, *KEYS).status == NOT_AS_IT_SHOULD_BE


def test_a_stale_cosignature_is_named(log, server):
    """Taken from an earlier checkpoint."""
    stale, honest = Served(ENTRIES[:-1]).note(), log.note()
    log.serve(Note(honest.text, (*honest.signatures[:2], stale.signatures[2])))
    said = run(server.prefix, *KEYS, *WITNESSED)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert WITNESSES[1].name in said.verdict


def test_a_missing_witness_is_named_and_a_quorum_may_do_without_it(log, server):
    honest = log.note()
    log.serve(Note(honest.text, honest.signatures[:2]))
    said = run(server.prefix, *KEYS, *WITNESSED)
    assert said.status == NOT_CHECKED
    assert f"missing: {WITNESSES[1].name}" in said.verdict
    said = run(server.prefix, *KEYS, *WITNESSED, "--quorum", 1)
    assert said.status == GOOD
    assert f"witness {WITNESSES[1].name}: cosigned never: missing" in said.lines


def test_a_cosignature_may_be_too_long_ago(server, monkeypatch):
    monkeypatch.setattr(verify_log.time, "time", lambda: WITNESSED_AT + 7200)
    assert run(server.prefix, *KEYS, *WITNESSED, "--max-age", 3).status == GOOD
    assert run(server.prefix, *KEYS, *WITNESSED, "--max-age", 1).status == NOT_CHECKED


@pytest.mark.parametrize(
    ("at", "status"), [(253402300799, GOOD), (253402300800, NOT_AS_IT_SHOULD_BE), (2**64 - 1, NOT_AS_IT_SHOULD_BE)]
)
def test_a_cosignature_of_a_year_that_nobody_writes_is_said_to_be_wrong(log, server, at, status):
    honest = log.note()
    log.serve(Note(honest.text, (*honest.signatures[:2], WITNESSES[1].cosign(honest.text, at))))
    said = run(server.prefix, *KEYS, *WITNESSED)
    assert said.status == status
    assert status == GOOD or said.verdict.endswith(
        f"the cosignature of {WITNESSES[1].name} is of a time that cannot be"
    )


def test_the_key_of_the_specification_is_read():
    vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert verify_log.Key.parse(vkey, 1).name == "example.com/foo"
    for wrong in (vkey.replace("530d", "530e"), vkey[:-1], "foo", vkey.replace("+Ae", "+Be")):
        with pytest.raises(verify_log.CannotCheck):
            verify_log.Key.parse(wrong, 1)


def test_a_key_of_the_log_is_no_key_of_a_witness_nor_the_other_way_round(server):
    assert "kind 4" in run(server.prefix, "--vkey", WITNESSES[0].key.vkey).verdict
    assert run(server.prefix, *KEYS, "--witness", COURT.key.vkey).status == NOT_CHECKED


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_what_is_no_note_is_refused_by_name(raw):
    with pytest.raises((verify_log.CannotCheck, verify_log.Fault)):
        verify_log.Checkpoint.open(raw, verify_log.Key.parse(COURT.key.vkey, 1), "it")


def test_no_redirect_is_followed_and_no_other_answer_taken(server):
    for status in (302, 500, 206):
        server.status = status
        said = run(server.prefix, *KEYS)
        assert said.status == NOT_CHECKED
        assert f"answers {status}" in said.verdict
    assert set(server.asked) == {"/log/checkpoint"}


def test_an_answer_without_end_is_cut_off(log, server):
    log.files["tile/0/000"] = bytes(1_000_000)
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_CHECKED
    assert "too long" in said.verdict


def test_a_certificate_must_lead_to_an_authority_and_bear_the_name(log, tmp_path, monkeypatch):
    authority = Authority(tmp_path, "authority")
    for host, trusted, status in (
        ("localhost", True, GOOD),
        ("other.example", True, NOT_CHECKED),
        ("localhost", False, NOT_CHECKED),
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file if trusted else tmp_path / "none"))
        with serving(log, authority.context(host)) as server:
            assert run(f"https://localhost:{server.server_port}/log/", *KEYS).status == status


def test_a_connection_that_was_closed_meanwhile_is_made_anew(server):
    server.hangs_up = True
    assert run(server.prefix, *KEYS).status == GOOD


def test_a_note_that_is_cut_off_is_refused(log, server):
    log.files["checkpoint"] = log.files["checkpoint"].removesuffix(b"\n")
    assert run(server.prefix, *KEYS).status == NOT_CHECKED


def test_an_answer_that_breaks_off_is_no_fault_of_the_log(server):
    server.missing = 1
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_CHECKED
    assert "IncompleteRead" in said.verdict


def test_a_compressed_answer_is_not_taken_for_entries(server):
    server.encoding = "gzip"
    assert "compressed" in run(server.prefix, *KEYS).verdict


def test_a_size_that_nobody_believes_is_refused_before_anything_is_fetched(log, server):
    said_text = f"{COURT.name}\n{2**40 + 1}\n{text(bytes(32))}\n"
    log.serve(Note(said_text, (COURT.sign(said_text),)))
    assert run(server.prefix, *KEYS).status == NOT_CHECKED
    assert server.asked == ["/log/checkpoint"]


def test_a_file_that_is_not_there_means_that_nothing_is_known(log, server, state):
    del log.files["tile/entries/001"]
    said = run(server.prefix, *KEYS, "--state", state)
    assert said.status == NOT_CHECKED
    assert "tile/entries/001: the server answers 404" in said.verdict
    assert not state.exists()


@pytest.mark.parametrize(
    "address", ["http://court.example/log/", "ftp://127.0.0.1/", "https://", "https://[", "https://a:b/"]
)
def test_only_https_is_asked_except_on_this_machine(address):
    said = run(address, *KEYS)
    assert said.status == NOT_CHECKED
    assert "the address of the log" in said.verdict


@pytest.mark.parametrize(
    "arguments", [[], ["http://127.0.0.1/"], [*KEYS], ["http://127.0.0.1/", "--vkey"], ["--vkey", "x", "a", "b"]]
)
def test_bad_arguments_are_not_a_fault_of_the_log(arguments):
    assert run(*arguments).status == NOT_CHECKED


def test_json_says_the_same(server: LogServer, state, tmp_path):
    run(server.prefix, *KEYS, "--state", state)
    server.log = Served(rewritten())
    said = run(server.prefix, *KEYS, "--state", state, "--json")
    told = json.loads(said.lines[0])
    assert told["status"] == said.status == NOT_AS_IT_SHOULD_BE
    assert told["split"] == str(state.with_name("checkpoint.split-1"))
    assert told["served"].encode() == server.log.files["checkpoint"]


def test_it_stands_alone(server, tmp_path):
    """Copied elsewhere, without this project: as a department runs it."""
    copied = tmp_path / "verify_log.py"
    copied.write_bytes(PROGRAM.read_bytes())
    command = [sys.executable, "-I", "-W", "error", str(copied), server.prefix, *KEYS, *WITNESSED]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (GOOD, "")
    assert done.stdout.endswith("\nALL GOOD\n")
