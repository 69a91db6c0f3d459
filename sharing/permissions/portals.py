"""The rows of the portals: what members of departments and of employers may open."""

from __future__ import annotations

from functools import partial

from registry.permissions.rows import Anybody, Row, Scope, Shows, rows
from sharing.parties.models import MemberRole, OrganisationKind
from sharing.permissions.callers import Holder, Members

_OWNER = (MemberRole.OWNER,)
_DEPARTMENTS = Members(OrganisationKind.DEPARTMENT, (MemberRole.OWNER, MemberRole.INTEGRATOR))
_DEPARTMENT_OWNERS = Members(OrganisationKind.DEPARTMENT, _OWNER)

_ASKING = (MemberRole.OWNER, MemberRole.HR)
_READING = Members(OrganisationKind.EMPLOYER, (*_ASKING, MemberRole.AUDITOR), even_suspended=True)
_ASKERS = Members(OrganisationKind.EMPLOYER, _ASKING)
_OVERSEERS = Members(OrganisationKind.EMPLOYER, (MemberRole.OWNER, MemberRole.AUDITOR), even_suspended=True)
_ENDING = Members(OrganisationKind.EMPLOYER, _ASKING, even_suspended=True)
_EMPLOYER_OWNERS = Members(OrganisationKind.EMPLOYER, _OWNER)
_OWNERS_EVER = Members(OrganisationKind.EMPLOYER, _OWNER, even_suspended=True)

_portal = partial(rows, room="portal")
_department = partial(rows, room="department")
_employer = partial(rows, room="employer")

SIGNING_IN: tuple[Row, ...] = (
    *_portal(Anybody(), Scope.PUBLIC, Shows.NOBODY, "who is not signed in has to be able to do so", both="sign_in"),
    *_portal(Anybody(), Scope.OWN, Shows.NOBODY, "ends the own session and nothing else", send="sign_out"),
    *_portal(Holder("a member's session"), Scope.OWN, Shows.NOBODY, "the own password alone", both="password"),
    *_portal(
        Holder("an invitation's link"),
        Scope.LINK,
        Shows.NOBODY,
        "a newcomer chooses a password, once",
        both="invitation",
    ),
)

DEPARTMENTS: tuple[Row, ...] = (
    *_department(
        _DEPARTMENTS,
        Scope.OWN_ORGANISATION,
        Shows.NUMBERED,
        "how the department's own endpoints, deliveries and receipts stand",
        read="overview endpoint client_certificate signing_request conformance_run conformance_report deliveries delivery "
        "what_comes recall institutions keys people owed timeliness list",
        send="endpoint_act resend recall_answer declare",
        both="move_endpoint connection catch_up conformance add_institution institution key",
    ),
    *_department(
        _DEPARTMENTS,
        Scope.OWN_ORGANISATION,
        Shows.NAMED,
        "what the department was told; each look is on record, and what of it a member sees the body's page asks",
        both="delivery_body look_up",
        send="download",
    ),
    *_department(
        _DEPARTMENTS,
        Scope.OWN_ORGANISATION,
        Shows.HANDED_OVER,
        "whoever connects the department's programs makes their keys",
        both="add_endpoint revoke_key",
        send="add_key",
    ),
    *_department(
        _DEPARTMENT_OWNERS,
        Scope.OWN_ORGANISATION,
        Shows.STAFF,
        "owners answer for who belongs to the department and for what is said in its name",
        read="person acts export_acts",
        both="receipt_key networks add_member",
        send="person_act publish_timeliness",
    ),
)

EMPLOYERS: tuple[Row, ...] = (
    *_employer(Anybody(), Scope.PUBLIC, Shows.NOBODY, "an organisation registers itself", both="register"),
    *_employer(
        Holder("the secret of a registration, by mail"),
        Scope.LINK,
        Shows.NOBODY,
        "how the own registration stands",
        both="enter_registration registration",
    ),
    *_employer(
        _READING,
        Scope.OWN_ORGANISATION,
        Shows.ANSWERED,
        "what the employer asked and was answered; of a suspended one, too: it has to keep what it knows right",
        read="start screenings export screening letter paper batches batch_template batch batch_faults batch_results "
        "campaigns campaign_template campaign campaign_faults campaign_results monitorings monitoring endpoint requests "
        "request may_learn keys people",
    ),
    *_employer(
        _ASKERS,
        Scope.OWN_ORGANISATION,
        Shows.ANSWERED,
        "those who hire ask, with the applicant's consent",
        read="consent_form",
        both="new new_batch ask_batch new_campaign begin_campaign stop_campaign replace_campaign_links campaign_forms enrol "
        "new_request",
        send="stop_batch take_over_batch take_over_campaign withdraw_campaign_rows campaign_links renew_campaign_links "
        "want_allowance request_link withdraw_request",
    ),
    *_employer(
        _ENDING,
        Scope.OWN_ORGANISATION,
        Shows.ANSWERED,
        "what is owed to the court and the applicant: the form that is called in, the word that a result is removed, when "
        "the applicant was told; of a suspended one, too, for its time runs on",
        both="told form confirm_recall",
        send="confirm_change",
    ),
    *_employer(
        _OVERSEERS,
        Scope.OWN_ORGANISATION,
        Shows.STAFF,
        "who answers for what is done in the employer's name sees which member did what",
        read="acts export_acts",
    ),
    *_employer(_ENDING, Scope.OWN_ORGANISATION, Shows.ANSWERED, "to know less is always open", both="end_monitoring"),
    *_employer(
        _OWNERS_EVER,
        Scope.OWN_ORGANISATION,
        Shows.HANDED_OVER,
        "owners answer for who belongs to the employer; of a suspended one, too, whose members still read",
        read="person",
        both="add_member",
        send="person_act",
    ),
    *_employer(
        _EMPLOYER_OWNERS,
        Scope.OWN_ORGANISATION,
        Shows.HANDED_OVER,
        "owners answer for what the employer's programs do",
        both="endpoint_address key revoke_key networks",
        send="endpoint_act add_key",
    ),
)

PORTALS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Signing in to the portals", SIGNING_IN),
    ("The departments' portal", DEPARTMENTS),
    ("The employers' portal", EMPLOYERS),
)
