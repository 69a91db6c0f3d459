"""Rows that are written once: events, acts, access records, attempts, receipts, screenings.

The model refuses; `refuse_changes` makes the trigger by which the database refuses too, whoever asks. Of rows that are
evidence in part, `refuse_changes_of` guards that part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NoReturn, Self, TypeVar

from django.db import migrations, models


class InsertOnlyError(Exception):
    """An attempt to change or delete a row that is written once."""


_Row = TypeVar("_Row", bound=models.Model)


class InsertOnlyQuerySet(models.QuerySet[_Row], Generic[_Row]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise InsertOnlyError(self.model.__name__)

    def delete(self) -> NoReturn:
        raise InsertOnlyError(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise InsertOnlyError(self.model.__name__)


class InsertOnly(models.Model):
    objects = models.Manager.from_queryset(InsertOnlyQuerySet)()

    class Meta:
        abstract = True

    def save(self: Self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise InsertOnlyError(type(self).__name__)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise InsertOnlyError(type(self).__name__)


def refuse_changes(table: str, *, keeper_may_delete: bool = False) -> migrations.RunSQL:
    """The migration that guards a table: no UPDATE, no TRUNCATE, and DELETE by the keeper role alone or by nobody.

    The keeper is the second database role under which the purge job works.
    """
    function = "registry_keeper_may_delete" if keeper_may_delete else "registry_refuse_change"
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}();"
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();",
        f"DROP TRIGGER {table}_insert_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )


def refuse_changes_of(
    table: str, columns: Sequence[str], *, once: Sequence[str] = (), may_go: bool = False
) -> migrations.RunSQL:
    """The migration that guards some columns of a table whose others change: they stay as they were written, and so does
    the row. ``once``: may be filled in later, and then stay; ``may_go``: the row may be deleted where nothing refers to it.
    """
    changed = [f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in columns]
    changed += [f"OLD.{each} IS NOT NULL AND OLD.{each} IS DISTINCT FROM NEW.{each}" for each in once]
    guards = {"evidence": ("UPDATE", f"FOR EACH ROW WHEN ({' OR '.join(changed)})")}
    if not may_go:
        guards |= {"no_delete": ("DELETE", "FOR EACH ROW"), "no_truncate": ("TRUNCATE", "FOR EACH STATEMENT")}
    return migrations.RunSQL(
        "".join(
            f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} {rows} EXECUTE FUNCTION registry_refuse_change();"
            for name, (act, rows) in guards.items()
        ),
        "".join(f"DROP TRIGGER {table}_{name} ON {table};" for name in guards),
    )


def keeper_may(table: str, *, delete: bool = False, empty: Sequence[str] = ()) -> migrations.RunSQL:
    """The migration that lets the keeper role into a table that `refuse_changes` guards: to delete rows, or to empty
    these columns (NULL or "") and nothing else. For everybody else it stays as it was written.
    """
    names = ", ".join(f"'{each}'" for each in empty)
    granted = ", ".join(["DELETE"] * delete + [f"UPDATE ({', '.join(empty)})"] * bool(empty))
    function = "registry_keeper_may_delete()" if delete else f"registry_keeper_may_empty({names})"
    before = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION"
    return migrations.RunSQL(
        f"DROP TRIGGER {table}_insert_only ON {table}; CREATE TRIGGER {table}_insert_only {before} {function};"
        f"GRANT SELECT, {granted} ON {table} TO registry_keeper;",
        f"DROP TRIGGER {table}_insert_only ON {table};"
        f"CREATE TRIGGER {table}_insert_only {before} registry_refuse_change();"
        f"REVOKE SELECT, {granted} ON {table} FROM registry_keeper;",
    )


# The role is made where the one who migrates may make it; elsewhere it is there before (docs/operating.md).
KEEPER_ROLE = migrations.RunSQL(
    """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_keeper') THEN
            BEGIN CREATE ROLE registry_keeper NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
        END IF;
        -- From 16 on, whoever makes a role administers it and may not become it before it is granted so.
        IF current_setting('server_version_num')::int >= 160000 THEN
            IF NOT pg_has_role(current_user, 'registry_keeper', 'SET') THEN
                EXECUTE format('GRANT registry_keeper TO %I WITH SET TRUE', current_user);
            END IF;
        ELSIF NOT pg_has_role(current_user, 'registry_keeper', 'MEMBER') THEN
            EXECUTE format('GRANT registry_keeper TO %I', current_user);
        END IF;
    END $$;
    CREATE FUNCTION registry_keeper_may_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND registry_keeper_rotates(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
        IF TG_OP = 'UPDATE' AND current_user = 'registry_keeper'
            AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV
            AND NOT EXISTS (SELECT FROM unnest(TG_ARGV) AS emptied (name) WHERE to_jsonb(NEW) ->> emptied.name <> '')
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    "DROP FUNCTION registry_keeper_may_empty();",
)


GUARD_FUNCTIONS = migrations.RunSQL(
    """
    -- The keeper may seal and digest what is there under another key: a sealed value then keeps its length and begins with
    -- another key version, a digest stays one, and nothing else of the row changes. Which columns, its grants say.
    CREATE FUNCTION registry_keeper_rotates(was jsonb, is_now jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT current_user = 'registry_keeper' AND count(*) > 0 AND bool_and(coalesce(CASE
            WHEN name ~ '(^|_)sealed$' THEN length(old) = length(new) AND length(old) >= 64 AND left(old, 8) <> left(new, 8)
            WHEN name ~ '(^|_)digest$' THEN length(old) = 66 AND length(new) = 66
            ELSE false END, false))
        FROM (SELECT key AS name, was ->> key AS old, value AS new FROM jsonb_each_text(is_now)) AS each
        WHERE old IS DISTINCT FROM new
    $$;
    CREATE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF registry_keeper_rotates(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION registry_keeper_may_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF registry_keeper_rotates(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
        END IF;
        IF TG_OP = 'DELETE' AND current_user = 'registry_keeper' THEN RETURN OLD; END IF;
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    "DROP FUNCTION registry_refuse_change(); DROP FUNCTION registry_keeper_may_delete();"
    "DROP FUNCTION registry_keeper_rotates(jsonb, jsonb);",
)
