"""Employers, what they may ask and why, every question they asked, and what became of the answers."""

from sharing.employers.models.asking import (
    RESULTS,
    ApplicantTold,
    Consent,
    ConsentKind,
    Employer,
    HeldBecause,
    QuestionsAsked,
    Screening,
    ScreeningOutcome,
)
from sharing.employers.models.batches import GOING_ON, OPEN, Batch, BatchRow, BatchState
from sharing.employers.models.consents import (
    ConsentCall,
    ConsentLook,
    ConsentVerdict,
    DrawingCursor,
    ShownForm,
    Verdict,
)
from sharing.employers.models.overseeing import EmployerAct, EmployerAlarm
from sharing.employers.models.recalls import (
    RecallCause,
    RecallConfirmation,
    RecallDecision,
    RecallingCursor,
    RecallTold,
    ResultRecall,
    StatusList,
    VerificationTries,
)

__all__ = [
    "GOING_ON",
    "OPEN",
    "RESULTS",
    "ApplicantTold",
    "Batch",
    "BatchRow",
    "BatchState",
    "Consent",
    "ConsentCall",
    "ConsentKind",
    "ConsentLook",
    "ConsentVerdict",
    "DrawingCursor",
    "Employer",
    "EmployerAct",
    "EmployerAlarm",
    "HeldBecause",
    "QuestionsAsked",
    "RecallCause",
    "RecallConfirmation",
    "RecallDecision",
    "RecallTold",
    "RecallingCursor",
    "ResultRecall",
    "Screening",
    "ScreeningOutcome",
    "ShownForm",
    "StatusList",
    "Verdict",
    "VerificationTries",
]
