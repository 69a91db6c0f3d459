"""The judgment's file: attached by a clerk of the court, shown as pictures, removed with a reason, gone with its parties."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.actions import filing
from registry.errors import (
    AnotherCourt,
    FileNeeded,
    FileOfPurged,
    FileRemovedByRegistrar,
    FilesOfADecision,
    FileTwice,
    NoSuchFile,
    NotEnterable,
    Refusal,
    UnknownCode,
    WrongRole,
)
from registry.models import DecisionFile, FileRemoval, Listing, Role
from tests import cast, desk, pdfs, sealing
from tests.signing_in import sign_in
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FILE = pdfs.judgment()
REASON = "the file of another case"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def attach(decision, file=FILE, kind="judgment", by=None, now=cast.NOW):
    return actions.attach_file(decision.pk, file, kind=kind, officer=by or cast.clerk(), now=now)


def remove(row, by=None, reason=REASON):
    actions.remove_file(row.pk, reason=reason, officer=by or cast.clerk(), now=cast.NOW)


def fresh(row):
    return DecisionFile.objects.get(pk=row.pk)


def test_it_works():
    row = attach(cast.entered_decision())
    assert (row.pages, row.size) == (2, len(FILE))
    assert row.sha256 == hashlib.sha256(FILE).hexdigest()
    kept = fresh(row)
    assert kept.content.startswith(b"%PDF-")
    assert kept.kept_sha256 == hashlib.sha256(kept.content).hexdigest()
    assert b"%PDF" not in bytes(kept.content_sealed)


def test_strangers_attach_nothing():
    decision = cast.entered_decision()
    for officer, refusal in [(cast.stranger(), AnotherCourt), (cast.judge(), WrongRole), (cast.registrar(), WrongRole)]:
        with pytest.raises(refusal):
            attach(decision, by=officer)
    clerk = cast.clerk()
    clerk.account.is_active = False
    with pytest.raises(WrongRole):
        attach(decision, by=clerk)
    assert not DecisionFile.objects.exists()


def test_the_same_file_is_attached_once_and_not_without_end():
    decision = cast.entered_decision()
    attach(decision)
    with pytest.raises(FileTwice):
        attach(decision)
    with pytest.raises(UnknownCode):
        attach(decision, pdfs.judgment(3), kind="photograph")
    for pages in range(1, filing.MOST_FILES):
        attach(decision, pdfs.judgment(pages + 2), kind="ruling")
    with pytest.raises(FilesOfADecision):
        attach(decision, pdfs.judgment(20))


def test_the_row_is_written_once():
    row = attach(cast.entered_decision())
    for change in ({"pages": 9}, {"content_sealed": b"x"}, {"content_sealed": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            super(type(DecisionFile.objects.all()), DecisionFile.objects.filter(pk=row.pk)).update(**change)


def test_a_removal_destroys_the_content_and_stays_on_record():
    row = attach(cast.entered_decision())
    remove(row)
    assert fresh(row).content == b""
    removal = FileRemoval.objects.get()
    assert (removal.reason, removal.officer) == (REASON, cast.clerk())
    with pytest.raises(NoSuchFile):
        remove(row)
    assert attach(row.decision).pk != row.pk, "the right file comes in its place"


def test_a_clerk_removes_it_while_all_are_drafts_and_a_registrar_later():
    listing = cast.submitted()
    row = attach(listing.party.decision)
    with pytest.raises(FileRemovedByRegistrar):
        remove(row)
    for officer, refusal in [(cast.judge(), WrongRole), (cast.high_court_registrar(), AnotherCourt)]:
        with pytest.raises(refusal):
            remove(row, by=officer)
    with pytest.raises(Refusal):
        remove(row, by=cast.registrar(), reason="")
    remove(row, by=cast.registrar())
    assert fresh(row).content == b""


def test_it_goes_with_the_first_party_that_is_sealed_and_does_not_come_back():
    first, _second = cast.in_force(), cast.second_in_force()
    row = attach(first.party.decision)
    sealing.found_young(first)
    assert fresh(row).content == b""
    with pytest.raises(NotEnterable):
        attach(first.party.decision, pdfs.judgment(3))


def test_it_goes_with_the_last_draft_and_not_before():
    first = cast.draft()
    second = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    row = attach(first.party.decision)
    actions.discard([first.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert fresh(row).content
    actions.discard([second.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert fresh(row).content == b""


def test_what_is_attached_beside_a_purged_party_goes_with_the_last_draft_and_nothing_is_attached_when_all_are_purged():
    listing = cast.withdrawn(cast.in_force())
    decision = listing.party.decision
    actions.purge([listing.pk], now=cast.NOW)
    with pytest.raises(FileOfPurged):
        attach(decision)
    draft = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    row = attach(decision)
    assert fresh(row).content
    actions.discard([draft.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert fresh(row).content == b""
    with pytest.raises(FileOfPurged):
        attach(decision, pdfs.judgment(3))


@pytest.mark.django_db(transaction=True)
def test_what_is_attached_while_the_last_party_is_purged_is_not_kept(monkeypatch):
    """The clerk's file is being looked through while the clock purges."""
    listing = cast.withdrawn(cast.in_force())
    refused = []

    def attached():
        try:
            attach(listing.party.decision)
        except FileOfPurged as refusal:
            refused.append(refusal)

    first_paused(monkeypatch, filing.asking, "examine", attached, lambda: actions.purge([listing.pk], now=cast.NOW))
    assert len(refused) == 1
    assert not DecisionFile.objects.filter(content_sealed__isnull=False).exists()


