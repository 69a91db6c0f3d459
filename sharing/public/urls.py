"""Pages that anybody may read: what the register is, who may read what, how fast it is, its words, how to connect, help;
and where anybody verifies a result.
"""

from __future__ import annotations

from django.urls import path, re_path

from sharing.public import integrating, log, statistics, verifying
from sharing.public.pages import HelpView, LandingView, VocabularyView, WhoMayReadView
from sharing.public.timeliness import TimelinessView

EPOCH = "[1-9][0-9]{0,8}"
NUMBER = "[0-9]{4}-[1-9][0-9]{0,3}"

app_name = "public"
urlpatterns = [
    path("", LandingView.as_view(), name="landing"),
    path("who-may-read-what/", WhoMayReadView.as_view(), name="who_may_read"),
    path("timeliness/", TimelinessView.as_view(), name="timeliness"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/method/", statistics.statistics_method, name="statistics_method"),
    re_path(rf"^statistics/(?P<number>{NUMBER})/$", statistics.release, name="release"),
    re_path(rf"^statistics/(?P<number>{NUMBER})/(?P<name>[a-z0-9_.-]+)$", statistics.release_file, name="release_file"),
    path("log/", log.LogView.as_view(), name="log"),
    path("log/checkpoint", log.checkpoint, name="log_checkpoint"),
    path("log/tile/<path:address>", log.tile, name="log_tile"),
    re_path(rf"^log/(?P<epoch>{EPOCH})/checkpoint$", log.checkpoint, name="log_checkpoint_of_epoch"),
    re_path(rf"^log/(?P<epoch>{EPOCH})/tile/(?P<address>.+)$", log.tile, name="log_tile_of_epoch"),
    path("vocabulary/", VocabularyView.as_view(), name="vocabulary"),
    path("docs/events/", integrating.CatalogueView.as_view(), name="catalogue"),
    path("docs/schemas/<str:type_>.json", integrating.schema, name="schema"),
    path("docs/<path:name>", integrating.file, name="file"),
    path("verify/", verifying.verify, name="verify"),
    path("help/", HelpView.as_view(), name="help"),
]
