"""The circumstances of a decision: what the court's report counts beside the outcome, on a sheet of their own.

They are told to nobody and nothing waits for them; the sheet is due some days after the decision is entered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.acting import admit, lock, record, today
from registry.actions.findings import MOST_YUAN, Findings, examine_amount, examine_codes
from registry.entries import CircumstancesEntry, PartyCircumstances
from registry.errors import AnotherCourt, ChangedMeanwhile, DataKindTwice, NoPartyYet
from registry.lifecycle import ACTS, refuse_role
from registry.models import ActRecord, DataInvolved, Decision, Listing, Officer, Party, State

LISTS = ("channels", "payments", "evasions", "associated_offences")
OF_A_PARTY = ("occupation", "industry", "education", "employed_at_time")
_CODED = {"occupation": "occupations", "industry": "industries", "education": "education"}


def record_circumstances(
    decision_id: int,
    entry: CircumstancesEntry,
    *,
    shown: datetime | None,
    officer: Officer,
    now: datetime,
    more: bool = False,
) -> Decision:
    """Write them down, or anew. A party that ``entry`` does not name stays as it is, and so does whoever is sealed.

    ``shown``: when those were written that the officer saw (`written_at`); raises `ChangedMeanwhile` if others are there
    by now. ``more``: those of further parties follow, and the sheet stays due until they are written, too. Raises
    `NoPartyYet`, and what examining finds.
    """
    act = ACTS["record_circumstances"]
    examine(entry)
    with transaction.atomic():
        decision = Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
        refuse_role(act, officer)
        if decision.court_id != officer.court_id:
            raise AnotherCourt
        listings = lock(recordable(decision).values_list("pk", flat=True))
        if not listings:
            raise NoPartyYet
        admit(act, officer, listings)
        if written_at(decision, listings) != shown:
            raise ChangedMeanwhile
        _write(decision, entry, [row.party for row in listings])
        if not more or decision.circumstances_at is not None:
            decision.circumstances_by, decision.circumstances_at = officer, now
        decision.save()
        record(act.name, listings, officer=officer, now=now)
    return decision


def written_at(decision: Decision, listings: Iterable[Listing]) -> datetime | None:
    """When anything was written last of what the sheet says: before it was recorded as a whole, by the acts' record."""
    if decision.circumstances_at is not None:
        return decision.circumstances_at
    acts = ActRecord.objects.filter(act="record_circumstances", listing_number__in=[row.number for row in listings])
    last: datetime | None = acts.aggregate(last=Max("at"))["last"]
    return last


def recordable(decision: Decision) -> QuerySet[Listing]:
    """The listings whose parties the sheet shows; who is purged or sealed is on it no more."""
    return Listing.objects.filter(party__decision=decision).exclude(state=State.PURGED)


def ask_anew(decision: Decision) -> None:
    """A party came in, or is somebody else now: what was recorded is there, and has to be looked at once more."""
    if decision.circumstances_at is not None:
        decision.circumstances_by = decision.circumstances_at = None
        decision.save(update_fields=["circumstances_by", "circumstances_at"])


def clear(party: Party) -> None:
    """The party is somebody else now."""
    party.occupation = party.industry = party.education = ""
    party.employed_at_time = None
    party.save(update_fields=list(OF_A_PARTY))
    ask_anew(party.decision)


def due_on(decision: Decision) -> date:
    return today(decision.entered_at) + timedelta(days=settings.REGISTRY_CIRCUMSTANCES_DAYS)


def owed() -> QuerySet[Decision]:
    """Decisions with a party that stands, and no circumstances; oldest first."""
    standing = Listing.objects.exclude(state=State.PURGED).filter(in_error=False)
    rows = Decision.objects.filter(circumstances_at=None, pk__in=standing.values("party__decision"))
    return rows.order_by("entered_at", "pk")


def overdue(now: datetime) -> Q:
    """Of decisions: entered so long ago that the circumstances are late."""
    return Q(entered_at__lt=now - timedelta(days=settings.REGISTRY_CIRCUMSTANCES_DAYS + 1))


def examine(entry: CircumstancesEntry) -> None:
    """Raises what is wrong with them."""
    findings = Findings()
    for name in LISTS:
        examine_codes(name, getattr(entry, name), findings)
    for index, row in enumerate(entry.data):
        with findings.note():
            codes.require("data_kinds", row.kind, f"data.{index}.kind")
        if row.kind in {before.kind for before in entry.data[:index]}:
            findings.add(DataKindTwice(f"data.{index}.kind"))
        if row.records is not None:
            examine_amount(findings, f"data.{index}.records", _("number of records"), row.records, MOST_YUAN)
    if entry.gains_yuan is not None:
        examine_amount(findings, "gains_yuan", _("gains in yuan"), entry.gains_yuan, MOST_YUAN)
    for index, party in enumerate(entry.parties):
        for name, list_name in _CODED.items():
            if getattr(party, name):
                with findings.note():
                    codes.require(list_name, getattr(party, name), f"parties.{index}.{name}")
    findings.settle()


def lay_out(decision: Decision, entry: CircumstancesEntry) -> None:
    """What the decision's own row says of them; nothing is saved."""
    for name in LISTS:
        setattr(decision, name, sorted(set(getattr(entry, name))))
    decision.gains_yuan = entry.gains_yuan


def _write(decision: Decision, entry: CircumstancesEntry, parties: list[Party]) -> None:
    lay_out(decision, entry)
    decision.data.all().delete()
    DataInvolved.objects.bulk_create(
        DataInvolved(decision=decision, kind=row.kind, records=row.records) for row in entry.data
    )
    by_ordinal = {row.ordinal: row for row in parties}
    for told in entry.parties:
        if told.ordinal in by_ordinal:
            _write_party(by_ordinal[told.ordinal], told)


def _write_party(party: Party, told: PartyCircumstances) -> None:
    for name in OF_A_PARTY:
        setattr(party, name, getattr(told, name))
    party.save(update_fields=list(OF_A_PARTY))
