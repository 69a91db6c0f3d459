"""The book's tables, re-exported for Django and for the floors above."""

from registry.models.acts import IN_ERROR, ActRecord, Outcome, Proposal, WithdrawalCause
from registry.models.alarms import ReadingAlarm
from registry.models.appointments import AccountAct, AppointmentProposal, SignInFailures, SingleSignOn
from registry.models.audit import (
    AuditAnchor,
    AuditEnd,
    AuditEntry,
    AuditKind,
    AuditLeaf,
    AuditTree,
    AuditVerification,
)
from registry.models.cases import Aside, Case, CaseAct, CaseActKind, CaseWay
from registry.models.checkpoints import Checkpoint, Halt, LogEpoch, TreeTile
from registry.models.code_changes import CodeChange, CodeProposal
from registry.models.decisions import DataInvolved, Decision, DecisionKind, Party, Prohibition
from registry.models.duties import AppointmentEnd, Deputyship, HandOver, Reminded, ReturnedDraft, WaitsAs
from registry.models.files import DecisionFile, FileKind, FileRemoval
from registry.models.imports import Import, ImportPiece, ImportRow, ImportState, RowState
from registry.models.kept import Remembered
from registry.models.key_versions import KeySeen, KeyVersion, Ring
from registry.models.listings import Flag, Listing, ListingYear, State
from registry.models.log import Bell, Event, EventPayload, EventType, LogHead
from registry.models.officers import ADMINISTRATORS, Account, Court, Officer, Role
from registry.models.pasting import PastedText
from registry.models.people import FormerName, IdentityDocument, Person, PersonKind
from registry.models.reading import AccessRecord
from registry.models.refusals import RefusedAct
from registry.models.sealing import Seal, SealGround, SealingHit, SealingOrder, SealOpened
from registry.models.serving import NoticeService, ReceivedAs
from registry.models.tallies import Tally, TallyTaken
from registry.models.units import UnitChange, UnitChangeKind
from registry.models.verifications import LogVerification, Verdict
from registry.models.violations import Blocked, Violations

__all__ = [
    "ADMINISTRATORS",
    "IN_ERROR",
    "AccessRecord",
    "Account",
    "AccountAct",
    "ActRecord",
    "AppointmentEnd",
    "AppointmentProposal",
    "Aside",
    "AuditAnchor",
    "AuditEnd",
    "AuditEntry",
    "AuditKind",
    "AuditLeaf",
    "AuditTree",
    "AuditVerification",
    "Bell",
    "Blocked",
    "Case",
    "CaseAct",
    "CaseActKind",
    "CaseWay",
    "Checkpoint",
    "CodeChange",
    "CodeProposal",
    "Court",
    "DataInvolved",
    "Decision",
    "DecisionFile",
    "DecisionKind",
    "Deputyship",
    "Event",
    "EventPayload",
    "EventType",
    "FileKind",
    "FileRemoval",
    "Flag",
    "FormerName",
    "Halt",
    "HandOver",
    "IdentityDocument",
    "Import",
    "ImportPiece",
    "ImportRow",
    "ImportState",
    "KeySeen",
    "KeyVersion",
    "Listing",
    "ListingYear",
    "LogEpoch",
    "LogHead",
    "LogVerification",
    "NoticeService",
    "Officer",
    "Outcome",
    "Party",
    "PastedText",
    "Person",
    "PersonKind",
    "Prohibition",
    "Proposal",
    "ReadingAlarm",
    "ReceivedAs",
    "RefusedAct",
    "Remembered",
    "Reminded",
    "ReturnedDraft",
    "Ring",
    "Role",
    "RowState",
    "Seal",
    "SealGround",
    "SealOpened",
    "SealingHit",
    "SealingOrder",
    "SignInFailures",
    "SingleSignOn",
    "State",
    "Tally",
    "TallyTaken",
    "TreeTile",
    "UnitChange",
    "UnitChangeKind",
    "Verdict",
    "Violations",
    "WaitsAs",
    "WithdrawalCause",
]
