import django.db.models.deletion
import uuid
from django.db import migrations, models

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
            name='ClearanceLetter',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('complete', models.BooleanField(verbose_name='all had confirmed')),
                ('signed_digest', models.BinaryField(max_length=32)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clearance_letters', to='registry.listing')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='given by')),
            ],
            options={
                'verbose_name': 'clearance letter',
                'verbose_name_plural': 'clearance letters',
            },
        ),
        migrations.CreateModel(
            name='RecallDuty',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('named_at', models.DateTimeField(verbose_name='named at')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('named_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='named by')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='in charge')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recall_duties', to='parties.organisation')),
            ],
            options={
                'verbose_name': 'duty of a recall',
                'verbose_name_plural': 'duties of recalls',
                'indexes': [models.Index(fields=['organisation', '-named_at'], name='recall_duty_latest')],
            },
        ),
        ]),
    ]
