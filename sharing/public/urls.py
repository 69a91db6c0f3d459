"""Pages that anybody may read: what the register is, who may read what, how fast it is, its words, how to connect, help;
and where anybody verifies a result.
"""

from __future__ import annotations

from django.urls import path

from sharing.public import integrating, verifying
from sharing.public.pages import HelpView, LandingView, VocabularyView, WhoMayReadView
from sharing.public.timeliness import TimelinessView

app_name = "public"
urlpatterns = [
    path("", LandingView.as_view(), name="landing"),
    path("who-may-read-what/", WhoMayReadView.as_view(), name="who_may_read"),
    path("timeliness/", TimelinessView.as_view(), name="timeliness"),
    path("vocabulary/", VocabularyView.as_view(), name="vocabulary"),
    path("docs/events/", integrating.CatalogueView.as_view(), name="catalogue"),
    path("docs/schemas/<str:type_>.json", integrating.schema, name="schema"),
    path("docs/<path:name>", integrating.file, name="file"),
    path("verify/", verifying.verify, name="verify"),
    path("help/", HelpView.as_view(), name="help"),
]
