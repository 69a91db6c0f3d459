"""The code lists at the desk: who may look, propose and decide, what the pages show, and what is taken away as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry import actions, codes
from registry.codes import Code
from registry.models import CodeProposal, Court, Role
from sharing.openapi import description
from tests import cast, code_lists, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FAX = Code("fax", "传真", "fax")
PAGES = (
    "/desk/codes/",
    "/desk/codes/articles/",
    "/desk/codes/articles/entries/CL%20253-1(1)/",
    "/desk/codes/articles/export/json/",
    "/desk/codes/articles/export/csv/",
)
SHEETS = (
    "/desk/codes/articles/new/",
    "/desk/codes/articles/entries/CL%20253-1(1)/change/",
    "/desk/codes/articles/entries/CL%20253-1(1)/retire/",
    "/desk/codes/calendar_days/notice/",
)


def auditor():
    return cast._once("A-XU", Role.AUDITOR, court="京", name="徐审计员")


def typed(**changes):
    return {"code": "fax", "zh": "传真", "en": "fax", "source": code_lists.SOURCE, "reason": "amended", **changes}


@pytest.mark.parametrize("address", [*PAGES, *SHEETS])
@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar, cast.stranger, cast.statistician])
def test_strangers_are_refused(address, who):
    assert desk.at_the_desk(who()).get(address).status_code == 403


@pytest.mark.parametrize("address", [*PAGES, *SHEETS])
def test_nobody_reads_them_without_signing_in(client, address):
    assert client.get(address).status_code == 302


def test_an_auditor_reads_and_does_not_propose_or_decide():
    browser, proposal = desk.at_the_desk(auditor()), code_lists.proposed("channels", FAX)
    for address in (*PAGES, f"/desk/codes/proposals/{proposal.pk}/"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert b'value="approve"' not in answer.content
    for address in SHEETS:
        assert browser.get(address).status_code == 403
    assert browser.post(f"/desk/codes/proposals/{proposal.pk}/", {"do": "approve"}).status_code == 403
    assert CodeProposal.objects.get().outcome == "pending"


def test_an_entry_is_added_in_two_windows(django_capture_on_commit_callbacks):
    first, second = desk.at_the_desk(cast.high_court_registrar()), desk.at_the_desk(cast.second_high_court_registrar())
    answer = first.post("/desk/codes/channels/new/", typed())
    proposal = CodeProposal.objects.get()
    assert answer.url == f"/desk/codes/proposals/{proposal.pk}/"
    assert "This is for another registrar" in first.get(answer.url).content.decode()
    work = second.get("/desk/").content.decode()
    assert answer.url in work
    assert answer.url not in first.get("/desk/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        second.post(answer.url, {"do": "approve"})
    assert codes.require("channels", "fax", "channels")
    page = first.get("/desk/codes/channels/").content.decode()
    assert "传真" in page
    assert "added" in page
    assert code_lists.SOURCE in first.get("/desk/codes/channels/entries/fax/").content.decode()


def test_an_entry_is_changed_with_what_its_list_says_of_it():
    browser = desk.at_the_desk(cast.high_court_registrar())
    page = browser.get("/desk/codes/data_kinds/entries/lodging/change/").content.decode()
    assert 'value="500"' in page
    answer = browser.post(
        "/desk/codes/data_kinds/entries/lodging/change/",
        typed(zh="住宿信息", en="lodging information", tier="sensitive", threshold="400"),
    )
    assert answer.status_code == 302
    change = CodeProposal.objects.get().changes.get()
    assert change.extra == {"tier": "sensitive", "threshold": 400}


def test_a_document_type_keeps_both_texts_of_its_form():
    browser = desk.at_the_desk(cast.high_court_registrar())
    answer = browser.post(
        "/desk/codes/document_types/new/",
        typed(
            code="seaman", zh="海员证", en="seafarer's passport", kind="natural", rule="pattern", family="seaman",
            pattern="A[0-9]{8}", form_zh="A后接8位数字", form_en="A and 8 digits",
        ),
    )  # fmt: skip
    assert answer.status_code == 302
    assert CodeProposal.objects.get().changes.get().extra["form"] == {"zh": "A后接8位数字", "en": "A and 8 digits"}


def test_a_fault_stands_at_its_field():
    browser = desk.at_the_desk(cast.high_court_registrar())
    answer = browser.post("/desk/codes/channels/new/", typed(code="a/b", zh="其他渠道", source=""))
    assert answer.status_code == 200
    answer = browser.post("/desk/codes/channels/new/", typed(code="a/b", zh="其他渠道"))
    page = answer.content.decode()
    assert "R-354" in page
    assert "R-356" in page
    assert not CodeProposal.objects.exists()


def test_what_still_needs_a_code_is_said_before_it_is_retired(finance):
    listing = cast.in_force()
    browser = desk.at_the_desk(cast.high_court_registrar())
    address = "/desk/codes/articles/entries/CL%20253-1/retire/"
    assert "goes on fitting" in browser.get(address).content.decode()
    answer = browser.post(address, {"source": code_lists.SOURCE, "reason": "repealed"})
    page = desk.at_the_desk(cast.second_high_court_registrar()).get(answer.url).content.decode()
    assert "goes on fitting" in page
    assert "<td>1</td>" in page, "one listing has it"
    assert listing.number not in page


def test_a_retired_value_stays_named_in_the_draft_that_has_it():
    draft = cast.draft()
    code_lists.retired("articles", "CL 253-1")
    page = desk.at_the_desk(cast.clerk()).get(f"/desk/listings/{draft.number}/amend/").content.decode()
    assert '<option value="CL 253-1" selected>Criminal Law of the PRC, art. 253-1</option>' in page


def test_the_yearly_notice_is_typed_line_by_line():
    browser = desk.at_the_desk(cast.high_court_registrar())
    notice = {
        "year": "2027", "source": "国办发明电〔2026〕7号", "worked": "2027-02-20, 2027-10-09",
        "days": "元旦 / New Year: 2027-01-01\n国庆节 / National Day：2027年10月1日\n国庆节 / National Day: 2027-10-01 – 2027-10-07",
    }  # fmt: skip
    assert "R-357" in browser.post("/desk/codes/calendar_days/notice/", notice).content.decode()
    notice["days"] = "元旦 / New Year: 2027-01-01\n国庆节 / National Day: 2027-10-01 至 2027-10-07"
    assert browser.post("/desk/codes/calendar_days/notice/", notice).status_code == 302
    rows = dict(CodeProposal.objects.get().changes.values_list("code", "extra__kind"))
    assert len(rows) == 11
    assert (rows["2027"], rows["2027-10-07"], rows["2027-10-09"]) == ("notice", "holiday", "workday")


def test_a_list_is_taken_away_as_it_stands_and_its_json_is_the_operators_form(tmp_path, settings):
    code_lists.changed("channels", Code("fax", "=传真()", "fax"))
    code_lists.retired("channels", "forum")
    browser = desk.at_the_desk(cast.high_court_registrar())
    body = browser.get("/desk/codes/channels/export/json/").content
    stood = dict(codes.entries("channels"))
    codes.lay_over(0, ())
    (tmp_path / "channels.json").write_bytes(body)
    settings.REGISTRY_CODES = str(tmp_path)
    assert dict(codes.entries("channels")) == stood
    assert json.loads(body)[-1] == {"code": "fax", "zh": "=传真()", "en": "fax"}
    table = browser.get("/desk/codes/channels/export/csv/").content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(table))) == ["code", "zh", "en", "retired"]
    assert browser.get("/desk/codes/channels/export/exe/").status_code == 404


def test_no_cell_of_a_file_is_a_formula():
    code_lists.changed("channels", Code("fax", "=传真()", "fax"))
    table = desk.at_the_desk(auditor()).get("/desk/codes/channels/export/csv/").content.decode("utf-8-sig")
    assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(table)) for cell in row)


def test_the_command_says_how_the_lists_stand_and_what_does_not_fit(capsys):
    code_lists.changed("channels", FAX)
    call_command("codes")
    assert "version 1" in capsys.readouterr().out
    call_command("codes", "--check")
    proposal = code_lists.changed(
        "courts", Code("京0120", "新区法院", "New Court", {"level": "basic", "parent": "京01"})
    )
    Court.objects.filter(code="京0120").update(level="special")
    other = CodeProposal.objects.create(
        list_name="articles", source="法〔2026〕9号", reason="of an older release", made_on=2, version=9, outcome="carried_out",
        proposed_at=cast.NOW, decided_at=cast.NOW, proposed_by=proposal.proposed_by, decided_by=proposal.decided_by,
    )  # fmt: skip
    other.changes.create(code="CL 999", zh="第九百九十九条", en="art. 999", extra={})
    with pytest.raises(CommandError) as found:
        call_command("codes", "--check")
    assert "articles CL 999 kind" in str(found.value)
    assert "courts 京0120" in str(found.value)


def test_no_page_of_the_api_holds_a_code_list_that_could_grow_old():
    """Its descriptions are made once; a list in them would be of that moment."""
    described = json.dumps(description(), ensure_ascii=False)
    for list_name in ("channels", "occupations", "facts", "authorities"):
        for code, entry in codes.entries(list_name).items():
            assert f'"enum": ["{code}"' not in described
            assert entry.zh not in described or len(entry.zh) < 4


def test_a_court_that_is_retired_is_not_offered_for_an_appointment():
    code_lists.retired("courts", "京0105")
    page = desk.at_the_desk(cast.security_administrator()).get("/desk/officers/new/").content.decode()
    assert "Chaoyang" not in page
    assert "Haidian" in page


def test_a_refusal_needs_its_reason():
    proposal = code_lists.proposed("channels", FAX)
    browser = desk.at_the_desk(cast.second_high_court_registrar())
    address = f"/desk/codes/proposals/{proposal.pk}/"
    assert browser.post(address, {"do": "refuse", "reason": ""}).status_code == 200
    assert browser.post(address, {"do": "refuse", "reason": "not in the table"}).status_code == 302
    assert "not in the table" in browser.get(address).content.decode()
    actions.propose_addition("channels", FAX, **code_lists.said())
