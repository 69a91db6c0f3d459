from django.db import migrations

from sharing.rotation.columns import RECOMPUTED, SEALED, model


def grants(verb, towards):
    """The keeper may write the columns that it rotates, and nothing else of these tables."""
    statements = []
    for each in (*SEALED, *RECOMPUTED):
        if each.keeper:
            meta = model(each.model)._meta
            statements.append(
                f"{verb} SELECT ({meta.pk.column}), UPDATE ({each.column}) ON {meta.db_table} {towards} registry_keeper;"
            )
    return "".join(statements)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_keeper"),
        ("employers", "0002_guards_and_first_rows"),
        ("persons", "0002_guards"),
        ("statistics", "0001_releases"),
        ("audit", "0002_guards"),
    ]
    operations = [migrations.RunSQL(grants("GRANT", "TO"), grants("REVOKE", "FROM"))]
