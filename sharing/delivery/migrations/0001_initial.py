import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.tables import CreatePartitioned, CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        ('registry', '0002_book'),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=2000, verbose_name='address')),
                ('state', models.CharField(choices=[('active', 'active'), ('paused', 'paused')], default='active', max_length=8, verbose_name='state')),
                ('stage', models.CharField(choices=[('trial', 'on trial'), ('production', 'in production')], default='trial', max_length=10, verbose_name='stage')),
                ('cursor', models.BigIntegerField(default=0, verbose_name='cursor')),
                ('began_position', models.BigIntegerField(default=0, verbose_name='began at position')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='failing since')),
                ('last_failure', models.CharField(blank=True, max_length=24, verbose_name='last failure')),
                ('next_due', models.DateTimeField(blank=True, null=True, verbose_name='next due')),
                ('alone_at', models.BigIntegerField(blank=True, null=True)),
                ('in_flight_cap', models.PositiveSmallIntegerField(default=32, verbose_name='most posts in flight')),
                ('posts_per_second', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='posts per second')),
                ('paced_until', models.DateTimeField(null=True)),
                ('heard_at', models.DateTimeField(blank=True, null=True, verbose_name='last took a message')),
                ('beat_due', models.DateTimeField(blank=True, null=True)),
                ('beat_failures', models.PositiveIntegerField(default=0, verbose_name='heartbeats not answered')),
                ('unanswered_since', models.DateTimeField(blank=True, null=True)),
                ('unanswered_because', models.CharField(blank=True, max_length=24)),
                ('purged_at', models.DateTimeField(blank=True, null=True, verbose_name='said to keep nothing since')),
                ('alarm', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('fence', models.BigIntegerField(default=0)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='endpoints', to='parties.organisation')),
            ],
            options={
                'verbose_name': 'endpoint',
                'verbose_name_plural': 'endpoints',
                'constraints': [models.CheckConstraint(condition=models.Q(('in_flight_cap__range', (1, 64))), name='posts_in_flight_are_bounded'), models.CheckConstraint(condition=models.Q(('posts_per_second', None), ('posts_per_second__range', (1, 1000)), _connector='OR'), name='pace_is_bounded'), models.CheckConstraint(condition=models.Q(('purged_at', None), models.Q(('stage', 'production'), ('state', 'active'), _negated=True), _connector='OR'), name='who_is_sent_to_is_not_said_to_keep_nothing')],
            },
        ),
        migrations.CreateModel(
            name='TrustedAuthorities',
            fields=[
                ('endpoint', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='authorities', serialize=False, to='delivery.endpoint')),
                ('pem', models.TextField(verbose_name='certificates')),
            ],
            options={
                'verbose_name': 'trusted authorities',
                'verbose_name_plural': 'trusted authorities',
            },
        ),
        migrations.CreateModel(
            name='ClientCertificate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key_sealed', models.BinaryField()),
                ('chain', models.TextField(verbose_name='certificate')),
                ('presented_since', models.DateTimeField(null=True, verbose_name='presented since')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_certificates', to='delivery.endpoint')),
            ],
            options={
                'verbose_name': 'client certificate',
                'verbose_name_plural': 'client certificates',
                'constraints': [models.UniqueConstraint(condition=models.Q(('presented_since', None)), fields=('endpoint',), name='one_certificate_is_prepared'), models.UniqueConstraint(condition=models.Q(('presented_since__isnull', False)), fields=('endpoint',), name='one_certificate_is_presented')],
            },
        ),
        CreatePartitioned(
            name='Attempt',
            by='started_at',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('elapsed_ms', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('status', models.PositiveSmallIntegerField(verbose_name='HTTP status')),
                ('failure', models.CharField(blank=True, max_length=24, verbose_name='failure')),
                ('content_type', models.CharField(blank=True, max_length=100, verbose_name='content type')),
                ('length', models.PositiveIntegerField(verbose_name='length')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('event', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='registry.event')),
                ('endpoint', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='delivery.endpoint')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
                'indexes': [models.Index(fields=['event', 'endpoint'], name='attempt_event_endpoint')],
            },
        ),
        migrations.CreateModel(
            name='EndpointSecret',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('secret_sealed', models.BinaryField()),
                ('live_until', models.DateTimeField(blank=True, null=True, verbose_name='live until')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='delivery.endpoint')),
            ],
            options={
                'verbose_name': 'endpoint secret',
                'verbose_name_plural': 'endpoint secrets',
            },
        ),
        migrations.CreateModel(
            name='Held',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_position', models.BigIntegerField(verbose_name='from position')),
                ('ahead', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('refusals', models.PositiveIntegerField(default=0, verbose_name='refusals')),
                ('next_due', models.DateTimeField(blank=True, null=True, verbose_name='next due')),
                ('reason', models.CharField(choices=[('opening', 'opening set'), ('refused', 'refused by the receiver'), ('replay', 'replay')], max_length=8, verbose_name='reason')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held', to='delivery.endpoint')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.listing')),
            ],
            options={
                'verbose_name': 'held lane',
                'verbose_name_plural': 'held lanes',
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'listing'), name='one_held_lane_per_listing')],
            },
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('name', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('process', models.CharField(choices=[('beat', 'beat'), ('worker', 'worker'), ('sweep', 'sweep'), ('task', 'task')], max_length=8)),
                ('at', models.DateTimeField()),
                ('ahead', models.FloatField(default=0.0)),
            ],
            options={
                'verbose_name': 'pulse of a process',
                'verbose_name_plural': 'pulses of processes',
            },
        ),
        migrations.CreateModel(
            name='TellingCursor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'telling cursor',
                'verbose_name_plural': 'telling cursor',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_telling_cursor')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_position', models.BigIntegerField(verbose_name='first position')),
                ('decided_position', models.BigIntegerField(verbose_name='decided at position')),
                ('ended_position', models.BigIntegerField(null=True, verbose_name='ended at position')),
                ('measures', models.JSONField(verbose_name='measures')),
                ('conditions', models.JSONField(null=True, verbose_name='conditions')),
                ('earlier', models.JSONField(default=list, verbose_name='measures said before')),
                ('opening', models.BigIntegerField(default=0, verbose_name='number of the opening')),
                ('said_until', models.DateField(null=True, verbose_name='last day of what was said')),
                ('told_at', models.DateTimeField(auto_now_add=True, verbose_name='decided at')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='parties.organisation')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='registry.listing')),
            ],
            options={
                'verbose_name': 'told',
                'verbose_name_plural': 'told',
                'indexes': [models.Index(fields=['department', 'decided_position'], name='told_department_decided'), models.Index(condition=models.Q(('ended_position', None), ('said_until__isnull', False)), fields=['said_until'], name='told_said_until')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('opening__gt', 0)), fields=('department', 'opening'), name='told_opening_counts_once'), models.UniqueConstraint(condition=models.Q(('ended_position', None)), fields=('department', 'listing'), name='told_in_one_open_span'), models.UniqueConstraint(fields=('department', 'listing', 'first_position'), name='told_span_begins_once'), models.CheckConstraint(condition=models.Q(('ended_position', None), ('ended_position__gte', models.F('first_position')), _connector='OR'), name='told_span_ends_after_it_began')],
            },
        ),
        ]),
    ]
