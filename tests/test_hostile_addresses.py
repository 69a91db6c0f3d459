"""An address that no page has is no page, whatever stands in it; none of them breaks anything."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from tests import cast, desk, releases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

PUBLIC = (
    "/statistics/%00/",
    "/statistics/a%00b/",
    "/statistics/2026-1/%00",
    "/statistics/2026-1/data.json%00",
    "/statistics/2026-1/..%2f..%2fetc",
    "/statistics/2026-1/" + "a" * 3000,
    "/statistics/" + "9" * 300 + "/",
    "/docs/schemas/%00.json",
    "/docs/%00",
    "/status-lists/%00",
)
AT_THE_DESK = (
    "/desk/sharing/results/%00/",
    "/desk/sharing/registrations/%00/",
    "/desk/sharing/campaigns/%00/",
    "/desk/sharing/departments/endpoints/%00/",
    "/desk/sharing/consents/%00/",
    "/desk/sharing/statistics/not-a-uuid/",
)


@pytest.fixture
def release(monkeypatch):
    releases.draw_quickly(monkeypatch)
    cast.in_force()
    return releases.released()


@pytest.mark.slow
@pytest.mark.parametrize("address", PUBLIC)
def test_outside(release, address):
    assert release.number == "2026-1"
    answer = Browser(raise_request_exception=False).get(address)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", AT_THE_DESK)
def test_at_the_desk(address):
    browser = desk.at_the_desk(cast.high_court_registrar())
    browser.raise_request_exception = False
    assert browser.get(address).status_code == 404


def test_a_file_of_a_release_at_the_desk(release):
    browser = desk.at_the_desk(cast.statistician())
    browser.raise_request_exception = False
    for name in ("%00", "nothing.csv", "..%2fdata.json"):
        assert browser.get(f"/desk/sharing/statistics/{release.pk}/files/{name}").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        "begins=&ends=",
        "begins=x&ends=y",
        "begins=2026-02-30&ends=2026-03-01",
        "begins=9999-12-31&ends=0001-01-01",
        "ends=９９９９",
    ],
)
def test_a_period_that_is_none_is_said_at_the_desk(typed):
    browser = desk.at_the_desk(cast.statistician())
    browser.raise_request_exception = False
    answer = browser.get(f"/desk/sharing/statistics/counted/?{typed}")
    assert answer.status_code in (200, 422)
    assert "There is a problem" in answer.content.decode()
