"""Wherever a file comes in, it passes the court's scanner first: what is found there is refused, on record, and kept nowhere."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from registry.errors import FileInfected, ScannerAway
from registry.models import AuditEntry, DecisionFile, Import
from registry.taking_files import InMemory
from sharing.employers import calling
from sharing.employers.models import Batch, Campaign, Registration, ShownForm
from sharing.employers.portal.form_file import FingerprintHandler
from sharing.persons.models import Objection
from tests import (
    asking,
    cast,
    desk,
    pdfs,
    test_batch_api,
    test_batch_portal,
    test_campaign_portal,
    test_consent_checks,
    test_employer_portal_later,
    test_importing_pages,
    test_judgment_files,
    test_objection_pages,
    test_objections_desk,
    test_registration_pages,
)
from tests.clamd import EICAR, Clamd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
TABLE = b"name\n" + EICAR
PAPER = pdfs.judgment(1) + EICAR
KEPT = (DecisionFile, Import, Batch, Campaign, ShownForm, Registration, Objection)


@pytest.fixture(autouse=True)
def today(monkeypatch, settings):
    settings.SHARING_CALLED_SHARE = 0.0
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def judgment():
    return test_judgment_files.upload(desk.at_the_desk(cast.clerk()), cast.draft().party.decision, PAPER)


def old_decisions():
    return test_importing_pages.upload(desk.at_the_desk(cast.clerk()), TABLE)


def case_feed():
    sent = SimpleUploadedFile("cases.csv", TABLE)
    return desk.at_the_desk(cast.clerk()).post(reverse("admin:feed_cases"), {"file": sent})


def objection_at_the_desk():
    sent = {**test_objections_desk.entry(cast.in_force()), "attached": SimpleUploadedFile("x.pdf", PAPER)}
    return desk.at_the_desk(cast.registrar()).post(reverse("sharing_desk:enter_objection"), sent)


def own_objection():
    listing = cast.in_force()
    browser = test_objection_pages.phone(test_objection_pages.NUMBER)
    return test_objection_pages.walk(browser, *test_objection_pages.questions(listing), files=(PAPER,))


def licence():
    browser = Client(headers={"accept-language": "en"})
    sent = test_registration_pages.licence(PAPER)
    return test_registration_pages.send(browser, test_registration_pages.check_page(browser), sent)


def signed_form():
    cast.in_force()
    browser = test_employer_portal_later.signed_in(asking.bank())
    return test_employer_portal_later.show(browser, test_employer_portal_later.ask(), PAPER)


def signed_form_by_program():
    cast.in_force()
    asked = test_consent_checks.ask()
    calling.call_in(now=cast.NOW)
    return test_consent_checks.put(asked, PAPER, asking.bearer(asked.employer))


def applicants():
    return test_batch_portal.upload(test_employer_portal_later.signed_in(asking.bank()), TABLE)


def campaign():
    return test_campaign_portal.upload(test_employer_portal_later.signed_in(asking.bank()), TABLE)


def applicants_by_program():
    url = test_batch_api.URL + test_batch_api.ABOUT
    bank = asking.bearer(asking.bank().organisation)
    return test_batch_api.post(bank, TABLE, url=url, content_type="text/csv")


# What is sent, and the page that is named on the record.
DOORS = {
    "admin:attach_file": judgment,
    "admin:new_import": old_decisions,
    "admin:feed_cases": case_feed,
    "sharing_desk:enter_objection": objection_at_the_desk,
    "person:new_objection": own_objection,
    "employer:register": licence,
    "employer:form": signed_form,
    "employer:new_batch": applicants,
    "employer:new_campaign": campaign,
    "consent_form": signed_form_by_program,
    "batches": applicants_by_program,
}


@pytest.mark.parametrize("door", DOORS)
def test_what_the_scanner_finds_is_refused_there_and_on_record_and_nothing_is_kept(door, settings):
    with Clamd() as scanner:
        settings.REGISTRY_SCANNER = scanner.address
        answer = DOORS[door]()
    assert FileInfected.code in answer.content.decode()
    (sent,) = scanner.files
    entry = AuditEntry.objects.get(kind="file_refused")
    assert (entry.code, entry.about) == (FileInfected.code, hashlib.sha256(sent).hexdigest())
    assert entry.door.endswith(door)
    assert entry.address_digest
    assert not any(model.objects.exists() for model in KEPT)


@pytest.mark.parametrize("door", DOORS)
def test_while_it_is_away_nothing_is_taken(door, settings):
    settings.REGISTRY_SCANNER = "unix:/nonexistent/clamd.ctl"
    assert ScannerAway.code in DOORS[door]().content.decode()
    assert not any(model.objects.exists() for model in KEPT)
    assert not AuditEntry.objects.filter(kind="file_refused").exists()


def test_who_brought_it_is_on_record(settings):
    with Clamd() as scanner:
        settings.REGISTRY_SCANNER = scanner.address
        old_decisions()
    assert AuditEntry.objects.get(kind="file_refused").who == f"account:{cast.clerk().account_id}"


def views(patterns):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield each.callback


def test_no_page_takes_a_file_past_it():
    """The reader of a form's fingerprint keeps nothing of the form."""
    handlers = {view.taken_by for view in views(get_resolver().url_patterns) if hasattr(view, "taken_by")}
    assert {each for each in handlers if not issubclass(each, InMemory)} == {FingerprintHandler}
    assert len(handlers) >= 6


def taken(content):
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("x", content)})
    request.upload_handlers = [InMemory(request)]
    return request.FILES["file"]


READERS = {
    "read": lambda file: file.read(),
    "seek": lambda file: file.seek(0),
    "chunks": lambda file: list(file.chunks()),
    "lines": list,
    "readline": lambda file: file.readline(),
    "open": lambda file: file.open().read(),
    "the file inside": lambda file: file.file.getvalue(),
}


@pytest.mark.parametrize("way", READERS)
def test_there_is_no_way_to_read_it_unscanned(way, settings):
    with Clamd() as scanner:
        settings.REGISTRY_SCANNER = scanner.address
        with pytest.raises(FileInfected):
            READERS[way](taken(EICAR))
    assert scanner.files == [EICAR]


def test_what_nobody_reads_is_not_scanned_and_what_is_read_twice_is_scanned_once(settings):
    with Clamd() as scanner:
        settings.REGISTRY_SCANNER = scanner.address
        unread, read = taken(b"one"), taken(b"another")
        assert (unread.size, unread.name) == (3, "form")
        unread.close()
        for _time in range(2):
            read.seek(0)
            assert read.read() == b"another"
    assert scanner.files == [b"another"]
