"""The pages of persons outside the court: proving who one is, and consent."""

from __future__ import annotations

from django.urls import path, re_path

from sharing.persons.pages import clearance, consent, oidc, proof

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
]
