"""Changes of the code lists: who makes them, what they may be, and that nothing breaks that stands on a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from celery.signals import task_postrun, task_prerun
from django.db import IntegrityError, OperationalError, transaction
from hypothesis import given
from hypothesis import strategies as st

from registry import actions, assessment, code_overlay, code_uses, codes, tasks
from registry.codes import Code
from registry.codes.faults import clashes, faults
from registry.codes.shapes import SHAPES
from registry.entries import DaysOff
from registry.errors import (
    CodeChangedSince,
    CodeRetired,
    CodeSourceNeeded,
    CodeTaken,
    CodeWordsHoldNumber,
    CourtAbolished,
    DayOfBothKinds,
    FourEyes,
    ImpossibleDate,
    NoSuchCode,
    NoSuchCodeList,
    NoSuchCodeProposal,
    NothingToChange,
    NoticeOfAnotherYear,
    Refusals,
    WaitsAlready,
    WrongRole,
)
from registry.importing.columns import said_codes, said_form
from registry.models import CodeChange, CodeProposal, Court, Event, Role, State
from registry.models.insert_only import InsertOnlyError
from tests import cast, code_lists, sealing
from tests.code_lists import changed, proposed, retired, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

SINCE = date(2026, 11, 24)
AROUND = ("2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01", "2026-06-01")
NIGHT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight of the 23rd in Beijing
FAX = Code("fax", "传真", "fax")
NEW_ARTICLE = Code("CL 253-2", "刑法第二百五十三条之二", "Criminal Law, art. 253-2", {"kind": "criminal"})
NEW_COURT = Code(
    "京0120", "北京市新区人民法院", "New District People's Court of Beijing", {"level": "basic", "parent": "京01"}
)


def refused_fields(refusals):
    return {(type(each).__name__, each.field) for each in refusals.value.refusals}


def test_an_entry_is_proposed_by_one_registrar_and_carried_out_by_another():
    proposal = actions.propose_addition("channels", FAX, **said())
    assert "fax" not in codes.entries("channels")
    with pytest.raises(FourEyes):
        actions.approve_codes(proposal.pk, officer=cast.high_court_registrar(), now=cast.NOW)
    code_lists.carried_out(proposal)
    assert codes.require("channels", "fax", "channels").zh == "传真"
    assert codes.version() == proposal.__class__.objects.get().version == 1
    assert list(codes.entries("channels"))[-1] == "fax", "what was delivered stays in its order"


def test_nor_by_whoever_stands_in_for_who_proposed_it():
    proposal, he, tang = proposed("channels", FAX), cast.high_court_registrar(), cast.second_high_court_registrar()
    day = cast.NOW.date()
    standing = actions.name_deputy(he, tang, starts_on=day, ends_on=day, reason="on leave", officer=he, now=cast.NOW)
    with pytest.raises(FourEyes):
        actions.approve_codes(proposal.pk, officer=tang, now=cast.NOW)
    with pytest.raises(FourEyes):
        actions.refuse_codes(proposal.pk, reason="no such table", officer=tang, now=cast.NOW)
    actions.end_deputyship(standing.pk, officer=he, now=cast.NOW)
    code_lists.carried_out(proposal)


def test_the_database_holds_four_eyes_too_and_keeps_every_row():
    proposal = changed("channels", FAX)
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeProposal.objects.create(
            list_name="channels", source="x", reason="y", made_on=0, proposed_at=cast.NOW, decided_at=cast.NOW,
            proposed_by=cast.high_court_registrar(), decided_by=cast.high_court_registrar(), outcome="carried_out",
            version=9,
        )  # fmt: skip
    for change in ({"version": 7}, {"source": "another"}, {"decided_by": cast.judge()}, {"list_name": "facts"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CodeProposal.objects.filter(pk=proposal.pk).update(**change)
    with pytest.raises(InsertOnlyError):
        CodeChange.objects.update(zh="电报")
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeChange.objects.all()._raw_delete("default")


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.statistician, cast.registrar])
def test_nobody_else_proposes_or_decides(who):
    with pytest.raises(WrongRole):
        proposed("channels", FAX, officer=who())
    proposal = proposed("channels", FAX)
    with pytest.raises(WrongRole):
        actions.approve_codes(proposal.pk, officer=who(), now=cast.NOW)
    with pytest.raises(WrongRole):
        actions.refuse_codes(proposal.pk, reason="no such table", officer=who(), now=cast.NOW)


def test_what_is_refused_stays_on_record_and_changes_nothing():
    proposal = proposed("channels", FAX)
    with pytest.raises(FourEyes):
        actions.refuse_codes(proposal.pk, reason="no", officer=cast.high_court_registrar(), now=cast.NOW)
    actions.refuse_codes(
        proposal.pk, reason="not in the table", officer=cast.second_high_court_registrar(), now=cast.NOW
    )
    kept = CodeProposal.objects.get()
    assert (kept.outcome, kept.refused_because, kept.version) == ("refused", "not in the table", None)
    code_overlay.lay()
    assert "fax" not in codes.entries("channels")
    with pytest.raises(NoSuchCodeProposal):
        code_lists.carried_out(proposal)


def test_a_retired_code_is_named_and_offered_for_nothing_new():
    listing = cast.in_force()
    events = Event.objects.count()
    retired("channels", "social_app")
    assert codes.label("channels", "social_app")
    assert "social_app" not in dict(codes.choices("channels"))
    assert "social_app" in dict(codes.choices("channels", retired_too=True))
    with pytest.raises(CodeRetired):
        codes.require("channels", "social_app", "channels")
    assert codes.known("channels", "social_app", "channels").retired
    assert cast.fresh(listing).state == State.ACTIVE
    assert Event.objects.count() == events, "nothing is told of a list"
    with pytest.raises(CodeRetired):
        actions.propose_retirement("channels", "social_app", **said())


def test_a_prohibition_runs_on_though_its_basis_was_retired():
    listing = cast.in_force()
    before = assessment.assess(listing.party)
    retired("prohibition_bases", "CL 37-1")
    assert assessment.assess(cast.fresh(listing).party) == before


def test_a_retired_code_is_offered_again():
    retired("channels", "forum")
    entry = codes.entries("channels")["forum"]
    changed("channels", Code("forum", entry.zh, entry.en, entry.extra))
    assert codes.require("channels", "forum", "channels")


def test_what_stands_on_a_code_in_use_does_not_change():
    cast.in_force()
    article = codes.entries("articles")["CL 253-1"]
    with pytest.raises(Refusals) as refusals:
        proposed("articles", Code("CL 253-1", article.zh, article.en, {"kind": "penalty"}))
    assert ("MeaningFixed", "kind") in refused_fields(refusals)
    changed("articles", Code("CL 253-1", "刑法第二百五十三条之一", article.en, {"kind": "criminal"}))
    assert codes.entries("articles")["CL 253-1"].zh == "刑法第二百五十三条之一", "its name was mended"


def test_what_nobody_used_yet_may_be_mended():
    changed("occupations", Code("drone_pilot", "无人机驾驶员", "drone pilot", {"sector": ""}))
    changed("occupations", Code("drone_pilot", "无人机驾驶员", "drone pilot", {"sector": "transport"}))
    assert codes.entries("occupations")["drone_pilot"].extra["sector"] == "transport"


@pytest.mark.parametrize(
    ("list_name", "entry", "fault"),
    [
        ("articles", Code("CL 1", "第一条", "art. 1"), ("MemberImpossible", "kind")),
        ("articles", Code("CL 1", "第一条", "art. 1", {"kind": "civil"}), ("MemberImpossible", "kind")),
        ("articles", Code("CL 1", "第一条", "art. 1", {"kind": "criminal", "sealed": "yes"}), ("MemberImpossible", "sealed")),
        ("articles", Code("CL 1", "第一条", "art. 1", {"kind": "criminal", "colour": 1}), ("MemberImpossible", "colour")),
        ("articles", Code("C" * 49, "第一条", "art. 1", {"kind": "criminal"}), ("CodeShape", "code")),
        ("articles", Code("CL 1/2", "第一条", "art. 1", {"kind": "criminal"}), ("CodeShape", "code")),
        ("articles", Code("CL 1", "", "art. 1", {"kind": "criminal"}), ("FieldMissing", "zh")),
        ("channels", Code("fax", "其他渠道", "fax"), ("CodeNameTaken", "zh")),
        ("data_kinds", Code("voice", "声纹", "voice", {"tier": "secret", "threshold": 5}), ("MemberImpossible", "tier")),
        ("data_kinds", Code("voice", "声纹", "voice", {"tier": "sensitive"}), ("MemberImpossible", "threshold")),
        ("occupations", Code("pilot", "飞行员", "pilot", {"sector": "space"}), ("MemberImpossible", "sector")),
        ("instances", Code("third", "三审", "third instance"), ("ListClosed", "code")),
        ("penalty_kinds", Code("exile", "流放", "exile", {"kind": "natural", "decision": "criminal"}), ("ListClosed", "code")),
        ("document_types", Code("seal", "印章", "seal", {
            "kind": "natural", "rule": "pattern", "family": "seal", "pattern": "(", "form": {"zh": "甲", "en": "a"},
        }), ("MemberImpossible", "pattern")),
        ("case_kinds", Code("刑", "刑事", "criminal", {"instance": ""}), ("CodeShape", "code")),
        ("case_kinds", Code("特刑初", "特别", "special", {"instance": ""}), ("CodeNameTaken", "code")),
        ("courts", Code("沪", "上海市高级人民法院", "Shanghai High Court", {"level": "high", "parent": ""}), ("HighCourtStands", "level")),
        ("courts", Code("京0120", "新区法院", "New Court", {"level": "basic", "parent": ""}), ("FieldMissing", "parent")),
        ("courts", Code("京012", "新区法院", "New Court", {"level": "basic", "parent": "京"}), ("CodeShape", "code")),
        ("calendar_days", Code("2027-02-30", "甲", "a", {"kind": "holiday"}), ("CodeShape", "code")),
        ("calendar_days", Code("2027", "甲", "a", {"kind": "holiday"}), ("CodeShape", "code")),
        ("calendar_days", Code("2027-02-03", "甲", "a", {"kind": "notice"}), ("CodeShape", "code")),
    ],
)  # fmt: skip
def test_what_a_list_cannot_bear_is_refused_by_name(list_name, entry, fault):
    with pytest.raises(Refusals) as refusals:
        proposed(list_name, entry)
    assert fault in refused_fields(refusals)
    assert not CodeProposal.objects.exists()


@pytest.mark.parametrize("list_name", SHAPES)
def test_every_delivered_entry_fits_its_list(list_name):
    known = codes.entries(list_name)
    for entry in known.values():
        assert [*faults(list_name, entry), *clashes(list_name, entry, known)] == [], entry


def test_every_delivered_list_but_the_products_own_words_is_changed_at_the_desk():
    assert {file.stem for file in codes.SHIPPED.glob("*.json")} - set(SHAPES) == {"vocabulary"}
    with pytest.raises(NoSuchCodeList):
        proposed("vocabulary", FAX)


def test_words_of_a_change_are_needed_and_hold_no_document_number():
    with pytest.raises(CodeSourceNeeded):
        proposed("channels", FAX, source="x")
    for field in ("source", "reason"):
        with pytest.raises(CodeWordsHoldNumber) as refusal:
            proposed("channels", FAX, **{field: f"见 {cast.DEFENDANT_NUMBER}"})
        assert refusal.value.field == field


def test_a_change_that_changes_nothing_and_a_code_that_is_there_are_refused():
    entry = codes.entries("channels")["forum"]
    with pytest.raises(Refusals) as refusals:
        proposed("channels", entry)
    assert isinstance(refusals.value.refusals[0], NothingToChange)
    with pytest.raises(CodeTaken):
        actions.propose_addition("channels", Code("forum", "论坛", "board"), **said())
    with pytest.raises(NoSuchCode):
        actions.propose_retirement("channels", "pigeon", **said())


def test_one_change_of_a_code_waits_at_a_time():
    proposed("channels", FAX)
    with pytest.raises(WaitsAlready):
        proposed("channels", Code("fax", "传真机", "fax machine"))


def test_a_code_that_was_changed_since_is_not_changed_on_top_of_it():
    waiting = proposed("channels", Code("fax", "传真机", "fax machine"))
    other = CodeProposal.objects.create(
        list_name="channels", source="法〔2026〕9号", reason="amended", made_on=0, proposed_at=cast.NOW, decided_at=cast.NOW,
        proposed_by=cast.high_court_registrar(), decided_by=cast.second_high_court_registrar(), outcome="carried_out",
        version=1,
    )  # fmt: skip
    other.changes.create(code="fax", zh="电报", en="telegram")
    with pytest.raises(CodeChangedSince):
        code_lists.carried_out(waiting)


# The overlay


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["fax", "forum", "insider"]), st.text("甲乙丙丁", min_size=1, max_size=4), st.booleans()
        ),
        max_size=12,
    )
)
def test_whatever_the_order_of_changes_the_latest_of_each_code_stands(rows):
    files = codes.in_files("channels")
    codes.lay_over(len(rows), [("channels", Code(code, zh, "x", {}, gone), SINCE) for code, zh, gone in rows])
    try:
        latest = {code: (zh, gone) for code, zh, gone in rows}
        found = codes.entries("channels")
        assert set(found) == set(files) | set(latest)
        for code, entry in found.items():
            assert (entry.zh, entry.retired) == latest.get(code, (entry.zh, False))
            if code not in latest:
                assert entry is files[code]
        assert set(codes.offered("channels")) == {code for code in found if not latest.get(code, ("", False))[1]}
    finally:
        codes.lay_over(0, ())
    assert codes.entries("channels") == files


def test_an_entry_is_found_as_it_stood_on_a_day():
    days = [date(2026, 3, 1), date(2026, 5, 1), date(2026, 5, 1)]
    names = ("电传一", "电传二", "电传三")
    codes.lay_over(3, [("channels", Code("fax", zh, "fax"), day) for zh, day in zip(names, days, strict=True)])
    found = {day: codes.as_of("channels", "fax", date.fromisoformat(day)) for day in AROUND}
    assert [entry.zh if entry else "" for entry in found.values()] == ["电传一", "电传一", "电传一", "电传三", "电传三"]
    assert codes.as_of("channels", "telex", SINCE) is None
    shipped = codes.in_files("channels")["social_app"]
    assert codes.as_of("channels", "social_app", SINCE) is shipped
    codes.lay_over(1, [("channels", Code("social_app", "别名", "another name"), SINCE)])
    assert codes.as_of("channels", "social_app", SINCE - timedelta(days=1)) is shipped
    changed_then = codes.as_of("channels", "social_app", SINCE)
    assert changed_then is not None
    assert changed_then.zh == "别名"


def test_a_change_holds_from_the_day_here_on_which_it_was_carried_out(db):
    proposal = proposed("channels", FAX)
    actions.approve_codes(proposal.pk, officer=cast.second_high_court_registrar(), now=NIGHT)
    changed("channels", replace(FAX, zh="传真件"))
    first, second = (codes.as_of("channels", "fax", day) for day in (date(2026, 11, 23), SINCE))
    assert first is not None
    assert second is not None
    assert (first.zh, second.zh) == (FAX.zh, "传真件")


def test_a_member_that_a_release_adds_shows_through_a_change():
    codes.lay_over(1, [("penalty_kinds", Code("fixed_term", "徒刑", "imprisonment", {"kind": "natural"}), SINCE)])
    entry = codes.entries("penalty_kinds")["fixed_term"]
    assert (entry.zh, entry.extra["decision"]) == ("徒刑", "criminal")
    assert isinstance(entry.extra, MappingProxyType)


def test_an_import_that_is_read_after_a_change_knows_the_added_code():
    assert said_form(FAX.zh) not in said_codes("channels")
    changed("channels", FAX)
    assert said_codes("channels")[said_form(FAX.zh)] == "fax"


def test_another_process_sees_a_change_when_it_looks_and_looks_seldom(monkeypatch, settings, django_assert_num_queries):
    monkeypatch.setattr(code_overlay, "_looked_at", float("-inf"))
    settings.REGISTRY_CODES_SECONDS = 1000.0
    proposal = proposed("channels", FAX)
    actions.approve_codes(proposal.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    codes.lay_over(0, ())  # as another process
    with django_assert_num_queries(2):
        code_overlay.keep_up()
    assert "fax" in codes.entries("channels")
    with django_assert_num_queries(0):
        code_overlay.keep_up()
    settings.REGISTRY_CODES_SECONDS = 0.0
    with django_assert_num_queries(1):
        code_overlay.keep_up()


@pytest.mark.parametrize("how", ["request", "task"])
def test_a_request_and_a_task_look_first(how, monkeypatch, client):
    monkeypatch.setattr(code_overlay, "_looked_at", float("-inf"))
    changed("channels", FAX)
    codes.lay_over(0, ())  # as another process
    if how == "request":
        client.get("/")
    else:
        task_prerun.send(sender=tasks.expire, task_id="1", task=None, args=(), kwargs={})
        task_postrun.send(sender=tasks.expire, task_id="1", task=None, args=(), kwargs={})
    assert "fax" in codes.entries("channels")


def test_without_a_database_the_lists_stay_as_they_were_known(monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(code_overlay, "_looked_at", float("-inf"))
    monkeypatch.setattr(code_overlay, "latest", away)
    codes.lay_over(3, [("channels", FAX, SINCE)])
    code_overlay.keep_up()
    assert "fax" in codes.entries("channels")


def test_a_change_is_seen_at_once_where_it_is_committed(django_capture_on_commit_callbacks):
    proposal = proposed("channels", FAX)
    with django_capture_on_commit_callbacks(execute=True):
        actions.approve_codes(proposal.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    assert "fax" in codes.entries("channels")


# Courts


def test_a_court_is_added_renamed_and_retired_in_its_table_too():
    changed("courts", NEW_COURT)
    court = Court.objects.get(code="京0120")
    assert (court.level, court.parent.code, court.retired_at) == ("basic", "京01", None)
    assert str(court) in (NEW_COURT.zh, NEW_COURT.en)
    changed("courts", Code("京0120", "北京市新城区人民法院", "New Town Court", {"level": "basic", "parent": "京02"}))
    court.refresh_from_db()
    assert court.parent.code == "京02"
    retired("courts", "京0120")
    court.refresh_from_db()
    assert court.retired_at == cast.NOW
    entry = codes.entries("courts")["京0120"]
    changed("courts", Code(entry.code, entry.zh, entry.en, entry.extra))
    court.refresh_from_db()
    assert court.retired_at is None


def test_a_retired_court_keeps_its_listings_and_nobody_is_appointed_to_it():
    listing = cast.in_force()
    retired("courts", "京0105")
    assert cast.fresh(listing).court.code == "京0105"
    with pytest.raises(CourtAbolished):
        cast.appointed(Role.CLERK, "C-1")


def test_the_high_court_is_not_retired_and_no_court_stands_below_itself():
    with pytest.raises(Refusals) as refusals:
        actions.propose_retirement("courts", "京", **said())
    assert ("HighCourtStands", "level") in refused_fields(refusals)
    court = codes.entries("courts")["京01"]
    with pytest.raises(Refusals) as refusals:
        proposed("courts", Code("京01", court.zh, court.en, {"level": "intermediate", "parent": "京01"}))
    assert ("NoSuchCode", "parent") in refused_fields(refusals)


# The calendar


def test_the_yearly_notice_makes_its_year_known():
    before = assessment.rules().calendar
    year = before.announced_through + 1
    day, worked = date(year, 3, 3), date(year, 3, 6)
    days = [DaysOff(zh="春游节", en="Spring outing", first=day, last=day + timedelta(days=2))]
    proposal = actions.propose_notice(
        year, days, [worked], source="国办发明电〔2026〕7号", officer=cast.high_court_registrar(), now=cast.NOW
    )
    assert proposal.changes.count() == 5
    assert before == assessment.rules().calendar
    code_lists.carried_out(proposal)
    calendar = assessment.rules().calendar
    assert not any(calendar.is_working(day + timedelta(days=number)) for number in range(3))
    assert calendar.is_working(worked)
    assert not calendar.provisional(day)
    assert calendar.provisional(date(year + 1, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "worked", "refusal"),
    [
        ("2027-10-01", "2027-10-07", ["2027-10-03"], DayOfBothKinds),
        ("2027-10-07", "2027-10-01", [], ImpossibleDate),
        ("2029-10-01", "2029-10-02", [], NoticeOfAnotherYear),
        ("2027-10-01", "9999-10-02", [], NoticeOfAnotherYear),
        ("2027-10-01", "2027-10-02", ["2025-10-03"], NoticeOfAnotherYear),
    ],
)
def test_a_notice_that_cannot_be_is_refused(first, last, worked, refusal):
    days = [DaysOff(zh="国庆节", en="National Day", first=date.fromisoformat(first), last=date.fromisoformat(last))]
    with pytest.raises(refusal):
        actions.propose_notice(
            2027, days, list(map(date.fromisoformat, worked)), source="国办发明电〔2026〕7号",
            officer=cast.high_court_registrar(), now=cast.NOW,
        )  # fmt: skip


def test_the_registrars_stand_before_the_courts_settings(settings):
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2026-11-25", "2026-11-26"]
    changed("calendar_days", Code("2026-11-25", "照常上班", "worked as usual", {"kind": "workday"}))
    calendar = assessment.rules().calendar
    assert calendar.is_working(date(2026, 11, 25))
    assert not calendar.is_working(date(2026, 11, 26))
    retired("calendar_days", "2026-11-25")
    assert not assessment.rules().calendar.is_working(date(2026, 11, 25)), "the setting says what day it is again"


# What is concerned


def test_uses_are_counted_by_listings_and_what_is_sealed_is_not():
    listing = cast.in_force()
    for list_name, code in (
        ("articles", "CL 253-1"), ("charges", "CL 253-1"), ("penalty_kinds", "fixed_term"), ("courts", "京0105"),
        ("prohibition_bases", "CL 37-1"), ("instances", "first"), ("document_types", "resident_id"),
    ):  # fmt: skip
        assert code_uses.used(list_name, code) == 1, list_name
        assert code_uses.uses(list_name)[code] == 1, list_name
    for name in ("facts", "channels", "data_kinds"):
        assert code_uses.uses(name) == {code: code_uses.used(name, code) for code in code_uses.uses(name)}
    sealing.sealed(listing)
    assert code_uses.uses("articles") == {}
    assert code_uses.used("articles", "CL 253-1") == 0
    assert code_uses.is_used("articles", "CL 253-1"), "its meaning stays all the same"


def test_what_needs_a_code_is_named(finance, settings):
    settings.SHARING_REPAIR_MONTHS_BY_PENALTY = {"fine_only": 1}
    assert any(
        "Measure" in str(each) or "措施" in str(each) or "measure" in str(each)
        for each in code_uses.needs("articles", "CL 253-1")
    )
    assert code_uses.needs("penalty_kinds", "fine_only")
    assert code_uses.needs("occupations", "bank_teller")
    assert code_uses.needs("sectors", "finance")
    assert code_uses.needs("facts", "exchanged") == []
