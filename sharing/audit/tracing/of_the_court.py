"""What officers looked at, took, printed and issued; what members did in a portal; who signed in and took a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model, Q

from registry.models import AccessRecord, AuditEntry, AuditKind, Event, NoticeService, Officer, SealOpened
from sharing.audit.models import BookTaken, Pack, PackTaken
from sharing.audit.tracing.of_employers import about_question, questions
from sharing.audit.tracing.scope import Party, Scope
from sharing.audit.tracing.source import AT, Found, Narrowed, Row, Source, Telling, of
from sharing.employers.models import ConsentLook
from sharing.parties.models import Client, Member, MemberAct
from sharing.persons.models import CounterRecord, Notice, Objection
from sharing.recalls.models import ClearanceLetter

# Of the audit trail: what is taken names what it is, and the others say since when somebody was in.
TAKEN = (AuditKind.EXPORT,)
CAME_IN = (AuditKind.SIGN_IN, AuditKind.TOKEN, AuditKind.AUDIT_READ)
OFFICER = ("officer__staff_number", "officer__court__code")


def _officer(kind: str, found: Found, listing: str, what: str = "", said: str = "") -> Row:
    """Of nobody, where the listed person did it himself, or the clock."""
    number, court = found["officer__staff_number"], found["officer__court__code"]
    return Row(found[AT], kind, court or "", f"officer:{number}" if number else "", listing, what, said)


def _looked(found: Found, scope: Scope) -> Iterator[Row]:
    """An objection is looked at by its own number."""
    number = found["listing_number"]
    listing, what = (number, "") if number.startswith("L-") else ("", number)
    yield _officer("looked", found, listing, what, found["page"])


def _opened(found: Found, scope: Scope) -> Iterator[Row]:
    yield _officer("looked", found, found["listing__number"], said="sealed")


def _form(found: Found, scope: Scope) -> Iterator[Row]:
    for number in _of_digest(found["screening__subject_digest"], scope):
        yield _officer("looked", found, number, found["screening"], "consent")


def _printed(found: Found, scope: Scope) -> Iterator[Row]:
    for number in _of_digest(found["subject_digest"], scope):
        yield _officer("printed", found, number, said=f"for the {found['asked_by']}")


def _of_digest(digest: bytes, scope: Scope) -> tuple[str, ...]:
    return scope.digests.get(bytes(digest), ("",))


def _pack(found: Found, scope: Scope) -> Iterator[Row]:
    """One of a single listing has the lists of the checks, too, and perhaps a sample: it may name any other."""
    whose = found["pack__listing_number"]
    period = f"{found['pack__begins_on']} to {found['pack__ends_on']}"
    for number in [whose] if scope.party is not None else scope.numbers:
        certain = scope.party is not None or number == whose
        yield _officer("took", found, number, found["pack"], period if certain else f"{period}, may name it")


def _book(found: Found, scope: Scope) -> Iterator[Row]:
    part = " ".join(f"{name} {value}" for name, value in found["sought"].items() if value) or "all"
    said = f"{found['listings']} listings, {part}"
    if scope.party is not None:
        yield _officer("took", found, "", "book", said)
        return
    year = found["sought"].get("year", "")
    for number in scope.numbers:
        if number.startswith(f"L-{year}"):
            yield _officer("took", found, number, "book", f"{said}, may name it")


def _entry(found: Found, scope: Scope) -> Iterator[Row]:
    """What was taken is named by the address that gave it: a number of the book, or the id of something else."""
    kind = "took" if found["kind"] in TAKEN else "came in"
    about = found["about"]
    listing = about if about.startswith("L-") else ""
    organisation, who = _who(found["who"])
    said = found["door"] or found["kind"]
    yield Row(found[AT], kind, organisation, who, listing, "" if listing else about, said)


def _who(entered: str) -> tuple[str, str]:
    """Organisation and party of an account or a machine, as audit entries know them."""
    kind, _, key = entered.partition(":")
    if kind == "client":
        code = Client.objects.filter(client_id=key).values_list("organisation__code", flat=True).first()
        return code or "", entered
    if kind != "account":
        return "", entered
    member = Member.objects.filter(account=int(key)).values_list("organisation__code", "pk").first()
    if member is not None:
        return member[0], f"member:M{member[1]}"
    officer = Officer.objects.filter(account=int(key)).values_list("court__code", "staff_number").first()
    return (officer[0], f"officer:{officer[1]}") if officer is not None else ("", "")


def _act(found: Found, scope: Scope) -> Iterator[Row]:
    """Opening an answer again, taking a file, making a key: whatever stands in the member's own record."""
    code, member = found["member__organisation__code"], f"member:M{found['member']}"
    yield Row(found[AT], "did", code, member, "", found["about"], found["act"])


