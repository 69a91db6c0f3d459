"""The document says of the steps and time limits exactly what the table does."""

from __future__ import annotations

import re
from pathlib import Path

from registry.errors import objections
from registry.terms import CLOCKS
from registry.terms.clocks import Unit
from sharing.persons.models import ObjectionKind
from sharing.persons.objections.lifecycle import STEPS
from sharing.persons.objections.step import ALL

DOCUMENT = (Path(__file__).parent.parent / "docs" / "objections.md").read_text(encoding="utf-8")
KINDS = {
    ALL: "",
    (ObjectionKind.OBJECTION, ObjectionKind.REPAIR): " (no statement)",
    (ObjectionKind.OBJECTION,): " (objection)",
    (ObjectionKind.STATEMENT,): " (statement)",
}


def who(step):
    officers = ", ".join(role.value for role in step.roles) + (" of the higher court" if step.higher else "")
    said = [*(["the person"] if step.person else []), *([officers] if officers else [])]
    return "; ".join(said) or "the clock"


ENDING = {"": "", "objection_completed": " by `lapse`", "higher_court_asked": " by `close`"}


def clock(step):
    if step.name == "serve":
        return f"runs on (rejected: {step.final_clock}; closed: none)"
    if step.clock is None:
        return "runs on"
    if step.name == "carry_out":
        return f"{step.clock} (served before: none)"
    also = f" (repair: {step.repair_clock})" if step.repair_clock else ""
    return (step.clock or "none") + also


def test_every_step_is_a_line_of_the_document():
    lines = [
        f"| `{step.name}`{KINDS[step.kinds]} | {', '.join(step.sources)}{ENDING[step.reopens]} | {step.target or 'stays'} | {who(step)} | {clock(step)} |"
        for step in STEPS.values()
    ]
    found = [
        re.sub(r"\| +\|", "|  |", line)
        for line in DOCUMENT.splitlines()
        if re.match(r"\| `[a-z_]+`.*\|.*\|.*\|.*\|", line)
    ]
    assert [line.replace("|  |", "| |") for line in found] == [line.replace("|  |", "| |") for line in lines]


def test_every_time_limit_has_its_number():
    named = {name for step in STEPS.values() for name in (step.clock, step.repair_clock, step.final_clock) if name}
    said = dict(re.findall(r"\| `([a-z_]+)` \| ([0-9]+ (?:working )?days?)", DOCUMENT))
    assert said.keys() == named | {"objection_post"}
    for name, words in said.items():
        number, unit = words.split(" ", 1)
        assert CLOCKS[name].number == int(number)
        assert (CLOCKS[name].unit is Unit.WORKING_DAYS) is unit.startswith("working")


def test_every_refusal_is_of_the_numbers_named():
    codes = sorted(
        each.code
        for each in vars(objections).values()
        if isinstance(each, type) and each.__module__ == objections.__name__
    )
    assert codes == [f"R-{number}" for number in (240, 497, *range(751, 774), 779, 787, *range(796, 799))]
    assert "R-240, R-751 to R-773, R-779, R-787, R-796 to R-798" in DOCUMENT
