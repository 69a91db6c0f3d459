"""Numbers as judgments write them: what is written in the one regular way is read, and nothing else."""

from __future__ import annotations

from datetime import date

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.gleaning import glean, numerals
from registry.gleaning.reading import Reading

WHOLE = st.integers(min_value=0, max_value=10**10)


def in_chinese(value, style="low"):
    """As the library writes it, and with the zero that it leaves out: 五亿一千 would be 510,000,000 to many."""
    hundred_millions, rest = divmod(value, 10**8)
    if not hundred_millions or not 1000 <= rest < 10_000:
        return cn2an.an2cn(str(value), style)
    return f"{cn2an.an2cn(str(hundred_millions), style)}亿零{cn2an.an2cn(str(rest), style)}"


@given(WHOLE)
@example(500001000)
@example(10**10 - 10**8 + 9999)
def test_what_is_written_in_chinese_is_read_back(value):
    assert numerals.whole(in_chinese(value)) == value


@given(WHOLE)
@example(500001000)
def test_what_is_written_formally_is_read_back(value):
    assert numerals.whole(in_chinese(value, "up")) == value


@given(WHOLE)
def test_digits_are_read_with_commas_and_without(value):
    assert numerals.whole(str(value)) == value
    assert numerals.whole(f"{value:,}") == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)))
def test_days_are_read_in_both_ways(day):
    year = "".join("〇一二三四五六七八九"[int(each)] for each in str(day.year))
    written = [
        cn2an.an2cn(str(each)).removeprefix("一") if each in range(10, 20) else cn2an.an2cn(str(each))
        for each in (day.month, day.day)
    ]
    assert numerals.day(year, *written) == day
    assert numerals.day(str(day.year), str(day.month), str(day.day)) == day


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", 10), ("一十五", 15), ("十五", 15), ("两万", 20_000), ("五万二千", 52_000), ("5.2万", 52_000),
        ("3千", 3_000), ("1,200", 1_200), ("壹佰万", 1_000_000), ("一百零五", 105), ("两千", 2_000), ("1.5亿", 150_000_000),
    ],
)  # fmt: skip
def test_ways_of_writing(written, value):
    assert numerals.whole(written) == value


@pytest.mark.parametrize(
    "written", ["三四百", "二百三", "五十百", "1,20", "12,3456", "5.12345万", "0.5", "", "万", "百五", "五亿一千"]
)
def test_what_has_two_readings_or_none_gives_no_number(written):
    assert numerals.whole(written) is None


@pytest.mark.parametrize(
    ("years", "rest", "length"),
    [("三", "六", 42), ("一", None, 12), (None, "十", 10), ("1", "3", 15), (None, None, None)],
)
def test_lengths(years, rest, length):
    assert numerals.months(years, rest) == length


@given(st.text())
def test_any_text_is_read_without_a_fault(text):
    for each in glean(text, today=date(2026, 11, 24)).every:
        assert 0 <= each.start < each.end <= len(text)


PIECES = st.sampled_from(
    ["被告人", "高䶮", "，", "。", "男", "犯侵犯公民个人信息罪", "判处有期徒刑", "三年", "六个月", "判决如下：", "公民身份号码", "110105198803041234",
     "第二百五十三条之一", "《中华人民共和国刑法》", "2024年5月6日", "至", "同年", "二〇二六年九月一日", "书记员", "罚金", "五万元", "\n", "（2026）京0105刑初1号",
     "指控", "当事人：", "缓刑", "羁押", "禁止", "从事", "（", "）", "万", "元", "条", "经审理查明"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_mixture_of_a_judgments_words_is_read_without_a_fault(text):
    for each in glean(text, today=date(2026, 11, 24)).every:
        assert 0 <= each.start < each.end <= len(text)


@given(st.text())
def test_places_lead_back_to_the_text(text):
    reading = Reading(text)
    assert len(reading.places) == len(reading.plain)
    assert reading.places == sorted(reading.places)
