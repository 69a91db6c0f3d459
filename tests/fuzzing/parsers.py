"""What must hold of every reader of strangers' text, whatever the text: each raises `Broken`, or lets an exception out.

A reader either takes the text and gives its one canonical form, or refuses it by a named class. Nothing here needs a
database or a network (`resolved_here` stands in for the resolver).
"""

from __future__ import annotations

import csv
import io
import ipaddress
import socket
import string
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import case_files, case_number, codes, identity, spreadsheets
from registry.case_number import CaseNumber
from registry.errors import Refusal
from sharing import addresses, signing
from sharing.delivery import backoff
from sharing.employers import uploads
from sharing.receiver.calling import wait_asked_for
from sharing.receiver.verification import NotGenuine, Verifier, verifier
from tests.fuzzing.inputs import text_of

IN_NUMBERS = set(string.ascii_uppercase + string.digits + "-")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "93.184.216.34"

NUMBERS = (
    "110105198803041236",
    "11010519880304123X",
    "110105880304123",
    "91110000600037341L",
    "E12345678",
    "H0123456700",
)
CASES = ("（2023）京0105刑初123号", "（2014）朝刑初字第344号")
NAMES = ("高䶮", "阿卜杜热依木·买买提", "José O’Neill")
SHEETS = (
    "姓名,证件号码,授权同意码\r\n王某,110105198803041236,ABCDE-FGHJK-LMNPQ\r\n",
    "案号\n（2023）京0105刑初123号\n",
)
URLS = ("https://receiver.example.cn/hook", "https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://0x7f.1:8443/")
WAITS = ("120", "-1", "Wed, 25 Nov 2026 02:00:00 GMT", "999999999999")


T = TypeVar("T")


class Broken(AssertionError):
    """What must hold did not. The text says what."""


def document_number(data: bytes) -> None:
    """One person has one number: ASCII, itself canonical, the same however wide it was typed."""
    text = text_of(data, NUMBERS)
    for kind in codes.entries(identity.LIST):
        number = _read(partial(identity.canonical, kind, text, today=TODAY))
        narrow = _read(partial(identity.canonical, kind, unicodedata.normalize("NFKC", text), today=TODAY))
        if number is None:
            # What is longer than is looked at may become short enough; nothing else may become sound.
            _must(
                narrow is None or len(text) > identity.MOST_TYPED, "a number is refused as typed and taken when narrow"
            )
            continue
        _must(set(number) <= IN_NUMBERS, "a canonical number is capital ASCII")
        _must(number == identity.canonical(kind, number, today=TODAY), "a canonical number is its own canonical form")
        _must(
            number == narrow or len(unicodedata.normalize("NFKC", text)) > identity.MOST_TYPED, "width does not matter"
        )
        _must(_sign(text) == _sign(number) or len(number) == 18, "two numbers never merge")
        _must("*" in identity.masked(number) and number not in identity.masked(number), "a masked number is masked")


def case_number_(data: bytes) -> None:
    """A number that is read is read back as itself."""
    text = text_of(data, CASES)
    found = _read(lambda: case_number.parse(text, today=TODAY, court="京0105"))
    if found is not None:
        again = case_number.parse(found.text, today=TODAY, court="京0105")
        _must(again == found, "a canonical case number is its own canonical form")
        _must(
            not any(each.isdigit() and not each.isascii() for each in found.text), "digits of a case number are ASCII"
        )
        _must(isinstance(found, CaseNumber) and 0 < found.serial < 10**8, "the serial number is in bounds")


def name(data: bytes) -> None:
    """A name that is stored stays as it is, and so does the form that it is compared by."""
    text = text_of(data, NAMES)
    stored = _read(lambda: identity.canonical_name(text))
    form = identity.name_form(text[: identity.MOST_NAME])
    _must(identity.name_form(form) == form, "the form of a form is itself")
    if stored is not None:
        _must(stored == identity.canonical_name(stored), "a stored name is its own canonical form")
        _must(0 < len(stored) <= identity.MOST_NAME and stored == stored.strip(), "a stored name is short and trimmed")
        _must(identity.name_form(stored) == identity.name_form(text), "storing a name does not change whom it matches")


