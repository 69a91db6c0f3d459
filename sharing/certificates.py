"""X.509 certificates (RFC 5280) that departments give and are given: read, refused in words, made.

Whatever is read is written anew, so that nothing but certificates is kept of what was pasted.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from registry.errors import (
    CertificateExpired,
    CertificateForAnotherKey,
    CertificateNotAnAuthority,
    CertificateShape,
    CertificatesTooMany,
    CertificateTooWeak,
)
from registry.strength import is_strong, is_strong_hash, said

OPTIONAL, REQUIRED = "optional", "required"  # what settings say of certificates
BYTES_MOST = 64 * 1024
CERTIFICATES_MOST = 20
LIFE = timedelta(days=730)  # of a certificate made here
CLOCKS_DIFFER = timedelta(hours=1)

CLIENT_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def authorities(given: bytes, *, now: datetime, field: str) -> str:
    """PEM of the certificate authorities in PEM or DER, each once. Raises each of the refusals but one."""
    found = _read(given, field)
    for each in found:
        if not _is_authority(each, field):
            raise CertificateNotAnAuthority(field, subject=subject(each))
        _refuse_expired(each, now, field)
        _refuse_weak(each, field)
    return _pem(found)


def chain_for(given: bytes, keys: Sequence[bytes], *, now: datetime, field: str) -> tuple[str, int]:
    """PEM of a client's certificate and what leads from it to its authority, and which of the keys it belongs to.

    The certificate of the key comes first. Raises `CertificateForAnotherKey` and the others.
    """
    found = _read(given, field)
    for each in found:
        _refuse_expired(each, now, field)
    try:
        public = found[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError as problem:
        raise CertificateForAnotherKey(field, subject=subject(found[0])) from problem
    for index, key in enumerate(keys):
        if _private(key).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == public:
            for each in found:
                _refuse_weak(each, field)
            return _pem(found), index
    raise CertificateForAnotherKey(field, subject=subject(found[0]))


def parsed(pem: str) -> list[x509.Certificate]:
    """Those of a text that was written here."""
    return x509.load_pem_x509_certificates(pem.encode())


def subject(certificate: x509.Certificate) -> str:
    """As RFC 4514 writes it."""
    return certificate.subject.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, as tools print it: AB:CD:…"""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate as tokens are bound to it: ``x5t#S256`` (RFC 8705 §3.1), base64url without padding."""
    return urlsafe_b64encode(certificate.fingerprint(SHA256())).decode().rstrip("=")


def clients(given: bytes, *, now: datetime, field: str) -> list[x509.Certificate]:
    """The client certificates in PEM or DER, each once. Raises `CertificateShape`, `CertificateExpired`,
    `CertificateTooWeak` and `CertificatesTooMany`.
    """
    found = _read(given, field)
    for each in found:
        _refuse_expired(each, now, field)
        _refuse_weak(each, field)
    return found


def new_key() -> bytes:
    """A private key on P-256, in PEM (PKCS #8)."""
    return generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def self_signed(key: bytes, *, host: str, unit: str, now: datetime) -> str:
    """A client certificate of the key's own, for two years: whoever pins it needs no authority."""
    private, name = _private(key), _name(host, unit)
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - CLOCKS_DIFFER).not_valid_after(now + LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(CLIENT_USAGE, critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    # While the old one and the new one are both pinned, they have one name: only these tell a verifier which is meant.
    its_own = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    builder = builder.add_extension(its_own, critical=False)
    its_issuers = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(its_own)
    builder = builder.add_extension(its_issuers, critical=False)
    return _pem([builder.sign(private, SHA256())])


def request(key: bytes, *, host: str, unit: str) -> str:
    """A certificate signing request for the key (PKCS #10, RFC 2986), in PEM."""
    builder = x509.CertificateSigningRequestBuilder(_name(host, unit))
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return builder.sign(_private(key), SHA256()).public_bytes(Encoding.PEM).decode()


def _read(given: bytes, field: str) -> list[x509.Certificate]:
    if len(given) > BYTES_MOST:
        raise CertificatesTooMany(field, most=CERTIFICATES_MOST, kib=BYTES_MOST // 1024)
    try:
        in_pem = b"-----BEGIN" in given
        found = x509.load_pem_x509_certificates(given) if in_pem else [x509.load_der_x509_certificate(given)]
    except ValueError as problem:
        raise CertificateShape(field) from problem
    once = list(dict.fromkeys(found))
    if len(once) > CERTIFICATES_MOST:
        raise CertificatesTooMany(field, most=CERTIFICATES_MOST, kib=BYTES_MOST // 1024)
    return once


def _is_authority(certificate: x509.Certificate, field: str) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
    except ValueError as problem:
        raise CertificateShape(field) from problem


def _refuse_expired(certificate: x509.Certificate, now: datetime, field: str) -> None:
    if certificate.not_valid_after_utc <= now:
        ended = certificate.not_valid_after_utc.astimezone(UTC).date()
        raise CertificateExpired(field, subject=subject(certificate), ended=ended.isoformat())


def _refuse_weak(certificate: x509.Certificate, field: str) -> None:
    """By its key; and by the hash that it is signed with, unless it signs itself: nobody relies on that signature.

    Ed25519 names no hash.
    """
    try:
        key, hashed = certificate.public_key(), certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        kind = certificate.public_key_algorithm_oid.dotted_string
        raise CertificateTooWeak(field, subject=subject(certificate), found=kind) from None
    if not is_strong(key):
        raise CertificateTooWeak(field, subject=subject(certificate), found=said(key))
    if hashed and certificate.issuer != certificate.subject and not is_strong_hash(hashed):
        raise CertificateTooWeak(field, subject=subject(certificate), found=hashed.name.upper())


def _pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def _private(key: bytes) -> EllipticCurvePrivateKey:
    private = load_pem_private_key(key, None)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise TypeError("the key is not one that was made here")
    return private


def _name(host: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, host[:64]),
        ]
    )
