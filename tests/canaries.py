"""A person and secrets that exist nowhere else, and the search for them in whatever was written anywhere, in every form."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tests import cast

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
OFFSETS = range(3)
LEAST = 6  # bytes: whatever is shorter is found by chance


@dataclass(frozen=True)
class Form:
    """How a value was written; ``kind`` says so in words."""

    kind: str
    needle: bytes


@dataclass(frozen=True)
class Found:
    sink: str
    where: str
    kind: str


@dataclass(frozen=True)
class Person:
    """``number`` ends in X, so that its last six characters are found nowhere by chance."""

    name: str
    number: str

    def forms(self) -> list[Form]:
        return [*written(self.number, "number"), *parts(self.number), *written(self.name, "name")]


CANARY = Person("訾鹮㸚", cast.resident("11010119380213474"))
DECOY = Person("訾鹮䨻", cast.resident("11010119370511494"))


def written(value: str, called: str) -> list[Form]:
    """The value as it is, and in every dress."""
    raw = value.encode()
    wide = value.translate(FULL_WIDTH)
    found = {
        "raw": raw,
        "lower case": value.lower().encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "percent": quote(value, safe="").encode(),
        "every byte percent": b"".join(b"%%%02X" % byte for byte in raw),
        "escaped": "".join(f"\\u{ord(each):04x}" for each in value).encode(),
        "full-width": wide.encode(),
        "full-width, escaped": "".join(f"\\u{ord(each):04x}" for each in wide).encode(),
        "UTF-16": value.encode("utf-16-le"),
        "reversed": value[::-1].encode(),
        "SHA-256": hashlib.sha256(raw).digest(),
        "SHA-256 in hex": hashlib.sha256(raw).hexdigest().encode(),
        "SHA-256 in base64": base64.b64encode(hashlib.sha256(raw).digest())[:40],
    }
    forms = [Form(f"{called}, {kind}", needle) for kind, needle in found.items()]
    return [*dict.fromkeys([*forms, *_in_base64(raw, called)])]


def parts(number: str) -> list[Form]:
    """What tells who it is without the whole number."""
    born, sex = number[6:14], number[16]
    return [
        Form("last six", number[-6:].encode()),
        Form("birth date and sex digit", f"{born}{sex}".encode()),
        Form("birth date and serial", number[6:17].encode()),
        Form("birth date", f"{born[:4]}-{born[4:6]}-{born[6:]}".encode()),
    ]


def secret(value: str, called: str) -> list[Form]:
    """A digest tells nothing of what was drawn: by it such things are kept."""
    return [form for form in written(value, called) if len(form.needle) >= LEAST and "SHA-256" not in form.kind]


def _in_base64(raw: bytes, called: str) -> Iterator[Form]:
    """What is the same of it wherever in the encoded bytes it begins."""
    for offset in OFFSETS:
        whole = base64.b64encode(bytes(offset) + raw)
        begins, ends = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
        yield Form(f"{called}, base64 at {offset}", whole[begins:ends])
        if base64.urlsafe_b64encode(whole) != whole:
            yield Form(f"{called}, base64url at {offset}", base64.urlsafe_b64encode(bytes(offset) + raw)[begins:ends])


def search(sinks: Mapping[str, Mapping[str, bytes]], forms: list[Form]) -> list[Found]:
    """Every form in every place of every sink."""
    return [
        Found(sink, where, form.kind)
        for sink, places in sinks.items()
        for where, content in places.items()
        for form in forms
        if form.needle in content
    ]
