"""The department's portal: its own endpoints and deliveries, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.departments.portal import delivering, endpoints, having, overview, owing, timing

app_name = "department"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("endpoints/new/", endpoints.add, name="add_endpoint"),
    path("endpoints/<slug:endpoint_id>/", endpoints.show, name="endpoint"),
    path("endpoints/<slug:endpoint_id>/act/", endpoints.act, name="endpoint_act"),
    path("endpoints/<slug:endpoint_id>/move/", endpoints.move, name="move_endpoint"),
    path("endpoints/<slug:endpoint_id>/catch-up/", endpoints.catch_up, name="catch_up"),
    path("deliveries/", delivering.deliveries, name="deliveries"),
    path("deliveries/<slug:event_id>/", delivering.delivery, name="delivery"),
    path("receipts/", owing.owed, name="owed"),
    path("receipts/declare/", owing.declare, name="declare"),
    path("timeliness/", timing.show, name="timeliness"),
    path("list/", having.show, name="list"),
    path("list/look-up/", having.look_up, name="look_up"),
    path("list/download/", having.download, name="download"),
]
