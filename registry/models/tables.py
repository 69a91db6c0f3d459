"""How migrations make tables: many by one step, and those whose rows lie in one partition for each month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from django.db.models import Model


class CreateTables(Operation):
    """What these `CreateModel` do one after another, in the same order.

    Django draws every model that a new one is related to anew after each of them; with as many as ours that was three
    quarters of a `migrate`. Here all are drawn once, when the last is known.
    """

    category = OperationCategory.ADDITION

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create models {', '.join(model.name for model in self.models)}"


class CreatePartitioned(CreateModel):
    """A table that PostgreSQL keeps in partitions by the range of the moment in ``by``; `partitioned` makes them.

    There a primary key holds what rows are parted by. The model keeps its simple one: what numbers the rows, one sequence
    or `uuid4`, gives no number twice.
    """

    def __init__(self, name: str, fields: Any, *, by: str, **given: Any) -> None:
        super().__init__(name, fields, **given)
        self.by = by

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "by": self.by}

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        plain = schema_editor.table_sql

        def parted(model: type[Model]) -> tuple[str, list[Any]]:
            statement, given = plain(model)
            return _parted(statement, f'"{model._meta.pk.column}", "{self.by}"', self.by), given

        schema_editor.table_sql = parted  # type: ignore[method-assign]
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.table_sql = plain  # type: ignore[method-assign]


def _parted(statement: str, key: str, by: str) -> str:
    """``statement`` is Django's CREATE TABLE, whose last bracket closes the columns."""
    columns = statement.replace(" PRIMARY KEY", "", 1).removesuffix(")")
    return f'{columns}, PRIMARY KEY ({key})) PARTITION BY RANGE ("{by}")'
