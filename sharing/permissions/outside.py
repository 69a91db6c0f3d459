"""The rows of what is open from outside without a member's session: machines, persons, the public."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from registry.permissions.rows import Anybody, Row, Scope, Shows, rows
from sharing.parties.models import OrganisationKind
from sharing.permissions.callers import Holder, Machines, Person

_person = partial(rows, room="person")
_public = partial(rows, room="public")

_EVENTS = Machines(OrganisationKind.DEPARTMENT, "events")
_RECEIPTS = Machines(OrganisationKind.DEPARTMENT, "receipts")
_SCREENINGS = Machines(OrganisationKind.EMPLOYER, "screenings")
_CASES = Machines(OrganisationKind.COURT, "cases")
_TOLD = "a department has what it was told, and nothing else, for the measures that it may take"
_ASKED = "an employer's programs ask as its members do"

MACHINES: tuple[Row, ...] = (
    *rows(
        Holder("a client's id and secret"),
        Scope.OWN,
        Shows.HANDED_OVER,
        "a machine gets a token",
        send="token trial_token",
    ),
    *rows(_EVENTS, Scope.OWN_ORGANISATION, Shows.NAMED, _TOLD, read="events listings listing"),
    *rows(
        _EVENTS,
        Scope.PUBLIC,
        Shows.NOBODY,
        "proofs that the log says what the department was told",
        read="log_state log_proof log_proof_file",
    ),
    *rows(_RECEIPTS, Scope.OWN_ORGANISATION, Shows.NOBODY, "what it did with it", send="receipts onward"),
    *rows(
        _EVENTS,
        Scope.OWN_ORGANISATION,
        Shows.NOBODY,
        "the same on trial, about invented persons, at the own endpoint",
        read="trial_events trial_listings trial_listing",
    ),
    *rows(
        _RECEIPTS,
        Scope.OWN_ORGANISATION,
        Shows.NOBODY,
        "the same on trial, about invented persons, at the own endpoint",
        send="trial_receipts",
    ),
    *rows(
        _SCREENINGS,
        Scope.OWN_ORGANISATION,
        Shows.ANSWERED,
        _ASKED,
        read="screening screening_paper recalled_results batch_results campaign_rows",
        send="screenings recalled_result batches campaigns campaign_links campaign_forms consent_requests consent_request_link",
        both="monitorings",
    ),
    *(
        Row(name, ("GET", "DELETE"), _SCREENINGS, Scope.OWN_ORGANISATION, Shows.ANSWERED, _ASKED)
        for name in ("batch", "campaign", "monitoring", "consent_request")
    ),
    Row("campaign_row", ("DELETE",), _SCREENINGS, Scope.OWN_ORGANISATION, Shows.ANSWERED, _ASKED),
    Row("consent_form", ("PUT",), _SCREENINGS, Scope.OWN_ORGANISATION, Shows.ANSWERED, _ASKED),
    *rows(
        _CASES,
        Scope.OWN_COURT,
        Shows.NUMBERED,
        "a court's case system tells of its own cases",
        send="cases",
    ),
)

# Route, then method: whom the API's views ask for.
MACHINES_AT: Mapping[str, Mapping[str, Machines]] = {
    name: {
        method: row.who
        for row in MACHINES
        if row.route == name and isinstance(row.who, Machines)
        for method in row.methods
    }
    for name in {row.route for row in MACHINES if isinstance(row.who, Machines)}
}

_PROOF = "the court tells a person what it holds about him, whom it told and who asked"

PERSONS: tuple[Row, ...] = (
    *_person(
        Person(),
        Scope.OWN_RECORD,
        Shows.HIMSELF,
        _PROOF,
        read="clearance record record_print record_listing told asked question looked mine one objections objection "
        "objection_sent objection_letter objection_slip objection_slip_pdf",
        both="decide mails passkeys complete_objection ask_higher_court take_back",
        send="clearance_letter revoke deny mails_renew mails_stop passkeys_begin passkey_remove remove_statement read_decision",
    ),
    *_person(
        Holder("the link to a consent, or this browser after it"),
        Scope.LINK,
        Shows.NOBODY,
        "the applicant reads who asks for what, before he proves who he is",
        read="link spoilt_link request dead_link declined",
    ),
    *_person(
        Holder("a link in a mail"),
        Scope.LINK,
        Shows.NOBODY,
        "mails about questions are begun, renewed and ended from the mailbox",
        read="mails_spoilt_link",
        both="mails_confirm mails_end mails_go_on",
    ),
    *_person(
        Holder("a slip's number and code, or a proof of who he is"),
        Scope.LINK,
        Shows.HIMSELF,
        "an objection is raised, and followed from paper",
        both="new_objection follow",
    ),
    *_person(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "the ways to prove who one is, and to end the visit",
        read="identity oidc oidc_return",
        both="counter notice passkey",
        send="passkey_begin leave",
    ),
)

PUBLIC: tuple[Row, ...] = (
    *_public(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "what everybody may know of the register: rules, documents, and the log without names",
        read="landing who_may_read timeliness statistics_method log log_checkpoint log_tile log_checkpoint_of_epoch "
        "log_tile_of_epoch vocabulary catalogue schema file help",
    ),
    *_public(
        Anybody(),
        Scope.PUBLIC,
        Shows.FIGURES,
        "figures once they are released",
        read="statistics release release_file",
    ),
    *_public(
        Holder("a result's paper"),
        Scope.LINK,
        Shows.NOBODY,
        "whether a paper is genuine and still stands",
        both="verify",
    ),
    *rows(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "the API's description and keys, which results still stand, and whether the system runs",
        read="schema docs console keys webhook_keys status_list health",
    ),
    *rows(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "which part of the installation is late or down; the proxy leads the court's own network alone there",
        read="ready",
    ),
    *rows(
        Holder("the token of the court's Prometheus"),
        Scope.PUBLIC,
        Shows.FIGURES,
        "how the installation runs, in figures; the proxy leads the court's own network alone there",
        read="metrics",
    ),
    *rows(Anybody(), Scope.PUBLIC, Shows.NOBODY, "the language of the pages", both="set_language"),
    *rows(Anybody(), Scope.PUBLIC, Shows.NOBODY, "browsers count what they refused", send="csp_report"),
)

OUTSIDE: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Machines", MACHINES),
    ("Persons", PERSONS),
    ("The public", PUBLIC),
)
