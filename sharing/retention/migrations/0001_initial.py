import uuid

import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import keeper_may, refuse_changes
from registry.models.tables import CreateTables


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
    ]
