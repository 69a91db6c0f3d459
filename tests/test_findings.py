"""Everything that is wrong is named at once; what is no refusal goes on its way."""

from __future__ import annotations

import pytest

from registry.actions.findings import Findings
from registry.errors import FieldMissing, ImpossibleDate, Juvenile, Refusals


def test_every_rule_is_asked_and_all_that_they_refuse_is_named() -> None:
    findings = Findings()
    with findings.note():
        raise FieldMissing("name")
    with findings.note():
        raise Refusals([ImpossibleDate("received_on"), ImpossibleDate("appealed_on")])
    with findings.note():
        pass
    with pytest.raises(Refusals) as refused:
        findings.settle()
    assert [each.field for each in refused.value.refusals] == ["name", "received_on", "appealed_on"]


def test_one_refusal_is_raised_as_it_is() -> None:
    findings = Findings()
    with findings.note():
        raise Juvenile
    with pytest.raises(Juvenile):
        findings.settle()


def test_where_nothing_is_wrong_nothing_is_raised() -> None:
    Findings().settle()


def test_a_fault_of_ours_is_no_refusal() -> None:
    findings = Findings()
    with pytest.raises(ZeroDivisionError), findings.note():
        raise ZeroDivisionError
    assert not findings.found
