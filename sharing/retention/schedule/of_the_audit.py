"""What auditors leave."""

from __future__ import annotations

from sharing.retention.schedule.terms import Fate, Kept

KEPT = (
    Kept(
        table="registry.AuditLeaf",
        personal="row_key salt digest emptied_salt emptied_digest",
        plain="id source position",
        what="the leaf of a recorded row: its key, and a salted digest of it",
        basis="Cybersecurity Law 21(3); proof that the audit trail is whole",
        until="always, as proof; key and salts go with the row, or with its words",
        fate=Fate.STAYS,
        remains="a digest that says nothing without its salt",
    ),
    Kept(
        table="registry.AuditEntry",
        personal="who about address_digest",
        plain="id kind code door at",
        what="who signed in or out, was refused, took a file or used a key: by account number, and from where by a keyed digest",
        basis="PIPL 51, 54; Cybersecurity Law 21(3)",
        until="three years after it happened (`REGISTRY_RETENTION_RECORDS_YEARS`); the first use of a key, which names nobody, stays",
        fate=Fate.DELETED_AFTER_YEARS,
        remains="for the rest of these years: account, number of the thing, keyed digest of the address, page, time",
    ),
    Kept(
        table="audit.SampleRow",
        personal="key",
        plain="id sample place",
        what="which listings, questions or looks were drawn into a sample",
        basis="PIPL 54; proof of the audit",
        until="always, as proof of the drawing",
        fate=Fate.STAYS,
        remains="the number of a listing, or the id of a question or look",
    ),
    Kept(
        table="audit.Finding",
        personal="note_sealed",
        plain="id row verdict officer at",
        what="what an auditor found of a drawn row, and in which words it differs",
        basis="PIPL 54",
        until="three years after it was found (`REGISTRY_RETENTION_RECORDS_YEARS`)",
        fate=Fate.DELETED_AFTER_YEARS,
        remains="for these years the auditor’s words, sealed",
    ),
    Kept(
        table="audit.Pack",
        personal="content_sealed listing_number",
        plain="number begins_on ends_on sample officer asked_at making_until made_at size sha256 signature keep_until destroyed_at",
        what="an evidence pack: checks, sample, acts and looks by listing number, without names or document numbers",
        basis="PIPL 54, 56",
        until="emptied `SHARING_EVIDENCE_DAYS` after it was made, or once a listing that it names is sealed; who asked for which pack and its hash stay",
        fate=Fate.OWN_CLOCK,
        remains="listing numbers, until it is emptied; then the number of the one listing it was asked for, if it was",
    ),
)

NOTHING_PERSONAL = {
    "registry.AuditEnd": "id leaf source how at",
    "registry.AuditTree": "id size frontier unanchored_since",
    "registry.AuditAnchor": "position size root at",
    "registry.AuditVerification": "id size begun_at ended_at findings fault position row",
    "audit.CheckCount": "code count since_on since_at at",
    "audit.Sample": "number kind courts begins_on ends_on size population drawn_from seed officer at",
    "audit.PackTaken": "id pack officer at",
    "audit.BookTaken": "id officer at sought form masked listings",
}
