from sharing.departments.models.agreements import Department, Instrument, Measure, Renewal
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
from sharing.departments.models.receipts import Recall, Receipt, ReceiptKind

__all__ = [
    "CheckResult",
    "ConformanceRun",
    "Department",
    "Instrument",
    "Measure",
    "Recall",
    "Receipt",
    "ReceiptKind",
    "Renewal",
    "RunState",
    "StageChange",
    "TrialAttempt",
    "TrialEvent",
    "TrialPull",
    "TrialReceipt",
    "Verdict",
]
