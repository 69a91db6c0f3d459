import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0004_keeper'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vkey', models.CharField(max_length=300, verbose_name='key of the witness')),
                ('epoch', models.PositiveIntegerField(verbose_name='epoch')),
                ('size', models.BigIntegerField(default=0, verbose_name='size')),
                ('failures', models.PositiveIntegerField(default=0)),
                ('due', models.DateTimeField(null=True)),
                ('refused', models.CharField(blank=True, choices=[('fork', 'it has seen another history of this log'), ('larger', 'it has seen more of this log than there is'), ('unknown_log', 'it does not know this log'), ('unknown_key', 'it does not know the key that signed'), ('bad_signature', 'what it sent is no signature of it over this checkpoint'), ('refused', 'it refused the request'), ('silent', 'it was not reached, or did not answer')], max_length=16, verbose_name='refused')),
                ('since', models.DateTimeField(null=True, verbose_name='since')),
                ('asked_on', models.CharField(blank=True, default='', max_length=100)),
                ('asked_since', models.DateTimeField(null=True)),
                ('is_heard', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'witness that is asked',
                'verbose_name_plural': 'witnesses that are asked',
                'constraints': [models.UniqueConstraint(fields=('vkey', 'epoch'), name='witness_asked_once')],
            },
        ),
        migrations.CreateModel(
            name='LogAlarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('halted', 'the log is halted'), ('unsigned', 'events are not signed'), ('grave', 'a witness contradicts the log'), ('unwitnessed', 'a witness has not cosigned for long'), ('audit', 'the audit trail is not as it was written'), ('unverified', 'the audit trail has not been verified for two days')], max_length=16, verbose_name='kind')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='witness')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('told_at', models.DateTimeField(null=True, verbose_name='the registry was told at')),
                ('over_at', models.DateTimeField(null=True, verbose_name='over at')),
            ],
            options={
                'verbose_name': 'alarm about the log',
                'verbose_name_plural': 'alarms about the log',
                'constraints': [models.UniqueConstraint(condition=models.Q(('over_at', None)), fields=('kind', 'about'), name='log_alarm_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vkey', models.CharField(max_length=300, verbose_name='key of the witness')),
                ('line', models.CharField(max_length=500)),
                ('signed_at', models.DateTimeField(verbose_name='signed at')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='registry.checkpoint', verbose_name='checkpoint')),
            ],
            options={
                'verbose_name': 'cosignature',
                'verbose_name_plural': 'cosignatures',
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'vkey'), name='cosignature_once')],
            },
        ),
        refuse_changes("witnesses_cosignature"),
    ]
