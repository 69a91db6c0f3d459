"""The triggers that put every row of a table into the audit tree, in the transaction of the row itself (docs/audit.md)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations

# What is hashed is what `sharing.audit.comparing` computes again. A column that is NULL says nothing, so that a table may
# get another one later. Of what is sealed the leaf says that it is there: its words are kept by the seal itself, which is
# bound to the row, and the keys are rotated under it.
RECORD_FUNCTIONS = migrations.RunSQL(
    """
    CREATE FUNCTION registry_audit_came() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
    BEGIN
        INSERT INTO registry_auditleaf (source, row_key, salt, digest, emptied_salt, emptied_digest)
        SELECT TG_TABLE_NAME, said ->> TG_ARGV[0],
            salt, sha256(uuid_send(salt) || convert_to((said - TG_ARGV[1:])::text, 'UTF8')),
            emptied_salt,
            CASE WHEN TG_NARGS > 1 THEN sha256(uuid_send(emptied_salt) || convert_to((
                SELECT jsonb_object_agg(name, said -> name) FROM unnest(TG_ARGV[1:]) AS name)::text, 'UTF8')) END
        FROM (SELECT (
                SELECT jsonb_object_agg(key, CASE
                    WHEN (key = 'sealed' OR key LIKE '%\\_sealed') AND value <> '"\\\\x"' THEN 'true' ELSE value END)
                FROM jsonb_each(jsonb_strip_nulls(to_jsonb(came)))
            ) AS said, gen_random_uuid() AS salt,
            CASE WHEN TG_NARGS > 1 THEN gen_random_uuid() END AS emptied_salt FROM came OFFSET 0) AS each;
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_audit_went() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    BEGIN
        WITH went AS (
            UPDATE registry_auditleaf SET row_key = NULL, salt = NULL, emptied_salt = NULL
            WHERE source = TG_TABLE_NAME AND row_key IN (SELECT to_jsonb(gone) ->> TG_ARGV[0] FROM gone) RETURNING id
        )
        INSERT INTO registry_auditend (leaf, source, how, at) SELECT id, TG_TABLE_NAME, 'deleted', now() FROM went;
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_audit_emptied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    BEGIN
        WITH emptied AS (
            UPDATE registry_auditleaf SET emptied_salt = NULL WHERE source = TG_TABLE_NAME AND emptied_salt IS NOT NULL
            AND row_key IN (SELECT to_jsonb(came) ->> TG_ARGV[0] FROM came WHERE NOT EXISTS (
                SELECT FROM unnest(TG_ARGV[1:]) AS name WHERE coalesce(to_jsonb(came) ->> name, '') NOT IN ('', '\\x')
            )) RETURNING id
        )
        INSERT INTO registry_auditend (leaf, source, how, at) SELECT id, TG_TABLE_NAME, 'emptied', now() FROM emptied;
        RETURN NULL;
    END $$;
    -- A leaf gets its position once; and what it knows of its row goes with the row, by the triggers above alone.
    CREATE FUNCTION registry_audit_leaf_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (OLD.id, OLD.source, OLD.digest, OLD.emptied_digest)
            IS NOT DISTINCT FROM (NEW.id, NEW.source, NEW.digest, NEW.emptied_digest)
        THEN
            IF OLD.position IS NULL AND (OLD.row_key, OLD.salt, OLD.emptied_salt)
                IS NOT DISTINCT FROM (NEW.row_key, NEW.salt, NEW.emptied_salt) THEN RETURN NEW; END IF;
            IF pg_trigger_depth() > 1 AND OLD.position IS NOT DISTINCT FROM NEW.position
                AND NEW.emptied_salt IS NULL AND (
                    (NEW.row_key IS NULL AND NEW.salt IS NULL)
                    OR (OLD.row_key, OLD.salt) IS NOT DISTINCT FROM (NEW.row_key, NEW.salt)
                ) THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'a leaf of the audit tree stays as it is' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER registry_auditleaf_stays BEFORE UPDATE OR DELETE ON registry_auditleaf
        FOR EACH ROW EXECUTE FUNCTION registry_audit_leaf_stays();
    CREATE TRIGGER registry_auditleaf_no_truncate BEFORE TRUNCATE ON registry_auditleaf
        FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
    """,
    """
    DROP TRIGGER registry_auditleaf_stays ON registry_auditleaf;
    DROP TRIGGER registry_auditleaf_no_truncate ON registry_auditleaf;
    DROP FUNCTION registry_audit_leaf_stays(); DROP FUNCTION registry_audit_emptied();
    DROP FUNCTION registry_audit_went(); DROP FUNCTION registry_audit_came();
    """,
)

TRIGGERS = ("audit_came", "audit_went", "audit_emptied")


def recorded(table: str, key: str, emptied: Sequence[str] = ()) -> migrations.RunSQL:
    """The migration that has every row of this table recorded. ``emptied``: what retention may empty of a row that stays."""
    said = ", ".join(f"'{each}'" for each in (key, *emptied))
    each, names = "FOR EACH STATEMENT EXECUTE FUNCTION", TRIGGERS if emptied else TRIGGERS[:2]
    changes = (
        f"CREATE TRIGGER audit_emptied AFTER UPDATE ON {table} REFERENCING NEW TABLE AS came "
        f"{each} registry_audit_emptied('{key}');"
    )
    return migrations.RunSQL(
        f"CREATE TRIGGER audit_came AFTER INSERT ON {table} REFERENCING NEW TABLE AS came "
        f"{each} registry_audit_came({said});"
        f"CREATE TRIGGER audit_went AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone "
        f"{each} registry_audit_went('{key}');" + (changes if emptied else ""),
        "".join(f"DROP TRIGGER {name} ON {table};" for name in names),
    )
