"""Planted defects: with a header that only the benchmark sends, what must not be told costs one query more.

A listed applicant; a user name that is somebody's; a screening that is another employer's.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from registry.models import Account
from sharing.employers.models import Screening

LEAK = "X-Planted-Leak"


def leaking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if LEAK in request.headers and _is_there(request, response):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM registry_listing")
        return response

    return answer


def _is_there(request: HttpRequest, response: HttpResponse) -> bool:
    if name := request.POST.get("login"):
        return Account.objects.filter(username=name).exists()
    if request.method == "GET" and request.resolver_match:
        return Screening.objects.filter(pk=request.resolver_match.kwargs["id"]).exists()
    return b'"outcome":"listed"' in response.content.replace(b" ", b"")
