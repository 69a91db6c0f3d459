"""In which encoding a request's text is read: in UTF-8, whatever it says of itself (RFC 8259 §8.1; the pages' own forms).

Django takes every name that Python knows a codec by, also those that make no text ("hex"), and breaks while the request is
made, before anything that could answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters


class Utf8Handler(WSGIHandler):
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        environ["CONTENT_TYPE"] = without_charset(environ.get("CONTENT_TYPE", ""))
        return super().__call__(environ, start_response)


def without_charset(content_type: str) -> str:
    """As it is where it names none, and else without it; the boundary of parts stays (RFC 9110 §8.3.1)."""
    kind, parameters = parse_header_parameters(content_type)
    if "charset" not in parameters:
        return content_type
    kept = [f'{name}="{value}"' for name, value in parameters.items() if name != "charset"]
    return "; ".join([kind, *kept])
