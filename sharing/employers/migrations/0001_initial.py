import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from registry.models.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0003_guards"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ("registry", "0003_guards_and_first_rows"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("title", models.CharField(max_length=64, verbose_name="title")),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("post", models.CharField(max_length=48, verbose_name="post")),
                        ("last_day", models.DateField(verbose_name="last day")),
                        (
                            "idempotency_key",
                            models.CharField(blank=True, max_length=64, verbose_name="idempotency key"),
                        ),
                        ("content_digest", models.BinaryField(max_length=32, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("checked", "checked, not begun yet"),
                                    ("open", "goes on"),
                                    ("done", "done"),
                                    ("over", "over"),
                                    ("stopped", "stopped"),
                                    ("suspended", "stopped: the organisation may not ask"),
                                    ("expired", "not begun in time"),
                                    (
                                        "purpose_gone",
                                        "ended by the court: your organisation has not this purpose any more",
                                    ),
                                ],
                                default="checked",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("total", models.PositiveIntegerField(default=0, verbose_name="rows")),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        ("begun_at", models.DateTimeField(null=True, verbose_name="begun at")),
                        ("due_at", models.DateTimeField(null=True, verbose_name="due at")),
                        ("quota_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaigns",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaigns",
                                to="parties.member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "campaign",
                        "verbose_name_plural": "campaigns",
                        "indexes": [
                            models.Index(fields=["employer", "-made_at"], name="campaign_employer"),
                            models.Index(
                                condition=models.Q(("state", "open")), fields=["due_at"], name="campaign_open"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("idempotency_key", ""), _negated=True),
                                fields=("employer", "idempotency_key"),
                                name="campaign_once_per_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("client", None), ("member", None), _connector="XOR"),
                                name="campaign_by_program_or_member",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentRequest",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("post", models.CharField(max_length=48, verbose_name="post")),
                        ("scope", models.CharField(max_length=12, verbose_name="answer scope")),
                        ("reference", models.CharField(max_length=64, verbose_name="your reference")),
                        ("token_digest", models.BinaryField(max_length=32, unique=True)),
                        (
                            "idempotency_key",
                            models.CharField(blank=True, max_length=64, verbose_name="idempotency key"),
                        ),
                        ("content_digest", models.BinaryField(max_length=32, null=True)),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        ("expires_at", models.DateTimeField(verbose_name="open until")),
                        ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
                        ("of_campaign", models.BooleanField(default=False)),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consent_requests",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request for consent",
                        "verbose_name_plural": "requests for consent",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("of_campaign", False)),
                                fields=["employer", "-made_at"],
                                name="consent_request_employer",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("client", None), ("member", None), _connector="XOR"),
                                name="consent_request_by_program_or_member",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("idempotency_key", ""), _negated=True),
                                fields=("employer", "idempotency_key"),
                                name="consent_request_once_per_key",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentCode",
                    fields=[
                        ("way", models.CharField(max_length=16, verbose_name="way")),
                        ("proved_at", models.DateTimeField(verbose_name="proved at")),
                        ("counter_code", models.UUIDField(null=True, verbose_name="counter code")),
                        ("issuer", models.CharField(blank=True, max_length=300, verbose_name="issuer")),
                        ("issuer_subject_digest", models.BinaryField(max_length=32, null=True)),
                        ("passkey_at", models.DateTimeField(null=True, verbose_name="a passkey stood for it at")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("subject_digest", models.BinaryField(max_length=32)),
                        ("name_digest", models.BinaryField(max_length=32)),
                        ("code_digest", models.BinaryField(max_length=32, unique=True)),
                        ("code_sealed", models.BinaryField()),
                        ("given_at", models.DateTimeField(verbose_name="given at")),
                        ("expires_at", models.DateTimeField(verbose_name="valid until")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                        ("wrong", models.PositiveSmallIntegerField(default=0)),
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="given_code",
                                to="employers.consentrequest",
                            ),
                        ),
                        ("notice", models.UUIDField(null=True, verbose_name="notice")),
                    ],
                    options={
                        "verbose_name": "consent code",
                        "verbose_name_plural": "consent codes",
                        "abstract": False,
                        "indexes": [models.Index(fields=["subject_digest"], name="consent_code_subject")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("counter_code__isnull", False),
                                        ("issuer", ""),
                                        ("issuer_subject_digest", None),
                                        ("notice", None),
                                    ),
                                    models.Q(
                                        ("counter_code", None),
                                        ("issuer", ""),
                                        ("issuer_subject_digest", None),
                                        ("notice__isnull", False),
                                    ),
                                    models.Q(
                                        ("counter_code", None),
                                        ("issuer_subject_digest__isnull", False),
                                        ("notice", None),
                                        models.Q(("issuer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="consentcode_has_one_evidence",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("attested", "attested by the employer"), ("code", "given by the applicant")],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("subject_digest", models.BinaryField(max_length=32)),
                        (
                            "document_sha256",
                            models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the signed form"),
                        ),
                        ("signed_on", models.DateField(verbose_name="signed on")),
                        ("person_sealed", models.BinaryField(null=True)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded at")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "code",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consent",
                                to="employers.consentcode",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "consent",
                        "verbose_name_plural": "consents",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("document_sha256", ""), _negated=True),
                                fields=("document_sha256",),
                                name="consent_form_used_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("code", None),
                                        ("kind", "attested"),
                                        ("person_sealed", None),
                                        models.Q(("document_sha256", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("code__isnull", False),
                                        ("document_sha256", ""),
                                        ("kind", "code"),
                                        ("revoked_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="consent_is_a_form_or_a_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Screening",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("post", models.CharField(max_length=48, verbose_name="post")),
                        ("scope", models.CharField(max_length=12, verbose_name="answer scope")),
                        ("subject_digest", models.BinaryField(max_length=32)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("not_listed", "no listing in force at the time of asking"),
                                    ("listed", "a listing in force at the time of asking"),
                                    ("pending", "no answer yet: an officer looks at it"),
                                    ("void", "no answer: the consent was not shown"),
                                ],
                                max_length=12,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "held_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("share", "held for consent checking"),
                                    ("name", "the name does not fit the number"),
                                ],
                                max_length=8,
                                verbose_name="held because",
                            ),
                        ),
                        ("epoch", models.PositiveIntegerField(verbose_name="epoch of the log")),
                        ("as_of", models.BigIntegerField(verbose_name="as of position")),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("expires_at", models.DateTimeField(verbose_name="may be relied on until")),
                        ("answer_sealed", models.BinaryField()),
                        ("idempotency_key", models.CharField(max_length=64, verbose_name="idempotency key")),
                        ("question_digest", models.BinaryField(max_length=32)),
                        (
                            "also_told",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("status_list", models.PositiveIntegerField(null=True, verbose_name="status list")),
                        (
                            "status_index",
                            models.PositiveIntegerField(null=True, verbose_name="place in the status list"),
                        ),
                        ("code_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                        ("last_four_digest", models.BinaryField(max_length=32, null=True)),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screenings",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "listing",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screenings",
                                to="registry.listing",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screenings",
                                to="parties.member",
                            ),
                        ),
                        (
                            "consent",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screening",
                                to="employers.consent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "screening",
                        "verbose_name_plural": "screenings",
                        "indexes": [
                            models.Index(fields=["employer", "asked_at"], name="screening_employer_asked_at"),
                            models.Index(fields=["subject_digest"], name="screening_subject"),
                            models.Index(fields=["asked_at"], name="screening_asked_at"),
                            models.Index(
                                condition=models.Q(("outcome", "pending")),
                                fields=["asked_at"],
                                name="screening_pending",
                            ),
                            django.contrib.postgres.indexes.GinIndex(fields=["also_told"], name="screening_also_told"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("employer", "idempotency_key"), name="screening_once_per_key"
                            ),
                            models.UniqueConstraint(
                                fields=("status_list", "status_index"), name="screening_status_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("client", None), ("member", None), _connector="XOR"),
                                name="screening_asked_by_program_or_member",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CodeTries",
                    fields=[
                        (
                            "employer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="parties.organisation",
                            ),
                        ),
                        ("wrong", models.PositiveSmallIntegerField()),
                        ("since", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "wrong tries at consent codes",
                        "verbose_name_plural": "wrong tries at consent codes",
                    },
                ),
                migrations.CreateModel(
                    name="Monitoring",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("reference", models.CharField(max_length=64, verbose_name="the employer’s own reference")),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("post", models.CharField(max_length=48, verbose_name="post")),
                        ("scope", models.CharField(max_length=12, verbose_name="answer scope")),
                        ("until", models.DateField(verbose_name="until")),
                        ("subject_sealed", models.BinaryField(null=True)),
                        ("digest_key", models.PositiveSmallIntegerField()),
                        ("enrolled_at", models.DateTimeField(verbose_name="enrolled at")),
                        ("stirred_position", models.BigIntegerField(default=0)),
                        ("looked_position", models.BigIntegerField(verbose_name="position of the last look")),
                        ("looked_on", models.DateField(verbose_name="last looked on")),
                        ("doubted_at", models.DateTimeField(null=True, verbose_name="in doubt since")),
                        ("warned_at", models.DateTimeField(null=True, verbose_name="warned of the end at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "ended_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("employer", "ended by the employer"),
                                    ("until", "its last day is over"),
                                    ("consent", "there is no consent any more"),
                                    ("registry", "ended by the registry"),
                                ],
                                max_length=8,
                                verbose_name="ended because",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "consent",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitoring",
                                to="employers.consent",
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitorings",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "ended_by_client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "ended_by_member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                            ),
                        ),
                        (
                            "ended_by_officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                            ),
                        ),
                        (
                            "first",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitoring",
                                to="employers.screening",
                            ),
                        ),
                        (
                            "latest",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="employers.screening"
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "monitoring",
                        "verbose_name_plural": "monitorings",
                        "indexes": [
                            models.Index(fields=["employer", "enrolled_at"], name="monitoring_employer"),
                            models.Index(
                                condition=models.Q(("ended_at", None)), fields=["looked_on"], name="monitoring_to_look"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("ended_at", None), ("stirred_position__gt", models.F("looked_position"))
                                ),
                                fields=["id"],
                                name="monitoring_stirred",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at", None)), fields=["until"], name="monitoring_until"
                            ),
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["digest_key"],
                                name="monitoring_digest_key",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("client", None), ("member", None), _connector="XOR"),
                                name="monitoring_by_program_or_member",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None), ("ended_because", ""), ("subject_sealed__isnull", False)
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("subject_sealed", None),
                                        models.Q(("ended_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="monitoring_keeps_nobody_once_ended",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringChange",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        (
                            "was",
                            models.CharField(
                                choices=[
                                    ("not_listed", "no listing in force at the time of asking"),
                                    ("listed", "a listing in force at the time of asking"),
                                    ("pending", "no answer yet: an officer looks at it"),
                                    ("void", "no answer: the consent was not shown"),
                                ],
                                max_length=12,
                                verbose_name="was",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("not_listed", "no listing in force at the time of asking"),
                                    ("listed", "a listing in force at the time of asking"),
                                    ("pending", "no answer yet: an officer looks at it"),
                                    ("void", "no answer: the consent was not shown"),
                                ],
                                max_length=12,
                                verbose_name="outcome",
                            ),
                        ),
                        ("position", models.BigIntegerField(verbose_name="as of position")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "before",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="employers.screening"
                            ),
                        ),
                        (
                            "monitoring",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="employers.monitoring",
                            ),
                        ),
                        (
                            "screening",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitoring_change",
                                to="employers.screening",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "change of an answer",
                        "verbose_name_plural": "changes of answers",
                        "constraints": [
                            models.UniqueConstraint(fields=("monitoring", "number"), name="monitoring_change_numbered")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ResultRecall",
                    fields=[
                        (
                            "screening",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="recall",
                                serialize=False,
                                to="employers.screening",
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("erroneous", "given in error"),
                                    ("listing_changed", "the listing has changed"),
                                    ("no_consent", "the consent was not shown"),
                                ],
                                max_length=16,
                                verbose_name="cause",
                            ),
                        ),
                        ("position", models.BigIntegerField(null=True, verbose_name="position of the event")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("opened_at", models.DateTimeField(verbose_name="opened at")),
                        ("status_list", models.PositiveIntegerField(null=True)),
                        ("status_index", models.PositiveIntegerField(null=True)),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="recalled by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "recall of a result",
                        "verbose_name_plural": "recalls of results",
                        "indexes": [models.Index(fields=["status_list"], name="result_recall_status_list")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cause", "erroneous"),
                                        ("officer__isnull", False),
                                        ("position", None),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("cause", "listing_changed"),
                                        ("officer", None),
                                        ("position__isnull", False),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("cause", "no_consent"), ("officer", None), ("position", None), ("reason", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="result_recall_has_one_cause",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecallTold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("step", models.PositiveSmallIntegerField(verbose_name="step")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "recall",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tellings",
                                to="employers.resultrecall",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "message about a recall",
                        "verbose_name_plural": "messages about recalls",
                        "constraints": [
                            models.UniqueConstraint(fields=("recall", "step"), name="result_recall_told_once_a_step")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistrationFlood",
                    fields=[
                        ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                        ("tries", models.PositiveIntegerField(verbose_name="tries")),
                        ("at", models.DateTimeField(verbose_name="at")),
                    ],
                    options={
                        "verbose_name": "flood of registrations",
                        "verbose_name_plural": "floods of registrations",
                    },
                ),
                migrations.CreateModel(
                    name="RegistrationTry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source_digest", models.BinaryField(max_length=32)),
                        ("mail_digest", models.BinaryField(max_length=32)),
                        ("at", models.DateTimeField(db_index=True, verbose_name="at")),
                    ],
                    options={
                        "verbose_name": "try at a registration",
                        "verbose_name_plural": "tries at registrations",
                    },
                ),
                migrations.CreateModel(
                    name="StatusList",
                    fields=[
                        ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("seed", models.BinaryField(max_length=32)),
                        ("opened_at", models.DateTimeField(verbose_name="opened at")),
                    ],
                    options={
                        "verbose_name": "status list",
                        "verbose_name_plural": "status lists",
                    },
                ),
                migrations.CreateModel(
                    name="VerificationTries",
                    fields=[
                        ("code_digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                        ("wrong", models.PositiveSmallIntegerField()),
                        ("since", models.DateTimeField(db_index=True)),
                    ],
                    options={
                        "verbose_name": "wrong tries at a verification code",
                        "verbose_name_plural": "wrong tries at verification codes",
                    },
                ),
                migrations.CreateModel(
                    name="ApplicantTold",
                    fields=[
                        (
                            "screening",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="applicant_told",
                                serialize=False,
                                to="employers.screening",
                            ),
                        ),
                        ("told_on", models.DateField(verbose_name="told the applicant on")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                                verbose_name="member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "applicant told",
                        "verbose_name_plural": "applicants told",
                    },
                ),
                migrations.CreateModel(
                    name="ConsentCall",
                    fields=[
                        (
                            "screening",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="call",
                                serialize=False,
                                to="employers.screening",
                            ),
                        ),
                        ("called_at", models.DateTimeField(verbose_name="called in at")),
                        ("due_on", models.DateField(verbose_name="due on")),
                        ("told_at", models.DateTimeField(null=True, verbose_name="employer told at")),
                        ("denied_at", models.DateTimeField(null=True, verbose_name="denied by the person at")),
                        (
                            "answer_told_at",
                            models.DateTimeField(null=True, verbose_name="employer told of the answer at"),
                        ),
                    ],
                    options={
                        "verbose_name": "form called in",
                        "verbose_name_plural": "forms called in",
                    },
                ),
                migrations.CreateModel(
                    name="ConsentVerdict",
                    fields=[
                        (
                            "screening",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="verdict",
                                serialize=False,
                                to="employers.screening",
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("fits", "the form fits the question"),
                                    ("mistyped", "the form is signed, but names somebody else"),
                                    ("no_consent", "no valid consent"),
                                    ("not_shown", "not shown in time"),
                                    ("revoked", "the applicant revoked it before there was an answer"),
                                    ("lapsed", "the applicant’s consent was over before there was an answer"),
                                    ("suspended", "the employer may ask about nobody at present"),
                                    ("purpose_gone", "what it was asked for is no longer registered"),
                                ],
                                max_length=12,
                                verbose_name="verdict",
                            ),
                        ),
                        ("reason", models.CharField(max_length=1100, verbose_name="reason")),
                        ("decided_at", models.DateTimeField(verbose_name="decided at")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("not_listed", "no listing in force at the time of asking"),
                                    ("listed", "a listing in force at the time of asking"),
                                    ("pending", "no answer yet: an officer looks at it"),
                                    ("void", "no answer: the consent was not shown"),
                                ],
                                max_length=12,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "also_told",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("as_of", models.BigIntegerField(verbose_name="as of position")),
                        ("expires_at", models.DateTimeField(verbose_name="may be relied on until")),
                        ("answer_sealed", models.BinaryField()),
                        (
                            "listing",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.listing",
                            ),
                        ),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="officer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "verdict on a consent",
                        "verbose_name_plural": "verdicts on consents",
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(fields=["also_told"], name="verdict_also_told")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Batch",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("purpose", models.CharField(max_length=48, verbose_name="purpose")),
                        ("post", models.CharField(max_length=48, verbose_name="post")),
                        (
                            "idempotency_key",
                            models.CharField(blank=True, max_length=64, verbose_name="idempotency key"),
                        ),
                        ("content_digest", models.BinaryField(max_length=32, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("checked", "checked, nothing asked yet"),
                                    ("asking", "being asked"),
                                    ("waiting", "waits and goes on by itself"),
                                    ("done", "done"),
                                    ("stopped", "stopped"),
                                    ("suspended", "stopped: the organisation may not ask"),
                                    ("expired", "not asked in time"),
                                ],
                                default="checked",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("total", models.PositiveIntegerField(default=0, verbose_name="rows")),
                        ("answered", models.PositiveIntegerField(default=0, verbose_name="answered")),
                        ("refused", models.PositiveIntegerField(default=0, verbose_name="refused")),
                        ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                        ("ordered_at", models.DateTimeField(null=True)),
                        ("begun_at", models.DateTimeField(null=True, verbose_name="begun at")),
                        ("begun_with", models.PositiveIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True, verbose_name="due at")),
                        ("keep_until", models.DateTimeField(verbose_name="kept until")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batches",
                                to="parties.organisation",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batches",
                                to="parties.member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "batch",
                        "verbose_name_plural": "batches",
                        "indexes": [
                            models.Index(fields=["employer", "uploaded_at"], name="batch_employer_uploaded_at"),
                            models.Index(fields=["employer", "ordered_at"], name="batch_employer_ordered_at"),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="batch_due"
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ("checked", "asking", "waiting"))),
                                fields=["keep_until"],
                                name="batch_kept",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("idempotency_key", ""), _negated=True),
                                fields=("employer", "idempotency_key"),
                                name="batch_once_per_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("client", None), ("member", None), _connector="XOR"),
                                name="batch_sent_by_program_or_member",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BatchRow",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("place", models.PositiveIntegerField()),
                        ("row", models.PositiveIntegerField(verbose_name="row")),
                        ("key", models.CharField(blank=True, max_length=64, verbose_name="the employer's own key")),
                        ("by_code", models.BooleanField(default=False)),
                        ("sealed", models.BinaryField(null=True)),
                        ("refusals", models.JSONField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="employers.batch",
                            ),
                        ),
                        (
                            "screening",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batch_row",
                                to="employers.screening",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "row of a batch",
                        "verbose_name_plural": "rows of batches",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sealed__isnull", False)),
                                fields=["batch", "place"],
                                name="batch_row_to_ask",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "place"), name="batch_row_place_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("refusals__isnull", True), ("screening", None), ("sealed__isnull", False)
                                    ),
                                    models.Q(
                                        ("refusals__isnull", True), ("screening__isnull", False), ("sealed", None)
                                    ),
                                    models.Q(("refusals__isnull", False), ("screening", None), ("sealed", None)),
                                    _connector="OR",
                                ),
                                name="batch_row_has_one_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentLook",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
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
                        (
                            "screening",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="looks",
                                to="employers.screening",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "look at a form",
                        "verbose_name_plural": "looks at forms",
                    },
                ),
                migrations.CreateModel(
                    name="CampaignRow",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("place", models.PositiveIntegerField()),
                        ("row", models.PositiveIntegerField(verbose_name="row")),
                        ("key", models.CharField(blank=True, max_length=64, verbose_name="the employer's own key")),
                        ("number_digest", models.BinaryField(max_length=32, null=True)),
                        ("name_digest", models.BinaryField(max_length=32, null=True)),
                        (
                            "form_sha256",
                            models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the signed form"),
                        ),
                        ("signed_on", models.DateField(null=True, verbose_name="signed on")),
                        ("given_at", models.DateTimeField(null=True, verbose_name="given at")),
                        ("consent_until", models.DateTimeField(null=True)),
                        ("sealed", models.BinaryField(null=True)),
                        ("is_anothers", models.BooleanField(default=False)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
                        ("refusals", models.JSONField(null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="employers.campaign",
                            ),
                        ),
                        (
                            "screening",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaign_row",
                                to="employers.screening",
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaign_row",
                                to="employers.consentrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "row of a campaign",
                        "verbose_name_plural": "rows of campaigns",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sealed__isnull", False)),
                                fields=["campaign", "given_at"],
                                name="campaign_row_to_ask",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "place"), name="campaign_row_place_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("number_digest__isnull", False)),
                                fields=("campaign", "key"),
                                name="campaign_row_key_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sealed", None),
                                        models.Q(
                                            ("is_anothers", False),
                                            ("refusals__isnull", True),
                                            ("revoked_at", None),
                                            ("screening", None),
                                            ("withdrawn_at", None),
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(("screening", None), ("refusals__isnull", True), _connector="OR"),
                                ),
                                name="campaign_row_has_one_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DrawingCursor",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("asked_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "cursor of the draw",
                        "verbose_name_plural": "cursor of the draw",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("id", 1)), name="drawing_has_one_cursor")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Employer",
                    fields=[
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                serialize=False,
                                to="parties.organisation",
                            ),
                        ),
                        ("legal_basis", models.CharField(max_length=200, verbose_name="legal basis")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=48), size=None, verbose_name="purposes"
                            ),
                        ),
                        ("daily_quota", models.PositiveIntegerField(default=200, verbose_name="questions a day")),
                        (
                            "monitored_most",
                            models.PositiveIntegerField(default=200, verbose_name="most employees enrolled"),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="approved by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "employer",
                        "verbose_name_plural": "employers",
                    },
                ),
                migrations.CreateModel(
                    name="EmployerAct",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("admit", "admitted"),
                                    ("suspend", "suspended"),
                                    ("resume", "may ask again"),
                                    ("quota", "quota changed"),
                                    ("member", "member added"),
                                    ("enrolled", "most enrolled changed"),
                                    ("end", "monitoring ended"),
                                    ("call", "signed forms called in"),
                                    ("campaign", "campaign’s questions decided"),
                                    ("key", "key revoked"),
                                    ("amend", "entry changed"),
                                    ("shut_out", "member shut out"),
                                    ("let_in", "member let in again"),
                                ],
                                max_length=8,
                                verbose_name="act",
                            ),
                        ),
                        ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acts",
                                to="parties.organisation",
                                verbose_name="employer",
                            ),
                        ),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="officer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "act on an employer",
                        "verbose_name_plural": "acts on employers",
                    },
                ),
                migrations.CreateModel(
                    name="EmployerAlarm",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("names", "names that do not fit"),
                                    ("quota", "quota used up again and again"),
                                    ("doubt", "monitored names that do not fit"),
                                    ("hits", "listed far more often than at the others"),
                                    ("repeats", "the same applicants again and again"),
                                    ("digits", "numbers that can be nobody’s"),
                                    ("runs", "questions in sequence with nobody there"),
                                    ("forms", "signed forms that failed"),
                                    ("hours", "mostly outside working hours"),
                                    ("shared", "two employers with one contact and the same applicants"),
                                ],
                                max_length=8,
                                verbose_name="kind",
                            ),
                        ),
                        ("day", models.DateField(verbose_name="day")),
                        ("count", models.PositiveIntegerField(verbose_name="how many")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.organisation",
                                verbose_name="employer",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.organisation",
                                verbose_name="the other employer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "alarm about an employer",
                        "verbose_name_plural": "alarms about employers",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("employer", "kind", "other", "day"),
                                name="employer_alarm_once_a_day",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EmployerEndpoint",
                    fields=[
                        ("id", models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ("url", models.CharField(max_length=2000, verbose_name="address")),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "active"), ("paused", "paused")],
                                default="active",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("added_at", models.DateTimeField(verbose_name="added at")),
                        ("failures", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                        ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
                        ("last_failure", models.CharField(blank=True, max_length=24, verbose_name="last failure")),
                        ("heard_at", models.DateTimeField(null=True, verbose_name="last took a message")),
                        (
                            "employer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="employer_endpoint",
                                to="parties.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "endpoint of an employer",
                        "verbose_name_plural": "endpoints of employers",
                    },
                ),
                migrations.CreateModel(
                    name="EmployerEndpointSecret",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("secret_sealed", models.BinaryField()),
                        ("live_until", models.DateTimeField(null=True, verbose_name="live until")),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="secrets",
                                to="employers.employerendpoint",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "secret of an employer’s endpoint",
                        "verbose_name_plural": "secrets of employers’ endpoints",
                    },
                ),
                migrations.CreateModel(
                    name="MonitoredDigest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.BinaryField(db_index=True, max_length=32)),
                        (
                            "monitoring",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="digests",
                                to="employers.monitoring",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "monitored digest",
                        "verbose_name_plural": "monitored digests",
                        "constraints": [
                            models.UniqueConstraint(fields=("monitoring", "digest"), name="monitored_digest_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringConfirmation",
                    fields=[
                        (
                            "change",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="confirmation",
                                serialize=False,
                                to="employers.monitoringchange",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                                verbose_name="member",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "confirmation of a change",
                        "verbose_name_plural": "confirmations of changes",
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringPost",
                    fields=[
                        (
                            "change",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="post",
                                serialize=False,
                                to="employers.monitoringchange",
                            ),
                        ),
                        ("failures", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                        ("next_due", models.DateTimeField(null=True, verbose_name="next due")),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("fence", models.BigIntegerField(default=0)),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="taken at")),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="posts",
                                to="employers.employerendpoint",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "post of a change",
                        "verbose_name_plural": "posts of changes",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("taken_at", None)), fields=["next_due"], name="monitoring_post_due"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringAttempt",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("started_at", models.DateTimeField(verbose_name="started at")),
                        ("elapsed_ms", models.PositiveIntegerField(verbose_name="milliseconds")),
                        ("status", models.PositiveSmallIntegerField(verbose_name="HTTP status")),
                        ("failure", models.CharField(blank=True, max_length=24, verbose_name="failure")),
                        ("content_type", models.CharField(blank=True, max_length=100, verbose_name="content type")),
                        ("length", models.PositiveIntegerField(verbose_name="length")),
                        ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="employers.employerendpoint",
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="employers.monitoringchange",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "attempt to tell an employer",
                        "verbose_name_plural": "attempts to tell employers",
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringCursor",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "cursor of monitoring",
                        "verbose_name_plural": "cursor of monitoring",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("id", 1)), name="monitoring_has_one_cursor")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonitoringTold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("mail", "mail"), ("endpoint", "endpoint")],
                                max_length=8,
                                verbose_name="channel",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "change",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tellings",
                                to="employers.monitoringchange",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "message about a change",
                        "verbose_name_plural": "messages about changes",
                        "constraints": [
                            models.UniqueConstraint(fields=("change", "channel"), name="change_told_once_a_channel")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NumbersRefused",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(verbose_name="day")),
                        ("numbers", models.PositiveIntegerField(verbose_name="numbers")),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.organisation",
                                verbose_name="employer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "numbers refused on a day",
                        "verbose_name_plural": "numbers refused by day",
                        "constraints": [
                            models.UniqueConstraint(fields=("employer", "day"), name="numbers_refused_once_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionsAsked",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(verbose_name="day")),
                        ("questions", models.PositiveIntegerField(verbose_name="questions")),
                        (
                            "employer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.organisation",
                                verbose_name="employer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "questions of a day",
                        "verbose_name_plural": "questions by day",
                        "constraints": [
                            models.UniqueConstraint(fields=("employer", "day"), name="questions_counted_once_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecallConfirmation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("removed", models.BooleanField(verbose_name="removed")),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("reconsidered", "reconsidered"),
                                    ("not_reconsidered", "not reconsidered"),
                                    ("no_decision_yet", "nothing was decided yet"),
                                ],
                                max_length=16,
                                verbose_name="what became of it",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.member",
                            ),
                        ),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="recorded by",
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=100, verbose_name="reference")),
                        (
                            "recall",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="confirmations",
                                to="employers.resultrecall",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "confirmation of a recall",
                        "verbose_name_plural": "confirmations of recalls",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("removed", True)),
                                fields=("recall",),
                                name="result_recall_closed_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("client__isnull", False),
                                        ("member", None),
                                        ("officer", None),
                                        ("reference", ""),
                                    ),
                                    models.Q(
                                        ("client", None),
                                        ("member__isnull", False),
                                        ("officer", None),
                                        ("reference", ""),
                                    ),
                                    models.Q(
                                        ("client", None),
                                        ("member", None),
                                        ("officer__isnull", False),
                                        models.Q(("reference", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="result_recall_confirmed_by_one",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecallingCursor",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "cursor of the recalls",
                        "verbose_name_plural": "cursor of the recalls",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("id", 1)), name="recalling_has_one_cursor")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Registration",
                    fields=[
                        ("id", models.CharField(max_length=9, primary_key=True, serialize=False)),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("name_en", models.CharField(blank=True, max_length=100, verbose_name="English name")),
                        ("uscc", models.CharField(max_length=18, verbose_name="unified social credit code")),
                        ("address", models.CharField(max_length=200, verbose_name="address")),
                        ("legal_basis", models.CharField(max_length=200, verbose_name="legal basis")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=48), size=None, verbose_name="purposes"
                            ),
                        ),
                        ("contact_sealed", models.BinaryField(null=True)),
                        ("phone_digest", models.BinaryField(max_length=32)),
                        ("mailbox_digest", models.BinaryField(max_length=32, null=True)),
                        ("secret_digest", models.BinaryField(max_length=32)),
                        ("form_key", models.CharField(max_length=64, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("unconfirmed", "waiting for the confirmation of the e-mail address"),
                                    ("received", "received"),
                                    ("review", "under review"),
                                    ("more", "more is asked for"),
                                    ("admitted", "admitted"),
                                    ("refused", "refused"),
                                ],
                                default="unconfirmed",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("sent_at", models.DateTimeField(verbose_name="sent at")),
                        ("waiting_since", models.DateTimeField(null=True, verbose_name="waiting since")),
                        ("untold", models.BooleanField(default=True)),
                        (
                            "organisation",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="registration",
                                to="parties.organisation",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "registration",
                        "verbose_name_plural": "registrations",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ("received", "review", "more"))),
                                fields=["waiting_since"],
                                name="registration_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("untold", True)), fields=["sent_at"], name="registration_untold"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("received", "review", "more"))),
                                fields=("uscc",),
                                name="registration_under_way_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("received", "review", "more"))),
                                fields=("mailbox_digest",),
                                name="registration_mailbox_under_way_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enclosure",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("media_type", models.CharField(max_length=40, verbose_name="media type")),
                        ("content_sealed", models.BinaryField(null=True)),
                        ("words_sealed", models.BinaryField(null=True)),
                        ("sent_at", models.DateTimeField(verbose_name="sent at")),
                        (
                            "registration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="enclosures",
                                to="employers.registration",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "enclosure",
                        "verbose_name_plural": "enclosures",
                    },
                ),
                migrations.CreateModel(
                    name="RegistrationAct",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("confirm", "mail address confirmed"),
                                    ("look", "enclosure looked at"),
                                    ("contact", "contact looked at"),
                                    ("more", "more asked for"),
                                    ("answer", "answered by the organisation"),
                                    ("admit", "admitted"),
                                    ("refuse", "refused"),
                                    ("lapse", "closed without an answer"),
                                    ("invite", "invited again"),
                                ],
                                max_length=8,
                                verbose_name="act",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=1100, verbose_name="reason")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="officer",
                            ),
                        ),
                        (
                            "registration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acts",
                                to="employers.registration",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "act on a registration",
                        "verbose_name_plural": "acts on registrations",
                    },
                ),
                migrations.CreateModel(
                    name="Allowance",
                    fields=[
                        (
                            "campaign",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="allowance",
                                serialize=False,
                                to="employers.campaign",
                            ),
                        ),
                        ("wanted", models.PositiveIntegerField(verbose_name="questions wanted")),
                        ("why", models.CharField(max_length=1000, verbose_name="why")),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("granted", models.PositiveIntegerField(null=True, verbose_name="questions granted")),
                        ("reason", models.CharField(blank=True, max_length=1000, verbose_name="reason")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        ("told_at", models.DateTimeField(null=True, verbose_name="employer told at")),
                        ("used", models.PositiveIntegerField(default=0, verbose_name="used")),
                        (
                            "officer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.officer",
                                verbose_name="officer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "allowance of a campaign",
                        "verbose_name_plural": "allowances of campaigns",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("decided_at", None)), fields=["asked_at"], name="allowance_waiting"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShownForm",
                    fields=[
                        (
                            "call",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="form",
                                serialize=False,
                                to="employers.consentcall",
                            ),
                        ),
                        ("media_type", models.CharField(max_length=40, verbose_name="media type")),
                        ("content_sealed", models.BinaryField(null=True)),
                        ("shown_at", models.DateTimeField(verbose_name="shown at")),
                    ],
                    options={
                        "verbose_name": "form shown",
                        "verbose_name_plural": "forms shown",
                    },
                ),
            ]
        ),
    ]
