from django.db import migrations

from registry.models.insert_only import keeper_may, refuse_changes, refuse_changes_of

ASKED = ("number", "begins_on", "ends_on", "listing_number", "sample_id", "officer_id", "asked_at")
MADE = ("made_at", "size", "sha256", "signature", "keep_until", "destroyed_at")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("registry", "0004_keeper")]
    operations = [
        *(refuse_changes(f"audit_{table}") for table in ("sample", "samplerow", "finding", "packtaken", "booktaken")),
        refuse_changes_of("audit_pack", ASKED, once=MADE),
        keeper_may("audit_finding", delete=True),
    ]
