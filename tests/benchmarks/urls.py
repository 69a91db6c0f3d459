"""The product's addresses, and the bare view that a screening is measured against."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("config.urls")),
]
