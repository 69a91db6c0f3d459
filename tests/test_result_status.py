"""The status list: a bit for every result, in a place that tells nothing, and a signed list that any library reads."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta
from itertools import pairwise

import jwt
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import OKPAlgorithm

from sharing.employers import recalling, status_list
from sharing.employers.models import Screening, StatusList
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
SEED = bytes(range(32))


def judged(token, type_):
    """The claims, as PyJWT, with which this project signs nothing, reads them from the published keys alone."""
    judge = jwt.PyJWS(algorithms=[])
    judge.register_algorithm("Ed25519", OKPAlgorithm())
    keys = Browser().get("/.well-known/jwks.json").json()["keys"]
    header = judge.get_unverified_header(token)
    assert header["typ"] == type_
    (key,) = [OKPAlgorithm.from_jwk(json.dumps(each)) for each in keys if each["kid"] == header["kid"]]
    return json.loads(judge.decode(token, key, algorithms=["Ed25519"]))


def bit(lst, index):
    """As the standard says it: the lowest bit of a byte is the first."""
    bits = zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))
    return bits[index // 8] >> (index % 8) & 1


def path(uri):
    return uri.removeprefix("http://127.0.0.1:8000")


def status(screening):
    """What a verifier finds who follows the result's own claim."""
    claim = judged(screening.result, "screening-result+jwt")["status"]["status_list"]
    answer = Browser().get(path(claim["uri"]), headers={"accept": "application/statuslist+jwt"})
    told = judged(answer.content.decode(), "statuslist+jwt")
    assert told["sub"] == claim["uri"]
    return bit(told["status_list"]["lst"], claim["idx"])


# The list


def test_it_works():
    cast.in_force()
    screening = asking.answered()
    assert status(screening) == 0
    recalling.recall_as_erroneous(
        screening, officer=cast.high_court_registrar(), reason="asked about somebody else", now=cast.NOW
    )
    assert status(screening) == 1


def test_the_example_of_the_standard_has_the_standards_bytes():
    invalid = [place for place, value in enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]) if value]
    assert status_list.compressed(invalid, size=16) == "eNrbuRgAAhcBXQ"


PLACES = st.integers(0, status_list.SIZE - 1)


@given(st.sets(PLACES, max_size=12), PLACES)
def test_a_bit_is_set_where_a_result_was_recalled_and_nowhere_else(invalid, other):
    lst = status_list.compressed(invalid)
    assert all(bit(lst, index) == 1 for index in invalid)
    assert bit(lst, other) == (other in invalid)


def test_it_is_signed_cacheable_and_asked_for_by_its_own_type():
    claim = judged(asking.answered().result, "screening-result+jwt")["status"]["status_list"]
    answer = Browser().get(path(claim["uri"]), headers={"accept": "application/statuslist+jwt"})
    told = judged(answer.content.decode(), "statuslist+jwt")
    assert answer["Content-Type"] == "application/statuslist+jwt"
    assert answer["Cache-Control"] == f"public, max-age={told['ttl']}"
    assert told.keys() == {"sub", "iat", "exp", "ttl", "status_list"}
    assert (told["status_list"]["bits"], told["exp"] - told["iat"]) == (1, 24 * 3600)
    same = status_list.token(1, now=cast.NOW), status_list.token(1, now=cast.NOW + timedelta(seconds=59))
    assert same[0] == same[1]


def test_a_list_that_did_not_change_is_not_sent_again(settings, monkeypatch):
    asking.answered()
    monkeypatch.setattr("sharing.employers.results_api.timezone.now", lambda: cast.NOW)
    number = Screening.objects.get().status_list
    first = Browser().get(f"/status-lists/{number}")
    again = Browser().get(f"/status-lists/{number}", headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize("number", ["0", "2147483647", "99999999999999999999"])
def test_a_list_that_is_not_there_is_refused(number):
    answer = Browser().get(f"/status-lists/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "R-529")


def test_a_list_costs_two_queries_however_many_results_it_holds():
    for _ in range(3):
        asking.answered()
    number = Screening.objects.values_list("status_list", flat=True).first()
    with CaptureQueriesContext(connection) as queries:
        status_list.token(number, now=cast.NOW)
    assert len(queries) == 2


# The places


@pytest.mark.slow
def test_every_place_of_a_list_is_given_once_and_decoys_to_no_result():
    places = [status_list.shuffled(SEED, nth) for nth in range(status_list.SIZE)]
    assert sorted(places) == list(range(status_list.SIZE))
    decoys = {index for index, _ in status_list.decoys(SEED)}
    assert decoys == set(places[status_list.GIVEN :])


def test_neighbours_in_time_are_no_neighbours_in_the_list():
    places = [status_list.shuffled(SEED, nth) for nth in range(2000)]
    near = [abs(after - before) for before, after in pairwise(places)]
    assert sorted(near)[len(near) // 2] > status_list.SIZE // 8
    assert places != [status_list.shuffled(bytes(32), nth) for nth in range(2000)]


def test_decoys_are_set_one_by_one():
    asking.answered()
    opened = StatusList.objects.get()

    def set_after(days):
        later = opened.opened_at + timedelta(days=days)
        lst = judged(status_list.token(opened.pk, now=later), "statuslist+jwt")["status_list"]["lst"]
        return sum(byte.bit_count() for byte in zlib.decompress(base64.urlsafe_b64decode(lst + "==")))

    counts = [set_after(days) for days in (0, 30, 365, 3 * 365 + 1)]
    assert counts[0] <= 2
    assert counts == sorted(counts)
    assert 60 < counts[1] < 170
    assert counts[3] == status_list.DECOYS


def test_a_full_list_is_followed_by_another():
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('employers_status_number', %s)", [5 * status_list.GIVEN - 1])
    last, first = status_list.take(cast.NOW, 2)
    assert (last.list, first.list) == (5, 6)
    assert StatusList.objects.get(pk=5).seed != StatusList.objects.get(pk=6).seed


def test_taking_a_place_is_one_statement_even_where_it_opens_a_list():
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            status_list.take(cast.NOW, 1)
        assert len(queries) == 1


def test_every_result_has_a_place_whatever_its_outcome():
    cast.in_force()
    asking.answered()
    asking.answered(asking.question(name="高某"))
    asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    places = set(Screening.objects.values_list("status_list", "status_index"))
    assert len(places) == 3
    assert all(None not in place for place in places)


# What changes a status, and what never does


def test_a_person_listed_after_a_clean_result_leaves_its_status_and_its_bytes():
    clean = asking.answered()
    assert clean.outcome == "not_listed"
    cast.in_force()
    recalling.walk(now=cast.NOW)
    assert status(clean) == 0
    assert Screening.objects.get(pk=clean.pk).answer == clean.answer
    cast.withdrawn(cast.fresh(asking.answered().listing))
    recalling.walk(now=cast.NOW)
    assert status(clean) == 0


def test_a_withdrawal_recalls_the_positive_result_and_the_status_list_says_so():
    listing = cast.in_force()
    told = asking.answered()
    clean = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    assert (told.outcome, status(told), status(clean)) == ("listed", 0, 0)
    cast.withdrawn(listing)
    recalling.walk(now=cast.NOW)
    assert (status(told), status(clean)) == (1, 0)
