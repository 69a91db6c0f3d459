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
from sharing.employers.models.registering import (
    UNDER_WAY,
    Enclosure,
    Registration,
    RegistrationAct,
    RegistrationState,
    RegistrationTry,
)

__all__ = [
    "RESULTS",
    "UNDER_WAY",
    "ApplicantTold",
    "Consent",
    "ConsentCall",
    "ConsentKind",
    "ConsentLook",
    "ConsentVerdict",
    "DrawingCursor",
    "Employer",
    "EmployerAct",
    "EmployerAlarm",
    "Enclosure",
    "HeldBecause",
    "QuestionsAsked",
    "RecallCause",
    "RecallConfirmation",
    "RecallDecision",
    "RecallTold",
    "RecallingCursor",
    "Registration",
    "RegistrationAct",
    "RegistrationState",
    "RegistrationTry",
    "ResultRecall",
    "Screening",
    "ScreeningOutcome",
    "ShownForm",
    "StatusList",
    "Verdict",
    "VerificationTries",
]
