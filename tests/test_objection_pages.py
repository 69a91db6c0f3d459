"""The person's pages of objections: raised question by question, followed, completed, decided, taken to the higher court."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from sharing.persons.identity import proving
from sharing.persons.models import Objection, ObjectionKind
from sharing.persons.objections import deciding, papers
from sharing.persons.pages.visit import PROOF
from tests import cast, consenting, objecting
from tests.papers import long_pdf

pytestmark = pytest.mark.django_db
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
WORDS = "刑期计算有误，\n请核对。"


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_REPAIR_MONTHS = 1
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


@pytest.fixture
def browser(listing):
    return phone(NUMBER)


def phone(number="", name=NAME):
    """A browser; with a number, of somebody who proved who he is."""
    browser = Browser(headers={"accept-language": "en"})
    if number:
        session = browser.session
        session[PROOF] = str(proving.keep(consenting.proved(number, name), now=cast.NOW))
        session.save()
    return browser


def text(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def sealed(answer):
    return re.search(r'name="sealed" value="([^"]+)"', answer.content.decode())[1]


def walk(browser, *steps, files=()):
    """Answer each question in turn; the answer to the last one."""
    answer = browser.get("/objections/new/")
    for step, typed in steps:
        sent = {"step": step, "sealed": sealed(answer), **typed}
        if step == "check":
            sent["attached"] = [SimpleUploadedFile("x.pdf", each) for each in files]
        answer = browser.post("/objections/new/", sent)
    return answer


def questions(listing, /, **changes):
    typed = {"kind": "objection", "listing": listing.number, "part": "term", "words": WORDS, **changes}
    return (
        ("kind", {"kind": typed["kind"]}),
        ("listing", {"listing": typed["listing"], "told": typed.get("told", "")}),
        *([("part", {"part": typed["part"]})] if typed["part"] else []),
        ("why", {"words": typed["words"]}),
        ("check", {}),
    )


def test_an_objection_is_raised_question_by_question(browser, listing):
    answer = walk(browser, *questions(listing)[:-1])
    page = text(answer)
    for said in ("Check before you send it", listing.number, "How long the listing lasts", "刑期计算有误"):
        assert said in page
    assert not Objection.objects.exists()
    answer = walk(browser, *questions(listing), files=(objecting.PDF, objecting.PNG))
    found = Objection.objects.get()
    assert answer["Location"] == f"/objections/{found.number}/sent/"
    page = text(browser.get(answer["Location"]))
    for said in ("The court has it", found.number, found.code, "25 November 2026", "1 day left"):
        assert said in page
    assert (found.part, found.content["words"], found.files.count()) == ("term", WORDS, 2)
    assert found.evidence.way == "counter"


def test_nothing_typed_is_in_an_address_a_session_or_a_page_in_the_clear_but_where_it_is_typed(browser, listing):
    answer = walk(browser, *questions(listing)[:-1])
    assert not any("刑期" in str(each.get_decoded()) for each in Session.objects.all())
    assert answer.request["QUERY_STRING"] == ""
    back = browser.post("/objections/new/", {"step": "check", "go": "part", "sealed": sealed(answer)})
    assert "刑期" not in back.content.decode()


def carried(answer):
    """What the page holds, as it sends it on."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    ours = {"csrfmiddlewaretoken", "next"}  # of the page, and of its choice of language
    return {name: html.unescape(value) for name, value in found if name not in ours}


def proved_again(browser, number=NUMBER, name=NAME):
    session = browser.session
    session[PROOF] = str(proving.keep(consenting.proved(number, name), now=timezone.now()))
    session.save()


@pytest.mark.parametrize("minutes", [31, 200])
def test_who_has_to_prove_again_who_he_is_loses_nothing_that_he_typed(browser, listing, monkeypatch, minutes):
    answer = walk(browser, *questions(listing)[:-2])
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=minutes))
    sent = {"step": "why", "sealed": sealed(answer), "words": WORDS}
    for _ in range(2):
        answer = browser.post("/objections/new/", sent)
        assert "Prove again who you are" in text(answer)
        assert carried(answer) == sent
        assert not Objection.objects.exists()
    proved_again(browser)
    answer = browser.post("/objections/new/", carried(answer))
    assert "Check before you send it" in text(answer)
    browser.post("/objections/new/", {"step": "check", "sealed": sealed(answer)})
    assert Objection.objects.get().content["words"] == WORDS


def test_what_was_about_to_be_sent_is_checked_again_and_its_files_are_chosen_again(browser, listing, monkeypatch):
    answer = walk(browser, *questions(listing)[:-1])
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=31))
    attached = [SimpleUploadedFile("x.pdf", objecting.PDF)]
    answer = browser.post("/objections/new/", {"step": "check", "sealed": sealed(answer), "attached": attached})
    assert "choose them again" in text(answer)
    proved_again(browser)
    answer = browser.post("/objections/new/", carried(answer))
    assert "Check before you send it" in text(answer)
    assert not Objection.objects.exists()


