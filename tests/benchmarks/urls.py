"""The product's addresses, and the bare view that a screening is measured against."""

from __future__ import annotations

from django.urls import include, path

from tests.benchmarks.bare_view import BareView

urlpatterns = [
    path("", include("config.urls")),
    # By the name of a screening it has a screening's row in the table of permissions.
    path("bare", BareView.as_view(), name="screenings"),
]
