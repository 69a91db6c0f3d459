"""The retention schedule names every field of every table, and the document says what it says."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings

from registry.actions.purging import PARTS
from sharing.retention.ageing import AGED
from sharing.retention.document import document
from sharing.retention.purging import FURTHER
from sharing.retention.schedule import NOTHING_PERSONAL, SCHEDULE, Fate


def every_table():
    for model in apps.get_models(include_auto_created=True):
        fields = {field.name for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]}
        yield model._meta.label, fields


def is_closed(field):
    """What the name of a field says that is sealed, or a digest."""
    return field == "sealed" or field.endswith(("_sealed", "digest"))


def test_every_field_of_every_table_is_named():
    """A new table goes into `sharing/retention/schedule/`: with what it holds of persons and until when, or as one that
    holds nothing of them."""
    named = {each.table: each.fields for each in SCHEDULE} | {
        table: set(fields.split()) for table, fields in NOTHING_PERSONAL.items()
    }
    assert len(named) == len(SCHEDULE) + len(NOTHING_PERSONAL), "a table is named twice"
    tables = dict(every_table())
    assert tables.keys() - named.keys() == set(), "not in the schedule"
    assert named.keys() - tables.keys() == set(), "in the schedule, and no table"
    for table, fields in tables.items():
        assert named[table] == fields, table


def test_what_is_sealed_or_a_digest_is_never_named_as_nothing():
    for table, fields in NOTHING_PERSONAL.items():
        for field in fields.split():
            assert not is_closed(field), (table, field)
    for each in SCHEDULE:
        assert not list(filter(is_closed, each.plain.split())), each.table


def test_what_the_schedule_says_goes_with_the_listing_is_what_the_purge_destroys():
    """The listing's own row is changed by the act itself."""
    tables = {model._meta.label: model._meta.db_table for model in apps.get_models()}
    deleted = {tables[each.table] for each in SCHEDULE if each.fate is Fate.DELETED_WITH_LISTING}
    emptied = {tables[each.table] for each in SCHEDULE if each.fate is Fate.EMPTIED_WITH_LISTING}
    parts = (*PARTS, *FURTHER)
    assert deleted == {part.table for part in parts if not part.columns}
    assert emptied == {part.table for part in parts if part.columns} | {"registry_listing"}
    aged = {tables[each.table] for each in SCHEDULE if each.fate is Fate.DELETED_AFTER_YEARS}
    assert aged == {each.table for each in AGED}


def test_the_document_is_the_schedule():
    """`manage.py retention` writes it anew."""
    assert (settings.BASE_DIR / "docs" / "retention.md").read_text(encoding="utf-8") == document()
