"""The pages of persons outside the court: proving who one is, consent, one's own record, and objections."""

from __future__ import annotations

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from sharing.persons.pages import (
    clearance,
    consent,
    consent_mine,
    objections,
    objections_new,
    objections_slip,
    oidc,
    passkeys,
    proof,
    record,
    record_asked,
    record_mails,
    record_print,
)


class SpoiltLink(StringConverter):
    """What lost its shape on the way: no link that lacks its last slash alone, and none of the pages beside it."""

    regex = r"(?![A-Za-z0-9_-]{27}\Z)(?!(?:decide|declined|mine|no-request)(?:/|\Z))(?s:.+)"


register_converter(SpoiltLink, "spoilt_link")

app_name = "person"
urlpatterns = [
    path("consent/", consent.request_page, name="request"),
    path("consent/no-request/", consent.dead_link, name="dead_link"),
    path("consent/decide/", consent.decide, name="decide"),
    path("consent/declined/", consent.declined, name="declined"),
    path("consent/mine/", consent_mine.mine, name="mine"),
    path("consent/mine/<uuid:key>/", consent_mine.one, name="one"),
    path("consent/mine/<uuid:key>/revoke/", consent_mine.revoke, name="revoke"),
    path("consent/mine/<uuid:key>/deny/", consent_mine.deny, name="deny"),
    re_path(r"^consent/(?P<token>[A-Za-z0-9_-]{27})/$", consent.follow_link, name="link"),
    path("consent/<spoilt_link:token>", consent.spoilt_link, name="spoilt_link"),
    path("clearance/", clearance.clearance, name="clearance"),
    path("clearance/<slug:number>/", clearance.clearance_letter, name="clearance_letter"),
    path("record/", record.record, name="record"),
    path("record/print/", record_print.record_print, name="record_print"),
    path("record/listings/<str:number>/", record.listing, name="record_listing"),
    path("record/told/", record.who_was_told, name="told"),
    path("record/asked/", record_asked.who_asked, name="asked"),
    path("record/asked/<str:screening_id>/", record_asked.question, name="question"),
    path("record/looked/", record.who_looked, name="looked"),
    path("record/mails/", record_mails.mails, name="mails"),
    path("record/mails/renew/", record_mails.renew, name="mails_renew"),
    path("record/mails/stop/", record_mails.end, name="mails_stop"),
    path("record/link/confirm/<str:token>/", record_mails.confirm, name="mails_confirm"),
    path("record/link/end/<str:token>/", record_mails.end_by_link, name="mails_end"),
    path("record/link/go-on/<str:token>/", record_mails.renew_by_link, name="mails_go_on"),
    path("record/link/<path:token>", record_mails.spoilt_link, name="mails_spoilt_link"),
    path("identity/", proof.choose, name="identity"),
    path("identity/counter/", proof.counter_code, name="counter"),
    path("identity/notice/", proof.notice_code, name="notice"),
    path("identity/service/", oidc.go, name="oidc"),
    path("identity/return/", oidc.come_back, name="oidc_return"),
    path("identity/passkey/", passkeys.come_back, name="passkey"),
    path("identity/passkey/begin/", passkeys.begin_coming_back, name="passkey_begin"),
    path("identity/passkeys/", passkeys.passkeys, name="passkeys"),
    path("identity/passkeys/begin/", passkeys.begin_making, name="passkeys_begin"),
    path("identity/passkeys/<uuid:key>/remove/", passkeys.remove, name="passkey_remove"),
    path("identity/leave/", proof.leave, name="leave"),
    path("objections/", objections.objections, name="objections"),
    path("objections/new/", objections_new.new, name="new_objection"),
    path("objections/follow/", objections_slip.follow, name="follow"),
    path("objections/statements/<slug:listing>/remove/", objections.remove_statement, name="remove_statement"),
    path("objections/<slug:number>/", objections.one, name="objection"),
    path("objections/<slug:number>/sent/", objections.sent, name="objection_sent"),
    path("objections/<slug:number>/slip/", objections_slip.slip, name="objection_slip"),
    path("objections/<slug:number>/slip.pdf", objections_slip.slip_pdf, name="objection_slip_pdf"),
    path("objections/<slug:number>/read/", objections.read, name="read_decision"),
    path("objections/<slug:number>/letter.pdf", objections.letter, name="objection_letter"),
    path("objections/<slug:number>/complete/", objections.complete, name="complete_objection"),
    path("objections/<slug:number>/higher-court/", objections.ask_higher_court, name="ask_higher_court"),
    path("objections/<slug:number>/take-back/", objections.take_back, name="take_back"),
]
