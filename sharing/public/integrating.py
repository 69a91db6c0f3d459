"""For whoever connects a department, without signing in: what comes, how it is verified, and files to take along."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from sharing.departments import catalogue, handbook

CACHED_SECONDS = 3600
SCHEMA = "application/schema+json"


class CatalogueView(TemplateView):
    template_name = "public/catalogue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"messages_told": catalogue.messages(), "snippets": handbook.SNIPPETS}
        return super().get_context_data(**kwargs) | told


@require_safe
@cache_control(public=True, max_age=CACHED_SECONDS)
def schema(request: HttpRequest, type_: str) -> HttpResponse:
    """The JSON Schema of one message."""
    try:
        return HttpResponse(catalogue.schema_text(type_), content_type=SCHEMA)
    except KeyError:
        raise Http404 from None


@require_safe
@cache_control(public=True, max_age=CACHED_SECONDS)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One of the files that are given out, and no other."""
    try:
        content = handbook.path_of(name).read_bytes()
    except KeyError:
        raise Http404 from None
    return HttpResponse(content, content_type=handbook.FILES[name])
