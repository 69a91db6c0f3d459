"""Objections at the desk: the list, one with its acts, files and letter, what is entered at the counter; no stranger."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import AccessRecord, Role, State
from sharing.desk.objections import waiting_for
from sharing.persons.models import Objection
from sharing.persons.objections import deciding
from sharing.persons.record import looked
from tests import cast, desk, objecting, visiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_REPAIR_MONTHS = 1
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


@pytest.fixture
def sun():
    return desk.at_the_desk(cast.registrar())


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def step(found, name):
    return at("objection_step", found.number, name)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def entry(listing, /, **changes):
    typed = {
        "raised_by": "agent",
        "authority": "lawyer",
        "name": "吴律师",
        "contact": "示范市示范路3号",
        "arrival": "counter",
        "received_on": "2026-11-24",
        "language": "zh-hans",
        "kind": "objection",
        "listing": listing.number,
        "part": "dates",
        "words": "送达日期有误。",
        "whose_name": "",
        "document_type": "resident_id",
        "document_number": "",
        "key": "key-1",
    }
    return {**typed, **changes}


def test_it_waits_on_my_work_for_those_who_may_take_the_next_step(listing, sun):
    found = objecting.raised(listing)
    for officer, waits in (
        (cast.registrar(), True),
        (cast._once("C-DONG", Role.CLERK), True),
        (cast.clerk(), False),  # who entered the listing
        (cast.high_court_registrar(), True),
        (cast.second_judge(), False),
        (cast.stranger(), False),
    ):
        page = text(desk.at_the_desk(officer).get(reverse("admin:index")))
        assert ("Objections waiting for me" in page, found.number in page) == (waits, waits)
    deciding.admit(found.number, officer=cast.registrar(), now=cast.NOW)
    assert found.number in text(desk.at_the_desk(cast.second_judge()).get(reverse("admin:index")))
    assert found.number not in text(desk.at_the_desk(cast.judge()).get(reverse("admin:index")))


def test_who_is_not_the_one_stands_above_everything_else_and_red_until_somebody_looked(listing):
    cast.submitted(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    objecting.raised(listing)
    doubt = objecting.raised(listing, part="identity")
    for officer in (cast.registrar(), cast.clerk(), cast.high_court_registrar()):
        page = text(desk.at_the_desk(officer).get(reverse("admin:index")))
        others = [page.index(each) for each in ("Objections waiting for me", "Tables") if each in page]
        first = page.index("Somebody says that he is not the one listed")
        assert page.index("within hours") - first < 80
        assert first < page.index(doubt.number) < min(others)
    for officer in (cast.second_judge(), cast.stranger()):
        assert "not the one listed" not in text(desk.at_the_desk(officer).get(reverse("admin:index")))
    deciding.admit(doubt.number, officer=cast.registrar(), now=cast.NOW)
    page = text(desk.at_the_desk(cast.registrar()).get(reverse("admin:index")))
    assert "within hours" not in page
    assert page.index("Objections waiting for me") < page.index(doubt.number)


@pytest.mark.parametrize("which", ["open", "mine", "court", "doubt", "overdue", "ended"])
def test_the_list_is_filtered(listing, sun, which, monkeypatch):
    doubt = objecting.raised(listing, part="identity")
    mine = objecting.admitted(listing)
    over = objecting.raised(listing)
    deciding.withdraw(over.number, now=cast.NOW)
    late = {"open": set(), "overdue": set()}
    shown = {
        "open": {doubt, mine},
        "mine": {mine},
        "court": {doubt, mine},
        "doubt": {doubt},
        "ended": {over},
        "overdue": late["overdue"],
    }[which]
    page = text(sun.get(at("objections") + f"?which={which}"))
    assert {each for each in (doubt, mine, over) if each.number in page} == shown


def test_the_list_names_nobody(listing, sun):
    objecting.raised(listing)
    page = text(sun.get(at("objections")))
    assert "高䶮" not in page
    assert not AccessRecord.objects.exists()


def test_every_look_is_on_record(listing, sun):
    found = objecting.decided(listing, files=(objecting.PDF,))
    page = text(sun.get(at("objection", found.number)))
    for said in ("高䶮", "刑期计算有误", "已核对卷宗", "Rejected"):
        assert said in page
    sun.post(at("objection_file", found.number, found.files.get().pk))
    sun.post(at("objection_letter", found.number))
    assert [page for _number, page in desk.looks(cast.registrar())] == [
        "objection",
        "objection_file",
        "objection_letter",
    ]
    assert {number for number, _page in desk.looks(cast.registrar())} == {listing.number}


def test_a_file_is_saved_and_runs_nothing(listing, sun):
    found = objecting.raised(listing, files=(objecting.PDF,))
    answer = sun.post(at("objection_file", found.number, found.files.get().pk))
    assert answer.content == objecting.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{found.number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sun.get(at("objection_file", found.number, found.files.get().pk)).status_code == 405


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.CLERK, Role.JUDGE, Role.REGISTRAR])
def test_strangers_see_and_do_nothing(listing, role):
    found = objecting.admitted(listing, files=(objecting.PDF,))
    stranger = desk.at_the_desk(cast.officer("X-1", role, court="京0105" if role == Role.STATISTICIAN else "京0108"))
    for door in (
        at("objection", found.number),
        step(found, "reject"),
        step(found, "withdraw"),
        at("objection_suspend", found.number),
        at("objection_slip", found.number),
    ):
        assert stranger.get(door).status_code in (403, 404)
        assert stranger.post(door, {"reason": "试一试"}).status_code in (403, 404, 405)
    for door in (at("objection_letter", found.number), at("objection_file", found.number, found.files.get().pk)):
        assert stranger.post(door).status_code in (403, 404)
    assert found.number not in text(stranger.get(at("objections")))
    assert stranger.post(at("enter_objection"), entry(listing)).status_code in (403, 422, 200)
    assert Objection.objects.count() == 1
    assert objecting.fresh(found).state == "admitted"


@pytest.mark.parametrize(
    ("prepared", "zh", "en"),
    [
        (objecting.raised, "已收到", "received, its form is checked"),
        (objecting.admitted, "已受理", "admitted, is being decided"),
        (objecting.decided, "已作出决定", "decided"),
        (objecting.served, "不成立", "rejected"),
    ],
)
def test_the_slip_says_state_and_deadline_in_both_languages_as_the_persons_own_does(listing, sun, prepared, zh, en):
    found = prepared(listing)
    slip = text(sun.get(at("objection_slip", found.number)))
    persons = text(visiting.visitor().get(reverse("person:objection_slip", args=[found.number])))
    (in_chinese,), (in_english,) = re.findall(r"状态：([^。]+)。", slip), re.findall(r"State: ([^.]+)\.", slip)
    assert (zh in in_chinese, in_english.lower()) == (True, en)
    assert f"State: {in_english}." in persons
    assert ("This stage is due on" in slip) is ("This stage is due on" in persons)


def test_an_auditor_reads_and_does_nothing(listing):
    found = objecting.admitted(listing, files=(objecting.PDF,))
    auditor = desk.with_a_reason(cast.officer("A-1", Role.AUDITOR, court="京"), listing)
    assert found.number in text(auditor.get(at("objection", found.number)))
    assert auditor.post(at("objection_file", found.number, found.files.get().pk)).status_code == 403
    assert auditor.post(step(found, "reject"), {"reason": "试一试"}).status_code == 403


def test_who_is_not_signed_in_is_led_to_the_door(client, listing):
    found = objecting.raised(listing)
    for door in (at("objections"), at("objection", found.number), at("enter_objection"), step(found, "admit")):
        assert "/login/" in client.get(door)["Location"]


def test_from_form_check_to_what_was_carried_out(listing, sun):
    found = objecting.raised(listing)
    assert "disputed" in text(sun.get(step(found, "admit")))
    sun.post(step(found, "admit"))
    assert cast.fresh(listing).flags == ["disputed"]
    qian = desk.at_the_desk(cast.second_judge())
    refused = qian.post(step(found, "uphold"), {"reason": ""})
    assert "There is a problem" in text(refused) or "Error" in text(refused)
    refused = qian.post(step(found, "uphold"), {"reason": "刑期确有误。", "follows": "prison"})
    assert "R-772" in text(refused)
    qian.post(step(found, "uphold"), {"reason": "刑期确有误。", "follows": "correct"})
    assert objecting.fresh(found).state == "upheld"
    lin = desk.at_the_desk(cast.clerk())
    assert (
        reverse("admin:propose", args=[listing.number, "correct"])
        in lin.get(at("objection", found.number)).content.decode()
    )
    refused = sun.post(step(found, "carry_out"), {"reason": "", "proposal": ""})
    assert "R-760" in text(refused)
    corrected = cast.corrected(listing, sentence_months=18)
    proposal = corrected.proposals.get()
    assert "carried out" in text(sun.get(step(found, "carry_out")))
    sun.post(step(found, "carry_out"), {"reason": "", "proposal": str(proposal.pk)})
    assert objecting.fresh(found).state == "closed"
    assert cast.fresh(listing).flags == []


def test_a_letter_to_the_higher_court_is_entered_with_the_day_on_which_it_came(listing, monkeypatch):
    found = objecting.served(listing)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(days=12))
    sun = desk.at_the_desk(cast.registrar())
    refused = sun.post(step(found, "ask_review"), {"words": "请复核。", "received_on": "2026-12-05"})
    assert "R-762" in text(refused)
    assert "请复核。" in refused.content.decode()
    assert "R-767" in text(sun.post(step(found, "ask_review"), {"words": "请复核。", "received_on": "2026-12-07"}))
    sun.post(step(found, "ask_review"), {"words": "请复核。", "received_on": "2026-12-04"})
    assert objecting.fresh(found).state == "in_review"


def test_a_completion_by_letter_is_entered_with_the_day_on_which_it_came(listing, sun):
    found = objecting.raised(listing)
    sun.post(step(found, "return"), {"reason": "请补充材料"})
    assert "R-213" in text(sun.post(step(found, "complete"), {"words": "已补充。", "received_on": ""}))
    sun.post(step(found, "complete"), {"words": "已补充。", "received_on": "2026-11-24"})
    assert objecting.fresh(found).state == "received"


def paper(content=objecting.PDF):
    return SimpleUploadedFile("补充 高䶮.pdf", content)


def test_what_was_missing_comes_with_papers(listing, sun):
    found = objecting.raised(listing, files=(objecting.PDF,))
    sun.post(step(found, "return"), {"reason": "请补充材料"})
    assert 'enctype="multipart/form-data"' in sun.get(step(found, "complete")).content.decode()
    typed = {"words": "补充材料见附件。", "received_on": "2026-11-24"}
    sun.post(step(found, "complete"), {**typed, "attached": [paper(), paper(objecting.PNG)]})
    found = objecting.fresh(found)
    assert (found.state, found.files.count()) == ("received", 3)
    assert sorted(each.media_type for each in found.files.all()) == ["application/pdf", "application/pdf", "image/png"]
    last = found.files.last()
    assert last.content in (objecting.PDF, objecting.PNG)
    assert last.content not in bytes(last.content_sealed)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([b"MZ\x90\x00 a program"], "R-757"),
        ([b""], "R-757"),
        ([b"%PDF-" + bytes(6 * 1024 * 1024)], "R-757"),
        ([objecting.PDF] * 6, "R-756"),
        ([objecting.PDF] * 5, "R-756"),  # with the one that came before
    ],
)
def test_papers_that_cannot_be_taken_are_said_and_the_words_stay(listing, sun, files, said):
    found = objecting.raised(listing, files=(objecting.PDF,))
    sun.post(step(found, "return"), {"reason": "请补充材料"})
    typed = {"words": "补充材料见附件。", "received_on": "2026-11-24"}
    page = sun.post(step(found, "complete"), {**typed, "attached": [paper(each) for each in files]})
    assert said in text(page)
    assert "补充材料见附件。" in page.content.decode()
    assert "2026-11-24" in page.content.decode()
    assert (objecting.fresh(found).state, found.files.count()) == ("returned", 1)


def test_papers_go_with_no_other_step(listing, sun):
    found = objecting.raised(listing)
    sun.post(step(found, "return"), {"reason": "请补充材料", "attached": [paper()]})
    assert (objecting.fresh(found).state, found.files.count()) == ("returned", 0)


def test_a_forged_step_is_refused(listing):
    found = objecting.raised(listing)
    sun = desk.at_the_desk(cast.registrar())
    sun.handler.enforce_csrf_checks = True
    assert sun.post(step(found, "admit"), {"attached": [paper()]}).status_code == 403
    assert objecting.fresh(found).state == "received"


def test_a_button_pressed_twice_says_so(listing, sun):
    found = objecting.raised(listing)
    sun.post(step(found, "admit"))
    answer = sun.post(step(found, "admit"), follow=True)
    assert "R-751" in text(answer)


def test_the_judge_who_approved_the_listing_is_offered_nothing(listing):
    found = objecting.admitted(listing)
    zhao = desk.at_the_desk(cast.judge())
    assert "Uphold" not in text(zhao.get(at("objection", found.number)))
    assert zhao.post(step(found, "reject"), {"reason": "核对"}).status_code == 403


def test_where_identity_is_doubted_the_listing_is_suspended_from_the_same_page(listing, sun):
    found = objecting.raised(listing, part="identity")
    assert "Suspend the listing at once" in text(sun.get(at("objection", found.number)))
    sun.post(at("objection_suspend", found.number), {"reason": "身份存疑"})
    assert cast.fresh(listing).state == State.SUSPENDED
    other = objecting.raised(listing)
    assert sun.get(at("objection_suspend", other.number)).status_code == 404


def test_where_identity_is_doubted_of_what_awaits_its_effect_it_is_stopped_from_the_same_page(settings, sun):
    settings.REGISTRY_NOTICE_WAIVER = ""
    waiting = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    actions.submit([waiting.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(waiting))
    actions.record_service(
        [waiting.pk], served_on=cast.NOW.date(), how="in_court", reference="117", officer=cast.clerk(), now=cast.NOW
    )
    found = objecting.raised(waiting, part="identity")
    assert "Stop the listing before it takes effect" in text(sun.get(at("objection", found.number)))
    sun.post(at("objection_suspend", found.number), {"reason": "身份存疑"})
    assert cast.fresh(waiting).state == State.DRAFT
    assert "Stop the listing" not in text(sun.get(at("objection", found.number)))


def test_whoever_names_no_listing_is_looked_at_by_the_high_court_which_names_it(listing, sun):
    found = objecting.raised(by=objecting.identity(cast.SECOND_NUMBER, "欧阳㛃"), told=listing.number)
    assert sun.get(at("objection", found.number)).status_code == 404
    he = desk.at_the_desk(cast.high_court_registrar())
    page = text(he.get(at("objection", found.number)))
    assert cast.SECOND_NUMBER in page
    assert listing.number in page
    assert desk.looks(cast.high_court_registrar()) == [(found.number, "objection")]
    he.post(step(found, "admit"), {"listing": listing.number})
    assert cast.fresh(listing).flags == ["disputed"]


def test_what_an_agent_brings_is_entered_and_the_slip_is_handed_over(listing):
    lin = desk.at_the_desk(cast.clerk())
    answer = lin.post(
        at("enter_objection"), {**entry(listing), "attached": [SimpleUploadedFile("a.pdf", objecting.PDF)]}
    )
    found = Objection.objects.get()
    assert answer["Location"] == at("objection", found.number)
    assert (found.raised_by, found.arrival, found.files.count(), found.entered_by) == (
        "agent",
        "counter",
        1,
        cast.clerk(),
    )
    slip = text(lin.get(at("objection_slip", found.number)))
    assert found.code in slip
    assert "吴律师" not in slip
    assert lin.get(at("objection_slip_pdf", found.number))["Content-Type"] == "application/pdf"
    lin.post(at("enter_objection"), entry(listing))
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"raised_by": ""}, "R-"),
        ({"authority": "kinship"}, "R-768"),
        ({"received_on": "2026-11-25"}, "R-767"),
        ({"received_on": "yesterday"}, "R-"),
        ({"listing": "L-2026-999999"}, "R-313"),
        ({"words": ""}, "R-"),
        ({"kind": "complaint"}, "R-"),
        ({"part": ""}, "R-758"),
    ],
)
def test_what_cannot_be_entered_is_said_and_stays(listing, changes, said):
    lin = desk.at_the_desk(cast.clerk())
    answer = lin.post(at("enter_objection"), entry(listing, **changes))
    assert said in text(answer)
    assert "吴律师" in answer.content.decode()
    assert not Objection.objects.exists()


def test_a_forged_entry_is_refused(listing):
    lin = desk.at_the_desk(cast.clerk())
    lin.handler.enforce_csrf_checks = True
    assert lin.post(at("enter_objection"), entry(listing)).status_code == 403
    assert not Objection.objects.exists()


WHY = {"reason": "对异议办理情况进行检查"}


def asked_why(browser, answer):
    """The reason is asked for on a page without any data, and leads back."""
    assert "/why/" in answer["Location"]
    page = text(browser.get(answer["Location"]))
    assert "why do you read it" in page
    assert "高䶮" not in page
    address, _query, onward = answer["Location"].partition("?to=")
    return browser.post(address, {**WHY, "to": unquote(onward)})


@pytest.mark.parametrize("admitted", [False, True])
def test_an_auditor_says_why_and_a_registrar_of_the_high_court_where_no_step_is_his(listing, admitted):
    found = objecting.admitted(listing) if admitted else objecting.raised(listing)
    for officer, asks in (
        (cast.officer("A-1", Role.AUDITOR, court="京"), True),
        (cast.high_court_registrar(), admitted),
    ):
        browser = desk.at_the_desk(officer)
        answer = browser.get(at("objection", found.number))
        assert (answer.status_code == 302) is asks
        if asks:
            assert desk.looks(officer) == []
            assert asked_why(browser, answer)["Location"] == at("objection", found.number)
        assert "高䶮" in text(browser.get(at("objection", found.number)))


def test_an_auditor_says_why_where_no_listing_is_named_and_the_person_reads_it(listing):
    by = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    found = objecting.raised(by=by, told=listing.number)
    wu = cast.officer("A-1", Role.AUDITOR, court="京")
    browser = desk.at_the_desk(wu)
    for address in (at("objection", found.number), at("objection_letter", found.number)):
        answer = browser.post(address) if "letter" in address else browser.get(address)
        assert answer["Location"].startswith(at("why_objection", found.number))
    assert asked_why(browser, answer)["Location"] == at("objection", found.number)
    assert "欧阳㛃" in text(browser.get(at("objection", found.number)))
    said = looked.at([], by.subject(cast.NOW)).get(page="why")
    assert (said.reason, said.officer) == (WHY["reason"], wu)


def test_the_page_that_asks_why_is_open_to_nobody_who_may_not_read_it(listing):
    found = objecting.raised(by=objecting.identity(cast.SECOND_NUMBER, "欧阳㛃"), told=listing.number)
    assert desk.at_the_desk(cast.stranger()).get(at("why_objection", found.number)).status_code == 404


def test_what_waits_for_others_however_much_keeps_from_nobody_what_waits_for_him(listing, monkeypatch):
    """Least of all that somebody says that he is not the one."""
    monkeypatch.setattr("sharing.desk.objections.SHOWN", 2)
    for part in ("term", "dates"):
        found = objecting.raised(listing, part=part, now=cast.NOW - timedelta(days=9))
        deciding.admit(found.number, officer=cast.registrar(), now=cast.NOW - timedelta(days=9))
        Objection.objects.filter(pk=found.number).update(due_on=cast.NOW.date() - timedelta(days=9))
    doubt = objecting.raised(listing, part="identity")
    assert [each.number for each in waiting_for(cast.clerk())] == [doubt.number]


def test_what_waits_for_others_is_asked_nothing_about(listing, django_assert_num_queries):
    for part in ("term", "dates", "other"):
        found = objecting.raised(listing, part=part)
        deciding.admit(found.number, officer=cast.registrar(), now=cast.NOW)
    clerk = cast.clerk()
    with django_assert_num_queries(1):
        assert waiting_for(clerk) == []


def test_the_list_is_turned_page_by_page_and_none_is_out_of_reach(listing, sun, monkeypatch):
    monkeypatch.setattr("sharing.desk.objections.SHOWN", 2)
    numbers = [objecting.raised(listing, part=part).number for part in ("term", "dates", "other")]
    first = sun.get(at("objections") + "?which=court")
    (onward,) = re.findall(r'href="(\?which=court&amp;page=2)"', first.content.decode())
    second = sun.get(at("objections") + onward.replace("&amp;", "&"))
    assert [f"({len(numbers)})" in text(answer) for answer in (first, second)] == [True, True]
    pages = [[each for each in numbers if each in text(answer)] for answer in (first, second)]
    assert sorted(pages, key=len) == [pages[1], pages[0]]
    assert sorted(pages[0] + pages[1]) == sorted(numbers)


def test_an_officer_says_why_evidence_of_service_is_recorded_only_now(listing, monkeypatch):
    found = objecting.decided(listing)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(days=90))
    sun = desk.at_the_desk(cast.registrar())
    typed = {"served_on": "2026-11-24", "late_because": ""}
    refused = text(sun.post(step(found, "serve"), typed))
    assert "R-497" in refused
    sun.post(step(found, "serve"), typed | {"late_because": "post"})
    assert objecting.fresh(found).served_on == date(2026, 11, 24)
    page = text(sun.get(at("objection", found.number)))
    assert "recorded late: the post, or the evidence of service, came late" in page


def test_what_reached_the_court_long_ago_is_entered_with_the_reason(listing, sun):
    sun.post(at("enter_objection"), entry(listing, received_on="2026-09-20"))
    assert not Objection.objects.exists()
    sun.post(at("enter_objection"), entry(listing, received_on="2026-09-20", late_because="elsewhere"))
    assert Objection.objects.get().received_on == date(2026, 9, 20)
