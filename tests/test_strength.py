"""Nothing below 128 bits of security is taken from others: not in certificates, TLS or keys of any kind."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

from registry import strength
from registry.errors import CertificateTooWeak
from sharing import certificates
from sharing.transport import TlsIdentity
from tests.certificates import Authority
from tests.test_transport_tls import _over_tls, _transport

NOW = datetime.now(UTC)
CURVES = (ec.SECP224R1(), ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())
MADE: Mapping[str, Callable[[], Any]] = {
    **{f"RSA {bits}": partial(rsa.generate_private_key, 65537, bits) for bits in (1024, 2048, 3071, 3072)},
    **{curve.name: partial(ec.generate_private_key, curve) for curve in CURVES},
    "DSA 3072": partial(dsa.generate_private_key, 3072),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "Ed448": ed448.Ed448PrivateKey.generate,
    "X25519": x25519.X25519PrivateKey.generate,
}
WEAK = ("RSA 2048", "secp224r1")
STRONG = ("RSA 3072", "secp256r1", "secp384r1", "secp521r1")
SLOW = pytest.mark.slow  # to be made


def keys(*names: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("key", names, indirect=True)


@cache
def made(name: str) -> Any:
    return MADE[name]()


@pytest.fixture
def key(request: pytest.FixtureRequest) -> Any:
    """Made where it is asked for: whoever collects tests does not wait for it."""
    return made(request.param)


@keys(*STRONG, "Ed25519", "Ed448")
def test_a_key_of_128_bits_of_security_is_strong(key: Any) -> None:
    assert strength.is_strong(key.public_key())


@keys(*WEAK, "RSA 3071", pytest.param("DSA 3072", marks=SLOW), "X25519")
def test_a_smaller_key_and_one_of_another_kind_are_not(key: Any) -> None:
    assert not strength.is_strong(key.public_key())


def test_what_is_no_public_key_is_not_strong() -> None:
    assert not strength.is_strong(b"a shared secret of 32 bytes ....")
    assert not strength.is_strong(made("RSA 3072"))


@pytest.mark.parametrize("weak", [hashes.MD5(), hashes.SHA1(), hashes.SHA224()])
def test_a_hash_below_256_bits_is_not_strong(weak: hashes.HashAlgorithm) -> None:
    assert not strength.is_strong_hash(weak)
    assert strength.is_strong_hash(hashes.SHA256())


def test_a_key_is_called_by_what_its_owner_knows_it_by() -> None:
    assert [strength.said(key.public_key()) for key in map(made, (*WEAK, "Ed25519"))] == [
        "RSA 2048",
        "EC secp224r1",
        "Ed25519",
    ]


# Certificates


@keys(*WEAK)
def test_an_authority_with_a_weak_key_is_refused(tmp_path: Path, key: Any) -> None:
    weak = Authority(tmp_path, "weak", key=key)
    with pytest.raises(CertificateTooWeak) as refused:
        certificates.authorities(weak.pem.encode(), now=NOW, field="pem")
    assert strength.said(key.public_key()) in refused.value.text


def test_an_authority_between_that_is_signed_with_a_weak_hash_is_refused_and_a_root_is_not(tmp_path: Path) -> None:
    """A root's own signature proves nothing, whatever it hashes with."""
    weak = Authority(tmp_path, "weak", hashed=hashes.SHA224())
    assert certificates.authorities(weak.pem.encode(), now=NOW, field="pem")
    issued, _key = weak.client()
    with pytest.raises(CertificateTooWeak, match="SHA224"):
        certificates.clients(issued, now=NOW, field="pem")


@keys(*WEAK)
def test_a_client_certificate_with_a_weak_key_binds_nothing(tmp_path: Path, key: Any) -> None:
    weak, _key = Authority(tmp_path, "CA").client(key=key)
    with pytest.raises(CertificateTooWeak):
        certificates.clients(weak, now=NOW, field="pem")


@keys(*STRONG)
def test_strong_ones_are_taken(tmp_path: Path, key: Any) -> None:
    authority = Authority(tmp_path, "CA", key=key)
    assert certificates.authorities(authority.pem.encode(), now=NOW, field="pem") == authority.pem
    assert certificates.clients(authority.client(key=key)[0], now=NOW, field="pem")


def test_the_courts_own_certificate_comes_by_strong_authorities_alone(tmp_path: Path) -> None:
    own = certificates.new_key()
    weak = Authority(tmp_path, "weak", key=made("RSA 2048"))
    chain = weak.sign(certificates.request(own, host="court.example", unit="x").encode())
    assert certificates.chain_for(chain.encode(), [own], now=NOW, field="pem")[1] == 0
    with pytest.raises(CertificateTooWeak, match="RSA 2048"):
        certificates.chain_for((chain + weak.pem).encode(), [own], now=NOW, field="pem")


# TLS of those whom the court connects to


def _answer(folder: Path, *, leaf: Any = None, root: Any = None, hashed: Any = None, **options: Any) -> Any:
    authority = Authority(folder, "root", key=root, hashed=hashed)
    with closing(_transport(authority, **options)) as transport:
        return _over_tls(authority.context(key=leaf), transport)


@keys(*WEAK)
def test_a_receiver_with_a_weak_key_or_a_weak_authority_is_refused_by_name(tmp_path: Path, key: Any) -> None:
    if isinstance(key, rsa.RSAPrivateKey):  # of P-224 the server's own OpenSSL knows no way to sign
        assert _answer(tmp_path, leaf=key).failure == "tls_weak"
    assert _answer(tmp_path, root=key).failure == "tls_weak"


def test_a_receiver_whose_certificate_is_signed_with_a_weak_hash_is_refused_by_name(tmp_path: Path) -> None:
    assert _answer(tmp_path, hashed=hashes.SHA224()).failure == "tls_weak"


@keys(*STRONG)
def test_a_receiver_with_a_strong_key_is_reached(tmp_path: Path, key: Any) -> None:
    assert _answer(tmp_path, leaf=key, root=key).transported


def test_a_court_may_let_rsa_2048_in_and_nothing_smaller(tmp_path: Path) -> None:
    assert _answer(tmp_path, leaf=made("RSA 2048"), root=made("RSA 2048"), bits=112).transported
    smaller = made("RSA 1024")
    assert _answer(tmp_path, root=smaller, bits=112).failure == "tls_weak"


def test_a_receivers_own_authority_lets_no_weak_key_in(tmp_path: Path) -> None:
    own = Authority(tmp_path, "own")
    with closing(_transport(own)) as transport:
        answer = _over_tls(own.context(key=made("RSA 2048")), transport, TlsIdentity(authorities=own.pem.encode()))
    assert answer.failure == "tls_weak"


@pytest.mark.parametrize("weak", ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"])
def test_a_cipher_without_authenticated_encryption_is_not_spoken(tmp_path: Path, weak: str) -> None:
    authority = Authority(tmp_path, "root")
    context = authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(weak)
    with closing(_transport(authority)) as transport:
        assert _over_tls(context, transport).failure == "tls_handshake"
