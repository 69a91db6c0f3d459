"""The rows of the officers' desk: everything under /desk but /desk/sharing. Namespace ``admin``."""

from __future__ import annotations

from functools import partial

from registry.permissions import officers
from registry.permissions.rows import Anybody, Row, Scope, Shows, rows

_desk = partial(rows, room="admin")

SIGNING_IN: tuple[Row, ...] = (
    *_desk(Anybody(), Scope.PUBLIC, Shows.NOBODY, "who is not signed in has to be able to do so", both="login"),
    *_desk(Anybody(), Scope.OWN, Shows.NOBODY, "ends the own session and nothing else", send="logout"),
    *_desk(Anybody(), Scope.LINK, Shows.NOBODY, "who was appointed chooses a password, once", both="invitation"),
    *_desk(Anybody(), Scope.PUBLIC, Shows.NOBODY, "a link that lost its shape is not found", both="no_invitation"),
    # At both doors, each under its own addresses: the views let whoever signs in to his own factors and sessions alone.
    *rows(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "who is not signed in has to be able to do so, by a password and a second factor, or by a passkey",
        both="account_login mfa_authenticate mfa_login_webauthn account_logout",
        read="account_alive",
    ),
    *rows(
        Anybody(),
        Scope.OWN,
        Shows.NOBODY,
        "the own factors and sessions; asked again who it is before anything is changed",
        both="account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn mfa_activate_totp mfa_deactivate_totp "
        "mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn mfa_generate_recovery_codes usersessions_list",
        read="mfa_index mfa_list_webauthn mfa_view_recovery_codes mfa_download_recovery_codes",
    ),
    *rows(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "to the court's identity service and back, where the setting is on: it stands for the password alone",
        read="single_sign_on single_sign_on_return",
    ),
    *rows(
        officers.EVERYBODY,
        Scope.OWN,
        Shows.NOBODY,
        "an officer connects his own account with it, having shown his second factor",
        send="single_sign_on_connect single_sign_on_disconnect",
    ),
    *_desk(
        officers.EVERYBODY,
        Scope.OWN,
        Shows.NOBODY,
        "each officer chooses the own password",
        both="password_change",
        read="password_change_done",
    ),
)

OWN_WORK: tuple[Row, ...] = (
    *_desk(
        officers.EVERYBODY,
        Scope.OWN_COURT_OR_ALL,
        Shows.NUMBERED,
        "where work begins: what waits for this role, in numbers",
        read="index",
    ),
    *_desk(
        officers.EVERYBODY,
        Scope.PUBLIC,
        Shows.NOBODY,
        "words of the pages, and the tables that a role may open",
        read="jsi18n app_list registry_court_changelist",
    ),
    *_desk(officers.EVERYBODY, Scope.OWN, Shows.NOBODY, "where the own reminders go", both="mail_address"),
    *_desk(
        officers.EVERYBODY,
        Scope.OWN,
        Shows.STAFF,
        "who stands in for whom: the own, those of their court for registrars",
        read="deputies",
        both="name_deputy end_deputyship",
    ),
)

ENTERING: tuple[Row, ...] = (
    *_desk(
        officers.CLERKS,
        Scope.OWN_COURT,
        Shows.NAMED,
        "clerks enter their court's decisions, and nobody who reviews does",
        both="new_decision amend_decision add_party amend_party circumstances submit no_appeal service attach_file paste paste_parties pasted",
        send="remarks_on_decision remarks_on_party remarks_on_draft read_file",
    ),
    *_desk(
        officers.KEEPERS,
        Scope.OWN_COURT,
        Shows.NAMED,
        "drafts move to another clerk; a file leaves by the clerk's hand or, once handed on, the registrar's",
        both="hand_over remove_file",
    ),
    *_desk(
        officers.READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NAMED,
        "whoever reads a decision reads its files, which are shown as pictures",
        read="file file_page",
    ),
    *_desk(
        officers.CLERKS,
        Scope.OWN_COURT,
        Shows.NAMED,
        "old decisions are brought in by clerks",
        both="new_import submit_import",
        read="import_template",
    ),
    *_desk(
        officers.READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NUMBERED,
        "what became of an import; persons in it only to who uploaded it and to the court's judges",
        read="imports import import_faults import_faults_file",
    ),
    *_desk(
        officers.BRINGING_IN,
        Scope.OWN_COURT,
        Shows.NUMBERED,
        "an import is stopped by who brings in and by who decides",
        both="stop_import",
    ),
)

