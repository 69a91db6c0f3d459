"""Who is told of a change: by mail, and by signed message over real HTTP; never after the end, and never twice at once."""

from __future__ import annotations

import base64
import json
import runpy
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from standardwebhooks.webhooks import Webhook

from sharing import signing
from sharing.delivery import connecting
from sharing.departments import vectors
from sharing.employers import overseeing, recalling
from sharing.employers.models import (
    Channel,
    EmployerEndpoint,
    EmployerEndpointSecret,
    EndedBecause,
    Monitoring,
    MonitoringAttempt,
    MonitoringChange,
    MonitoringPost,
    MonitoringTold,
)
from sharing.employers.monitoring import ending, endpoint, noticing, posting, walking
from sharing.openapi import webhook_schemas
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.transport import Reply
from tests import asking, cast, plans
from tests.monitored import enrolled, enrolment, somebody_else
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = cast.NOW
DAY = timedelta(days=1)
COURT = "registry@court.example"
VERIFIER = Path(__file__).resolve().parent.parent / "docs" / "verify" / "verify.py"


@pytest.fixture
def people():
    organisation = asking.bank().organisation
    for role in (MemberRole.OWNER, MemberRole.HR, MemberRole.AUDITOR):
        members.take_in(
            organisation,
            username=role.value,
            password="a long enough phrase",
            name=role.value,
            email=f"{role.value}@bank.example",
            role=role,
        )


def changed():
    """The bank's monitoring, with a change that nobody was told of."""
    monitoring = enrolled()
    listing = cast.in_force()
    walking.walk(now=NOW)
    return monitoring, listing


def mailed(now=NOW, what=noticing.announce):
    mail.outbox.clear()
    what(now=now)
    return [message.to for message in mail.outbox]


# Mail


def test_owner_and_hr_are_told_once(people):
    changed()
    assert mailed() == [["owner@bank.example", "hr@bank.example"]]
    assert mailed() == mailed(NOW + DAY) == []
    assert MonitoringTold.objects.get().channel == Channel.MAIL


def test_the_message_is_in_both_languages_and_about_nobody(people):
    monitoring, listing = changed()
    mailed()
    (message,) = mail.outbox
    assert "/employer/monitoring/" in message.body
    assert "持续查询" in message.subject
    assert "Monitoring" in message.subject
    for secret in ("高䶮", cast.DEFENDANT_NUMBER, listing.number, monitoring.reference, "listed"):
        assert secret not in message.subject + message.body


def test_many_changes_make_one_message(people):
    enrolled()
    enrolled(somebody_else())
    cast.in_force()
    cast.second_in_force()
    walking.walk(now=NOW)
    assert len(mailed()) == 1
    assert "2 of the answers" in mail.outbox[0].body
    assert MonitoringTold.objects.count() == 2


def test_a_message_that_could_not_be_sent_is_sent_later(people, monkeypatch):
    changed()

    def away(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert mailed() == []
    assert MonitoringTold.objects.count() == 0
    assert len(mailed()) == 1


def test_where_nobody_can_be_told_the_court_is():
    changed()
    assert mailed() == [[COURT]]


def test_two_weeks_before_the_last_day_the_end_is_said_once(people):
    enrolled(enrolment(until=(NOW + 60 * DAY).date()))
    days = {day: mailed(NOW + day * DAY, noticing.warn) for day in (0, 45, 46, 47, 61)}
    assert days == {0: [], 45: [], 46: [["owner@bank.example", "hr@bank.example"]], 47: [], 61: []}


def end_it(monitoring):
    ending.end(monitoring.pk, EndedBecause.EMPLOYER, now=NOW)


def revoke_it(monitoring):
    ending.end_without_consent(monitoring.consent_id, now=NOW)


def suspend_it(_monitoring):
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="guessing", now=NOW)


def pass_its_day(monitoring):
    Monitoring.objects.filter(pk=monitoring.pk).update(until=NOW.date() - DAY)


STOPS = [end_it, revoke_it, suspend_it, pass_its_day]


@pytest.mark.parametrize("stop", STOPS)
def test_what_ends_between_the_walk_and_the_telling_is_not_told(people, stop):
    monitoring, _listing = changed()
    stop(monitoring)
    assert mailed() == []
    assert MonitoringTold.objects.count() == 0


def test_an_employer_that_may_ask_again_hears_what_waited(people):
    monitoring, _listing = changed()
    suspend_it(monitoring)
    assert mailed() == []
    overseeing.resume(asking.bank(), officer=cast.high_court_registrar(), reason="explained", now=NOW)
    assert len(mailed()) == 1


