"""The court's statistics as released: the newest one, every other one at its permanent address, their files, the method.

What is released never changes, so its files may be kept for good; a page for some minutes, for a correction is shown on it.
Such a page sets no cookie, so that it may be kept for everybody.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from sharing.statistics import presenting, releasing
from sharing.statistics.models import Release

PAGE_SECONDS = 300
FILE_SECONDS = 365 * 24 * 3600


@require_safe
def statistics(request: HttpRequest) -> HttpResponseBase:
    """The newest release whole, or that there is none yet."""
    newest = releasing.released().last()
    if newest is None:
        return _page(request, "public/statistics_none.html", {})
    return _page(request, "public/release.html", _context(newest))


@require_safe
def release(request: HttpRequest, number: str) -> HttpResponseBase:
    return _page(request, "public/release.html", _context(_numbered(number)))


@require_safe
def release_file(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """One file, for good; anybody's page may show its pictures."""
    response = presenting.file_response(_numbered(number), name)
    if response is None:
        raise Http404
    response.headers["Cache-Control"] = f"public, max-age={FILE_SECONDS}, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _unless_kept(request, response)


@require_safe
def statistics_method(request: HttpRequest) -> HttpResponseBase:
    shown = {"dictionary": presenting.dictionary(), **presenting.method_context()}
    return _page(request, "public/statistics_method.html", shown)


def _context(found: Release) -> dict[str, Any]:
    return presenting.release_context(found, lambda name: reverse("public:release_file", args=[found.number, name]))


def _numbered(number: str) -> Release:
    found = releasing.released().filter(number=number).select_related("corrects").first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    # A message on it would be one reader's alone.
    response = render(request, template, {**context, "for_everybody": True, "messages": []})
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return _unless_kept(request, response)


def _unless_kept(request: HttpRequest, response: Any) -> HttpResponseBase:
    """304 for whoever has these bytes already."""
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response.headers["ETag"] = etag
    kept = get_conditional_response(request, etag=etag, response=response)
    assert kept is not None
    return kept
