"""What the impact assessment names is there: every test, every setting, every document, and the sums are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from sharing.audit import evidence

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs" / "impact-assessment.md").read_text(encoding="utf-8")
PARTS = re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]


def judged(when: str, part: str) -> str:
    found = re.search(rf"{when}: [^=]*= (\d)", part)
    assert found is not None
    return found[1]


def named(pattern: str) -> list[str]:
    return sorted(set(re.findall(pattern, TEXT)))


@pytest.mark.parametrize("name", named(r"`(tests/[^`]*)`"))
def test_a_test_that_it_names_is_there_and_tests_something(name: str) -> None:
    if name == "tests/…":
        return
    assert re.search(r"^\s*(async )?def test_", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.parametrize("name", named(r"`((?:REGISTRY|SHARING)_[A-Z_]+)`"))
def test_a_setting_that_it_names_is_there_and_counsel_is_asked_or_a_pack_says_its_value(name: str) -> None:
    assert hasattr(settings, name)
    assert name in (ROOT / "docs" / "counsel.md").read_text(encoding="utf-8") or name in evidence.SETTINGS


@pytest.mark.parametrize("name", named(r"\]\(([a-z-]+\.md)\)"))
def test_a_document_that_it_links_is_there(name: str) -> None:
    assert (ROOT / "docs" / name).exists()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.split()[0])
def test_each_risk_says_what_it_was_what_it_is_what_proves_it_and_what_is_left(part: str) -> None:
    before = re.search(r"Before: .*?(\d) × (?:severity )?(\d) = (\d)", part)
    after = re.search(r"After: (\d) × (\d) = (\d)", part)
    assert before
    assert after
    for one, other, product in (before.groups(), after.groups()):
        assert int(one) * int(other) == int(product)
    assert int(after[3]) < int(before[3])
    assert "`tests/" in part
    assert "**Left:**" in part


def test_the_summary_says_what_the_risks_say() -> None:
    said = {part.split()[0]: (judged("Before", part), judged("After", part)) for part in PARTS}
    rows = re.findall(r"^\| (R\d+) [^|]*\| (\d) \| \**(\d)\** \|$", TEXT, re.MULTILINE)
    assert {risk: (before, after) for risk, before, after in rows} == said


def test_what_is_too_much_is_put_to_the_head_of_the_court() -> None:
    too_much = [part.split()[0] for part in PARTS if int(judged("After", part)) >= 4]
    signing = TEXT.split("## 8.")[1]
    assert too_much
    assert all(risk in signing for risk in too_much)
