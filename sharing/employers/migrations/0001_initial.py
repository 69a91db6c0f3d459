import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        ('parties', '__first__'),
        ('registry', '0002_book'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('attested', 'attested by the employer')], max_length=12, verbose_name='kind')),
                ('purpose', models.CharField(max_length=48, verbose_name='purpose')),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('document_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the signed form')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='parties.organisation')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'constraints': [models.UniqueConstraint(fields=('document_sha256',), name='consent_form_used_once')],
            },
        ),
        migrations.CreateModel(
            name='Employer',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='parties.organisation')),
                ('legal_basis', models.CharField(max_length=200, verbose_name='legal basis')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), size=None, verbose_name='purposes')),
                ('daily_quota', models.PositiveIntegerField(default=200, verbose_name='questions a day')),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='approved by')),
            ],
            options={
                'verbose_name': 'employer',
                'verbose_name_plural': 'employers',
            },
        ),
        migrations.CreateModel(
            name='QuestionsAsked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('questions', models.PositiveIntegerField(verbose_name='questions')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='employer')),
            ],
            options={
                'verbose_name': 'questions of a day',
                'verbose_name_plural': 'questions by day',
                'constraints': [models.UniqueConstraint(fields=('employer', 'day'), name='questions_counted_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=48, verbose_name='purpose')),
                ('post', models.CharField(max_length=48, verbose_name='post')),
                ('scope', models.CharField(max_length=12, verbose_name='answer scope')),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('outcome', models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it')], max_length=12, verbose_name='outcome')),
                ('epoch', models.PositiveIntegerField(verbose_name='epoch of the log')),
                ('as_of', models.BigIntegerField(verbose_name='as of position')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('expires_at', models.DateTimeField(verbose_name='may be relied on until')),
                ('result', models.TextField(verbose_name='signed result')),
                ('answer_sealed', models.BinaryField()),
                ('idempotency_key', models.CharField(max_length=64, verbose_name='idempotency key')),
                ('question_digest', models.BinaryField(max_length=32)),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('consent', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='screening', to='employers.consent')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='parties.organisation')),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='registry.listing')),
            ],
            options={
                'verbose_name': 'screening',
                'verbose_name_plural': 'screenings',
                'indexes': [models.Index(fields=['employer', 'asked_at'], name='screening_employer_asked_at'), models.Index(fields=['subject_digest'], name='screening_subject')],
                'constraints': [models.UniqueConstraint(fields=('employer', 'idempotency_key'), name='screening_once_per_key')],
            },
        ),
    ]
