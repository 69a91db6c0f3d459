"""Looking documents up in the book: one lock, one statement, the same work whether they are there or not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from registry import codes, identity
from registry.actions.acting import digest_lock
from registry.errors import UnknownDocumentType
from registry.keys import digest_keys
from registry.models import FormerName, IdentityDocument, Person, PersonKind
from registry.models.decisions import opened_scope
from sharing.disclosure import ListingFacts, ProhibitionFacts
from sharing.employers import verification_code

# Shared with other questions, exclusive against acts; and exclusive against questions of the same employer about the same
# person, so that none of two at once overlooks the other where they are counted. And until the transaction ends, the
# statements below are planned once a connection, by their indexes: to plan them takes longer than to run them, and what
# the planner knew of a small table must not outlive it.
LOCK = """
SELECT pg_advisory_xact_lock_shared(key), CASE WHEN own IS NOT NULL THEN pg_advisory_xact_lock(own) END,
       (SELECT set_config('plan_cache_mode', 'force_generic_plan', true) || set_config('enable_seqscan', 'off', true))
FROM unnest(%s::bigint[], %s::bigint[]) AS locks (key, own)
"""

# Listings in force by the state and by the calendar, and the head of the log, in one snapshot. A timer that did not
# run keeps nobody listed. Of who is not in the book another listing is read, drawn by the digest from all that are
# active, so that it is as seldom at hand as a real one and takes as long. OFFSET 0 walks from the document to its listings whatever the planner believes about tables that grew since it
# last counted them.
READ = """
SELECT head.size, head.epoch, (
    SELECT json_build_object('size', size, 'root', encode(root, 'base64'))::text FROM registry_checkpoint AS signed
    WHERE signed.epoch = head.epoch ORDER BY size DESC LIMIT 1
), (
    SELECT count(*) FILTER (WHERE screening.employer_id = %(employer)s AND screening.asked_at > %(since)s)
    FROM employers_screening AS screening WHERE screening.subject_digest = ANY(asked.digests)
    AND NOT EXISTS (SELECT FROM employers_monitoringchange AS told WHERE told.screening_id = screening.id)
), theirs.ids IS NOT NULL, (
    SELECT json_agg(json_build_object(
        'id', listing.id, 'number', listing.number, 'state', listing.state, 'flags', listing.flags,
        'effective_on', listing.effective_on, 'ends_on', listing.ends_on,
        'kind', decision.kind, 'article', party.article, 'penalty_kind', party.penalty_kind, 'court', court.code,
        'called', (person.name_digest = ANY(asked.names))::int + (
            SELECT count(*) FROM registry_formername AS former
            WHERE former.person_id = person.id AND former.name_digest = ANY(asked.names)
            AND former.drafts IS NULL) > 0,
        'prohibitions', (
            SELECT json_agg(json_build_object(
                'id', prohibition.id, 'scope', encode(prohibition.scope_sealed, 'hex'),
                'basis', prohibition.basis, 'occupations', prohibition.occupations,
                'starts_on', prohibition.runs_from, 'ends_on', prohibition.ends_on) ORDER BY prohibition.ordinal)
            FROM registry_prohibition AS prohibition WHERE prohibition.party_id = party.id)
    ) ORDER BY listing.id)::text
    FROM unnest(coalesce(theirs.ids, ARRAY[coalesce(
        (SELECT other.id FROM registry_listing AS other
         WHERE other.state = 'active' AND mod(other.id * 2654435761, 4294967296) >= asked.drawn
         ORDER BY mod(other.id * 2654435761, 4294967296) LIMIT 1),
        (SELECT other.id FROM registry_listing AS other
         WHERE other.state = 'active' ORDER BY mod(other.id * 2654435761, 4294967296) LIMIT 1))])) AS found (id)
    CROSS JOIN LATERAL (SELECT * FROM registry_listing WHERE id = found.id OFFSET 0) AS listing
    CROSS JOIN LATERAL (SELECT * FROM registry_party WHERE id = listing.party_id OFFSET 0) AS party
    CROSS JOIN LATERAL (SELECT * FROM registry_person WHERE id = party.person_id OFFSET 0) AS person
    CROSS JOIN LATERAL (SELECT * FROM registry_decision WHERE id = party.decision_id OFFSET 0) AS decision
    CROSS JOIN LATERAL (SELECT * FROM registry_court WHERE id = decision.court_id OFFSET 0) AS court
)
FROM registry_loghead AS head CROSS JOIN (
    SELECT nth, (%(drawn)s::bigint[])[nth + 1] AS drawn, (%(digests)s::bytea[])[nth * %(keys)s + 1 : (nth + 1) * %(keys)s] AS digests,
           (%(names)s::bytea[])[nth * %(keys)s + 1 : (nth + 1) * %(keys)s] AS names
    FROM generate_series(0, %(last)s) AS nth
) AS asked CROSS JOIN LATERAL (
    SELECT array_agg(listing.id) AS ids
    FROM (SELECT DISTINCT document.person_id FROM registry_identitydocument AS document
          WHERE document.digest = ANY(asked.digests) AND document.mistaken_at IS NULL
          AND document.drafts IS NULL) AS whose
    CROSS JOIN LATERAL (SELECT id FROM registry_party WHERE person_id = whose.person_id OFFSET 0) AS party
    CROSS JOIN LATERAL (SELECT id FROM registry_listing WHERE party_id = party.id AND state = 'active'
                        AND (ends_on IS NULL OR ends_on >= %(today)s) OFFSET 0) AS listing
) AS theirs
WHERE head.id = 1 ORDER BY asked.nth
"""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a question is about, as digests under every readable key, and the text that the answer commits to."""

    digests: tuple[bytes, ...]
    names: tuple[bytes, ...]
    committed: bytes = field(repr=False)
    last_four: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The document's digest under the current key."""
        return self.digests[0]


