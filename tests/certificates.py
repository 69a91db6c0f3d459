"""Certificates made for one test run: an authority, and server certificates that are right or wrong in one respect."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Issues server certificates; ``file`` holds its own, for whoever trusts it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = _name(name)
        self._key = generate_private_key(SECP256R1())
        certificate = self._certificate(self._name, self._key, days=30, extension=x509.BasicConstraints(True, None))
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def context(self, host: str = "localhost", *, days: int = 30) -> ssl.SSLContext:
        """A server's TLS context with a certificate for ``host``; negative ``days``: expired so many days ago."""
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._certificate(_name(host), key, days=days, extension=names)
        file = self._folder / f"server-{certificate.serial_number}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, subject: x509.Name, key: EllipticCurvePrivateKey, *, days: int, extension: x509.ExtensionType
    ) -> x509.Certificate:
        ends = datetime.now(UTC) + timedelta(days=days)
        builder = x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(ends - timedelta(days=60)).not_valid_after(ends)
        return builder.add_extension(extension, critical=False).sign(self._key, SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
