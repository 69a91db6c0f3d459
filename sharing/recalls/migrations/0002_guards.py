from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("recalls", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [refuse_changes("recalls_recallduty"), refuse_changes("recalls_clearanceletter")]
