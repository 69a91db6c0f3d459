"""Triggers that refuse changes to what is written once, the single rows, and the courts from the code list."""

from django.db import migrations

from registry import codes
from registry.models.insert_only import GUARD_FUNCTIONS, refuse_changes

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
        ) AND NEW.state <> 'purged') THEN
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

# Whichever way rows come and go, what a case says of its decisions and a decision of its parties follows.
ENTERED_AND_EMPTY = migrations.RunSQL(
    """
    CREATE FUNCTION registry_case_is_entered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'DELETE' THEN
            UPDATE registry_case SET is_entered = true WHERE id = NEW.case_id AND NOT is_entered;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            UPDATE registry_case SET is_entered = false WHERE id = OLD.case_id
                AND NOT EXISTS (SELECT 1 FROM registry_decision WHERE case_id = OLD.case_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER registry_decision_enters_case AFTER INSERT OR DELETE OR UPDATE OF case_id ON registry_decision
        FOR EACH ROW EXECUTE FUNCTION registry_case_is_entered();
    CREATE FUNCTION registry_decision_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'DELETE' THEN
            UPDATE registry_decision SET is_empty = false WHERE id = NEW.decision_id AND is_empty;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            UPDATE registry_decision SET is_empty = true WHERE id = OLD.decision_id
                AND NOT EXISTS (SELECT 1 FROM registry_party WHERE decision_id = OLD.decision_id);
        END IF;
        RETURN NULL;
    END $$;
    -- An object that was read before must not write back what it knew of it.
    CREATE FUNCTION registry_keep_is_entered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.is_entered := OLD.is_entered; RETURN NEW; END $$;
    CREATE TRIGGER registry_case_keeps_is_entered BEFORE UPDATE OF is_entered ON registry_case
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION registry_keep_is_entered();
    CREATE FUNCTION registry_keep_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.is_empty := OLD.is_empty; RETURN NEW; END $$;
    CREATE TRIGGER registry_decision_keeps_is_empty BEFORE UPDATE OF is_empty ON registry_decision
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION registry_keep_is_empty();
    CREATE TRIGGER registry_party_fills_decision AFTER INSERT OR DELETE OR UPDATE OF decision_id ON registry_party
        FOR EACH ROW EXECUTE FUNCTION registry_decision_is_empty();
    """,
    """
    DROP TRIGGER registry_case_keeps_is_entered ON registry_case;
    DROP TRIGGER registry_decision_keeps_is_empty ON registry_decision;
    DROP TRIGGER registry_party_fills_decision ON registry_party;
    DROP FUNCTION registry_keep_is_entered(); DROP FUNCTION registry_keep_is_empty();
    DROP FUNCTION registry_decision_is_empty();
    DROP TRIGGER registry_decision_enters_case ON registry_decision;
    DROP FUNCTION registry_case_is_entered();
    """,
)


def first_rows(apps, schema_editor):
    apps.get_model("registry", "LogHead").objects.get_or_create(id=1)
    apps.get_model("registry", "Bell").objects.get_or_create(id=1)
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
        refuse_changes("registry_event"),
        refuse_changes("registry_actrecord"),
        refuse_changes("registry_accessrecord"),
        refuse_changes("registry_caseact"),
        refuse_changes("registry_eventpayload", keeper_may_delete=True),
        VERSION_IN_LOG,
        ENTERED_AND_EMPTY,
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
