"""Certificates made for one test run: an authority, and certificates that are right or wrong in one respect."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

# What a strict client (RFC 5280; Python from 3.13 on) asks of an authority.
CRITICAL = (x509.BasicConstraints, x509.KeyUsage)
SIGNS = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


class Authority:
    """Issues certificates; ``file`` and ``pem`` are its own, for whoever trusts it."""

    def __init__(self, folder: Path, name: str, *, days: int = 30, key: Any = None, hashed: Any = None) -> None:
        """``key``, ``hashed``: with what it signs, P-256 and SHA-256 unless said."""
        self.folder = folder
        self._name = _name(name)
        self._key = key or generate_private_key(SECP256R1())
        self._hash = hashed or SHA256()
        extension = x509.BasicConstraints(True, None)
        certificate = self._certificate(
            self._name, self._key.public_key(), days=days, extension=extension, more=[SIGNS]
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    @property
    def pem(self) -> str:
        return self.file.read_text()

    def context(self, host: str = "localhost", *, days: int = 30, key: Any = None) -> ssl.SSLContext:
        """A server's TLS context with a certificate for ``host``; negative ``days``: expired so many days ago."""
        file = self.folder / f"server-{host}-{days}.pem"
        file.write_bytes(self.server(host, days=days, key=key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def server(self, host: str, *, days: int = 30, key: Any = None, told_at: str = "") -> bytes:
        """A private key and its certificate for ``host``. ``told_at``: the address that tells whether it was revoked."""
        key = key or generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(told_at))
        more = [x509.AuthorityInformationAccess([where])] if told_at else []
        certificate = self._certificate(_name(host), key.public_key(), days=days, extension=names, more=more)
        return _private(key) + certificate.public_bytes(Encoding.PEM)

    def said_about(self, question: ocsp.OCSPRequest, state: ocsp.OCSPCertStatus) -> bytes:
        """Whether a certificate is revoked, signed (RFC 6960): of whichever is asked about, this."""
        now = datetime.now(UTC)
        revoked = now if state is ocsp.OCSPCertStatus.REVOKED else None
        answer = ocsp.OCSPResponseBuilder().add_response_by_hash(
            question.issuer_name_hash, question.issuer_key_hash, question.serial_number, question.hash_algorithm, cert_status=state,
            this_update=now - timedelta(hours=1), next_update=now + timedelta(days=1), revocation_time=revoked, revocation_reason=None,
        )  # fmt: skip
        own = x509.load_pem_x509_certificate(self.pem.encode())
        signed = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, own).certificates([own]).sign(self._key, SHA256())
        return signed.public_bytes(Encoding.DER)

    def client(self, name: str = "court", *, days: int = 30, key: Any = None) -> tuple[bytes, bytes]:
        """A client's certificate and private key."""
        key = key or generate_private_key(SECP256R1())
        return self._signed(_name(name), key.public_key(), days), _private(key)

    def sign(self, request: bytes, *, days: int = 30) -> str:
        """The certificate that a request (PKCS #10) asks for."""
        asked = x509.load_pem_x509_csr(request)
        assert asked.is_signature_valid
        return self._signed(asked.subject, asked.public_key(), days).decode()

    def _signed(self, subject: x509.Name, key: Any, days: int) -> bytes:
        extension = x509.BasicConstraints(False, None)
        return self._certificate(subject, key, days=days, extension=extension).public_bytes(Encoding.PEM)

    def _certificate(
        self, subject: x509.Name, key: Any, *, days: int, extension: x509.ExtensionType,
        more: Sequence[x509.ExtensionType] = (),
    ) -> x509.Certificate:  # fmt: skip
        ends = datetime.now(UTC) + timedelta(days=days)
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        builder = builder.not_valid_before(ends - timedelta(days=60)).not_valid_after(ends)
        own, issuers = x509.SubjectKeyIdentifier.from_public_key(key), self._key.public_key()
        identifiers = (own, x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers))
        for each in (extension, *identifiers, *more):
            builder = builder.add_extension(each, critical=isinstance(each, CRITICAL))
        return builder.sign(self._key, self._hash)


def trusting(authority: Path) -> ssl.SSLContext:
    """A client's TLS context that trusts this authority alone, and is strict about certificates with every Python."""
    context = ssl.create_default_context(cafile=str(authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def demanding(context: ssl.SSLContext, trusted: str, *, latest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """The same, demanding a client certificate that leads to one of those trusted (PEM)."""
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=trusted)
    if latest is not None:
        context.maximum_version = latest
    return context


def _private(key: Any) -> bytes:
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
