"""The search for canaries finds every form of what leaked, and nothing where nothing did."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identity import canonical
from tests import cast
from tests.canaries import CANARY, DECOY, LEAST, search, secret

NUMBER, NAME = CANARY.number, CANARY.name

LEAKS = {
    "a log line": f"2026-11-24 INFO looked for {NUMBER}".encode(),
    "in lower case": f"looked for {NUMBER.lower()}".encode(),
    "the name": f"KeyError: '{NAME}'".encode(),
    "an address": f"GET /x/?name={quote(NAME)}".encode(),
    "the name in JSON": json.dumps({"name": NAME}).encode(),
    "full-width": "".join(chr(ord(each) + 0xFEE0) for each in NUMBER).encode(),
    "hex of a table": b"\\x" + NUMBER.encode().hex().encode(),
    "a digest without a key": hashlib.sha256(NUMBER.encode()).hexdigest().encode(),
    "that digest as bytes": hashlib.sha256(NUMBER.encode()).digest(),
    "the last six": f"***{NUMBER[-6:]}".encode(),
    "born, and which sex": f"{NUMBER[6:14]}{NUMBER[16]}".encode(),
    "born": b"1938-02-13",
    "UTF-16": NAME.encode("utf-16-le"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_every_form_of_a_leak_is_found(leak):
    assert search({"sink": {"place": LEAKS[leak]}}, CANARY.forms())


@given(st.binary(max_size=7), st.binary(max_size=7))
def test_in_base64_it_is_found_wherever_it_begins(before, after):
    for value in (NUMBER, NAME):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            content = encode(before + value.encode() + after)
            assert search({"sink": {"place": content}}, CANARY.forms())


def test_nothing_is_found_where_nothing_is():
    noise = random.Random(1).randbytes(1_000_000)
    content = {
        "noise": noise,
        "text": noise.hex().encode(),
        "base64": base64.b64encode(noise),
        "other": DECOY.number.encode(),
    }
    assert search({"sink": content}, CANARY.forms()) == []


def test_what_lists_may_show_is_no_leak():
    assert search({"desk": {"list": f"{NUMBER[:4]}**********{NUMBER[-4:]}".encode()}}, CANARY.forms()) == []


def test_the_canaries_are_valid_and_share_nothing():
    for each in (CANARY, DECOY):
        assert canonical("resident_id", each.number, today=cast.NOW.date()) == each.number
        assert each.number.endswith("X")
        assert all(len(form.needle) >= LEAST for form in each.forms())
    assert not {form.needle for form in CANARY.forms()} & {form.needle for form in DECOY.forms()}


def test_secrets_are_looked_for_in_the_same_forms():
    token = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    for content in (token.encode(), token.encode().hex().encode(), base64.b64encode(b"x" + token.encode())):
        assert search({"log": {"web": content}}, secret(token, "whsec"))
