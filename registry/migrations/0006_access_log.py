import uuid

import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import refuse_changes_of


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_ending")]

    operations = [
        migrations.AddField(
            model_name="accessrecord",
            name="reason_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="accessrecord",
            name="officer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="registry.officer",
                verbose_name="officer",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrecord",
            index=models.Index(fields=["officer", "at"], name="access_officer_at"),
        ),
        migrations.AddConstraint(
            model_name="accessrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("page", "why"), _negated=True), ("reason_sealed__isnull", False), _connector="OR"),
                name="access_record_says_why",
            ),
        ),
        migrations.CreateModel(
            name="ReadingAlarm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("hour", "within an hour"), ("day", "within a day")], max_length=4, verbose_name="kind"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("count", models.PositiveIntegerField(verbose_name="listings")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("told_at", models.DateTimeField(null=True, verbose_name="the registry was told at")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.officer",
                        verbose_name="officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "alarm about reading",
                "verbose_name_plural": "alarms about reading",
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "day"), name="reading_alarm_once_a_day")
                ],
            },
        ),
        refuse_changes_of(
            "registry_readingalarm", ("id", "officer_id", "kind", "day", "count", "at"), once=("told_at",)
        ),
    ]
