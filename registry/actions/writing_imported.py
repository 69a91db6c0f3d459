"""Many parties of old decisions written into the book at once: entered, submitted and approved act by act, as by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from registry.actions import circumstances, concluding, drafted, together
from registry.actions.acting import admit, hold_court, hold_digests, lock, perform, record, today
from registry.actions.cases import Hand
from registry.actions.importing import (
    ImportedDecision,
    ImportedParty,
    assess_all,
    in_book,
    look_at_words,
    look_up,
    new_decisions,
    sound_parties,
)
from registry.actions.matters import take_up_all
from registry.actions.people_many import digests_of, store_found
from registry.actions.taking_effect import ready
from registry.lifecycle import ACTS, IN_FORCE, refuse_own
from registry.models import (
    AccessRecord,
    Case,
    CaseActKind,
    CaseWay,
    Court,
    DataInvolved,
    IdentityDocument,
    Listing,
    Officer,
    Party,
    Prohibition,
    State,
)
from registry.storing import new_row, put, refer, store, take_keys

IMPORTED = "imported from a file of old decisions"


def write_imported(
    decisions: Sequence[ImportedDecision],
    *,
    clerk: Officer,
    judge: Officer,
    submitted_at: datetime,
    decided_at: datetime,
    now: datetime,
    looked_at: bool = False,
) -> None:
    """Write those that stand, at most a few hundred parties and no person twice; into each what became of it.

    ``looked_at``: at their words, today, as `look_at_words` does. Raises `WrongRole`, `AnotherCourt`, `FourEyes` as entering and approving do, with nothing written.
    """
    refuse_own(judge, clerk.pk)
    with transaction.atomic():
        hold_court(clerk)
        if not looked_at:
            look_at_words(decisions, clerk.court, today(now))
        digests = [digest for party in sound_parties(decisions) for digest in digests_of(party.sound)]
        beside, running = _hold_decisions(decisions, clerk.court, digests)
        hold_digests(digests)
        look_up(decisions, clerk.court, now, take_keys, remember=True)
        assess_all(decisions, today(now))
        _store(decisions, clerk, judge, submitted_at, decided_at, now)
        if beside:
            together.follow(beside, now=now)
        together.note_runs(running, now=now)


def _hold_decisions(
    decisions: Iterable[ImportedDecision], court: Court, digests: Collection[bytes]
) -> tuple[set[int], list[Listing]]:
    """Those that the book has already; ids of the listings that follow what comes to them, and what is in force of the persons who bear
    these documents: all of them locked, too.
    """
    rows = in_book(decisions, court).select_for_update(no_key=True, of=("self",)).order_by("pk")
    held = list(rows.values_list("pk", flat=True))
    beside = together.others(held) if held else set()
    known = set(IdentityDocument.at_the_desk.filter(digest__in=set(digests)).values_list("person", flat=True))
    together.hold_runs(known, digests)
    in_force = Listing.objects.filter(party__person__in=known, state__in=IN_FORCE)
    running = set(in_force.values_list("pk", flat=True))
    found = lock({*beside, *running}) if beside or running else []
    return beside, [row for row in found if row.pk in running]


def _store(
    decisions: Sequence[ImportedDecision],
    clerk: Officer,
    judge: Officer,
    submitted_at: datetime,
    decided_at: datetime,
    now: datetime,
) -> None:
    standing = [(each, party) for each in decisions for party in each.standing]
    _store_decisions([each for each in decisions if each.standing and not each.in_book], clerk, submitted_at)
    listings = [party.listing for _each, party in standing if party.listing is not None]
    store_found({party.listing.party.pk: party.found for _each, party in standing if party.found and party.listing})
    _store_parties([listing.party for listing in listings])
    _approve(listings, clerk, judge, submitted_at, decided_at)
    for listing in listings:
        refer(listing, "party")
    take_keys(listings)
    _give_numbers(listings, now)
    for name, officer, at in (
        ("enter", clerk, submitted_at),
        ("submit", clerk, submitted_at),
        ("approve", judge, decided_at),
    ):
        record(name, listings, officer=officer, now=at, reason=IMPORTED if name == "enter" else "")
    _record_circumstances(standing, clerk, submitted_at)
    _store_looks(standing)
    going = ready(listings, today(now))
    concluding.supply(going, now=now)
    drafted.prove(going)
    perform("take_effect", going, officer=None, now=now, alike={})
    store(listings)


def _store_parties(parties: Sequence[Party]) -> None:
    prohibitions: list[Prohibition] = []
    for party in parties:
        refer(party, "decision", "person")
        for row in party.prohibitions.all():
            refer(row, "party")
            prohibitions.append(row)
    store(parties)
    store(prohibitions)


def _store_decisions(decisions: Sequence[ImportedDecision], clerk: Officer, submitted_at: datetime) -> None:
    rows = new_decisions(decisions)
    cases: list[Case] = []
    for row in rows:
        case = row.case
        if case is not None and case._state.adding:
            cases.append(case)
        if case is not None:
            case.is_entered = True
    take_keys(cases)
    store(cases)
    take_up_all(cases)
    by_entry = Hand(way=CaseWay.ENTRY, officer=clerk)
    store([by_entry.note(case, CaseActKind.FILE, now=submitted_at) for case in cases])
    for row in rows:
        refer(row, "case")
        put(row, entered_by=clerk, held_by=clerk, entered_at=submitted_at, is_empty=False)
    told = [(each.decision, each.circumstances) for each in decisions]
    for decision, entry in told:
        if decision is not None and entry is not None:
            put(decision, circumstances_by=clerk, circumstances_at=submitted_at)
    store(rows)
    store(
        [
            new_row(DataInvolved, decision=decision, kind=row.kind, records=row.records)
            for decision, entry in told
            for row in (entry.data if entry is not None else ())
        ]
    )


def _approve(
    listings: Sequence[Listing], clerk: Officer, judge: Officer, submitted_at: datetime, decided_at: datetime
) -> None:
    """From draft to approved, act by act as the table has it; nothing of it is in the database yet."""
    for listing in listings:
        put(listing, entered_by=clerk, held_by=clerk, entered_at=submitted_at)
    for name, officer in (("submit", clerk), ("approve", judge)):
        act = ACTS[name]
        admit(act, officer, listings)
        for listing in listings:
            assert act.target is not None
            listing.state = act.target
    for listing in listings:
        refuse_own(judge, listing.entered_by_id)
        put(listing, submitted_by=clerk, submitted_at=submitted_at, approved_by=judge, approved_at=decided_at)
        assert listing.state == State.AWAITING_EFFECT


def _give_numbers(listings: Sequence[Listing], now: datetime) -> None:
    if not listings:
        return
    year = today(now).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_listingyear (year, last) VALUES (%s, %s) "
            "ON CONFLICT (year) DO UPDATE SET last = registry_listingyear.last + EXCLUDED.last RETURNING last",
            [year, len(listings)],
        )
        (last,) = cursor.fetchone()
    for number, listing in enumerate(listings, start=last - len(listings) + 1):
        listing.number = f"L-{year}-{number:06d}"


def _record_circumstances(
    standing: Iterable[tuple[ImportedDecision, ImportedParty]], clerk: Officer, submitted_at: datetime
) -> None:
    """Of new decisions that the file says them of. Those that the book had before are asked anew, as by hand."""
    told = []
    for each, party in standing:
        if each.in_book and each.decision is not None:
            circumstances.ask_anew(each.decision)
        elif each.circumstances is not None and party.listing is not None:
            told.append(party.listing)
    act = ACTS["record_circumstances"]
    admit(act, clerk, told)
    record(act.name, told, officer=clerk, now=submitted_at)


def _store_looks(standing: Iterable[tuple[ImportedDecision, ImportedParty]]) -> None:
    store(
        [
            AccessRecord(officer_id=look.officer_id, listing_number=party.listing.number, page=look.page, at=look.at)
            for _each, party in standing
            for look in party.looks
            if party.listing is not None
        ]
    )
