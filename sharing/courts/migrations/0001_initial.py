import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes
from registry.models.tables import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0003_guards'),
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='CaseSystem',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='parties.organisation')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.court', verbose_name='court')),
            ],
            options={
                'verbose_name': 'case management system',
                'verbose_name_plural': 'case management systems',
            },
        ),
        migrations.CreateModel(
            name='CaseSystemAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('register', 'registered'), ('add_key', 'key made'), ('revoke_key', 'key revoked')], max_length=12, verbose_name='act')),
                ('about', models.CharField(blank=True, max_length=100, verbose_name='about')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='system')),
            ],
            options={
                'verbose_name': 'act about a case management system',
                'verbose_name_plural': 'acts about case management systems',
                'ordering': ['at'],
            },
        ),
        ]),
        refuse_changes("courts_casesystemact"),
    ]
