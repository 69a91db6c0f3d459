"""The department's portal: its own endpoints and deliveries, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.departments.portal import connection, delivering, endpoints, overview

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
    path("deliveries/", delivering.deliveries, name="deliveries"),
    path("deliveries/<slug:event_id>/", delivering.delivery, name="delivery"),
    path("receipts/", delivering.owed, name="owed"),
]
