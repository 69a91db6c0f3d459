import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProvenIdentity',
            fields=[
                ('way', models.CharField(max_length=16, verbose_name='way')),
                ('proved_at', models.DateTimeField(verbose_name='proved at')),
                ('counter_code', models.UUIDField(null=True, verbose_name='counter code')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer')),
                ('issuer_subject_digest', models.BinaryField(max_length=32, null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('identity_sealed', models.BinaryField()),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'proven identity',
                'verbose_name_plural': 'proven identities',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='provenidentity_has_one_evidence')],
            },
        ),
        migrations.CreateModel(
            name='CounterCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_digest', models.BinaryField(max_length=32, unique=True)),
                ('last_four_digest', models.BinaryField(max_length=32)),
                ('identity_sealed', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='valid until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('subject_digest', models.BinaryField(max_length=32, null=True)),
                ('wrong', models.PositiveSmallIntegerField(default=0, verbose_name='wrong tries')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='made by')),
            ],
            options={
                'verbose_name': 'counter code',
                'verbose_name_plural': 'counter codes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('subject_digest', None), ('used_at', None)), models.Q(('identity_sealed', None), ('subject_digest__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='countercode_used_names_its_person')],
            },
        ),
    ]
