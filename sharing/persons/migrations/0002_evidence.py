import django.utils.timezone
from django.db import migrations, models

from registry.models.insert_only import refuse_changes_of


class Migration(migrations.Migration):
    dependencies = [("persons", "0001_initial")]
    operations = [
        migrations.AddField("countercode", "subject_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddConstraint(
            "countercode",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("subject_digest", None), ("used_at", None)),
                    models.Q(("identity_sealed", None), ("subject_digest__isnull", False), ("used_at__isnull", False)),
                    _connector="OR",
                ),
                name="countercode_used_names_its_person",
            ),
        ),
        migrations.AddField("provenidentity", "proved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="proved at"), preserve_default=False),
        migrations.AddField("provenidentity", "counter_code", models.UUIDField(null=True, verbose_name="counter code")),
        migrations.AddField("provenidentity", "issuer", models.CharField(blank=True, default="", max_length=300, verbose_name="issuer"), preserve_default=False),
        migrations.AddField("provenidentity", "issuer_subject_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddConstraint(
            "provenidentity",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counter_code__isnull", False), ("issuer", ""), ("issuer_subject_digest", None)),
                    models.Q(("counter_code", None), ("issuer_subject_digest__isnull", False), models.Q(("issuer", ""), _negated=True)),
                    _connector="OR",
                ),
                name="provenidentity_has_one_evidence",
            ),
        ),
        refuse_changes_of("persons_countercode", ("id", "code_digest", "officer_id", "made_at"), once=("used_at", "subject_digest")),
    ]
