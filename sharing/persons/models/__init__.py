"""The tables of persons outside the court, re-exported for Django and for the floors above."""

from sharing.persons.models.identity import CounterCode, Passkey, ProvenIdentity
from sharing.persons.models.notices import Notice
from sharing.persons.models.objection_states import (
    Arrival,
    Authority,
    Follows,
    Late,
    ObjectionKind,
    ObjectionState,
    Part,
    Raiser,
)
from sharing.persons.models.objections import (
    Objection,
    ObjectionEvidence,
    ObjectionFile,
    ObjectionMail,
    ObjectionStep,
    ObjectionYear,
)
from sharing.persons.models.record import (
    CounterRecord,
    FormerAddress,
    MailAddressTry,
    News,
    NewsCursor,
    OtherNameAlarm,
    QuestionMails,
    QuestionMailsDigest,
)

__all__ = [
    "Arrival",
    "Authority",
    "CounterCode",
    "CounterRecord",
    "Follows",
    "FormerAddress",
    "Late",
    "MailAddressTry",
    "News",
    "NewsCursor",
    "Notice",
    "Objection",
    "ObjectionEvidence",
    "ObjectionFile",
    "ObjectionKind",
    "ObjectionMail",
    "ObjectionState",
    "ObjectionStep",
    "ObjectionYear",
    "OtherNameAlarm",
    "Part",
    "Passkey",
    "ProvenIdentity",
    "QuestionMails",
    "QuestionMailsDigest",
    "Raiser",
]
