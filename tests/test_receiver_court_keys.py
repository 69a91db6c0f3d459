"""The receiver that was given no public key: it takes those that the court lists, and only those."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Browser

from sharing import signing
from sharing.receiver import court_keys
from sharing.receiver.calling import Client
from sharing.receiver.court_keys import CourtKeys, NoKeyYet
from sharing.receiver.store import open_readonly
from sharing.receiver.verification import NotGenuine
from sharing.receiver.writer import Writer
from tests.receiver_double import (
    KEY,
    OTHER_SECRET,
    SECRET,
    Program,
    Registry,
    encoded,
    event_id,
    listed,
    public_text,
    pushed,
    running_registry,
    signed,
)

NEW_KEY = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
UNPINNED = {"RECEIVER_PUBLIC_KEYS": ""}
_positions = itertools.count(1)


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as standing:
        yield standing


@pytest.fixture
def program(tmp_path: Path, registry: Registry) -> Iterator[Program]:
    one = Program(tmp_path / "store.sqlite", registry.url, changes=UNPINNED)
    yield one
    one.stop()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    one = _writer(tmp_path)
    yield one
    one.close()


def _writer(folder: Path) -> Writer:
    one = Writer(folder / "keys.sqlite", threading.Event())
    one.start()
    return one


def _keys(writer: Writer, address: str, *secrets: str) -> CourtKeys:
    return CourtKeys(writer, Client(address, "client", "client-secret"), lambda: open_readonly(writer.path), secrets)


def _push(program: Program, key: Ed25519PrivateKey | None) -> int:
    body = pushed(next(_positions))
    raw = encoded(body)
    return program.post(raw, signed(body["data"]["event"]["id"], raw, key=key))


def _check(keys: CourtKeys, key: Ed25519PrivateKey, *, secret: str = SECRET) -> None:
    keys.check(signed(event_id(1), b"{}", key=key, secret=secret), b"{}")


@pytest.fixture
def hours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reading is one that may be made."""
    monkeypatch.setattr(court_keys, "LEAST_SECONDS", 0)


def test_a_receiver_without_a_key_takes_those_that_the_court_lists(program: Program) -> None:
    program.start()
    assert _push(program, KEY) == 204
    assert _push(program, NEW_KEY) == 401
    assert _push(program, None) == 401, "the shared secret alone is not enough"


def test_a_key_given_in_the_settings_wins_over_what_the_court_lists(tmp_path: Path, registry: Registry) -> None:
    registry.listed = listed(NEW_KEY.public_key())
    pinned = Program(tmp_path / "store", registry.url, changes={"RECEIVER_PUBLIC_KEYS": public_text(KEY.public_key())})
    pinned.start()
    assert _push(pinned, KEY) == 204
    assert _push(pinned, NEW_KEY) == 401
    pinned.stop()
    assert registry.listings_of_keys == 0


def test_a_court_that_is_silent_does_not_stop_a_receiver_that_read_its_keys_once(
    program: Program, registry: Registry
) -> None:
    program.start()
    assert _push(program, KEY) == 204
    program.kill()
    registry.listed_status = 503
    program.start()
    assert _push(program, KEY) == 204
    assert _push(program, NEW_KEY) == 401


def test_as_long_as_no_key_is_known_a_message_is_to_come_again(program: Program, registry: Registry) -> None:
    registry.listed_status = 503
    program.start()
    assert _push(program, KEY) == 503
    assert program.events() == []


@pytest.mark.usefixtures("hours_pass")
def test_a_key_that_was_added_is_found_when_it_first_signs(registry: Registry, writer: Writer) -> None:
    keys = _keys(writer, registry.url, SECRET)
    _check(keys, KEY)
    registry.listed = listed(NEW_KEY.public_key(), KEY.public_key())
    _check(keys, NEW_KEY)
    _check(keys, KEY)
    assert registry.listings_of_keys == 2


@pytest.mark.usefixtures("hours_pass")
def test_a_key_that_is_listed_no_more_is_taken_no_more(registry: Registry, writer: Writer) -> None:
    keys = _keys(writer, registry.url, SECRET)
    _check(keys, KEY)
    registry.listed = listed(NEW_KEY.public_key())
    _check(keys, NEW_KEY)
    with pytest.raises(NotGenuine):
        _check(keys, KEY)
    with contextlib.closing(open_readonly(writer.path)) as store:
        assert court_keys.kept(store, registry.url) == [public_text(NEW_KEY.public_key())]


def test_what_is_forged_makes_the_receiver_ask_once_a_minute_at_most(registry: Registry, writer: Writer) -> None:
    keys = _keys(writer, registry.url, SECRET)
    _check(keys, KEY)
    for _ in range(5):
        with pytest.raises(NotGenuine):
            _check(keys, NEW_KEY)
    assert registry.listings_of_keys == 1


@pytest.mark.usefixtures("hours_pass")
def test_who_does_not_know_the_secret_makes_it_ask_for_nothing(registry: Registry, writer: Writer) -> None:
    keys = _keys(writer, registry.url, SECRET)
    _check(keys, KEY)
    with pytest.raises(NotGenuine):
        _check(keys, NEW_KEY, secret=OTHER_SECRET)
    assert registry.listings_of_keys == 1


@pytest.mark.usefixtures("hours_pass")
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": ["whpk_AAAA"]}',
        b'{"keys": [{"whpk": "whpk_c2hvcnQ="}]}',
        listed(NEW_KEY.public_key()).replace(b'"sig"', b'"enc"'),
        listed(*[NEW_KEY.public_key()] * 17),
        listed(NEW_KEY.public_key()) + b" " * 65536,
    ],
    ids=["empty", "array", "no keys", "object", "none", "text", "short", "another use", "too many", "too long"],
)
def test_what_is_no_list_of_keys_leaves_those_that_are_known(registry: Registry, writer: Writer, answer: bytes) -> None:
    keys = _keys(writer, registry.url, SECRET)
    _check(keys, KEY)
    registry.listed = answer
    with pytest.raises(NotGenuine):
        _check(keys, NEW_KEY)
    _check(keys, KEY)


@pytest.mark.usefixtures("hours_pass")
def test_what_another_court_listed_counts_for_nothing(registry: Registry, writer: Writer) -> None:
    _check(_keys(writer, registry.url, SECRET), KEY)
    registry.listed_status = 503
    with pytest.raises(NoKeyYet):
        _check(_keys(writer, registry.url.replace("127.0.0.1", "localhost"), SECRET), KEY)
    _check(_keys(writer, registry.url, SECRET), KEY)


def test_the_list_stands_at_the_courts_root_also_for_a_trial(registry: Registry, writer: Writer) -> None:
    _check(_keys(writer, f"{registry.url}/trial/ep_1", SECRET), KEY)


def test_a_receiver_without_a_secret_goes_by_the_listed_keys_alone(registry: Registry, writer: Writer) -> None:
    keys = _keys(writer, registry.url)
    _check(keys, KEY)
    with pytest.raises(NotGenuine):
        _check(keys, NEW_KEY)


def test_what_the_court_serves_is_what_the_receiver_reads(registry: Registry, writer: Writer, client: Browser) -> None:
    registry.listed = client.get("/.well-known/webhook-keys.json").content
    for key in signing.webhook_keys():
        _check(_keys(writer, registry.url, SECRET), key)
