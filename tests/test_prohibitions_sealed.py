"""What a prohibition forbids is the decision's wording, which may name anybody: sealed at rest, opened for whoever is shown it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from registry import actions, keys, log
from registry.entries import ProhibitionEntry
from registry.errors import ScopeTooLong
from registry.keys import Keyring, SealBroken
from registry.models import Event, EventType, Prohibition
from registry.models.decisions import opened_scope
from sharing.employers.models import ScreeningOutcome
from tests import asking, cast, desk, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
SCOPE = "不得从事与高某共同经营的房源数据中介"
OTHER = "不得担任高某公司的信息安全负责人"


@pytest.fixture
def entry():
    return cast.party(
        prohibitions=(
            ProhibitionEntry(scope=f"  {SCOPE} ", months=36),
            ProhibitionEntry(scope=OTHER, months=60),
        )
    )


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(p)::text FROM registry_prohibition AS p")
        return [text for (text,) in cursor.fetchall()]


def test_no_column_holds_the_words(entry):
    cast.in_force(entry)
    assert len(rows()) == 2
    for row in rows():
        for word in (SCOPE, OTHER, "高某", SCOPE.encode().hex(), OTHER.encode().hex()):
            assert word not in row
    assert [each.scope for each in Prohibition.objects.all()] == [SCOPE, OTHER]
    assert "高某" not in "".join(str(each) for each in Prohibition.objects.all())


def test_the_words_of_one_row_are_not_opened_in_another(entry):
    cast.in_force(entry)
    first, second = Prohibition.objects.all()
    with pytest.raises(SealBroken):
        opened_scope(first.id, bytes(second.scope_sealed))


def test_they_stand_in_the_order_of_the_decision_and_once_in_each_place(entry):
    listing = cast.in_force(entry)
    assert [each.ordinal for each in listing.party.prohibitions.all()] == [1, 2]
    event = log.read(Event.objects.get(type=EventType.PUBLISHED))
    assert [each["scope"] for each in event["listing"]["prohibitions"]] == [SCOPE, OTHER]
    with pytest.raises(IntegrityError), transaction.atomic():
        Prohibition.objects.filter(ordinal=2).update(ordinal=1)


def test_desk_form_person_and_employer_are_shown_them(entry):
    draft = cast.draft(entry)
    lin = desk.at_the_desk(cast.clerk())
    assert SCOPE in lin.get(f"/desk/listings/{draft.number}/amend/").content.decode()
    amended = replace(entry, prohibitions=entry.prohibitions[:1])
    actions.amend_party(draft.pk, amended, revision=draft.revision, officer=cast.clerk(), now=cast.NOW)
    listing = cast.put_in_force(cast.fresh(draft))
    assert SCOPE in lin.get(f"/desk/listings/{listing.number}/").content.decode()
    assert SCOPE in visiting.text_of(visiting.visitor().get(f"/record/listings/{listing.number}/"))
    screening = asking.answered()
    assert [each["scope"] for each in asking.told(screening)["listing"]["prohibitions"]] == [SCOPE]
    assert OTHER not in json.dumps(asking.told(screening), ensure_ascii=False)


def test_what_is_too_long_is_refused_with_its_place(entry):
    long = (entry.prohibitions[0], ProhibitionEntry(scope="禁" * 201, months=36))
    with pytest.raises(ScopeTooLong) as refused:
        cast.draft(replace(entry, prohibitions=long))
    assert refused.value.field == "prohibitions.1.scope"
    assert not Prohibition.objects.exists()
    cast.draft(replace(entry, prohibitions=(ProhibitionEntry(scope="禁" * 200, months=36),)))


def test_as_many_are_opened_for_who_is_not_in_the_book(entry, monkeypatch):
    """Whoever is listed and whoever is not cost the same: of who is not another listing is put into words and thrown away."""
    cast.in_force(entry)
    opened = []
    plain = Keyring.open

    def counted(self, sealed, *, bound_to):
        opened.append(bound_to.rsplit(".", 1)[0])
        return plain(self, sealed, bound_to=bound_to)

    monkeypatch.setattr(keys.Keyring, "open", counted)

    def openings(**asked):
        opened.clear()
        screening = asking.answered(asking.question(**asked))
        return screening.outcome, opened.count("prohibition.scope")

    listed = openings()
    unknown = openings(document_number=cast.APPLICANT_NUMBER, name="王小明")
    other_name = openings(name="高某")
    assert listed == (ScreeningOutcome.LISTED, 2)
    assert unknown == (ScreeningOutcome.NOT_LISTED, 2)
    assert other_name == (ScreeningOutcome.PENDING, 2)
