"""The tour: the life of one listing in nine steps, each done for the visitor or by the visitor on the real pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path


def overview(request: HttpRequest) -> HttpResponse:
    return redirect("demo:act_as")


urls: list[URLPattern] = [path("tour/", overview, name="tour")]
