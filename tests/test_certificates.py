"""Certificates that departments give: read or refused in words, and nothing else is kept of what was pasted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import (
    CertificateExpired,
    CertificateForAnotherKey,
    CertificateNotAnAuthority,
    CertificateShape,
    CertificatesTooMany,
    Refusal,
)
from sharing import certificates
from tests.certificates import Authority

NOW = datetime.now(UTC)
BEGIN, END = "-----BEGIN CERTIFICATE-----\n", "\n-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "Finance CA")


def _read(given: bytes | str) -> str:
    raw = given.encode() if isinstance(given, str) else given
    return certificates.authorities(raw, now=NOW, field="pem")


def test_an_authority_is_taken_from_pem_and_from_der(authority: Authority) -> None:
    (parsed,) = certificates.parsed(authority.pem)
    assert _read(authority.pem) == authority.pem
    assert _read(parsed.public_bytes(Encoding.DER)) == authority.pem
    assert certificates.subject(parsed) == "CN=Finance CA"
    assert len(certificates.fingerprint(parsed).split(":")) == 32


def test_words_around_it_repetitions_and_keys_are_not_kept(authority: Authority) -> None:
    _, key = authority.client()
    pasted = f"Subject: CN=x\n{authority.pem}\n{key.decode()}\n{authority.pem}".replace("\n", "\r\n")
    assert _read(pasted) == authority.pem


def test_several_are_kept_in_order(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    assert _read(other.pem + authority.pem) == other.pem + authority.pem


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        BEGIN + END,
        BEGIN + "bm8gY2VydGlmaWNhdGU=" + END,
        BEGIN + "MIIB",
        "\x00",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(CertificateShape):
        _read(text)


def test_a_bundle_with_one_broken_block_is_refused_whole(authority: Authority) -> None:
    with pytest.raises(CertificateShape):
        _read(authority.pem + BEGIN + "bm8gY2VydGlmaWNhdGU=" + END)


def test_a_servers_own_certificate_is_no_authority(authority: Authority) -> None:
    certificate, _ = authority.client("receiver.example")
    with pytest.raises(CertificateNotAnAuthority) as refused:
        _read(certificate)
    assert refused.value.facts == {"subject": "CN=receiver.example"}


def test_an_expired_one_is_refused_by_name_and_date(authority: Authority, tmp_path: Path) -> None:
    old = Authority(tmp_path, "Old CA", days=-1)
    with pytest.raises(CertificateExpired) as refused:
        _read(authority.pem + old.pem)
    ended = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert refused.value.facts == {"subject": "CN=Old CA", "ended": ended}


def test_too_long_is_refused_before_it_is_read(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(CertificatesTooMany):
        _read(authority.pem + " " * certificates.BYTES_MOST)
    many = "".join(Authority(tmp_path, f"CA {number}").pem for number in range(certificates.CERTIFICATES_MOST + 1))
    with pytest.raises(CertificatesTooMany):
        _read(many)


@given(st.binary(max_size=300))
def test_whatever_is_given_is_read_or_refused(raw: bytes) -> None:
    for given_bytes in (raw, BEGIN.encode() + raw + END.encode()):
        with pytest.raises(Refusal):
            _read(given_bytes)


# The court's own


def test_a_certificate_made_here_is_a_clients_for_two_years() -> None:
    pem = certificates.self_signed(certificates.new_key(), host="registry.court.example", unit="ep_1", now=NOW)
    (made,) = certificates.parsed(pem)
    assert certificates.subject(made) == "CN=registry.court.example,OU=ep_1"
    assert made.issuer == made.subject
    assert timedelta(days=729) < made.not_valid_after_utc - NOW < timedelta(days=731)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    with pytest.raises(CertificateNotAnAuthority):
        _read(pem)


def test_a_signed_chain_belongs_to_the_key_it_was_asked_for(authority: Authority) -> None:
    keys = [certificates.new_key(), certificates.new_key()]
    signed = authority.sign(certificates.request(keys[1], host="registry.court.example", unit="ep_1").encode())
    given_chain = (signed + authority.pem).encode()
    assert certificates.chain_for(given_chain, keys, now=NOW, field="chain") == (signed + authority.pem, 1)
    for wrong in (keys[:1], []):
        with pytest.raises(CertificateForAnotherKey):
            certificates.chain_for(given_chain, wrong, now=NOW, field="chain")
    with pytest.raises(CertificateForAnotherKey):
        certificates.chain_for((authority.pem + signed).encode(), keys, now=NOW, field="chain")


def test_a_signed_chain_that_expired_is_refused(authority: Authority) -> None:
    key = certificates.new_key()
    signed = authority.sign(certificates.request(key, host="h", unit="ep_1").encode(), days=-1)
    with pytest.raises(CertificateExpired):
        certificates.chain_for(signed.encode(), [key], now=NOW, field="chain")
