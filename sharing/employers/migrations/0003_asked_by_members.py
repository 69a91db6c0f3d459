import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from registry.models.insert_only import refuse_changes


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
        migrations.AddField(
            model_name='screening',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='parties.member'),
        ),
        migrations.AlterField(
            model_name='screening',
            name='client',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
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
        refuse_changes("employers_applicanttold"),
    ]
