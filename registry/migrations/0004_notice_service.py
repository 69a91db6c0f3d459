import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeService',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('listing_number', models.CharField(max_length=16, verbose_name='listing number')),
                ('how', models.CharField(max_length=16, verbose_name='how the notice was served')),
                ('done_on', models.DateField(verbose_name='handed over, delivered or published on')),
                ('served_on', models.DateField(verbose_name='notice served on')),
                ('reference_sealed', models.BinaryField()),
                ('at', models.DateTimeField(verbose_name='at')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'service of the notice',
                'verbose_name_plural': 'services of notices',
                'indexes': [models.Index(fields=['listing_number', 'at'], name='service_of_listing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('served_on__gte', models.F('done_on'))), name='service_counts_from_when_it_was_done')],
            },
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(condition=models.Q(('approved_at__isnull', False), ('notice_served_on', None)), fields=['court', 'approved_at'], name='listing_to_be_served'),
        ),
        refuse_changes('registry_noticeservice', keeper_may_delete=True),
    ]
