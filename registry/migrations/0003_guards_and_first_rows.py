"""Triggers that refuse changes to what is written once, the single rows, and the courts from the code list."""

from django.db import migrations

from registry import codes
from registry.models.insert_only import GUARD_FUNCTIONS, refuse_changes, refuse_changes_of
from registry.models.partitions import PARTITION_FUNCTIONS, partitioned
from registry.models.recorded import RECORD_FUNCTIONS

VERSION_IN_LOG = migrations.RunSQL(
    """
    CREATE FUNCTION registry_version_in_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.version > 0 AND NOT EXISTS (
            SELECT 1 FROM registry_event WHERE listing_id = NEW.id AND version = NEW.version
        ) THEN
            RAISE EXCEPTION 'listing % has no event for version %', NEW.number, NEW.version
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_version_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.version < OLD.version OR (OLD.version > 0 AND NEW.version = OLD.version AND (
            NEW.state, NEW.flags, NEW.ends_on, NEW.effective_on, NEW.statement_sealed, NEW.party_id, NEW.number
        ) IS DISTINCT FROM (
            OLD.state, OLD.flags, OLD.ends_on, OLD.effective_on, OLD.statement_sealed, OLD.party_id, OLD.number
        ) AND NEW.state <> 'purged' AND NOT registry_keeper_rotates(to_jsonb(OLD), to_jsonb(NEW))) THEN
            RAISE EXCEPTION 'listing % changed without a new version', OLD.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE CONSTRAINT TRIGGER registry_listing_version_in_log AFTER INSERT OR UPDATE ON registry_listing
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_version_in_log();
    CREATE TRIGGER registry_listing_version_grows BEFORE UPDATE ON registry_listing
        FOR EACH ROW EXECUTE FUNCTION registry_version_grows();
    """,
    """
    DROP TRIGGER registry_listing_version_in_log ON registry_listing;
    DROP TRIGGER registry_listing_version_grows ON registry_listing;
    DROP FUNCTION registry_version_in_log(); DROP FUNCTION registry_version_grows();
    """,
)

# An administrator's appointment ends and is never turned into another one; nor does an officer become an administrator.
APPOINTMENT_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION registry_appointment_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.account_id, NEW.staff_number) IS DISTINCT FROM (OLD.account_id, OLD.staff_number) OR (
            (OLD.role IN ('security', 'system', 'auditor') OR NEW.role IN ('security', 'system', 'auditor'))
            AND (NEW.role, NEW.court_id) IS DISTINCT FROM (OLD.role, OLD.court_id)
        ) THEN
            RAISE EXCEPTION 'appointment % is not changed into another one', OLD.staff_number
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER registry_officer_appointment_stands BEFORE UPDATE ON registry_officer
        FOR EACH ROW EXECUTE FUNCTION registry_appointment_stands();
    """,
    "DROP TRIGGER registry_officer_appointment_stands ON registry_officer; DROP FUNCTION registry_appointment_stands();",
)

# Whichever way rows come and go, what a case says of its decisions and a decision of its parties follows; and an object
# that was read before cannot write back what it knew of it.
MARKS = """
    CREATE FUNCTION registry_{mark}_came() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE {table} SET {mark} = {there} WHERE {mark} <> {there} AND id IN (SELECT {key} FROM came);
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_{mark}_went() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- Whoever adds a row holds the other one: what he added is looked for once he has ended, by the next statement.
        PERFORM 1 FROM {table} WHERE id IN (SELECT {key} FROM gone) ORDER BY id FOR NO KEY UPDATE;
        UPDATE {table} AS whole SET {mark} = NOT {there} WHERE id IN (SELECT {key} FROM gone)
            AND NOT EXISTS (SELECT 1 FROM {of} WHERE {key} = whole.id);
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_{mark}_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE {table} SET {mark} = {there} WHERE id = NEW.{key};
        UPDATE {table} SET {mark} = NOT {there} WHERE id = OLD.{key}
            AND NOT EXISTS (SELECT 1 FROM {of} WHERE {key} = OLD.{key});
        RETURN NULL;
    END $$;
    CREATE FUNCTION registry_{mark}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.{mark} := OLD.{mark}; RETURN NEW; END $$;
    CREATE TRIGGER {of}_came AFTER INSERT ON {of} REFERENCING NEW TABLE AS came
        FOR EACH STATEMENT EXECUTE FUNCTION registry_{mark}_came();
    CREATE TRIGGER {of}_went AFTER DELETE ON {of} REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION registry_{mark}_went();
    CREATE TRIGGER {of}_moved AFTER UPDATE OF {key} ON {of}
        FOR EACH ROW WHEN (OLD.{key} IS DISTINCT FROM NEW.{key}) EXECUTE FUNCTION registry_{mark}_moved();
    CREATE TRIGGER {table}_kept BEFORE UPDATE OF {mark} ON {table}
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION registry_{mark}_kept();
"""
NO_MARKS = """
    DROP TRIGGER {of}_came ON {of}; DROP TRIGGER {of}_went ON {of}; DROP TRIGGER {of}_moved ON {of};
    DROP TRIGGER {table}_kept ON {table};
    DROP FUNCTION registry_{mark}_came(); DROP FUNCTION registry_{mark}_went();
    DROP FUNCTION registry_{mark}_moved(); DROP FUNCTION registry_{mark}_kept();
"""


def marked(table: str, mark: str, there: str, of: str, key: str) -> migrations.RunSQL:
    """``mark`` of a row of ``table`` is ``there`` while a row of the table ``of`` refers to it by ``key``."""
    names = {"table": table, "mark": mark, "there": there, "of": of, "key": key}
    return migrations.RunSQL(MARKS.format(**names), NO_MARKS.format(**names))


def first_rows(apps, schema_editor):
    apps.get_model("registry", "LogHead").objects.get_or_create(id=1)
    apps.get_model("registry", "Bell").objects.get_or_create(id=1)
    apps.get_model("registry", "AuditTree").objects.get_or_create(id=1)
    load_courts(apps.get_model("registry", "Court"))


def load_courts(Court):
    courts = {}
    for entry in codes.entries("courts").values():
        courts[entry.code], _ = Court.objects.update_or_create(
            code=entry.code, defaults={"level": entry.extra["level"]}
        )
    for entry in codes.entries("courts").values():
        parent = entry.extra.get("parent")
        Court.objects.filter(code=entry.code).update(parent=courts[parent].pk if parent else None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_book")]
    operations = [
        GUARD_FUNCTIONS,
        PARTITION_FUNCTIONS,
        refuse_changes("registry_event"),
        refuse_changes("registry_actrecord"),
        refuse_changes("registry_accessrecord"),
        partitioned("registry_accessrecord"),
        refuse_changes("registry_caseact"),
        refuse_changes("registry_eventpayload", keeper_may_delete=True),
        refuse_changes("registry_treetile"),
        refuse_changes("registry_checkpoint"),
        refuse_changes("registry_logepoch"),
        refuse_changes("registry_auditentry"),
        refuse_changes("registry_auditend"),
        refuse_changes("registry_auditanchor"),
        refuse_changes("registry_auditverification"),
        refuse_changes("registry_keyseen"),
        RECORD_FUNCTIONS,
        refuse_changes_of(
            "registry_keyversion",
            ("id", "ring", "version", "suite", "fingerprint", "seen_at"),
            once=("rotated_at", "retired_at"),
        ),
        VERSION_IN_LOG,
        APPOINTMENT_STANDS,
        marked("registry_case", "is_entered", "true", of="registry_decision", key="case_id"),
        marked("registry_decision", "is_empty", "false", of="registry_party", key="decision_id"),
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
