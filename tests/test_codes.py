"""Code lists: what is shipped is whole, and the operator can add to it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import override

from registry import codes
from registry.errors import DocumentShape, UnknownArticle, UnknownCode
from registry.identity import canonical

LISTS = sorted(file.stem for file in codes.SHIPPED.glob("*.json"))
PARTIES = {"natural", "unit", "both"}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.REGISTRY_CODES = str(tmp_path)
    return tmp_path


def write(folder: Path, list_name: str, rows: object) -> None:
    (folder / f"{list_name}.json").write_text(json.dumps(rows), encoding="utf-8")


def values(list_name: str, key: str) -> set[Any]:
    return {code.extra[key] for code in codes.entries(list_name).values()}


def test_every_list_that_an_entry_names_is_shipped() -> None:
    source = (codes.SHIPPED.parent / "entries.py").read_text(encoding="utf-8")
    named = set(re.findall(r"codes: ([a-z_]+)", source))
    assert named
    assert named <= set(LISTS)


@pytest.mark.parametrize("list_name", LISTS)
def test_every_shipped_entry_has_a_name_in_both_languages(list_name: str) -> None:
    for code, entry in codes.entries(list_name).items():
        assert entry.code == code == code.strip()
        assert re.search("[\u4e00-\u9fff]", entry.zh)
        assert not re.search("[\u4e00-\u9fff]", entry.en)


@pytest.mark.parametrize("list_name", LISTS)
def test_no_two_entries_of_a_list_share_a_name(list_name: str) -> None:
    shipped = codes.entries(list_name).values()
    assert len({entry.zh for entry in shipped}) == len({entry.en for entry in shipped}) == len(shipped)


def test_beijings_courts_hang_together() -> None:
    courts = codes.entries("courts")
    assert {"京", "京01", "京02", "京03", "京04", "京0105", "京0108", "京0491"} <= set(courts)
    assert values("courts", "level") == {"high", "intermediate", "basic", "special"}
    assert sum(court.extra["level"] == "basic" for court in courts.values()) == 16
    roots = [code for code, court in courts.items() if not court.extra["parent"]]
    assert roots == ["京"]
    assert all(court.extra["parent"] in courts for code, court in courts.items() if code != "京")


def test_public_security_articles_and_authorities_are_known_and_sealed() -> None:
    assert codes.require("articles", "PSAPL 56(1)", "article").sealed
    assert codes.require("authorities", "PSB-BJ", "authority").sealed
    assert not codes.require("articles", "PIPL 66(1)", "article").sealed
    assert not codes.require("authorities", "CAC", "authority").sealed


def test_every_charge_is_also_an_article() -> None:
    criminal = {code for code, article in codes.entries("articles").items() if article.extra["kind"] == "criminal"}
    assert set(codes.entries("charges")) <= criminal
    assert {f"CL 253-1({paragraph})" for paragraph in range(1, 5)} <= criminal


def test_data_kinds_carry_the_thresholds_of_the_interpretation() -> None:
    tiers = codes.entries("data_tiers")
    assert {tier: row.extra["threshold"] for tier, row in tiers.items()} == {
        "highly_sensitive": 50,
        "sensitive": 500,
        "ordinary": 5000,
    }
    for kind in codes.entries("data_kinds").values():
        assert kind.extra["threshold"] == tiers[kind.extra["tier"]].extra["threshold"]
    highest = {code for code, kind in codes.entries("data_kinds").items() if kind.extra["threshold"] == 50}
    assert highest == {"location", "communication_content", "credit", "property"}


def test_lists_refer_to_each_other_by_codes_that_exist() -> None:
    sectors = set(codes.entries("sectors"))
    assert values("occupations", "sector") - {""} == sectors
    assert values("industries", "sector") - {""} == sectors
    assert values("case_kinds", "instance") - {""} <= set(codes.entries("instances"))
    assert values("penalty_kinds", "kind") == PARTIES
    assert values("document_types", "kind") == {"natural", "unit"}


def test_a_value_of_the_list_is_given_back() -> None:
    code = codes.require("charges", "CL 253-1", "charge")
    assert (code.zh, code.en) == ("侵犯公民个人信息罪", "crime of infringing citizens' personal information")


def test_a_value_outside_the_list_is_refused() -> None:
    with pytest.raises(UnknownCode) as refused:
        codes.require("channels", "pigeon", "channels")
    assert refused.value.field == "channels"
    assert type(refused.value) is UnknownCode
    assert "pigeon" in refused.value.text


def test_an_unknown_article_is_refused_with_those_that_are_recorded() -> None:
    with pytest.raises(UnknownArticle) as refused:
        codes.require("articles", "CL 999", "article")
    assert "CL 253-1(1)" in refused.value.text
    assert "PSAPL" not in refused.value.text


@pytest.mark.parametrize("value", ["110105198803041239", "x" * 10_000, "号码110105198803041239"])
def test_a_refused_value_never_shows_a_document_number(value: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        codes.require("courts", value, "court")
    assert "11010519" not in refused.value.text
    assert len(refused.value.text) < 300


def test_labels_follow_the_active_language() -> None:
    with override("en"):
        assert codes.label("courts", "京0105") == "Chaoyang District People's Court of Beijing"
    with override("zh-hans"):
        assert codes.label("courts", "京0105") == "北京市朝阳区人民法院"
    with override(None):
        assert codes.label("courts", "京0105") == "北京市朝阳区人民法院"


def test_a_language_without_a_name_falls_back_to_chinese(folder: Path) -> None:
    write(folder, "channels", [{"code": "fax", "zh": "传真", "en": "fax", "fr": "télécopie"}])
    with override("fr"):
        assert codes.label("channels", "fax") == "télécopie"
        assert codes.label("channels", "insider") == "单位内部人员"


def test_a_stored_code_that_left_its_list_is_shown_as_it_is() -> None:
    assert codes.label("channels", "pigeon") == "pigeon"
    assert codes.label("channels", "") == ""


def test_choices_are_translated_when_they_are_shown() -> None:
    choices = codes.choices("unit_roles")
    with override("en"):
        assert [str(name) for _, name in choices] == ["person directly in charge", "other person directly responsible"]
    with override("zh-hans"):
        assert [str(name) for _, name in choices] == ["直接负责的主管人员", "其他直接责任人员"]


def test_entries_cannot_be_changed() -> None:
    charges = codes.entries("charges")
    with pytest.raises(TypeError):
        charges["CL 1"] = charges["CL 253-1"]  # type: ignore[index]  # that it is refused is the point
    with pytest.raises(TypeError):
        codes.entries("courts")["京"].extra["level"] = "basic"  # type: ignore[index]  # as above


def test_an_unknown_list_is_an_error_of_the_program() -> None:
    with pytest.raises(LookupError):
        codes.entries("planets")


def test_the_operator_adds_entries(folder: Path) -> None:
    row = {"code": "沪0105", "zh": "上海市长宁区人民法院", "en": "Changning District People's Court of Shanghai"}
    write(folder, "courts", [{**row, "level": "basic", "parent": ""}])
    assert codes.require("courts", "沪0105", "court").extra["level"] == "basic"
    assert "京0105" in codes.entries("courts")


def test_the_operator_replaces_an_entry_by_its_code(folder: Path) -> None:
    write(folder, "sectors", [{"code": "telecom", "zh": "电信业", "en": "telecommunications"}])
    assert codes.entries("sectors")["telecom"].en == "telecommunications"
    assert list(codes.entries("sectors")) == ["finance", "telecom", "real_estate", "transport"]


def test_the_operator_adds_a_document_type(folder: Path) -> None:
    row = {"code": "seaman", "zh": "海员证", "en": "seafarer's passport", "kind": "natural", "rule": "pattern"}
    form = {"form": {"zh": "A后接8位数字", "en": "A and 8 digits"}}
    write(folder, "document_types", [{**row, **form, "pattern": "A[0-9]{8}", "family": "seaman"}])
    assert canonical("seaman", "a12345678", today=date(2026, 11, 24)) == "A12345678"
    with pytest.raises(DocumentShape) as refused:
        canonical("seaman", "A1", today=date(2026, 11, 24))
    with override("en"):
        assert "A and 8 digits" in refused.value.text
    with override("zh-hans"):
        assert "A后接8位数字" in refused.value.text


def test_the_operator_adds_a_whole_list(folder: Path) -> None:
    write(folder, "planets", [{"code": "mars", "zh": "火星", "en": "Mars"}])
    assert list(codes.entries("planets")) == ["mars"]


@pytest.mark.parametrize(
    "rows",
    [
        {"code": "a"},
        ["a"],
        [{"code": "a", "zh": "甲"}],
        [{"code": "a", "zh": "甲", "en": ""}],
        [{"code": 1, "zh": "甲", "en": "a"}],
        [{"code": "a", "zh": "甲", "en": "a"}, {"code": "a", "zh": "乙", "en": "b"}],
    ],
)
def test_a_malformed_file_of_the_operator_is_named(folder: Path, rows: object) -> None:
    write(folder, "channels", rows)
    with pytest.raises(ImproperlyConfigured, match=r"channels\.json"):
        codes.entries("channels")


def test_a_file_that_is_not_json_is_named(folder: Path) -> None:
    (folder / "channels.json").write_text("[", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"channels\.json"):
        codes.entries("channels")
