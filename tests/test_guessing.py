"""Right numbers, wrong names: whatever comes back is what a drawn question gets, in every way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser

from sharing.employers import lookup
from sharing.employers.models import Screening
from tests import asking, cast
from tests.benchmarks import book

pytestmark = pytest.mark.django_db

GUESSES = 40  # 10,000 over a month, scaled down
OF_THE_REQUEST = {"Location", "X-Reference"}


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_PENDING_COSTS = 1


def shape(value):
    """The members and the kinds of their values, all the way down; texts by their length."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return len(value) if isinstance(value, str) else type(value).__name__


def asked(headers, number, name, place):
    body = asking.body()
    body["applicant"] = {"name": name, "document": {"type": "resident_id", "number": number}}
    sent = {**headers, "Idempotency-Key": f"guess-{place:06d}"}
    return Browser().post("/api/v1/screenings", body, content_type="application/json", headers=sent)


def seen(answer):
    """Everything that a guesser can look at, but what is random in each answer."""
    told = answer.json()
    told.pop("padding", None)
    return {
        "status": answer.status_code,
        "length": len(answer.content),
        "headers": {name: value for name, value in asking.alike(answer).items() if name not in OF_THE_REQUEST},
        "outcome": told["outcome"],
        "shape": shape({name: value for name, value in told.items() if name != "result"}),
    }


@pytest.mark.slow
def test_right_numbers_with_wrong_names_learn_nothing(settings):
    listed = [cast.resident(f"1101051988{month:02d}0{day}123") for month in range(1, 9) for day in range(1, 6)]
    for number in listed:
        cast.in_force(cast.party(cast.person(number, "高䶮")), number=number)
    unknown = [cast.resident(f"1101051977{month:02d}0{day}123") for month in range(1, 9) for day in range(1, 6)]
    headers = asking.bearer(asking.bank(1_000_000).organisation)
    guessed, drawn = [], []
    for place, (right, other) in enumerate(zip(listed, unknown, strict=True)):
        settings.SHARING_HELD_SHARE = 0.0
        guessed.append(asked(headers, right, "猜测", 2 * place))
        settings.SHARING_HELD_SHARE = 1.0
        drawn.append(asked(headers, other, "猜测", 2 * place + 1))
    assert len(guessed) == GUESSES
    assert Screening.objects.filter(held_because="name").count() == GUESSES
    assert Screening.objects.filter(held_because="share").count() == GUESSES
    looks = [seen(answer) for answer in (*guessed, *drawn)]
    assert all(each == looks[0] for each in looks)
    assert looks[0]["outcome"] == "pending"


def test_who_is_not_in_the_book_costs_as_much_as_who_is_and_another_ones_listing_is_never_told():
    cast.in_force(cast.party(cast.person()))
    day = cast.NOW.date()

    def read(number, name):
        subject = lookup.subject(document_type="resident_id", document_number=number, name=name, today=day)
        (book,) = lookup.read([subject], day, employer=0, since=cast.NOW)
        return book

    listed, unknown = read(cast.DEFENDANT_NUMBER, "高䶮"), read(cast.APPLICANT_NUMBER, "王某")
    assert (len(listed.matches), len(listed.stand_in)) == (1, 0)
    assert unknown.matches == ()
    assert unknown.stand_in == listed.matches, "as much is read, and judged as if the name fitted"
    asked_about = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王某"))
    assert (asked_about.outcome, asked_about.listing_id, asked_about.also_told) == ("not_listed", None, [])
    assert asking.told(asked_about)["listing"] is None


def test_an_empty_book_answers_too():
    assert asking.answered(asking.question()).outcome == "not_listed"


def test_the_stand_ins_are_drawn_from_all_that_are_active_though_their_terms_end_on_one_day():
    """One that is read at every miss is at hand as no real one is."""
    book.fill(8)
    day, drawn = cast.NOW.date(), set()
    for serial in range(100, 160):
        subject = lookup.subject(
            document_type="resident_id", document_number=book.number_of(serial), name="王某", today=day
        )
        (found,) = lookup.read([subject], day, employer=0, since=cast.NOW)
        drawn.add(found.stand_in[0].id)
    assert len(drawn) >= 6


def test_the_stand_in_is_in_force_by_the_calendar_or_the_last_that_was():
    cast.in_force()
    late = cast.NOW.date() + timedelta(days=365 * 40)
    subject = lookup.subject(
        document_type="resident_id", document_number=cast.APPLICANT_NUMBER, name="王某", today=cast.NOW.date()
    )
    (found,) = lookup.read([subject], late, employer=0, since=cast.NOW)
    assert (found.matches, len(found.stand_in)) == ((), 1)
