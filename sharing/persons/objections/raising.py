"""To raise an objection, ask for an early end or send a statement: the person on the court's pages, or an officer who has
before him the person, an agent, a near relative of one who died, or a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from registry import units
from registry.actions.acting import hold_digests, lock, today
from registry.actions.standing import STATEMENT_MOST
from registry.borne import documents_of
from registry.errors import (
    AuthorityNeeded,
    ChangedMeanwhile,
    NothingListed,
    ObjectionsTooMany,
    ObjectionsTooOften,
    PartUnknown,
    RaiserDoesNotFit,
    RepairTooEarly,
    RepairTooLate,
    StatementShape,
    StatementTooEarly,
    StatementWaits,
    WhoseNeeded,
    WordsShape,
    WrongRole,
)
from registry.lifecycle import IN_FORCE
from registry.models import Listing, Officer, State
from registry.pdf.papers import Paper
from registry.reading import listing_for
from sharing.employers import lookup
from sharing.employers.evidence import Evidence
from sharing.employers.lookup import Subject
from sharing.persons.identity.proving import Identity
from sharing.persons.models import (
    Arrival,
    Authority,
    Objection,
    ObjectionEvidence,
    ObjectionKind,
    ObjectionState,
    ObjectionYear,
    Part,
    Raiser,
)
from sharing.persons.models.objection_states import ENDED
from sharing.persons.objections import again, clocks, days, files, finding, mailing, slips, stepping
from sharing.persons.objections.again import Said
from sharing.persons.objections.lifecycle import OFFICE, STEPS
from sharing.persons.objections.reviewing import high_court
from sharing.persons.objections.stepping import Row

WORDS_LEAST, WORDS_MOST = 2, 2000
CONTACT_MOST = 300
FITTING = {
    Raiser.PERSON: (Authority.DOCUMENT,),
    Raiser.AGENT: (Authority.POWER, Authority.LAWYER),
    Raiser.RELATIVE: (Authority.KINSHIP,),
    Raiser.REPRESENTATIVE: (Authority.OFFICE,),
}


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What an officer saw of who raises it, and how it came. ``mail``: where he wants to hear that something changed, if
    anywhere; ``whose``: of one who says that he is not the one listed, he himself, by his own document.
    """

    raised_by: Raiser
    arrival: Arrival
    received_on: date
    authority: str
    late_because: str = ""
    name: str = field(repr=False)
    contact: str = field(default="", repr=False)
    mail: str = field(default="", repr=False)
    whose: Identity | None = field(default=None, repr=False)


def by_person(said: Said, identity: Identity, evidence: Evidence, *, now: datetime) -> Objection:
    """The person himself, who proved who he is.

    WordsShape, StatementShape, PartUnknown; SentOtherwise; FilesTooMany, FileRefused; NothingListed, RepairTooEarly, RepairTooLate,
    StatementTooEarly; the refusals of `papers.judged`; ObjectionsTooMany, ObjectionsTooOften, StatementWaits.
    """
    refuse_unsound(said)
    subject = identity.subject(now)
    content = {"words": said.words.strip(), "name": identity.name, "contact": ""}
    if not said.listing:
        content |= {"told": said.told[:32], **_document(identity)}
    mine = Objection.objects.filter(form_key=said.form_key, subject_digest__in=subject.digests)
    if before := mine.first():
        return again.same(before, said, content)
    listing = finding.listing_of(subject, said.listing) if said.listing else None
    objection = _objection(said, listing, now)
    objection.subject_digest, objection.name_digest = subject.digest, subject.names[0]
    objection.of_person_listed = listing is not None
    objection.arrival, objection.raised_by, objection.received_on = Arrival.PAGE, Raiser.PERSON, today(now)
    sent = files.judged(said.files)
    try:
        with transaction.atomic():
            _hold(objection, subject.digest)
            _refuse_too_often(subject, now)
            _save(objection, content, sent, Row(), officer=None, now=now)
            ObjectionEvidence.objects.create(objection=objection, **asdict(evidence))
    except IntegrityError:  # the same form, sent twice at once
        return again.same(mine.get(), said, content)
    return objection


