"""Nothing between the court and a reader keeps a page about somebody: not under the name of a file, not in the proxy (A28)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.test import Client as Browser

from tests import every_route, production

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided"), pytest.mark.timeout(600)]

# What makes a cache on the way take a page for a file, which it may keep for everybody.
DECEIVING = ("x.css", "/x.css", "%2Fx.js", "/..%2Fstatic/x.css")
OPEN = {"clerk": 60, "owner at an employer": 40, "person": 25}


def asked(browser: Browser, path: str) -> Any:
    with transaction.atomic():
        answer = browser.get(path, **production.securely(path))
        transaction.set_rollback(True)
    return answer


def may_be_kept(answer: Any) -> bool:
    return "no-store" not in answer.headers.get("Cache-Control", "")


@pytest.mark.slow
@pytest.mark.parametrize(("who", "doors"), OPEN.items())
def test_a_page_under_the_name_of_a_file_is_kept_nowhere(settings, who, doors):
    values = every_route.a_world()
    production.apply(settings)
    browser = every_route.caller(who, {})
    paths = [route.path(values) for route in every_route.routes()]
    private = [each for each in paths if not may_be_kept(found := asked(browser, each)) and found.status_code == 200]
    assert len(private) >= doors
    kept = [path + each for path in private for each in DECEIVING if may_be_kept(asked(browser, path + each))]
    assert kept == []


def test_the_proxy_keeps_nothing():
    files = [each for each in Path(configured.BASE_DIR, "deploy").rglob("*") if "nginx" in str(each) and each.is_file()]
    assert files
    assert not [each for each in files if "proxy_cache" in each.read_text(encoding="utf-8")]
