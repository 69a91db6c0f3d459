"""What is traced: listings, or a party and a time; and the errors that say what was wrong with the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import F, Model, Q

from registry import auditing, identity
from registry.keys import KeyUnknown, SealBroken, digest_keys
from registry.models import IdentityDocument, Listing, Officer
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.audit.trail import MEMBER, MEMBER_PREFIX
from sharing.delivery.models import Endpoint
from sharing.employers.models import EmployerEndpoint
from sharing.parties.models import Client, Member, Organisation, OrganisationKind

EXAMPLE = "2026-11-24T08:00:00+08:00"
NUMBER = re.compile(r"L-[0-9]{4}-[0-9]{6,9}", re.ASCII)


class NotTraced(Exception):
    """The question was wrong: which field, which kind of value, and the remedy. What was typed is not repeated, but where
    it has the form of a number of the book: a name or a document number could have been typed.
    """


class UnknownParty(NotTraced):
    def __init__(self, kind: str) -> None:
        super().__init__(f"party: there is no such {kind}; {_REMEDIES.get(kind, _KINDS)}")


class UnknownListing(NotTraced):
    def __init__(self, unknown: Collection[str]) -> None:
        said = ", ".join(number for number in unknown if NUMBER.fullmatch(number))
        wrong = f"there is no {said}" if said else "what was given is no number of a listing"
        super().__init__(f"listing: {wrong}; give numbers as in L-2026-000001")


class WrongMoment(NotTraced):
    def __init__(self, option: str, why: str) -> None:
        super().__init__(f"{option}: {why}; give an ISO 8601 moment with its zone, as in {EXAMPLE}")


class PartyKind(StrEnum):
    DEPARTMENT = "department"
    ENDPOINT = "endpoint"
    CLIENT = "client"
    MEMBER = "member"
    EMPLOYER = "employer"
    OFFICER = "officer"


_KINDS = "say department:CODE, endpoint:ID, client:ID, member:M12, employer:CODE or officer:STAFF-NUMBER"
_REMEDIES: Mapping[str, str] = {
    PartyKind.DEPARTMENT: "its code stands at the desk under Departments",
    PartyKind.ENDPOINT: "its id begins with ep_ and stands on its page at the desk",
    PartyKind.CLIENT: "its id stands whole in the portal under Keys, and in the audit trail",
    PartyKind.MEMBER: "his number stands at the desk with his organisation, as in M12",
    PartyKind.EMPLOYER: "its code stands at the desk under Employers",
    PartyKind.OFFICER: "his staff number stands at the desk under Officers",
}


@dataclass(frozen=True, kw_only=True)
class Party:
    """``key``: of its row; ``signs_in_as``: how audit entries know it, with its members and machines."""

    kind: PartyKind
    reference: str
    key: Any
    signs_in_as: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.kind}:{self.reference}"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """``listings``: number by id, which are traced; none of them: the ``party`` is. ``digests``: numbers by what questions about
    these persons are found by. ``since`` belongs to the time, ``until`` does not. ``sealed``: numbers that are not named.
    """

    listings: Mapping[int, str] = field(default_factory=dict)
    digests: Mapping[bytes, tuple[str, ...]] = field(default_factory=dict)
    party: Party | None = None
    since: datetime | None = None
    until: datetime | None = None
    sealed: Collection[str] = ()
    _numbers: dict[int, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[str]:
        return list(self.listings.values())

    def within(self, at: str) -> Q:
        time = Q()
        if self.since is not None:
            time &= Q(**{f"{at}__gte": self.since})
        return time if self.until is None else time & Q(**{f"{at}__lt": self.until})

    def named(self, listing_ids: Collection[int | None]) -> list[str]:
        """Their numbers; of those that are traced, where listings are."""
        ids = [each for each in listing_ids if each is not None]
        if self.party is None:
            return [self.listings[each] for each in ids if each in self.listings]
        unknown = [each for each in ids if each not in self._numbers]
        if unknown:
            found = Listing.including_sealed.filter(pk__in=unknown)
            self._numbers.update(found.values_list("pk", "number"))
        return [self._numbers[each] for each in ids if each in self._numbers]

    def shown(self, words: str) -> str:
        """The words, or a dash where one of them is the number of a listing that is sealed."""
        return HIDDEN if any(word in self.sealed for word in words.split()) else words


def about(numbers: Sequence[str], *, since: datetime | None = None, until: datetime | None = None) -> Scope:
    """Raises `UnknownListing`; one that is sealed is as absent as one that never was."""
    found = dict(Listing.objects.filter(number__in=numbers).values_list("pk", "number"))
    unknown = [number for number in numbers if number not in set(found.values())]
    if unknown:
        raise UnknownListing(unknown)
    return Scope(listings=found, digests=_digests(found), since=since, until=until, sealed=_sealed())


def by(said: str, *, since: datetime, until: datetime | None = None) -> Scope:
    """``said``: kind and reference, as in "member:M12". Raises `UnknownParty`."""
    kind, _, reference = said.partition(":")
    if kind not in set(PartyKind):
        raise UnknownParty("kind of party")
    party = _FOUND[PartyKind(kind)](reference)
    if party is None:
        raise UnknownParty(kind)
    return Scope(party=party, since=since, until=until, sealed=_sealed())


def moment(option: str, typed: str, *, now: datetime) -> datetime:
    """Raises `WrongMoment`: no moment, without a zone, or not over yet."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise WrongMoment(option, "this is no moment") from None
    if found.tzinfo is None:
        raise WrongMoment(option, "the zone is missing")
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        raise WrongMoment(option, "this is no moment") from None
    if found > now:
        raise WrongMoment(option, "this lies in the future")
    return found


