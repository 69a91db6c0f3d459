"""The own record on paper: for the person only, in both languages, without anything that proves it, and kept nowhere."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from registry import actions
from sharing.departments import telling
from sharing.persons.record import paper
from tests import asking, cast, visiting
from tests.visiting import visitor

pytestmark = pytest.mark.django_db
NOBODY = (cast.APPLICANT_NUMBER, "王小明")


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


def text(pdf):
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def printed(number=visiting.NUMBER, name=visiting.NAME):
    return paper.record(visiting.identity(number, name), now=timezone.now())


def test_it_holds_the_whole_record_in_both_languages_for_the_person_only():
    listing = cast.in_force()
    asking.answered()
    words = text(printed())
    for each in (
        "仅供本人使用",
        "Forthepersononly",
        "Myrecord",
        listing.number,
        "高䶮",
        "20,000",
        "bank",
        "Whoatthecourtlooked",
        "Besidesyourlistings",
    ):
        assert each in words, each
    assert words.count(listing.number) >= 2


def test_it_proves_nothing_by_itself():
    cast.in_force()
    pdf = printed()
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert not any(page.images for page in reader.pages)
    for each in ("verify/", "/Sig", "VerificationCode"):
        assert each not in text(pdf)
    assert visiting.NUMBER not in text(pdf)


def test_that_nothing_is_held_is_printed_in_the_same_way():
    cast.in_force()
    held, nothing = text(printed()), text(printed(*NOBODY))
    assert "Nothingisheldaboutyou." in nothing
    for each in ("Forthepersononly", "Whatisheld", "Whowastold", "Whoasked", "Whoatthecourtlooked"):
        assert each in held
        assert each in nothing
    assert "L-2026" not in nothing


def test_it_is_tagged_so_that_it_can_be_read_aloud():
    assert pypdf.PdfReader(io.BytesIO(printed())).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_character_that_the_font_lacks_is_replaced_and_never_an_empty_box():
    listing = cast.in_force()
    actions.state(listing.pk, words="我道歉\U0001f64f，已赔偿。", officer=cast.registrar(), now=cast.NOW)
    words = text(printed())
    assert "我道歉〓，已赔偿。" in words


def test_it_is_made_on_request_for_whoever_proved_who_he_is_and_stays_in_no_store():
    cast.in_force()
    answer = visitor().get("/record/print/")
    assert (answer["Content-Type"], answer.status_code) == ("application/pdf", 200)
    assert "no-store" in answer["Cache-Control"]
    assert "record.pdf" in answer["Content-Disposition"]
    assert "高䶮" in text(answer.content)
    assert "高䶮" not in text(visitor(*NOBODY).get("/record/print/").content)


def test_of_more_messages_than_are_printed_the_newest_are_and_how_many_there_are_is_said(finance, monkeypatch):
    listing = cast.in_force()
    later = cast.NOW + timedelta(hours=1)
    actions.state(listing.pk, words="我已赔偿。", officer=cast.registrar(), now=later)
    telling.walk(now=later)
    monkeypatch.setattr(paper, "MOST", 1)
    words = text(printed())
    assert "Thenewest1of2;thepageshaveallofthem." in words
    assert "Yourstatement" in words
    assert "Thatyouarelisted" not in words


def test_where_everything_is_printed_no_number_is_said(finance):
    cast.in_force()
    telling.walk(now=cast.NOW)
    assert "Thenewest" not in text(printed())


def test_of_more_questions_than_are_printed_how_many_there_are_is_said(monkeypatch):
    cast.in_force()
    for _each in range(3):
        asking.answered()
    monkeypatch.setattr(paper, "MOST", 2)
    assert "Thenewest2of3;thepageshaveallofthem." in text(printed())
