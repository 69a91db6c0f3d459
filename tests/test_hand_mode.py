"""A department without a developer: its list on a page, one document in it, the whole as a file, receipts by hand."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import spreadsheets
from registry.models import Listing
from registry.models.insert_only import InsertOnlyError
from registry.terms.calendar import WorkCalendar
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, Held
from sharing.departments import announcing, endpoints, feed, joining, looking, owing, receipts, stages, telling
from sharing.departments.models import Department, Look, Recall, Receipt
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import asking, cast
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def member(finance):
    return taken_in(finance)


@pytest.fixture
def wei(member):
    return signed_in(member)


def taken_in(department, username="wei", email="wei@finance.example"):
    return members.take_in(department.organisation, username=username, password=PASSWORD, name="魏对接", email=email)


def signed_in(member, language="en"):
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def told(now=cast.NOW):
    telling.walk(now=now)


def read(browser, name, **query):
    response = browser.get(at(name), query)
    assert response.status_code == 200
    return response.content.decode()


def asked(browser, number=cast.DEFENDANT_NUMBER, name="高䶮", kind="resident_id"):
    response = browser.post(at("look_up"), {"document_type": kind, "document_number": number, "name": name})
    assert response.status_code == 200
    return response.content.decode()


def downloaded(browser, form="csv", after=""):
    response = browser.post(at("download"), {"form": form, "after": after})
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def lines(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def declare(browser, which="ticked", ticked=(), declared="on"):
    asked = {"which": which, "ticked": list(ticked), "declared": declared}
    return browser.post(at("declare"), asked, follow=True).content.decode()


def owed_ids(department):
    return [duty.event_id for duty in owing.owed(department.pk, 100)]


# Who comes in


def test_a_stranger_is_led_to_the_sign_in_page_and_others_are_refused(finance):
    told()
    officer, hr = Browser(), Browser()
    sign_in(officer, cast.clerk().account)
    banker = members.take_in(asking.bank().organisation, username="hr", password=PASSWORD, name="韩人事")
    sign_in(hr, banker.account)
    for name in ("list", "look_up"):
        assert Browser().get(at(name)).status_code == 302
        assert [browser.get(at(name)).status_code for browser in (officer, hr)] == [403, 403]
    for name in ("download", "declare", "look_up"):
        assert Browser().post(at(name)).status_code == 302
        assert [browser.post(at(name)).status_code for browser in (officer, hr)] == [403, 403]
    assert not Look.objects.exists()


def test_another_department_sees_nothing_of_the_list(finance, wei):
    listing = cast.in_force()
    told()
    (event_id,) = owed_ids(finance)
    qin = signed_in(taken_in(cast.department("telecom"), "qin"))
    assert listing.number not in read(qin, "list")
    assert "Not on your list" in asked(qin)
    assert cast.DEFENDANT_NUMBER.encode() not in downloaded(qin)
    declare(qin, ticked=[event_id])
    assert not Receipt.objects.exists()
    assert listing.number in read(wei, "list")


# The list


def test_the_list_is_what_the_snapshot_has_with_numbers_masked(finance, wei):
    first, second = cast.in_force(), cast.second_in_force()
    gone = cast.withdrawn(second)
    told()
    page = read(wei, "list")
    assert f">{first.number}<" in page
    assert gone.number not in page
    assert "高䶮" in page
    assert cast.DEFENDANT_NUMBER not in page
    assert "1101**********" in page
    assert "Limiting new accounts, on" in page
    assert len(list(feed.snapshot(finance.pk))) == 2


def test_each_look_is_written_down_and_can_be_seen_by_the_listed_person(finance, wei, member):
    listing = cast.in_force()
    told()
    read(wei, "list")
    (look,) = Look.objects.filter(listing=listing)
    assert (look.member, look.department_id, look.page, look.position) == (member, finance.pk, "list", 1)
    assert list(listing.looks.values_list("member__organisation__code", flat=True)) == ["finance-department"]


def test_the_listed_person_can_see_every_look_at_files_too(finance, wei):
    first, second = cast.in_force(), cast.second_in_force()
    told()
    read(wei, "list")
    downloaded(wei)
    assert pages_of(first) == pages_of(second) == ["download", "list"]
    cast.corrected(first, fine_yuan=1)
    told()
    downloaded(wei, after="2")
    asked(wei)
    assert pages_of(first) == ["look_up", "changes", "download", "list"]
    assert pages_of(second) == ["download", "list"], "it was not among what changed"
    cast.withdrawn(second)
    told()
    downloaded(wei)
    downloaded(wei, after="3")
    assert pages_of(second) == ["download", "list"], "who is withdrawn is in no file"
    telecom = cast.department("telecom")
    downloaded(signed_in(taken_in(telecom, "qin")))
    assert {look.department_id for look in looking.of_listing(first.pk)} == {finance.pk}


def pages_of(listing):
    return [look.page for look in looking.of_listing(listing.pk)]


def test_a_look_is_never_changed(finance, wei):
    cast.in_force()
    told()
    read(wei, "list")
    look = Look.objects.get()
    for change in (look.delete, look.save, Look.objects.all().delete):
        with pytest.raises(InsertOnlyError):
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        Look.objects.all()._raw_delete("default")


def test_a_longer_list_has_pages_and_only_what_was_shown_is_a_look(finance, wei, monkeypatch):
    monkeypatch.setattr("sharing.departments.portal.having.PAGE", 1)
    first, second = cast.in_force(), cast.second_in_force()
    told()
    page = read(wei, "list")
    assert f'href="?after={first.number}"' in " ".join(page.split())
    assert list(Look.objects.values_list("listing__number", flat=True)) == [first.number]
    page = read(wei, "list", after=first.number)
    assert f">{second.number}<" in page
    assert 'rel="next"' not in page


@pytest.mark.parametrize("after", ["L\0", "9" * 40, "'--", "٣"])
def test_a_hostile_page_is_a_page(finance, wei, after):
    cast.in_force()
    told()
    assert wei.get(at("list"), {"after": after}).status_code == 200


def test_an_informed_department_has_no_numbers_and_finds_nothing_by_one():
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    qin = signed_in(taken_in(telecom, "qin"))
    listing = cast.in_force()
    told()
    page = read(qin, "list")
    assert listing.number in page
    assert "informed only" in page
    assert "1101**" not in page
    assert "Not on your list" in asked(qin), "or numbers could be guessed and checked"
    assert cast.DEFENDANT_NUMBER.encode() not in downloaded(qin)


# One document


def test_a_document_is_found_by_its_whole_number_and_its_name(finance, wei, member):
    listing = cast.in_force()
    told()
    page = asked(wei, " " + cast.DEFENDANT_NUMBER.lower())
    assert "On your list" in page
    assert listing.number in page
    assert cast.DEFENDANT_NUMBER not in page.split("<form")[0]
    (look,) = Look.objects.filter(page="look_up")
    assert (look.listing, look.member, look.count) == (listing, member, 1)


def test_what_is_not_on_the_list_is_answered_and_the_question_written_down_without_the_number(finance, wei):
    told()
    assert "Not on your list" in asked(wei, cast.APPLICANT_NUMBER, "某人")
    (look,) = Look.objects.all()
    assert (look.listing, look.count, len(look.digest)) == (None, 0, 32)


def test_a_number_under_another_name_is_refused_in_words(finance, wei):
    cast.in_force()
    told()
    page = asked(wei, name="另一人")
    assert "R-451" in page
    assert "On your list" not in page
    assert Look.objects.count() == 1, "the question is written down all the same"


def test_a_former_name_is_the_persons_too(finance, wei):
    listing = cast.in_force()
    former = listing.party.person.former_names.model(person=listing.party.person)
    former.name = "高曾用"
    former.save()
    told()
    assert "On your list" in asked(wei, name="高曾用")


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [("110105198803041230", "高䶮", "R-102"), ("1", "高䶮", "R-101"), (cast.DEFENDANT_NUMBER, "12", "R-107")],
)
def test_what_was_mistyped_is_said_beside_its_field_and_asks_nothing(finance, wei, number, name, code):
    page = asked(wei, number, name)
    assert code in page
    assert not Look.objects.exists()


def test_a_name_alone_finds_nothing(finance, wei):
    cast.in_force()
    told()
    assert "There is a problem" in asked(wei, number="")
    assert not Look.objects.exists()


def test_nobody_looks_up_more_than_an_hours_share(finance, wei, member, settings):
    settings.SHARING_LOOK_UPS_AN_HOUR = 2
    told()
    assert ["R-452" in asked(wei) for _ in range(3)] == [False, False, True]
    assert "Not on your list" in asked(signed_in(taken_in(finance, "second"))), "each member has a share"
    assert Look.objects.filter(member=member).count() == 2


def test_the_number_asked_about_is_in_no_address_and_no_log(finance, wei, caplog):
    caplog.set_level(logging.DEBUG)
    cast.in_force()
    told()
    response = wei.post(
        at("look_up"), {"document_type": "resident_id", "document_number": cast.DEFENDANT_NUMBER, "name": "高䶮"}
    )
    assert "no-store" in response["Cache-Control"]
    assert cast.DEFENDANT_NUMBER not in caplog.text
    assert wei.get(at("look_up"), {"document_number": cast.DEFENDANT_NUMBER}).status_code == 200
    assert Look.objects.count() == 1, "a question is never in an address"


# The whole as a file


def test_the_file_has_every_listing_and_ends_with_position_count_and_hash(finance, wei):
    first, second = cast.in_force(), cast.second_in_force()
    told()
    content = downloaded(wei)
    head, *rows, seal = lines(content)
    assert [row[0] for row in rows] == [first.number, second.number]
    assert all(len(row) == len(head) for row in rows)
    assert cast.DEFENDANT_NUMBER in rows[0]
    before = content[: content.rindex(b"Position,")]
    assert seal == ["Position", "2", "Listings", "2", "SHA-256", hashlib.sha256(before).hexdigest()]
    (look,) = Look.objects.all()
    assert (look.page, look.position, look.count, look.listing) == ("download", 2, 2, None)


def test_excel_has_the_same_rows_and_the_same_hash(finance, wei):
    cast.in_force()
    told()
    plain = lines(downloaded(wei))
    with zipfile.ZipFile(io.BytesIO(downloaded(wei, "xlsx"))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        first, second = (sheet(archive.read(f"xl/worksheets/sheet{number}.xml")) for number in (1, 2))
    assert first == plain[:-1]
    assert [text for row in second for text in row] == plain[-1]


def sheet(xml):
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{MAIN}c")]
        for row in ElementTree.fromstring(xml).iter(f"{MAIN}row")
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"])
def test_a_cell_is_never_a_formula(text):
    seal = spreadsheets.Seal(1, ("a", "b", "c"))
    content = b"".join(spreadsheets.csv_file(["x"], [[text]], seal)).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline="")))[1] == [f"'{text}"]
    with zipfile.ZipFile(
        io.BytesIO(b"".join(spreadsheets.xlsx_file(["x"], [[text]], seal, ("one", "two"))))
    ) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in xml
    assert xml.count(b't="inlineStr"') == 2


def test_characters_that_xml_has_no_place_for_do_not_break_the_sheet():
    seal = spreadsheets.Seal(1, ("a", "b", "c"))
    rows = [["a\x00\x0b<&>\"'𬭩"]]
    with zipfile.ZipFile(io.BytesIO(b"".join(spreadsheets.xlsx_file(["x"], rows, seal, ("<1>", "2"))))) as archive:
        assert sheet(archive.read("xl/worksheets/sheet1.xml"))[1] == ["a<&>\"'𬭩"]


def test_the_changes_since_a_download_are_new_changed_and_withdrawn(finance, wei):
    changed, gone = cast.in_force(), cast.second_in_force()
    told()
    downloaded(wei)
    cast.corrected(changed, fine_yuan=1)
    cast.withdrawn(gone)
    new = cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "赵某")), number=cast.APPLICANT_NUMBER)
    told()
    _, *rows, seal = lines(downloaded(wei, after="2"))
    assert [(row[0], row[1]) for row in rows] == [
        ("changed", changed.number),
        ("withdrawn", gone.number),
        ("new", new.number),
    ]
    assert cast.SECOND_NUMBER not in str(rows), "who is withdrawn is named no more"
    assert seal[:4] == ["Position", "5", "Listings", "3"]
    look = Look.objects.get(page="changes")
    assert (look.after, look.position, look.count) == (2, 5, 3)
    assert lines(downloaded(wei, after="5"))[1:-1] == []


def test_an_opening_set_is_new_since_the_last_download(finance, wei):
    cast.in_force()
    told()
    downloaded(wei)
    listing = cast.in_force(
        cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), article="CL 253-1(1)"), number=cast.SECOND_NUMBER
    )
    told()
    assert [row[:2] for row in lines(downloaded(wei, after="1"))[1:-1]] == [["new", listing.number]]


@pytest.mark.parametrize("after", ["7", "0"])
def test_changes_are_given_since_a_download_of_the_departments_own_alone(finance, wei, after):
    told()
    response = wei.post(at("download"), {"form": "csv", "after": after})
    assert response.status_code == 409
    assert "R-453" in response.content.decode()


def test_a_file_speaks_the_language_of_who_asked(finance, member):
    cast.in_force()
    told()
    head, row, seal = lines(downloaded(signed_in(member, "zh-CN")))
    assert "登记" in head[0]
    assert row[1] == "在列"
    assert seal[0] == "位置"


@pytest.mark.parametrize("asked", [{}, {"form": "exe"}, {"form": "csv", "after": "x"}])
def test_a_download_that_is_not_offered_leads_back_to_the_list(finance, wei, asked):
    assert wei.post(at("download"), asked)["Location"] == at("list")


# Receipts by hand


def test_without_an_endpoint_what_was_told_is_owed_from_then_on(finance, wei):
    listing = cast.in_force()
    assert owing.owed(finance.pk, 10) == []
    told()
    (duty,) = owing.owed(finance.pk, 10)
    due_on = WorkCalendar().add_working_days(timezone.localdate(), 1)
    assert (duty.listing_number, duty.due_on) == (listing.number, due_on)
    assert listing.number in read(wei, "owed")


def test_a_declaration_is_a_receipt_of_the_same_kind(finance, wei, member):
    listing = cast.in_force()
    told()
    page = declare(wei, ticked=owed_ids(finance))
    assert "1 receipt is recorded." in page
    assert "All confirmed." in page
    receipt = Receipt.objects.get()
    assert (receipt.kind, receipt.declared_by, receipt.signed) == ("applied", member, False)
    assert receipt.event.listing == listing
    assert MemberAct.objects.get().act == "declare"


def test_a_purge_by_hand_closes_the_recall(finance, wei, member):
    cast.withdrawn(cast.in_force())
    told()
    assert len(owed_ids(finance)) == 1, "what was silenced is owed no more"
    declare(wei, ticked=owed_ids(finance))
    closed_by = Recall.objects.get().closed_by
    assert (closed_by.kind, closed_by.declared_by) == ("purged", member)


def test_twice_submitted_is_once_recorded(finance, wei):
    cast.in_force()
    told()
    ids = owed_ids(finance)
    assert "1 receipt is recorded." in declare(wei, ticked=[*ids, *ids])
    assert "0 receipts are recorded." in declare(wei, ticked=ids)
    assert Receipt.objects.count() == 1


def test_a_withdrawal_that_was_only_applied_is_still_to_be_purged(finance, wei):
    cast.withdrawn(cast.in_force())
    told()
    (event_id,) = owed_ids(finance)
    entry = receipts.ReceiptEntry(event=event_id, kind="applied", at=timezone.now())
    receipts.record(entry, department=finance.organisation, signed=False)
    assert owed_ids(finance) == [event_id]
    declare(wei, ticked=[event_id])
    assert owed_ids(finance) == []


def test_nothing_is_recorded_without_the_declaration_or_without_a_tick(finance, wei):
    cast.in_force()
    told()
    ids = owed_ids(finance)
    page = declare(wei, ticked=ids, declared="")
    assert "Without the declaration nothing is recorded" in page
    assert f'value="{ids[0]}" checked' in " ".join(page.split()), "what was ticked is kept"
    assert "Nothing is ticked" in declare(wei)
    for hostile in ("evt_\0", "evt_'--", "x" * 500):
        declare(wei, ticked=[hostile])
    assert not Receipt.objects.exists()


def test_all_up_to_what_was_downloaded_and_nothing_after_it(finance, wei, monkeypatch):
    monkeypatch.setattr("sharing.departments.declaring.CHUNK", 1)
    cast.withdrawn(cast.in_force())
    cast.second_in_force()
    told()
    downloaded(wei)
    later = cast.corrected(Listing.objects.get(number="L-2026-000002"), fine_yuan=1)
    told()
    assert "2 receipts are recorded." in declare(wei, which="up_to-3")
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["applied", "purged"]
    (duty,) = owing.owed(finance.pk, 10)
    assert (duty.position, duty.listing_number) == (4, later.number)


@pytest.mark.parametrize("which", ["up_to-1", "up_to-999", "up_to-x", "all", ""])
def test_what_was_never_downloaded_cannot_be_declared_at_once(finance, wei, which):
    cast.in_force()
    told()
    assert "There is a problem" in declare(wei, which=which)
    assert not Receipt.objects.exists()


# Hand and push owe the same


def test_an_event_that_an_endpoint_is_to_deliver_is_owed_once_it_was_taken(finance):
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        cast.in_force()
        inbox.answer = lambda received: 500
        told()
        slot.run()
        assert owed_ids(finance) == []
        Endpoint.objects.update(state="paused")
        assert len(owed_ids(finance)) == 1, "who pauses it has the list in the portal"
        Endpoint.objects.update(state="active", next_due=None)
        inbox.answer = lambda received: 204
        slot.run()
        assert len(owed_ids(finance)) == 1


def test_adding_an_endpoint_forgives_nothing(finance):
    cast.in_force()
    told()
    owed = owed_ids(finance)
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        assert owed_ids(finance) == owed


def test_what_is_owed_for_long_is_kept_and_let_go(finance, monkeypatch):
    monkeypatch.setattr("sharing.departments.owing.CHUNK", 2)
    listing = cast.in_force()
    for fine in (1, 2, 3):
        cast.corrected(cast.fresh(listing), fine_yuan=fine)
    cast.second_in_force()
    told()
    before = owing.owed(finance.pk, 100)
    owing.keep(finance.pk, now=timezone.now())
    assert Department.objects.get().owed_position == 0, "what is young is read from the log"
    owing.keep(finance.pk, now=timezone.now() + timedelta(hours=1))
    assert Department.objects.get().owed_position == 5
    assert owing.owed(finance.pk, 100) == before
    assert owing.count(finance.pk, 3) == 3
    entry = receipts.ReceiptEntry(event=before[0].event_id, kind="applied", at=timezone.now())
    receipts.record(entry, department=finance.organisation, signed=False)
    cast.withdrawn(cast.fresh(listing))
    told()
    assert [duty.position for duty in owing.owed(finance.pk, 100)] == [5, 6]
    owing.keep(finance.pk, now=timezone.now() + timedelta(hours=1))
    assert [duty.position for duty in owing.owed(finance.pk, 100)] == [5, 6]
    assert list(owing.Owed.objects.values_list("event_id", flat=True)) == [5]


def test_an_opening_set_behind_what_was_kept_is_owed_too():
    finance = cast.department()
    cast.in_force()
    told()
    Department.objects.update(owed_position=1, announced_position=1)
    cast.measure(finance)
    told()
    assert Department.objects.get().announced_position == 0
    owing.keep(finance.pk, now=timezone.now() + timedelta(hours=1))
    assert len(owed_ids(finance)) == 1


# Told by mail that something waits


def announced(minutes=0):
    mail.outbox.clear()
    announcing.announce(now=timezone.now() + timedelta(minutes=minutes))
    return [message.subject.split(":")[0] for message in mail.outbox]


def test_members_are_told_once_that_something_new_waits_and_of_withdrawals_at_once(finance, member):
    assert announced() == []
    listing = cast.in_force()
    told()
    assert announced() == ["有新的登记事项 / Something new"]
    assert mail.outbox[0].to == ["wei@finance.example"]
    assert announced() == []
    cast.second_in_force()
    told()
    assert announced(minutes=30) == [], "not one message for each event"
    cast.withdrawn(listing)
    told()
    assert announced(minutes=30) == ["登记已撤出或者中止共享 / Withdrawn or suspended"]
    cast.corrected(Listing.objects.get(number="L-2026-000002"), fine_yuan=1)
    told()
    assert [announced(minutes=60), announced(minutes=91)] == [[], ["有新的登记事项 / Something new"]]


def test_what_is_opened_behind_an_old_withdrawal_does_not_make_it_news_again(finance, member):
    cast.withdrawn(cast.in_force())
    cast.second_in_force()
    told()
    assert announced() == ["登记已撤出或者中止共享 / Withdrawn or suspended"]
    owing.reopen(finance.pk, 1)
    assert announced(minutes=61) == ["有新的登记事项 / Something new"]


def test_the_message_names_nobody(finance, member):
    cast.withdrawn(cast.in_force())
    told()
    announced()
    (message,) = mail.outbox
    assert "高䶮" not in message.body + message.subject
    assert cast.DEFENDANT_NUMBER not in message.body
    assert at("list") in message.body


def test_who_has_a_program_is_not_told_by_mail(finance, member):
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        cast.in_force()
        told()
        assert announced() == []
        Endpoint.objects.update(state="paused")
        assert len(announced()) == 1


def test_what_an_endpoint_took_before_it_was_paused_is_no_news(finance, member):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        cast.withdrawn(cast.in_force())
        told()
        slot.run()
        endpoints.pause(endpoint.pk)
        assert announced() == []
        cast.second_in_force()
        told()
        assert announced() == ["有新的登记事项 / Something new"]


def test_what_it_had_not_taken_is_news_and_the_withdrawal_among_it(finance, member):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        listing = cast.in_force()
        told()
        slot.run()
        inbox.answer = lambda received: 422 if received.event["type"] == "listing.withdrawn" else 204
        Endpoint.objects.update(in_flight_cap=1)  # so that the second is tried after the first was refused
        cast.withdrawn(listing)
        cast.second_in_force()
        told()
        slot.run()
        endpoints.pause(endpoint.pk)
    assert Held.objects.exists()
    assert announced() == ["登记已撤出或者中止共享 / Withdrawn or suspended"]
    assert " 1 of it withdraw" in mail.outbox[0].body


def test_what_it_took_before_it_went_back_to_trial_is_no_news(finance, member):
    with receiver() as inbox:
        endpoint, _ = joining.add_endpoint(finance, inbox.url, now=cast.NOW)
        stages.open_without_run(endpoint.pk, because="its program is known", now=cast.NOW)
        cast.withdrawn(cast.in_force())
        told()
        slot.run()
    assert announced() == []
    stages.to_trial(endpoint.pk, officer=cast.high_court_registrar(), because="it is rebuilt", now=cast.NOW)
    assert announced() == []


def test_where_an_endpoint_on_trial_begins_says_nothing_of_what_was_taken(finance, member):
    cast.withdrawn(cast.in_force())
    told()
    joining.add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    assert announced() == ["登记已撤出或者中止共享 / Withdrawn or suspended"]


def test_an_endpoint_on_trial_does_not_silence_the_mail(finance, member):
    listing = cast.in_force()
    told()
    assert len(announced()) == 1
    endpoint, _secret = joining.add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    cast.withdrawn(listing)
    told()
    (message,) = announced(minutes=1)
    assert "Withdrawn" in message
    stages.open_without_run(endpoint.pk, because="its program is known", now=cast.NOW)
    cast.second_in_force()
    told()
    assert announced(minutes=180) == [], "now it is told by its endpoint"


def test_what_is_not_for_the_department_is_no_news(member):
    cast.department("telecom")
    cast.in_force(cast.party(article="CL 253-1"), number=cast.DEFENDANT_NUMBER)
    Department.objects.filter(sector="finance").update(announced_position=0)
    told()
    assert [message for message in announced() if "telecom" in message] == []


def test_a_message_that_cannot_be_sent_is_tried_again(finance, member, monkeypatch):
    cast.in_force()
    told()
    with monkeypatch.context() as patch:
        patch.setattr(
            "django.core.mail.EmailMessage.send", lambda message: (_ for _ in ()).throw(ConnectionRefusedError())
        )
        assert announced() == []
    assert len(announced()) == 1