class Bearer(NamedTuple):
    """``called``: by the name that was given, now or formerly."""

    person_id: UUID
    called: bool


@dataclass(frozen=True, kw_only=True)
class ProhibitionFound:
    facts: ProhibitionFacts
    occupations: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Match:
    """A listing of the person. ``called``: the name that was asked about is the person's, or a former one."""

    id: int
    state: str
    penalty_kind: str
    called: bool
    facts: ListingFacts
    prohibitions: tuple[ProhibitionFound, ...]


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the book said at one moment: listings in force of the person, and the head of the log.

    ``signed``: size and root of the log's newest checkpoint, None before the first;
    ``asked_before``: how often this employer asked about the person lately, without what it was told unasked; ``stand_in``: a
    listing of somebody else, in place of one of the person, to be worked on as long and thrown away.
    """

    position: int
    epoch: int
    signed: dict[str, int | str] | None
    asked_before: int
    matches: tuple[Match, ...]
    stand_in: tuple[Match, ...] = ()


def document_types() -> list[str]:
    """The codes of those that a natural person has; units are not asked about."""
    return [code for code, row in codes.entries("document_types").items() if row.extra["kind"] == PersonKind.NATURAL]


def subject(*, document_type: str, document_number: str, name: str, today: date) -> Subject:
    """Number and name in the forms that are compared. Raises the refusals of `registry.identity`."""
    natural = document_types()
    if document_type not in natural:
        raise UnknownDocumentType("applicant.document.type", known=", ".join(natural))
    return anybody(document_type=document_type, document_number=document_number, name=name, today=today)


def anybody(*, document_type: str, document_number: str, name: str, today: date) -> Subject:
    """The same of who looks at what is held about himself, a unit included: employers ask about no unit."""
    number = identity.canonical(document_type, document_number, today=today, field="applicant.document.number")
    key_form = identity.key_form(document_type, number)
    name_form = identity.name_form(identity.canonical_name(name, "applicant.name"))
    return _subject(name_form, key_form, verification_code.last_four(number))


def kept(subject: Subject) -> bytes:
    """What is sealed of somebody who is asked about again later: the forms, so that new digest keys find them, too."""
    return json.dumps([subject.committed.decode(), subject.last_four]).encode()


def resumed(kept: bytes) -> Subject:
    """The same person as when it was `kept`, digested under the keys that are readable now."""
    committed, last_four = json.loads(kept)
    name_form, _line_feed, key_form = committed.partition("\n")
    return _subject(name_form, key_form, last_four)


def renumbered(subject: Subject, document_type: str, canonical: str) -> Subject:
    """By the same name under another number, as the book has it."""
    name_form, _line_feed, _key_form = subject.committed.decode().partition("\n")
    return _subject(name_form, identity.key_form(document_type, canonical), verification_code.last_four(canonical))


def _subject(name_form: str, key_form: str, last_four: str) -> Subject:
    keys = digest_keys()
    return Subject(
        digests=tuple(keys.digests(key_form)),
        names=tuple(keys.digests("name:" + name_form)),
        committed=f"{name_form}\n{key_form}".encode(),
        last_four=last_four,
    )


def lock(subjects: Sequence[Subject], *, employer: int | None = None) -> None:
    """Wait for acts on listings of these documents to commit, and keep later ones waiting until this transaction ends.

    So a positive answer is recorded before the event that ends it, and its recall finds it. ``employer``: whose other
    questions about them wait, too.
    """
    keys = sorted({digest_lock(digest) for subject in subjects for digest in subject.digests})
    own = [None if employer is None else _own_lock(employer, key) for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [keys, own])


def _own_lock(employer: int, key: int) -> int:
    return digest_lock(sha256(f"{employer} {key}".encode()).digest())


def bearers(subject: Subject) -> list[Bearer]:
    """Who has the number in the book, whatever he is called there; also for whom it was entered by mistake, since he was listed
    under it, and whoever bears it may ask about that. A number that drafts alone say is his alone of whom nothing was approved yet.
    """
    former = FormerName.objects.filter(person=OuterRef("pk"), name_digest__in=subject.names)
    approved = Exists(IdentityDocument.including_mistaken.filter(person=OuterRef("pk"), drafts=None))
    borne = Q(documents__digest__in=subject.digests) & (Q(documents__drafts=None) | ~approved)
    rows = Person.objects.filter(borne).annotate(formerly=Exists(former)).distinct()
    return [
        Bearer(pk, formerly or bytes(name) in subject.names)
        for pk, name, formerly in rows.values_list("pk", "name_digest", "formerly")
    ]


def persons(subject: Subject) -> list[UUID]:
    """Who has both the number and the name; nobody is found by a name."""
    return [each.person_id for each in bearers(subject) if each.called]


def first_lock(subject: Subject) -> int:
    return min(digest_lock(digest) for digest in subject.digests)


def read(subjects: Sequence[Subject], today: date, *, employer: int, since: datetime) -> list[Book]:
    """What the book says now of each. ``today`` is the day in the court's time zone; ``since``: when "lately" begins."""
    facts: dict[str, Any] = {
        "digests": [digest for subject in subjects for digest in subject.digests],
        "names": [name for subject in subjects for name in subject.names],
        "keys": len(subjects[0].digests),
        "drawn": [int.from_bytes(subject.digest[:4]) for subject in subjects],
        "last": len(subjects) - 1,
        "today": today,
        "employer": employer,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, facts)
        return [_book(*row) for row in cursor.fetchall()]


