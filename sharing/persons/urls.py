"""The pages of persons outside the court: proving who one is, consent, and objections."""

from __future__ import annotations

from django.urls import path, re_path

from sharing.persons.pages import clearance, consent, objections, objections_new, objections_slip, oidc, proof

app_name = "person"
urlpatterns = [
    path("consent/", consent.request_page, name="request"),
    path("consent/no-request/", consent.dead_link, name="dead_link"),
    path("consent/decide/", consent.decide, name="decide"),
    path("consent/declined/", consent.declined, name="declined"),
    path("consent/mine/", consent.mine, name="mine"),
    path("consent/mine/<uuid:key>/", consent.one, name="one"),
    path("consent/mine/<uuid:key>/revoke/", consent.revoke, name="revoke"),
    re_path(r"^consent/(?P<token>[A-Za-z0-9_-]{27})/$", consent.follow_link, name="link"),
    path("clearance/", clearance.clearance, name="clearance"),
    path("clearance/<slug:number>/", clearance.clearance_letter, name="clearance_letter"),
    path("identity/", proof.choose, name="identity"),
    path("identity/counter/", proof.counter_code, name="counter"),
    path("identity/notice/", proof.notice_code, name="notice"),
    path("identity/service/", oidc.go, name="oidc"),
    path("identity/return/", oidc.come_back, name="oidc_return"),
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
