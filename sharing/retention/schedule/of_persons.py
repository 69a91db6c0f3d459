"""What persons, members and this room leave."""

from __future__ import annotations

from sharing.retention.schedule.terms import Fate, Kept

KEPT = (
    Kept(
        table="parties.Member",
        personal="name",
        plain="id account organisation role has_initial_password",
        what="members of departments and employers, not listed persons",
        basis="proof of who acted",
        until="as long as what they did is on record",
        fate=Fate.STAYS,
    ),
    Kept(
        table="parties.MemberAct",
        personal="about",
        plain="id member act at",
        what="what a member did to an endpoint",
        basis="PIPL 54",
        until="always",
        fate=Fate.STAYS,
    ),
    Kept(
        table="parties.Client",
        personal="client_secret",
        plain="id client_id user redirect_uris post_logout_redirect_uris client_type authorization_grant_type hash_client_secret name skip_authorization created updated algorithm allowed_origins registration_source cimd_expires_at organisation scopes expires_at last_used_on",
        what="a program's key, hashed, of no person",
        basis="OAuth 2",
        until="until it expires",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="persons.CounterCode",
        personal="code_digest last_four_digest identity_sealed subject_digest",
        plain="id officer made_at expires_at used_at wrong",
        what="who proved at a counter who he is",
        basis="PIPL 29, 51",
        until="emptied when it is used or over",
        fate=Fate.OWN_CLOCK,
        remains="a keyed digest, where the code was used",
    ),
    Kept(
        table="persons.ProvenIdentity",
        personal="identity_sealed issuer_subject_digest counter_code",
        plain="way proved_at issuer id expires_at",
        what="who proved who he is, for half an hour",
        basis="PIPL 29, 51",
        until="half an hour",
        fate=Fate.OWN_CLOCK,
    ),
)

NOTHING_PERSONAL = {
    "parties.Organisation": "id kind code name name_en uscc suspended_at",
    "retention.PurgeReport": "id kind at listings counts",
    "retention.ReviewReminder": "id listing due_on step at",
}