def table(data: bytes) -> None:
    """A file is read or refused; what is written of it has no formula, and is read back as the same cells."""
    text = text_of(data, SHEETS)
    for file in (data[1:], text.encode("utf-8", "surrogatepass"), text.encode("gb18030", "ignore")):
        _read(partial(_rows, file))
        _read(partial(_cases, file))
    plain = text.encode("utf-8", "ignore").decode()
    written = b"".join(spreadsheets.unsealed_csv_file(["name", "again"], [[plain, "x" + plain]]))
    (_head, row) = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    _must(not row[0].startswith(spreadsheets.BEGIN_FORMULAS), "no cell begins a formula")
    _must(row == [spreadsheets.safe(plain), "x" + plain], "what is written is read back")


def signature_header(data: bytes) -> None:
    """Without the key no header is genuine, whatever it holds."""
    identifier, timestamp, *others = [*text_of(data).split("|", 3), "", ""]
    stamp = str(int(NOW.timestamp()))
    for headers in (
        {"webhook-id": identifier, "webhook-timestamp": timestamp, "webhook-signature": others[0]},
        {"webhook-id": "evt_1", "webhook-timestamp": stamp, "webhook-signature": text_of(data, (MODEL_SIGNATURE,))},
    ):
        _must(not _genuine(VERIFIER, headers), "a forged header is genuine for the receiver")
        known = _read(partial(_taken, headers))
        _must(known is None, "a forged header is genuine for the court")


def url_guard(data: bytes) -> None:
    """A URL that is taken leads to a public address, and is already in the form that is connected to."""
    text = text_of(data, URLS)
    for url in (text, f"https://{text}/", f"https://8.8.8.8/{text}"):
        kept = _read(partial(addresses.check_url, url))
        if kept is None:
            continue
        _must(kept.isascii() and kept.startswith("https://"), "a kept URL is ASCII and encrypted")
        _must(addresses.check_url(kept) == kept, "a kept URL is its own canonical form")
        for each in socket.getaddrinfo(urlsplit(kept).hostname or "", 443):
            _must(ipaddress.ip_address(each[4][0]).is_global, f"{each[4][0]} is not public")


def retry_after(data: bytes) -> None:
    """A wish to wait, whatever it says, is honoured for an hour at most."""
    wished = wait_asked_for({"retry-after": text_of(data, WAITS)})
    _must(isinstance(wished, int) and 0 <= wished <= 3600, "a wish beyond an hour is honoured")
    _must(0 < backoff.delay(len(data), retry_after=wished) <= 3600 * (1 + backoff.SPREAD), "a wait beyond an hour")


PARSERS: dict[str, Callable[[bytes], None]] = {
    "document number": document_number,
    "case number": case_number_,
    "name": name,
    "CSV": table,
    "signature header": signature_header,
    "URL guard": url_guard,
    "Retry-After": retry_after,
}


@contextmanager
def resolved_here() -> Iterator[None]:
    """Names resolve to a public address, numbers as the C library reads them, and nobody is asked."""
    with patch.object(socket, "getaddrinfo", _resolved):
        yield


def _resolved(host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        try:
            address = socket.inet_ntoa(socket.inet_aton(host))
        except (OSError, UnicodeError):
            address = "127.0.0.1" if host.rstrip(".").endswith("localhost") else PUBLIC
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


def _read(reader: Callable[[], T]) -> T | None:
    """What was read, or None where it was refused by name."""
    try:
        return reader()
    except Refusal:
        return None


def _sign(text: str) -> str:
    """All letters and digits of it, whatever their width."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).upper() if not each.isspace())


def _rows(file: bytes) -> int:
    return len(list(uploads.read(file, most_rows=100)))


def _cases(file: bytes) -> int:
    return len(list(case_files.read(file)))


VERIFIER = verifier([SECRET], [])
MODEL_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def _genuine(judge: Verifier, headers: dict[str, str]) -> bool:
    try:
        judge.check(headers, b"{}", NOW.timestamp())
    except NotGenuine:
        return False
    return True


def _taken(headers: dict[str, str]) -> bool:
    signing.verify(headers, b"{}", now=NOW, secrets=[signing.parse_secret(SECRET)], public_keys=[KEY.public_key()])
    return True
