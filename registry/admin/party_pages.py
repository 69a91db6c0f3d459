"""A decision with very many parties is worked on by the page, each of which is sent and saved by itself.

A form of the browser may have a thousand fields (``DATA_UPLOAD_MAX_NUMBER_FIELDS``), and nobody reads more at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from registry.models import Decision, Listing

A_PAGE = 100
PAGE = "page"  # in the address


def page_of(request: HttpRequest, listings: Sequence[Listing]) -> Page[Listing]:
    """The page that the address names; the first or the last where there is none of that number."""
    return Paginator(listings, A_PAGE).get_page(request.GET.get(PAGE))


def other_query(request: HttpRequest) -> str:
    """What else the address says, for the links to the other pages."""
    others = [(name, values) for name, values in request.GET.lists() if name != PAGE]
    return urlencode(others, doseq=True)


def next_address(request: HttpRequest, route: str, decision: Decision, page: Page[Listing]) -> str:
    """Of the next page, where there is one."""
    query = [other_query(request), urlencode({PAGE: page.next_page_number()})]
    return f"{reverse(route, args=[decision.pk])}?{'&'.join(filter(None, query))}"
