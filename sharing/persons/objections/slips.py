"""The slip: number and a short code, with which anybody who holds it sees the state and the deadline, and nothing else."""

from __future__ import annotations

import hmac
import re
import unicodedata

from registry.errors import SlipWrong
from registry.keys import digest_keys
from sharing.employers.short_code import ShortCode
from sharing.persons.models import Objection

FORM = ShortCode(random=9, group=5)
NUMBER = re.compile(r"O?-?([0-9]{4})-?([0-9]{1,6})", re.ASCII)
TYPED_MOST = 32


def new_code() -> str:
    return FORM.new()


def digest(number: str, code: str) -> bytes:
    """What is kept of the code, under the current key."""
    return digest_keys().digest(digested_as(number, code))


def follow(typed_number: str, typed_code: str) -> Objection:
    """Raises `SlipWrong`, whichever of the two is wrong, or where the listing is sealed; it costs the same."""
    number, code = _number(typed_number), FORM.read(typed_code) or ""
    found = Objection.objects.filter(pk=number, listing__sealed_at=None).first()
    kept = bytes(found.code_digest) if found else b""
    fits = [hmac.compare_digest(kept, each) for each in digest_keys().digests(digested_as(number, code))]
    if found is None or not any(fits):
        raise SlipWrong("code")
    return found


def _number(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed[:TYPED_MOST]).upper().replace(" ", "")
    found = NUMBER.fullmatch(plain)
    return f"O-{found[1]}-{int(found[2]):06d}" if found else ""


def digested_as(number: str, code: str) -> str:
    """The text whose digest is kept."""
    return f"objection slip:{number}:{code}"
