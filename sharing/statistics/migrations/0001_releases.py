import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from registry.models.insert_only import refuse_changes, refuse_changes_of

WRITTEN_ONCE = (
    *("id", "number", "title_zh", "title_en", "begins_on", "ends_on", "counted_at", "content", "sha256", "counts_sealed"),
    *("left_out_why", "corrects_id", "why_zh", "why_en", "proposed_by_id", "proposed_at"),
)

# What was decided stays as it is, whole; and what is all drawn gets no further file.
DECIDED = migrations.RunSQL(
    """
    CREATE TRIGGER statistics_release_decided BEFORE UPDATE ON statistics_release
        FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION registry_refuse_change();
    CREATE FUNCTION statistics_no_further_file() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM statistics_release WHERE id = NEW.release_id AND (drawn_at IS NOT NULL OR outcome <> 'pending')
        ) THEN
            RAISE EXCEPTION 'release % has all its files', NEW.release_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER statistics_releasefile_none_further BEFORE INSERT ON statistics_releasefile
        FOR EACH ROW EXECUTE FUNCTION statistics_no_further_file();
    """,
    "DROP TRIGGER statistics_release_decided ON statistics_release;"
    "DROP TRIGGER statistics_releasefile_none_further ON statistics_releasefile;"
    "DROP FUNCTION statistics_no_further_file();",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("registry", "0004_keeper")]
    operations = [
        # TABLES
        refuse_changes_of("statistics_release", WRITTEN_ONCE, once=("drawn_at",)),
        refuse_changes("statistics_releasefile"),
        DECIDED,
    ]
