"""After a purge, a search of every column of every table finds nothing of the person but what the schedule names."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.apps import apps

from registry import actions
from registry.keys import KeyUnknown, SealBroken, keyring
from registry.models import DecisionFile, EventPayload, FormerName, Listing
from registry.reading import record_reading
from sharing.employers import recalling
from sharing.employers.models import RecallDecision
from sharing.retention import purging
from tests import asking, cast, pdfs
from tests.purging import confirm_purged, over, walk

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("the_court_has_decided")]

NAME = "高䶮"
STATEMENT = "我已改过并赔偿了陶然亭的邻居"
REASON = "复核时发现望京花家地的地址有误"


def test_after_a_purge_no_table_holds_anything_of_the_person_but_what_the_schedule_names(finance):
    telecom = cast.department("telecom")
    cast.measure(telecom)
    entry = cast.party(cast.person(former_names=("高龙",)))
    listing = cast.in_force(entry)
    record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    actions.attach_file(listing.party.decision_id, pdfs.judgment(), kind="judgment", officer=cast.clerk(), now=cast.NOW)
    asking.answered()
    actions.state(listing.pk, words=STATEMENT, officer=cast.registrar(), now=cast.NOW)
    cast.corrected(listing, name="高䶮䶮")
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason=REASON)
    cast.withdrawn(cast.fresh(listing))
    walk()
    for department in (finance, telecom):
        confirm_purged(department)
    for recall in recalling.open_recalls():
        recalling.confirm(
            recall.screening_id, employer_id=recall.screening.employer_id, removed=True,
            decision=RecallDecision.RECONSIDERED, by=asking.machine(asking.bank().organisation), now=cast.NOW,
        )  # fmt: skip
    words = (NAME, "高龙", "高䶮䶮", cast.DEFENDANT_NUMBER, "1988-03-04", "19880304", STATEMENT, REASON,
             "不得从事个人信息处理相关职业", "acquitted on retrial", "clerical error")  # fmt: skip
    assert {word for word, _where in found_in_the_database(words)} >= set(words) - {"19880304"}
    assert purging.purge(now=over()) == 1
    left = {(word, where) for word, where in found_in_the_database(words) if where not in KEPT_BY_THEIR_OWN_SCHEDULE}
    assert left == set()
    assert FormerName.objects.count() == 0
    assert Listing.objects.get().number == listing.number
    assert not DecisionFile.objects.filter(content_sealed__isnull=False).exists(), "the judgment names him"
    assert date.fromisoformat("1988-03-04") not in dates_in_the_database()


# What employers were answered is theirs to answer for, and stays by its own schedule (docs/retention.md).
KEPT_BY_THEIR_OWN_SCHEDULE = {"employers_screening.answer_sealed"}


def found_in_the_database(words):
    """(word, table.column) of every column of every table, opened where it is sealed with our keys."""
    for table, column, value, row in every_value():
        text = readable(value, row, column)
        for word in words:
            if word in text:
                yield word, f"{table}.{column}"


def every_value():
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                yield model._meta.db_table, field.column, getattr(row, field.attname), row


def dates_in_the_database():
    return {value for _table, _column, value, _row in every_value() if type(value) is date}


def readable(value, row, column):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace") + (opened(bytes(value), row) if "sealed" in column else "")
    return json.dumps(value, ensure_ascii=False, default=str)


def opened(value, row):
    """What our keys make of it, in whichever place it may be bound to: the seal is opened without being told where."""
    if not value:
        return ""
    for place in places(row):
        try:
            return keyring().open(value, bound_to=place).decode("utf-8", "replace")
        except (SealBroken, KeyUnknown):
            continue
    raise AssertionError(f"nobody knows where a sealed value of {row._meta.label} is bound to")


def places(row):
    """Every place that a property of the row's model binds to, and the log's own."""
    values = {"key": row.pk, "number": getattr(row, "number", ""), "listing": getattr(row, "listing_id", "")}
    names = ("person.name", "person.birth_date", "former_name.name", "document.number", "prohibition.scope", "proposal.changes", "act.reason",
             "seal_opened.reason", "screening.answer", "verdict.answer", "consent.person", "endpoint.secret",
             "delivery.secret", "decision_file.content", "file_removal.reason")  # fmt: skip
    yield from (f"{name}.{values['key']}" for name in names)
    yield from (f"listing.{name}.{values['number']}" for name in ("statement", "returned_because"))
    yield f"seal.words.{values['listing']}"
    if isinstance(row, EventPayload):
        yield from (f"event.{part}.{row.event.event_id}" for part in ("body", "salt"))
