"""Keyrings: what is sealed opens only whole and in its place, and old keys stay readable."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.keys import DigestKeys, Keyring, KeyringShape, KeyUnknown, SealBroken, digest_keys, keyring, new_key

PLACE = "people.document.7"


def key(version: int, byte: bytes) -> str:
    return f"{version}:{base64.b64encode(byte * 32).decode()}"


OLD = key(1, b"a")
BOTH = f"{key(2, b'b')},{OLD}"


@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_opens_in_its_place(plaintext: bytes, place: str) -> None:
    ring = Keyring(OLD)
    assert ring.open(ring.seal(plaintext, bound_to=place), bound_to=place) == plaintext


def test_the_layout_is_suite_version_nonce_and_ciphertext_with_tag() -> None:
    sealed = Keyring(key(258, b"a")).seal(b"secret", bound_to=PLACE)
    assert sealed[:3] == bytes([1, 1, 2])
    assert len(sealed) == 3 + 12 + len(b"secret") + 16


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    ring = Keyring(OLD)
    assert len({ring.seal(b"same", bound_to=PLACE)[3:15] for _ in range(100)}) == 100


@given(st.integers(0, 36), st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal(place: int, change: int) -> None:
    ring = Keyring(BOTH)
    sealed = bytearray(ring.seal(b"secret", bound_to=PLACE))
    sealed[place] ^= change
    with pytest.raises((SealBroken, KeyUnknown)):
        ring.open(bytes(sealed), bound_to=PLACE)


def test_a_seal_moved_to_another_place_is_broken() -> None:
    ring = Keyring(OLD)
    with pytest.raises(SealBroken):
        ring.open(ring.seal(b"secret", bound_to=PLACE), bound_to="people.document.8")


@given(st.binary(max_size=60))
def test_bytes_that_were_never_sealed_are_refused(junk: bytes) -> None:
    with pytest.raises((SealBroken, KeyUnknown)):
        Keyring(OLD).open(junk, bound_to=PLACE)


def test_a_sealed_value_cut_off_is_refused() -> None:
    ring = Keyring(OLD)
    sealed = ring.seal(b"", bound_to=PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            ring.open(sealed[:length], bound_to=PLACE)


def test_a_memoryview_as_a_database_may_give_it_opens() -> None:
    ring = Keyring(OLD)
    assert ring.open(memoryview(ring.seal(b"secret", bound_to=PLACE)), bound_to=PLACE) == b"secret"


def test_the_first_key_seals_and_every_key_opens() -> None:
    old, both = Keyring(OLD), Keyring(BOTH)
    assert (old.current, both.current) == (1, 2)
    sealed = old.seal(b"secret", bound_to=PLACE)
    assert both.open(sealed, bound_to=PLACE) == b"secret"
    assert both.version(sealed) == 1
    assert both.version(both.seal(b"secret", bound_to=PLACE)) == 2


def test_a_key_that_was_taken_away_is_named_by_its_version_only() -> None:
    sealed = Keyring(BOTH).seal(b"secret", bound_to=PLACE)
    with pytest.raises(KeyUnknown, match="version 2") as refused:
        Keyring(OLD).open(sealed, bound_to=PLACE)
    assert "secret" not in str(refused.value)


def test_another_key_under_the_same_version_does_not_open() -> None:
    sealed = Keyring(OLD).seal(b"secret", bound_to=PLACE)
    with pytest.raises(SealBroken) as refused:
        Keyring(key(1, b"z")).open(sealed, bound_to=PLACE)
    assert refused.value.__cause__ is None
    assert PLACE not in str(refused.value)


def test_digests_are_hmac_sha256_under_each_key_the_current_first() -> None:
    both = DigestKeys(BOTH)
    expected = [hmac.new(byte * 32, b"resident:1", hashlib.sha256).digest() for byte in (b"b", b"a")]
    assert both.digests("resident:1") == expected
    assert both.digest("resident:1") == expected[0]
    assert both.current == 2


def test_an_old_digest_is_still_among_the_readable_ones() -> None:
    assert DigestKeys(OLD).digest("resident:1") in DigestKeys(BOTH).digests("resident:1")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_two_texts_have_one_digest_only_if_they_are_equal(one: str, other: str) -> None:
    digests = DigestKeys(OLD)
    assert (digests.digest(one) == digests.digest(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "1",
        "1:",
        "1:not base64!",
        "1:钥匙",
        OLD[:9] + "!" + OLD[9:],
        "1:" + base64.b64encode(b"a" * 31).decode(),
        "1:" + base64.b64encode(b"a" * 33).decode(),
        key(0, b"a"),
        key(65_536, b"a"),
        "-" + OLD,
        "١:" + OLD.partition(":")[2],
        OLD + ",",
        f"{OLD},{key(1, b'b')}",
        f"{OLD},{key(2, b'a')}",
        OLD.replace(":", " "),
    ],
)
def test_a_malformed_keyring_is_refused_without_showing_it(text: str) -> None:
    for made in (Keyring, DigestKeys):
        with pytest.raises(KeyringShape) as refused:
            made(text)
        assert base64.b64encode(b"a" * 9).decode() not in str(refused.value)
        assert refused.value.__cause__ is None


def test_spaces_around_keys_do_not_matter() -> None:
    assert Keyring(BOTH.replace(",", ", ")).current == 2


def test_a_new_key_is_fresh_and_can_be_put_in_front() -> None:
    assert new_key(3) != new_key(3)
    assert Keyring(f"{new_key(3)},{BOTH}").current == 3


def test_keys_do_not_show_in_the_text_of_a_keyring() -> None:
    for made in (Keyring(OLD), DigestKeys(OLD)):
        assert "aaaa" not in repr(made)
        assert OLD[2:20] not in repr(made)


def test_the_settings_name_the_keyrings_and_are_read_once(settings: Any) -> None:
    settings.REGISTRY_DATA_KEYS = OLD
    settings.REGISTRY_DIGEST_KEYS = BOTH
    assert keyring() is keyring()
    assert digest_keys() is digest_keys()
    assert (keyring().current, digest_keys().current) == (1, 2)
    settings.REGISTRY_DATA_KEYS = BOTH
    assert keyring().current == 2
