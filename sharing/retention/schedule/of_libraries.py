"""What the libraries’ own tables hold."""

from __future__ import annotations

from sharing.retention.schedule.terms import Fate, Kept

KEPT = (
    Kept(
        table="admin.LogEntry",
        personal="object_repr change_message object_id",
        plain="id action_time user content_type action_flag",
        what="the admin's own log of changes, which the desk does not use",
        basis="none",
        until="none is written",
        fate=Fate.STAYS,
    ),
    Kept(
        table="sessions.Session",
        personal="session_data",
        plain="session_key expire_date",
        what="who is signed in, sealed; a page that was interrupted by the question who it is, for as long",
        basis="signing in",
        until="the session's end; swept by the clock",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="oauth2_provider.Grant",
        personal="code redirect_uri claims nonce",
        plain="id user application expires scope created updated code_challenge code_challenge_method resource",
        what="not given out",
        basis="OAuth 2",
        until="none",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="oauth2_provider.AccessToken",
        personal="token token_checksum",
        plain="id user source_refresh_token id_token application expires scope resource created updated",
        what="a program's token, of no person",
        basis="OAuth 2",
        until="an hour after it was given; cleared by the clock every five minutes",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="oauth2_provider.RefreshToken",
        personal="token",
        plain="id user token_checksum application access_token token_family resource created updated revoked",
        what="not given out",
        basis="OAuth 2",
        until="none",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="oauth2_provider.IDToken",
        personal="jti",
        plain="id user application expires scope created updated",
        what="not given out",
        basis="OAuth 2",
        until="none",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="usersessions.UserSession",
        personal="ip user_agent",
        plain="id user created_at last_seen_at session_key data",
        what="from where an officer or a member is signed in, for himself to see",
        basis="signing in",
        until="the next sign-in after the session's end",
        fate=Fate.OWN_CLOCK,
    ),
    Kept(
        table="mfa.Authenticator",
        personal="data",
        plain="id user type created_at last_used_at",
        what="passkeys (public keys), secrets of authenticator apps and hashes of recovery codes (both sealed), of officers and members",
        basis="signing in",
        until="removed by whose it is, or reset",
        fate=Fate.STAYS,
    ),
    Kept(
        table="account.EmailAddress",
        personal="email",
        plain="id user verified primary",
        what="not used: none is written",
        basis="none",
        until="none",
        fate=Fate.STAYS,
    ),
    Kept(
        table="account.EmailConfirmation",
        personal="key",
        plain="id email_address created sent",
        what="not used: none is written",
        basis="none",
        until="none",
        fate=Fate.STAYS,
    ),
)

NOTHING_PERSONAL = {
    "auth.Permission": "id name content_type codename",
    "auth.Group_permissions": "id group permission",
    "auth.Group": "id name permissions",
    "contenttypes.ContentType": "id app_label model",
    "oauth2_provider.DeviceGrant": "id user device_code user_code scope interval expires status client_id last_checked",
}
