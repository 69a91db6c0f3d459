from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("departments", "0006_institutions"), ("registry", "0002_guards_and_first_rows")]
    operations = [refuse_changes("departments_reached"), refuse_changes("departments_onwardreceipt")]
