"""Every page that takes a file settles where it goes before the check against forged requests reads it, and makes the check."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sharing.employers.taking_files import InMemory, checked_for_forgery_after
from tests import cast
from tests.signing_in import sign_in

TAKING = {
    "employer:register", "employer:registration", "employer:new", "employer:form", "employer:new_batch", "employer:enrol",
    "employer:new_campaign", "employer:campaign_forms",
}  # fmt: skip
AT_THE_DESK = {"admin:attach_file", "admin:feed_cases", "admin:new_import"}


@require_http_methods(["POST"])
@never_cache
@checked_for_forgery_after(InMemory)
def page(request):
    request.FILES["file"].seek(0)
    return HttpResponse(request.FILES["file"].read())


def sent(enforced=True):
    """As through the middleware; ``enforced``: without a token that fits."""
    file = SimpleUploadedFile("form.pdf", bytes(3 * 1024 * 1024))
    request = RequestFactory().post("/", {"file": file})
    request._dont_enforce_csrf_checks = not enforced
    middleware = CsrfViewMiddleware(lambda _: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, page, (), {}) or page(request)


@pytest.fixture(autouse=True)
def no_file_lies_on_a_disk(monkeypatch):
    handler = "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file"
    monkeypatch.setattr(handler, lambda *_: pytest.fail("on the disk"))


def test_a_forged_one_is_refused_and_its_file_lies_nowhere():
    assert sent().status_code == 403


def test_the_file_is_in_memory_and_no_longer_than_it_may_be(monkeypatch):
    assert len(sent(enforced=False).content) == 3 * 1024 * 1024
    monkeypatch.setattr(InMemory, "most", 100)
    assert len(sent(enforced=False).content) == 101


def exempt(patterns, before=""):
    for each in patterns:
        if isinstance(each, URLResolver):
            space = f"{each.namespace}:" if each.namespace else before
            yield from exempt(each.url_patterns, space)
        elif isinstance(each, URLPattern) and getattr(each.callback, "csrf_exempt", False):
            yield each.callback.__module__, f"{before}{each.name}"


def test_no_page_is_exempt_from_the_check_but_those_that_make_it_themselves():
    own = {name for module, name in exempt(get_resolver().url_patterns) if ".portal." in module}
    assert own == TAKING
    at_the_desk = {name for module, name in exempt(get_resolver().url_patterns) if module.startswith("registry.admin")}
    assert at_the_desk == AT_THE_DESK


@pytest.mark.django_db
@pytest.mark.parametrize("page", sorted(AT_THE_DESK))
def test_the_desks_pages_refuse_what_is_forged_whoever_is_signed_in(page):
    arguments = [cast.entered_decision().pk] if page == "admin:attach_file" else []
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, cast.clerk().account)
    file = SimpleUploadedFile("x.csv", bytes(3 * 1024 * 1024))
    assert browser.post(reverse(page, args=arguments), {"file": file}).status_code == 403
    browser.get(reverse(page, args=arguments))
    token = browser.cookies["csrftoken"].value
    file.seek(0)
    own = browser.post(reverse(page, args=arguments), {"file": file, "csrfmiddlewaretoken": token})
    assert own.status_code in (200, 302)