def test_a_court_may_approve_nothing_without_it(settings):
    settings.REGISTRY_FILE_NEEDED = True
    listing = cast.submitted()
    with pytest.raises(FileNeeded):
        cast.approve(listing)
    attach(listing.party.decision, kind="certificate")
    with pytest.raises(FileNeeded):
        cast.approve(listing)
    attach(listing.party.decision, pdfs.judgment(3))
    cast.approve(listing)
    assert cast.fresh(listing).approved_by == cast.judge()


# At the desk.


def where(name, row, *more):
    return reverse(f"admin:{name}", args=[row.decision_id, row.pk, *more])


def upload(client, decision, file=FILE, name="高䶮判决书.pdf", **typed):
    sent = SimpleUploadedFile(name, file, content_type="image/png")
    return client.post(reverse("admin:attach_file", args=[decision.pk]), {"kind": "judgment", "file": sent, **typed})


def test_a_clerk_attaches_it_and_looks_at_it():
    listing = cast.draft()
    clerk = desk.at_the_desk(cast.clerk())
    answer = upload(clerk, listing.party.decision)
    row = DecisionFile.objects.get()
    assert answer.headers["Location"] == where("file", row)
    page = clerk.get(where("file", row)).content.decode()
    assert row.sha256 in page
    assert where("file_page", row, 2) in page
    assert "判决书.pdf" not in page
    assert (
        reverse("admin:file", args=[row.decision_id, row.pk])
        in clerk.get(reverse("admin:decision", args=[row.decision_id])).content.decode()
    )


def test_a_picture_runs_nothing_and_is_kept_nowhere():
    listing = cast.draft()
    row = attach(listing.party.decision)
    answer = desk.at_the_desk(cast.clerk()).get(where("file_page", row, 1))
    assert answer.content.startswith(b"RIFF")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert desk.at_the_desk(cast.clerk()).get(where("file_page", row, 3)).status_code == 404


@pytest.mark.parametrize("what", pdfs.HOSTILE)
def test_a_file_that_could_act_is_refused_on_the_page(what):
    answer = upload(desk.at_the_desk(cast.clerk()), cast.entered_decision(), pdfs.judgment(change=pdfs.HOSTILE[what]))
    assert answer.status_code == 200
    assert "R-265" in answer.content.decode()
    assert not DecisionFile.objects.exists()


def test_other_faults_stand_at_the_field(settings):
    settings.REGISTRY_FILE_MEGABYTES = 1
    clerk, decision = desk.at_the_desk(cast.clerk()), cast.entered_decision()
    for file, code in [
        (b"GIF89a", "R-261"), (b"%PDF-" + b" " * 1024 * 1024, "R-262"), (pdfs.encrypted(), "R-264"), (b"%PDF-1.4", "R-266"), (b"", "R-261"),
    ]:  # fmt: skip
        page = upload(clerk, decision, file).content.decode()
        assert code in page, code
        assert 'href="#id_file"' in page
    assert (
        "R-213" in clerk.post(reverse("admin:attach_file", args=[decision.pk]), {"kind": "judgment"}).content.decode()
    )


