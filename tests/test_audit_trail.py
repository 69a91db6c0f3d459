"""The audit trail at the desk: what an auditor finds, what he is not shown, and that his looking is found as well."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client as Browser
from django.utils import timezone, translation

from registry import auditing, reading
from registry.auditing import anchoring, growing
from registry.errors import PeriodBackwards, PeriodTooLong
from registry.models import AccessRecord, AuditEntry, AuditKind, Listing, RefusedAct
from sharing.audit import comparing, trail
from sharing.audit.faults import Fault
from sharing.audit.trail import Search
from sharing.departments.models import Department
from sharing.parties import clients, members
from sharing.parties.models import Client, MemberAct, MemberRole
from tests import asking, cast, logs, sealing
from tests import auditing as auditors
from tests.cast import NOW
from tests.desk import at_the_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
DAY = NOW.date()
OWNER = MemberRole.OWNER
ADDRESS = "/desk/sharing/audit/trail/"


def search(**asked: str) -> list[tuple[str, str, str]]:
    """(kind, who, about) of what is found, the newest first."""
    found = trail.searched(Search(begins=DAY, ends=DAY, **asked))
    assert found.next is None
    named = trail.named(found.traces)
    return [(each.kind, named.get(each.who, each.who), each.about) for each in found.traces]


@pytest.fixture
def listing() -> Listing:
    """Looked at by the clerk; the judge tried what he may not; a bank's member and its machine did something, too."""
    listing = cast.in_force()
    reading.record_reading([listing], officer=cast.clerk(), page="listing", now=NOW)
    RefusedAct.objects.create(officer=cast.judge(), act="approve", about=listing.number, code="R-304", at=NOW)
    return listing


def test_one_search_finds_acts_looks_refusals_and_files_of_one_officer(listing: Listing) -> None:
    clerk = cast.clerk()
    auditing.note(AuditKind.EXPORT, who=auditing.account(clerk.account_id), about="C-1", door="book", now=NOW)
    found = search(who=clerk.staff_number)
    assert {kind for kind, *_ in found} == {"act", "look", "export"}
    assert {who for _, who, _ in found} == {clerk.staff_number}
    assert ("export", clerk.staff_number, "C-1") in found


def test_a_number_finds_whoever_had_to_do_with_it(listing: Listing) -> None:
    found = search(about=listing.number)
    assert ("refused_act", cast.judge().staff_number, listing.number) in found
    assert ("look", cast.clerk().staff_number, listing.number) in found
    assert {about for *_, about in found} == {listing.number}
    assert search(about="L-2026-999999") == []


def test_a_kind_finds_that_kind_alone(listing: Listing) -> None:
    for kind in trail.KINDS:
        auditing.note(kind, now=NOW) if kind in AuditKind.values else None
    for kind in trail.KINDS:
        assert {found for found, *_ in search(kind=kind)} <= {kind}
    assert [kind for kind, *_ in search(kind="look")] == ["look"]
    assert [kind for kind, *_ in search(kind="token")] == ["token"]


def test_members_and_machines_are_found_by_their_numbers(listing: Listing) -> None:
    organisation = cast.department().organisation
    member = members.take_in(organisation, username="wei", password="a long enough phrase", name="某人", role=OWNER)
    MemberAct.objects.create(member=member, act="add_key", about="k", at=NOW)
    client_id, _secret = clients.issue(member.organisation, ("events",), now=NOW)
    auditing.note(AuditKind.TOKEN, who=auditing.client(client_id), now=NOW)
    auditing.note(AuditKind.SIGN_IN, who=auditing.account(member.account_id), now=NOW)
    number = f"M{member.pk}"
    assert sorted(search(who=number)) == [("member_act", number, "k"), ("sign_in", number, "")]
    assert search(who=client_id) == [("token", client_id, "")]
    assert search(who="nobody") == []
    assert search(who="M99999999999999999999") == []


