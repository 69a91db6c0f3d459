import uuid

import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import keeper_may, refuse_changes
from registry.models.tables import CreateTables

# A month goes whole or not at all, never one that ended less than three years ago, and never without a report in the same
# transaction. Of a table that the audit tree records each row ends in the tree: so it goes when the purge has emptied it.
# What counts the rows keeps nobody from reading; what drops the partition needs the whole table for a moment.
MONTHS_DROPPED = migrations.RunSQL(
    """
    CREATE FUNCTION registry_drop_partition(part regclass, before timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
    DECLARE
        whole regclass := (SELECT inhparent FROM pg_inherits WHERE inhrelid = part);
        ends timestamptz := (SELECT substring(pg_get_expr(relpartbound, oid) FROM $re$TO \\('(.+)'\\)$re$)
            FROM pg_class WHERE oid = part);
        count bigint;
    BEGIN
        IF whole IS NULL OR registry_parted_by(whole) IS NULL OR ends IS NULL THEN
            RAISE EXCEPTION '% is no partition of a month', part USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF ends > least(before, now() - interval '3 years') THEN
            RAISE EXCEPTION '% is not past its years', part USING ERRCODE = 'restrict_violation';
        END IF;
        EXECUTE format('LOCK TABLE %s IN SHARE MODE', part);
        EXECUTE format('SELECT count(*) FROM %s', part) INTO count;
        IF count > 0 AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = whole AND tgname = 'audit_went') THEN
            RAISE EXCEPTION '% holds rows that have not ended in the audit tree', part USING ERRCODE = 'restrict_violation';
        END IF;
        INSERT INTO retention_purgereport (id, kind, at, listings, counts)
        VALUES (gen_random_uuid(), 'months', now(), 0, jsonb_build_object(part::text, count));
        EXECUTE format('DROP TABLE %s', part);
        RETURN count;
    END $$;
    REVOKE ALL ON FUNCTION registry_drop_partition(regclass, timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION registry_drop_partition(regclass, timestamptz) TO registry_keeper;
    """,
    "DROP FUNCTION registry_drop_partition(regclass, timestamptz);",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("registry", "0004_keeper"),
        ("persons", "0002_guards"),
        ("departments", "0002_guards"),
        ("employers", "0002_guards_and_first_rows"),
    ]
    operations = [
        CreateTables([
        migrations.CreateModel(
            "PurgeReport",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("listings", "listings purged"),
                            ("records", "records past their years"),
                            ("unnamed", "objections about no listing"),
                            ("lapsed", "listings that never took effect"),
                            ("months", "months past their years"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="at")),
                ("listings", models.PositiveIntegerField(default=0, verbose_name="listings")),
                ("counts", models.JSONField(verbose_name="rows by table")),
            ],
            options={"verbose_name": "report of a purge", "verbose_name_plural": "reports of purges"},
        ),
        migrations.CreateModel(
            "ReviewReminder",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("step", models.PositiveSmallIntegerField(verbose_name="step")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.listing"
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder of a review",
                "verbose_name_plural": "reminders of reviews",
                "constraints": [
                    models.UniqueConstraint(fields=("listing", "due_on", "step"), name="review_reminded_once_a_step")
                ],
            },
        ),
        ]),
        refuse_changes("retention_reviewreminder"),
        refuse_changes("retention_purgereport"),
        keeper_may("registry_noticeservice", delete=True),
        keeper_may("persons_objectionevidence", delete=True),
        keeper_may("persons_counterrecord", delete=True),
        migrations.RunSQL(
            "GRANT SELECT ON persons_objection TO registry_keeper;"
            "GRANT SELECT, DELETE ON persons_othernamealarm TO registry_keeper;",
            "REVOKE SELECT ON persons_objection FROM registry_keeper;"
            "REVOKE SELECT, DELETE ON persons_othernamealarm FROM registry_keeper;",
        ),
        keeper_may("departments_look", delete=True),
        keeper_may("employers_consentlook", delete=True),
        keeper_may("departments_receipt", empty=("note",)),
        MONTHS_DROPPED,
    ]
