from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0003_guards'),
    ]

    operations = [
        migrations.AlterField(
            model_name='member',
            name='role',
            field=models.CharField(choices=[('owner', 'owner'), ('integrator', 'integrator'), ('hr', 'HR'), ('auditor', 'auditor')], max_length=12, verbose_name='role'),
        ),
    ]
