"""Certificates made for one test run: an authority, and certificates that are right or wrong in one respect."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Issues certificates; ``file`` and ``pem`` are its own, for whoever trusts it."""

    def __init__(self, folder: Path, name: str, *, days: int = 30, key: Any = None, hashed: Any = None) -> None:
        """``key``, ``hashed``: with what it signs, P-256 and SHA-256 unless said."""
        self.folder = folder
        self._name = _name(name)
        self._key = key or generate_private_key(SECP256R1())
        self._hash = hashed or SHA256()
        extension = x509.BasicConstraints(True, None)
        certificate = self._certificate(self._name, self._key.public_key(), days=days, extension=extension)
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

    def server(self, host: str, *, days: int = 30, key: Any = None) -> bytes:
        """A private key and its certificate for ``host``."""
        key = key or generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._certificate(_name(host), key.public_key(), days=days, extension=names)
        return _private(key) + certificate.public_bytes(Encoding.PEM)

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
        self, subject: x509.Name, key: Any, *, days: int, extension: x509.ExtensionType
    ) -> x509.Certificate:
        ends = datetime.now(UTC) + timedelta(days=days)
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        builder = builder.not_valid_before(ends - timedelta(days=60)).not_valid_after(ends)
        return builder.add_extension(extension, critical=False).sign(self._key, self._hash)


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
