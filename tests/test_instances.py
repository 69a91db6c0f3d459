"""The instance is what the case number says: a first judgment that is called a second one would be final on its day."""

from __future__ import annotations

import pytest

from registry import actions
from registry.codes import Code
from registry.errors import InstanceOfAnotherNumber
from registry.models import Decision
from tests import cast
from tests import desk as typing
from tests.code_lists import changed
from tests.desk import at_the_desk
from tests.importing import checked, faults, row

pytestmark = pytest.mark.django_db

FITTING = [
    ("刑初", "first"), ("刑终", "second"), ("刑再", "retrial"), ("刑再", "retrial_first"), ("刑监", "retrial"), ("刑申", "retrial"),
    ("刑抗", "retrial"), ("刑更", "first"), ("刑更", "retrial"),
]  # fmt: skip
OTHER = [
    ("刑初", "second"), ("刑初", "retrial"), ("刑初", "retrial_first"), ("刑终", "first"), ("刑终", "retrial_first"),
    ("刑再", "first"), ("刑再", "second"), ("刑申", "first"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "instance"), FITTING)
def test_the_instance_that_the_number_says_is_entered(kind, instance):
    decision = cast.entered_decision(cast.judgment(number=f"（2026）京0105{kind}123号", instance=instance))
    assert decision.instance == instance


@pytest.mark.parametrize(("kind", "instance"), OTHER)
def test_another_is_refused_at_the_field(kind, instance):
    with pytest.raises(InstanceOfAnotherNumber) as refused:
        cast.entered_decision(cast.judgment(number=f"（2026）京0105{kind}123号", instance=instance))
    assert refused.value.field == "instance"
    assert not Decision.objects.exists()


def test_so_it_is_of_a_number_from_before_2016():
    with pytest.raises(InstanceOfAnotherNumber):
        cast.entered_decision(cast.judgment(number="（2014）朝刑初字第344号", court="京0105", instance="second"))


def test_and_of_a_kind_of_case_that_the_court_added():
    changed("case_kinds", Code("刑特", "刑事特别程序", "criminal, special procedure", {"instance": "second"}))
    with pytest.raises(InstanceOfAnotherNumber):
        cast.entered_decision(cast.judgment(number="（2026）京0105刑特1号", instance="first"))


def test_amending_does_not_make_another_instance_of_it():
    decision = cast.entered_decision()
    with pytest.raises(InstanceOfAnotherNumber):
        actions.amend_decision(
            decision.pk, cast.judgment(instance="second"), revision=1, officer=cast.clerk(), now=cast.NOW
        )


def test_the_desk_says_it_at_the_instance():
    page = at_the_desk(cast.clerk()).post("/desk/decisions/new/", typing.decision(instance="second"))
    errors = page.context["sheet"].form.errors["instance"]
    assert "R-256" in str(errors.as_data())
    assert "criminal, first instance" in str(errors)


def test_a_file_of_old_decisions_says_it_at_the_column():
    assert faults(checked([row(0, instance="二审"), row(1)])) == [(2, "instance", "R-256")]
