
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0006_monitoring'),
        ('parties', '0004_roles_of_employers'),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeTries',
            fields=[
                ('employer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='parties.organisation')),
                ('wrong', models.PositiveSmallIntegerField()),
                ('since', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'wrong tries at consent codes',
                'verbose_name_plural': 'wrong tries at consent codes',
            },
        ),
        migrations.CreateModel(
            name='ConsentCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('name_digest', models.BinaryField(max_length=32)),
                ('code_digest', models.BinaryField(max_length=32, unique=True)),
                ('code_sealed', models.BinaryField()),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked at')),
            ],
            options={
                'verbose_name': 'consent code',
                'verbose_name_plural': 'consent codes',
            },
        ),
        migrations.CreateModel(
            name='ConsentRequest',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=48, verbose_name='purpose')),
                ('post', models.CharField(max_length=48, verbose_name='post')),
                ('scope', models.CharField(max_length=12, verbose_name='answer scope')),
                ('reference', models.CharField(max_length=64, verbose_name='your reference')),
                ('token_digest', models.BinaryField(max_length=32, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('expires_at', models.DateTimeField(verbose_name='open until')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
            ],
            options={
                'verbose_name': 'request for consent',
                'verbose_name_plural': 'requests for consent',
            },
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consent_form_used_once',
        ),
        migrations.AddField(
            model_name='consent',
            name='person_sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name='consent',
            name='document_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the signed form'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('attested', 'attested by the employer'), ('code', 'given by the applicant')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='consent',
            name='code',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consent', to='employers.consentcode'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('document_sha256', ''), _negated=True), fields=('document_sha256',), name='consent_form_used_once'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', None), ('kind', 'attested'), ('person_sealed', None), models.Q(('document_sha256', ''), _negated=True)), models.Q(('code__isnull', False), ('document_sha256', ''), ('kind', 'code')), _connector='OR'), name='consent_is_a_form_or_a_code'),
        ),
        migrations.AddField(
            model_name='consentrequest',
            name='client',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ),
        migrations.AddField(
            model_name='consentrequest',
            name='employer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_requests', to='parties.organisation'),
        ),
        migrations.AddField(
            model_name='consentrequest',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member'),
        ),
        migrations.AddField(
            model_name='consentcode',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='given_code', to='employers.consentrequest'),
        ),
        migrations.AddIndex(
            model_name='consentrequest',
            index=models.Index(fields=['employer', '-made_at'], name='consent_request_employer'),
        ),
        migrations.AddConstraint(
            model_name='consentrequest',
            constraint=models.CheckConstraint(condition=models.Q(('client', None), ('member', None), _connector='XOR'), name='consent_request_by_program_or_member'),
        ),
        migrations.AddIndex(
            model_name='consentcode',
            index=models.Index(fields=['subject_digest'], name='consent_code_subject'),
        ),
    ]
