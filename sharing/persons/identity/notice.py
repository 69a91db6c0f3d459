"""The code in the notice: whoever was served the notice proves with it, once, that he is the listed person.

It is typed with the last four characters of one of the person's document numbers, none of which stand on the notice. A
code that is nobody's, wrong characters and a code that does not hold any more are answered alike. After five wrong tries
a code holds no more. Name and number come from the book: the notice keeps neither.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from django.db import transaction
from django.db.models import F

from registry.borne import documents_of
from registry.errors import NoticeCodeShape, NoticeCodeWrong
from registry.keys import digest_keys
from registry.models import IdentityDocument, Listing, State
from sharing.employers.evidence import Evidence
from sharing.employers.short_code import ShortCode
from sharing.employers.verification_code import last_four
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.identity.ways import NOTICE
from sharing.persons.models import Notice

FORM = ShortCode(random=19, group=5)
WRONG_MOST = 5
# A listing that was withdrawn leaves the person what was held, told and asked; one that is back at the desk after an
# appeal was not told to anybody, and one that was purged says nothing any more.
OPENS = (State.AWAITING_EFFECT, State.ACTIVE, State.SUSPENDED, State.WITHDRAWN)


def digest(shown: str) -> bytes:
    """What is kept of a code, under the current key."""
    return digest_keys().digest(_text(shown))


def redeem(typed: str, ending: str, *, now: datetime) -> Proved:
    """Who was served, once. NoticeCodeShape; NoticeCodeWrong, and the try is counted."""
    shown = FORM.read(typed)
    if shown is None:
        raise NoticeCodeShape("code")
    digests = digest_keys().digests(_text(shown))
    with transaction.atomic():
        found = Notice.objects.select_for_update().filter(code_digest__in=digests).first()
        named = _named(found, last_four(ending)) if found is not None and _holds(found, now) else None
        if found is not None and named is not None:
            return _used(found, named, now)
        # Counted before the row is free again, so that many tries at once are no more tries.
        Notice.objects.filter(code_digest__in=digests, wrong__lt=WRONG_MOST).update(wrong=F("wrong") + 1)
    raise NoticeCodeWrong("code")


def _used(notice: Notice, named: Identity, now: datetime) -> Proved:
    notice.used_at, notice.subject_digest = now, named.subject(now).digest
    notice.save(update_fields=["used_at", "subject_digest"])
    return Proved(identity=named, evidence=Evidence(way=NOTICE, proved_at=now, notice=notice.pk))


def _holds(notice: Notice, now: datetime) -> bool:
    if notice.replaced_at is not None or notice.used_at is not None or notice.wrong >= WRONG_MOST:
        return False
    return notice.expires_at is not None and notice.expires_at > now


def _named(notice: Notice, ending: str) -> Identity | None:
    """The person of the listing, by the document whose number ends like this; None: by none, or there is no such listing
    any more that was told to the person by this notice.
    """
    rows = Listing.objects.select_related("party__person").filter(number=notice.listing_number, state__in=OPENS)
    listing = rows.first()
    if listing is None or listing.approved_at is None or listing.approved_at > notice.issued_at:
        return None
    person = listing.party.person
    for document in documents_of(listing).order_by("pk"):
        if _ends_with(document, ending):
            return Identity(document_type=document.type, document_number=document.number, name=person.name)
    return None


def _ends_with(document: IdentityDocument, ending: str) -> bool:
    return hmac.compare_digest(last_four(document.number).encode(), ending.encode())


def _text(shown: str) -> str:
    return "notice code:" + shown
