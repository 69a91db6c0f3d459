from django.db import migrations

from registry.models.insert_only import refuse_changes
from registry.models.partitions import partitioned


def first_rows(apps, schema_editor):
    apps.get_model("delivery", "TellingCursor").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        refuse_changes("delivery_attempt"),
        partitioned("delivery_attempt"),
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
