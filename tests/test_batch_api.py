"""The employers' door for many questions in one call: what it takes, what it gives, and whom it refuses."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from sharing.employers import batch, batch_shapes
from sharing.employers.models import Batch, BatchRow, BatchState, Screening
from sharing.employers.padding import ANSWER_BYTES
from sharing.parsing import CsvParser, LongBodyParser, WorkbookParser
from tests import asking, batches, cast
from tests.test_uploads import workbook_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
URL = "/api/v1/batches"
ABOUT = f"?purpose={batches.PURPOSE}&post={batches.POST}"


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def yesterday():
    return (timezone.localdate() - timedelta(days=1)).isoformat()


def applicant(line):
    key, name, _type, number, form, signed_on = line
    return {
        "key": key,
        "name": name,
        "document": {"type": "resident_id", "number": number},
        "consent": {"kind": "attested", "document_sha256": form, "signed_on": signed_on},
    }


def body(*lines, **changes):
    rows = [applicant(line) for line in lines]
    return {"purpose": batches.PURPOSE, "post": batches.POST, "applicants": rows, **changes}


def post(headers, sent, key="key-00001", url=URL, content_type="application/json"):
    return Browser().post(url, sent, content_type=content_type, headers={"Idempotency-Key": key, **headers})


def lines(count):
    return batches.applicants(count, signed_on=yesterday())


def named(answer):
    return [(each["code"], each["field"]) for each in answer.json()["errors"]]


def test_it_works(bank):
    cast.in_force()
    ordered = post(bank, body(*lines(1), batches.listed(yesterday())))
    assert ordered.status_code == 202
    assert (ordered.json()["state"], ordered.json()["total"], ordered.json()["answered"]) == ("asking", 2, 0)
    batches.work(timezone.now())
    done = Browser().get(ordered["Location"], headers=bank).json()
    assert (done["state"], done["answered"], done["refused"]) == ("done", 2, 0)
    assert done["ended_at"]
    answer = Browser().get(f"{ordered['Location']}/results", headers=bank)
    first, second = answer.json()["results"]
    assert (first["key"], first["answer"]["outcome"], first["refusal"]) == ("A-1", "not_listed", None)
    assert (second["key"], second["row"], second["answer"]["outcome"]) == ("listed", 1, "listed")
    assert answer["Cache-Control"] == "no-store, no-transform"
    one = Browser().get(f"/api/v1/screenings/{second['answer']['id']}", headers=bank)
    assert one.json() == second["answer"]


def test_every_answer_is_as_long_as_any_other(bank):
    cast.in_force()
    ordered = post(bank, body(*lines(1), batches.listed(yesterday())))
    batches.work(timezone.now())
    content = Browser().get(f"{ordered['Location']}/results", headers=bank).content.decode()
    parts = [part.partition(',"refusal"')[0] for part in content.split('"answer":')[1:]]
    assert {len(part.encode()) for part in parts} == {ANSWER_BYTES}


def test_one_row_that_cannot_be_asked_keeps_every_row_from_being_asked(bank):
    good, number, form = lines(3)
    number[3] = number[3][:-1] + ("0" if number[3][-1] != "0" else "1")
    form[4] = "no fingerprint"
    answer = post(bank, body(good, number, form))
    assert answer.status_code == 422
    assert named(answer) == [
        ("R-585", "applicants"),
        ("R-102", "applicants.1.document.number"),
        ("R-503", "applicants.2.consent.document_sha256"),
    ]
    assert not Batch.objects.exists()
    assert not Screening.objects.exists()


def test_the_same_person_or_form_twice_is_refused_by_index(bank):
    first, second = lines(2)
    second[4] = first[4]
    assert named(post(bank, body(first, second)))[1:] == [("R-548", "applicants.1.consent.document_sha256")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "transport_recruitment"}, "R-501"),
        ({"post": "courier"}, "R-502"),
        ({"applicants": []}, "R-544"),
        ({"applicants": "all"}, "R-903"),
        ({"extra": 1}, "R-903"),
        ({"applicants": [{"name": "高䶮"}]}, "R-903"),
    ],
)
def test_what_cannot_be_read_or_asked_is_refused_by_name(bank, changes, code):
    answer = post(bank, body(*lines(1), **changes))
    assert answer.json()["code"] == code
    assert not Batch.objects.exists()


def test_a_malformed_row_is_named_by_index_and_member(bank):
    sent = body(*lines(2))
    sent["applicants"][1]["document"]["nubmer"] = sent["applicants"][1]["document"].pop("number")
    del sent["applicants"][1]["consent"]["signed_on"]
    assert named(post(bank, sent)) == [
        ("R-903", "applicants.1.document.nubmer"),
        ("R-903", "applicants.1.consent.signed_on"),
    ]


def test_no_refusal_repeats_a_name_or_a_number(bank):
    line = batches.listed(yesterday())
    line[3] = line[3][:-1] + "0"
    text = post(bank, body(line)).content.decode()
    assert "高䶮" not in text
    assert line[3][:17] not in text


def test_ten_thousand_rows_are_the_most(bank, monkeypatch):
    monkeypatch.setattr("sharing.employers.batch.MOST_ROWS", 2)
    assert (post(bank, body(*lines(3))).status_code, Batch.objects.count()) == (413, 0)


def test_a_body_that_is_too_long_is_not_read(bank, monkeypatch):
    monkeypatch.setattr(LongBodyParser, "most", 100)
    assert post(bank, body(*lines(1))).status_code == 413


def test_the_same_key_and_rows_are_the_same_batch_and_other_rows_are_refused(bank):
    sent = body(*lines(2))
    first, again = post(bank, sent), post(bank, sent)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    batches.work(timezone.now())
    assert post(bank, sent).json()["state"] == "done"
    assert Screening.objects.count() == 2
    other = post(bank, body(*lines(1)))
    assert (other.status_code, other.json()["code"]) == (422, "R-505")
    assert post(bank, sent, key="short").json()["code"] == "R-504"


@pytest.mark.parametrize("media_type", [CsvParser.media_type, WorkbookParser.media_type])
def test_a_file_will_do(bank, media_type):
    rows = lines(2)
    file = batches.file_of(rows) if media_type == "text/csv" else workbook_of(batches.HEAD, *rows)
    ordered = post(bank, file, url=URL + ABOUT, content_type=media_type)
    assert (ordered.status_code, ordered.json()["total"]) == (202, 2)
    batches.work(timezone.now())
    results = Browser().get(f"{ordered['Location']}/results", headers=bank).json()["results"]
    assert [(each["key"], each["row"]) for each in results] == [("A-1", 2), ("A-2", 3)]


def test_what_is_wrong_in_a_file_is_said_by_row_and_column(bank):
    rows = lines(2)
    rows[1][3] = "1"
    answer = post(bank, batches.file_of(rows), url=URL + ABOUT, content_type="text/csv")
    assert named(answer) == [("R-585", "file"), ("R-101", "rows.3.document_number")]
    assert post(bank, b"\x00", url=URL + ABOUT, content_type="text/csv").json()["code"] == "R-540"


def test_the_results_come_page_by_page_and_what_is_not_asked_yet_has_neither_answer_nor_refusal(bank):
    used = asking.attested(timezone.localdate())
    asking.answered(asking.question(consent=used), now=timezone.now())
    rows = lines(3)
    rows[0][4] = used.document_sha256
    at = post(bank, body(*rows))["Location"] + "/results"
    waiting = Browser().get(at, headers=bank).json()["results"]
    assert [(each["answer"], each["refusal"]) for each in waiting] == [(None, None)] * 3
    batches.work(timezone.now())
    first = Browser().get(f"{at}?limit=2", headers=bank).json()
    assert (first["results"][0]["refusal"]["code"], first["next"]) == ("R-503", 1)
    second = Browser().get(f"{at}?limit=2&after={first['next']}", headers=bank).json()
    assert ([each["place"] for each in second["results"]], second["next"]) == ([2], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "after=-1", "after=٣", "after=99999999999999999", "limit=1&limit=2"]
)
def test_a_page_that_cannot_be_is_refused(bank, query):
    at = post(bank, body(*lines(1)))["Location"] + "/results?"
    assert Browser().get(at + query, headers=bank).json()["code"] == "R-470"


def test_a_page_asked_for_by_a_misspelt_place_does_not_begin_anew(bank):
    at = post(bank, body(*lines(1)))["Location"] + "/results"
    assert Browser().get(f"{at}?aftr=0", headers=bank).json()["code"] == "R-471"


def test_what_waits_for_the_quota_says_when_it_goes_on():
    bank = asking.bearer(asking.bank(daily_quota=1).organisation)
    at = post(bank, body(*lines(2)))["Location"]
    now = timezone.now()
    batches.work(now)
    told = Browser().get(at, headers=bank).json()
    assert (told["state"], told["answered"]) == ("waiting", 1)
    assert now < datetime.fromisoformat(told["goes_on_at"]) <= now + timedelta(days=1)


def test_to_stop_it_destroys_what_was_not_asked(bank):
    at = post(bank, body(*lines(2)))["Location"]
    assert Browser().delete(at, headers=bank).status_code == 204
    assert Browser().get(at, headers=bank).json()["state"] == BatchState.STOPPED
    assert not BatchRow.objects.filter(sealed__isnull=False).exists()
    assert Browser().delete(at, headers=bank).status_code == 204


# Strangers


def doors(at):
    browser = Browser()
    return [
        lambda headers: post(headers, body(*lines(1)), key="another-key"),
        lambda headers: browser.get(at, headers=headers),
        lambda headers: browser.get(f"{at}/results", headers=headers),
        lambda headers: browser.delete(at, headers=headers),
    ]


def test_a_stranger_is_refused_at_every_door(bank):
    at = post(bank, body(*lines(1)))["Location"]
    department = asking.bearer(asking.department(), ["events"])
    for door in doors(at):
        assert door({}).status_code == 401
        assert door(department).status_code == 403
    assert Batch.objects.get().state == BatchState.ASKING


def test_another_employers_batch_is_as_absent_as_one_that_never_was(bank):
    at = post(bank, body(*lines(1)))["Location"]
    other = asking.bearer(asking.courier_company().organisation)
    for place in (at, f"{URL}/bat_{'0' * 26}", f"{URL}/nothing%00"):
        for door in doors(place)[1:]:
            answer = door(other)
            assert (answer.status_code, answer.json()["code"]) == (404, "R-581")
    assert Batch.objects.get().state == BatchState.ASKING


def test_a_suspended_employer_is_shut_out(bank):
    organisation = asking.bank().organisation
    organisation.suspended_at = timezone.now()
    organisation.save()
    assert post(bank, json.dumps(body(*lines(1)))).status_code == 401


def test_too_many_rows_are_refused_before_one_of_them_is_read(bank, monkeypatch):
    monkeypatch.setattr(batch_shapes, "BatchOrderSerializer", None)
    answer = post(bank, {"purpose": batches.PURPOSE, "post": batches.POST, "applicants": [{}] * 10_001})
    assert (answer.status_code, named(answer)) == (413, [("R-541", "applicants")])


def test_ten_thousand_applicants_get_in(bank):
    """Their body is nine times as long as what is kept of any other in memory."""
    sent = json.dumps(body(*lines(batch.MOST_ROWS)), ensure_ascii=False).encode()
    assert 9 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE < len(sent) < LongBodyParser.most
    answer = post(bank, sent)
    assert (answer.status_code, answer.json().get("total")) == (202, batch.MOST_ROWS)
    assert Batch.objects.get().rows.count() == batch.MOST_ROWS
