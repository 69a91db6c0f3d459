"""Whoever is shown rows of an import is on record, whatever becomes of them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.importing import deciding
from registry.models import AuditEntry, AuditKind, AuditLeaf, Import, Officer
from tests import cast, desk
from tests.importing import checked, row, rows, submitted

pytestmark = pytest.mark.django_db


def shown(made: Import) -> list[str]:
    entries = AuditEntry.objects.filter(kind=AuditKind.IMPORT_SHOWN, about=str(made.pk))
    return list(entries.order_by("at").values_list("who", flat=True))


def look(officer: Officer, page: str, made: Import) -> str:
    return desk.at_the_desk(officer).get(reverse(f"admin:{page}", args=[made.pk])).content.decode()


@pytest.mark.parametrize("end", ["stopped", "returned"])
def test_who_was_shown_rows_that_are_destroyed_since_is_on_record(end):
    made = submitted(rows(3))
    curious = cast.second_judge()
    assert row(0)["name"] in look(curious, "review_import", made)
    if end == "stopped":
        deciding.stop(made.pk, officer=cast.clerk(), now=cast.NOW)
    else:
        deciding.send_back(made.pk, reason="the fines are missing", officer=cast.judge(), now=cast.NOW)
    assert shown(made) == [f"account:{curious.account_id}"]
    assert AuditLeaf.objects.filter(source="registry_auditentry", row_key__isnull=False).exists()


def test_the_clerks_preview_is_on_record_and_a_page_without_rows_is_not():
    made = checked(rows(2))
    look(cast.clerk(), "import", made)
    assert shown(made) == [f"account:{cast.clerk().account_id}"]
    look(cast.second_judge(), "import", made)
    assert len(shown(made)) == 1


def test_the_list_is_turned_page_by_page_and_counts_all_of_them(monkeypatch):
    monkeypatch.setattr("registry.admin.imports.SHOWN", 2)
    made = [checked([row(each)]) for each in range(3)]
    browser, where = desk.at_the_desk(cast.clerk()), reverse("admin:imports")
    pages = [browser.get(f"{where}?page={number}").content.decode() for number in (1, 2)]
    assert "(3)" in pages[0]
    assert "?page=2" in pages[0]
    assert [sum(str(each.pk) in page for each in made) for page in pages] == [2, 1]