def by_officer(said: Said, brought: Brought, *, officer: Officer, now: datetime) -> Objection:
    """At the counter or from the post, about a listing that the officer may read.

    WrongRole, AnotherCourt, NoSuchListing; ArrivedLater, LateBecauseNeeded, AuthorityNeeded, MailAddressShape, RaiserDoesNotFit, WhoseNeeded;
    the refusals of `registry.identity`; and what `by_person` raises.
    """
    refuse_unless_office(officer)
    refuse_unsound(said)
    _refuse_brought(brought)
    content = {"words": said.words.strip(), "name": brought.name, "contact": brought.contact[:CONTACT_MOST]}
    if brought.whose is not None:
        content |= {"person": brought.whose.name, **_document(brought.whose)}
    his = Objection.objects.filter(form_key=said.form_key, entered_by=officer)
    if before := his.first():
        return again.same(before, said, content)
    listing = listing_for(officer, said.listing)
    _refuse_raiser(brought.raised_by, listing)
    since, late_because = listing.party.decision.pronounced_on, brought.late_because
    days.refuse_unfit("received_on", brought.received_on, now, since=since, late_because=late_because)
    objection = _objection(said, listing, now)
    _set_whose(objection, listing, brought.whose, now)
    objection.arrival, objection.raised_by = brought.arrival, brought.raised_by
    objection.received_on, objection.authority, objection.entered_by = brought.received_on, brought.authority, officer
    sent = files.judged(said.files)
    try:
        with transaction.atomic():
            _hold(objection, bytes(objection.subject_digest))
            _save(objection, content, sent, Row(late_because=late_because), officer=officer, now=now)
            mailing.keep(objection, brought.mail)
    except IntegrityError:
        return again.same(his.get(), said, content)
    return objection


def _set_whose(objection: Objection, listing: Listing, whose: Identity | None, now: datetime) -> None:
    """Of the person listed; or of the one who says that he is not, who may bear the same number and name."""
    if not objection.doubts_identity:
        document = documents_of(listing).order_by("pk").first()
        if document is None:
            raise NothingListed("listing")
        objection.subject_digest, objection.name_digest = document.digest, listing.party.person.name_digest
        objection.of_person_listed = True
        return
    if whose is None:
        raise WhoseNeeded("document_number")
    subject = whose.subject(now)
    objection.subject_digest, objection.name_digest = subject.digest, subject.names[0]
    objection.of_person_listed = listing.party.person_id in lookup.persons(subject)


def refuse_unless_office(officer: Officer) -> None:
    """Raises `WrongRole`."""
    if officer.role not in OFFICE:
        step = STEPS["receive"]
        raise WrongRole(act=step.label, roles=", ".join(str(role.label) for role in OFFICE))


def refuse_unsound(said: Said) -> None:
    """What is wrong with it whatever the book says. Raises as `by_person` does."""
    words = said.words.strip()
    if said.kind == ObjectionKind.STATEMENT:
        if not 1 <= len(words) <= STATEMENT_MOST:
            raise StatementShape("words", most=STATEMENT_MOST)
    elif not WORDS_LEAST <= len(words) <= WORDS_MOST:
        raise WordsShape("words", most=WORDS_MOST)
    if said.kind == ObjectionKind.OBJECTION and said.part not in Part.values:
        raise PartUnknown("part")
    if not said.listing and (said.kind != ObjectionKind.OBJECTION or said.part != Part.IDENTITY):
        raise NothingListed("listing")
    files.refuse_unfit(said.files)


def _refuse_brought(brought: Brought) -> None:
    if brought.authority not in FITTING[brought.raised_by]:
        raise AuthorityNeeded("authority")
    if brought.mail:
        mailing.refuse_unfit(brought.mail)


