import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import refuse_changes, refuse_changes_of


class Migration(migrations.Migration):
    dependencies = [
        ("persons", "0004_objections"),
        ("employers", "0002_guards_and_first_rows"),
        ("registry", "0003_guards_and_first_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="OtherNameAlarm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("subject_digest", models.BinaryField(max_length=32)),
                (
                    "listing_numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None, verbose_name="listings"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("told_at", models.DateTimeField(null=True, verbose_name="the registry was told at")),
            ],
            options={
                "verbose_name": "alarm about another name",
                "verbose_name_plural": "alarms about other names",
                "constraints": [
                    models.UniqueConstraint(fields=("subject_digest", "day"), name="other_name_alarm_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("subject_digest", models.BinaryField(db_index=True, max_length=32)),
                ("at", models.DateTimeField(verbose_name="at")),
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
                "verbose_name": "own record printed at the counter",
                "verbose_name_plural": "own records printed at the counter",
            },
        ),
        migrations.CreateModel(
            name="QuestionMails",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("subject_sealed", models.BinaryField()),
                ("address_sealed", models.BinaryField()),
                ("digest_key", models.PositiveSmallIntegerField()),
                ("begun_at", models.DateTimeField(verbose_name="begun at")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="ends at")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="last message at")),
                ("sending_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "messages about questions",
                "verbose_name_plural": "messages about questions",
            },
        ),
        migrations.CreateModel(
            name="NewsCursor",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(null=True, verbose_name="at")),
            ],
            options={
                "verbose_name": "cursor of the news",
                "verbose_name_plural": "cursor of the news",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="news_has_one_cursor")],
            },
        ),
        migrations.CreateModel(
            name="QuestionMailsDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(db_index=True, max_length=32)),
                (
                    "mails",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digests",
                        to="persons.questionmails",
                    ),
                ),
            ],
            options={
                "verbose_name": "digest of messages about questions",
                "verbose_name_plural": "digests of messages about questions",
                "constraints": [
                    models.UniqueConstraint(fields=("mails", "digest"), name="question_mails_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("asked", "a question was asked"), ("void", "an answer became void")],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                ("told_at", models.DateTimeField(null=True, verbose_name="told at")),
                (
                    "mails",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="persons.questionmails"
                    ),
                ),
                (
                    "screening",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="employers.screening",
                    ),
                ),
            ],
            options={
                "verbose_name": "news about questions",
                "verbose_name_plural": "news about questions",
                "indexes": [
                    models.Index(condition=models.Q(("told_at", None)), fields=["mails"], name="news_untold")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("mails", "screening", "kind"), name="news_found_once")
                ],
            },
        ),
        refuse_changes("persons_counterrecord"),
        refuse_changes_of(
            "persons_othernamealarm", ("id", "subject_digest", "listing_numbers", "day", "at"), once=("told_at",), may_go=True
        ),
    ]