def test_an_objection_sent_sooner_than_it_can_be_read_is_refused_in_words_and_kept(
    browser, listing, settings, monkeypatch
):
    settings.SHARING_LEAST_SECONDS = 3
    answer = walk(browser, *questions(listing))
    assert (answer.status_code, Objection.objects.count()) == (409, 0)
    assert "R-599" in text(answer)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(seconds=3))
    browser.post("/objections/new/", {"step": "check", "sealed": sealed(answer)})
    assert Objection.objects.get().content["words"] == WORDS


def test_somebody_else_who_proves_who_he_is_goes_on_with_nothing_of_it(browser, listing, monkeypatch):
    answer = walk(browser, *questions(listing)[:-1])
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=31))
    answer = browser.post("/objections/new/", {"step": "check", "sealed": sealed(answer)})
    proved_again(browser, cast.SECOND_NUMBER, "欧阳㛃")
    answer = browser.post("/objections/new/", carried(answer))
    assert "刑期" not in answer.content.decode()
    assert not Objection.objects.exists()


def test_who_did_not_prove_who_he_is_is_led_there_and_back():
    for path in (
        "/objections/",
        "/objections/new/",
        "/objections/O-2026-000001/",
        "/objections/O-2026-000001/letter.pdf",
    ):
        assert phone().get(path)["Location"] == "/identity/"


def test_another_persons_objection_is_as_absent_as_none(browser, listing):
    found = objecting.served(listing)
    stranger = phone(cast.SECOND_NUMBER, "欧阳㛃")
    for door in ("", "sent/", "slip/", "slip.pdf", "letter.pdf", "complete/", "higher-court/", "take-back/"):
        answer = stranger.get(f"/objections/{found.number}/{door}")
        assert (answer.status_code, "R-752" in text(answer)) == (404, True)
        absent = stranger.get(f"/objections/O-2026-999999/{door}")
        assert text(absent) == text(answer)
    for door in ("read/", "take-back/", "higher-court/"):
        assert stranger.post(f"/objections/{found.number}/{door}", {"words": "某某"}).status_code == 404
    assert stranger.post(f"/objections/statements/{listing.number}/remove/").status_code == 404
    assert objecting.fresh(found).state == "rejected"
    assert found.number not in text(stranger.get("/objections/"))


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("kind", {}, "Choose one"),
        ("listing", {"listing": "L-2026-777777"}, "Select a valid choice"),
        ("part", {"part": "colour"}, "Select a valid choice"),
        ("why", {"words": "字" * 2001}, "2000"),
        ("why", {"words": ""}, "R-"),
    ],
)
def test_what_cannot_be_read_is_said_and_stays(browser, listing, step, typed, said):
    before = []
    for name, good in questions(listing):
        if name == step:
            break
        before.append((name, good))
    answer = walk(browser, *before, (step, typed))
    assert said in text(answer)
    assert "There is a problem" in text(answer)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ((b"MZ\x90\x00 a program",), "R-757"),
        ((b"PK\x03\x04 an archive",), "R-757"),
        ((b"%PDF-" + bytes(6 * 1024 * 1024),), "R-757"),
        ((objecting.PDF, b"<html>"), "R-757"),
        ((objecting.PDF,) * 6, "R-756"),
    ],
)
def test_hostile_files_are_refused_and_the_words_stay(browser, listing, files, code):
    answer = walk(browser, *questions(listing), files=files)
    assert (answer.status_code, code in text(answer)) == (422, True)
    assert "刑期计算有误" in text(answer)
    assert not Objection.objects.exists()


def test_a_form_sent_twice_is_one_objection(browser, listing):
    answer = walk(browser, *questions(listing)[:-1])
    sent = {"step": "check", "sealed": sealed(answer)}
    first, again = (browser.post("/objections/new/", sent)["Location"] for _ in range(2))
    assert first == again
    assert Objection.objects.count() == 1


def test_no_unread_decision_is_taken_back(browser, listing):
    found = objecting.admitted(listing)
    browser.get(f"/objections/{found.number}/take-back/")
    objecting.decide(found, "reject", cast.second_judge())
    answer = browser.post(f"/objections/{found.number}/take-back/")
    assert (answer.status_code, "R-751" in text(answer), "rejected" in text(answer)) == (409, True, False)
    assert objecting.fresh(found).state == "rejected"


