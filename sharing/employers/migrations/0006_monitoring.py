import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from registry.models.insert_only import refuse_changes

WRITTEN_ONCE = ("monitoringchange", "monitoringconfirmation", "monitoringtold", "monitoringattempt")


def first_row(apps, schema_editor):
    """What the log says of before there was any monitoring concerns nobody."""
    head = apps.get_model("registry", "LogHead").objects.first()
    apps.get_model("employers", "MonitoringCursor").objects.get_or_create(
        id=1, defaults={"position": head.size if head else 0}
    )


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0005_batches'),
        ('parties', '0004_roles_of_employers'),
        ('registry', '0003_guards_and_first_rows'),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonitoringChange',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('was', models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it'), ('void', 'no answer: the consent was not shown')], max_length=12, verbose_name='was')),
                ('outcome', models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it'), ('void', 'no answer: the consent was not shown')], max_length=12, verbose_name='outcome')),
                ('position', models.BigIntegerField(verbose_name='as of position')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('before', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='employers.screening')),
            ],
            options={
                'verbose_name': 'change of an answer',
                'verbose_name_plural': 'changes of answers',
            },
        ),
        migrations.AddField(
            model_name='employer',
            name='monitored_most',
            field=models.PositiveIntegerField(default=200, verbose_name='most employees enrolled'),
        ),
        migrations.AlterField(
            model_name='employeract',
            name='act',
            field=models.CharField(choices=[('admit', 'admitted'), ('suspend', 'suspended'), ('resume', 'may ask again'), ('quota', 'quota changed'), ('member', 'member added'), ('enrolled', 'most enrolled changed'), ('end', 'monitoring ended')], max_length=8, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='employeralarm',
            name='kind',
            field=models.CharField(choices=[('names', 'names that do not fit'), ('quota', 'quota used up again and again'), ('doubt', 'monitored names that do not fit')], max_length=8, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='EmployerEndpoint',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('state', models.CharField(choices=[('active', 'active'), ('paused', 'paused')], default='active', max_length=8, verbose_name='state')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('failing_since', models.DateTimeField(null=True, verbose_name='failing since')),
                ('last_failure', models.CharField(blank=True, max_length=24, verbose_name='last failure')),
                ('heard_at', models.DateTimeField(null=True, verbose_name='last took a message')),
                ('employer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='employer_endpoint', to='parties.organisation')),
            ],
            options={
                'verbose_name': 'endpoint of an employer',
                'verbose_name_plural': 'endpoints of employers',
            },
        ),
        migrations.CreateModel(
            name='EmployerEndpointSecret',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('secret_sealed', models.BinaryField()),
                ('live_until', models.DateTimeField(null=True, verbose_name='live until')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='employers.employerendpoint')),
            ],
            options={
                'verbose_name': 'secret of an employer’s endpoint',
                'verbose_name_plural': 'secrets of employers’ endpoints',
            },
        ),
        migrations.CreateModel(
            name='Monitoring',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=64, verbose_name='the employer’s own reference')),
                ('purpose', models.CharField(max_length=48, verbose_name='purpose')),
                ('post', models.CharField(max_length=48, verbose_name='post')),
                ('scope', models.CharField(max_length=12, verbose_name='answer scope')),
                ('until', models.DateField(verbose_name='until')),
                ('subject_sealed', models.BinaryField(null=True)),
                ('digest_key', models.PositiveSmallIntegerField()),
                ('enrolled_at', models.DateTimeField(verbose_name='enrolled at')),
                ('stirred_position', models.BigIntegerField(default=0)),
                ('looked_position', models.BigIntegerField(verbose_name='position of the last look')),
                ('looked_on', models.DateField(verbose_name='last looked on')),
                ('doubted_at', models.DateTimeField(null=True, verbose_name='in doubt since')),
                ('warned_at', models.DateTimeField(null=True, verbose_name='warned of the end at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('ended_because', models.CharField(blank=True, choices=[('employer', 'ended by the employer'), ('until', 'its last day is over'), ('consent', 'there is no consent any more'), ('registry', 'ended by the registry')], max_length=8, verbose_name='ended because')),
                ('client', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('consent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='monitoring', to='employers.consent')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='monitorings', to='parties.organisation')),
                ('ended_by_client', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('ended_by_member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member')),
                ('ended_by_officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('first', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='monitoring', to='employers.screening')),
                ('latest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='employers.screening')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member')),
            ],
            options={
                'verbose_name': 'monitoring',
                'verbose_name_plural': 'monitorings',
            },
        ),
        migrations.CreateModel(
            name='MonitoredDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(db_index=True, max_length=32)),
                ('monitoring', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='employers.monitoring')),
            ],
            options={
                'verbose_name': 'monitored digest',
                'verbose_name_plural': 'monitored digests',
            },
        ),
        migrations.CreateModel(
            name='MonitoringConfirmation',
            fields=[
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='confirmation', serialize=False, to='employers.monitoringchange')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'confirmation of a change',
                'verbose_name_plural': 'confirmations of changes',
            },
        ),
        migrations.CreateModel(
            name='MonitoringPost',
            fields=[
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='post', serialize=False, to='employers.monitoringchange')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('next_due', models.DateTimeField(null=True, verbose_name='next due')),
                ('lease_until', models.DateTimeField(null=True)),
                ('fence', models.BigIntegerField(default=0)),
                ('taken_at', models.DateTimeField(null=True, verbose_name='taken at')),
            ],
            options={
                'verbose_name': 'post of a change',
                'verbose_name_plural': 'posts of changes',
            },
        ),
        migrations.AddField(
            model_name='monitoringchange',
            name='monitoring',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='employers.monitoring'),
        ),
        migrations.AddField(
            model_name='monitoringchange',
            name='screening',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='monitoring_change', to='employers.screening'),
        ),
        migrations.CreateModel(
            name='MonitoringAttempt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('elapsed_ms', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('status', models.PositiveSmallIntegerField(verbose_name='HTTP status')),
                ('failure', models.CharField(blank=True, max_length=24, verbose_name='failure')),
                ('content_type', models.CharField(blank=True, max_length=100, verbose_name='content type')),
                ('length', models.PositiveIntegerField(verbose_name='length')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='employers.employerendpoint')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='employers.monitoringchange')),
            ],
            options={
                'verbose_name': 'attempt to tell an employer',
                'verbose_name_plural': 'attempts to tell employers',
            },
        ),
        migrations.CreateModel(
            name='MonitoringCursor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'cursor of monitoring',
                'verbose_name_plural': 'cursor of monitoring',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='monitoring_has_one_cursor')],
            },
        ),
        migrations.CreateModel(
            name='MonitoringTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('mail', 'mail'), ('endpoint', 'endpoint')], max_length=8, verbose_name='channel')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('change', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='employers.monitoringchange')),
            ],
            options={
                'verbose_name': 'message about a change',
                'verbose_name_plural': 'messages about changes',
            },
        ),
        migrations.AddIndex(
            model_name='monitoring',
            index=models.Index(fields=['employer', 'enrolled_at'], name='monitoring_employer'),
        ),
        migrations.AddIndex(
            model_name='monitoring',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['looked_on'], name='monitoring_to_look'),
        ),
        migrations.AddIndex(
            model_name='monitoring',
            index=models.Index(condition=models.Q(('ended_at', None), ('stirred_position__gt', models.F('looked_position'))), fields=['id'], name='monitoring_stirred'),
        ),
        migrations.AddIndex(
            model_name='monitoring',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['until'], name='monitoring_until'),
        ),
        migrations.AddConstraint(
            model_name='monitoring',
            constraint=models.CheckConstraint(condition=models.Q(('client', None), ('member', None), _connector='XOR'), name='monitoring_by_program_or_member'),
        ),
        migrations.AddConstraint(
            model_name='monitoring',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_because', ''), ('subject_sealed__isnull', False)), models.Q(('ended_at__isnull', False), ('subject_sealed', None), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='monitoring_keeps_nobody_once_ended'),
        ),
        migrations.AddConstraint(
            model_name='monitoreddigest',
            constraint=models.UniqueConstraint(fields=('monitoring', 'digest'), name='monitored_digest_once'),
        ),
        migrations.AddField(
            model_name='monitoringconfirmation',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member', verbose_name='member'),
        ),
        migrations.AddField(
            model_name='monitoringpost',
            name='endpoint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='employers.employerendpoint'),
        ),
        migrations.AddConstraint(
            model_name='monitoringchange',
            constraint=models.UniqueConstraint(fields=('monitoring', 'number'), name='monitoring_change_numbered'),
        ),
        migrations.AddConstraint(
            model_name='monitoringtold',
            constraint=models.UniqueConstraint(fields=('change', 'channel'), name='change_told_once_a_channel'),
        ),
        migrations.AddIndex(
            model_name='monitoringpost',
            index=models.Index(condition=models.Q(('taken_at', None)), fields=['next_due'], name='monitoring_post_due'),
        ),
        migrations.RunPython(first_row, migrations.RunPython.noop),
        *(refuse_changes(f"employers_{table}") for table in WRITTEN_ONCE),
    ]
