"""The product's addresses, and the bare view that a screening is measured against."""

from __future__ import annotations

from django.urls import include, path

from tests.benchmarks.bare_view import BareView

urlpatterns = [
    path("", include("config.urls")),
    path("bare", BareView.as_view()),
]
