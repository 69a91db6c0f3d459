from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_after_the_library"), ("registry", "0003_guards_and_first_rows")]
    operations = [refuse_changes("parties_memberact")]
