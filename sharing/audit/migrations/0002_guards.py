from django.db import migrations

from registry.models.insert_only import keeper_may, refuse_changes, refuse_changes_of
from registry.models.recorded import recorded
from sharing.audit.recorded import RECORDED

ASKED = ("number", "begins_on", "ends_on", "listing_number", "sample_id", "officer_id", "asked_at")
MADE = ("made_at", "size", "sha256", "signature", "keep_until", "destroyed_at")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("registry", "0004_keeper"),
        ("courts", "0001_initial"),
        ("departments", "0002_guards"),
        ("employers", "0002_guards_and_first_rows"),
        ("parties", "0003_guards"),
        ("persons", "0002_guards"),
        ("recalls", "0002_guards"),
        ("retention", "0001_initial"),
    ]
    operations = [
        *(refuse_changes(f"audit_{table}") for table in ("sample", "samplerow", "finding", "packtaken", "booktaken")),
        refuse_changes_of("audit_pack", ASKED, once=MADE),
        keeper_may("audit_finding", delete=True),
        *(recorded(*source) for source in RECORDED),
    ]
