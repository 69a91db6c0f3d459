from django.db import migrations, models

from registry.models.insert_only import refuse_changes_of

OF_A_CODE = (
    *('id', 'request_id', 'subject_digest', 'name_digest', 'given_at'),
    *('way', 'proved_at', 'counter_code', 'notice', 'issuer', 'issuer_subject_digest'),
)
UNGUARDED = migrations.RunSQL(
    ''.join(
        f'DROP TRIGGER employers_consentcode_{name} ON employers_consentcode;'
        for name in ('evidence', 'no_delete', 'no_truncate')
    ),
    migrations.RunSQL.noop,
)
EVIDENCE = models.CheckConstraint(condition=models.Q(models.Q(('counter_code__isnull', False), ('issuer', ''), ('issuer_subject_digest', None), ('notice', None)), models.Q(('counter_code', None), ('issuer', ''), ('issuer_subject_digest', None), ('notice__isnull', False)), models.Q(('counter_code', None), ('issuer_subject_digest__isnull', False), ('notice', None), models.Q(('issuer', ''), _negated=True)), _connector='OR'), name='consentcode_has_one_evidence')


class Migration(migrations.Migration):

    dependencies = [
        ('employers', '0002_guards_and_first_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='consentcode',
            name='notice',
            field=models.UUIDField(null=True, verbose_name='notice'),
        ),
        migrations.RemoveConstraint(
            model_name='consentcode',
            name='consentcode_has_one_evidence',
        ),
        migrations.AddConstraint(
            model_name='consentcode',
            constraint=EVIDENCE,
        ),
        UNGUARDED,
        refuse_changes_of('employers_consentcode', OF_A_CODE),
    ]
