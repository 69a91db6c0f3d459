"""What is found in a judgment's text, and what is not guessed; every judgment is invented (tests/judgments)."""

from __future__ import annotations

import time
from datetime import date

import pytest
from django.utils import translation

from registry.actions.pasting import MOST_CHARACTERS
from registry.gleaning import glean
from tests import cast, judgments

TODAY = date(2026, 11, 24)


def read(name):
    return glean(judgments.text(name), today=TODAY)


def said(findings):
    """field → its values, in the order of the text; rows as they are."""
    found = {}
    for each in findings:
        found.setdefault(each.field, []).append(each.value)
    return found


def party(name, at=0):
    return said(each for each in read(name).parties[at].findings if not each.fault)


def decision(name):
    return said(each for each in read(name).decision if not each.fault)


def test_it_works():
    found = decision("one")
    assert found["number"] == ["（2026）京0105刑初123号"]
    assert (found["kind"], found["instrument"], found["instance"]) == (["criminal"], ["judgment"], ["first"])
    assert (found["filed_on"], found["pronounced_on"]) == (["2026-03-02"], ["2026-09-01"])
    assert {"kind": "phone_number", "records": 52_000} in found["data"]
    assert 32_000 in found["gains_yuan"]
    assert set(found["facts"]) == {"especially_serious", "telecom_fraud_related"}
    assert found["channels"] == ["social_app"]
    one = party("one")
    assert one["name"] == ["高䶮"]
    assert one["documents"] == [{"type": "resident_id", "number": cast.DEFENDANT_NUMBER}]
    assert one["charge"] == ["CL 253-1"]
    assert one["article"] == ["CL 253-1(1)"]
    assert one["offence_dates"] == ["2024-05-06", "2024-06-01"]
    assert (one["penalty_kind"], one["sentence_months"], one["fine_yuan"]) == (["fixed_term"], [42], [50_000])
    assert one["education"] == ["college"]
    assert one["detained"] == [True]
    assert one["custody_credited_days"] == [(date(2026, 9, 1) - date(2026, 1, 10)).days]
    ban = one["prohibitions"][0]
    assert (ban["months"], ban["basis"]) == (36, "CL 37-1")
    assert "从事个人信息处理相关职业" in ban["scope"]
    assert len(one["prohibitions"]) == 1
    assert "birth_date" not in one, "the document number tells it"


@pytest.mark.parametrize("name", [each.stem for each in judgments.HERE.glob("*.txt")])
def test_every_finding_stands_where_it_says(name):
    text = judgments.text(name)
    for each in glean(text, today=TODAY).every:
        assert 0 <= each.start < each.end <= len(text)
        passage = "".join(text[each.start : each.end].split())
        if each.field in ("name", "former_names"):
            assert "".join(str(each.value).split()) in passage
        if each.field == "documents":
            assert each.value["number"] in passage


def test_a_suspended_sentence_and_custody_with_two_readings():
    found = party("suspended")
    assert (found["sentence_months"], found["probation_months"]) == ([18], [24])
    assert found["custody_credited_days"] == [29, 30], "the last day counted or not: both are shown"
    assert found["offence_dates"] == ["2023-03-01", "2023-08-31"]
    assert "prohibitions" not in found, "what is forbidden during probation is no ban from an occupation"
    of_decision = decision("suspended")
    assert {"kind": "address", "records": 12_000} in of_decision["data"]
    assert of_decision["gains_yuan"] == [8_600]
    assert of_decision["pronounced_on"] == ["2025-04-30"]


def test_each_of_several_parties_has_its_own_facts():
    found = read("several")
    assert [each.name for each in found.parties] == ["北京某某数据科技有限公司", "高䶮", "欧阳㛃"]
    unit, first, second = (party("several", at) for at in range(3))
    assert unit["kind"] == ["unit"]
    assert unit["documents"] == [{"type": "uscc", "number": cast.UNIT_NUMBER}]
    assert (unit["penalty_kind"], unit["fine_yuan"]) == (["unit_fine"], [200_000])
    assert first["former_names"] == ["高龙"]
    assert (first["sentence_months"], first["probation_months"], first["fine_yuan"]) == ([24], [36], [30_000])
    assert [ban["months"] for ban in first["prohibitions"]] == [60]
    assert (second["penalty_kind"], second["fine_yuan"]) == (["fine_only"], [5_000])
    assert "prohibitions" not in second
    assert "sentence_months" not in second
    assert second["offence_dates"] == ["2023-01-05", "2023-02-06"]
    assert unit["offence_dates"] == ["2022-01-01", "2023-12-31"]
    assert first["article"] == ["CL 253-1(3)", "CL 253-1(4)"], "both are shown, one is taken"
    assert {"kind": "education", "records": 300_000} in decision("several")["data"]
    assert decision("several")["filed_on"] == ["2026-02-11"]


