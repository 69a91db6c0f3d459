import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Court',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('level', models.CharField(max_length=16, verbose_name='level')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='higher court')),
            ],
            options={
                'verbose_name': 'court',
                'verbose_name_plural': 'courts',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('clerk', 'clerk'), ('judge', 'reviewing judge'), ('registrar', 'registrar'), ('auditor', 'auditor'), ('statistician', 'statistician')], max_length=16, verbose_name='role')),
                ('staff_number', models.CharField(max_length=32, unique=True, verbose_name='staff number')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
            ],
            options={
                'verbose_name': 'officer',
                'verbose_name_plural': 'officers',
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=64, verbose_name='case number')),
                ('number_as_typed', models.CharField(max_length=64, verbose_name='case number as typed')),
                ('filed_on', models.DateField(verbose_name='filed on')),
                ('outcome', models.CharField(blank=True, max_length=32, verbose_name='outcome')),
                ('concluded_on', models.DateField(blank=True, null=True, verbose_name='concluded on')),
                ('continues', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.case', verbose_name='continues the case')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'constraints': [models.UniqueConstraint(fields=('court', 'number'), name='case_number_once_per_court'), models.CheckConstraint(condition=models.Q(models.Q(('concluded_on', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('concluded_on__gte', models.F('filed_on'))), _connector='OR'), name='case_outcome_with_its_date')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('criminal', 'criminal judgment'), ('penalty', 'administrative penalty')], max_length=8, verbose_name='kind')),
                ('authority', models.CharField(blank=True, max_length=48, verbose_name='authority')),
                ('number', models.CharField(max_length=64, verbose_name='number')),
                ('number_as_typed', models.CharField(max_length=64, verbose_name='number as typed')),
                ('instance', models.CharField(max_length=16, verbose_name='instance')),
                ('instrument', models.CharField(max_length=16, verbose_name='instrument')),
                ('pronounced_on', models.DateField(verbose_name='pronounced on')),
                ('prosecutor_received_on', models.DateField(blank=True, null=True, verbose_name='received by the prosecutor on')),
                ('protested_on', models.DateField(blank=True, null=True, verbose_name='protest filed on')),
                ('protest_withdrawn_on', models.DateField(blank=True, null=True, verbose_name='protest withdrawn on')),
                ('effect_certified_on', models.DateField(blank=True, null=True, verbose_name='certificate of effect')),
                ('facts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='facts found')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='channels')),
                ('payments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='means of payment')),
                ('evasions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='means of evasion')),
                ('associated_offences', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='associated offences')),
                ('gains_yuan', models.BigIntegerField(blank=True, null=True, verbose_name='gains in yuan')),
                ('entered_at', models.DateTimeField(verbose_name='entered at')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.case', verbose_name='case')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.officer', verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'decision',
                'verbose_name_plural': 'decisions',
                'constraints': [models.UniqueConstraint(fields=('court', 'authority', 'number'), name='decision_entered_once'), models.CheckConstraint(condition=models.Q(models.Q(('authority', ''), ('case__isnull', False), ('kind', 'criminal')), models.Q(('kind', 'penalty'), models.Q(('authority', ''), _negated=True)), _connector='OR'), name='decision_has_case_or_authority')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('natural', 'natural person'), ('unit', 'unit')], max_length=8, verbose_name='kind')),
                ('name_sealed', models.BinaryField()),
                ('name_digest', models.BinaryField(max_length=32)),
                ('birth_date_sealed', models.BinaryField(null=True)),
            ],
            options={
                'verbose_name': 'person or unit',
                'verbose_name_plural': 'persons and units',
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='order in the decision')),
                ('charge', models.CharField(blank=True, max_length=48, verbose_name='charge')),
                ('article', models.CharField(max_length=48, verbose_name='article')),
                ('offence_dates', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None, verbose_name='offence dates')),
                ('penalty_kind', models.CharField(max_length=32, verbose_name='kind of penalty')),
                ('sentence_months', models.PositiveSmallIntegerField(default=0, verbose_name='sentence in months')),
                ('probation_months', models.PositiveSmallIntegerField(default=0, verbose_name='probation in months')),
                ('custody_credited_days', models.PositiveIntegerField(default=0, verbose_name='custody credited in days')),
                ('fine_yuan', models.BigIntegerField(default=0, verbose_name='fine in yuan')),
                ('penalty_measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='administrative measures')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='received on')),
                ('detained', models.BooleanField(default=False, verbose_name='detained')),
                ('appealed_on', models.DateField(blank=True, null=True, verbose_name='appeal filed on')),
                ('appeal_withdrawn_on', models.DateField(blank=True, null=True, verbose_name='appeal withdrawn on')),
                ('released_on', models.DateField(blank=True, null=True, verbose_name='released on')),
                ('occupation', models.CharField(blank=True, max_length=48, verbose_name='occupation')),
                ('industry', models.CharField(blank=True, max_length=48, verbose_name='industry')),
                ('education', models.CharField(blank=True, max_length=48, verbose_name='education')),
                ('employed_at_time', models.BooleanField(blank=True, null=True, verbose_name='employed at the time')),
                ('unit_role', models.CharField(blank=True, max_length=48, verbose_name="role in the unit's offence")),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='registry.decision', verbose_name='decision')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='registry.person', verbose_name='person or unit')),
            ],
            options={
                'verbose_name': 'party',
                'verbose_name_plural': 'parties',
                'ordering': ['ordinal'],
                'constraints': [models.UniqueConstraint(fields=('decision', 'person'), name='person_once_per_decision'), models.UniqueConstraint(fields=('decision', 'ordinal'), name='party_order_in_decision')],
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, unique=True, verbose_name='listing number')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('awaiting_effect', 'awaiting effect'), ('active', 'active'), ('suspended', 'suspended'), ('withdrawn', 'withdrawn'), ('purged', 'purged')], default='draft', max_length=16, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision of the draft')),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('disputed', 'disputed'), ('under_review', 'under review')], max_length=16), blank=True, default=list, size=None)),
                ('statement_sealed', models.BinaryField(null=True)),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='effective on')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='listed until')),
                ('review_on', models.DateField(blank=True, null=True, verbose_name='review of a lifelong term')),
                ('entered_at', models.DateTimeField(verbose_name='entered at')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('no_appeal_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='no appeal confirmed at')),
                ('notice_served_on', models.DateField(blank=True, null=True, verbose_name='notice served on')),
                ('notice_served_how', models.CharField(blank=True, max_length=16, verbose_name='how the notice was served')),
                ('returned_because_sealed', models.BinaryField(null=True)),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='entered by')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='registry.party', verbose_name='party')),
            ],
            options={
                'verbose_name': 'listing',
                'verbose_name_plural': 'listings',
                'indexes': [models.Index(fields=['state', 'ends_on'], name='listing_state_ends_on'), models.Index(fields=['court', 'state'], name='listing_court_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'awaiting_effect', 'active', 'suspended', 'withdrawn', 'purged'])), name='listing_state_known'), models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(models.Q(('approved_by', models.F('entered_by')), _negated=True), ('submitted_by__isnull', False), models.Q(('approved_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='listing_approved_by_another_officer'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review']), ('approved_by__isnull', False), _connector='OR'), name='listing_leaves_the_desk_approved'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['draft', 'in_review', 'awaiting_effect']), ('version', 0)), models.Q(('state__in', ['active', 'suspended', 'withdrawn', 'purged']), ('version__gte', 1)), _connector='OR'), name='listing_version_from_effect_on')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='position')),
                ('event_id', models.CharField(max_length=30, unique=True, verbose_name='id')),
                ('epoch', models.PositiveIntegerField(verbose_name='epoch')),
                ('type', models.CharField(choices=[('listing.published', 'published'), ('listing.corrected', 'corrected'), ('listing.revised', 'revised'), ('listing.flagged', 'flagged'), ('listing.unflagged', 'flag removed'), ('listing.stated', 'statement added'), ('listing.suspended', 'suspended'), ('listing.reinstated', 'reinstated'), ('listing.withdrawn', 'withdrawn'), ('audit.anchored', 'audit tree anchored')], max_length=24, verbose_name='type')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                ('commitment', models.BinaryField(max_length=32)),
                ('reader', models.BigIntegerField(null=True, verbose_name='for this reader alone')),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='registry.listing', verbose_name='listing')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['position'],
                'indexes': [models.Index(fields=['listing', 'position'], name='event_listing_position')],
                'constraints': [models.UniqueConstraint(fields=('listing', 'version'), name='event_version_once_per_listing'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='event_positions_from_one')],
            },
        ),
        migrations.CreateModel(
            name='ListingYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'listing numbers of a year',
                'verbose_name_plural': 'listing numbers by year',
            },
        ),
        migrations.CreateModel(
            name='Bell',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('rung_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'bell',
                'verbose_name_plural': 'bell',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_bell')],
            },
        ),
        migrations.CreateModel(
            name='DataInvolved',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=48, verbose_name='kind of data')),
                ('records', models.BigIntegerField(blank=True, null=True, verbose_name='number of records')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data', to='registry.decision')),
            ],
            options={
                'verbose_name': 'data involved',
                'verbose_name_plural': 'data involved',
                'constraints': [models.UniqueConstraint(fields=('decision', 'kind'), name='data_kind_once_per_decision')],
            },
        ),
        migrations.CreateModel(
            name='EventPayload',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='payload', serialize=False, to='registry.event')),
                ('body_sealed', models.BinaryField()),
                ('salt_sealed', models.BinaryField()),
            ],
            options={
                'verbose_name': 'event payload',
                'verbose_name_plural': 'event payloads',
            },
        ),
        migrations.CreateModel(
            name='LogHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField(default=0)),
                ('epoch', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'head of the log',
                'verbose_name_plural': 'head of the log',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='log_has_one_head')],
            },
        ),
        migrations.CreateModel(
            name='ActRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('listing_number', models.CharField(db_index=True, max_length=16, verbose_name='listing number')),
                ('act', models.CharField(max_length=24, verbose_name='act')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('reason_sealed', models.BinaryField(null=True)),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'act',
                'verbose_name_plural': 'acts',
                'ordering': ['at', 'recorded_at'],
            },
        ),
        migrations.CreateModel(
            name='AccessRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('listing_number', models.CharField(db_index=True, max_length=16, verbose_name='listing number')),
                ('page', models.CharField(max_length=32, verbose_name='page')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'access record',
                'verbose_name_plural': 'access records',
            },
        ),
        migrations.CreateModel(
            name='IdentityDocument',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('type', models.CharField(max_length=32, verbose_name='document type')),
                ('issuer', models.CharField(blank=True, max_length=100, verbose_name='issuer')),
                ('number_sealed', models.BinaryField()),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('digest_key', models.PositiveSmallIntegerField()),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='registry.person')),
            ],
            options={
                'verbose_name': 'identity document',
                'verbose_name_plural': 'identity documents',
            },
        ),
        migrations.CreateModel(
            name='FormerName',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name_sealed', models.BinaryField()),
                ('name_digest', models.BinaryField(max_length=32)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_names', to='registry.person')),
            ],
            options={
                'verbose_name': 'former name',
                'verbose_name_plural': 'former names',
            },
        ),
        migrations.CreateModel(
            name='Prohibition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=200, verbose_name='scope')),
                ('basis', models.CharField(max_length=48, verbose_name='basis')),
                ('occupations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), blank=True, default=list, size=None, verbose_name='occupations')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='length in months')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='starts on')),
                ('runs_from', models.DateField(blank=True, null=True, verbose_name='runs from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends on')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prohibitions', to='registry.party')),
            ],
            options={
                'verbose_name': 'prohibition',
                'verbose_name_plural': 'prohibitions',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(max_length=24, verbose_name='act')),
                ('against_version', models.PositiveIntegerField(verbose_name='made against version')),
                ('changes_sealed', models.BinaryField()),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('outcome', models.CharField(choices=[('pending', 'waits for the second officer'), ('carried_out', 'carried out'), ('refused', 'refused')], default='pending', max_length=16, verbose_name='outcome')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='registry.listing', verbose_name='listing')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='proposed by')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('listing',), name='one_pending_proposal_per_listing'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='proposal_decided_by_another_officer'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('outcome', 'pending')), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='proposal_decided_by_somebody')],
            },
        ),
    ]