def _refuse_raiser(raised_by: Raiser, listing: Listing) -> None:
    """A unit speaks by its legal representative or an agent, a natural person never by one who represents a unit."""
    of_unit = units.is_unit(listing.party.person)
    if raised_by != Raiser.AGENT and of_unit != (raised_by == Raiser.REPRESENTATIVE):
        raise RaiserDoesNotFit("raised_by")


def _objection(said: Said, listing: Listing | None, now: datetime) -> Objection:
    return Objection(
        kind=said.kind,
        part=said.part if said.kind == ObjectionKind.OBJECTION else "",
        listing=listing,
        listing_number=listing.number if listing else None,
        court=listing.court if listing else high_court(),
        language=said.language,
        raised_at=now,
        form_key=said.form_key,
        state=ObjectionState.RECEIVED,
    )


def _save(
    objection: Objection,
    content: dict[str, str],
    sent: Sequence[Paper],
    row: Row,
    *,
    officer: Officer | None,
    now: datetime,
) -> None:
    """In the transaction, once listing and digest are held."""
    if objection.listing is not None:
        _refuse_too_many(objection, objection.listing, now)
    objection.number = _next_number(now)
    objection.content = content
    objection.code = slips.new_code()
    objection.code_digest = slips.digest(objection.number, objection.code)
    step = STEPS["receive"]
    clocks.begin(objection, str(step.clock), objection.received_on)
    objection.save(force_insert=True)
    files.keep(objection, sent, now=now)
    stepping.write(objection, step, row, officer=officer, now=now)


def _hold(objection: Objection, digest: bytes) -> None:
    """ChangedMeanwhile: a draft became somebody else's a moment before. NothingListed: nothing is left of it."""
    if listing := objection.listing:
        objection.listing = lock([listing.pk])[0]
        if objection.listing.party.person_id != listing.party.person_id:
            raise ChangedMeanwhile
        if objection.listing.state == State.PURGED:
            raise NothingListed("listing")
    hold_digests([digest])


def _refuse_too_often(subject: Subject, now: datetime) -> None:
    most = settings.SHARING_OBJECTIONS_A_DAY
    sent = Objection.objects.filter(finding.by_document(subject), arrival=Arrival.PAGE)
    if sent.filter(raised_at__gt=now - timedelta(days=1)).distinct().count() >= most:
        raise ObjectionsTooOften(most=most)


def _refuse_too_many(objection: Objection, listing: Listing, now: datetime) -> None:
    # Of others, who say that they are not the one, none stands in the way of the person listed, nor his in theirs.
    alike = Objection.objects.filter(listing=listing, of_person_listed=objection.of_person_listed)
    if not objection.of_person_listed:  # nor one of theirs in another's
        alike = alike.filter(subject_digest=objection.subject_digest, name_digest=objection.name_digest)
    under_way = alike.exclude(state__in=ENDED)
    if objection.kind == ObjectionKind.STATEMENT:
        if listing.state not in IN_FORCE:
            raise StatementTooEarly("kind")
        if under_way.filter(kind=ObjectionKind.STATEMENT).exists():
            raise StatementWaits
        return
    most = settings.SHARING_OBJECTIONS_OPEN
    if under_way.exclude(kind=ObjectionKind.STATEMENT).count() >= most:
        raise ObjectionsTooMany(most=most)
    if objection.kind == ObjectionKind.REPAIR:
        if listing.state == State.WITHDRAWN:
            raise RepairTooLate("kind")
        first = finding.repair_from(listing)
        if first is None or today(now) < first:
            raise RepairTooEarly("kind", day=first.isoformat() if first else "—")


def _document(identity: Identity) -> dict[str, str]:
    return {"document_type": identity.document_type, "document_number": identity.document_number}


def _next_number(now: datetime) -> str:
    year = today(now).year
    table = ObjectionYear._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (year, last) VALUES (%s, 1) "  # noqa: S608 - the name is ours
            f"ON CONFLICT (year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [year],
        )
        (last,) = cursor.fetchone()
    return f"O-{year}-{last:06d}"
