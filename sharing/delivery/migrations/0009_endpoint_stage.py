from django.db import migrations, models

CHOICES = [("trial", "on trial"), ("production", "in production")]


class Migration(migrations.Migration):
    """What is there already is in production; whatever is added from now on begins on trial."""

    dependencies = [("delivery", "0008_endpoints_have_their_own_wire")]
    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="stage",
            field=models.CharField(choices=CHOICES, default="production", max_length=10, verbose_name="stage"),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="stage",
            field=models.CharField(choices=CHOICES, default="trial", max_length=10, verbose_name="stage"),
        ),
    ]