def _book(position: int, epoch: int, signed: str | None, asked_before: int, is_listed: bool, found: str | None) -> Book:
    # Built alike: somebody else's listing is taken as if it bore the name.
    matches = tuple(_match(row, is_his=is_listed) for row in json.loads(found)) if found else ()
    theirs, others = (matches, ()) if is_listed else ((), matches)
    return Book(
        position=position,
        epoch=epoch,
        signed=json.loads(signed) if signed else None,
        asked_before=asked_before,
        matches=theirs,
        stand_in=others,
    )


def _match(row: Mapping[str, Any], *, is_his: bool) -> Match:
    return Match(
        id=row["id"],
        state=row["state"],
        penalty_kind=row["penalty_kind"],
        called=row["called"] or not is_his,
        facts=ListingFacts(
            number=row["number"],
            flags=tuple(row["flags"]),
            kind=row["kind"],
            article=row["article"],
            court=row["court"],
            effective_on=_day(row["effective_on"]),
            ends_on=_day(row["ends_on"]),
        ),
        prohibitions=tuple(_prohibition(each) for each in row["prohibitions"] or ()),
    )


def _prohibition(row: Mapping[str, Any]) -> ProhibitionFound:
    facts = ProhibitionFacts(
        scope=opened_scope(row["id"], bytes.fromhex(row["scope"])),
        basis=row["basis"],
        starts_on=_day(row["starts_on"]),
        ends_on=_day(row["ends_on"]),
    )
    return ProhibitionFound(facts=facts, occupations=frozenset(row["occupations"]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
