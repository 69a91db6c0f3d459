import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.tables import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0004_keeper'),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='CheckCount',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='check')),
                ('count', models.PositiveIntegerField(verbose_name='found')),
                ('since_on', models.DateField(null=True, verbose_name='since')),
                ('since_at', models.DateTimeField(null=True, verbose_name='since')),
                ('at', models.DateTimeField(verbose_name='counted at')),
            ],
            options={
                'verbose_name': 'count of a check',
                'verbose_name_plural': 'counts of checks',
            },
        ),
        migrations.CreateModel(
            name='Pack',
            fields=[
                ('number', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='number')),
                ('begins_on', models.DateField(verbose_name='first day of the period')),
                ('ends_on', models.DateField(verbose_name='last day of the period')),
                ('listing_number', models.CharField(blank=True, max_length=16, verbose_name='listing number')),
                ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                ('making_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True, verbose_name='made at')),
                ('content_sealed', models.BinaryField(null=True)),
                ('size', models.PositiveIntegerField(null=True, verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, null=True)),
                ('signature', models.TextField(null=True)),
                ('keep_until', models.DateField(null=True, verbose_name='kept until')),
                ('destroyed_at', models.DateTimeField(null=True, verbose_name='content destroyed at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='asked for by')),
                ('sample', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.sample', verbose_name='sample')),
            ],
            options={
                'verbose_name': 'evidence pack',
                'verbose_name_plural': 'evidence packs',
                'indexes': [models.Index(condition=models.Q(('made_at', None)), fields=['asked_at'], name='pack_to_be_made'), models.Index(condition=models.Q(('content_sealed__isnull', False)), fields=['keep_until'], name='pack_to_be_destroyed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('content_sealed', None), ('destroyed_at', None), ('made_at', None)), models.Q(('made_at__isnull', False), ('sha256__isnull', False), ('signature__isnull', False), models.Q(models.Q(('content_sealed__isnull', False), ('destroyed_at', None)), models.Q(('content_sealed', None), ('destroyed_at__isnull', False)), _connector='OR')), _connector='OR'), name='pack_is_made_kept_or_destroyed')],
            },
        ),
        migrations.CreateModel(
            name='PackTaken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='takings', to='audit.pack')),
            ],
            options={
                'verbose_name': 'taking of an evidence pack',
                'verbose_name_plural': 'takings of evidence packs',
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('number', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='number')),
                ('kind', models.CharField(choices=[('approved', 'listings approved'), ('withdrawn', 'listings withdrawn'), ('screenings', 'employers’ questions'), ('readings', 'looks at persons’ data')], max_length=12, verbose_name='kind')),
                ('courts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None, verbose_name='courts')),
                ('begins_on', models.DateField(verbose_name='first day of the period')),
                ('ends_on', models.DateField(verbose_name='last day of the period')),
                ('size', models.PositiveSmallIntegerField(verbose_name='size')),
                ('population', models.PositiveIntegerField(verbose_name='drawn from how many')),
                ('drawn_from', models.JSONField()),
                ('seed', models.CharField(max_length=64, verbose_name='seed')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='auditor')),
            ],
            options={
                'verbose_name': 'sample',
                'verbose_name_plural': 'samples',
            },
        ),
        migrations.CreateModel(
            name='SampleRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField(verbose_name='place')),
                ('key', models.CharField(max_length=40)),
                ('sample', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='audit.sample')),
            ],
            options={
                'verbose_name': 'row of a sample',
                'verbose_name_plural': 'rows of samples',
                'constraints': [models.UniqueConstraint(fields=('sample', 'place'), name='sample_place_once')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('verdict', models.CharField(choices=[('agrees', 'agrees'), ('differs', 'differs')], max_length=8, verbose_name='verdict')),
                ('note_sealed', models.BinaryField(null=True)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='auditor')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='audit.samplerow')),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict', 'agrees'), ('note_sealed__isnull', False), _connector='OR'), name='finding_says_what_differs')],
            },
        ),
        migrations.CreateModel(
            name='BookTaken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('sought', models.JSONField(verbose_name='which part')),
                ('form', models.CharField(max_length=4, verbose_name='form')),
                ('masked', models.BooleanField(verbose_name='with masked numbers')),
                ('listings', models.PositiveIntegerField(verbose_name='listings')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'file of the book',
                'verbose_name_plural': 'files of the book',
                'indexes': [models.Index(fields=['at'], name='book_taken_at')],
            },
        ),
        ]),
    ]
