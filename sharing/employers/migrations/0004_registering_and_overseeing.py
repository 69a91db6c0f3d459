import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.insert_only import refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0003_who_asks_and_what_became_of_it'),
        ('parties', '0004_roles_of_employers'),
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('media_type', models.CharField(max_length=40, verbose_name='media type')),
                ('content_sealed', models.BinaryField(null=True)),
                ('words_sealed', models.BinaryField(null=True)),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
            ],
            options={
                'verbose_name': 'enclosure',
                'verbose_name_plural': 'enclosures',
            },
        ),
        migrations.CreateModel(
            name='NumbersRefused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('numbers', models.PositiveIntegerField(verbose_name='numbers')),
            ],
            options={
                'verbose_name': 'numbers refused on a day',
                'verbose_name_plural': 'numbers refused by day',
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.CharField(max_length=9, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=100, verbose_name='English name')),
                ('uscc', models.CharField(max_length=18, verbose_name='unified social credit code')),
                ('address', models.CharField(max_length=200, verbose_name='address')),
                ('legal_basis', models.CharField(max_length=200, verbose_name='legal basis')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), size=None, verbose_name='purposes')),
                ('contact_sealed', models.BinaryField(null=True)),
                ('phone_digest', models.BinaryField(max_length=32)),
                ('secret_digest', models.BinaryField(max_length=32)),
                ('form_key', models.CharField(max_length=64, unique=True)),
                ('state', models.CharField(choices=[('unconfirmed', 'waiting for the confirmation of the e-mail address'), ('received', 'received'), ('review', 'under review'), ('more', 'more is asked for'), ('admitted', 'admitted'), ('refused', 'refused')], default='unconfirmed', max_length=12, verbose_name='state')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('waiting_since', models.DateTimeField(null=True, verbose_name='waiting since')),
                ('untold', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'registration',
                'verbose_name_plural': 'registrations',
            },
        ),
        migrations.CreateModel(
            name='RegistrationAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('confirm', 'mail address confirmed'), ('look', 'enclosure looked at'), ('more', 'more asked for'), ('answer', 'answered by the organisation'), ('admit', 'admitted'), ('refuse', 'refused'), ('lapse', 'closed without an answer'), ('invite', 'invited again')], max_length=8, verbose_name='act')),
                ('reason', models.CharField(blank=True, max_length=1100, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'act on a registration',
                'verbose_name_plural': 'acts on registrations',
            },
        ),
        migrations.CreateModel(
            name='RegistrationTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_digest', models.BinaryField(max_length=32)),
                ('mail_digest', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'try at a registration',
                'verbose_name_plural': 'tries at registrations',
            },
        ),
        migrations.RemoveConstraint(
            model_name='employeralarm',
            name='employer_alarm_once_a_day',
        ),
        migrations.AddField(
            model_name='employeralarm',
            name='other',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='the other employer'),
        ),
        migrations.AlterField(
            model_name='employeract',
            name='act',
            field=models.CharField(choices=[('admit', 'admitted'), ('suspend', 'suspended'), ('resume', 'may ask again'), ('quota', 'quota changed'), ('member', 'member added'), ('call', 'signed forms called in')], max_length=8, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='employeralarm',
            name='kind',
            field=models.CharField(choices=[('names', 'names that do not fit'), ('quota', 'quota used up again and again'), ('hits', 'listed far more often than at the others'), ('repeats', 'the same applicants again and again'), ('digits', 'numbers that can be nobody’s'), ('runs', 'questions in sequence with nobody there'), ('forms', 'signed forms that failed'), ('hours', 'mostly outside working hours'), ('shared', 'two employers with one contact and the same applicants')], max_length=8, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='employeralarm',
            constraint=models.UniqueConstraint(fields=('employer', 'kind', 'other', 'day'), name='employer_alarm_once_a_day', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='numbersrefused',
            name='employer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation', verbose_name='employer'),
        ),
        migrations.AddField(
            model_name='registration',
            name='organisation',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registration', to='parties.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='enclosure',
            name='registration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enclosures', to='employers.registration'),
        ),
        migrations.AddField(
            model_name='registrationact',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer'),
        ),
        migrations.AddField(
            model_name='registrationact',
            name='registration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='employers.registration'),
        ),
        migrations.AddConstraint(
            model_name='numbersrefused',
            constraint=models.UniqueConstraint(fields=('employer', 'day'), name='numbers_refused_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(condition=models.Q(('state__in', ('received', 'review', 'more'))), fields=['waiting_since'], name='registration_waiting'),
        ),
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(condition=models.Q(('untold', True)), fields=['sent_at'], name='registration_untold'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('received', 'review', 'more'))), fields=('uscc',), name='registration_under_way_once'),
        ),
        refuse_changes("employers_registrationact"),
    ]
