"""Whether a question about a person would find it: by the digests of its documents and names."""

from __future__ import annotations

from collections.abc import Iterator

from registry import identity
from registry.errors import UnknownDocumentType
from registry.keys import KeyUnknown, SealBroken, digest_keys
from registry.models import FormerName, IdentityDocument, Person


def unfit(person: Person) -> Iterator[str]:
    """Of what the digest does not fit."""
    if not all(map(_fits, IdentityDocument.including_mistaken.filter(person=person))):
        yield "document"
    if not _is_named(person) or not all(map(_is_named, FormerName.at_the_desk.filter(person=person))):
        yield "name"


def _fits(document: IdentityDocument) -> bool:
    try:
        form = identity.key_form(document.type, document.number)
        return bytes(document.digest) == digest_keys().digest_under(document.digest_key, form)
    except (SealBroken, KeyUnknown, UnknownDocumentType):
        return False


def _is_named(row: Person | FormerName) -> bool:
    try:
        return bytes(row.name_digest) in digest_keys().digests("name:" + identity.name_form(row.name))
    except (SealBroken, KeyUnknown):
        return False
