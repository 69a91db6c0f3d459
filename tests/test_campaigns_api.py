"""The employers' door for campaigns: what it takes, what it gives, and whom it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry.actions.acting import today
from sharing.employers.campaigns import making
from sharing.employers.models import Allowance, Campaign, CampaignState
from sharing.employers.padding import ANSWER_BYTES
from tests import asking, batches, campaigns, cast
from tests.campaigns import DEFENDANT, people
from tests.test_batch_api import named, yesterday

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
URL = "/api/v1/campaigns"


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def row(line):
    return {"key": line[0], "name": line[1], "document": {"type": "resident_id", "number": line[3]}}


def body(*lines, **changes):
    return {
        "title": "spring intake",
        "purpose": batches.PURPOSE,
        "post": batches.POST,
        "last_day": (today(timezone.now()) + timedelta(days=20)).isoformat(),
        "applicants": [row(line) for line in lines],
        **changes,
    }


def form(line):
    return {**row(line), "document_sha256": batches.form(), "signed_on": yesterday()}


def post(headers, sent, key="key-00001", url=URL):
    given = {"Idempotency-Key": key, **headers}
    return Browser().post(url, sent, content_type="application/json", headers=given)


def get(headers, url):
    return Browser().get(url, headers=headers)


def work():
    campaigns.work(timezone.now())


def test_a_program_begins_a_campaign_and_follows_it_row_by_row(bank):
    cast.in_force()
    begun = post(bank, body(*people(1), DEFENDANT))
    assert begun.status_code == 201
    assert begun["Cache-Control"] == "no-store"
    told = begun.json()
    assert (told["state"], told["total"], told["counts"]["open"]) == ("open", 2, 2)
    sent = {each["key"]: each["link"] for each in told["links"]}
    campaigns.consent(sent["listed"], DEFENDANT, timezone.now())
    assert get(bank, begun["Location"]).json()["counts"]["given"] == 1
    work()
    answer = get(bank, f"{begun['Location']}/rows")
    first, second = answer.json()["rows"]
    assert (first["key"], first["state"], first["answer"], first["refusal"]) == ("A-1", "open", None, None)
    assert (second["state"], second["answer"]["outcome"]) == ("answered", "listed")
    assert answer["Cache-Control"] == "no-store, no-transform"
    one = get(bank, f"/api/v1/screenings/{second['answer']['id']}")
    assert one.json() == second["answer"]


def test_every_answer_is_as_long_as_any_other(bank):
    cast.in_force()
    begun = post(bank, body(*people(1), DEFENDANT)).json()
    for each, line in zip(begun["links"], [*people(1), DEFENDANT], strict=True):
        campaigns.consent(each["link"], line, timezone.now())
    work()
    content = get(bank, f"{URL}/{begun['id']}/rows").content.decode()
    parts = [part.partition(',"refusal"')[0] for part in content.split('"answer":')[1:]]
    assert {len(part.encode()) for part in parts} == {ANSWER_BYTES}


def test_the_same_call_again_is_the_same_campaign_and_its_links_are_shown_once(bank):
    sent = body(*people(2))
    first, again = post(bank, sent), post(bank, sent)
    assert (again.status_code, again.json()["id"], again.json()["links"]) == (200, first.json()["id"], None)
    assert Campaign.objects.count() == 1
    assert named(post(bank, body(*people(1)))) == [("R-505", "Idempotency-Key")]
    assert named(post(bank, sent, key="x")) == [("R-504", "Idempotency-Key")]


def test_links_are_made_anew(bank):
    begun = post(bank, body(*people(1), links=False)).json()
    assert begun["links"] is None
    (first,) = post(bank, {}, url=f"{URL}/{begun['id']}/links").json()["links"]
    assert post(bank, {}, url=f"{URL}/{begun['id']}/links").json()["links"] == [], "it has one"
    (second,) = post(bank, {"replace_all": True}, url=f"{URL}/{begun['id']}/links").json()["links"]
    assert first["key"] == second["key"] == "A-1"
    assert first["link"] != second["link"]


def test_links_are_made_anew_for_some_places_alone(bank):
    begun = post(bank, body(*people(2))).json()
    url = f"{URL}/{begun['id']}/links"
    (anew,) = post(bank, {"places": [1]}, url=url).json()["links"]
    assert anew["key"] == "A-2"
    campaigns.consent(begun["links"][0]["link"], people(1)[0], timezone.now())
    campaigns.consent(anew["link"], people(2)[1], timezone.now())
    assert get(bank, begun_at := f"{URL}/{begun['id']}").json()["counts"]["given"] == 2, begun_at


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"places": []}, "R-903"),
        ({"places": [-1]}, "R-903"),
        ({"places": ["x"]}, "R-903"),
        ({"places": [0], "replace_all": True}, "R-903"),
        ({"place": 0}, "R-903"),
        ({"places": [2]}, "R-576"),
    ],
)
def test_links_for_rows_that_are_none_are_refused(bank, sent, code):
    begun = post(bank, body(*people(2))).json()
    answer = post(bank, sent, url=f"{URL}/{begun['id']}/links")
    assert answer.json()["errors"][0]["code"] == code


def test_one_row_that_is_not_right_keeps_the_campaign_from_being_begun(bank):
    first, second, third = people(3)
    second[3] = "1"
    third[0] = first[0]
    answer = post(bank, body(first, second, third))
    assert answer.status_code == 422
    assert named(answer) == [
        ("R-585", "applicants"),
        ("R-101", "applicants.1.document.number"),
        ("R-548", "applicants.2.key"),
    ]
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "transport_recruitment"}, "R-501"),
        ({"post": "courier"}, "R-502"),
        ({"applicants": []}, "R-544"),
        ({"applicants": "all"}, "R-903"),
        ({"title": cast.DEFENDANT_NUMBER}, "R-517"),
        ({"title": "x" * 65}, "R-516"),
        ({"last_day": "2020-01-01"}, "R-515"),
        ({"last_day": "soon"}, "R-903"),
        ({"links": "perhaps"}, "R-903"),
        ({"unknown": 1}, "R-903"),
        ({"why": "x"}, "R-305"),
    ],
)
def test_what_cannot_be_begun_is_named(bank, changes, code):
    answer = post(bank, body(*people(1), **changes))
    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"][0]["code"] == code
    assert not Campaign.objects.exists()


def test_too_many_rows_are_refused_before_they_are_read(bank, monkeypatch):
    monkeypatch.setattr("sharing.employers.campaign_shapes.MOST_ROWS", 1)
    assert named(post(bank, body(*people(2)))) == [("R-541", "applicants")]


def test_forms_are_handed_in_and_what_is_wrong_is_named_by_index(bank):
    begun = post(bank, body(*people(2), links=False)).json()
    url = f"{URL}/{begun['id']}/forms"
    good = form(people(1)[0])
    wrong = {**form(people(2)[1]), "document_sha256": "no fingerprint"}
    unknown = {**form(DEFENDANT), "key": "Z"}
    assert named(post(bank, {"forms": [good, wrong, unknown]}, url=url)) == [
        ("R-585", "forms"),
        ("R-503", "forms.1.document_sha256"),
        ("R-576", "forms.2.key"),
    ]
    assert post(bank, {"forms": [good]}, url=url).json() == {"taken": 1}
    assert post(bank, {"forms": [good]}, url=url).json() == {"taken": 0}
    assert named(post(bank, {"forms": []}, url=url)) == [("R-544", "forms")]
    work()
    rows = get(bank, f"{URL}/{begun['id']}/rows").json()["rows"]
    assert [each["state"] for each in rows] == ["answered", "open"]


def test_after_the_last_day_no_form_is_taken(bank):
    begun = post(bank, body(*people(1), links=False)).json()
    Campaign.objects.update(last_day=today(timezone.now()) - timedelta(days=1))
    answer = post(bank, {"forms": [form(people(1)[0])]}, url=f"{URL}/{begun['id']}/forms")
    assert (answer.status_code, named(answer)) == (409, [("R-514", "")])


def test_rows_come_in_pages_and_by_state(bank):
    begun = post(bank, body(*people(3))).json()
    url = f"{URL}/{begun['id']}/rows"
    page = get(bank, f"{url}?limit=2").json()
    assert ([each["key"] for each in page["rows"]], page["next"]) == (["A-1", "A-2"], 1)
    page = get(bank, f"{url}?limit=2&after=1").json()
    assert ([each["key"] for each in page["rows"]], page["next"]) == (["A-3"], None)
    assert get(bank, f"{url}?state=answered").json() == {"rows": [], "next": None}
    for wrong in ("state=x", "limit=0", "limit=101", "after=x", "aftr=1"):
        assert get(bank, f"{url}?{wrong}").status_code == 400


def test_a_row_is_withdrawn_and_the_campaign_stopped(bank):
    begun = post(bank, body(*people(2))).json()
    url = f"{URL}/{begun['id']}"
    for _again in range(2):
        assert Browser().delete(f"{url}/rows/0", headers=bank).status_code == 204
    for place, status in ((7, 422), (10**30, 400), ("-1", 400), ("x", 400)):
        assert Browser().delete(f"{url}/rows/{place}", headers=bank).status_code == status
    assert get(bank, url).json()["counts"]["withdrawn"] == 1
    assert Browser().delete(url, headers=bank).status_code == 204
    assert get(bank, url).json()["state"] == "stopped"
    assert named(post(bank, {}, url=f"{url}/links")) == [("R-514", "")]
    again, other = (Browser().delete(f"{url}/rows/{place}", headers=bank) for place in (0, 1))
    assert (again.status_code, other.status_code, named(other)) == (204, 409, [("R-514", "")])


def test_more_questions_are_asked_for_with_the_call(bank):
    begun = post(bank, body(*people(2), why="all branches")).json()
    assert begun["allowance"] == {"wanted": 2, "granted": None, "used": 0, "reason": None}
    assert Allowance.objects.get().why == "all branches"


def test_so_many_campaigns_and_no_more(bank, monkeypatch):
    monkeypatch.setattr(making, "MOST_OPEN", 1)
    post(bank, body(*people(1)))
    assert named(post(bank, body(*people(1)), key="key-00002")) == [("R-518", "")]


def test_so_many_rows_a_day_and_no_more(bank, settings):
    settings.SHARING_CAMPAIGN_ROWS_A_DAY = 2
    sent = body(*people(2))
    assert post(bank, sent).status_code == 201
    assert post(bank, sent).status_code == 200, "the same call begins nothing"
    answer = post(bank, body(*people(1)), key="key-00002")
    assert (answer.status_code, named(answer)) == (429, [("R-586", "")])


def test_a_stranger_is_refused_at_every_door(bank):
    made = post(bank, body(*people(1))).json()
    url = f"{URL}/{made['id']}"
    doors = [
        ("post", URL),
        ("get", url),
        ("delete", url),
        ("get", f"{url}/rows"),
        ("delete", f"{url}/rows/0"),
        ("post", f"{url}/links"),
        ("post", f"{url}/forms"),
    ]
    department = asking.bearer(asking.department(), ["events"])
    other = asking.bearer(asking.courier_company().organisation)
    for method, address in doors:
        for headers, status in (({}, 401), (department, 403)):
            answer = getattr(Browser(), method)(address, headers=headers, content_type="application/json")
            assert answer.status_code == status, address
        if made["id"] in address:
            answer = getattr(Browser(), method)(address, headers=other, content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (404, "R-513"), address
    assert Campaign.objects.get().state == CampaignState.OPEN


def test_a_suspended_employer_begins_nothing(bank):
    organisation = asking.bank().organisation
    organisation.suspended_at = timezone.now()
    organisation.save()
    assert post(bank, body(*people(1))).status_code in (401, 403)
    assert not Campaign.objects.exists()


def test_it_is_described(client):
    paths = client.get("/api/v1/schema/").json()["paths"]
    described = {path for path in paths if path.startswith(URL)}
    assert described == {
        URL,
        f"{URL}/{{id}}",
        f"{URL}/{{id}}/rows",
        f"{URL}/{{id}}/rows/{{place}}",
        f"{URL}/{{id}}/links",
        f"{URL}/{{id}}/forms",
    }
