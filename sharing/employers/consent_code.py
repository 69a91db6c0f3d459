"""The code by which an applicant's consent is used: 15 characters in three groups, of which the last checks the others.

14 of them are random: 69 bits. It is no secret on its own: only the employer that it names can use it, about the one
person and post, once, and wrong ones are counted (docs/decisions/0020).
"""

from __future__ import annotations

from registry.errors import ConsentCodeShape
from registry.keys import digest_keys
from sharing.employers.short_code import TYPED_MOST, ShortCode

__all__ = ["TYPED_MOST", "digest", "digested_as", "digests", "new", "read"]

FORM = ShortCode(random=14, group=5)


def new() -> str:
    """A fresh code, in groups."""
    return FORM.new()


def read(typed: str, field: str = "code") -> str:
    """The code in groups, whatever the case, the spaces and the hyphens. Raises `ConsentCodeShape`."""
    code = FORM.read(typed)
    if code is None:
        raise ConsentCodeShape(field)
    return code


def digest(code: str) -> bytes:
    """What is kept to find it by, under the current key."""
    return digest_keys().digest(digested_as(code))


def digests(code: str) -> list[bytes]:
    """What may have been kept of it, the current key first."""
    return digest_keys().digests(digested_as(code))


def digested_as(code: str) -> str:
    """The text whose digest is kept."""
    return "consent code:" + code
