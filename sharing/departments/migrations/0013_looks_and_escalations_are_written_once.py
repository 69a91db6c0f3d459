from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("departments", "0012_by_hand"), ("registry", "0002_guards_and_first_rows")]
    operations = [refuse_changes("departments_look"), refuse_changes("departments_escalation")]