def test_detention_with_credited_days_said():
    found = party("detention")
    assert (found["penalty_kind"], found["sentence_months"]) == (["detention"], [5])
    assert (found["probation_months"], found["custody_credited_days"]) == ([6], [30])
    assert found["fine_yuan"] == [2_000]
    assert found["offence_dates"] == ["2025-02-03"]


def test_an_exemption():
    found = party("exempt")
    assert found["penalty_kind"] == ["exempt"]
    assert "fine_yuan" not in found


def test_several_charges_give_both_sentences_and_name_what_is_not_recorded():
    found = party("several_charges")
    assert found["sentence_months"] == [12, 8, 16]
    assert found["fine_yuan"] == [10_000, 5_000, 15_000]
    assert found["charge"] == ["CL 253-1"]
    others = [each for each in read("several_charges").parties[0].findings if each.field == "charge" and each.fault]
    assert [each.value for each in others] == ["帮助信息网络犯罪活动罪"]
    assert found["article"] == ["CL 253-1(1)"], "article 287-2 is none of this register's"
    assert found["offence_dates"] == ["2024-01-05", "2024-03-09"]


def test_an_appeal_decision_has_its_own_number_and_not_the_first_instances():
    found = decision("second_instance")
    assert found["number"] == ["（2026）京03刑终77号"]
    assert (found["instance"], found["instrument"]) == (["second"], ["ruling"])
    assert found["pronounced_on"] == ["2026-04-20"]
    assert party("second_instance")["name"] == ["高䶮"]


def test_a_number_whose_check_digit_is_wrong_is_said_to_be_so_and_cannot_be_taken():
    with translation.override("en"):
        findings = read("wrong_number").parties[0].findings
    document = next(each for each in findings if each.field == "documents")
    assert "check digit" in str(document.fault)
    assert party("wrong_number")["birth_date"] == ["1990-01-01"]
    assert party("wrong_number")["penalty_kind"] == ["control"]


def test_broken_lines_and_page_numbers_are_no_hindrance():
    found = party("broken_lines")
    assert found["documents"][0]["number"] == cast.DEFENDANT_NUMBER
    assert (found["sentence_months"], found["fine_yuan"]) == ([10], [3_000])
    assert found["offence_dates"] == ["2024-08-01"]
    of_decision = decision("broken_lines")
    assert of_decision["number"] == ["（2026）京0105刑初305号"]
    assert of_decision["pronounced_on"] == ["2026-08-03"]
    assert {"kind": "communication_record", "records": 700} in of_decision["data"]


def test_other_documents():
    first, second = party("foreigner"), party("foreigner", 1)
    assert first["name"] == ["约翰·史密斯"]
    assert first["documents"] == [{"type": "passport_other", "number": "X1234567"}]
    assert first["birth_date"] == ["1985-05-05"], "a passport does not tell it"
    assert second["documents"] == [{"type": "hk_macau_permit", "number": "H12345678"}]
    assert [each["sentence_months"] for each in (first, second)] == [[7], [6]]
    assert decision("foreigner")["data"] == [{"records": 12_000}]


def test_an_administrative_penalty():
    found, of_decision = party("penalty"), decision("penalty")
    assert of_decision["kind"] == ["penalty"]
    assert of_decision["number"] == ["京网信罚决字〔2026〕12号"]
    assert of_decision["authority"] == ["CAC-BJ"]
    assert of_decision["pronounced_on"] == ["2026-05-20"]
    assert of_decision["gains_yuan"] == [450_000]
    assert found["name"] == ["北京某某数据科技有限公司"]
    assert set(found["penalty_measures"]) == {"order_to_correct", "warning", "confiscation", "fine"}
    assert (found["penalty_kind"], found["fine_yuan"]) == (["administrative"], [1_000_000])
    assert found["article"] == ["PIPL 66(1)", "PIPL 66(2)"]
    assert found["offence_dates"] == ["2025-03-01", "2025-09-30"]


