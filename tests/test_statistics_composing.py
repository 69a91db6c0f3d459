"""The content of a release: every number with its words, null where it is left out, and what hangs together with what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.errors import PeriodInsideAnother
from registry.statistics.bases import BASES
from registry.statistics.counting import Counts, Period
from registry.statistics.figures import FIGURES
from registry.statistics.shapes import Words, cell
from registry.statistics.tables import TABLES
from sharing.statistics.composing import Composed, Correction, compose, shape_of
from sharing.statistics.content import canonical, left_out_of, numbers_of, rows_of, sha256
from sharing.statistics.knowledge import Earlier
from tests.statistics_book import Book

PERIOD = Period(date(2018, 1, 1), date(2023, 11, 22))
TITLE = Words("审判白皮书", "White paper")


@pytest.fixture(scope="module")
def counts() -> Counts:
    return Book(1, 233, PERIOD.begins, PERIOD.ends).counts(PERIOD)


@pytest.fixture(scope="module")
def composed(counts: Counts) -> Composed:
    return compose(counts, number="2026-1", title=TITLE, smallest=5, earlier=[])


def test_every_number_is_in_it_as_counted_or_null_where_it_is_left_out(counts, composed):
    told = numbers_of(composed.content)
    assert told == {name: None if name in composed.left_out else value for name, value in counts.numbers.items()}
    assert left_out_of(composed.content) == composed.left_out == frozenset(composed.why)
    assert composed.left_out


def test_it_says_nothing_of_why_a_number_is_left_out(composed):
    assert b"with_small" not in canonical(composed.content)


def test_it_has_all_bases_figures_and_tables_in_their_order_with_the_rows_as_counted(counts, composed):
    content = composed.content
    assert [each["name"] for each in content["bases"]] == [each.name for each in BASES]
    assert [each["name"] for each in content["figures"]] == [each.name for each in FIGURES]
    assert [each["name"] for each in content["tables"]] == [each.name for each in TABLES]
    assert rows_of(content) == counts.rows


def test_its_head_names_the_period_the_moment_by_the_courts_clock_and_the_rule(composed):
    content = composed.content
    assert content["period"] == {"begins": "2018-01-01", "ends": "2023-11-22"}
    assert content["counted_at"] == "2026-11-26T12:00:00+08:00"
    assert (content["number"], content["smallest"], content["corrects"]) == ("2026-1", 5, None)
    assert content["title"] == {"zh": "审判白皮书", "en": "White paper"}


def test_years_courts_and_entries_of_lists_have_their_words_in_both_languages(composed):
    words = {
        table["name"]: {row["code"]: row["words"] for row in table["rows"]} for table in composed.content["tables"]
    }
    assert words["filed_by_year"]["2019"] == {"zh": "2019年", "en": "2019"}
    assert words["filed_by_court"]["京0105"]["en"] == "Chaoyang District People's Court of Beijing"
    assert words["education"]["not_recorded"] == {"zh": "未记录", "en": "not recorded"}


def test_a_code_that_has_left_its_list_stands_for_itself(counts):
    numbers = {**counts.numbers, "table:channels:forum_of_old": 0}
    rows = {**counts.rows, "channels": (*counts.rows["channels"], "forum_of_old")}
    content = compose(replace(counts, numbers=numbers, rows=rows), number="2026-1", title=TITLE, smallest=5, earlier=[])
    channels = next(table for table in content.content["tables"] if table["name"] == "channels")
    assert channels["rows"][-1] == {
        "code": "forum_of_old",
        "words": {"zh": "forum_of_old", "en": "forum_of_old"},
        "value": 0,
    }


def test_a_correction_names_what_it_replaces_and_why(counts, composed):
    before = Earlier(counts.numbers, composed.left_out, PERIOD, 5)
    corrects = Correction("2026-1", Words("法院代码有误", "A court's code was wrong"))
    again = compose(counts, number="2026-2", title=TITLE, smallest=5, earlier=[before], corrects=corrects)
    assert again.content["corrects"] == {
        "number": "2026-1",
        "why": {"zh": "法院代码有误", "en": "A court's code was wrong"},
    }
    assert again.left_out == composed.left_out


def test_the_same_counts_have_the_same_bytes(counts, composed):
    again = compose(counts, number="2026-1", title=TITLE, smallest=5, earlier=[])
    assert canonical(again.content) == canonical(composed.content)
    assert sha256(again.content) == sha256(composed.content)


def test_part_of_a_period_that_is_published_is_refused(counts):
    longer = Earlier(counts.numbers, frozenset(), Period(date(2017, 1, 1), date(2024, 12, 31)), 5)
    with pytest.raises(PeriodInsideAnother):
        compose(counts, number="2026-1", title=TITLE, smallest=5, earlier=[longer])


def test_what_adds_up_and_what_is_part_of_what_is_true_of_a_book(counts):
    shape = shape_of([counts.numbers])
    numbers = counts.numbers
    assert all(numbers[each.whole] == sum(numbers[part] for part in each.parts) for each in shape.sums)
    assert all(numbers[each.less] <= sum(numbers[name] for name in each.more) for each in shape.at_most)


def test_what_is_counted_out_of_the_convicted_takes_in_the_fined_and_their_figures(counts):
    names = shape_of([counts.numbers]).counted_out_of["base:convicted"]
    assert {"base:fined", "figure:fined_to_100000", "figure:to_3_years", cell("sentences", "exempt")} <= names
    assert "base:convicted" not in names
    assert "base:decisions" not in names
