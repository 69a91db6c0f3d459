"""The API, version 1."""

from __future__ import annotations

from django.urls import include, path

from sharing.openapi import DocsView, SchemaView

urlpatterns = [
    path("", include("sharing.departments.urls")),
    path("", include("sharing.employers.urls")),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema"), name="docs"),
]