def refuse_backwards(since: datetime | None, until: datetime | None) -> None:
    """Raises `WrongMoment`."""
    if since is not None and until is not None and until <= since:
        raise WrongMoment("--until", "this is not after --since")


def _digests(listings: Mapping[int, str]) -> dict[bytes, tuple[str, ...]]:
    entered = F("person__parties__listing__entered_at")
    stood = Q(mistaken_at=None) | Q(mistaken_at__gte=entered)  # as `registry.borne` has it
    rows = IdentityDocument.including_mistaken.filter(stood, drafts=None, person__parties__listing__in=listings)
    found: dict[bytes, tuple[str, ...]] = {}
    for document in rows.annotate(listing=F("person__parties__listing")):
        for digest in _of_every_key(document) if document.listing in listings else ():
            found[digest] = (*found.get(digest, ()), listings[document.listing])
    return found


def _of_every_key(document: IdentityDocument) -> set[bytes]:
    """Questions keep the digest of their time: what was asked before a digest key was replaced is found by the former one."""
    kept = {bytes(document.digest)}
    try:
        return kept | set(digest_keys().digests(identity.key_form(document.type, document.number)))
    except (KeyUnknown, SealBroken):
        return kept


def _sealed() -> frozenset[str]:
    return frozenset(sealed_numbers())


def _organisation(kind: PartyKind, reference: str) -> Party | None:
    found = Organisation.objects.filter(kind=OrganisationKind(kind.value), code=reference).first()
    if found is None:
        return None
    accounts = Member.objects.filter(organisation=found).values_list("account_id", flat=True)
    clients = Client.objects.filter(organisation=found).values_list("client_id", flat=True)
    entries = [*map(auditing.account, accounts), *map(auditing.client, clients)]
    return Party(kind=kind, reference=reference, key=found.pk, signs_in_as=entries)


def _endpoint(reference: str) -> Party | None:
    models: tuple[type[Model], ...] = (Endpoint, EmployerEndpoint)
    if not any(model._default_manager.filter(pk=reference).exists() for model in models):
        return None
    return Party(kind=PartyKind.ENDPOINT, reference=reference, key=reference)


def _client(reference: str) -> Party | None:
    found = Client.objects.filter(client_id=reference).first()
    if found is None:
        return None
    return Party(kind=PartyKind.CLIENT, reference=reference, key=found.pk, signs_in_as=[auditing.client(reference)])


def _member(reference: str) -> Party | None:
    number = MEMBER.fullmatch(reference)
    found = Member.objects.filter(pk=int(number[1])).first() if number else None
    if found is None:
        return None
    entries = [auditing.account(found.account_id)]
    return Party(kind=PartyKind.MEMBER, reference=f"{MEMBER_PREFIX}{found.pk}", key=found.pk, signs_in_as=entries)


def _officer(reference: str) -> Party | None:
    found = Officer.numbered(reference).first()
    if found is None:
        return None
    entries = [auditing.account(found.account_id)]
    return Party(kind=PartyKind.OFFICER, reference=found.staff_number, key=found.pk, signs_in_as=entries)


_FOUND: Mapping[PartyKind, Callable[[str], Party | None]] = {
    PartyKind.DEPARTMENT: partial(_organisation, PartyKind.DEPARTMENT),
    PartyKind.EMPLOYER: partial(_organisation, PartyKind.EMPLOYER),
    PartyKind.ENDPOINT: _endpoint,
    PartyKind.CLIENT: _client,
    PartyKind.MEMBER: _member,
    PartyKind.OFFICER: _officer,
}
