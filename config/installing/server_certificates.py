"""Whether a certificate that the proxy will show is there, in time, strong, of its name and of its key (RFC 5280, RFC 6125)."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.utils.translation import gettext as _

from config.installing.findings import Finding, green, red, yellow
from registry.strength import is_strong, is_strong_hash, said

SOON = timedelta(days=30)


def of_chain(part: str, chain: Path, host: str, *, now: datetime) -> list[Finding]:
    """What is wrong with the certificate for this host name; one that is green where nothing is."""
    try:
        found = x509.load_pem_x509_certificates(chain.read_bytes())
    except (OSError, ValueError) as error:
        return [_unreadable(part, chain, error)]
    wrong = [*_names(part, found[0], host), *_times(part, found, now), *_weak(part, found), *_linked(part, found)]
    return wrong or [green(part, _("{host} until {day}").format(host=host, day=found[0].not_valid_after_utc.date()))]


def of_key(part: str, chain: Path, key: Path) -> list[Finding]:
    """Whether the key is the certificate's, and nobody else's."""
    try:
        own = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    except (OSError, ValueError):
        return []  # said of the chain
    return list(_of_key(part, own, key)) or [green(part, _("it is the certificate's"))]


def authority(part: str, file: Path, chain: Path) -> list[Finding]:
    """Whether the authority's certificates are there, and the chain leads to one of them."""
    try:
        trusted = x509.load_pem_x509_certificates(file.read_bytes())
        last = x509.load_pem_x509_certificates(chain.read_bytes())[-1]
    except (OSError, ValueError) as error:
        return [_unreadable(part, file, error)]
    if any(last == each or _issued(last, each) for each in trusted):
        return [green(part, _("the chain in {file} leads to it").format(file=chain))]
    remedy = _("Put the certificates of the authority that issued it into {file}, from the root on.").format(file=file)
    return [red(part, _("the chain in {file} does not lead to it").format(file=chain), remedy)]


def _unreadable(part: str, file: Path, error: Exception) -> Finding:
    why = _("{file} cannot be read as PEM ({why})").format(file=file, why=type(error).__name__)
    return red(part, why, _("Name a file that is there, with BEGIN CERTIFICATE in it, the server's own first."))


def _names(part: str, own: x509.Certificate, host: str) -> Iterator[Finding]:
    try:
        extension = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = extension.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    if not any(_is_named(host, name.lower()) for name in names):
        shown = ", ".join(names) or _("no name")
        yield red(
            part,
            _("the certificate is for {names}, not for {host}").format(names=shown, host=host),
            _("Have one issued with {host} among its names (subjectAltName).").format(host=host),
        )


def _is_named(host: str, name: str) -> bool:
    """A star stands for one label, the first."""
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return host == name


def _times(part: str, chain: Sequence[x509.Certificate], now: datetime) -> Iterator[Finding]:
    ends = min(each.not_valid_after_utc for each in chain)
    remedy = _("Have it renewed, and reload nginx.")
    if max(each.not_valid_before_utc for each in chain) > now:
        yield red(part, _("the certificate is not valid yet"), _("Wait for its day, or look at this machine's clock."))
    elif ends <= now:
        yield red(part, _("the certificate has expired on {day}").format(day=ends.date()), remedy)
    elif ends - now < SOON:
        yield yellow(part, _("the certificate expires on {day}").format(day=ends.date()), remedy)


def _weak(part: str, chain: Sequence[x509.Certificate]) -> Iterator[Finding]:
    for each in chain:
        key, hashed = each.public_key(), each.signature_hash_algorithm
        if is_strong(key) and (hashed is None or is_strong_hash(hashed)):
            continue
        what = said(key) if hashed is None else f"{said(key)}, {hashed.name}"
        yield red(
            part,
            _("the certificate is too weak: {what}").format(what=what),
            _("Have one issued with RSA from 3072 bits or a curve from 256, and SHA-256."),
        )


def _linked(part: str, chain: Sequence[x509.Certificate]) -> Iterator[Finding]:
    if not all(_issued(each, above) for each, above in pairwise(chain)):
        remedy = _("The server's own first, then each certificate of an authority that issued the one before.")
        yield red(part, _("the certificates in the file do not follow one another"), remedy)


def _issued(each: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        each.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _of_key(part: str, own: x509.Certificate, file: Path) -> Iterator[Finding]:
    try:
        mode = file.stat().st_mode
        key = load_pem_private_key(file.read_bytes(), None).public_key()
    except (OSError, ValueError, TypeError) as error:
        yield red(
            part,
            _("the key {file} cannot be read ({why})").format(file=file, why=type(error).__name__),
            _("Name the file of the private key in PEM, without a passphrase."),
        )
        return
    as_bytes = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_bytes(*as_bytes) != own.public_key().public_bytes(*as_bytes):
        remedy = _("Name the key for which the certificate was requested.")
        yield red(part, _("the key {file} is that of another certificate").format(file=file), remedy)
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        remedy = _("chmod 600 {file}").format(file=file)
        yield red(part, _("others may read the key {file}").format(file=file), remedy)