def test_line_breaks_are_counted_as_the_browser_counts_them(browser, listing):
    found = objecting.served(listing)
    words = "\n".join(["字" * 99] * 20)
    answer = browser.post(f"/objections/{found.number}/higher-court/", {"words": words.replace("\n", "\r\n")})
    assert answer.status_code == 302
    assert objecting.fresh(found).steps.latest("place").reason == words


def test_a_forged_one_is_refused_and_nothing_is_kept(browser, listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=cast.NOW, reason="请补充材料")
    browser.handler.enforce_csrf_checks = True
    for path in ("/objections/new/", f"/objections/{found.number}/complete/", f"/objections/{found.number}/take-back/"):
        sent = {"words": "伪造", "attached": [SimpleUploadedFile("a.pdf", objecting.PDF)]}
        assert browser.post(path, sent).status_code == 403
    assert objecting.fresh(found).state == "returned"


def test_no_file_lies_on_a_disk(browser, listing, monkeypatch):
    handler = "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file"
    monkeypatch.setattr(handler, lambda *_: pytest.fail("on the disk"))
    walk(browser, *questions(listing), files=(long_pdf(3),) * 5)
    assert Objection.objects.get().files.count() == 5


def test_a_foreign_or_altered_field_opens_nothing(browser, listing):
    answer = walk(browser, *questions(listing)[:-1])
    kept = sealed(answer)
    another = (phone(cast.SECOND_NUMBER, "欧阳㛃"), kept), (phone(NUMBER, "高某"), kept)
    for other, field in (*another, (browser, kept[:-8] + "AAAAAAAA")):
        refused = other.post("/objections/new/", {"step": "check", "sealed": field})
        assert "R-510" in text(refused)
    assert not Objection.objects.exists()


def test_whoever_has_no_listing_may_say_that_he_is_not_the_one(listing):
    browser = phone(cast.SECOND_NUMBER, "欧阳㛃")
    answer = walk(browser, *questions(listing, listing="none", part="", told=listing.number))
    found = Objection.objects.get()
    assert answer["Location"].endswith("/sent/")
    assert (found.listing, found.part, found.content["told"]) == (None, "identity", listing.number)


def test_an_early_end_says_from_when_on(browser, listing, settings):
    settings.SHARING_REPAIR_MONTHS = 12
    answer = walk(browser, ("kind", {"kind": "repair"}))
    assert "15 September 2027" in text(answer)
    answer = walk(browser, *questions(listing, kind="repair", part=""))
    assert "R-763" in text(answer)
    assert not Objection.objects.exists()


def test_a_statement_is_sent_accepted_and_removed(browser, listing):
    walk(browser, *questions(listing, kind="statement", part="", words="我已悔过。"))
    found = Objection.objects.get()
    deciding.accept(found.number, officer=cast.registrar(), now=cast.NOW)
    assert "我已悔过。" in text(browser.get("/objections/"))
    browser.post(f"/objections/statements/{listing.number}/remove/")
    page = text(browser.get("/objections/"))
    assert "Your statement is removed" in page
    assert "我已悔过。" not in page


def test_what_is_returned_is_completed(browser, listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=cast.NOW, reason="请补充判决书复印件")
    assert "请补充判决书复印件" in text(browser.get(f"/objections/{found.number}/"))
    path = f"/objections/{found.number}/complete/"
    assert "请补充判决书复印件" in text(browser.get(path))
    refused = browser.post(path, {"words": "已补充。", "attached": [SimpleUploadedFile("a.pdf", b"MZ")]})
    assert "R-757" in text(refused)
    assert "已补充。" in text(refused)
    answer = browser.post(path, {"words": "已补充。", "attached": [SimpleUploadedFile("a.pdf", objecting.PDF)]})
    assert answer["Location"] == f"/objections/{found.number}/"
    found = objecting.fresh(found)
    assert (found.state, found.files.count(), found.steps.last().reason) == ("received", 1, "已补充。")


def test_a_decision_is_read_and_that_is_its_service(browser, listing):
    found = objecting.decided(listing)
    path = f"/objections/{found.number}/"
    page = text(browser.get(path))
    assert "已核对卷宗" not in page
    assert "The decision is here" in page
    assert browser.get(f"{path}letter.pdf").status_code == 409
    for _ in range(2):
        browser.post(f"{path}read/")
    page = text(browser.get(path))
    assert "已核对卷宗" in page
    assert "4 December 2026" in page
    assert objecting.fresh(found).served_on == cast.NOW.date()
    assert browser.get(f"{path}letter.pdf")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("step", ["uphold", "uphold_in_part", "reject"])