# The signed message


@pytest.fixture
def program():
    with receiver() as kept:
        yield kept


@pytest.fixture
def secret(program):
    _made, text = endpoint.add(asking.bank().organisation, program.url, now=NOW)
    return text


def post(now=NOW):
    return posting.post(now=now)


def due_again():
    MonitoringPost.objects.update(next_due=None, lease_until=None)


def fresh(received):
    """Standard Webhooks takes five minutes of skew: the message is signed on the machine's own clock."""
    return {name: value for name, value in received.headers.items() if name.startswith("webhook-")}


def test_the_program_is_told_and_verifies_with_the_official_library(program, secret):
    monitoring, _listing = changed()
    assert post() == 1
    (received,) = program.requests
    said = Webhook(secret).verify(received.body, fresh(received))
    change = MonitoringChange.objects.get()
    assert said == {
        "type": "monitoring.changed",
        "id": change.pk,
        "endpoint": EmployerEndpoint.objects.get().pk,
        "monitoring": monitoring.pk,
        "reference": monitoring.reference,
        "outcome": "listed",
        "screening": change.screening_id,
        "at": "2026-11-24T02:00:00Z",
        "padding": said["padding"],
    }
    assert received.headers["webhook-id"] == change.pk
    assert MonitoringTold.objects.get().channel == Channel.ENDPOINT
    assert post() == 0


def test_the_other_signature_is_of_the_courts_published_key(program, secret):
    changed()
    post()
    (received,) = program.requests
    keys = [key.public_key() for key in signing.webhook_keys()]
    only_v1a = [each for each in received.headers["webhook-signature"].split(" ") if each.startswith("v1a,")]
    headers = {**fresh(received), "webhook-signature": " ".join(only_v1a)}
    signing.verify(headers, received.body, now=timezone.now(), public_keys=keys)
    assert len(base64.b64decode(only_v1a[0].removeprefix("v1a,"))) == 64


def test_the_message_fits_its_description_and_names_nobody(program, secret):
    _monitoring, listing = changed()
    post()
    (received,) = program.requests
    schema = webhook_schemas()["monitoring.changed"]
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(received.body))
    for private in ("高䶮", cast.DEFENDANT_NUMBER, cast.DEFENDANT_NUMBER[-4:], listing.number):
        assert private.encode() not in received.body


def test_no_more_are_taken_at_once_than_the_limit_says_whatever_the_plan(program, secret, monkeypatch):
    monkeypatch.setattr(posting, "AT_ONCE", 1)
    for asked in (None, somebody_else(), enrolment(name="赵某", document_number=cast.APPLICANT_NUMBER)):
        enrolled(asked)
    cast.in_force()
    cast.second_in_force()
    cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "赵某")), number=cast.APPLICANT_NUMBER)
    walking.walk(now=NOW)
    plans.due_as_they_lie(MonitoringPost, NOW - DAY)
    with plans.each_row_asked_for_anew("employers_monitoringpost"):
        assert [len(posting.take(now=NOW)) for _ in range(4)] == [1, 1, 1, 0]


def test_every_message_has_the_same_length(program, secret):
    enrolled(enrolment(reference="李" * 64))
    listing = cast.in_force()
    walking.walk(now=NOW)
    cast.withdrawn(listing)
    walking.walk(now=NOW)
    assert post() == 2
    assert {len(each.body) for each in program.requests} == {posting.BODY_BYTES}
    assert [json.loads(each.body)["outcome"] for each in program.requests] == ["listed", "not_listed"]


def test_a_post_waits_no_longer_because_the_clock_was_set_back(program, secret):
    changed()
    program.answer = lambda received: 503
    post()
    hour = timedelta(hours=1)
    MonitoringPost.objects.update(next_due=timezone.now() + hour, lease_until=timezone.now() + hour)
    posting.set_back(hour)
    row = MonitoringPost.objects.get()
    assert row.next_due <= timezone.now()
    assert row.lease_until <= timezone.now() + timedelta(seconds=posting.LEASE_SECONDS)


