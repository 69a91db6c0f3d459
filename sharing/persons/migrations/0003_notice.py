import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes_of

EVIDENCE = models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None), ('notice', None)), models.Q(('counter_code', None), ('issuer', ''), ('issuer_subject_digest', None), ('notice__isnull', False)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), ('notice', None), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='provenidentity_has_one_evidence')


class Migration(migrations.Migration):

    dependencies = [
        ('persons', '0002_guards'),
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='provenidentity',
            name='notice',
            field=models.UUIDField(null=True, verbose_name='notice'),
        ),
        migrations.RemoveConstraint(
            model_name='provenidentity',
            name='provenidentity_has_one_evidence',
        ),
        migrations.AddConstraint(
            model_name='provenidentity',
            constraint=EVIDENCE,
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('listing_number', models.CharField(db_index=True, max_length=16, verbose_name='listing number')),
                ('language', models.CharField(choices=[('zh-hans', 'Chinese'), ('en', 'English')], max_length=8, verbose_name='language')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('replaced_at', models.DateTimeField(null=True, verbose_name='replaced at')),
                ('made_at', models.DateTimeField(null=True, verbose_name='made at')),
                ('sha256', models.CharField(max_length=64, null=True, verbose_name='SHA-256 of the PDF')),
                ('code_digest', models.BinaryField(max_length=32, null=True, unique=True)),
                ('expires_at', models.DateTimeField(null=True, verbose_name='valid until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('subject_digest', models.BinaryField(max_length=32, null=True)),
                ('wrong', models.PositiveSmallIntegerField(default=0, verbose_name='wrong tries')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='issued by')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('listing_number',), name='one_notice_of_a_listing_stands'),
                    models.CheckConstraint(condition=models.Q(models.Q(('code_digest', None), ('expires_at', None), ('made_at', None), ('sha256', None)), models.Q(('code_digest__isnull', False), ('expires_at__isnull', False), ('made_at__isnull', False), ('sha256__isnull', False)), _connector='OR'), name='notice_made_has_fingerprint_and_code'),
                    models.CheckConstraint(condition=models.Q(models.Q(('subject_digest', None), ('used_at', None)), models.Q(('made_at__isnull', False), ('subject_digest__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='notice_used_names_its_person'),
                ],
            },
        ),
        refuse_changes_of(
            'persons_notice',
            ('id', 'listing_number', 'language', 'officer_id', 'issued_at'),
            once=('replaced_at', 'made_at', 'sha256', 'code_digest', 'expires_at', 'used_at', 'subject_digest'),
        ),
    ]
