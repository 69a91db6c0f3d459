"""Campaigns in the employer's portal: file, check, board, links, signed forms, results; and who may do what of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from registry import refused
from registry.actions.acting import today
from registry.errors import ConsentLinkDead, RowUnreadable
from sharing.employers import examples
from sharing.employers.batch_files import Form
from sharing.employers.campaigns import ending
from sharing.employers.models import Campaign, CampaignState, Screening
from sharing.employers.portal import campaigns as pages
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, batches, campaigns, cast
from tests.campaigns import DEFENDANT, FORMS_HEAD, HEAD, people, states
from tests.test_batch_api import yesterday
from tests.test_consent_pages import answer_with, phone
from tests.test_employer_portal import a_member, at, read, signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
POST = f"{batches.PURPOSE}/{batches.POST}"


@pytest.fixture
def hr():
    return signed_in(a_member(asking.bank(), "han", MemberRole.HR))


def a_file(content, name="applicants of ours.csv"):
    return SimpleUploadedFile(name, content)


def upload(browser, content, **changes):
    last = (today(timezone.now()) + timedelta(days=20)).isoformat()
    sent = {"title": "spring intake", "post": POST, "last_day": last, "file": a_file(content), **changes}
    return browser.post(at("new_campaign"), sent)


def uploaded(browser, *lines):
    answer = upload(browser, batches.file_of(lines, HEAD))
    assert answer.status_code == 302, text_of(answer)
    return Campaign.objects.latest("made_at")


def begun(browser, *lines, why=""):
    made = uploaded(browser, *lines)
    browser.post(at("begin_campaign", made.pk), {"declared": "on", "why": why})
    return campaigns.fresh(made)


def links_of(browser, made):
    answer = browser.post(at("campaign_links", made.pk, "csv"))
    return keyed(answer)


def keyed(answer):
    assert answer["Content-Disposition"].startswith("attachment")
    return dict(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:])


def downloaded(browser, made, form="csv"):
    answer = browser.get(at("campaign_results", made.pk, form))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def hand_in(browser, made, lines, head=FORMS_HEAD, **more):
    return browser.post(at("campaign_forms", made.pk), {"manifest": a_file(batches.file_of(lines, head)), **more})


def now():
    return timezone.now()


# From the file to the results


def test_hr_begins_a_campaign_sends_links_and_reads_the_answers_as_they_arrive(hr):
    cast.in_force()
    made = uploaded(hr, *people(2), DEFENDANT)
    page = read(hr, "campaign", made.pk)
    assert "3 rows are right" in page
    assert "Begin the campaign" in page
    hr.post(at("begin_campaign", made.pk), {"declared": "on", "why": ""})
    sent = links_of(hr, made)
    assert list(sent) == ["A-1", "A-2", "listed"]
    campaigns.consent(sent["listed"], DEFENDANT, now())
    page = read(hr, "campaign", made.pk)
    assert "Given, to be asked" in page
    assert 'hx-trigger="every 2s"' in page
    campaigns.work(now())
    page = read(hr, "campaign", made.pk)
    assert "1 of 3 rows are answered" in page
    assert re.search(r'<progress [^>]*max="3"\s+value="1"', page)
    assert 'hx-trigger="every 10s"' in page
    rows = list(csv.reader(io.StringIO(downloaded(hr, made).decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [
        ["A-1", "2", "asked for, open", ""],
        ["A-2", "3", "asked for, open", ""],
        ["listed", "4", "answered", "listed"],
    ]
    book = load_workbook(io.BytesIO(downloaded(hr, made, "xlsx")))
    assert [[cell.value or "" for cell in row] for row in book.active.iter_rows()] == rows
    acts = MemberAct.objects.order_by("at").values_list("act", flat=True)
    assert list(acts) == [
        "upload_campaign",
        "begin_campaign",
        "make_campaign_links",
        "export_campaign",
        "export_campaign",
    ]


def test_what_the_board_fetches_by_itself_reads_the_rows_of_the_campaign_and_no_consent(hr):
    made = begun(hr, *people(2))
    campaigns.consent(links_of(hr, made)["A-1"], people(1)[0], now())
    with CaptureQueriesContext(connection) as asked:
        page = text_of(hr.get(at("campaign", made.pk), headers={"HX-Request": "true"}))
    assert ('id="progress"' in page, "Given, to be asked" in page) == (True, True)
    assert ("<html" in page, "A-2" in page) == (False, False)
    tables = " ".join(each["sql"] for each in asked.captured_queries)
    assert "employers_campaignrow" in tables
    assert "employers_consent" not in tables


def test_nobody_is_asked_without_the_declaration(hr):
    made = uploaded(hr, *people(1))
    assert "Tick the declaration" in text_of(hr.post(at("begin_campaign", made.pk), {"why": "because"}))
    assert campaigns.fresh(made).state == CampaignState.CHECKED


def test_rows_with_faults_are_shown_and_the_others_begin(hr):
    made = uploaded(hr, *people(1), ["B", "乙", "", "1"])
    page = read(hr, "campaign", made.pk)
    assert ("1 row is right" in page, "1 row has faults" in page, "R-101" in page) == (True,) * 3
    found = list(csv.reader(io.StringIO(hr.get(at("campaign_faults", made.pk)).content.decode("utf-8-sig"))))
    assert found[1][:3] == ["3", "document_number", "R-101"]
    hr.post(at("begin_campaign", made.pk), {"declared": "on"})
    assert states(made, now()) == ["open", "refused"]


def test_another_file_throws_the_first_one_away(hr):
    made = uploaded(hr, *people(2))
    assert hr.post(at("stop_campaign", made.pk))["Location"] == at("new_campaign")
    assert "nothing of it is left" in read(hr, "campaign", made.pk)
    assert not made.rows.exists()


def test_rows_are_filtered_by_state_and_ticked_ones_withdrawn(hr):
    made = begun(hr, *people(3))
    sent = links_of(hr, made)
    campaigns.consent(sent["A-1"], people(1)[0], now())
    campaigns.work(now())
    page = text_of(hr.get(at("campaign", made.pk), {"state": "open"}))
    assert ("A-1</" in page, "A-2" in page) == (False, True)
    assert 'name="ticked"' in page
    hr.post(at("withdraw_campaign_rows", made.pk), {"ticked": ["1"]})
    assert states(made, now()) == ["answered", "withdrawn", "open"]
    hr.post(at("withdraw_campaign_rows", made.pk), {"ticked": ["0", "9"]})
    assert states(made, now()) == ["answered", "withdrawn", "open"]


def test_a_refused_row_is_withdrawn_and_one_with_a_fault_in_the_file_is_not(hr):
    made = begun(hr, *people(2), ["B", "乙", "", "1"])
    campaigns.consent(links_of(hr, made)["A-1"], people(1)[0], now())
    made.rows.filter(place=0).update(sealed=None, refusals=[refused.kept(RowUnreadable())])
    assert states(made, now()) == ["refused", "open", "refused"]
    ticks = re.findall(r'name="ticked"\s[^>]*value="(\d+)"', read(hr, "campaign", made.pk))
    assert ticks == ["0", "1"]
    hr.post(at("withdraw_campaign_rows", made.pk), {"ticked": ["0"]})
    assert states(made, now()) == ["withdrawn", "open", "refused"]


def test_a_second_press_kills_no_link_and_makes_no_file(hr):
    made = begun(hr, *people(2))
    assert "2 rows have no link" in read(hr, "campaign", made.pk)
    sent = links_of(hr, made)
    for form in Form:
        assert hr.post(at("campaign_links", made.pk, form.value)).status_code == 302
    page = read(hr, "campaign", made.pk)
    assert ("No link was made" in page, at("campaign_links", made.pk, "csv") in page) == (True, False)
    campaigns.consent(sent["A-1"], people(1)[0], now())


def test_ticked_rows_get_new_links_and_the_others_keep_theirs(hr):
    made = begun(hr, *people(2))
    sent = links_of(hr, made)
    assert at("renew_campaign_links", made.pk) in read(hr, "campaign", made.pk)
    assert hr.post(at("renew_campaign_links", made.pk)).status_code == 302, "nothing is ticked"
    answer = hr.post(at("renew_campaign_links", made.pk), {"ticked": ["1"]})
    assert list(keyed(answer)) == ["A-2"]
    campaigns.consent(sent["A-1"], people(1)[0], now())
    with pytest.raises(ConsentLinkDead):
        campaigns.consent(sent["A-2"], people(2)[1], now())


def test_all_links_are_replaced_only_when_it_is_said_how_many_die(hr):
    made = begun(hr, *people(2))
    sent = links_of(hr, made)
    assert at("replace_campaign_links", made.pk) in read(hr, "campaign", made.pk)
    assert "2 links that were sent lead nowhere" in read(hr, "replace_campaign_links", made.pk)
    answer = hr.post(at("replace_campaign_links", made.pk), {"form": "csv"})
    assert (answer.status_code, "Without it no link is replaced" in text_of(answer)) == (422, True)
    campaigns.consent(sent["A-1"], people(1)[0], now())
    answer = hr.post(at("replace_campaign_links", made.pk), {"form": "csv", "sure": "on"})
    assert list(keyed(answer)) == ["A-2"]
    with pytest.raises(ConsentLinkDead):
        campaigns.consent(sent["A-2"], people(2)[1], now())


def test_it_is_stopped_after_it_was_said_what_ends(hr):
    made = begun(hr, *people(3))
    campaigns.consent(links_of(hr, made)["A-1"], people(1)[0], now())
    page = read(hr, "stop_campaign", made.pk)
    assert ("2 links that were sent" in page, "1 consent that was given is not used" in page) == (True, True)
    assert campaigns.fresh(made).state == CampaignState.OPEN


def test_it_is_stopped(hr):
    made = begun(hr, *people(1))
    hr.post(at("stop_campaign", made.pk))
    assert hr.get(at("stop_campaign", made.pk)).status_code == 302
    assert hr.get(at("replace_campaign_links", made.pk)).status_code == 302
    assert campaigns.fresh(made).state == CampaignState.STOPPED
    page = read(hr, "campaign", made.pk)
    assert "Not given" in page
    assert 'hx-get="' not in page
    hr.post(at("campaign_links", made.pk, "csv"))
    assert "R-514" in read(hr, "campaign", made.pk)
    assert hr.get(at("campaign_forms", made.pk)).status_code == 302


def test_more_questions_are_asked_for_at_once_or_later(hr):
    first = begun(hr, *people(2), why="spring intake of all branches")
    assert "2 asked for; not decided yet" in read(hr, "campaign", first.pk)
    second = begun(hr, *people(1))
    assert "Say why." in text_of(hr.post(at("want_allowance", second.pk), {"why": ""}))
    hr.post(at("want_allowance", second.pk), {"why": "all branches"})
    assert "1 asked for; not decided yet" in read(hr, "campaign", second.pk)
    assert "R-579" in text_of(hr.post(at("want_allowance", second.pk), {"why": "all branches"}))
    hr.post(at("stop_campaign", second.pk))
    assert "1 asked for; the campaign ended before it was decided" in read(hr, "campaign", second.pk)


def test_more_questions_of_a_campaign_that_a_suspension_ended_are_not_said_to_wait(hr):
    made = begun(hr, *people(1), why="spring intake of all branches")
    organisation = asking.bank().organisation
    organisation.suspended_at = now()
    organisation.save()
    ending.tidy(now=now())
    assert Campaign.objects.get().state == CampaignState.SUSPENDED
    assert "1 asked for; the campaign ended before it was decided" in read(hr, "campaign", made.pk)


def test_what_waits_for_the_quota_says_when_it_goes_on():
    hr = signed_in(a_member(asking.bank(daily_quota=0), "han", MemberRole.HR))
    made = begun(hr, *people(1))
    campaigns.consent(links_of(hr, made)["A-1"], people(1)[0], now())
    campaigns.work(now())
    assert "what was consented to is asked from" in read(hr, "campaign", made.pk)


def test_templates_come_in_both_forms_and_without_the_example(hr):
    for form in Form:
        for kind in pages.TEMPLATES:
            answer = hr.get(at("campaign_template", kind, form.value))
            assert answer.status_code == 200
            assert examples.APPLICANTS[0][2].encode() not in answer.content
    assert hr.get(at("campaign_template", "other", "csv")).status_code == 404
    assert examples.APPLICANTS[0][2] in read(hr, "new_campaign")


# Signed forms


def test_forms_are_handed_in_as_a_list_with_the_file_of_applicants(hr):
    made = begun(hr, *people(2))
    listed = [["A-1", batches.form()], ["A-2", batches.form()]]
    more = {"people": a_file(batches.file_of(people(2), HEAD)), "signed_on": yesterday()}
    answer = hand_in(hr, made, listed, ["row_key", "consent_sha256"], **more)
    assert answer.status_code == 302
    assert "Forms taken: 2." in read(hr, "campaign", made.pk)
    campaigns.work(now())
    assert states(made, now()) == ["answered", "answered"]


def test_faults_are_listed_and_the_right_rows_are_taken_on_demand(hr):
    made = begun(hr, *people(2))
    lines = campaigns.signed(people(2), yesterday())
    lines[1][4] = "no fingerprint"
    answer = hand_in(hr, made, lines)
    assert answer.status_code == 422
    assert "R-503" in text_of(answer)
    assert states(made, now()) == ["open", "open"]
    hand_in(hr, made, lines, anyway="on")
    assert "Forms taken: 1. Faults in rows left out: 1." in read(hr, "campaign", made.pk)
    assert states(made, now()) == ["given", "open"]


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "R-542"), (b"\x00\x01", "R-540"), (batches.file_of([], FORMS_HEAD), "R-544")]
)
def test_a_list_that_cannot_be_read_says_why(hr, content, words):
    made = begun(hr, *people(1))
    answer = hr.post(at("campaign_forms", made.pk), {"manifest": a_file(content)})
    assert (answer.status_code, words in text_of(answer)) == (422, True)


def test_after_the_last_day_forms_are_neither_offered_nor_taken(hr):
    made = begun(hr, *people(2))
    campaigns.consent(links_of(hr, made)["A-1"], people(1)[0], now())
    assert at("campaign_forms", made.pk) in read(hr, "campaign", made.pk)
    Campaign.objects.filter(pk=made.pk).update(last_day=today(now()) - timedelta(days=1))
    assert at("campaign_forms", made.pk) not in read(hr, "campaign", made.pk)
    assert hr.get(at("campaign_forms", made.pk))["Location"] == at("campaign", made.pk)
    assert "R-514" in read(hr, "campaign", made.pk)
    answer = hand_in(hr, made, campaigns.signed(people(2)[1:], yesterday()), anyway="on")
    assert answer["Location"] == at("campaign", made.pk)
    assert "R-514" in read(hr, "campaign", made.pk)
    assert states(made, now()) == ["given", "not_given"]


MANIFEST_HEAD = ["行号标识", "授权书指纹"]


def manifest(count):
    """Keys and fingerprints alone, from the last row of the campaign to its first."""
    return [[f"A-{each}", batches.form()] for each in range(count, 0, -1)]


def said_at(answer, field):
    """The words beside this field; whatever is there the summary leads to."""
    words = " ".join(answer.context["form"][field].errors)
    assert (f'href="#id_{field}"' in answer.content.decode()) == bool(words)
    return words


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "R-542"),
        (batches.file_of(people(1), ["x", *HEAD[1:]]), "R-542"),
        (b"\x00\x01", "R-540"),
        (batches.file_of([], HEAD), "R-544"),
    ],
)
def test_what_is_wrong_with_the_file_of_applicants_stands_beside_it(hr, content, code):
    made = begun(hr, *people(2))
    answer = hand_in(hr, made, manifest(2), MANIFEST_HEAD, people=a_file(content), signed_on=yesterday())
    assert answer.status_code == 422
    assert (code in said_at(answer, "people"), said_at(answer, "manifest")) == (True, "")


@pytest.mark.parametrize("column", [None, "姓名", "证件号码"])
def test_a_list_that_names_nobody_is_asked_once_for_the_file_of_applicants(hr, column):
    made = begun(hr, *people(3))
    lines = [[*line, *(["甲"] if column else [])] for line in manifest(3)]
    answer = hand_in(hr, made, lines, [*MANIFEST_HEAD, *([column] if column else [])], signed_on=yesterday())
    assert answer.status_code == 422
    assert ("R-596" in said_at(answer, "people"), said_at(answer, "manifest")) == (True, "")
    assert "R-213" not in text_of(answer)


def test_what_is_wrong_with_a_person_is_told_by_the_row_of_the_file_that_names_him(hr):
    made = begun(hr, *people(4))
    first, second, third, fourth = people(4)
    second[3], third[1], fourth[3] = "1", "乙", first[3]
    named = a_file(batches.file_of([first, second, third, fourth], HEAD))
    lines = [*manifest(4), ["A-2", batches.form()]]
    wrong = table_of(hand_in(hr, made, lines, MANIFEST_HEAD, people=named, signed_on=yesterday()))
    assert [(row, column, found[:5]) for row, column, found in wrong] == [
        ("2 of the file of applicants", "document_number", "R-548"),
        ("3 of the file of applicants", "document_number", "R-101"),
        ("3 of the file of applicants", "document_number", "R-101"),
        ("4 of the file of applicants", "document_number", "R-577"),
        ("5 of the file of applicants", "document_number", "R-577"),
        ("6", "row_key", "R-548"),
    ]
    assert "row 5" in wrong[0][2]


def table_of(answer):
    return [[str(cell) for cell in row] for row in answer.context["table"].rows]


# What is refused, and that nothing is kept of it


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": cast.DEFENDANT_NUMBER}, "R-517"),
        ({"title": " "}, "title"),
        ({"last_day": "2020-01-01"}, "R-515"),
        ({"post": "x/y"}, "Choose a post from the list"),
        ({"file": ""}, "Choose the file."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(hr, changes, words):
    answer = upload(hr, batches.file_of(people(1), HEAD), **changes)
    page = text_of(answer)
    assert words in page
    assert not Campaign.objects.exists()
    assert "spring intake" in page or "title" in changes


def test_a_name_or_number_is_in_no_page_and_no_table_in_the_clear(hr):
    made = begun(hr, DEFENDANT)
    hand_in(hr, made, campaigns.signed([DEFENDANT], yesterday()))
    seen = read(hr, "campaign", made.pk) + read(hr, "campaigns") + downloaded(hr, made).decode()
    kept = io.StringIO()
    call_command("dumpdata", "employers", "sessions", "parties", stdout=kept)
    for told in ("高䶮", cast.DEFENDANT_NUMBER, "applicants of ours"):
        assert told not in seen
        assert told not in kept.getvalue()


@pytest.mark.parametrize("name", ["new_campaign", "campaign_forms"])
def test_the_check_against_forged_requests_holds_and_files_are_on_no_disk(monkeypatch, name):
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", lambda *_: pytest.fail("on the disk")
    )
    han = a_member(asking.bank(), "han", MemberRole.HR)
    made = begun(signed_in(han), *people(1))
    address = at(name) if name == "new_campaign" else at(name, made.pk)
    browser = signed_in(han, enforce_csrf_checks=True)
    file = batches.file_of(people(1), HEAD) + (b" " * 100_000 + b"\r\n") * 40
    sent = {"file": a_file(file), "manifest": a_file(file), "people": a_file(file)}
    assert browser.post(address, sent).status_code == 403
    token = re.search(r'csrfmiddlewaretoken"\s+value="([^"]+)"', text_of(browser.get(address))).group(1)
    assert browser.post(address, {**sent, "csrfmiddlewaretoken": token}).status_code != 403


def test_a_key_that_is_a_formula_is_none_in_any_file(hr):
    made = begun(hr, ["+cmd", *people(1)[0][1:]])
    answer = hr.post(at("campaign_links", made.pk, "csv"))
    assert b"'+cmd" in answer.content
    assert b"'+cmd" in downloaded(hr, made)


# Who may


def doors(made):
    reading = [
        ("get", at("campaigns")),
        ("get", at("campaign", made.pk)),
        ("get", at("campaign_faults", made.pk)),
        ("get", at("campaign_results", made.pk, "csv")),
        ("get", at("campaign_template", "forms", "csv")),
    ]
    acting = [
        ("get", at("new_campaign")),
        ("post", at("new_campaign")),
        ("post", at("begin_campaign", made.pk)),
        ("get", at("campaign_forms", made.pk)),
        ("post", at("campaign_forms", made.pk)),
        ("post", at("campaign_links", made.pk, "csv")),
        ("post", at("renew_campaign_links", made.pk)),
        ("get", at("replace_campaign_links", made.pk)),
        ("post", at("replace_campaign_links", made.pk)),
        ("get", at("stop_campaign", made.pk)),
        ("post", at("withdraw_campaign_rows", made.pk)),
        ("post", at("want_allowance", made.pk)),
        ("post", at("stop_campaign", made.pk)),
    ]
    return reading, acting


@pytest.mark.parametrize("role", [MemberRole.OWNER, MemberRole.HR, MemberRole.AUDITOR])
def test_owner_and_hr_act_and_an_auditor_reads(hr, role):
    made = begun(hr, *people(1))
    member = signed_in(a_member(asking.bank(), "other", role))
    reading, acting = doors(made)
    assert {getattr(member, method)(address).status_code for method, address in reading} == {200}
    answers = {getattr(member, method)(address).status_code for method, address in acting}
    assert (answers == {403}) is (role == MemberRole.AUDITOR)


def test_an_auditors_board_has_no_button():
    made = begun(signed_in(a_member(asking.bank(), "han", MemberRole.HR)), *people(1))
    page = read(signed_in(a_member(asking.bank(), "an", MemberRole.AUDITOR)), "campaign", made.pk)
    for name in ("campaign_links", "stop_campaign", "want_allowance", "campaign_forms", "renew_campaign_links"):
        assert at(name, made.pk, *(["csv"] if name == "campaign_links" else [])) not in page


def test_a_stranger_is_refused_at_every_door(hr):
    made = begun(hr, *people(1))
    everywhere = [door for group in doors(made) for door in group]
    for method, address in everywhere:
        assert "/sign-in/" in getattr(Browser(), method)(address)["Location"]
    other = signed_in(a_member(asking.courier_company(), "ma", MemberRole.OWNER))
    for method, address in everywhere:
        if made.pk in address:
            assert getattr(other, method)(address).status_code == 404, address
    assert campaigns.fresh(made).state == CampaignState.OPEN
    assert made.pk not in read(other, "campaigns")


def test_of_a_suspended_employer_the_board_is_read_and_nothing_is_asked(hr):
    made = begun(hr, *people(1))
    organisation = asking.bank().organisation
    organisation.suspended_at = now()
    organisation.save()
    reading, acting = doors(made)
    assert {getattr(hr, method)(address).status_code for method, address in reading} == {200}
    assert {getattr(hr, method)(address).status_code for method, address in acting} == {403}
    assert not Screening.objects.exists()


# The applicant's pages


def test_the_applicant_agrees_on_his_own_page_and_reads_there_what_was_answered(hr):
    cast.in_force()
    made = begun(hr, DEFENDANT)
    link = links_of(hr, made)["listed"].removeprefix("http://127.0.0.1:8000")
    browser = phone(cast.DEFENDANT_NUMBER)
    browser.get(link)
    assert "asked as soon as you agree" in text_of(browser.get("/consent/"))
    assert "question may be asked at once" in text_of(browser.get("/consent/decide/"))
    answer = answer_with(browser, "agree")
    assert "You need not pass it on" in text_of(browser.get(answer["Location"]))
    campaigns.work(now())
    assert states(made, now()) == ["answered"]
    page = text_of(browser.get(answer["Location"]))
    assert Screening.objects.get().pk in page
    assert cast.DEFENDANT_NUMBER not in page


def test_whoever_else_agreed_is_not_told_that_he_is_asked_about(hr):
    made = begun(hr, *people(1))
    link = links_of(hr, made)["A-1"].removeprefix("http://127.0.0.1:8000")
    browser = phone(cast.DEFENDANT_NUMBER)
    browser.get(link)
    answer = answer_with(browser, "agree")
    campaigns.work(now())
    assert states(made, now()) == ["another"]
    page = text_of(browser.get(answer["Location"]))
    assert "asked at once" not in page
    assert (
        "as soon as the employer’s questions allow" in page,
        "meant for somebody else, nothing is asked" in page,
    ) == (
        True,
        True,
    )
    assert "Revoke this consent" in page


def test_who_declines_changes_nothing_that_hr_sees(hr):
    made = begun(hr, *people(2))
    sent = links_of(hr, made)
    before = read(hr, "campaign", made.pk)
    browser = phone(people(1)[0][3], people(1)[0][1])
    browser.get(sent["A-1"].removeprefix("http://127.0.0.1:8000"))
    answer_with(browser, "decline")
    assert tokenless(read(hr, "campaign", made.pk)) == tokenless(before)


def tokenless(page):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page)
