import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0002_guards'),
        ('parties', '0003_guards'),
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
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
        migrations.AddField(
            model_name='screening',
            name='held_because',
            field=models.CharField(blank=True, choices=[('share', 'held for consent checking'), ('name', 'the name does not fit the number')], max_length=8, verbose_name='held because'),
        ),
        migrations.AlterField(
            model_name='screening',
            name='outcome',
            field=models.CharField(choices=[('not_listed', 'no listing in force at the time of asking'), ('listed', 'a listing in force at the time of asking'), ('pending', 'no answer yet: an officer looks at it'), ('void', 'no answer: the consent was not shown')], max_length=12, verbose_name='outcome'),
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
        migrations.CreateModel(
            name='ConsentLook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('screening', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='employers.screening')),
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
                ('result', models.TextField(verbose_name='signed result')),
                ('answer_sealed', models.BinaryField()),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.listing')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'verdict on a consent',
                'verbose_name_plural': 'verdicts on consents',
            },
        ),
        migrations.CreateModel(
            name='EmployerAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('admit', 'admitted'), ('suspend', 'suspended'), ('resume', 'may ask again'), ('quota', 'quota changed')], max_length=8, verbose_name='act')),
                ('reason', models.CharField(max_length=1100, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='parties.organisation', verbose_name='employer')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
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
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='employer')),
            ],
            options={
                'verbose_name': 'alarm about an employer',
                'verbose_name_plural': 'alarms about employers',
                'constraints': [models.UniqueConstraint(fields=('employer', 'kind', 'day'), name='employer_alarm_once_a_day')],
            },
        ),
        refuse_changes("employers_consentverdict"),
        refuse_changes("employers_consentlook"),
        refuse_changes("employers_employeralarm"),
        refuse_changes("employers_employeract"),
    ]
