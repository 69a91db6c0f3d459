import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


from registry.models.insert_only import refuse_changes

WRITTEN_ONCE = (
    "applicanttold",
    "consentverdict",
    "consentlook",
    "employeralarm",
    "employeract",
    "statuslist",
    "resultrecall",
    "recalltold",
    "recallconfirmation",
)

# Numbers the places that results take in the status lists; a place that a failed answer took stays empty.
STATUS_NUMBERS = migrations.RunSQL(
    "CREATE SEQUENCE employers_status_number AS bigint", "DROP SEQUENCE employers_status_number"
)


def first_rows(apps, schema_editor):
    for cursor in ("RecallingCursor", "DrawingCursor"):
        apps.get_model("employers", cursor).objects.get_or_create(id=1)


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0002_guards'),
        ('parties', '0004_roles_of_employers'),
        ('registry', '0003_guards_and_first_rows'),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicantTold',
            fields=[
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='applicant_told', serialize=False, to='employers.screening')),
                ('told_on', models.DateField(verbose_name='told the applicant on')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'applicant told',
                'verbose_name_plural': 'applicants told',
            },
        ),
        migrations.CreateModel(
            name='ConsentCall',
            fields=[
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='call', serialize=False, to='employers.screening')),
                ('called_at', models.DateTimeField(verbose_name='called in at')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('told_at', models.DateTimeField(null=True, verbose_name='employer told at')),
            ],
            options={
                'verbose_name': 'form called in',
                'verbose_name_plural': 'forms called in',
            },
        ),
        migrations.CreateModel(
            name='ConsentLook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'look at a form',
                'verbose_name_plural': 'looks at forms',
            },
        ),
        migrations.CreateModel(
            name='ConsentVerdict',
            fields=[
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='verdict', serialize=False, to='employers.screening')),
                ('verdict', models.CharField(choices=[('fits', 'the form fits the question'), ('mistyped', 'the form is signed, but names somebody else'), ('no_consent', 'no valid consent'), ('not_shown', 'not shown in time')], max_length=12, verbose_name='verdict')),
                ('reason', models.CharField(max_length=1100, verbose_name='reason')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('outcome', models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it'), ('void', 'no answer: the consent was not shown')], max_length=12, verbose_name='outcome')),
                ('also_told', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('as_of', models.BigIntegerField(verbose_name='as of position')),
                ('expires_at', models.DateTimeField(verbose_name='may be relied on until')),
                ('result', models.TextField(verbose_name='signed result')),
                ('answer_sealed', models.BinaryField()),
            ],
            options={
                'verbose_name': 'verdict on a consent',
                'verbose_name_plural': 'verdicts on consents',
            },
        ),
        migrations.CreateModel(
            name='DrawingCursor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'cursor of the draw',
                'verbose_name_plural': 'cursor of the draw',
            },
        ),
        migrations.CreateModel(
            name='EmployerAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('admit', 'admitted'), ('suspend', 'suspended'), ('resume', 'may ask again'), ('quota', 'quota changed'), ('member', 'member added')], max_length=8, verbose_name='act')),
                ('reason', models.CharField(max_length=1100, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'act on an employer',
                'verbose_name_plural': 'acts on employers',
            },
        ),
        migrations.CreateModel(
            name='EmployerAlarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('names', 'names that do not fit'), ('quota', 'quota used up again and again')], max_length=8, verbose_name='kind')),
                ('day', models.DateField(verbose_name='day')),
                ('count', models.PositiveIntegerField(verbose_name='how many')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'alarm about an employer',
                'verbose_name_plural': 'alarms about employers',
            },
        ),
        migrations.CreateModel(
            name='RecallConfirmation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('removed', models.BooleanField(verbose_name='removed')),
                ('decision', models.CharField(choices=[('reconsidered', 'reconsidered'), ('not_reconsidered', 'not reconsidered'), ('no_decision_yet', 'nothing was decided yet')], max_length=16, verbose_name='what became of it')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'confirmation of a recall',
                'verbose_name_plural': 'confirmations of recalls',
            },
        ),
        migrations.CreateModel(
            name='RecallingCursor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'cursor of the recalls',
                'verbose_name_plural': 'cursor of the recalls',
            },
        ),
        migrations.CreateModel(
            name='RecallTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(verbose_name='step')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'message about a recall',
                'verbose_name_plural': 'messages about recalls',
            },
        ),
        migrations.CreateModel(
            name='ResultRecall',
            fields=[
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='recall', serialize=False, to='employers.screening')),
                ('cause', models.CharField(choices=[('erroneous', 'given in error'), ('listing_changed', 'the listing has changed'), ('no_consent', 'the consent was not shown')], max_length=16, verbose_name='cause')),
                ('position', models.BigIntegerField(null=True, verbose_name='position of the event')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('status_list', models.PositiveIntegerField(null=True)),
                ('status_index', models.PositiveIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'recall of a result',
                'verbose_name_plural': 'recalls of results',
            },
        ),
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('seed', models.BinaryField(max_length=32)),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
            ],
            options={
                'verbose_name': 'status list',
                'verbose_name_plural': 'status lists',
            },
        ),
        migrations.CreateModel(
            name='VerificationTries',
            fields=[
                ('code_digest', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('wrong', models.PositiveSmallIntegerField()),
                ('since', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'wrong tries at a verification code',
                'verbose_name_plural': 'wrong tries at verification codes',
            },
        ),
        migrations.AddField(
            model_name='screening',
            name='also_told',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='screening',
            name='code_digest',
            field=models.BinaryField(max_length=32, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='screening',
            name='held_because',
            field=models.CharField(blank=True, choices=[('share', 'held for consent checking'), ('name', 'the name does not fit the number')], max_length=8, verbose_name='held because'),
        ),
        migrations.AddField(
            model_name='screening',
            name='last_four_digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='screening',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='parties.member'),
        ),
        migrations.AddField(
            model_name='screening',
            name='status_index',
            field=models.PositiveIntegerField(null=True, verbose_name='place in the status list'),
        ),
        migrations.AddField(
            model_name='screening',
            name='status_list',
            field=models.PositiveIntegerField(null=True, verbose_name='status list'),
        ),
        migrations.AlterField(
            model_name='screening',
            name='client',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ),
        migrations.AlterField(
            model_name='screening',
            name='outcome',
            field=models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it'), ('void', 'no answer: the consent was not shown')], max_length=12, verbose_name='outcome'),
        ),
        migrations.AddIndex(
            model_name='screening',
            index=models.Index(fields=['asked_at'], name='screening_asked_at'),
        ),
        migrations.AddIndex(
            model_name='screening',
            index=models.Index(condition=models.Q(('outcome', 'pending')), fields=['asked_at'], name='screening_pending'),
        ),
        migrations.AddIndex(
            model_name='screening',
            index=django.contrib.postgres.indexes.GinIndex(fields=['also_told'], name='screening_also_told'),
        ),
        migrations.AddConstraint(
            model_name='screening',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='screening_status_once'),
        ),
        migrations.AddConstraint(
            model_name='screening',
            constraint=models.CheckConstraint(condition=models.Q(('client', None), ('member', None), _connector='XOR'), name='screening_asked_by_program_or_member'),
        ),
        migrations.AddField(
            model_name='applicanttold',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member', verbose_name='member'),
        ),
        migrations.CreateModel(
            name='ShownForm',
            fields=[
                ('call', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='form', serialize=False, to='employers.consentcall')),
                ('media_type', models.CharField(max_length=40, verbose_name='media type')),
                ('content_sealed', models.BinaryField(null=True)),
                ('shown_at', models.DateTimeField(verbose_name='shown at')),
            ],
            options={
                'verbose_name': 'form shown',
                'verbose_name_plural': 'forms shown',
            },
        ),
        migrations.AddField(
            model_name='consentlook',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer'),
        ),
        migrations.AddField(
            model_name='consentlook',
            name='screening',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='employers.screening'),
        ),
        migrations.AddField(
            model_name='consentverdict',
            name='listing',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.listing'),
        ),
        migrations.AddField(
            model_name='consentverdict',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer'),
        ),
        migrations.AddConstraint(
            model_name='drawingcursor',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='drawing_has_one_cursor'),
        ),
        migrations.AddField(
            model_name='employeract',
            name='employer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='parties.organisation', verbose_name='employer'),
        ),
        migrations.AddField(
            model_name='employeract',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer'),
        ),
        migrations.AddField(
            model_name='employeralarm',
            name='employer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='employer'),
        ),
        migrations.AddField(
            model_name='recallconfirmation',
            name='client',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ),
        migrations.AddField(
            model_name='recallconfirmation',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.member'),
        ),
        migrations.AddConstraint(
            model_name='recallingcursor',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='recalling_has_one_cursor'),
        ),
        migrations.AddField(
            model_name='resultrecall',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='recalled by'),
        ),
        migrations.AddField(
            model_name='recalltold',
            name='recall',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='employers.resultrecall'),
        ),
        migrations.AddField(
            model_name='recallconfirmation',
            name='recall',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='employers.resultrecall'),
        ),
        migrations.AddIndex(
            model_name='consentverdict',
            index=django.contrib.postgres.indexes.GinIndex(fields=['also_told'], name='verdict_also_told'),
        ),
        migrations.AddConstraint(
            model_name='employeralarm',
            constraint=models.UniqueConstraint(fields=('employer', 'kind', 'day'), name='employer_alarm_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='resultrecall',
            index=models.Index(fields=['status_list'], name='result_recall_status_list'),
        ),
        migrations.AddConstraint(
            model_name='resultrecall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'erroneous'), ('officer__isnull', False), ('position', None), models.Q(('reason', ''), _negated=True)), models.Q(('cause', 'listing_changed'), ('officer', None), ('position__isnull', False), ('reason', '')), models.Q(('cause', 'no_consent'), ('officer', None), ('position', None), ('reason', '')), _connector='OR'), name='result_recall_has_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='recalltold',
            constraint=models.UniqueConstraint(fields=('recall', 'step'), name='result_recall_told_once_a_step'),
        ),
        migrations.AddConstraint(
            model_name='recallconfirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('removed', True)), fields=('recall',), name='result_recall_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='recallconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('client__isnull', False), ('member', None)), models.Q(('client', None), ('member__isnull', False)), _connector='OR'), name='result_recall_confirmed_by_one'),
        ),
        STATUS_NUMBERS,
        migrations.RunPython(first_rows, migrations.RunPython.noop),
        *(refuse_changes(f"employers_{table}") for table in WRITTEN_ONCE),
    ]
