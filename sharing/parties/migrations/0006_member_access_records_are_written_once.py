from django.db import migrations

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_member_access_records"), ("registry", "0002_guards_and_first_rows")]
    operations = [refuse_changes("parties_memberaccessrecord")]
