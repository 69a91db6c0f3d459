from sharing.departments.models.agreements import Department, Instrument, Measure, Onward, Renewal
from sharing.departments.models.conformance import (
    CheckResult,
    ConformanceRun,
    RunState,
    StageChange,
    TrialAttempt,
    TrialEvent,
    TrialPull,
    TrialReceipt,
    Verdict,
)
from sharing.departments.models.institutions import Institution, OnwardKind, OnwardReceipt, Reached
from sharing.departments.models.proposals import (
    DeskAct,
    DeskActKind,
    ProposalOutcome,
    SharingAct,
    SharingOutcome,
    SharingProposal,
)
from sharing.departments.models.receipts import Recall, Receipt, ReceiptKind

__all__ = [
    "CheckResult",
    "ConformanceRun",
    "Department",
    "DeskAct",
    "DeskActKind",
    "Institution",
    "Instrument",
    "Measure",
    "Onward",
    "OnwardKind",
    "OnwardReceipt",
    "ProposalOutcome",
    "Reached",
    "Recall",
    "Receipt",
    "ReceiptKind",
    "Renewal",
    "RunState",
    "SharingAct",
    "SharingOutcome",
    "SharingProposal",
    "StageChange",
    "TrialAttempt",
    "TrialEvent",
    "TrialPull",
    "TrialReceipt",
    "Verdict",
]
