import django.utils.timezone
from django.db import migrations, models

from registry.models.insert_only import refuse_changes, refuse_changes_of

OF_A_CODE = (
    *("id", "request_id", "subject_digest", "name_digest", "given_at"),
    *("way", "proved_at", "counter_code", "issuer", "issuer_subject_digest"),
)
OF_A_REQUEST = ("id", "employer_id", "purpose", "post", "scope", "made_at")


class Migration(migrations.Migration):
    dependencies = [("employers", "0002_guards_and_first_rows")]
    operations = [
        migrations.AddField("consentcode", "way", models.CharField(default="", max_length=16, verbose_name="way"), preserve_default=False),
        migrations.AddField("consentcode", "proved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="proved at"), preserve_default=False),
        migrations.AddField("consentcode", "counter_code", models.UUIDField(null=True, verbose_name="counter code")),
        migrations.AddField("consentcode", "issuer", models.CharField(blank=True, default="", max_length=300, verbose_name="issuer"), preserve_default=False),
        migrations.AddField("consentcode", "issuer_subject_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddConstraint(
            "consentcode",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counter_code__isnull", False), ("issuer", ""), ("issuer_subject_digest", None)),
                    models.Q(("counter_code", None), ("issuer_subject_digest__isnull", False), models.Q(("issuer", ""), _negated=True)),
                    _connector="OR",
                ),
                name="consentcode_has_one_evidence",
            ),
        ),
        migrations.AddField("registration", "mailbox_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddConstraint(
            "registration",
            models.UniqueConstraint(
                condition=models.Q(("state__in", ("received", "review", "more"))),
                fields=("mailbox_digest",),
                name="registration_mailbox_under_way_once",
            ),
        ),
        migrations.CreateModel(
            name="RegistrationFlood",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                ("tries", models.PositiveIntegerField(verbose_name="tries")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={"verbose_name": "flood of registrations", "verbose_name_plural": "floods of registrations"},
        ),
        refuse_changes("employers_registrationflood"),
        migrations.AddField("consentrequest", "idempotency_key", models.CharField(blank=True, default="", max_length=64, verbose_name="idempotency key"), preserve_default=False),
        migrations.AddField("consentrequest", "content_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddConstraint(
            "consentrequest",
            models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("employer", "idempotency_key"),
                name="consent_request_once_per_key",
            ),
        ),
        migrations.AlterField(
            "registrationact",
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
        migrations.AlterField(
            "batch",
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
        refuse_changes_of("employers_consentcode", OF_A_CODE),
        refuse_changes_of("employers_consentrequest", OF_A_REQUEST),
    ]