def test_a_forged_request_attaches_nothing():
    client = Client(enforce_csrf_checks=True)
    sign_in(client, cast.clerk().account)
    assert upload(client, cast.entered_decision()).status_code == 403
    assert not DecisionFile.objects.exists()


def test_each_look_is_on_record_once_an_hour(monkeypatch):
    listing = cast.draft()
    row = attach(listing.party.decision)
    clerk = desk.at_the_desk(cast.clerk())
    for address in (where("file", row), where("file_page", row, 1), where("file_page", row, 2)):
        clerk.get(address)
    assert desk.looks(cast.clerk()) == [(listing.number, "judgment_file")]
    later = cast.NOW + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    clerk.get(where("file_page", row, 2))
    assert desk.looks(cast.clerk()) == [(listing.number, "judgment_file")] * 2


def every_address(row):
    return [where("file", row), where("file_page", row, 1), where("remove_file", row), where("read_file", row),
            reverse("admin:attach_file", args=[row.decision_id])]  # fmt: skip


def test_strangers_see_nothing():
    row = attach(cast.draft().party.decision)
    for address in every_address(row):
        assert Client().get(address).headers["Location"].startswith(reverse("admin:login"))
        for officer in (cast.stranger(), cast.statistician()):
            client = desk.at_the_desk(officer)
            for answer in (client.get(address), client.post(address, {"reason": REASON})):
                assert answer.status_code in (403, 404, 405), address
                assert not answer.content.startswith(b"RIFF")
    assert fresh(row).content


@pytest.mark.parametrize("who", [cast.high_court_registrar, lambda: cast.officer("A-1", Role.AUDITOR, court="京")])
def test_whoever_reads_every_court_says_why_first(who):
    listing = cast.in_force()
    row = attach(listing.party.decision)
    officer = who()
    client = desk.at_the_desk(officer)
    for address in (where("file", row), where("file_page", row, 1)):
        assert "/why/" in client.get(address).headers["Location"]
    assert desk.looks(officer) == []
    client = desk.with_a_reason(officer, listing)
    assert client.get(where("file_page", row, 1)).content.startswith(b"RIFF")
    assert desk.looks(officer) == [(listing.number, "judgment_file"), (listing.number, "why")]


def test_before_a_party_is_entered_the_file_is_its_own_courts_alone():
    row = attach(cast.entered_decision())
    assert desk.at_the_desk(cast.clerk()).get(where("file_page", row, 1)).status_code == 200
    assert desk.at_the_desk(cast.high_court_registrar()).get(where("file_page", row, 1)).status_code == 403


def test_a_file_of_another_decision_is_not_there():
    row = attach(cast.entered_decision())
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    assert desk.at_the_desk(cast.clerk()).get(reverse("admin:file", args=[other.pk, row.pk])).status_code == 404


def test_it_is_removed_at_the_desk_with_a_reason():
    row = attach(cast.draft().party.decision)
    clerk = desk.at_the_desk(cast.clerk())
    assert clerk.post(where("remove_file", row), {"reason": ""}).status_code == 200
    clerk.post(where("remove_file", row), {"reason": REASON})
    assert fresh(row).content == b""
    assert clerk.get(where("file_page", row, 1)).status_code == 404
    assert REASON in clerk.get(reverse("admin:decision", args=[row.decision_id])).content.decode()


def test_the_judge_has_it_beside_the_draft_or_is_warned():
    listing = cast.submitted()
    judge = desk.at_the_desk(cast.judge())
    address = reverse("admin:review", args=[listing.party.decision_id])
    assert "No file of the judgment is attached" in judge.get(address).content.decode()
    row = attach(listing.party.decision)
    page = judge.get(address).content.decode()
    assert where("file_page", row, 1) in page
    assert 'loading="lazy"' in page
    assert "No file of the judgment is attached" not in page


def test_its_words_are_proposed_to_a_clerk_of_the_court(monkeypatch):
    listing = cast.draft()
    row = attach(listing.party.decision)
    clerk = desk.at_the_desk(cast.clerk())
    assert "R-278" in clerk.post(where("read_file", row)).content.decode(), "a picture holds no words"
    worded = attach(listing.party.decision, pdfs.words("(2026)"))
    assert clerk.post(where("read_file", worded)).headers["Location"].startswith("/desk/pasted/")
    assert desk.at_the_desk(cast.judge()).post(where("read_file", worded)).status_code == 403
    assert Listing.objects.count() == 1
