from sharing.departments.models.agreements import (
    Department,
    Instrument,
    Measure,
    Onward,
    Renewal,
    name_of_measure,
)
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
from sharing.departments.models.left_over import LeftDuty, LeftOver
from sharing.departments.models.looks import Look, LookPage
from sharing.departments.models.outages import Outage
from sharing.departments.models.owing import Escalation, Owed
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
    "Escalation",
    "Institution",
    "Instrument",
    "LeftDuty",
    "LeftOver",
    "Look",
    "LookPage",
    "Measure",
    "Onward",
    "OnwardKind",
    "OnwardReceipt",
    "Outage",
    "Owed",
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
    "name_of_measure",
]
