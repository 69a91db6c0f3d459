"""That nothing is left out: every table of the house is traced, or stands here with the reason why nothing left in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps

from sharing.audit.tracing.following import SOURCES
from sharing.audit.tracing.source import Source

# What no row tells, in the order of the screen. docs/breach.md says where else to look.
CANNOT_BE_TOLD = (
    "whether an attempt without a reply was read all the same: it stands among what was pushed, with its failure",
    "whether a push or a pull after a withdrawal had the person in it: it was a stub, and what came before it was whole",
    "what a department did with it inside, and to whom it passed it on without saying so",
    "which of several secrets a receiver verified with, and secrets that had ended and were cleared away",
    "how often a program read an answer, a batch or a change again over the API: the question stands, its repeats do not",
    "who checked a result by its code on the public page: whoever holds the result may",
    "how often the listed person opened the own record: proofs of identity end after half an hour",
    "whether a file of the book, or a pack that is not of it alone, had the very listing in it: it is said that it may",
    "whose a file is that is named by another number than a listing's or a question's",
    "what was photographed, copied by hand, or left by a backup, the database or a machine of the court",
    "what retention has destroyed; whose numbers a purged listing bore, so that questions that found nothing are missing",
    "the numbers of listings that are sealed: they are counted, and stand as a dash",
)


# Why nothing leaves in it: its tables, by room.
_WHY: Mapping[str, Mapping[str, str]] = {
    "what came in, not what left": {
        "registry": "case caseact import importpiece importrow pastedtext",
        "courts": "casesystem casesystemact",
        "employers": (
            "consent consentcall consentcode consentrequest shownform enclosure registration registrationact "
            "registrationflood registrationtry monitoringconfirmation"
        ),
        "persons": "objection objectionfile objectionevidence",
    },
    "the book itself: who reads it has an access record": {
        "registry": (
            "person formername identitydocument decision datainvolved party prohibition listing listingyear "
            "decisionfile eventpayload returneddraft proposal"
        ),
    },
    "an act of the court: it changes, and shows nobody anything": {
        "registry": (
            "actrecord refusedact handover fileremoval seal sealingorder sealinghit accountact "
            "appointmentend appointmentproposal deputyship unitchange codechange codeproposal"
        ),
    },
    "an act of the court about an employer": {
        "employers": "employeract employer allowance",
    },
    "an act of the court about a department": {
        "departments": (
            "renewal sharingproposal proposaloutcome deskact stagechange department instrument measure institution"
        ),
    },
    "whom an officer writes to of what is due": {
        "recalls": "recallduty",
    },
    "a duty, or a message about one, without a person": {
        "departments": "recall owed escalation outage leftover",
    },
    "a message to the court": {
        "retention": "reviewreminder",
        "persons": "othernamealarm",
        "registry": "reminded readingalarm",
        "employers": "employeralarm",
        "witnesses": "logalarm",
    },
    "about invented persons": {
        "departments": "trialevent trialattempt trialpull trialreceipt checkresult conformancerun",
    },
    "the listed person's own: told to nobody else": {
        "persons": (
            "countercode provenidentity passkey questionmails questionmailsdigest formeraddress news objectionmail "
            "objectionstep"
        ),
    },
    "its answers are questions, which are traced with its id": {
        "employers": "batch campaign monitoring",
    },
    "what is to be posted: each try is traced": {
        "employers": "monitoringpost",
    },
    "is published and names nobody": {
        "employers": "statuslist",
        "statistics": "release releasefile",
        "witnesses": "cosignature asked",
        "registry": "treetile checkpoint logepoch loghead",
    },
    "inside the audit: auditors see numbers, and each case that they open is traced": {
        "audit": "sample samplerow finding checkcount",
    },
    "the audit tree: it holds digests": {
        "registry": "auditleaf auditend audittree auditanchor auditverification logverification",
    },
    "what was destroyed, in figures": {
        "retention": "purgereport",
    },
    "a counter or a cursor": {
        "registry": "bell tally tallytaken violations signinfailures",
        "delivery": "tellingcursor pulse held",
        "parties": "callsmade refusedcalls",
        "persons": "newscursor mailaddresstry objectionyear",
        "employers": (
            "codetries drawingcursor monitoringcursor monitoreddigest numbersrefused questionsasked "
            "recallingcursor verificationtries"
        ),
    },
    "who may come in, and with what": {
        "registry": "account officer court remembered singlesignon keyseen keyversion",
        "parties": "organisation member client tokencertificate",
    },
    "where it is delivered, and with what": {
        "delivery": "endpoint endpointsecret trustedauthorities clientcertificate",
        "employers": "employerendpoint employerendpointsecret",
    },
}
NOT_LEAVING: Mapping[str, str] = {
    f"{room}_{name}": why for why, rooms in _WHY.items() for room, names in rooms.items() for name in names.split()
}
HOUSE = ("registry", "sharing")


def unnamed(sources: Sequence[Source] = SOURCES) -> set[str]:
    """Tables of the house of which nobody has said whether something leaves in them."""
    traced = {table for source in sources for table in source.tables}
    return _tables() - traced - set(NOT_LEAVING)


def said_twice(sources: Sequence[Source] = SOURCES) -> set[str]:
    """Tables that are traced and are said not to be, and those that there are not."""
    traced = {table for source in sources for table in source.tables}
    return (traced & set(NOT_LEAVING)) | (set(NOT_LEAVING) - _tables())


def _tables() -> set[str]:
    """Of the book and the rooms around it; what the libraries keep knows accounts and sessions, and no listing."""
    found = apps.get_models()
    return {each._meta.db_table for each in found if each.__module__.partition(".")[0] in HOUSE}