def test_a_receiver_that_is_down_is_tried_again_with_the_same_id_and_bytes(program, secret):
    changed()
    program.answer = lambda received: 503
    assert post() == 0
    row, there = MonitoringPost.objects.get(), EmployerEndpoint.objects.get()
    assert (row.failures, row.taken_at, there.failures, there.last_failure) == (1, None, 1, "503")
    assert row.next_due > timezone.now()
    assert post() == 0, "it is not due yet"
    due_again()
    program.answer = lambda received: 204
    assert post() == 1
    first, second = program.requests
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert EmployerEndpoint.objects.get().failures == 0
    assert list(MonitoringAttempt.objects.order_by("pk").values_list("status", flat=True)) == [503, 204]


def test_nothing_that_listens_is_said_in_a_word_and_waits_longer_each_time(program, secret):
    changed()
    EmployerEndpoint.objects.update(url="http://127.0.0.1:9/nobody")
    waits = []
    for _ in range(3):
        due_again()
        post()
        waits.append((MonitoringPost.objects.get().next_due - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert EmployerEndpoint.objects.get().last_failure == "refused"
    assert waits[2] > 20


def test_once_it_is_back_what_waited_for_its_time_goes_out_too(program, secret):
    enrolled()
    enrolled(somebody_else())
    cast.in_force()
    cast.second_in_force()
    walking.walk(now=NOW)
    program.answer = lambda received: 500
    post()
    program.answer = lambda received: 204
    MonitoringPost.objects.filter(pk=MonitoringPost.objects.order_by("pk")[0].pk).update(next_due=None)
    assert post() == 2


def test_an_earlier_change_goes_out_before_a_later_one_and_holds_no_other_monitoring(program, secret):
    _monitoring, listing = changed()
    enrolled(somebody_else())
    cast.second_in_force()
    walking.walk(now=NOW)
    cast.withdrawn(listing)
    walking.walk(now=NOW)
    held = MonitoringChange.objects.get(outcome="listed", monitoring__latest__outcome="not_listed").pk
    program.answer = lambda received: 400 if json.loads(received.body)["id"] == held else 204
    assert post() == 1
    assert MonitoringPost.objects.filter(taken_at=None).count() == 2
    due_again()
    program.answer = lambda received: 204
    assert post() == 2
    numbers = [each.headers["webhook-id"] for each in program.accepted]
    assert numbers.index(held) < numbers.index(MonitoringChange.objects.get(number=2).pk)


@pytest.mark.parametrize("stop", STOPS)
def test_what_has_ended_is_not_posted_any_more(program, secret, stop):
    monitoring, _listing = changed()
    program.answer = lambda received: 500
    post()
    stop(monitoring)
    due_again()
    assert post() == 0
    assert len(program.requests) == 1


def test_a_paused_endpoint_waits_and_loses_nothing(program, secret):
    changed()
    there = EmployerEndpoint.objects.get()
    endpoint.pause(there)
    assert post() == 0
    endpoint.resume(there)
    assert post() == 1


def test_a_result_that_was_recalled_before_it_was_posted_is_not_posted_any_more(program, secret):
    changed()
    there = EmployerEndpoint.objects.get()
    endpoint.pause(there)
    he, told = cast.high_court_registrar(), MonitoringChange.objects.get().screening
    recalling.recall_as_erroneous(told, officer=he, reason="another person", now=NOW)
    endpoint.resume(there)
    assert not posting.is_due(NOW)
    assert post() == 0
    assert program.requests == []


def test_a_result_that_was_recalled_while_it_failed_is_passed_over_and_holds_up_no_later_one(program, secret):
    _monitoring, listing = changed()
    program.answer = lambda received: 500
    post()
    cast.withdrawn(listing)
    walking.walk(now=NOW)
    recalling.walk(now=NOW)
    due_again()
    program.answer = lambda received: 204
    assert (post(), post()) == (1, 0)
    assert [json.loads(each.body)["outcome"] for each in program.requests] == ["listed", "not_listed"]


def test_during_a_rotation_both_secrets_verify_and_a_day_later_only_the_new_one(program, secret):
    changed()
    new = endpoint.rotate_secret(EmployerEndpoint.objects.get(), now=NOW)
    post(now=NOW)
    (received,) = program.requests
    for each in (secret, new):
        Webhook(each).verify(received.body, fresh(received))
    assert len(endpoint.live_secrets([EmployerEndpoint.objects.get().pk], NOW + 2 * DAY)) == 1
    later = endpoint.live_secrets([EmployerEndpoint.objects.get().pk], NOW + 2 * DAY)
    assert later[EmployerEndpoint.objects.get().pk] == (signing.parse_secret(new),)


def test_a_change_before_there_was_an_endpoint_is_not_sent_to_it(program):
    changed()
    endpoint.add(asking.bank().organisation, program.url, now=NOW)
    assert post() == 0
    assert program.requests == []


def test_what_a_sender_took_and_died_over_is_sent_after_its_lease(program, secret):
    changed()
    (taken,) = posting.take(now=NOW)
    assert post() == 0, "the lease keeps others away"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE employers_monitoringpost SET lease_until = clock_timestamp() - interval '1 second'")
    assert post() == 1
    assert program.requests[0].body == taken.body


def test_what_a_lost_lease_brings_back_is_written_down_and_moves_nothing(program, secret):
    changed()
    (lost,) = posting.take(now=NOW)
    due_again()
    program.answer = lambda received: 500
    post()
    (reply,) = [reply_of(lost)]
    posting.save(lost, reply, now=NOW)
    assert MonitoringPost.objects.get().failures == 1
    assert MonitoringAttempt.objects.count() == 2


def reply_of(taken):
    return Reply(taken.change_id, 0.0, 3, 500, "", None, "", 0, "")


def test_one_reply_that_is_not_written_down_loses_no_other(program, secret, monkeypatch):
    enrolled()
    enrolled(somebody_else())
    cast.in_force()
    cast.second_in_force()
    walking.walk(now=NOW)
    save, lost = posting.save, []

    def save_but_the_first(taken, reply, *, now):
        if not lost:
            lost.append(taken.change_id)
            raise OperationalError
        save(taken, reply, now=now)

    monkeypatch.setattr(posting, "save", save_but_the_first)
    assert post() == 1
    assert MonitoringPost.objects.get(taken_at=None).change_id == lost[0]


def test_an_endpoint_is_locked_before_its_posts(program, secret):
    changed()
    (taken,) = posting.take(now=NOW)
    with CaptureQueriesContext(connection) as asked:
        posting.save(taken, reply_of(taken), now=NOW)
    touching = [each["sql"] for each in asked if "employers_employerendpoint" in each["sql"] or "SET" in each["sql"]]
    assert "FOR NO KEY UPDATE" in touching[0]


def test_an_endpoint_whose_secret_cannot_be_opened_holds_no_other(program, secret):
    changed()
    EmployerEndpointSecret.objects.update(secret_sealed=b"broken")
    courier = asking.courier_company()
    endpoint.add(courier.organisation, program.url, now=NOW)
    enrolled(somebody_else(), courier)
    cast.second_in_force()
    walking.walk(now=NOW)
    assert post() == 1
    assert MonitoringPost.objects.get(taken_at=None).failures == 1
    assert EmployerEndpoint.objects.get(employer=asking.bank().pk).last_failure == posting.UNREADABLE


def test_what_ends_leaves_nothing_that_waits_to_be_posted(program, secret):
    monitoring, _listing = changed()
    end_it(monitoring)
    assert MonitoringPost.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_senders_post_each_change_once(program):
    endpoint.add(asking.bank().organisation, program.url, now=NOW)
    for number in range(3):
        enrolled(enrolment(post=("loan_officer", "bank_teller", "insurance_agent")[number]))
    cast.in_force()
    walking.walk(now=NOW)
    start, sent = threading.Barrier(3), []

    def work():
        try:
            start.wait()
            sent.append(post())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(sent) == 3
    ids = [each.headers["webhook-id"] for each in program.requests]
    assert sorted(ids) == sorted(MonitoringChange.objects.values_list("pk", flat=True))


def test_the_lease_is_longer_than_a_post_may_take():
    assert connecting.TOTAL_SECONDS < posting.LEASE_SECONDS


def test_a_message_sent_on_to_another_endpoint_is_refused_by_the_published_verifier(program, secret):
    changed()
    post()
    (received,) = program.requests
    verifier = runpy.run_path(str(VERIFIER))
    own = EmployerEndpoint.objects.get().pk
    given = (fresh(received), received.body, [secret], [])
    assert verifier["verify"](*given, own)["type"] == "monitoring.changed"
    with pytest.raises(verifier["NotGenuine"], match="another endpoint"):
        verifier["verify"](*given, "ep_" + "0" * 26)


def test_the_published_vector_has_the_members_of_a_message(program, secret):
    changed()
    post()
    (received,) = program.requests
    vector = next(case for case in vectors.accepted() if "monitoring" in case.name)
    assert json.loads(vector.body).keys() == json.loads(received.body).keys()
    assert len(vector.body.encode()) == len(received.body)
