"""Checking the public log: where it cannot be checked, or the program is called wrongly, what is said and what helps."""

from __future__ import annotations

import contextlib
import json
import sys

import pytest

from tests.log_checking import (
    ENTRIES,
    GOOD,
    KEYS,
    NOT_CHECKED,
    WITNESSED,
    body,
    own,
    run,
    text,
    verdict,
    verify_log,
    written,
)
from tests.log_server import COURT, WITNESSED_AT, WITNESSES, Served, serving

NAME, ONE = COURT.name, WITNESSES[0].name


# What could not be checked


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff\n\n", "is not UTF-8"),
        (b"", "is no signed note of origin, size and root"),
        (b"a\n01\nAAAA\n\n\xe2\x80\x94 a AAAA\n", "is no signed note of origin, size and root"),
        (b"a\n1\nAAAA\tx\n\n\xe2\x80\x94 a AAAA\n", "is no signed note of origin, size and root"),
        (
            f"a\n1\n{text(bytes(32))}\na line of\x01more\n\n\N{EM DASH} a AAAA\n".encode(),
            "is no signed note of origin, size and root",
        ),
        (b"a\n1\nAAAA\n\n\xe2\x80\x94 a ?\n", ": not base64, or not of that many bytes"),
        (b"a\n1\nAAAA\n\n\xe2\x80\x94 a AAAA\n", ": the root: not base64, or not of 32 bytes"),
        (f"a\n{2**40 + 1}\nAAAA\n\n\N{EM DASH} a AAAA\n".encode(), ": the size is beyond what is believed"),
        (f"a\n{2**40}\nAAAA\n\n\N{EM DASH} a AAAA\n".encode(), ": the root: not base64, or not of 32 bytes"),
    ],
)
def test_of_a_checkpoint_that_is_none_what_is_wrong(server, log, raw, said):
    log.files["checkpoint"] = raw
    blank = "" if said.startswith(":") else " "
    assert verdict(server.prefix, *KEYS) == f"COULD NOT BE CHECKED: the checkpoint{blank}{said}"


@pytest.mark.parametrize(
    ("vkey", "said"),
    [
        ("foo", "the key 'foo' is not written as name+id+base64"),
        (COURT.key.vkey + "A", f"the key of {NAME}: not base64, or not of 33 bytes"),
        (WITNESSES[0].key.vkey, f"the key of {ONE} is of kind 4, and kind 1 is needed here"),
        (COURT.key.vkey.replace("+", "x+", 1), f"the key of {NAME}x is mistyped: its id does not fit"),
    ],
)
def test_of_a_key_that_is_none_what_is_wrong(server, vkey, said):
    assert verdict(server.prefix, "--vkey", vkey) == f"COULD NOT BE CHECKED: {said}"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://court.example/log/", "the address of the log is one of https://"),
        ("ftp://127.0.0.1/", "the address of the log is one of https://"),
        ("https:///log/", "the address of the log is of the form https://host/log/"),
        ("https://a@court.example/", "the address of the log is of the form https://host/log/"),
        ("https://court.example/?a", "the address of the log is of the form https://host/log/"),
        ("https://court.example/#a", "the address of the log is of the form https://host/log/"),
        ("https://court.example:x/", "the address of the log: Port could not be cast to integer value as 'x'"),
        (
            "https://court.example/l\u00f6g/",
            "the address of the log: 'ascii' codec can't encode character '\\xf6' in position 2: ordinal not in range(128)",
        ),
    ],
)
def test_of_an_address_that_is_none_what_is_wrong(address, said):
    assert verdict(address, *KEYS) == f"COULD NOT BE CHECKED: {said}"


