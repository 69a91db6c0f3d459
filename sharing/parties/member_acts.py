"""What members do in their portals, each act with its words: for the organisation that answers for it, and for auditors."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberActKind(models.TextChoices):
    """An act of `MemberAct`. The column takes any word, so that old rows outlive an act that is given up."""

    ACCEPT_INVITATION = "accept_invitation", _("accepted an invitation")
    ADD_MEMBER = "add_member", _("took a member in")
    INITIAL_PASSWORD = "initial_password", _("gave a member an initial password")
    RESET_FACTORS = "reset_factors", _("reset a member’s second factors")
    CHANGE_ADDRESS = "change_address", _("gave a member another mail address")
    SHUT_OUT = "shut_out", _("shut a member out")
    LET_IN_AGAIN = "let_in_again", _("let a member in again")
    MAKE_OWNER = "make_owner", _("gave a member the role “owner”")
    MAKE_INTEGRATOR = "make_integrator", _("gave a member the role “integrator”")
    MAKE_HR = "make_hr", _("gave a member the role “HR”")
    MAKE_AUDITOR = "make_auditor", _("gave a member the role “auditor”")
    EXPORT_ACTS = "export_acts", _("downloaded the acts of members")

    ADD_KEY = "add_key", _("made a key")
    REPLACE_KEY = "replace_key", _("replaced a key")
    REVOKE_KEY = "revoke_key", _("revoked a key")
    ADD_CERTIFICATE = "add_certificate", _("bound a key to a certificate")
    REMOVE_CERTIFICATE = "remove_certificate", _("took a certificate off a key")
    SET_NETWORKS = "set_networks", _("set from where keys may be used")
    RECEIPT_KEY = "receipt_key", _("registered the key for receipts")

    ADD_ENDPOINT = "add_endpoint", _("added an endpoint")
    MOVE_ENDPOINT = "move_endpoint", _("changed an endpoint’s address")
    TEST_ENDPOINT = "test_endpoint", _("sent a test message")
    PAUSE_ENDPOINT = "pause_endpoint", _("paused an endpoint")
    RESUME_ENDPOINT = "resume_endpoint", _("resumed an endpoint")
    PURGED_ENDPOINT = "purged_endpoint", _("said that the program behind an endpoint keeps nothing")
    ROTATE_ENDPOINT = "rotate_endpoint", _("made another signing secret")
    RELEASE_ENDPOINT = "release_endpoint", _("released what an endpoint held back")
    TRUST = "trust", _("chose the authorities that an endpoint’s certificate must lead to")
    TRUST_THE_SYSTEMS = "trust_the_systems", _("chose the system’s authorities for an endpoint")
    PREPARE_CERTIFICATE = "prepare_certificate", _("prepared a client certificate")
    PRESENT_CERTIFICATE = "present_certificate", _("let the client certificate be shown")
    PRESENT_SIGNED = "present_signed", _("let a signed client certificate be shown")
    PRESENT_NOTHING = "present_nothing", _("let no client certificate be shown")
    SET_PACE = "set_pace", _("set an endpoint’s pace")
    REPLAY = "replay", _("let events be sent again from a position")
    RESEND = "resend", _("let one event be sent again")
    START_CONFORMANCE = "start_conformance", _("began a conformance run")

    SHOW_BODY = "show_body", _("read the body of a delivery")
    DECLARE = "declare", _("declared events applied or purged")
    ADD_INSTITUTION = "add_institution", _("registered an institution")
    END_INSTITUTION = "end_institution", _("ended an institution")
    ONWARD_PURGED = "onward_purged", _("noted that an institution has purged")
    ONWARD_ESCALATE = "onward_escalate", _("reported to the court an institution that does not answer")
    PUBLISH_TIMELINESS = "publish_timeliness", _("made the department’s figures public")
    WITHHOLD_TIMELINESS = "withhold_timeliness", _("made the department’s figures not public")

    MAKE_REQUEST = "make_request", _("asked an applicant for consent")
    RENEW_REQUEST_LINK = "renew_request_link", _("made another link of a request for consent")
    WITHDRAW_REQUEST = "withdraw_request", _("withdrew a request for consent")
    SHOW_FORM = "show_form", _("opened a signed form")
    READ_RESULT = "read_result", _("read a result")
    READ_PAPER = "read_paper", _("took a result as a paper")
    READ_LETTER = "read_letter", _("took the letter to the applicant")
    APPLICANT_TOLD = "applicant_told", _("wrote down when the applicant was told")
    EXPORT_SCREENINGS = "export_screenings", _("downloaded the list of screenings")
    ENROL = "enrol", _("enrolled somebody in monitoring")
    READ_MONITORING = "read_monitoring", _("read a monitoring")
    END_MONITORING = "end_monitoring", _("ended a monitoring")
    CONFIRM_CHANGE = "confirm_change", _("took note of a changed answer")
    UPLOAD_BATCH = "upload_batch", _("uploaded a batch")
    ASK_BATCH = "ask_batch", _("asked a batch")
    TAKE_OVER_BATCH = "take_over_batch", _("went on with a batch that stood still")
    STOP_BATCH = "stop_batch", _("stopped a batch")
    EXPORT_BATCH = "export_batch", _("downloaded a batch’s results")
    UPLOAD_CAMPAIGN = "upload_campaign", _("uploaded a campaign")
    BEGIN_CAMPAIGN = "begin_campaign", _("began a campaign")
    TAKE_OVER_CAMPAIGN = "take_over_campaign", _("went on with a campaign that stood still")
    STOP_CAMPAIGN = "stop_campaign", _("stopped a campaign")
    MAKE_CAMPAIGN_LINKS = "make_campaign_links", _("made a campaign’s links")
    HAND_IN_FORMS = "hand_in_forms", _("handed in signed forms")
    WITHDRAW_CAMPAIGN_ROWS = "withdraw_campaign_rows", _("withdrew rows of a campaign")
    WANT_ALLOWANCE = "want_allowance", _("asked the registry for more questions")
    EXPORT_CAMPAIGN = "export_campaign", _("downloaded a campaign’s results")


ON_MEMBERS = frozenset(  # those whose ``about`` is a member's number
    {
        MemberActKind.ACCEPT_INVITATION,
        MemberActKind.ADD_MEMBER,
        MemberActKind.INITIAL_PASSWORD,
        MemberActKind.RESET_FACTORS,
        MemberActKind.CHANGE_ADDRESS,
        MemberActKind.SHUT_OUT,
        MemberActKind.LET_IN_AGAIN,
        MemberActKind.MAKE_OWNER,
        MemberActKind.MAKE_INTEGRATOR,
        MemberActKind.MAKE_HR,
        MemberActKind.MAKE_AUDITOR,
    }
)
