"""A number that was typed by mistake, in the tests: the decision is about Gao, and what stands there is Ouyang's number."""

from __future__ import annotations

from datetime import timedelta

from registry import actions
from registry.entries import DocumentEntry
from registry.models import IdentityDocument, WithdrawalCause
from tests import asking, cast

NOW = cast.NOW
LATER = NOW + timedelta(hours=1)
HERS, SHE, HE = cast.SECOND_NUMBER, "欧阳㛃", "高䶮"
PASSPORT = DocumentEntry(type="passport_cn", number="EA1234567")


def wrongly_listed(*further):
    """Withdrawn since somebody else was meant."""
    return cast.withdrawn(mistyped(*further), cause=WithdrawalCause.WRONG_PERSON)


def mistyped(*further):
    """In force. ``further``: documents that are his own."""
    documents = (*cast.person(HERS).documents, *further)
    return cast.in_force(cast.party(cast.person(name=HE, documents=documents)), number=HERS)


def number_of(listing, kind="resident_id"):
    return IdentityDocument.including_mistaken.get(person=listing.party.person_id, type=kind)


def proposed(listing, document=None, by=None, now=LATER, **changes):
    return actions.propose(
        listing.pk,
        "mark_mistaken",
        against_version=listing.version,
        officer=by or cast.clerk(),
        now=now,
        reason="the number in the judgment is another",
        changes={"mistaken": str((document or number_of(listing)).pk), **changes},
    )


def marked(listing, now=LATER):
    proposal = proposed(listing, now=now)
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)
    return cast.fresh(listing)


def her_decision():
    return cast.entered_decision(cast.judgment(number="（2026）京0105刑初456号"), now=LATER)


def entered(decision=None, now=LATER):
    """Ouyang is convicted of something else, and entered with her own number."""
    entry = cast.party(cast.person(HERS, SHE))
    return cast.draft(entry, decision=decision or her_decision(), now=now)


def listed(now=LATER):
    return cast.put_in_force(entered(now=now), HERS, now=now)


def asked(name=SHE, **changes):
    return asking.answered(asking.question(document_number=HERS, name=name, **changes), now=LATER).outcome
