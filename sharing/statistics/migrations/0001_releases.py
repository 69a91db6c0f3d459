import uuid

import django.db.models.deletion
from django.db import migrations, models

from registry.models.insert_only import refuse_changes, refuse_changes_of
from registry.models.tables import CreateTables

WRITTEN_ONCE = (
    *("id", "number", "title_zh", "title_en", "begins_on", "ends_on", "counted_at", "content", "sha256", "counts_sealed"),
    *("left_out_why", "corrects_id", "why_zh", "why_en", "proposed_by_id", "proposed_at"),
)

# What was decided stays as it is, whole; and what is all drawn gets no further file.
DECIDED = migrations.RunSQL(
    """
    CREATE TRIGGER statistics_release_decided BEFORE UPDATE ON statistics_release
        FOR EACH ROW WHEN (OLD.outcome <> 'pending') EXECUTE FUNCTION registry_refuse_change();
    CREATE FUNCTION statistics_no_further_file() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM statistics_release WHERE id = NEW.release_id AND (drawn_at IS NOT NULL OR outcome <> 'pending')
        ) THEN
            RAISE EXCEPTION 'release % has all its files', NEW.release_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER statistics_releasefile_none_further BEFORE INSERT ON statistics_releasefile
        FOR EACH ROW EXECUTE FUNCTION statistics_no_further_file();
    """,
    "DROP TRIGGER statistics_release_decided ON statistics_release;"
    "DROP TRIGGER statistics_releasefile_none_further ON statistics_releasefile;"
    "DROP FUNCTION statistics_no_further_file();",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("registry", "0004_keeper")]
    operations = [
        CreateTables([
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16, verbose_name='number')),
                ('title_zh', models.CharField(max_length=200, verbose_name='title in Chinese')),
                ('title_en', models.CharField(max_length=200, verbose_name='title in English')),
                ('begins_on', models.DateField(verbose_name='first day of the period')),
                ('ends_on', models.DateField(verbose_name='last day of the period')),
                ('counted_at', models.DateTimeField(verbose_name='counted at')),
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('counts_sealed', models.BinaryField()),
                ('left_out_why', models.JSONField(verbose_name='why numbers are left out')),
                ('why_zh', models.CharField(blank=True, max_length=500, verbose_name='what was wrong, in Chinese')),
                ('why_en', models.CharField(blank=True, max_length=500, verbose_name='what was wrong, in English')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('drawing_until', models.DateTimeField(null=True)),
                ('drawn_at', models.DateTimeField(null=True, verbose_name='files made at')),
                ('outcome', models.CharField(choices=[('pending', 'waits for the second officer'), ('released', 'released'), ('refused', 'returned')], default='pending', max_length=8, verbose_name='outcome')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('refused_because', models.CharField(blank=True, max_length=1000, verbose_name='returned because')),
                ('signature', models.TextField(blank=True)),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='statistics.release', verbose_name='corrects')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='decided by')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='proposed by')),
            ],
            options={
                'verbose_name': 'statistical release',
                'verbose_name_plural': 'statistical releases',
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', 'refused'), _negated=True), fields=('number',), name='release_number_once'), models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('outcome',), name='release_one_pending'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='release_decided_by_another_officer'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('outcome', 'pending'), ('signature', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome', 'refused'), ('signature', ''), models.Q(('refused_because', ''), _negated=True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('drawn_at__isnull', False), ('outcome', 'released'), models.Q(('signature', ''), _negated=True)), _connector='OR'), name='release_drawn_and_signed'), models.CheckConstraint(condition=models.Q(('begins_on__lte', models.F('ends_on'))), name='release_period_begins_first'), models.CheckConstraint(condition=models.Q(models.Q(('corrects', None), ('why_en', ''), ('why_zh', '')), models.Q(('corrects__isnull', False), models.Q(('why_zh', ''), _negated=True), models.Q(('why_en', ''), _negated=True)), _connector='OR'), name='release_corrects_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseFile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('content_type', models.CharField(max_length=100, verbose_name='content type')),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='statistics.release')),
            ],
            options={
                'verbose_name': 'file of a statistical release',
                'verbose_name_plural': 'files of statistical releases',
                'constraints': [models.UniqueConstraint(fields=('release', 'name'), name='release_file_once')],
            },
        ),
        ]),
        refuse_changes_of("statistics_release", WRITTEN_ONCE, once=("drawn_at",)),
        refuse_changes("statistics_releasefile"),
        DECIDED,
    ]
