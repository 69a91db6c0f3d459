"""What the sharing with departments holds."""

from __future__ import annotations

from sharing.retention.schedule.terms import Fate, Kept

KEPT = (
    Kept(
        table="delivery.EndpointSecret",
        personal="secret_sealed",
        plain="id endpoint live_until",
        what="a sealed key, of no person",
        basis="signing of messages",
        until="a day after it is rotated",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="delivery.ClientCertificate",
        personal="key_sealed",
        plain="id endpoint chain presented_since",
        what="a sealed key, of no person",
        basis="TLS",
        until="replaced by the department",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="departments.Receipt",
        personal="note",
        plain="id department event kind at received_at copies onward signed declared_by recorded_by",
        what="the department's own words on what it did, which might name somebody",
        basis="proof of recall: PIPL 56; Network Data Reg. a12",
        until="three years after it came (`REGISTRY_RETENTION_RECORDS_YEARS`); the receipt itself always",
        fate=Fate.DELETED_AFTER_YEARS,
        remains="for these years the note; then that and when the department confirmed which event",
    ),
    Kept(
        table="departments.TrialEvent",
        personal="listing salt",
        plain="id run check_key key event_id epoch position previous type number occurred_at forged stub",
        what="invented persons of conformance runs",
        basis="no person's data",
        until="always",
        fate=Fate.STAYS,
    ),
    Kept(
        table="departments.Look",
        personal="listing digest member at",
        plain="id department page position after count",
        what="which member of a department looked at whose listing",
        basis="PIPL 54, 56",
        until="three years after the look (`REGISTRY_RETENTION_RECORDS_YEARS`)",
        fate=Fate.DELETED_AFTER_YEARS,
        remains="for the rest of these years: member, listing, page, time, and a hash of what a downloaded file held",
    ),
)

NOTHING_PERSONAL = {
    "delivery.TellingCursor": "id position",
    "delivery.Told": "id department listing first_position decided_position ended_position measures conditions earlier told_at",
    "delivery.Endpoint": "id department url state stage cursor began_position failures failing_since last_failure next_due alone_at in_flight_cap posts_per_second paced_until heard_at beat_due beat_failures alarm lease_until fence",
    "delivery.TrustedAuthorities": "endpoint pem",
    "delivery.Held": "id endpoint listing from_position ahead refusals next_due reason",
    "delivery.Attempt": "id endpoint event started_at elapsed_ms status failure content_type length sha256",
    "departments.Department": "organisation sector receipt_key unsettled_position settled_listing owed_position announced_position announced_at timeliness_public_since",
    "departments.Instrument": "id department number signed_on expires_on fields onward onward_note retention_months warned_at lapsed_position entered_by approved_by",
    "departments.Renewal": "id instrument expires_on at entered_by approved_by",
    "departments.Measure": "id instrument code basis information_only articles facts longest_months from_position to_position entered_by approved_by ended_by end_approved_by",
    "departments.Recall": "id department listing position opened_at due_on closed_by step told_at",
    "departments.ConformanceRun": "id endpoint url version started_at started_by state finished_at broken_because check_index step_index began_at waiting_since due_at lease_until epoch shown restored_to",
    "departments.TrialAttempt": "id run check_key step_index event at elapsed_ms status failure",
    "departments.TrialPull": "id run after at answered",
    "departments.TrialReceipt": "id event kind copies signed at answered",
    "departments.CheckResult": "id run check_key verdict reason facts began_at decided_at",
    "departments.StageChange": "id endpoint stage at officer run because",
    "departments.Institution": "id department code name uscc ended_at",
    "departments.Reached": "id institution told at received_at",
    "departments.OnwardReceipt": "id recall institution kind at received_at",
    "departments.Outage": "id endpoint began_at ended_at failure told_at",
    "departments.Owed": "id department event since due_on step told_at",
    "departments.Escalation": "id department at court members due overdue",
    "departments.SharingProposal": "id department act instrument measure content reason proposed_by proposed_at",
    "departments.ProposalOutcome": "proposal outcome reason proposed_by decided_by decided_at",
    "departments.DeskAct": "id department act about reason officer at",
}
