import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import refuse_changes
from registry.models.tables import CreateTables


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_after_the_library"), ("registry", "0003_guards_and_first_rows")]
    operations = [
        refuse_changes("parties_memberact"),
        CreateTables([
        migrations.CreateModel(
            name='TokenCertificate',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='bound_to', serialize=False, to='oauth2_provider.accesstoken')),
                ('thumbprint', models.CharField(max_length=43, verbose_name='thumbprint')),
            ],
            options={
                'verbose_name': 'certificate of a token',
                'verbose_name_plural': 'certificates of tokens',
            },
        ),
        ]),
    ]
