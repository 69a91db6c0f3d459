"""The book's tables, re-exported for Django and for the floors above."""

from registry.models.alarms import ReadingAlarm
from registry.models.cases import Case
from registry.models.code_changes import CodeChange, CodeProposal
from registry.models.decisions import DataInvolved, Decision, DecisionKind, Party, Prohibition
from registry.models.listings import (
    IN_ERROR,
    ActRecord,
    Flag,
    Listing,
    ListingYear,
    Outcome,
    Proposal,
    State,
    WithdrawalCause,
)
from registry.models.log import Bell, Event, EventPayload, EventType, LogHead
from registry.models.officers import Account, Court, Officer, Role
from registry.models.people import FormerName, IdentityDocument, Person, PersonKind
from registry.models.reading import AccessRecord
from registry.models.sealing import Seal, SealGround, SealingHit, SealingOrder, SealOpened
from registry.models.serving import NoticeService, ReceivedAs
from registry.models.tallies import Tally, TallyTaken
from registry.models.units import UnitChange, UnitChangeKind

__all__ = [
    "IN_ERROR",
    "AccessRecord",
    "Account",
    "ActRecord",
    "Bell",
    "Case",
    "CodeChange",
    "CodeProposal",
    "Court",
    "DataInvolved",
    "Decision",
    "DecisionKind",
    "Event",
    "EventPayload",
    "EventType",
    "Flag",
    "FormerName",
    "IdentityDocument",
    "Listing",
    "ListingYear",
    "LogHead",
    "NoticeService",
    "Officer",
    "Outcome",
    "Party",
    "Person",
    "PersonKind",
    "Prohibition",
    "Proposal",
    "ReadingAlarm",
    "ReceivedAs",
    "Role",
    "Seal",
    "SealGround",
    "SealOpened",
    "SealingHit",
    "SealingOrder",
    "State",
    "Tally",
    "TallyTaken",
    "UnitChange",
    "UnitChangeKind",
    "WithdrawalCause",
]
