"""A result that was recalled is given out by no door any more: neither its answer nor what it told of the listing."""

from __future__ import annotations

import html
import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registry.errors import ResultRecalled
from sharing.employers import batch_files, batch_shapes, campaign_shapes, paper, recalling
from sharing.employers.batch_files import Form
from sharing.employers.campaigns import board
from sharing.employers.campaigns import files as campaign_files
from sharing.employers.models import ResultRecall, Screening
from sharing.parties.models import MemberAct
from sharing.persons.record.answered import answer_to
from tests import asking, batches, campaigns, cast, consenting, visiting
from tests.test_employer_portal_later import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
GONE = (410, "R-460")


@pytest.fixture(autouse=True)
def at_ten(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


@pytest.fixture
def hr():
    return signed_in(asking.bank())


def withdrawn(listing):
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert ResultRecall.objects.exists()


def found_wrong(screening):
    recalling.recall_as_erroneous(
        screening, officer=cast.high_court_registrar(), reason="somebody else was meant", now=cast.NOW
    )


def get(screening, headers, rest=""):
    return Browser().get(f"/api/v1/screenings/{screening.pk}{rest}", headers=headers)


def ask(headers, body):
    sent = {"Idempotency-Key": "key-00001", **headers}
    return Browser().post("/api/v1/screenings", body, content_type="application/json", headers=sent)


def ended(answer):
    return answer.status_code, answer.json()["code"]


def page_of(browser, screening):
    answer = browser.get(reverse("employer:screening", args=[screening.pk]))
    return " ".join(html.unescape(answer.content.decode()).split())


# By API


def test_neither_the_answer_nor_its_paper_is_given_again(listing, bank):
    told = asking.answered()
    assert listing.number in get(told, bank).content.decode()
    withdrawn(listing)
    answer = get(told, bank)
    assert ended(answer) == ended(get(told, bank, "/paper")) == GONE
    assert listing.number not in answer.content.decode()


@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta()], ids=["a minute later", "by a clock that stands"])
def test_a_question_that_is_sent_once_more_brings_no_answer_back_that_was_recalled(listing, bank, monkeypatch, later):
    body = asking.body()
    assert ask(bank, body).status_code == 201
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + later)
    assert ask(bank, body).status_code == 201
    withdrawn(listing)
    assert ended(ask(bank, body)) == GONE
    assert Screening.objects.count() == 1


def test_so_it_is_whatever_was_answered(bank):
    told = asking.answered()
    found_wrong(told)
    assert ended(get(told, bank)) == ended(get(told, bank, "/paper")) == GONE


def test_a_stranger_does_not_learn_that_it_was_recalled(listing):
    told = asking.answered()
    withdrawn(listing)
    assert ended(get(told, asking.bearer(asking.courier_company().organisation))) == (404, "R-508")


def test_the_rows_of_a_batch_say_so_in_place_of_the_answer(listing):
    made = batches.asked([batches.listed(), *batches.applicants(1)])
    withdrawn(listing)
    first, second = batch_shapes.results_shown(batch_files.with_answers(made))
    assert (first["answer"], first["refusal"]["code"]) == (None, "R-460")
    assert (second["answer"]["outcome"], second["refusal"]) == ("not_listed", None)


def test_the_rows_of_a_campaign_say_so_in_place_of_the_answer(listing):
    made = answered_in_a_campaign()
    (row,) = rows_of(made)
    assert row["answer"]["outcome"] == "listed"
    withdrawn(listing)
    (row,) = rows_of(made)
    assert (row["answer"], row["refusal"]["code"]) == (None, "R-460")


def answered_in_a_campaign():
    people = [["k1", "高䶮", "resident_id", cast.DEFENDANT_NUMBER]]
    made = campaigns.begun(people)
    campaigns.consented(made, people)
    campaigns.work()
    return campaigns.fresh(made)


def rows_of(made):
    return list(campaign_shapes.rows_shown(board.rows(made, now=cast.NOW).select_related(*board.RELATED)))


