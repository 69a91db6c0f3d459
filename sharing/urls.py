"""The API, version 1."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.urls import include, path

from sharing.api_pages import ApiReferenceView
from sharing.openapi import ConsoleView, SchemaView

# The console's own style sheet carries its pictures inside itself.
pictures_in_style = csp_update({"img-src": [SELF, "data:"]})

urlpatterns = [
    path("", include("sharing.departments.urls")),
    path("", include("sharing.employers.urls")),
    path("", include("sharing.courts.urls")),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", ApiReferenceView.as_view(), name="docs"),
    path("console/", pictures_in_style(ConsoleView.as_view(url_name="schema")), name="console"),
]
