"""Case numbers: one canonical text for every way of typing them, and a named refusal for everything else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import codes
from registry.case_number import MOST_TYPED, CaseNumber, parse, require_court, tidied
from registry.codes.titles import title
from registry.errors import (
    CaseNumberOfAnotherCourt,
    CaseNumberShape,
    CaseNumberYear,
    CourtNeeded,
    Refusal,
    UnknownCode,
)

TODAY = date(2026, 11, 24)
TEXT = "（2023）京0105刑初123号"


def read(typed: str, court: str = "") -> CaseNumber:
    return parse(typed, today=TODAY, court=court)


def test_a_number_with_court_code_is_read() -> None:
    assert read(TEXT) == CaseNumber(2023, "京0105", "", "刑初", 123, TEXT)


@pytest.mark.parametrize(
    "typed",
    [
        "(2023)京0105刑初123号",
        "〔2023〕京0105刑初123号",
        "[2023]京0105刑初123号",
        "【2023】京0105刑初123号",
        "（２０２３）京０１０５刑初１２３号",
        " （2023） 京0105 刑初 123 号\n",
        "（2023）京0105刑初00123号",
        "（2023\u3000）京0105刑初123号",
        "(2023〕京0105刑初123号",
    ],
)
def test_brackets_spaces_and_full_width_digits_do_not_matter(typed: str) -> None:
    assert read(typed).text == TEXT


@pytest.mark.parametrize(
    ("typed", "court", "kind"),
    [
        ("（2022）京刑终7号", "京", "刑终"),
        ("（2022）京03刑终88号", "京03", "刑终"),
        ("（2022）京0491刑初1号", "京0491", "刑初"),
        ("（2022）京7101刑初1号", "京7101", "刑初"),
        ("（2016）京0108刑初1号", "京0108", "刑初"),
        ("（2026）京04刑更99999999号", "京04", "刑更"),
    ],
)
def test_every_level_of_court_is_read(typed: str, court: str, kind: str) -> None:
    number = read(typed)
    assert (number.court, number.special, number.kind) == (court, "", kind)
    assert number.text == typed


def test_a_specialised_bench_stands_before_the_kind() -> None:
    number = read("（2019）京0105知刑初5号")
    assert (number.special, number.kind, number.serial) == ("知", "刑初", 5)
    assert read("（2019）京知刑终5号").court == "京"


def test_a_number_from_before_2016_takes_the_chosen_court() -> None:
    number = read("(2014)朝刑初字第０344号", court="京0105")
    assert number == CaseNumber(2014, "京0105", "", "刑初", 344, "（2014）朝刑初字第344号")
    assert read("（2014）一中刑终字第12号", court="京01").kind == "刑终"


def test_a_number_from_before_2016_without_court_is_refused() -> None:
    with pytest.raises(CourtNeeded) as refused:
        parse("（2014）朝刑初字第344号", today=TODAY)
    assert refused.value.field == "court"


def test_a_chosen_court_must_be_in_the_list() -> None:
    with pytest.raises(UnknownCode) as refused:
        read("（2014）朝刑初字第344号", court="火星01")
    assert refused.value.field == "court"


def test_a_chosen_court_does_not_change_a_number_that_names_its_own() -> None:
    assert read(TEXT, court="京0108").court == "京0105"


@pytest.mark.parametrize(
    "typed",
    [
        "（2027）京0105刑初1号",
        "（9999）京0105刑初1号",
        "（2015）京0105刑初1号",
        "（0000）京刑终1号",
        "（2016）朝刑初字第1号",
        "（1978）朝刑初字第1号",
    ],
)
def test_a_year_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(CaseNumberYear) as refused:
        read(typed, court="京0105")
    assert refused.value.field == "number"


def test_the_year_of_today_is_taken() -> None:
    assert read("（2026）京0105刑初1号").year == 2026
    assert parse("（2015）朝刑初字第1号", today=date(2015, 1, 1), court="京0105").year == 2015


@pytest.mark.parametrize(
    ("typed", "list_name"),
    [
        ("（2023）京0199刑初1号", "courts"),
        ("（2023）沪0105刑初1号", "courts"),
        ("（2023）京0105民初1号", "case_kinds"),
        ("（2023）京0105刑1号", "case_kinds"),
        ("（2023）京0105甲乙刑初1号", "case_kinds"),
        ("（2014）朝民初字第1号", "case_kinds"),
    ],
)
def test_a_court_or_kind_outside_the_lists_is_refused(typed: str, list_name: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        read(typed, court="京0105")
    assert refused.value.facts["list"] == title(list_name)
    assert str(refused.value.facts["value"]) in typed


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("123", CaseNumberShape),
        ("（2014）刑初字第1号", CaseNumberShape),
        ("（2023）京0105刑初0号", CaseNumberShape),
        ("（2014）朝刑初字第0号", CaseNumberShape),
        ("（2027）京0105刑初1号", CaseNumberYear),
        ("（2016）朝刑初字第1号", CaseNumberYear),
        ("（2023）京0199刑初1号", UnknownCode),
        ("（2023）京0105民初1号", UnknownCode),
        ("（2023）京0105甲乙刑初1号", UnknownCode),
        ("（2014）朝民初字第1号", UnknownCode),
    ],
)
def test_a_refusal_names_the_field_that_was_typed_into(typed: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        parse(typed, today=TODAY, court="京0105", field="continues")
    assert refused.value.field == "continues"
    if refusal is CaseNumberShape:
        assert refused.value.facts == {"example": TEXT}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "123",
        "2023京0105刑初123号",
        "（2023）京0105刑初123",
        "（2023）京0105刑初号",
        "（2023）京0105刑初0号",
        "（2023）京105刑初1号",
        "（2023）京01050刑初1号",
        "（23）京0105刑初1号",
        "（2023）京0105刑初123456789号",
        "（٢٠٢٣）京0105刑初1号",
        "（2023）京٠١٠٥刑初1号",
        "（2023）京0105刑初١号",
        "（2023）京0105\u200d刑初1号",
        "（2023）京0105刑初1号之一",
        "（2023）京0105刑初1号\x00",
        "（2014）刑初字第1号",
        "（2023）jing0105刑初1号",
        "(2023" + ")" * 60,
    ],
)
def test_what_is_no_case_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(CaseNumberShape) as refused:
        read(typed, court="京0105")
    assert TEXT in refused.value.text


@pytest.mark.parametrize("length", [65, 10_000, 1_000_000])
def test_over_long_input_is_refused_before_it_is_looked_at(length: int) -> None:
    for part in ("（", "刑", "1", " ", TEXT):
        with pytest.raises(CaseNumberShape):
            read((part * length)[:length])
    with pytest.raises(CaseNumberShape):
        read(" " * length + TEXT)


def test_as_much_as_may_be_typed_is_read() -> None:
    assert read(" " * (MOST_TYPED - len(TEXT)) + TEXT).text == TEXT
    assert tidied("1" * (MOST_TYPED + 1)) == ""


def test_a_number_of_another_court_is_refused_with_both_names() -> None:
    require_court(read(TEXT), "京0105")
    with pytest.raises(CaseNumberOfAnotherCourt) as refused:
        require_court(read(TEXT), "京0108", "decision")
    assert refused.value.field == "decision"
    with pytest.raises(CaseNumberOfAnotherCourt) as unnamed:
        require_court(read(TEXT), "京0108")
    assert unnamed.value.field == "number"
    assert codes.label("courts", "京0105") in refused.value.text
    assert codes.label("courts", "京0108") in refused.value.text


@given(
    st.integers(2016, 2026),
    st.sampled_from(sorted(codes.entries("courts"))),
    st.sampled_from(["", "知", "金", "环"]),
    st.sampled_from(sorted(codes.entries("case_kinds"))),
    st.integers(1, 99_999_999),
)
def test_every_canonical_number_is_read_back_whole(year: int, court: str, special: str, kind: str, serial: int) -> None:
    text = f"（{year}）{court}{special}{kind}{serial}号"
    assert read(text) == CaseNumber(year, court, special, kind, serial, text)


@given(
    st.text(max_size=80)
    | st.text("（）()〔〕[]0123456789京沪刑初终再字第号知民 ０１２", max_size=40)
    | st.from_regex(r"[(（〔][0-9]{4}[)）〕]京[0-9]{0,4}.?刑.[0-9]{1,8}号", fullmatch=True)
)
def test_anything_typed_is_either_canonical_or_refused(typed: str) -> None:
    try:
        number = read(typed, court="京0105")
    except Refusal:
        return
    assert read(number.text, court=number.court) == number