# In files


def test_the_file_of_a_batch_gives_no_answer_and_no_code(listing):
    made = batches.asked([batches.listed()])
    withdrawn(listing)
    with override("en"):
        file = b"".join(batch_files.results_file(made, Form.XLSX))
    row = [cell.value or "" for cell in list(openpyxl.load_workbook(io.BytesIO(file)).active)[1]]
    assert (row[2], row[5], row[6], row[7]) == ("recalled", "", "", "recalled: do not rely on it")


def test_nor_does_the_file_of_a_campaign(listing):
    made = answered_in_a_campaign()
    withdrawn(listing)
    with override("en"):
        text = b"".join(campaign_files.results_file(made, Form.CSV, now=cast.NOW)).decode("utf-8-sig")
    row = text.splitlines()[1].split(",")
    assert (row[3], row[7]) == ("recalled", "")


def test_nor_does_the_list_of_what_was_asked(hr, listing):
    told = asking.answered()
    withdrawn(listing)
    page = html.unescape(hr.get(reverse("employer:screenings")).content.decode())
    file = b"".join(hr.get(reverse("employer:export")).streaming_content).decode()
    assert told.pk in page
    assert "Recalled" in page
    assert ",recalled," in next(line for line in file.splitlines() if told.pk in line)


# On its page


def test_the_page_says_first_that_it_was_recalled_and_nothing_of_the_listing(hr, listing):
    told = asking.answered()
    assert listing.number in page_of(hr, told)
    withdrawn(listing)
    page = page_of(hr, told)
    assert '<h1 class="govuk-panel__title">This result was recalled</h1>' in page
    assert "do not rely on it" in page
    for given_out in (listing.number, asking.told(told)["verification"]["code"], "Save as PDF"):
        assert given_out not in page


def test_what_was_answered_stays_beside_it_so_that_the_decision_can_be_looked_at_again(hr, listing):
    told = asking.answered()
    withdrawn(listing)
    assert "Was answered" in page_of(hr, told)


def test_its_paper_is_not_printed_and_the_page_says_why(hr, listing):
    told = asking.answered()
    withdrawn(listing)
    with pytest.raises(ResultRecalled):
        paper.paper(Screening.objects.get(pk=told.pk))
    answer = hr.get(reverse("employer:paper", args=[told.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("employer:screening", args=[told.pk])
    assert "R-460" in answer.content.decode()
    assert not MemberAct.objects.filter(act="read_paper").exists()


def test_the_person_asked_about_still_reads_what_the_employer_was_told(listing):
    told = asking.answered()
    withdrawn(listing)
    read = answer_to(Screening.objects.get(pk=told.pk), consenting.person(cast.DEFENDANT_NUMBER, "高䶮"))
    assert (read["listed"], read["lines"][0]["value"]) == (True, listing.number)


@pytest.mark.parametrize("recalled", [withdrawn, lambda _listing: found_wrong(Screening.objects.get())])
def test_whom_it_is_about_reads_on_the_consent_and_on_the_question_that_the_employer_has_it_no_more(listing, recalled):
    code = consenting.given()
    found = asking.answered(asking.question(consent=consenting.typed(code)))
    recalled(listing)
    browser = visiting.visitor(now=cast.NOW)
    for path in (f"/consent/mine/{code.pk}/", f"/record/asked/{found.pk}/"):
        page = visiting.main_of(browser.get(path))
        assert listing.number in page  # what was said of him he keeps reading
        assert "The court recalled this answer on" in page
        assert "The employer has this and nothing else" not in page


def test_of_what_stands_it_is_not_said(listing):
    code = consenting.given()
    asking.answered(asking.question(consent=consenting.typed(code)))
    page = visiting.main_of(visiting.visitor(now=cast.NOW).get(f"/consent/mine/{code.pk}/"))
    assert "recalled" not in page
    assert "The employer has this and nothing else" in page