def test_a_ban_for_life_and_articles_in_digits():
    found = party("life_ban")
    assert found["sentence_months"] == [15]
    assert found["fine_yuan"] == [12_000]
    assert found["custody_credited_days"] == [45]
    assert found["prohibitions"][0]["for_life"] is True
    assert found["article"] == ["CL 286-1", "CL 253-1(3)"]
    assert found["education"] == ["none"]
    assert found["offence_dates"] == ["2024-09-01", "2024-09-30"], "only the month is given"
    assert decision("life_ban")["pronounced_on"] == ["2026-02-28"]


def test_a_text_that_is_no_judgment_says_nothing():
    assert not read("no_judgment")
    assert not glean("", today=TODAY)
    assert not glean(" \n\t", today=TODAY)


def test_a_long_text_without_a_full_stop_is_read_in_its_time():
    head = "刑事判决书\n被告人高某，男，1988年3月4日出生，"
    custody = "2024年5月6日被刑事拘留，"
    text = head + custody * ((MOST_CHARACTERS - len(head)) // len(custody))
    began = time.process_time()
    glean(text, today=TODAY)
    assert time.process_time() - began < 10


TWO_NAMES = """北京市朝阳区人民法院
刑事判决书
（2026）京0105刑初123号
被告人王伟，男，1988年3月4日出生，公民身份号码110105198803041236，汉族。
被告人王伟明，男，1992年7月15日出生，汉族。
被告单位龑㛃（北京）数据有限公司，统一社会信用代码91110105MA01ABCD5X，住所地北京市朝阳区。
北京市朝阳区人民检察院指控三被告犯侵犯公民个人信息罪，提起公诉。
经审理查明，2024年5月6日，被告人王伟明出售公民个人信息5000余条。2024年6月7日，被告人王伟出售公民个人信息6000条。2024年7月8日，龑㛃（北京）数据有限公司与王伟购买公民个人信息。
本院认为，三被告的行为已构成侵犯公民个人信息罪。判决如下：
一、被告人王伟犯侵犯公民个人信息罪，判处有期徒刑三年，并处罚金人民币三万元。
二、被告人王伟明犯侵犯公民个人信息罪，判处有期徒刑一年，并处罚金人民币一万元。
三、被告单位龑㛃（北京）数据有限公司犯侵犯公民个人信息罪，判处罚金人民币十万元。
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
"""


def test_whose_name_begins_another_partys_is_offered_nothing_of_that_one():
    wang_wei, wang_weiming, unit = (said(each.findings) for each in glean(TWO_NAMES, today=TODAY).parties)
    assert (wang_wei["sentence_months"], wang_wei["fine_yuan"]) == ([36], [30_000])
    assert wang_wei["offence_dates"] == ["2024-06-07", "2024-07-08"]
    assert (wang_weiming["sentence_months"], wang_weiming["fine_yuan"]) == ([12], [10_000])
    assert wang_weiming["offence_dates"] == ["2024-05-06"]
    assert (unit["fine_yuan"], unit["offence_dates"]) == ([100_000], ["2024-07-08"])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("龑㛃（北京）数据有限公司", "龑㛃（北京）数据有限公司"),
        ("龑㛃（北京）数据有限公司（以下简称龑㛃公司）", "龑㛃（北京）数据有限公司"),
        ("北京龑㛃数据中心（有限合伙）", "北京龑㛃数据中心（有限合伙）"),
        ("北京龑㛃数据有限公司（曾用名北京龑㛃信息有限公司）", "北京龑㛃数据有限公司"),
    ],
)
def test_brackets_within_a_units_name_belong_to_it_and_brackets_after_it_do_not(written, name):
    text = TWO_NAMES.replace("龑㛃（北京）数据有限公司，统一", f"{written}，统一")
    assert said(glean(text, today=TODAY).parties[2].findings)["name"] == [name]
