"""Answers: each in the one form that it has, and not again to who has it already. The settings of REST framework name this
module, so it must not import its views.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404
from django.utils.http import parse_etags
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneForm(DefaultContentNegotiation):
    """Whatever a program would rather have, it is given the form that there is, and told so by Content-Type (RFC 9110 §12.5.1).

    A list is NDJSON, a status list is a token, a paper is a PDF, and a refusal is problem details: who asks for just that, as
    the API's description says it, asks for none of the frame's own forms, and must not be refused for it.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        forms = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, forms, format_suffix)
        except (NotAcceptable, Http404):
            return forms[0], forms[0].media_type
        return chosen


def is_known(request: Request, tag: str) -> bool:
    """Whether the sender has the answer with this ETag. Compared weakly, as RFC 9110 §13.1.2 has it: what stands between
    may have packed the answer, and then calls its tag weak.
    """
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or tag in [each.removeprefix("W/") for each in known]