def test_of_bad_arguments_where_help_is():
    assert verdict(*KEYS) == "COULD NOT BE CHECKED: give the address of the log, or --proof FILE; see --help"
    both = verdict("https://court.example/", "--proof", "a", *KEYS)
    assert both == "COULD NOT BE CHECKED: give the address of the log, or --proof FILE; see --help"
    assert verdict("a") == "COULD NOT BE CHECKED: the following arguments are required: --vkey; see --help"
    assert verdict("a", *KEYS, "--quo", 1) == "COULD NOT BE CHECKED: unrecognized arguments: --quo 1; see --help"


def test_of_an_answer_that_is_not_taken_why(server, log):
    server.status = 500
    assert verdict(server.prefix, *KEYS) == "COULD NOT BE CHECKED: checkpoint: the server answers 500"
    server.status, server.encoding = 200, "gzip"
    said = "checkpoint: the answer is compressed, which was not asked for"
    assert verdict(server.prefix, *KEYS) == f"COULD NOT BE CHECKED: {said}"
    server.encoding = "identity"
    log.files["checkpoint"] = bytes(1_000_001)
    assert verdict(server.prefix, *KEYS) == "COULD NOT BE CHECKED: checkpoint: the answer is too long or too slow"


def test_an_answer_that_takes_too_long_is_not_waited_for(server, monkeypatch):
    clock = iter(range(0, 1_000_000, 21))
    monkeypatch.setattr(verify_log.time, "monotonic", lambda: next(clock))
    assert verdict(server.prefix, *KEYS).endswith("checkpoint: the answer is too long or too slow")


def test_of_a_host_that_is_not_there_what_happened():
    with serving(Served(ENTRIES[:1])) as server:
        gone = server.prefix
    said = verdict(gone, *KEYS)
    assert said.startswith("COULD NOT BE CHECKED: checkpoint: ConnectionRefusedError: ")


# How it is called

HELP = """
log address of the log, as https://host/log/
--vkey VKEY key of the log
--witness KEY [KEY ...] key of a witness
--quorum N how many witnesses are enough (all)
--max-age HOURS an older cosignature does not count
--state FILE where the last checkpoint is kept
--own FILE [FILE ...] what you were told
--quick prove by tiles; do not read all entries
--proof FILE check this proof file, without a net
--event FILE the event of the proof, with its salt
--progress say on standard error how far it is
--json one JSON object instead of lines
"""


def test_help_says_what_it_is_and_each_argument(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(sys.stdout):
        verify_log.main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert verify_log.__doc__.strip() in said
    arguments = f"{' '.join(said.partition(verify_log.__doc__.strip())[2].split())} --"
    assert [
        each
        for each in HELP.strip().split("\n")
        if f"{each} --" not in arguments and f"{each} options:" not in arguments
    ] == []


def test_witnesses_and_files_are_named_one_by_one_or_together(server, tmp_path):
    first, second = own(tmp_path, body(1)), written(tmp_path / "second", json.dumps(body(2)))
    one, two = (each.key.vkey for each in WITNESSES)
    for arguments in (
        ("--witness", one, "--witness", two, "--own", first, "--own", second),
        ("--witness", one, two, "--own", first, second),
    ):
        said = run(server.prefix, *KEYS, *arguments)
        assert {"witnesses: 2 of 2", "your own events: 2 as in the log"} <= set(said.lines)


@pytest.mark.parametrize(
    ("argument", "kind"), [(("--quorum", "1.5"), "--quorum: invalid int"), (("--max-age", "x"), "--max-age: invalid float")]
)  # fmt: skip
def test_of_a_number_that_is_none_which_it_is(server, argument, kind):
    said = f"COULD NOT BE CHECKED: argument {kind} value: {argument[1]!r}; see --help"
    assert verdict(server.prefix, *KEYS, *argument) == said


def test_half_hours_are_hours_too(server, monkeypatch):
    monkeypatch.setattr(verify_log.time, "time", lambda: WITNESSED_AT + 3600)
    assert run(server.prefix, *KEYS, *WITNESSED, "--max-age", "1.5").status == GOOD
    assert run(server.prefix, *KEYS, *WITNESSED, "--max-age", "0.5").status == NOT_CHECKED
