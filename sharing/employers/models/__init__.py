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
from sharing.employers.models.requests import CodeTries, ConsentCode, ConsentRequest, RequestState

__all__ = [
    "RESULTS",
    "ApplicantTold",
    "CodeTries",
    "Consent",
    "ConsentCall",
    "ConsentCode",
    "ConsentKind",
    "ConsentLook",
    "ConsentRequest",
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
    "RequestState",
    "ResultRecall",
    "Screening",
    "ScreeningOutcome",
    "ShownForm",
    "StatusList",
    "Verdict",
    "VerificationTries",
]
