"""Words outlive the proof of identity under which they were begun: of what completes an objection, and of what the higher court is
asked.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sharing.persons.objections import deciding
from tests import cast, objecting
from tests.test_objection_pages import carried, phone, proved_again, text

pytestmark = pytest.mark.django_db
WORDS = "判决书第三页写的是十八个月，\n请核对。"


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def returned():
    found = objecting.raised(cast.in_force())
    return deciding.give_back(found.number, officer=cast.registrar(), now=cast.NOW, reason="请补充")


def rejected():
    return objecting.served(cast.in_force())


PAGES = {"complete": (returned, "received"), "higher-court": (rejected, "in_review")}


@pytest.fixture(params=sorted(PAGES))
def page(request):
    """Address, objection and the state to which it leads."""
    begin, after = PAGES[request.param]
    found = begin()
    return f"/objections/{found.number}/{request.param}/", found, after


def half_an_hour_goes_by(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=31))


def test_whose_proof_ends_while_he_writes_loses_nothing(page, monkeypatch):
    address, found, after = page
    browser, before = phone(cast.DEFENDANT_NUMBER), found.state
    half_an_hour_goes_by(monkeypatch)
    sent = {"words": WORDS}
    for _ in range(2):
        answer = browser.post(address, sent)
        assert (answer.status_code, "Prove again who you are" in text(answer)) == (403, True)
        assert f'action="{address}"' in answer.content.decode()
        sent = carried(answer)
        assert sent["words"] == WORDS
    proved_again(browser)
    answer = browser.post(address, sent)
    assert (answer.status_code, objecting.fresh(found).state) == (200, before)
    assert WORDS in answer.content.decode().replace("\r", "")
    assert browser.post(address, {"words": WORDS})["Location"] == f"/objections/{found.number}/"
    assert objecting.fresh(found).state == after
    assert objecting.fresh(found).steps.last().reason == WORDS


def test_files_are_chosen_again_before_it_is_sent(monkeypatch):
    found, browser = returned(), phone(cast.DEFENDANT_NUMBER)
    half_an_hour_goes_by(monkeypatch)
    attached = [SimpleUploadedFile("x.pdf", objecting.PDF)]
    answer = browser.post(f"/objections/{found.number}/complete/", {"words": WORDS, "attached": attached})
    assert "choose them again" in text(answer)
    proved_again(browser)
    answer = browser.post(f"/objections/{found.number}/complete/", carried(answer))
    assert 'type="file"' in answer.content.decode()
    assert (objecting.fresh(found).state, found.files.count()) == ("returned", 0)


def test_somebody_else_who_proves_who_he_is_goes_on_with_nothing_of_it(page, monkeypatch):
    address = page[0]
    browser = phone(cast.DEFENDANT_NUMBER)
    half_an_hour_goes_by(monkeypatch)
    answer = browser.post(address, {"words": WORDS})
    proved_again(browser, cast.SECOND_NUMBER, "欧阳㛃")
    answer = browser.post(address, carried(answer))
    assert (answer.status_code, "R-752" in text(answer)) == (404, True)
    assert "判决书" not in answer.content.decode()


def test_who_only_looks_is_led_to_the_proof_and_on(page, monkeypatch):
    address = page[0]
    browser = phone(cast.DEFENDANT_NUMBER)
    half_an_hour_goes_by(monkeypatch)
    assert browser.get(address)["Location"] == "/identity/"
    assert browser.session["person_onward"] == "person:objections"
