from django.db import migrations

from registry.models.insert_only import refuse_changes_of


class Migration(migrations.Migration):
    dependencies = [("persons", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        refuse_changes_of(
            "persons_countercode", ("id", "code_digest", "officer_id", "made_at"), once=("used_at", "subject_digest")
        ),
    ]
