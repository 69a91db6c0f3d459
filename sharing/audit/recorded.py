"""Which tables have their rows in the audit tree: every one that is written once and says who did what (docs/audit.md)."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A table with its primary key; ``emptied``: the columns that retention empties while the row stays."""

    table: str
    key: str = "id"
    emptied: tuple[str, ...] = ()


RECORDED: tuple[Source, ...] = (
    Source("registry_auditentry"),
    Source("registry_auditend"),
    Source("registry_actrecord", emptied=("reason_sealed",)),
    Source("registry_accessrecord"),
    Source("registry_refusedact"),
    Source("registry_accountact"),
    Source("registry_caseact"),
    Source("registry_handover"),
    Source("registry_appointmentend", "officer_id"),
    Source("registry_decisionfile", emptied=("content_sealed",)),
    Source("registry_fileremoval", "file_id", ("reason_sealed",)),
    Source("registry_seal", "listing_id", ("words_sealed",)),
    Source("registry_sealopened", emptied=("reason_sealed",)),
    Source("registry_noticeservice"),
    Source("registry_unitchange"),
    Source("registry_codechange"),
    Source("registry_logepoch", "number"),
    Source("parties_memberact"),
    Source("departments_receipt", emptied=("note",)),
    Source("departments_look"),
    Source("departments_renewal"),
    Source("departments_reached"),
    Source("departments_onwardreceipt"),
    Source("departments_escalation"),
    Source("departments_sharingproposal"),
    Source("departments_proposaloutcome", "proposal_id"),
    Source("departments_deskact"),
    Source("departments_stagechange"),
    Source("employers_screening"),
    Source("employers_applicanttold", "screening_id"),
    Source("employers_consentverdict", "screening_id"),
    Source("employers_consentlook"),
    Source("employers_monitoringconfirmation", "change_id"),
    Source("employers_employeralarm"),
    Source("employers_employeract"),
    Source("employers_resultrecall", "screening_id"),
    Source("employers_recallconfirmation"),
    Source("employers_registrationact"),
    Source("courts_casesystemact"),
    Source("recalls_recallduty"),
    Source("recalls_clearanceletter"),
    Source("persons_objectionstep", emptied=("reason_sealed",)),
    Source("persons_counterrecord"),
    Source("audit_sample", "number"),
    Source("audit_samplerow"),
    Source("audit_finding"),
    Source("audit_packtaken"),
    Source("audit_booktaken"),
    Source("retention_purgereport"),
)

# Written once as well, and in no audit tree.
NOT_RECORDED: dict[str, str] = {
    "registry_event": "the log has a tree of its own, signed and witnessed",
    "registry_eventpayload": "the log has its commitment",
    "registry_treetile": "follows from the log",
    "registry_checkpoint": "is signed",
    "witnesses_cosignature": "is signed",
    "registry_auditanchor": "says again what the log says",
    "registry_auditverification": "is about the tree",
    "delivery_attempt": "a machine's try, as often as a receiver is away; what was told follows from the log",
    "departments_trialevent": "about invented persons",
    "departments_trialattempt": "about invented persons",
    "departments_trialpull": "about invented persons",
    "departments_trialreceipt": "about invented persons",
    "departments_checkresult": "about invented persons",
    "employers_monitoringchange": "follows from the log",
    "employers_monitoringtold": "a machine's message",
    "employers_monitoringattempt": "a machine's try",
    "employers_recalltold": "a machine's message",
    "employers_statuslist": "is published",
    "employers_registrationflood": "a count of a day",
    "statistics_releasefile": "is published",
    "retention_reviewreminder": "a machine's message",
}
