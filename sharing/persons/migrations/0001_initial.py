import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from registry.models.tables import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0003_guards_and_first_rows'),
        ('employers', '0002_guards_and_first_rows'),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='ProvenIdentity',
            fields=[
                ('way', models.CharField(max_length=16, verbose_name='way')),
                ('proved_at', models.DateTimeField(verbose_name='proved at')),
                ('counter_code', models.UUIDField(null=True, verbose_name='counter code')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer')),
                ('issuer_subject_digest', models.BinaryField(max_length=32, null=True)),
                ('passkey_at', models.DateTimeField(null=True, verbose_name='a passkey stood for it at')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('identity_sealed', models.BinaryField()),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='valid until')),
                ('notice', models.UUIDField(null=True, verbose_name='notice')),
                ('passkey', models.UUIDField(db_index=True, null=True)),
            ],
            options={
                'verbose_name': 'proven identity',
                'verbose_name_plural': 'proven identities',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None), ('notice', None)), models.Q(('counter_code', None), ('issuer', ''), ('issuer_subject_digest', None), ('notice__isnull', False)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), ('notice', None), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='provenidentity_has_one_evidence')],
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('way', models.CharField(max_length=16, verbose_name='way')),
                ('proved_at', models.DateTimeField(verbose_name='proved at')),
                ('counter_code', models.UUIDField(null=True, verbose_name='counter code')),
                ('notice', models.UUIDField(null=True, verbose_name='notice')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer')),
                ('issuer_subject_digest', models.BinaryField(max_length=32, null=True)),
                ('passkey_at', models.DateTimeField(null=True, verbose_name='a passkey stood for it at')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credential_id', models.BinaryField(max_length=1023, unique=True)),
                ('user_handle', models.BinaryField(max_length=32)),
                ('public_key', models.BinaryField()),
                ('sign_count', models.BigIntegerField()),
                ('is_elsewhere', models.BooleanField(verbose_name='on another device')),
                ('identity_sealed', models.BinaryField()),
                ('subject_digests', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(max_length=32), size=None)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('used_at', models.DateTimeField(null=True, verbose_name='last used at')),
                ('looked_at', models.DateTimeField(db_index=True)),
                ('ends_at', models.DateTimeField(verbose_name='ends at')),
            ],
            options={
                'verbose_name': 'passkey',
                'verbose_name_plural': 'passkeys',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None), ('notice', None)), models.Q(('counter_code', None), ('issuer', ''), ('issuer_subject_digest', None), ('notice__isnull', False)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), ('notice', None), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='passkey_has_one_evidence'), models.CheckConstraint(condition=models.Q(('passkey_at', None)), name='passkey_is_made_after_a_proof')],
            },
        ),
        migrations.CreateModel(
            name='CounterCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_digest', models.BinaryField(max_length=32, unique=True)),
                ('last_four_digest', models.BinaryField(max_length=32)),
                ('identity_sealed', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='valid until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('subject_digest', models.BinaryField(max_length=32, null=True)),
                ('wrong', models.PositiveSmallIntegerField(default=0, verbose_name='wrong tries')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='made by')),
            ],
            options={
                'verbose_name': 'counter code',
                'verbose_name_plural': 'counter codes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('subject_digest', None), ('used_at', None)), models.Q(('identity_sealed', None), ('subject_digest__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='countercode_used_names_its_person')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('listing_number', models.CharField(db_index=True, max_length=16, verbose_name='listing number')),
                ('language', models.CharField(choices=[('zh-hans', 'Chinese'), ('en', 'English')], max_length=8, verbose_name='language')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('replaced_at', models.DateTimeField(null=True, verbose_name='replaced at')),
                ('made_at', models.DateTimeField(null=True, verbose_name='made at')),
                ('sha256', models.CharField(max_length=64, null=True, verbose_name='SHA-256 of the PDF')),
                ('code_digest', models.BinaryField(max_length=32, null=True, unique=True)),
                ('expires_at', models.DateTimeField(null=True, verbose_name='valid until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used at')),
                ('subject_digest', models.BinaryField(max_length=32, null=True)),
                ('wrong', models.PositiveSmallIntegerField(default=0, verbose_name='wrong tries')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='issued by')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('listing_number',), name='one_notice_of_a_listing_stands'), models.CheckConstraint(condition=models.Q(models.Q(('code_digest', None), ('expires_at', None), ('made_at', None), ('sha256', None)), models.Q(('code_digest__isnull', False), ('expires_at__isnull', False), ('made_at__isnull', False), ('sha256__isnull', False)), _connector='OR'), name='notice_made_has_fingerprint_and_code'), models.CheckConstraint(condition=models.Q(models.Q(('subject_digest', None), ('used_at', None)), models.Q(('made_at__isnull', False), ('subject_digest__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='notice_used_names_its_person')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('number', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='number')),
                ('kind', models.CharField(choices=[('objection', 'objection'), ('repair', 'application for an early end'), ('statement', 'statement')], max_length=12, verbose_name='kind')),
                ('part', models.CharField(blank=True, choices=[('identity', 'the person listed is not me'), ('decision', 'the decision: its number, its court, the offence'), ('dates', 'dates: effect, service of the notice'), ('term', 'how long the listing lasts'), ('prohibition', 'the prohibition'), ('recipients', 'who was told'), ('other', 'something else')], max_length=12, verbose_name='which part is wrong')),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('name_digest', models.BinaryField(max_length=32)),
                ('arrival', models.CharField(choices=[('page', 'on the court’s pages'), ('counter', 'at the counter'), ('post', 'by post')], max_length=8, verbose_name='arrived')),
                ('raised_by', models.CharField(choices=[('person', 'the person'), ('agent', 'an agent'), ('relative', 'a near relative of a person who died'), ('representative', 'the legal representative of a unit')], max_length=16, verbose_name='raised by')),
                ('authority', models.CharField(blank=True, choices=[('', '—'), ('document', 'the person’s own document'), ('power', 'a power of attorney and the agent’s document'), ('lawyer', 'a lawyer’s licence, the firm’s letter and a power of attorney'), ('kinship', 'a certificate of death and proof of kinship'), ('office', 'a certificate of the representative’s office and his document')], max_length=12, verbose_name='authority seen')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('content_sealed', models.BinaryField(null=True)),
                ('code_digest', models.BinaryField(max_length=32)),
                ('code_sealed', models.BinaryField()),
                ('form_key', models.CharField(max_length=64, unique=True)),
                ('state', models.CharField(choices=[('received', 'received, its form is checked'), ('returned', 'returned for completion'), ('refused', 'refused on form'), ('admitted', 'admitted, is being decided'), ('upheld', 'upheld, is being carried out'), ('partly', 'upheld in part, is being carried out'), ('rejected', 'rejected'), ('partly_asked', 'upheld in part, is being carried out; the higher court was asked'), ('carried_out', 'upheld in part, carried out'), ('in_review', 'before the higher court'), ('withdrawn', 'taken back by the person'), ('closed', 'closed')], max_length=12, verbose_name='state')),
                ('clock', models.CharField(blank=True, max_length=32, verbose_name='time limit')),
                ('clock_from', models.DateField(null=True, verbose_name='time limit begins')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('step_told', models.PositiveSmallIntegerField(default=0)),
                ('served_on', models.DateField(null=True, verbose_name='decision served on')),
                ('over_on', models.DateField(null=True, verbose_name='the person’s last day')),
                ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='registry.court', verbose_name='court')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='entered by')),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='objections', to='registry.listing', verbose_name='listing')),
                ('listing_number', models.CharField(max_length=16, null=True, verbose_name='listing number')),
                ('of_person_listed', models.BooleanField(verbose_name='of the person listed')),
            ],
            options={
                'verbose_name': 'objection',
                'verbose_name_plural': 'objections',
                'indexes': [models.Index(fields=['subject_digest', 'raised_at'], name='objection_of_person'), models.Index(condition=models.Q(('due_on__isnull', False)), fields=['due_on'], name='objection_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('arrival', 'page'), ('entered_by', None), ('raised_by', 'person')), models.Q(models.Q(('arrival', 'page'), _negated=True), ('entered_by__isnull', False)), _connector='OR'), name='objection_entered_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('clock', ''), ('clock_from', None), ('due_on', None)), models.Q(models.Q(('clock', ''), _negated=True), ('clock_from__isnull', False), ('due_on__isnull', False)), _connector='OR'), name='objection_clock_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'withdrawn', 'closed')), _negated=True), ('clock', ''), models.Q(('clock', 'objection_served'), ('state', 'closed')), _connector='OR'), name='objection_ended_is_not_due'), models.CheckConstraint(condition=models.Q(('over_on', None), models.Q(('clock', ''), ('state', 'closed')), _connector='OR'), name='objection_over_is_closed')],
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
            name='ObjectionMail',
            fields=[
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mail', serialize=False, to='persons.objection')),
                ('address_sealed', models.BinaryField()),
                ('told', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'mail address of an objection',
                'verbose_name_plural': 'mail addresses of objections',
            },
        ),
        migrations.CreateModel(
            name='ObjectionStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField(verbose_name='place')),
                ('step', models.CharField(max_length=20, verbose_name='step')),
                ('state', models.CharField(choices=[('received', 'received, its form is checked'), ('returned', 'returned for completion'), ('refused', 'refused on form'), ('admitted', 'admitted, is being decided'), ('upheld', 'upheld, is being carried out'), ('partly', 'upheld in part, is being carried out'), ('rejected', 'rejected'), ('partly_asked', 'upheld in part, is being carried out; the higher court was asked'), ('carried_out', 'upheld in part, carried out'), ('in_review', 'before the higher court'), ('withdrawn', 'taken back by the person'), ('closed', 'closed')], max_length=12, verbose_name='state')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('reason_sealed', models.BinaryField(null=True)),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='persons.objection')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
                ('follows', models.CharField(blank=True, choices=[('correct', 'the listing is corrected'), ('revise', 'the listing is revised'), ('withdraw', 'the listing is withdrawn'), ('other', 'something else, as the reasons say')], max_length=8, verbose_name='what follows')),
                ('received_on', models.DateField(null=True, verbose_name='received on')),
                ('posted_on', models.DateField(null=True, verbose_name='posted on')),
                ('authority', models.CharField(blank=True, choices=[('', '—'), ('document', 'the person’s own document'), ('power', 'a power of attorney and the agent’s document'), ('lawyer', 'a lawyer’s licence, the firm’s letter and a power of attorney'), ('kinship', 'a certificate of death and proof of kinship'), ('office', 'a certificate of the representative’s office and his document')], max_length=12, verbose_name='authority seen')),
                ('late_because', models.CharField(blank=True, choices=[('post', 'the post, or the evidence of service, came late'), ('elsewhere', 'it went to another court or authority first'), ('not_entered', 'it came in time, and was not entered'), ('mislaid', 'it was mislaid at the court'), ('other', 'for another reason, as the file says')], max_length=12, verbose_name='recorded late')),
                ('proposal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.proposal', verbose_name='proposal')),
            ],
            options={
                'verbose_name': 'step of an objection',
                'verbose_name_plural': 'steps of objections',
                'ordering': ['objection', 'place'],
                'constraints': [models.UniqueConstraint(fields=('objection', 'place'), name='objection_step_has_a_place')],
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
                ('passkey_at', models.DateTimeField(null=True, verbose_name='a passkey stood for it at')),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='evidence', serialize=False, to='persons.objection')),
                ('notice', models.UUIDField(null=True, verbose_name='notice')),
            ],
            options={
                'verbose_name': 'evidence of an objection',
                'verbose_name_plural': 'evidence of objections',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None), ('notice', None)), models.Q(('counter_code', None), ('issuer', ''), ('issuer_subject_digest', None), ('notice__isnull', False)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), ('notice', None), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='objectionevidence_has_one_evidence')],
            },
        ),
        migrations.CreateModel(
            name='OtherNameAlarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_digest', models.BinaryField(max_length=32)),
                ('listing_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None, verbose_name='listings')),
                ('day', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('told_at', models.DateTimeField(null=True, verbose_name='the registry was told at')),
            ],
            options={
                'verbose_name': 'alarm about another name',
                'verbose_name_plural': 'alarms about other names',
                'constraints': [models.UniqueConstraint(fields=('subject_digest', 'day'), name='other_name_alarm_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='CounterRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_digest', models.BinaryField(db_index=True, max_length=32)),
                ('asked_by', models.CharField(choices=[('person', 'the person'), ('agent', 'an agent'), ('relative', 'a near relative of a person who died')], max_length=8, verbose_name='asked for by')),
                ('authority', models.CharField(choices=[('document', 'the person’s own document'), ('power', 'a power of attorney and the agent’s document'), ('lawyer', 'a lawyer’s licence, the firm’s letter and a power of attorney'), ('kinship', 'a certificate of death and proof of kinship')], max_length=12, verbose_name='authority seen')),
                ('name_sealed', models.BinaryField(null=True)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer', verbose_name='officer')),
            ],
            options={
                'verbose_name': 'own record printed at the counter',
                'verbose_name_plural': 'own records printed at the counter',
            },
        ),
        migrations.CreateModel(
            name='QuestionMails',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_sealed', models.BinaryField()),
                ('address_sealed', models.BinaryField()),
                ('digest_key', models.PositiveSmallIntegerField()),
                ('begun_at', models.DateTimeField(verbose_name='begun at')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed at')),
                ('ends_at', models.DateTimeField(db_index=True, verbose_name='ends at')),
                ('mailed_at', models.DateTimeField(null=True, verbose_name='last message at')),
                ('sending_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'messages about questions',
                'verbose_name_plural': 'messages about questions',
            },
        ),
        migrations.CreateModel(
            name='FormerAddress',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('address_sealed', models.BinaryField()),
                ('moved', models.BooleanField(verbose_name='messages go elsewhere')),
                ('left_at', models.DateTimeField(db_index=True, verbose_name='left at')),
                ('sending_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'former mail address',
                'verbose_name_plural': 'former mail addresses',
            },
        ),
        migrations.CreateModel(
            name='NewsCursor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(null=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'cursor of the news',
                'verbose_name_plural': 'cursor of the news',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='news_has_one_cursor')],
            },
        ),
        migrations.CreateModel(
            name='QuestionMailsDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(db_index=True, max_length=32)),
                ('mails', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='persons.questionmails')),
            ],
            options={
                'verbose_name': 'digest of messages about questions',
                'verbose_name_plural': 'digests of messages about questions',
                'constraints': [models.UniqueConstraint(fields=('mails', 'digest'), name='question_mails_digest_once')],
            },
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('asked', 'a question was asked'), ('answered', 'a question that had waited is answered'), ('void', 'an answer became void'), ('made', 'a passkey was made'), ('used', 'a passkey was used'), ('ending', 'the messages end soon')], max_length=8, verbose_name='kind')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('told_at', models.DateTimeField(null=True, verbose_name='told at')),
                ('mails', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='news', to='persons.questionmails')),
                ('screening', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='employers.screening')),
            ],
            options={
                'verbose_name': 'news about questions',
                'verbose_name_plural': 'news about questions',
                'indexes': [models.Index(condition=models.Q(('told_at', None)), fields=['mails'], name='news_untold')],
                'constraints': [models.UniqueConstraint(fields=('mails', 'screening', 'kind'), name='news_found_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['asked', 'answered', 'void']), ('screening__isnull', False)), models.Q(('kind__in', ['made', 'used', 'ending']), ('screening', None)), _connector='OR'), name='news_names_its_question'), models.UniqueConstraint(condition=models.Q(('kind', 'ending')), fields=('mails',), name='news_ending_once')],
            },
        ),
        migrations.CreateModel(
            name='MailAddressTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'address given for messages',
                'verbose_name_plural': 'addresses given for messages',
                'indexes': [models.Index(fields=['digest', 'at'], name='mail_address_tries')],
            },
        ),
        ]),
    ]
