"""Checking the public log: how the program asks for its files, and how much of an answer it takes."""

from __future__ import annotations

import hashlib
import http.client
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.tree.notes import Note
from tests.certificates import Authority
from tests.log_checking import (
    BROKEN,
    ENTRIES,
    GOOD,
    KEYS,
    NOT_AS_IT_SHOULD_BE,
    NOT_CHECKED,
    SIZE,
    entries,
    run,
    verify_log,
)
from tests.log_server import WITNESSES, Served, serving

TILE = 256 * 32  # bytes
PARTIAL = "tile/0/003.p/77"


@pytest.mark.parametrize("end", ["log", "log/", "log//", "logX", "logX/"])
def test_the_address_may_end_in_a_stroke_or_not(server, end):
    run(f"{server.prefix.removesuffix('log/')}{end}", *KEYS)
    assert server.asked[0] == f"/{end.rstrip('/')}/checkpoint"


def test_what_comes_is_to_come_as_it_is(server):
    assert run(server.prefix, *KEYS).status == GOOD
    assert server.accepted == {"identity"}
    server.encoding = ""
    assert run(server.prefix, *KEYS).status == GOOD


def test_four_connections_are_opened_and_used_again(server, monkeypatch):
    threads = []
    monkeypatch.setattr(verify_log, "ThreadPoolExecutor", lambda most: threads.append(most) or ThreadPoolExecutor(most))
    assert run(server.prefix, *KEYS).status == GOOD
    assert threads == [4]
    assert len(server.asked) > 8
    assert len(server.callers) <= 5, "one more asks for the checkpoint"


def test_of_tiles_that_are_wanted_so_many_are_begun_and_no_more(server):
    begun = []
    wanted = (begun.append(number) or verify_log.Tile(0, 0, 256) for number in itertools.count())
    log = verify_log.Log(server.prefix)
    assert next(log.many(wanted)) == server.log.files["tile/0/000"]
    assert len(begun) == 128
    log.close()


@pytest.mark.parametrize("tls", [True, False])
def test_nothing_is_waited_for_without_end(log, tls, tmp_path, monkeypatch):
    authority = Authority(tmp_path, "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    opened, kind = [], http.client.HTTPSConnection if tls else http.client.HTTPConnection
    begin = kind.__init__

    def noted(self, *where, **how):
        opened.append(how)
        begin(self, *where, **how)

    with serving(log, authority.context("localhost") if tls else None) as server:
        monkeypatch.setattr(kind, "__init__", noted)
        address = f"https://localhost:{server.server_port}/log/" if tls else server.prefix
        assert run(address, *KEYS).status == GOOD
    assert opened
    assert {each["timeout"] for each in opened} == {20}
    assert all(each["context"].check_hostname for each in opened if tls)


def test_an_answer_may_take_as_long_as_is_waited_and_no_longer(server, monkeypatch):
    for seconds, status in ((20, GOOD), (21, NOT_CHECKED)):
        clock = itertools.cycle([0, seconds, seconds])
        asked = []

        def monotonic(clock=clock, asked=asked):
            asked.append(1)
            return next(clock) if len(asked) < 3 else 0

        monkeypatch.setattr(verify_log.time, "monotonic", monotonic)
        assert run(server.prefix, *KEYS).status == status


def test_a_tile_of_twice_its_length_is_named_and_a_longer_one_refused(log, server):
    log.files["tile/0/000"] = bytes(2 * TILE)
    assert run(server.prefix, *KEYS).status == NOT_AS_IT_SHOULD_BE
    log.files["tile/0/000"] = bytes(2 * TILE + 1)
    said = run(server.prefix, *KEYS)
    assert (said.status, said.verdict) == (
        NOT_CHECKED, "COULD NOT BE CHECKED: tile/0/000: the answer is too long or too slow",
    )  # fmt: skip


def test_an_answer_that_breaks_off_says_how_much_is_missing(server):
    server.missing = 3
    length = len(server.log.files["checkpoint"])
    said = f"checkpoint: IncompleteRead: IncompleteRead({length} bytes read, 3 more expected)"
    assert run(server.prefix, *KEYS).verdict == f"COULD NOT BE CHECKED: {said}"


@pytest.mark.parametrize("gone", [PARTIAL, "tile/entries/003.p/77"])
def test_what_is_gone_in_part_is_cut_from_the_whole(log, server, gone):
    whole = gone.removesuffix(".p/77")
    log.files[whole] = Served(entries(4 * 256)).files[whole]
    del log.files[gone]
    assert run(server.prefix, *KEYS).status == GOOD


def test_what_is_refused_is_not_gone(log, server):
    log.files["tile/0/003"] = Served(entries(4 * 256)).files["tile/0/003"]
    server.refused[PARTIAL] = 500
    assert run(server.prefix, *KEYS).verdict == f"COULD NOT BE CHECKED: {PARTIAL}: the server answers 500"
    assert "/log/tile/0/003" not in server.asked


def test_of_faults_on_several_levels_the_one_that_ends_first_is_named(log, server):
    log.change_tile(1, 300)
    log.change_tile(0, BROKEN)
    assert "first broken place: positions 257 to 512: tile 1/000 " in run(server.prefix, *KEYS).verdict
    log.files = Served(ENTRIES).files
    log.change_tile(1, BROKEN)
    log.change_tile(0, 5)
    assert "first broken place: position 5: tile 0/000 " in run(server.prefix, *KEYS).verdict


def test_the_positions_below_a_hash_of_any_height():
    assert verify_log.below(0, 7, SIZE) == "position 8"
    assert verify_log.below(1, 3, SIZE) == f"positions 769 to {SIZE}"
    assert verify_log.below(2, 0, 70_000) == "positions 1 to 65536"
    assert verify_log.below(2, 1, 70_000) == "positions 65537 to 70000"


def test_how_far_it_is_is_said_every_65536_entries(capsys):
    large = Served([hashlib.sha256(b"%d" % number).digest() for number in range(66_000)])
    with serving(large) as server:
        assert run(server.prefix, *KEYS, "--progress").status == GOOD
    assert capsys.readouterr().err == "0 of 66000 entries\n65536 of 66000 entries\n"


def test_of_what_was_kept_only_as_much_is_read_as_a_note_may_be_long(log, server, tmp_path):
    """Whole it would hold: only lines of strangers follow."""
    state = tmp_path / "checkpoint"
    state.write_bytes(log.files["checkpoint"] + "\N{EM DASH} x AAAA\n".encode() * 100_000)
    assert "no signed note" in run(server.prefix, *KEYS, "--state", state).verdict


def test_a_witness_may_have_cosigned_when_time_began(log, server):
    honest = log.note()
    log.serve(Note(honest.text, (honest.signatures[0], WITNESSES[0].cosign(honest.text, 0))))
    said = run(server.prefix, *KEYS, "--witness", WITNESSES[0].key.vkey)
    assert f"witness {WITNESSES[0].name}: cosigned 1970-01-01 00:00:00 UTC" in said.lines
    assert said.status == GOOD
