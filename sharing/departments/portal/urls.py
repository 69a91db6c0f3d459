"""The department's portal: its own endpoints and deliveries, and nobody else's."""

from __future__ import annotations

from django.urls import path

from sharing.departments.portal import delivering, endpoints, overview, what_comes

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
    path("deliveries/<slug:event_id>/body/", delivering.body, name="delivery_body"),
    path("deliveries/<slug:event_id>/resend/", delivering.resend, name="resend"),
    path("what-comes/", what_comes.what_comes, name="what_comes"),
    path("receipts/", delivering.owed, name="owed"),
]
