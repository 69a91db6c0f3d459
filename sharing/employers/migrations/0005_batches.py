import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0004_answers_without_padding'),
        ('parties', '0004_roles_of_employers'),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=48, verbose_name='purpose')),
                ('post', models.CharField(max_length=48, verbose_name='post')),
                ('idempotency_key', models.CharField(blank=True, max_length=64, verbose_name='idempotency key')),
                ('content_digest', models.BinaryField(max_length=32, null=True)),
                ('state', models.CharField(choices=[('checked', 'checked, nothing asked yet'), ('asking', 'being asked'), ('waiting', 'waits for the quota'), ('done', 'done'), ('stopped', 'stopped'), ('suspended', 'stopped: the organisation may not ask'), ('expired', 'not asked in time')], default='checked', max_length=12, verbose_name='state')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('answered', models.PositiveIntegerField(default=0, verbose_name='answered')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='refused')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('begun_at', models.DateTimeField(null=True, verbose_name='begun at')),
                ('begun_with', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True, verbose_name='due at')),
                ('keep_until', models.DateTimeField(verbose_name='kept until')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('client', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='parties.organisation')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='parties.member')),
            ],
            options={
                'verbose_name': 'batch',
                'verbose_name_plural': 'batches',
            },
        ),
        migrations.CreateModel(
            name='BatchRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField()),
                ('row', models.PositiveIntegerField(verbose_name='row')),
                ('key', models.CharField(blank=True, max_length=64, verbose_name="the employer's own key")),
                ('sealed', models.BinaryField(null=True)),
                ('refusals', models.JSONField(null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='employers.batch')),
                ('screening', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='batch_row', to='employers.screening')),
            ],
            options={
                'verbose_name': 'row of a batch',
                'verbose_name_plural': 'rows of batches',
            },
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['employer', 'uploaded_at'], name='batch_employer_uploaded_at'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='batch_due'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('state__in', ('checked', 'asking', 'waiting'))), fields=['keep_until'], name='batch_kept'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key', ''), _negated=True), fields=('employer', 'idempotency_key'), name='batch_once_per_key'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('client', None), ('member', None), _connector='XOR'), name='batch_sent_by_program_or_member'),
        ),
        migrations.AddIndex(
            model_name='batchrow',
            index=models.Index(condition=models.Q(('sealed__isnull', False)), fields=['batch', 'place'], name='batch_row_to_ask'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'place'), name='batch_row_place_once'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refusals__isnull', True), ('screening', None), ('sealed__isnull', False)), models.Q(('refusals__isnull', True), ('screening__isnull', False), ('sealed', None)), models.Q(('refusals__isnull', False), ('screening', None), ('sealed', None)), _connector='OR'), name='batch_row_has_one_end'),
        ),
    ]
