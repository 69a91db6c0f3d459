"""A step that makes many tables leaves what one step for each of them would."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from registry.models.tables import CreateTables

pytestmark = pytest.mark.django_db


def shelf_and_box() -> list[CreateModel]:
    """Each names the other, the first one before it is there."""
    key = ("id", models.BigAutoField(primary_key=True))
    newest = models.ForeignKey("audit.box", models.PROTECT, null=True, related_name="+")
    return [
        CreateModel(
            "Shelf", [key, ("newest", newest)], {"indexes": [models.Index(fields=["newest"], name="shelf_newest")]}
        ),
        CreateModel("Box", [key, ("shelf", models.ForeignKey("audit.shelf", models.PROTECT))]),
    ]


def state_after(state: ProjectState, operations: list[Operation]) -> ProjectState:
    after = state.clone()
    for operation in operations:
        operation.state_forwards("audit", after)
    return after


def made() -> set[str]:
    return {name for name in connection.introspection.table_names() if name in {"audit_shelf", "audit_box"}}


def test_what_is_known_afterwards_is_the_same_also_where_models_were_drawn_before() -> None:
    before = ProjectState()
    assert before.apps
    at_once = state_after(before, [CreateTables(shelf_and_box())])
    assert at_once == state_after(before, [*shelf_and_box()])
    assert {model.__name__ for model in at_once.apps.get_models()} == {"Shelf", "Box"}


def test_the_tables_are_made_and_taken_back() -> None:
    before = ProjectState()
    step = CreateTables(shelf_and_box())
    after = state_after(before, [step])
    with connection.schema_editor() as editor:
        step.database_forwards("audit", editor, before, after)
    assert made() == {"audit_shelf", "audit_box"}
    with connection.cursor() as cursor:
        assert "shelf_newest" in connection.introspection.get_constraints(cursor, "audit_shelf")
    with connection.schema_editor() as editor:
        step.database_backwards("audit", editor, after, before)
    assert made() == set()
