"""The rows of /desk/sharing: the court's view of what left it. Namespace ``sharing_desk``."""

from __future__ import annotations

from functools import partial

from registry.permissions import officers
from registry.permissions.rows import Row, Scope, Shows, rows

_desk = partial(rows, room="sharing_desk")

DEPARTMENTS: tuple[Row, ...] = (
    *_desk(
        officers.OVERSEEING,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "which department is told on which instrument and measure, and where",
        read="departments department instrument measure endpoint proposal case_systems case_system",
    ),
    *_desk(
        officers.SHARING_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.HANDED_OVER,
        "who is told is proposed by one registrar of the High Court and decided by a second one",
        both="new_department propose_instrument renew open_measure replace_measure end_measure add_member "
        "shut_out_member let_member_in revoke_department_key switch_endpoint stage new_case_system revoke_case_key",
        send="proposal add_case_key",
    ),
    *_desk(
        officers.OVERSEEING_DUTIES,
        Scope.EVERY_COURT,
        Shows.NUMBERED,
        "what departments still owe, how fast they are, and what is to be deleted when",
        read="timeliness overdue recalls recalls_of retention",
    ),
    *_desk(
        officers.SHARING_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.NUMBERED,
        "answers that came on paper, and who is in charge of a recall",
        both="record_on_paper name_duty",
    ),
)

EMPLOYERS: tuple[Row, ...] = (
    *_desk(
        officers.OVERSEEING,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "which employers may ask, and how they ask",
        read="registrations registration allowances allowance employers employer alarms consents consent",
    ),
    *_desk(
        officers.SHARING_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.HANDED_OVER,
        "employers are let in, limited and shut out by the High Court",
        both="admit_registration ask_more refuse_registration decide_allowance new_employer switch_employer "
        "call_in_forms call_in_form change_entry change_quota change_most_enrolled end_monitoring add_employer_member "
        "switch_employer_member revoke_employer_key",
        send="invite_again",
    ),
    *_desk(
        officers.SHARING_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.NAMED,
        "whether an applicant consented is judged from the signed form; each look is on record",
        both="confirm_consent refuse_consent",
        send="consent_form consent_person enclosure registration_contact",
    ),
    *_desk(
        officers.OVERSEEING,
        Scope.EVERY_COURT,
        Shows.ANSWERED,
        "a result is found by its number, and recalled where it was wrong",
        both="find_result result",
    ),
)

LISTINGS: tuple[Row, ...] = (
    *_desk(
        officers.READERS,
        Scope.REVIEWED,
        Shows.NAMED,
        "who is told of a listing, and how the person was",
        read="recipients notice",
    ),
    *_desk(
        officers.DECIDING,
        Scope.OWN_COURT,
        Shows.NAMED,
        "a letter that says what has become of a listing",
        both="clearance",
    ),
    *_desk(
        officers.KEEPERS,
        Scope.OWN_COURT,
        Shows.HANDED_OVER,
        "the notice with the person's code in it is made once",
        both="issue_notice",
        send="make_notice",
    ),
    *_desk(
        officers.KEEPERS,
        Scope.EVERY_COURT,
        Shows.HIMSELF,
        "at the counter, for the person who stands there with his document; on record",
        both="counter_code own_record",
    ),
)

OBJECTIONS: tuple[Row, ...] = (
    *_desk(
        officers.READERS,
        Scope.REVIEWED,
        Shows.NAMED,
        "what persons object to; each look is on record",
        read="objections objection",
        both="why_objection",
        send="objection_file objection_letter",
    ),
    *_desk(
        officers.KEEPERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NAMED,
        "written down at the counter, with the slip that the person takes home",
        both="enter_objection",
        read="objection_slip objection_slip_pdf",
    ),
    *_desk(
        officers.DECIDING,
        Scope.REVIEWED,
        Shows.NAMED,
        "which role takes which step, `sharing.persons.objections.lifecycle` says; who had a hand in it does not decide",
        both="objection_step objection_completed objection_suspend",
    ),
)

AUDIT: tuple[Row, ...] = (
    *_desk(
        officers.OVERSEEING,
        Scope.EVERY_COURT,
        Shows.NUMBERED,
        "checks, samples and evidence, by numbers",
        read="audit audit_check audit_check_file samples sample sample_file packs pack readings",
        both="new_pack",
        send="count_checks take_pack",
    ),
    *_desk(
        officers.AUDITORS,
        Scope.EVERY_COURT,
        Shows.STAFF,
        "who did what, kept in a tree of its own, which only those read who do nothing else",
        both="audit_trail",
    ),
    *_desk(
        officers.SYSTEM,
        Scope.PUBLIC,
        Shows.FIGURES,
        "how the system runs, for who keeps it running and reads nothing of the book",
        read="system",
    ),
    *_desk(
        officers.AUDITORS,
        Scope.EVERY_COURT,
        Shows.NAMED,
        "who is audited neither draws nor finds",
        both="new_sample finding",
    ),
    *_desk(
        officers.BOOK_TAKERS,
        Scope.OWN_COURT_OR_ALL,
        Shows.NUMBERED,
        "the book as a file, without names; a court's registrar takes that of the court",
        both="take_book",
    ),
    *_desk(
        officers.OVERSEEING_DUTIES,
        Scope.PUBLIC,
        Shows.NUMBERED,
        "whether the log still is what was signed",
        read="log log_verification",
        send="verify_log",
    ),
)

STATISTICS: tuple[Row, ...] = (
    *_desk(
        officers.FIGURE_READERS,
        Scope.EVERY_COURT,
        Shows.FIGURES,
        "figures before their release, small numbers among them",
        read="statistics statistics_counted release preview_release release_file",
        send="count_anew",
    ),
    *_desk(
        officers.STATISTICIANS,
        Scope.EVERY_COURT,
        Shows.FIGURES,
        "releases are proposed by who counts",
        both="new_release correct_release",
    ),
    *_desk(
        officers.RELEASE_REGISTRARS,
        Scope.EVERY_COURT,
        Shows.FIGURES,
        "and released by somebody else",
        send="release",
    ),
)

DESK: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Departments and case systems", DEPARTMENTS),
    ("Employers", EMPLOYERS),
    ("What a listing's recipients and its person are told", LISTINGS),
    ("Objections", OBJECTIONS),
    ("The audit", AUDIT),
    ("Statistics", STATISTICS),
)
