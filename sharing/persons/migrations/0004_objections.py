import django.db.models.deletion
import uuid
from django.db import migrations, models


from registry.models.insert_only import refuse_changes, refuse_changes_of

DECISIONS = "('uphold', 'uphold_in_part', 'reject', 'review_uphold', 'review_reject')"
OF_AN_OBJECTION = (
    *("number", "kind", "part", "subject_digest", "name_digest", "arrival", "raised_by", "authority", "language"),
    *("entered_by_id", "received_on", "raised_at", "code_digest", "form_key"),
)


OF_A_STEP = ("id", "objection_id", "place", "step", "state", "officer_id", "at", "due_on", "follows", "proposal_id")


def only_destroyed(table, column):
    """What was said may be destroyed, and is never changed."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_said BEFORE UPDATE ON {table} FOR EACH ROW WHEN "
        f"(NEW.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column}) "
        "EXECUTE FUNCTION registry_refuse_change();",
        f"DROP TRIGGER {table}_said ON {table};",
    )


# Who entered, submitted or approved the listing, or decided before, does not decide, whoever asks the database.
FOUR_EYES = migrations.RunSQL(
    f"""
    CREATE FUNCTION persons_objection_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.officer_id IS NULL OR EXISTS (
            SELECT FROM persons_objection AS objection JOIN registry_listing AS listing ON listing.id = objection.listing_id
            WHERE objection.number = NEW.objection_id
            AND NEW.officer_id IN (listing.entered_by_id, listing.submitted_by_id, listing.approved_by_id)
        ) OR EXISTS (
            SELECT FROM persons_objectionstep AS step WHERE step.objection_id = NEW.objection_id
            AND step.step IN {DECISIONS} AND step.officer_id = NEW.officer_id
        ) THEN
            RAISE EXCEPTION 'objection % is decided by another officer', NEW.objection_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER persons_objectionstep_four_eyes BEFORE INSERT ON persons_objectionstep
        FOR EACH ROW WHEN (NEW.step IN {DECISIONS}) EXECUTE FUNCTION persons_objection_four_eyes();
    """,
    "DROP TRIGGER persons_objectionstep_four_eyes ON persons_objectionstep; DROP FUNCTION persons_objection_four_eyes();",
)


class Migration(migrations.Migration):

    dependencies = [
        ('persons', '0003_notice'),
        ('registry', '0003_guards_and_first_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('number', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='number')),
                ('kind', models.CharField(choices=[('objection', 'objection'), ('repair', 'application for an early end'), ('statement', 'statement')], max_length=12, verbose_name='kind')),
                ('part', models.CharField(blank=True, choices=[('identity', 'the person listed is not me'), ('decision', 'the decision: its number, its court, the offence'), ('dates', 'dates: effect, service of the notice'), ('term', 'how long the listing lasts'), ('prohibition', 'the prohibition'), ('recipients', 'who was told'), ('other', 'something else')], max_length=12, verbose_name='which part is wrong')),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('name_digest', models.BinaryField(max_length=32)),
                ('arrival', models.CharField(choices=[('page', 'on the court’s pages'), ('counter', 'at the counter'), ('post', 'by post')], max_length=8, verbose_name='arrived')),
                ('raised_by', models.CharField(choices=[('person', 'the person'), ('agent', 'an agent'), ('relative', 'a near relative of a person who died')], max_length=8, verbose_name='raised by')),
                ('authority', models.CharField(blank=True, choices=[('', '—'), ('document', 'the person’s own document'), ('power', 'a power of attorney and the agent’s document'), ('lawyer', 'a lawyer’s licence, the firm’s letter and a power of attorney'), ('kinship', 'a certificate of death and proof of kinship')], max_length=12, verbose_name='authority seen')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('content_sealed', models.BinaryField(null=True)),
                ('code_digest', models.BinaryField(max_length=32)),
                ('code_sealed', models.BinaryField()),
                ('form_key', models.CharField(max_length=64, unique=True)),
                ('state', models.CharField(choices=[('received', 'received, its form is checked'), ('returned', 'returned for completion'), ('refused', 'refused on form'), ('admitted', 'admitted, is being decided'), ('upheld', 'upheld, is being carried out'), ('partly', 'upheld in part, is being carried out'), ('rejected', 'rejected'), ('carried_out', 'upheld in part, carried out'), ('in_review', 'before the higher court'), ('withdrawn', 'taken back by the person'), ('closed', 'closed')], max_length=12, verbose_name='state')),
                ('clock', models.CharField(blank=True, max_length=32, verbose_name='time limit')),
                ('clock_from', models.DateField(null=True, verbose_name='time limit begins')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('step_told', models.PositiveSmallIntegerField(default=0)),
                ('served_on', models.DateField(null=True, verbose_name='decision served on')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='entered by')),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='registry.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'objection',
                'verbose_name_plural': 'objections',
            },
        ),
        migrations.CreateModel(
            name='ObjectionYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'objection numbers of a year',
                'verbose_name_plural': 'objection numbers by year',
            },
        ),
        migrations.CreateModel(
            name='ObjectionFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('media_type', models.CharField(max_length=40, verbose_name='media type')),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('content_sealed', models.BinaryField(null=True)),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='persons.objection')),
            ],
            options={
                'verbose_name': 'file of an objection',
                'verbose_name_plural': 'files of objections',
                'ordering': ['sent_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ObjectionStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField(verbose_name='place')),
                ('step', models.CharField(max_length=20, verbose_name='step')),
                ('state', models.CharField(choices=[('received', 'received, its form is checked'), ('returned', 'returned for completion'), ('refused', 'refused on form'), ('admitted', 'admitted, is being decided'), ('upheld', 'upheld, is being carried out'), ('partly', 'upheld in part, is being carried out'), ('rejected', 'rejected'), ('carried_out', 'upheld in part, carried out'), ('in_review', 'before the higher court'), ('withdrawn', 'taken back by the person'), ('closed', 'closed')], max_length=12, verbose_name='state')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('reason_sealed', models.BinaryField(null=True)),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='persons.objection')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('follows', models.CharField(blank=True, choices=[('correct', 'the listing is corrected'), ('revise', 'the listing is revised'), ('withdraw', 'the listing is withdrawn'), ('other', 'something else, as the reasons say')], max_length=8, verbose_name='what follows')),
                ('proposal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.proposal', verbose_name='proposal')),
            ],
            options={
                'verbose_name': 'step of an objection',
                'verbose_name_plural': 'steps of objections',
                'ordering': ['objection', 'place'],
            },
        ),
        migrations.CreateModel(
            name='ObjectionEvidence',
            fields=[
                ('way', models.CharField(max_length=16, verbose_name='way')),
                ('proved_at', models.DateTimeField(verbose_name='proved at')),
                ('counter_code', models.UUIDField(null=True, verbose_name='counter code')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer')),
                ('issuer_subject_digest', models.BinaryField(max_length=32, null=True)),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='evidence', serialize=False, to='persons.objection')),
            ],
            options={
                'verbose_name': 'evidence of an objection',
                'verbose_name_plural': 'evidence of objections',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='objectionevidence_has_one_evidence')],
            },
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['subject_digest', 'raised_at'], name='objection_of_person'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(condition=models.Q(('state__in', ('refused', 'withdrawn', 'closed')), _negated=True), fields=['due_on'], name='objection_due'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('listing__isnull', False), ('part', 'identity'), _connector='OR'), name='objection_is_about_a_listing'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arrival', 'page'), ('entered_by', None), ('raised_by', 'person')), models.Q(models.Q(('arrival', 'page'), _negated=True), ('entered_by__isnull', False)), _connector='OR'), name='objection_entered_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock', ''), ('clock_from', None), ('due_on', None)), models.Q(models.Q(('clock', ''), _negated=True), ('clock_from__isnull', False), ('due_on__isnull', False)), _connector='OR'), name='objection_clock_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'withdrawn', 'closed')), _negated=True), ('clock', ''), _connector='OR'), name='objection_ended_is_not_due'),
        ),
        migrations.AddConstraint(
            model_name='objectionstep',
            constraint=models.UniqueConstraint(fields=('objection', 'place'), name='objection_step_has_a_place'),
        ),
        refuse_changes_of("persons_objectionstep", OF_A_STEP),
        refuse_changes("persons_objectionevidence", keeper_may_delete=True),
        refuse_changes_of("persons_objection", OF_AN_OBJECTION, once=("listing_id",)),
        refuse_changes_of("persons_objectionfile", ("id", "objection_id", "media_type", "size", "sent_at")),
        only_destroyed("persons_objection", "content_sealed"),
        only_destroyed("persons_objectionfile", "content_sealed"),
        only_destroyed("persons_objectionstep", "reason_sealed"),
        FOUR_EYES,
    ]
