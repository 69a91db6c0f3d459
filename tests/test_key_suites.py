"""Suites: what each one is, by the vectors of its standards; and rings that mix them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from config.new_keys import new_environment
from registry import suites
from registry.keys import DigestKeys, Keyring, KeyringShape, KeyUnknown, SealBroken, new_key, read_keys
from registry.suites import GM, INTL, SM4GCM

PLACE = "document.number.7"


def part(version: int, byte: bytes, suite: str = "", length: int = 32) -> str:
    return f"{version}:{suite + ':' if suite else ''}{base64.b64encode(byte * length).decode()}"


OLD = part(1, b"a")
SM4 = part(2, b"b", "gm", 16)
LATER = part(3, b"c")


def test_sm4_gcm_is_that_of_rfc_8998():
    """RFC 8998, A.1."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plaintext = b"".join(bytes([each]) * 8 for each in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    expected = (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    sealed = SM4GCM(key).encrypt(nonce, plaintext, aad)
    assert sealed.hex().upper() == expected
    assert SM4GCM(key).decrypt(nonce, sealed, aad) == plaintext
    with pytest.raises(InvalidTag):
        SM4GCM(key).decrypt(nonce, sealed, aad + b"x")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_that_of_its_standard(said, expected):
    """GB/T 32905-2016, A.1 and A.2."""
    hashed = hashes.Hash(hashes.SM3())
    hashed.update(said)
    assert hashed.finalize().hex() == expected


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_hmac_sm3_is_the_construction_of_rfc_2104_over_sm3(key, message):
    def sm3(*parts: bytes) -> bytes:
        hashed = hashes.Hash(hashes.SM3())
        for each in parts:
            hashed.update(each)
        return hashed.finalize()

    block = key.ljust(64, b"\0")
    inner = sm3(bytes(each ^ 0x36 for each in block), message)
    assert GM.mac(key, message) == sm3(bytes(each ^ 0x5C for each in block), inner)


@given(st.binary(max_size=300), st.sampled_from([OLD, SM4, f"{SM4},{OLD}", f"{LATER},{SM4},{OLD}"]))
def test_what_is_sealed_opens_in_every_ring_that_has_its_key(plaintext, ring):
    sealed = Keyring(ring).seal(plaintext, bound_to=PLACE)
    assert Keyring(f"{LATER},{OLD},{SM4}").open(sealed, bound_to=PLACE) == plaintext


def test_the_first_byte_names_the_algorithm():
    assert Keyring(OLD).seal(b"", bound_to=PLACE)[:3] == bytes([1, 0, 1])
    assert Keyring(SM4).seal(b"", bound_to=PLACE)[:3] == bytes([2, 0, 2])
    assert Keyring(f"{SM4},{OLD}").header == bytes([2, 0, 2])


@pytest.mark.parametrize("suite", [0, 1, 3, 255])
def test_a_value_that_claims_another_suite_than_its_key_is_refused(suite):
    sealed = Keyring(SM4).seal(b"secret", bound_to=PLACE)
    with pytest.raises(SealBroken):
        Keyring(f"{SM4},{OLD}").open(bytes([suite]) + sealed[1:], bound_to=PLACE)


@given(st.integers(0, 36), st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal_of_sm4(place, change):
    ring = Keyring(f"{SM4},{OLD}")
    sealed = bytearray(ring.seal(b"secret", bound_to=PLACE))
    sealed[place] ^= change
    with pytest.raises((SealBroken, KeyUnknown)):
        ring.open(bytes(sealed), bound_to=PLACE)


def test_a_look_up_tries_the_digest_of_every_key_by_its_own_suite():
    ring = DigestKeys(f"{part(2, b'b', 'gm')},{OLD}")
    assert ring.digests("said") == [GM.mac(b"b" * 32, b"said"), INTL.mac(b"a" * 32, b"said")]
    assert ring.digest("said") == ring.digest_under(2, "said") != ring.digest_under(1, "said")


def test_a_suite_that_is_not_named_is_intl():
    assert Keyring(OLD).seal(b"", bound_to=PLACE)[0] == Keyring(part(1, b"a", "intl")).seal(b"", bound_to=PLACE)[0] == 1


@pytest.mark.parametrize(
    "text", [part(1, b"a", "gm"), part(1, b"a", length=16), part(1, b"a", "sm4"), part(1, b"a", "GM", 16), "1::YWE="]
)
def test_a_data_key_of_the_wrong_size_or_of_an_unknown_suite_is_refused(text):
    with pytest.raises(KeyringShape):
        Keyring(text)


def test_a_digest_key_has_32_bytes_in_every_suite():
    with pytest.raises(KeyringShape):
        DigestKeys(part(1, b"a", "gm", 16))


def test_a_signing_key_is_of_no_suite():
    with pytest.raises(KeyringShape, match="Ed25519"):
        read_keys(part(1, b"a", "gm"))


def test_a_machine_without_sm4_says_so_at_the_start(monkeypatch):
    monkeypatch.setattr("registry.keys.is_there", lambda suite: suite is not GM)
    with pytest.raises(KeyringShape, match="OpenSSL has no suite gm"):
        Keyring(SM4)


def test_this_machine_has_both():
    assert all(map(suites.is_there, suites.SUITES.values()))


@pytest.mark.parametrize("suite", suites.SUITES.values(), ids=lambda each: each.name)
def test_a_fresh_environment_is_of_the_suite_that_is_asked_for(suite, settings: Any):
    fresh = new_environment(suite)
    data, digest = Keyring(fresh["REGISTRY_DATA_KEYS"]), DigestKeys(fresh["REGISTRY_DIGEST_KEYS"])
    assert data.keys[1].suite is digest.keys[1].suite is suite
    for name in ("REGISTRY_LOG_KEYS", "SHARING_WEBHOOK_KEYS", "SHARING_RESULT_KEYS"):
        assert len(read_keys(fresh[name])) == 1


def test_keys_do_not_show_in_the_text_of_what_holds_them():
    assert "aaaa" not in repr(Keyring(OLD).keys)
    assert new_key(4, GM).startswith("4:gm:")
