"""Routes whose POST has consequences: whoever presses there confirms first that it is still him.

What puts a listing in force, changes or ends one, shows a document number in full, or changes who may do or learn what.
"""

from __future__ import annotations

CONFIRMED = frozenset(
    {
        "admin:approve",
        "admin:act",
        "admin:propose",
        "admin:proposal",
        "admin:code_proposal",
        "admin:review_import",
        "admin:new_sealing_order",
        "admin:sealing_order",
        "admin:open_sealed",
        "admin:number",
        "admin:new_officer",
        "admin:end_appointment",
        "admin:appointment",
        "admin:invite",
        "admin:reset_factors",
        "admin:unlock",
        "admin:name_deputy",
        "admin:password_change",
        "usersessions_list",
        "sharing_desk:new_department",
        "sharing_desk:proposal",
        "sharing_desk:add_member",
        "sharing_desk:deactivate_member",
        "sharing_desk:revoke_department_key",
        "sharing_desk:switch_endpoint",
        "sharing_desk:stage",
        "sharing_desk:new_employer",
        "sharing_desk:switch_employer",
        "sharing_desk:change_entry",
        "sharing_desk:change_quota",
        "sharing_desk:change_most_enrolled",
        "sharing_desk:add_employer_member",
        "sharing_desk:revoke_employer_key",
        "sharing_desk:admit_registration",
        "sharing_desk:invite_again",
        "sharing_desk:decide_allowance",
        "sharing_desk:new_case_system",
        "sharing_desk:add_case_key",
        "sharing_desk:revoke_case_key",
        "sharing_desk:counter_code",
        "sharing_desk:take_pack",
        "sharing_desk:take_book",
        "sharing_desk:objection_suspend",
        "portal:password",
        "department:add_endpoint",
        "department:endpoint_act",
        "department:move_endpoint",
        "department:add_key",
        "department:receipt_key",
        "department:revoke_key",
        "department:key",
        "department:networks",
        "department:add_member",
        "department:person_act",
        "department:download",
        "employer:endpoint_address",
        "employer:endpoint_act",
        "employer:add_key",
        "employer:revoke_key",
        "employer:key",
        "employer:networks",
        "employer:add_member",
        "employer:person_act",
    }
)

# What changes how somebody signs in, or where he is written to about it: all that he has is shown again, before the page opens.
CONFIRMED_FULLY = frozenset(
    {
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_generate_recovery_codes",
        "admin:mail_address",
        "single_sign_on_connect",
        "single_sign_on_disconnect",
    }
)
