"""What the demonstration plays through the acts: one case with its decision, its parties and the officers' days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from registry.entries import CaseEntry, CircumstancesEntry, DecisionEntry, PartyEntry, PersonEntry

BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class LaterAct:
    """An act on one listing in force.

    ``act``: a name of `registry.lifecycle.ACTS`; ``party``: position in `CaseHistory.parties`; ``at``: when the first
    officer acts, on a morning, so that a second officer can decide the same day; ``ground``: the ruling or document
    that orders it; ``changes``: field → new value as JSON for a proposal, "statement" → the person's words.
    """

    act: str
    party: int
    at: datetime
    reason: str
    ground: str = ""
    changes: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class CaseHistory:
    """One case of the period. ``decision`` is set where this case's decision is the one in force of its matter.

    The moments are set together with it: the clerk enters and submits, the clerk confirms that no appeal stands
    (first instance only), a judge approves, the notice is served, all after the decision took effect. How a listing ends
    is not told here: its term is computed.
    """

    case: CaseEntry
    decision: DecisionEntry | None = None
    parties: tuple[PartyEntry, ...] = ()
    circumstances: CircumstancesEntry = field(default_factory=CircumstancesEntry)
    entered_at: datetime | None = None
    submitted_at: datetime | None = None
    notice_served_on: date | None = None
    no_appeal_confirmed: datetime | None = None
    approved_at: datetime | None = None
    later: tuple[LaterAct, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LiveJudgment:
    """The judgment that the demonstration plays while the reader watches, and the two applicants asked about."""

    case: CaseEntry
    decision: DecisionEntry
    party: PartyEntry
    circumstances: CircumstancesEntry
    listed_applicant: PersonEntry
    unlisted_applicant: PersonEntry
