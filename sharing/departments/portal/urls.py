"""The department's portal: its own endpoints and deliveries, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.departments.portal import (
    conforming,
    connection,
    delivering,
    endpoints,
    having,
    institutions,
    keys,
    overview,
    owing,
    people,
    timing,
    what_comes,
)

app_name = "department"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("endpoints/new/", endpoints.add, name="add_endpoint"),
    path("endpoints/<slug:endpoint_id>/", endpoints.show, name="endpoint"),
    path("endpoints/<slug:endpoint_id>/act/", endpoints.act, name="endpoint_act"),
    path("endpoints/<slug:endpoint_id>/move/", endpoints.move, name="move_endpoint"),
    path("endpoints/<slug:endpoint_id>/connection/", connection.connection, name="connection"),
    path(
        "endpoints/<slug:endpoint_id>/connection/<uuid:certificate_id>/certificate.pem",
        connection.part,
        {"what": "certificate"},
        name="client_certificate",
    ),
    path(
        "endpoints/<slug:endpoint_id>/connection/<uuid:certificate_id>/request.pem",
        connection.part,
        {"what": "request"},
        name="signing_request",
    ),
    path("endpoints/<slug:endpoint_id>/catch-up/", endpoints.catch_up, name="catch_up"),
    path("endpoints/<slug:endpoint_id>/conformance/", conforming.conformance, name="conformance"),
    path("endpoints/<slug:endpoint_id>/conformance/<int:run_id>/", conforming.conformance_run, name="conformance_run"),
    path(
        "endpoints/<slug:endpoint_id>/conformance/<int:run_id>/report/",
        conforming.conformance_report,
        name="conformance_report",
    ),
    path("deliveries/", delivering.deliveries, name="deliveries"),
    path("deliveries/<slug:event_id>/", delivering.delivery, name="delivery"),
    path("deliveries/<slug:event_id>/body/", delivering.body, name="delivery_body"),
    path("deliveries/<slug:event_id>/resend/", delivering.resend, name="resend"),
    path("what-comes/", what_comes.what_comes, name="what_comes"),
    path("receipts/<int:recall_id>/", institutions.recall, name="recall"),
    path("receipts/<int:recall_id>/answer/", institutions.answer, name="recall_answer"),
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/new/", institutions.add, name="add_institution"),
    path("institutions/<slug:code>/", institutions.institution, name="institution"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.add, name="add_key"),
    path("keys/receipts/", keys.receipt_key, name="receipt_key"),
    path("keys/networks/", keys.networks, name="networks"),
    path("keys/<slug:client_id>/", keys.key, name="key"),
    path("keys/<slug:client_id>/revoke/", keys.revoke, name="revoke_key"),
    path("members/", people.people, name="people"),
    path("members/new/", people.add, name="add_member"),
    path("members/acts/", people.acts, name="acts"),
    path("members/acts/download/", people.export_acts, name="export_acts"),
    path("members/<int:member_id>/", people.person, name="person"),
    path("members/<int:member_id>/act/", people.act, name="person_act"),
    path("receipts/", owing.owed, name="owed"),
    path("receipts/declare/", owing.declare, name="declare"),
    path("timeliness/", timing.show, name="timeliness"),
    path("timeliness/publish/", timing.publish, name="publish_timeliness"),
    path("list/", having.show, name="list"),
    path("list/look-up/", having.look_up, name="look_up"),
    path("list/download/", having.download, name="download"),
]
