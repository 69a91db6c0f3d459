"""Our own rules: each finds what it is for and nothing beside, and what is allowed is allowed by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.static_rules.allowed import ALLOWED, ANY, Allowed
from tests.static_rules.scanning import ROOT, SEMGREP, CannotScan, Found, blind, forbidden, marked, rules, samples, scan

HERE = Found("csv-by-hand", "sharing/new.py", 7)


@pytest.fixture(scope="module")
def found() -> list[Found]:
    if not SEMGREP.exists() and "CI" not in os.environ:
        pytest.skip("needs semgrep: make scanners")
    return scan(samples())


def test_every_rule_has_a_line_to_find_and_a_line_to_leave_alone() -> None:
    assert {each.rule for each in marked("ruleid")} == {each.rule for each in marked("ok")} == set(rules())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_rule_finds_its_lines_and_no_other(found: list[Found]) -> None:
    assert blind(found) == []


def test_a_rule_that_went_blind_is_told() -> None:
    seen = marked("ruleid")
    first, *others = sorted(seen)
    assert blind(others) == [f"{first.path}:{first.line}: {first.rule} does not find this"]


def test_a_rule_that_finds_too_much_is_told() -> None:
    harmless = min(marked("ok"))
    assert blind([*marked("ruleid"), harmless]) == [
        f"{harmless.path}:{harmless.line}: {harmless.rule} finds this, which is in order"
    ]


def test_a_line_that_nothing_allows_is_told() -> None:
    assert forbidden([HERE], []) == ["sharing/new.py:7: csv-by-hand"]


def test_one_more_than_is_allowed_is_told() -> None:
    allowed = [Allowed("csv-by-hand", "sharing/new.py", 1, "an empty form")]
    assert forbidden([HERE], allowed) == []
    assert len(forbidden([HERE, HERE._replace(line=9)], allowed)) == 2


def test_a_declared_file_may_hold_any_number() -> None:
    assert forbidden([HERE, HERE._replace(line=9)], [Allowed("csv-by-hand", "sharing/new.py", ANY, "a form")]) == []


def test_what_is_allowed_and_is_not_there_any_more_is_told() -> None:
    assert len(forbidden([], [Allowed("csv-by-hand", "sharing/new.py", 1, "an empty form")])) == 1
    assert len(forbidden([], [Allowed("sql-by-hand", "sharing/new.py", ANY, "locks")])) == 1


def test_what_is_allowed_is_a_rule_in_a_file_that_there_is_once_and_with_a_reason() -> None:
    assert {each.rule for each in ALLOWED} <= set(rules())
    assert [each for each in ALLOWED if not (ROOT / each.path).is_file()] == []
    assert len({(each.rule, each.path) for each in ALLOWED}) == len(ALLOWED)
    assert all(len(each.why) >= len("see above") for each in ALLOWED)


def test_a_scanner_that_is_missing_is_no_clean_bill(tmp_path: Path) -> None:
    with pytest.raises(CannotScan, match="make scanners"):
        scan(samples(), tmp_path / "semgrep")


def test_a_scanner_that_breaks_down_is_no_clean_bill(tmp_path: Path) -> None:
    broken = tmp_path / "semgrep"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 2\n")
    broken.chmod(0o755)
    with pytest.raises(CannotScan, match="ended with 2: broken"):
        scan(samples(), broken)
