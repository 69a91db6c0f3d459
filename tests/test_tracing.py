"""`manage.py trace`: what left about a listing, or to a party; nobody is named, and no other department's row is among it."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.zones.rights import BY_TABLE
from config.zones.zone import Zone
from registry import auditing, reading
from registry.keys import new_key
from registry.models import AuditEntry, AuditKind, IdentityDocument, NoticeService, SealOpened
from sharing.audit import taking
from sharing.audit.management.commands.trace import Command
from sharing.audit.models import Pack, PackTaken
from sharing.audit.recorded import NOT_RECORDED, RECORDED
from sharing.audit.tracing import covered, scope, source
from sharing.audit.tracing.following import SOURCES, follow
from sharing.delivery import slot
from sharing.departments import downloading, institutions, looking, receipts, telling
from sharing.departments.downloading import Form
from sharing.departments.models import Institution
from sharing.employers import recalling
from sharing.employers.models import (
    ApplicantTold,
    ConsentLook,
    ConsentVerdict,
    EmployerEndpoint,
    MonitoringAttempt,
    MonitoringChange,
    MonitoringTold,
    RecallConfirmation,
    RecallTold,
)
from sharing.employers.monitoring import walking
from sharing.parties.models import Client, MemberAct
from sharing.persons.models import CounterRecord
from sharing.recalls.models import ClearanceLetter
from sharing.rotation.columns import RECOMPUTED
from sharing.rotation.digesting import digest_again
from tests import asking, cast, monitored, noticing, sealing
from tests.receiving import receiver
from tests.test_hand_mode import taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
LONG_AGO = "2026-01-01T00:00:00+08:00"


def tell():
    telling.walk(now=cast.NOW)


def traced(*typed, **options):
    said = io.StringIO()
    call_command("trace", *typed, stdout=said, **options)
    return said.getvalue()


def rows_about(*listings):
    return list(follow(scope.about([each.number for each in listings])))


def rows_by(party, since=datetime(2026, 1, 1, tzinfo=UTC), until=None):
    return list(follow(scope.by(party, since=since, until=until)))


def kinds(rows):
    return {(row.kind, row.who) for row in rows}


def telecom():
    department = cast.department("telecom")
    cast.measure(department)
    return department


def key_of(department):
    return Client.objects.filter(organisation=department.organisation).latest("pk").client_id


@pytest.fixture
def listing():
    return cast.in_force()


@pytest.fixture
def second(listing):
    return cast.second_in_force()


# What left about a listing


def test_what_a_department_was_told_pushed_and_pulled_is_traced(finance, listing, second):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        tell()
        slot.run()
    bearer = asking.bearer(finance.organisation, ("events", "receipts"))
    assert Browser().get("/api/v1/events?after=0", headers=bearer).status_code == 200
    rows = rows_about(listing)
    event = listing.events.get()
    code, machine = finance.organisation.code, f"client:{key_of(finance)}"
    assert kinds(rows) == {
        ("told", f"department:{code}"),
        ("pushed", f"endpoint:{endpoint.pk}"),
        ("pulled", machine),
    }
    assert {(row.listing, row.what) for row in rows} == {(listing.number, event.event_id)}
    (pushed,) = [row for row in rows if row.kind == "pushed"]
    assert pushed.said == f"position {event.position} version 1 listing.published status 204"
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_a_list_that_was_taken_whole_is_traced_to_what_it_held(finance, listing):
    tell()
    bearer = asking.bearer(finance.organisation, ("events",))
    b"".join(Browser().get("/api/v1/listings", headers=bearer).streaming_content)
    Browser().get(f"/api/v1/listings/{listing.number}", headers=bearer)
    member = taken_in(finance)
    b"".join(downloading.whole(member, Form.CSV, now=timezone.now()).blocks)
    later = cast.second_in_force()
    tell()
    found = {(row.kind, row.who, row.said) for row in rows_about(listing)} - {
        ("told", f"department:{finance.organisation.code}", "position 1 version 1 listing.published")
    }
    machine = f"client:{key_of(finance)}"
    assert found == {
        ("pulled", machine, "list at 1"),
        ("pulled", machine, "one listing"),
        ("downloaded", f"member:M{member.pk}", "download at 1"),
    }
    assert {row.kind for row in rows_about(later)} == {"told"}


def test_a_list_that_was_taken_after_a_withdrawal_did_not_hold_it(finance, listing, second):
    tell()
    cast.withdrawn(listing)
    tell()
    member = taken_in(finance)
    b"".join(downloading.whole(member, Form.CSV, now=timezone.now()).blocks)
    b"".join(
        Browser().get("/api/v1/listings", headers=asking.bearer(finance.organisation, ("events",))).streaming_content
    )
    taken = [(row.kind, row.listing) for row in rows_by(f"department:{finance.organisation.code}")]
    assert [each for each in taken if each[0] in ("downloaded", "pulled")] == [
        ("downloaded", second.number),
        ("pulled", second.number),
    ]


def test_a_download_of_changes_is_traced_to_what_had_changed(finance, listing, second):
    tell()
    member = taken_in(finance)
    b"".join(downloading.whole(member, Form.CSV, now=timezone.now()).blocks)
    cast.corrected(listing, fine_yuan=1)
    tell()
    b"".join(downloading.changes(member, Form.CSV, after=2, now=timezone.now()).blocks)
    changed = [(row.listing, row.said) for row in rows_by(f"member:M{member.pk}") if row.said.startswith("changes")]
    assert changed == [(listing.number, "changes at 3")]


def test_a_pull_that_gave_nothing_and_what_he_has_already_leave_no_row(finance, listing):
    tell()
    bearer = asking.bearer(finance.organisation, ("events",))
    first = Browser().get("/api/v1/events?after=0", headers=bearer)
    assert AuditEntry.objects.filter(kind=AuditKind.PULL).count() == 1
    Browser().get("/api/v1/events?after=1", headers=bearer)
    again = Browser().get("/api/v1/events?after=0", headers={**bearer, "If-None-Match": first["ETag"]})
    assert again.status_code == 304
    (entry,) = AuditEntry.objects.filter(kind=AuditKind.PULL)
    assert (entry.who, entry.about) == (auditing.client(key_of(finance)), "1-1")


def test_what_an_employer_asked_is_traced_with_its_outcome(listing):
    listed = asking.answered()
    other_name = asking.answered(asking.question(name="欧阳㛃"))
    stranger = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="林"))
    rows = [row for row in rows_about(listing) if row.kind == "asked"]
    assert {(row.what, row.said.split()[0]) for row in rows} == {(listed.pk, "listed"), (other_name.pk, "pending")}
    assert {row.listing for row in rows} == {listing.number}
    assert stranger.pk not in {row.what for row in rows}


def test_a_question_of_before_the_digest_key_was_changed_is_traced_though_it_found_nothing(settings):
    asked = asking.answered()
    listing = cast.in_force()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(9, digests=True)},{settings.REGISTRY_DIGEST_KEYS}"
    for _done in digest_again(next(each for each in RECOMPUTED if each.model == "registry.IdentityDocument")):
        pass
    assert listing.party.person.documents.get().digest_key == 9
    assert [row.what for row in rows_about(listing) if row.kind == "asked"] == [asked.pk]


def test_a_document_that_cannot_be_opened_is_traced_by_its_own_digest(listing):
    asked = asking.answered(asking.question(name="高某"))
    IdentityDocument.objects.update(number_sealed=b"\x01" * 60)
    assert asked.pk in [row.what for row in rows_about(listing) if row.kind == "asked"]


def test_what_came_of_an_answer_is_traced(listing):
    bank = asking.bank()
    member = taken_in(bank, "hr", "hr@bank.example")
    asked, kept = asking.answered(), {"at": cast.NOW}
    recall = recalling.recall_as_erroneous(
        asked, officer=cast.high_court_registrar(), reason="asked of another", now=cast.NOW
    )
    RecallTold.objects.create(recall=recall, step=0, **kept)
    RecallConfirmation.objects.create(recall=recall, removed=True, decision="reconsidered", member=member, **kept)
    ApplicantTold.objects.create(screening=asked, told_on=cast.NOW.date(), member=member, **kept)
    MemberAct.objects.create(member=member, act="read_result", about=asked.pk, **kept)
    ConsentLook.objects.create(screening=asked, officer=cast.registrar(), **kept)
    ConsentVerdict.objects.create(
        screening=asked,
        verdict="fits",
        outcome="listed",
        listing=listing,
        as_of=1,
        decided_at=cast.NOW,
        expires_at=cast.NOW,
        answer_sealed=b"sealed",
    )
    found = {(row.kind, row.who, row.said) for row in rows_about(listing) if row.what == asked.pk}
    machine = f"client:{asking.machine(bank.organisation).client_id}"
    assert found == {
        ("asked", machine, "listed listing"),
        ("answered", "employer:bank", "fits listed"),
        ("recalled", machine, "erroneous"),
        ("recalled", machine, "by mail, step 0"),
        ("receipt", machine, "removed reconsidered"),
        ("passed on", machine, "to the applicant himself"),
        ("did", f"member:M{member.pk}", "read_result"),
        ("looked", "officer:R-SUN", "consent"),
    }


def test_what_an_employer_was_told_unasked_is_traced(listing):
    enrolled = monitored.enrolled()
    cast.withdrawn(listing)
    walking.walk(now=cast.NOW)
    change = MonitoringChange.objects.get()
    endpoint = EmployerEndpoint.objects.create(
        id="ep_bank", employer=enrolled.employer, url="https://bank.example.cn/", added_at=cast.NOW
    )
    MonitoringTold.objects.create(change=change, channel="mail", at=cast.NOW)
    MonitoringAttempt.objects.create(
        endpoint=endpoint, change=change, started_at=cast.NOW, elapsed_ms=1, status=204, length=0
    )
    found = {(row.kind, row.who, row.listing, row.said) for row in rows_about(listing)}
    machine = f"client:{asking.machine(enrolled.employer).client_id}"
    assert found >= {
        ("asked", machine, listing.number, f"not_listed listing {change.pk}"),
        ("told", machine, listing.number, f"by mail {change.pk}"),
        ("pushed", "endpoint:ep_bank", listing.number, f"{change.pk} status 204"),
    }
    assert [row.what for row in rows_by("endpoint:ep_bank")] == [change.screening_id]


def test_who_passed_it_on_and_what_was_confirmed_is_traced(finance, listing):
    tell()
    Institution.objects.create(department=finance, code="bank-1", name="某银行", uscc=cast.UNIT_NUMBER)
    institutions.reach(finance.pk, listing.number, "bank-1", at=cast.NOW)
    said = receipts.ReceiptEntry(event=listing.events.get().event_id, kind="applied", at=cast.NOW)
    receipts.record(said, department=finance.organisation, signed=False)
    cast.withdrawn(listing)
    tell()
    institutions.confirm(finance.pk, listing.events.last().event_id, "bank-1", at=cast.NOW)
    code = finance.organisation.code
    assert kinds(rows_about(listing)) == {
        ("told", f"department:{code}"),
        ("reached", f"institution:{code}/bank-1"),
        ("receipt", f"department:{code}"),
        ("receipt", f"institution:{code}/bank-1"),
    }


def test_officers_looks_notices_packs_and_files_of_the_book_are_traced(listing):
    clerk, registrar = cast.clerk(), cast.high_court_registrar()
    reading.record_reading([listing], officer=clerk, page="listing", now=cast.NOW)
    noticing.made(listing)
    b"".join(taking.take(taking.Part(), taking.Form.CSV, masked=False, officer=registrar, now=cast.NOW))
    day = cast.NOW.date()
    digest = listing.party.person.documents.get().digest
    CounterRecord.objects.create(
        subject_digest=digest, officer=clerk, asked_by="person", authority="document", at=cast.NOW
    )
    ClearanceLetter.objects.create(
        id="clr_1", listing=listing, officer=clerk, issued_at=cast.NOW, complete=True, signed_digest=b"digest"
    )
    served = NoticeService(listing_number=listing.number, how="in_person", done_on=day, served_on=day, at=cast.NOW)
    served.officer, served.reference = clerk, "record 1"
    served.save(force_insert=True)
    pack = Pack.objects.create(
        number="P-1", begins_on=day, ends_on=day, listing_number=listing.number, officer=registrar, asked_at=cast.NOW
    )
    PackTaken.objects.create(pack=pack, officer=registrar, at=cast.NOW)
    auditing.note(
        AuditKind.EXPORT,
        who=auditing.account(clerk.account_id),
        about=listing.number,
        door="admin:paper",
        now=cast.NOW,
    )
    found = {(row.kind, row.who, row.said) for row in rows_about(listing)}
    assert found >= {
        ("looked", "officer:C-LIN", "listing"),
        ("issued", "officer:C-LIN", "notice zh-hans"),
        ("issued", "officer:C-LIN", "clearance letter"),
        ("served", "officer:C-LIN", "in_person"),
        ("printed", "officer:C-LIN", "for the person"),
        ("took", "officer:R-HE", "1 listings, all, may name it"),
        ("took", "officer:R-HE", f"{day} to {day}"),
        ("took", "officer:C-LIN", "admin:paper"),
    }


def test_a_pack_of_another_listing_may_name_it_too(listing, second):
    """The lists of the checks in it are of every listing, and so is the sample that it may have."""
    day, registrar = cast.NOW.date(), cast.high_court_registrar()
    of_one = {"begins_on": day, "ends_on": day, "officer": registrar, "asked_at": cast.NOW}
    pack = Pack.objects.create(number="P-1", listing_number=second.number, **of_one)
    PackTaken.objects.create(pack=pack, officer=registrar, at=cast.NOW)
    took = {(row.listing, row.what, row.said) for row in rows_about(listing, second) if row.kind == "took"}
    assert took == {
        (listing.number, "P-1", f"{day} to {day}, may name it"),
        (second.number, "P-1", f"{day} to {day}"),
    }
    assert [row.said for row in rows_about(listing) if row.kind == "took"] == [f"{day} to {day}, may name it"]


def test_another_listing_is_not_among_it(finance, listing, second):
    tell()
    asking.answered()
    reading.record_reading([second], officer=cast.clerk(), page="listing", now=cast.NOW)
    assert {row.listing for row in rows_about(listing)} == {listing.number}
    assert {row.listing for row in rows_about(listing, second)} == {listing.number, second.number}


# What a party received, asked, looked at or took


def test_another_departments_rows_are_not_among_it(finance, listing, second):
    other = telecom()
    tell()
    for department in (finance, other):
        bearer = asking.bearer(department.organisation, ("events",))
        Browser().get("/api/v1/events?after=0", headers=bearer)
        member = taken_in(department, department.organisation.code, f"{department.pk}@dept.example")
        looking.page(member, after="", limit=10, now=timezone.now())
    rows = rows_by(f"department:{finance.organisation.code}")
    assert {row.organisation for row in rows} == {finance.organisation.code}
    assert {row.listing for row in rows if row.listing} == {listing.number, second.number}
    assert sorted(row.kind for row in rows) == ["came in", "looked", "looked", "pulled", "pulled", "told", "told"]
    assert key_of(other) not in str(rows)


def test_a_key_is_traced_to_what_was_pulled_with_it_alone(finance, listing, second):
    tell()
    leaked = asking.bearer(finance.organisation, ("events",))
    key = key_of(finance)
    Browser().get("/api/v1/events?after=1", headers=leaked)
    Browser().get("/api/v1/events?after=0", headers=asking.bearer(finance.organisation, ("events",)))
    rows = rows_by(f"client:{key}")
    assert kinds(rows) == {("pulled", f"client:{key}"), ("came in", f"client:{key}")}
    assert [row.listing for row in rows if row.kind == "pulled"] == [second.number]


def test_a_members_and_an_employers_rows_are_traced(listing):
    bank = asking.bank()
    found = asking.answered(employer=bank)
    courier = asking.answered(
        asking.question(purpose="transport_recruitment", post="courier"), asking.courier_company()
    )
    assert [row.what for row in rows_by("employer:bank")] == [found.pk]
    assert [row.what for row in rows_by(f"client:{asking.machine(bank.organisation).client_id}")] == [found.pk]
    assert [row.what for row in rows_by("employer:courier")] == [courier.pk]


def test_an_officer_is_traced_to_what_he_looked_at(listing, second):
    reading.record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    reading.record_reading([second], officer=cast.judge(), page="listing", now=cast.NOW)
    looks = [row.listing for row in rows_by("officer:C-LIN") if row.kind == "looked"]
    assert set(looks) == {listing.number}


def test_an_endpoint_is_traced_with_its_secrets(finance, listing):
    with receiver() as inbox:
        endpoint, _ = cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        tell()
        slot.run()
    said = traced("by", f"endpoint:{endpoint.pk}", "--since", LONG_AGO)
    assert f"secret {endpoint.secrets.get().pk} signs without an end" in said
    assert listing.number in said


def test_what_lies_before_and_after_the_time_is_not_among_it(listing):
    for hours in (-2, 0, 2):
        at = cast.NOW + timedelta(hours=hours)
        reading.record_reading([listing], officer=cast.judge(), page="listing", now=at)
    hour = timedelta(hours=1)
    rows = rows_by("officer:J-ZHAO", since=cast.NOW, until=cast.NOW + 2 * hour)
    assert [row.at for row in rows if row.kind == "looked"] == [cast.NOW]


# What is shown, and to whom


def test_the_screen_and_the_files_name_nobody(finance, listing, tmp_path):
    tell()
    asking.answered()
    reading.record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    table, lines = tmp_path / "rows.csv", tmp_path / "rows.json"
    said = traced("about", listing.number, csv=table, json=lines)
    written = said + table.read_text() + lines.read_text()
    for word in ("高䶮", cast.DEFENDANT_NUMBER, cast.DEFENDANT_NUMBER[-4:], "林书记员", "@", "金融"):
        assert word not in written
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [list(row.values()) for row in rows] == list(csv.reader(io.StringIO(table.read_text("utf-8-sig"))))[1:]
    assert f"{len(rows)} rows" in said
    assert {stat.S_IMODE(each.stat().st_mode) for each in (table, lines)} == {0o600}
    assert "cannot be told:" in said


def test_a_file_that_is_there_is_not_overwritten(listing, tmp_path):
    there = tmp_path / "there.csv"
    there.write_text("kept")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "elsewhere")
    for path in (there, link):
        with pytest.raises(CommandError, match="FileThere: --csv") as refused:
            traced("about", listing.number, csv=path)
        assert refused.value.returncode == 2
    assert there.read_text() == "kept"
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_is_left_of_a_file_where_the_trace_breaks_off(listing, tmp_path, monkeypatch):
    def broken(asked):
        yield source.Row(cast.NOW, "told", "", "", listing.number, "", "")
        raise OSError("the database went away")

    monkeypatch.setattr("sharing.audit.management.commands.trace.follow", broken)
    with pytest.raises(OSError, match="went away"):
        traced("about", listing.number, csv=tmp_path / "rows.csv")
    assert list(tmp_path.iterdir()) == []


def test_each_run_is_on_record(finance, listing, second):
    traced("about", listing.number, second.number)
    traced("by", f"department:{finance.organisation.code}", "--since", LONG_AGO)
    entries = AuditEntry.objects.filter(kind=AuditKind.COMMAND, who=auditing.command("trace"))
    assert set(entries.values_list("about", flat=True)) == {
        listing.number,
        second.number,
        f"department:{finance.organisation.code}",
    }


def test_a_sealed_listing_is_counted_and_not_named(finance, listing, tmp_path):
    tell()
    reading.record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    sealing.sealed(listing)
    tell()
    with pytest.raises(CommandError, match="UnknownListing"):
        traced("about", listing.number)
    lines = tmp_path / "rows.json"
    said = traced("by", f"department:{finance.organisation.code}", "--since", LONG_AGO, json=lines)
    assert listing.number not in said + lines.read_text()
    assert [json.loads(line)["listing"] for line in lines.read_text().splitlines()] == ["—", "—"]
    assert {row.listing for row in rows_by("officer:C-LIN") if row.kind == "looked"} == {"—"}
    opened = SealOpened(listing=sealing.whole(listing), officer=cast.high_court_registrar(), at=cast.NOW)
    opened.reason = "asked by the person"
    opened.save(force_insert=True)
    assert ("—", "sealed") in {(row.listing, row.said) for row in rows_by("officer:R-HE")}


# What is asked wrongly


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("about", "L-1"), r"UnknownListing: listing: what was given is no number of a listing; give numbers"),
        (("about", "L-2026-999999"), r"UnknownListing: listing: there is no L-2026-999999; give numbers"),
        (("by", "department:none", "--since", LONG_AGO), "UnknownParty: party: there is no such department; its code"),
        (("by", "endpoint:ep_none", "--since", LONG_AGO), "UnknownParty: party: there is no such endpoint; its id"),
        (("by", "client:none", "--since", LONG_AGO), "UnknownParty: party: there is no such client; its id"),
        (("by", "member:M0", "--since", LONG_AGO), "UnknownParty: party: there is no such member; his number"),
        (("by", "member:12", "--since", LONG_AGO), "UnknownParty: party: there is no such member; his number"),
        (("by", "employer:none", "--since", LONG_AGO), "UnknownParty: party: there is no such employer; its code"),
        (
            ("by", "officer:none", "--since", LONG_AGO),
            "UnknownParty: party: there is no such officer; his staff number",
        ),
        (
            ("by", "somebody", "--since", LONG_AGO),
            "UnknownParty: party: there is no such kind of party; say department:",
        ),
        (("by", "officer:none", "--since", "yesterday"), "WrongMoment: --since: this is no moment; give an ISO 8601"),
        (("by", "officer:none", "--since", "2026-11-24T08:00:00"), "WrongMoment: --since: the zone is missing"),
        (("by", "officer:none", "--since", "2999-01-01T00:00:00Z"), "WrongMoment: --since: this lies in the future"),
        (
            ("by", "officer:none", "--since", LONG_AGO, "--until", LONG_AGO),
            "WrongMoment: --until: this is not after --since",
        ),
    ],
)
def test_a_wrong_question_is_named_with_its_remedy(typed, named):
    with pytest.raises(CommandError, match=named) as refused:
        traced(*typed)
    assert refused.value.returncode == 2
    assert not AuditEntry.objects.filter(kind=AuditKind.COMMAND).exists()


def test_a_name_that_was_typed_for_a_number_is_not_repeated():
    with pytest.raises(CommandError) as refused:
        traced("about", "高䶮")
    assert "高䶮" not in str(refused.value)


def test_a_party_is_traced_since_a_moment_alone():
    with pytest.raises(CommandError, match="--since"):
        traced("by", "officer:C-LIN")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_moment_with_a_zone_or_refused_by_name(typed):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    try:
        found = scope.moment("--since", typed, now=now)
    except scope.WrongMoment:
        return
    assert found.tzinfo is UTC
    assert found <= now


# What the document says to do

BREACH = (settings.BASE_DIR / "docs/breach.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r"^manage\.py trace (.+)$", BREACH, re.MULTILINE))
def test_the_commands_of_the_document_are_understood(line):
    parser = Command().create_parser("manage.py", "trace")
    asked = parser.parse_args(shlex.split(line))
    assert asked.direction in ("about", "by")
    if asked.since:
        scope.moment("--since", asked.since, now=datetime(2027, 1, 1, tzinfo=UTC))


def test_the_document_names_every_kind_of_row():
    for each in ("of_departments", "of_employers", "of_the_court"):
        code = (settings.BASE_DIR / f"sharing/audit/tracing/{each}.py").read_text(encoding="utf-8")
        found = re.findall(r'(?:Row\(found\[AT\], |_officer\(|_rows\(|kind = )"([a-z ]+)"', code)
        assert found
        assert {kind for kind in found if f"`{kind}`" not in BREACH} == set(), each


# Nothing is left out


def test_every_table_is_traced_or_named_as_one_in_which_nothing_leaves():
    assert covered.unnamed() == set()
    assert covered.said_twice() == set()
    written_once = {each.table for each in RECORDED} | set(NOT_RECORDED)
    traced_tables = {table for each in SOURCES for table in each.tables}
    assert written_once <= traced_tables | set(covered.NOT_LEAVING)


@pytest.mark.parametrize("left_out", [each.model._meta.db_table for each in SOURCES])
def test_a_source_that_is_left_out_is_missed(left_out):
    others = [each for each in SOURCES if each.model._meta.db_table != left_out]
    assert covered.unnamed(others) >= {left_out}


def test_every_source_reads_the_tables_that_it_is_said_to_read(finance, listing):
    tell()
    asking.bearer(finance.organisation, ("events",))
    asking.answered()
    asked = scope.about([listing.number])
    for each in SOURCES:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(source.rows(each, asked))
        said = " ".join(query["sql"] for query in queries)
        assert {table for table in each.tables if f'"{table}"' not in said} == set()


def test_the_workers_role_may_read_whatever_is_read(finance, listing):
    tell()
    asking.answered()
    reads = set[str]()
    for party in (
        (),
        ("by", f"department:{finance.organisation.code}"),
        ("by", "employer:bank"),
        ("by", "officer:C-LIN"),
    ):
        with CaptureQueriesContext(connection) as queries:
            traced(*(party or ("about", listing.number)), *(["--since", LONG_AGO] if party else []))
        for query in queries:
            reads |= set(re.findall(r'(?:FROM|JOIN) "([a-z0-9_]+)"', query["sql"]))
    assert len(reads) > 25
    assert {table for table in reads if "r" not in BY_TABLE[table].rights(Zone.WORKER)} == set()
    assert "a" in BY_TABLE["registry_auditentry"].rights(Zone.WORKER)


@pytest.mark.django_db(transaction=True)
def test_a_trace_holds_no_transaction_open_and_leaves_the_time_out_as_it_was(finance):
    listing = cast.in_force()
    tell()
    followed = follow(scope.about([listing.number]))
    assert next(followed).kind == "told"
    with connection.cursor() as cursor:
        assert not connection.in_atomic_block
        followed.close()
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("15s",)


def test_every_kind_of_party_has_sources(finance, listing):
    for kind, least in (
        ("department", 8),
        ("employer", 8),
        ("client", 7),
        ("member", 10),
        ("officer", 10),
        ("endpoint", 3),
    ):
        party = scope.Party(kind=scope.PartyKind(kind), reference="x", key=1, signs_in_as=["account:1"])
        assert sum(each.by(party) is not None for each in SOURCES) >= least, kind
