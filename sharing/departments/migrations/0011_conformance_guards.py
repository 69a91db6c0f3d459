from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("departments", "0010_conformance"), ("registry", "0002_guards_and_first_rows")]
    operations = [
        refuse_changes(f"departments_{table}")
        for table in ("trialevent", "trialattempt", "trialpull", "trialreceipt", "checkresult", "stagechange")
    ]
