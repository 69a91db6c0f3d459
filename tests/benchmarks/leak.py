"""A planted defect: with a header that only the benchmark sends, a listed applicant costs one query more."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

LEAK = "X-Planted-Leak"


def leaking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if LEAK in request.headers and b'"outcome":"listed"' in response.content.replace(b" ", b""):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM registry_listing")
        return response

    return answer
