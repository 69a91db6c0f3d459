"""The department's portal: its own endpoints and deliveries, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.departments.portal import conforming, delivering, endpoints, overview

app_name = "department"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("endpoints/new/", endpoints.add, name="add_endpoint"),
    path("endpoints/<slug:endpoint_id>/", endpoints.show, name="endpoint"),
    path("endpoints/<slug:endpoint_id>/act/", endpoints.act, name="endpoint_act"),
    path("endpoints/<slug:endpoint_id>/move/", endpoints.move, name="move_endpoint"),
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
    path("receipts/", delivering.owed, name="owed"),
]
