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
                ('organisation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registration', to='parties.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'registration',
                'verbose_name_plural': 'registrations',
            },
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('media_type', models.CharField(max_length=40, verbose_name='media type')),
                ('content_sealed', models.BinaryField(null=True)),
                ('words_sealed', models.BinaryField(null=True)),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enclosures', to='employers.registration')),
            ],
            options={
                'verbose_name': 'enclosure',
                'verbose_name_plural': 'enclosures',
            },
        ),
        migrations.CreateModel(
            name='RegistrationAct',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('confirm', 'mail address confirmed'), ('look', 'enclosure looked at'), ('more', 'more asked for'), ('answer', 'answered by the organisation'), ('admit', 'admitted'), ('refuse', 'refused'), ('lapse', 'closed without an answer'), ('invite', 'invited again')], max_length=8, verbose_name='act')),
                ('reason', models.CharField(blank=True, max_length=1100, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='employers.registration')),
            ],
            options={
                'verbose_name': 'act on a registration',
                'verbose_name_plural': 'acts on registrations',
            },
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
