"""Each requirement of OWASP ASVS 5.0.0 has a row that says what is done, and rests on a test or a document that exists."""

from __future__ import annotations

from collections import Counter

from tests.asvs import STATES, WHO, figures, is_there, requirements, rows, shown

# Of level 1 and 2, and not met: whoever adds one says so here, and whoever meets one takes it out.
OPEN: frozenset[str] = frozenset()
THIRD_LEVEL_OPEN = 4  # at most
LEAST = 20  # characters of a reason why something does not apply, or is not met


def test_the_standard_has_345_requirements():
    assert Counter(level for _id, level in requirements()) == {1: 70, 2: 183, 3: 92}


def test_each_requirement_has_one_row_at_its_level():
    assert [(row.id, row.level) for row in rows()] == list(requirements())


def test_every_row_has_a_state_and_says_who_does_it():
    assert [row.id for row in rows() if row.state not in STATES or row.by not in WHO or not row.what] == []


def test_what_is_met_rests_on_a_test_or_a_document():
    assert [row.id for row in rows() if row.state == "met" and not row.evidence] == []


def test_every_test_and_section_that_a_row_names_is_there():
    assert [(row.id, each) for row in rows() for each in row.evidence if not is_there(each)] == []


def test_a_test_or_section_that_is_gone_would_be_told():
    assert is_there("tests/test_asvs.py::test_the_standard_has_345_requirements")
    assert is_there("docs/security.md#owasp-asvs-500")
    for gone in (
        "tests/test_asvs.py::test_that_never_was",
        "tests/test_never.py::test_x",
        "tests/asvs.py::rows",
        "docs/security.md#never",
        "docs/never.md",
        "README.md",
    ):
        assert not is_there(gone), gone


def test_what_the_operator_alone_does_is_written_where_he_finds_it():
    of_operator = [row for row in rows() if row.state == "met" and row.by == "operator"]
    assert of_operator
    assert [row.id for row in of_operator if "docs/security.md#what-the-operator-must-do" not in row.evidence] == []


def test_what_is_not_met_is_named_here_and_what_is_met_is_not():
    not_met = [row for row in rows() if row.state == "not met"]
    assert {row.id for row in not_met if row.level < 3} == OPEN
    assert sum(row.level == 3 for row in not_met) <= THIRD_LEVEL_OPEN
    assert [row.id for row in not_met if len(row.what) < LEAST or row.evidence] == []


def test_the_document_shows_the_figures_of_the_table():
    assert shown() == figures(rows()), "python -m tests.asvs"