def test_until_a_decision_is_opened_no_page_and_no_slip_says_which_way(browser, listing, step):
    found = objecting.decided(listing, step)
    path = f"/objections/{found.number}/"
    followed = phone().post("/objections/follow/", {"number": found.number, "code": found.code})
    pages = [text(each) for each in (browser.get("/objections/"), browser.get(path), followed)]
    slips = [text(browser.get(f"{path}slip/")), words_of(browser.get(f"{path}slip.pdf").content)]
    for page in pages:
        assert "Decided" in page
    assert "已作出决定" in slips[1] or "Decided" in slips[1] or "decided" in slips[1]
    for page in (*pages, *slips):
        for betrayed in ("pheld", "ejected", "不成立", "成立", "arrie", "27 November", "2026-11-27", "Take it back"):
            assert betrayed not in page


def test_what_is_decided_is_no_matter_to_be_decided_in_chinese(listing):
    found = objecting.decided(listing)
    browser = phone(NUMBER)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    page = text(browser.get(f"/objections/{found.number}/"))
    assert "已作出决定" in page
    assert "决定事项" not in page


def test_the_higher_court_is_asked_and_it_is_taken_back(browser, listing):
    found = objecting.served(listing)
    path = f"/objections/{found.number}/"
    assert "R-755" in text(browser.post(f"{path}higher-court/", {"words": "一"}))
    browser.post(f"{path}higher-court/", {"words": "请上级法院复核。"})
    assert objecting.fresh(found).state == "in_review"
    assert "Before the higher court" in text(browser.get(path))
    browser.post(f"{path}take-back/")
    assert objecting.fresh(found).state == "withdrawn"
    assert "R-751" in text(browser.post(f"{path}take-back/"))


def test_after_ten_days_the_page_says_that_it_is_over(listing, monkeypatch):
    found = objecting.served(listing)
    later = cast.NOW + timedelta(days=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    browser = phone()
    proved_again(browser)
    answer = browser.post(f"/objections/{found.number}/higher-court/", {"words": "请复核"})
    assert (answer.status_code, "R-762" in text(answer)) == (409, True)
    assert objecting.fresh(found).state == "rejected"


# The slip


def test_the_slip_is_followed_without_proving_anything_and_says_nothing_about_anybody(listing):
    found = objecting.admitted(listing)
    answer = phone().post("/objections/follow/", {"number": found.number, "code": found.code})
    page = text(answer)
    for said in (found.number, "Admitted, is being decided", "9 December 2026", "15 days left"):
        assert said in page
    for secret in (NAME, NUMBER, listing.number, "刑期", "朝阳"):
        assert secret not in page
    assert "no-store" in answer["Cache-Control"]
    refused = phone().post("/objections/follow/", {"number": found.number, "code": "AAAAA-AAAAA"})
    assert (refused.status_code, "R-764" in text(refused)) == (403, True)


def words_of(pdf):
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_slip_on_paper_names_nobody(browser, listing):
    found = objecting.raised(listing)
    printed = browser.get(f"/objections/{found.number}/slip.pdf")
    words = words_of(printed.content) + text(browser.get(f"/objections/{found.number}/slip/"))
    for said in (found.number, found.code, "2026-11-25", "异议受理单"):
        assert said in words
    for secret in (NAME, NUMBER, listing.number, "刑期"):
        assert secret not in words
    assert papers.slip(found) == printed.content


@pytest.mark.parametrize("step", ["uphold", "uphold_in_part", "reject"])
def test_the_letter_says_what_was_decided_why_and_what_can_be_done(listing, step):
    found = objecting.decided(listing, step)
    words = words_of(papers.letter(found))
    for said in (found.number, listing.number, NAME, "已核对卷宗。", "异议处理决定书", "2026-11-24"):
        assert said in words
    assert ("10日内向上一级法院（北京市第三中级人民法院）申请复核" in words) is (step != "uphold")
    assert ("3个工作日内办理" in words) is (step != "reject")
    assert NUMBER not in words


def test_the_letter_of_the_higher_court_is_its_own(listing):
    found = objecting.in_review(listing)
    deciding.decide(found.number, "review_reject", officer=objecting.higher_judge(), now=cast.NOW, reason="维持。")
    words = words_of(papers.letter(found))
    assert "复核决定书" in words
    assert "维持。" in words


def test_of_an_application_the_letter_is_another(listing):
    found = objecting.decided(listing, "reject", kind=ObjectionKind.REPAIR, part="")
    assert "提前终止申请处理决定书" in words_of(papers.letter(found))


def test_what_no_font_has_keeps_nobody_from_the_letter(listing):
    found = objecting.admitted(listing)
    deciding.decide(found.number, "reject", officer=cast.second_judge(), now=cast.NOW, reason="不成立\U000105c0")
    words = words_of(papers.letter(found))
    assert "理由见本院登记页面" in words
    assert found.number in words