def _notice(found: Found, scope: Scope) -> Iterator[Row]:
    yield _officer("issued", found, found["listing_number"], said=f"notice {found['language']}")


def _served(found: Found, scope: Scope) -> Iterator[Row]:
    yield _officer("served", found, found["listing_number"], said=found["how"])


def _letter(found: Found, scope: Scope) -> Iterator[Row]:
    yield _officer("issued", found, found["listing__number"], found["pk"], "clearance letter")


def _numbered(scope: Scope) -> Q:
    return Q(listing_number__in=scope.numbers)


def _looked_at(scope: Scope) -> Q:
    objections = Objection.objects.filter(listing_number__in=scope.numbers).values("number")
    return Q(listing_number__in=scope.numbers) | Q(listing_number__in=objections)


def _of_listing(scope: Scope) -> Q:
    return Q(listing__in=scope.listings)


def _named_by_entry(scope: Scope) -> Q:
    """By number, by a question about it, or by a clearance letter of it."""
    letters = ClearanceLetter.objects.filter(listing__in=scope.listings).values_list("pk", flat=True)
    # Not of nothing: so the index over what is about something is used.
    return Q(kind__in=TAKEN, about__in=[*scope.numbers, *questions(scope), *letters]) & ~Q(about="")


def _act_about(scope: Scope) -> Q:
    events = Event.objects.filter(listing__in=scope.listings).values_list("event_id", flat=True)
    return Q(about__in=[*questions(scope), *events])


def _by_account(party: Party) -> Q | None:
    return Q(kind__in=(*TAKEN, *CAME_IN), who__in=party.signs_in_as) if party.signs_in_as else None


def _source(
    model: type[Model], at: str, about: Narrowed, read: Telling, *columns: str, besides: tuple[type[Model], ...] = ()
) -> Source:
    return Source(
        model=model,
        at=at,
        about=about,
        by=of(officer="officer"),
        taken=(*OFFICER, *columns),
        read=read,
        besides=besides,
    )


SOURCES = (
    _source(AccessRecord, "at", _looked_at, _looked, "listing_number", "page"),
    _source(SealOpened, "at", _of_listing, _opened, "listing__number"),
    _source(
        ConsentLook,
        "at",
        about_question("screening__"),
        _form,
        *("screening", "screening__subject_digest"),
    ),
    _source(
        CounterRecord,
        "at",
        lambda scope: Q(subject_digest__in=list(scope.digests)),
        _printed,
        *("subject_digest", "asked_by"),
    ),
    _source(
        PackTaken,
        "at",
        lambda scope: Q(),
        _pack,
        *("pack", "pack__listing_number", "pack__begins_on", "pack__ends_on"),
        besides=(Pack,),
    ),
    _source(BookTaken, "at", lambda scope: Q(), _book, "sought", "listings"),
    _source(Notice, "issued_at", _numbered, _notice, "listing_number", "language"),
    _source(NoticeService, "at", _numbered, _served, "listing_number", "how"),
    _source(ClearanceLetter, "issued_at", _of_listing, _letter, "pk", "listing__number"),
    Source(
        model=AuditEntry,
        at="at",
        about=_named_by_entry,
        by=_by_account,
        taken=("kind", "who", "about", "door"),
        read=_entry,
    ),
    Source(
        model=MemberAct,
        at="at",
        about=_act_about,
        by=of(department="member__organisation", employer="member__organisation", member="member", endpoint="about"),
        taken=("member", "member__organisation__code", "act", "about"),
        read=_act,
    ),
)
