from django.db import migrations

from registry.models.insert_only import refuse_changes, refuse_changes_of

WRITTEN_ONCE = (
    *("screening", "applicanttold", "consentlook", "consentverdict"),
    *("statuslist", "resultrecall", "recalltold", "recallconfirmation"),
    *("employeract", "employeralarm", "registrationact", "registrationflood"),
    *("monitoringchange", "monitoringconfirmation", "monitoringtold", "monitoringattempt"),
)
# What was agreed to, by whom and how that was proved. A request goes with its campaign where nobody answered it.
OF_A_CODE = (
    *("id", "request_id", "subject_digest", "name_digest", "given_at"),
    *("way", "proved_at", "counter_code", "notice", "issuer", "issuer_subject_digest", "passkey_at"),
)
OF_A_REQUEST = ("id", "employer_id", "purpose", "post", "scope", "made_at")

# Numbers the places that results take in the status lists; a place that a failed answer took stays empty.
STATUS_NUMBERS = migrations.RunSQL(
    "CREATE SEQUENCE employers_status_number AS bigint", "DROP SEQUENCE employers_status_number"
)


def first_rows(apps, schema_editor):
    """Where each walk begins. What the log says of before there was any monitoring concerns nobody."""
    head = apps.get_model("registry", "LogHead").objects.first()
    for cursor, start in (
        ("RecallingCursor", {}),
        ("DrawingCursor", {}),
        ("MonitoringCursor", {"position": head.size if head else 0}),
    ):
        apps.get_model("employers", cursor).objects.get_or_create(id=1, defaults=start)


class Migration(migrations.Migration):
    dependencies = [("employers", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        STATUS_NUMBERS,
        migrations.RunPython(first_rows, migrations.RunPython.noop),
        *(refuse_changes(f"employers_{table}") for table in WRITTEN_ONCE),
        refuse_changes_of("employers_consentcode", OF_A_CODE),
        refuse_changes_of("employers_consentrequest", OF_A_REQUEST, may_go=True),
    ]