def test_sealed_listings_are_named_to_nobody(listing: Listing) -> None:
    auditing.note(AuditKind.EXPORT, about=f"{listing.number} pdf", now=NOW)
    sealing.sealed(listing)
    assert search(about=listing.number) == []
    assert listing.number not in repr(search())
    assert ("export", "", "—") in search()


def test_the_pages_follow_one_another_without_a_gap_or_a_row_twice() -> None:
    for number in range(3 * trail.A_PAGE + 7):  # many of one moment, so that a page ends within it
        auditing.note(AuditKind.EXPORT, about=str(number), now=NOW + timedelta(seconds=number // 70))
    sought = Search(begins=DAY, ends=DAY)
    found = trail.searched(sought)
    pages = [found.traces]
    while found.next:
        found = trail.searched(sought, found.next)
        pages.append(found.traces)
    seen = [trace for traces in pages for trace in traces]
    assert [len(traces) for traces in pages] == [trail.A_PAGE] * 3 + [7]
    assert sorted(int(each.about) for each in seen) == list(range(3 * trail.A_PAGE + 7))
    assert [each.at for each in seen] == sorted((each.at for each in seen), reverse=True)


def test_a_search_is_of_days_and_of_three_months_at_most() -> None:
    auditing.note(AuditKind.EXPORT, now=NOW - timedelta(days=1))
    assert search() == []
    with pytest.raises(PeriodBackwards):
        trail.searched(Search(begins=DAY, ends=DAY - timedelta(days=1)))
    with pytest.raises(PeriodTooLong):
        trail.searched(Search(begins=DAY - timedelta(days=trail.MOST_DAYS), ends=DAY))


# At the desk


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: auditors.LATER)


def test_auditors_alone_see_the_trail() -> None:
    for officer in (cast.clerk(), cast.judge(), cast.high_court_registrar(), cast.statistician()):
        assert at_the_desk(officer).get(ADDRESS).status_code == 403
    assert "/audit/trail/" not in at_the_desk(cast.high_court_registrar()).get("/desk/sharing/audit/").content.decode()
    assert at_the_desk(auditors.auditor()).get(ADDRESS).status_code == 200
    assert "/audit/trail/" in at_the_desk(auditors.auditor()).get("/desk/sharing/audit/").content.decode()


def test_looking_at_the_trail_is_in_the_trail_and_what_was_typed_is_not() -> None:
    auditor = auditors.auditor()
    at_the_desk(auditor).post(ADDRESS, {"who": "高䶮", "about": "x"})
    entry = AuditEntry.objects.get(kind=AuditKind.AUDIT_READ)
    assert (entry.who, entry.about) == (auditing.account(auditor.account_id), "who about")


def test_the_page_shows_places_anchor_and_verification_and_no_person(listing: Listing, tomorrow: None) -> None:
    while growing.grow():
        pass
    anchor = anchoring.anchor_if_due(now=NOW)
    comparing.verify(now=NOW)
    assert anchor is not None
    text = at_the_desk(auditors.auditor()).get(ADDRESS).content.decode()
    look = trail.searched(Search(begins=DAY, ends=DAY, kind="look")).traces[0]
    assert look.position
    assert re.search(rf"the page of the listing.*?<td>{look.position}</td>", text.replace("\n", ""))
    assert f"at position {anchor.position}, with {anchor.size} rows" in text
    assert "every row is as it was written" in text
    for hidden in ("高䶮", cast.DEFENDANT_NUMBER, cast.clerk().name):
        assert hidden not in text


@pytest.mark.parametrize(
    ("language", "done", "refused"),
    [
        ("en", {"Entered as a draft.", "Submitted for review.", "Approved."}, "approve"),
        ("zh-hans", {"录入草稿。", "提交复核。", "已批准。"}, "批准"),
    ],
)
def test_acts_done_and_refused_are_named_in_the_readers_language(
    listing: Listing, tomorrow: None, language: str, done: set[str], refused: str
) -> None:
    with translation.override(language):
        text = at_the_desk(auditors.auditor(), language).get(ADDRESS).content.decode()
    assert {*done, refused} <= set(re.findall(r"<td>\s*([^<]*?)\s*</td>", text))


def test_the_page_says_what_a_verification_found(listing: Listing, tomorrow: None) -> None:
    while growing.grow():
        pass
    look = AccessRecord.objects.first()
    assert look is not None
    logs.by_hand("UPDATE registry_accessrecord SET page = 'book' WHERE id = %s", look.pk)
    comparing.verify(now=NOW)
    text = at_the_desk(auditors.auditor()).get(ADDRESS).content.decode()
    with translation.override("en"):
        assert str(Fault.CHANGED.label) in text


@pytest.mark.parametrize(
    "typed",
    [
        {"begins": "2026-02-31"},
        {"begins": "2026-11-24", "ends": "2026-11-23"},
        {"begins": "2020-01-01"},
        {"kind": "x"},
        {"about": "x" * 70},
        {"before": "x", "seen": "x"},
        {"before": "2026-11-24T00:00:00", "seen": "-1"},
        {"before": "0001-01-01T00:00:00+00:00", "seen": "1"},
        {"who": "'; DROP TABLE registry_auditentry; --"},
        {"ends": "9999-12-31"},
        {"begins": "0001-01-01", "ends": "0001-01-02"},
    ],
)
def test_what_is_typed_wrong_is_said_on_the_page(typed: dict[str, str], tomorrow: None) -> None:
    assert at_the_desk(auditors.auditor()).post(ADDRESS, typed).status_code == 200


def test_what_is_sought_stands_in_no_address_and_none_is_listened_to(tomorrow: None) -> None:
    for number in range(trail.A_PAGE + 2):
        auditing.note(AuditKind.EXPORT, about="C-1", now=NOW + timedelta(seconds=number))
    auditing.note(AuditKind.EXPORT, about="C-2", now=NOW)
    desk = at_the_desk(auditors.auditor())
    first = desk.post(ADDRESS, {"about": "C-1", "begins": DAY.isoformat(), "ends": DAY.isoformat()}).content.decode()
    assert not re.search(r"""(?:href|action)="[^"]*(?:about|C-1)""", first)
    older = dict(
        re.findall(r'<input type="hidden" name="(about|begins|ends|before|seen|kind|who)" value="([^"]*)"', first)
    )
    second = desk.post(ADDRESS, older).content.decode()
    rows = [re.findall(r"<td>\s*(C-[12])\s*</td>", page) for page in (first, second)]
    assert rows == [["C-1"] * trail.A_PAGE, ["C-1"] * 2]
    asked = desk.get(ADDRESS, {"about": "C-1", "begins": DAY.isoformat(), "ends": DAY.isoformat()}).content.decode()
    assert 'value="C-1"' not in asked


# Files


def test_a_file_that_is_taken_is_in_the_trail(listing: Listing) -> None:
    auditor = auditors.auditor()
    for form in ("csv", "xlsx"):
        answer = at_the_desk(auditor).get(f"/desk/sharing/audit/checks/past-term/file/{form}")
        assert answer.status_code == 200
    entries = AuditEntry.objects.filter(kind=AuditKind.EXPORT).order_by("at")
    assert [(each.who, each.about, each.door) for each in entries] == [
        (auditing.account(auditor.account_id), f"past-term {form}", "sharing_desk:audit_check_file")
        for form in ("csv", "xlsx")
    ]


def test_a_file_that_cannot_be_noted_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = at_the_desk(auditors.auditor())
    browser.raise_request_exception = False
    with patch.object(AuditEntry.objects, "create", side_effect=DatabaseError):
        answer = browser.get("/desk/sharing/audit/checks/past-term/file/csv")
    assert answer.status_code >= 500
    assert b"past" not in answer.content


def test_a_machine_that_takes_a_file_is_named(finance: Department) -> None:
    headers = asking.bearer(finance.organisation, ("events",))
    cast.in_force()
    logs.sign_all()
    assert Browser().get("/api/v1/log/proof-file?position=1", headers=headers).status_code == 200
    entry = AuditEntry.objects.get(kind=AuditKind.EXPORT)
    assert entry.who == auditing.client(Client.objects.get().client_id)