DECIDING: tuple[Row, ...] = (
    *_desk(
        officers.JUDGES,
        Scope.OWN_COURT,
        Shows.NAMED,
        "a judge compares with the judgment what a clerk entered; the own entry is refused",
        read="review",
        both="approve send_back review_import",
    ),
    *_desk(officers.REVIEWERS, Scope.OWN_COURT, Shows.NAMED, "who is asked first to review", both="assign"),
    *_desk(
        officers.ACTING,
        Scope.OWN_COURT_OR_ALL,
        Shows.NAMED,
        "which role does which act from which state, `registry.lifecycle` says; acts told as the High Court's are open to it",
        both="act",
    ),
    *_desk(
        officers.PROPOSING,
        Scope.OWN_COURT,
        Shows.NAMED,
        "who may propose what, `registry.lifecycle` says; a second officer decides",
        both="propose",
    ),
    *_desk(
        officers.READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NAMED,
        "a proposal is read by whoever reads its listing; only its deciders find buttons, and never on their own",
        read="proposal",
    ),
    *_desk(officers.DECIDING, Scope.OWN_COURT, Shows.NAMED, "decided by the roles that the act names", send="proposal"),
)

READING: tuple[Row, ...] = (
    *_desk(
        officers.READERS,
        Scope.REVIEWED,
        Shows.NAMED,
        "a listing's own page; each look is on record, and the person sees it",
        read="listing",
        both="why_listing",
    ),
    *_desk(
        officers.READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NAMED,
        "decisions, the units in them, and the book as a list: names only of own cases and of those with a reason",
        read="decision unit registry_listing_changelist",
        both="why_decision",
    ),
    *_desk(
        officers.READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NUMBERED,
        "the case register and the log's lines, which hold no name",
        read="case registry_case_changelist registry_event_changelist",
    ),
    *_desk(
        officers.DECIDING,
        Scope.OWN_COURT,
        Shows.NAMED,
        "a person at hand is found by his number, which stays out of addresses",
        both="find",
    ),
    *_desk(
        officers.CLERKS,
        Scope.OWN_COURT,
        Shows.NAMED,
        "what became of a unit, and who acts for it, is proposed and recorded by clerks",
        both="unit_change unit_representative",
    ),
    *_desk(
        officers.REVEALING,
        Scope.EVERY_COURT,
        Shows.REVEALED,
        "who has to identify a person beyond doubt; few a day, with words that the person reads",
        both="number",
    ),
)

CASES: tuple[Row, ...] = (
    *_desk(
        officers.KEEPERS,
        Scope.OWN_COURT,
        Shows.NUMBERED,
        "clerks and registrars keep their court's case register",
        both="file_case feed_cases conclude_case set_case_aside look_at_earlier propose_striking strike_case keep_case",
        read="case_template",
        send="take_case_back",
    ),
)

HIGH_COURT: tuple[Row, ...] = (
    *_desk(
        officers.SEALING_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.NAMED,
        "a record is sealed, and opened again for a court's question, by the High Court alone",
        read="sealing",
        both="new_sealing_order open_sealed sealing_order",
    ),
    *_desk(
        officers.OVERSEEING,
        Scope.PUBLIC,
        Shows.NOBODY,
        "code lists hold for every court",
        read="code_lists code_list code_entry export_codes code_proposal",
    ),
    *_desk(
        officers.HIGH_REGISTRARS,
        Scope.PUBLIC,
        Shows.NOBODY,
        "code lists are changed by two registrars of the High Court",
        both="new_code change_code retire_code holiday_notice",
        send="code_proposal",
    ),
    *_desk(
        officers.SECURITY,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "appointments are proposed, and ended at once, by a security administrator, who never reads the book",
        read="account locked_accounts",
        both="new_officer end_appointment invite reset_factors unlock",
    ),
    *_desk(
        officers.CONFIRMING_APPOINTMENTS,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "rights are granted by two: another security administrator, or the High Court, confirms",
        both="appointment",
    ),
    *_desk(
        officers.APPOINTMENT_READERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.STAFF,
        "who is appointed where",
        read="registry_officer_changelist",
    ),
    *_desk(
        officers.AUDITING,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "who did, and who looked at, what: numbers and officers, no names of persons listed",
        read="registry_actrecord_changelist registry_handover_changelist registry_appointmentend_changelist "
        "registry_accessrecord_changelist registry_caseact_changelist registry_unitchange_changelist",
    ),
)

DESK: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Signing in to the desk", SIGNING_IN),
    ("Every officer's own work", OWN_WORK),
    ("Entering", ENTERING),
    ("Deciding", DECIDING),
    ("Reading the book", READING),
    ("The case register", CASES),
    ("What the High Court alone keeps", HIGH_COURT),
)
