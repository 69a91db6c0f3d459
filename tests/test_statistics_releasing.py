"""A release is counted once, drawn file by file, decided by another officer, and never changed."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from types import SimpleNamespace

import jwt
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from jwt.algorithms import OKPAlgorithm

from registry import codes
from registry.codes import Code
from registry.errors import (
    CodeNotPrintable,
    CorrectionNeedsWhy,
    FourEyes,
    NoSuchRelease,
    NotDrawnYet,
    NotPrintable,
    NotToBeCorrected,
    PeriodBackwards,
    PeriodInsideAnother,
    PeriodNotOver,
    PeriodsOverlap,
    ReasonNeeded,
    ReleaseDamaged,
    ReleaseRegistrarNeeded,
    ReleasesChanged,
    ReleaseTitleNeeded,
    ReleaseWaiting,
    SealedSinceCounted,
    SignatureWrong,
    StatisticianNeeded,
    TooManyYears,
)
from registry.keys import SealBroken
from registry.models import Role
from registry.models.insert_only import InsertOnlyError
from registry.statistics.counting import Period
from registry.statistics.shapes import Words
from registry.statistics.tallying import tally
from sharing.statistics import drawing, files, releasing, tasks
from sharing.statistics.models import Release, ReleaseFile
from tests import cast, releases, sealing
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    releases.draw_quickly(monkeypatch)


def refuse(release):
    releasing.refuse(release.pk, because="the title is wrong", officer=cast.high_court_registrar(), now=cast.NOW)


def everybody():
    return {
        "clerk": cast.clerk(), "judge": cast.judge(), "registrar of a court": cast.registrar(), "wei": cast.stranger(),
        "auditor": cast.officer("A-1", Role.AUDITOR, court="京"), "he": cast.high_court_registrar(),
        "fang": cast.statistician(), "another court's": cast.officer("S-2", Role.STATISTICIAN),
    }  # fmt: skip


def test_a_stranger_proposes_nothing_and_decides_nothing():
    people = everybody()
    for officer in [officer for name, officer in people.items() if name != "fang"]:
        with pytest.raises(StatisticianNeeded):
            releasing.propose(releases.YEAR, releases.TITLE, officer=officer, now=cast.NOW)
    release = releases.drawn()
    for officer in [officer for name, officer in people.items() if name != "he"]:
        with pytest.raises(ReleaseRegistrarNeeded):
            releasing.release(release.pk, officer=officer, now=cast.NOW)
        with pytest.raises(ReleaseRegistrarNeeded):
            releasing.refuse(release.pk, because="a reason", officer=officer, now=cast.NOW)


def test_who_proposed_does_not_decide_even_as_a_registrar_by_then():
    release = releases.drawn()
    fang = cast.statistician()
    fang.role = Role.REGISTRAR
    fang.save()
    with pytest.raises(FourEyes):
        releasing.release(release.pk, officer=fang, now=cast.NOW)
    with pytest.raises(FourEyes):
        releasing.refuse(release.pk, because="a reason", officer=fang, now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(outcome="released", decided_by=fang, decided_at=cast.NOW, signature="x")


def test_what_is_released_holds_what_was_counted_and_says_so_in_its_bytes():
    cast.in_force()
    release = releases.released()
    told = json.loads(bytes(release.content))
    assert (told["number"], release.number) == ("2026-1", "2026-1")
    assert told["period"] == {"begins": "2026-01-01", "ends": "2026-10-31"}
    assert told["title"] == {"zh": releases.TITLE.zh, "en": releases.TITLE.en}
    assert release.sha256 == hashlib.sha256(release.content).hexdigest()
    assert release.counts["numbers"]["base:convicted"] == 1, "sealed beside it"
    assert next(each for each in told["bases"] if each["name"] == "convicted")["value"] is None, "and left out of it"
    assert release.left_out_why["base:convicted"]
    assert set(release.files.values_list("name", flat=True)) == set(files.names_of(told))


def test_of_a_single_case_neither_its_court_nor_its_year_is_told():
    cast.submitted()
    tally(now=cast.NOW)
    told = releases.released(Period(date(2025, 1, 1), date(2026, 10, 31))).told
    rows = {each["name"]: {row["code"]: row["value"] for row in each["rows"]} for each in told["tables"]}
    assert rows["filed_by_year"] == {"2025": None, "2026": None}
    assert rows["filed_by_court"] == dict.fromkeys(codes.entries("courts"))


def test_the_true_numbers_lie_sealed():
    cast.in_force()
    release = releases.proposed()
    assert b"convicted" not in bytes(release.counts_sealed)
    with pytest.raises(SealBroken):
        _ = Release(counts_sealed=release.counts_sealed).counts  # bound to the release


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begins", "ends", "refusal"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), PeriodBackwards),
        (date(2026, 1, 1), date(2026, 11, 24), PeriodNotOver),
        (date(2026, 1, 1), date(2027, 1, 1), PeriodNotOver),
        (date(1976, 12, 31), date(2026, 10, 31), TooManyYears),
        (date(2026, 2, 1), date(2026, 10, 31), PeriodInsideAnother),
        (date(2026, 2, 1), date(2026, 11, 20), PeriodsOverlap),
    ],
)
def test_a_period_that_cannot_be_published_is_refused_by_name(begins, ends, refusal):
    releases.released()
    with pytest.raises(refusal):
        releases.proposed(Period(begins, ends))


@pytest.mark.slow
def test_equal_longer_and_separate_periods_are_taken():
    releases.released()
    for period in (releases.YEAR, releases.LONGER, Period(date(2025, 1, 1), date(2025, 12, 31))):
        releases.released(period)
    assert list(Release.objects.order_by("proposed_at", "number").values_list("number", flat=True)) == [
        "2026-1", "2026-2", "2026-3", "2026-4",
    ]  # fmt: skip


@pytest.mark.parametrize("title", [Words("", "a title"), Words("标题名称", " "), Words("长" * 201, "long")])
def test_a_title_is_needed_in_both_languages(title):
    with pytest.raises(ReleaseTitleNeeded):
        releasing.propose(releases.YEAR, title, officer=cast.statistician(), now=cast.NOW)


def test_a_title_that_the_report_cannot_show_is_refused_before_anything_is_frozen():
    with pytest.raises(NotPrintable):
        releasing.propose(
            releases.YEAR, Words("统计\U0001f600", "Statistics"), officer=cast.statistician(), now=cast.NOW
        )
    assert not Release.objects.exists()


def test_a_name_of_a_code_list_that_the_report_cannot_show_is_refused_before_anything_is_frozen():
    """Else its files would be tried again for ever, and no other release could be proposed."""
    try:
        codes.lay_over(1, [("channels", Code("fax", "传真\U0001f600", "fax"), date(2026, 1, 1))])
        with pytest.raises(CodeNotPrintable, match="传真\U0001f600"):
            releases.proposed()
    finally:
        codes.lay_over(0, ())
    assert not Release.objects.exists()
    releases.proposed()


def test_one_release_waits_at_a_time_and_a_returned_number_is_given_again():
    release = releases.drawn()
    with pytest.raises(ReleaseWaiting):
        releases.proposed(releases.LONGER)
    with pytest.raises(ReasonNeeded):
        releasing.refuse(release.pk, because=" ", officer=cast.high_court_registrar(), now=cast.NOW)
    refuse(release)
    release.refresh_from_db()
    assert (release.outcome, release.refused_because) == ("refused", "the title is wrong")
    assert releases.released(releases.LONGER).number == "2026-1"
    assert releases.proposed(releases.LONGER, cast.NOW + 60 * DAY).number == "2027-1", "counted anew each year"


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_at_once_one_is_refused_by_name():
    cast.statistician()
    refused = []

    def propose():
        try:
            releases.proposed()
        except ReleaseWaiting:
            refused.append(1)

    in_threads(*[propose] * 3)
    assert (Release.objects.count(), len(refused)) == (1, 2)


def test_a_release_that_came_out_during_the_counting_is_noticed(monkeypatch):
    real = releasing.counted

    def slow(*args, **kwargs):
        found = real(*args, **kwargs)
        monkeypatch.setattr(releasing, "counted", real)
        releases.released(Period(date(2025, 1, 1), date(2025, 12, 31)))
        return found

    monkeypatch.setattr(releasing, "counted", slow)
    with pytest.raises(ReleasesChanged):
        releases.proposed()


def test_it_is_released_only_once_everything_is_drawn():
    release = releases.proposed()
    with pytest.raises(NotDrawnYet):
        releasing.release(release.pk, officer=cast.high_court_registrar(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(
            outcome="released", decided_by=cast.high_court_registrar(), decided_at=cast.NOW, signature="x"
        )
    releases.draw()
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(outcome="released", decided_by=cast.high_court_registrar(), decided_at=cast.NOW)
    releasing.release(release.pk, officer=cast.high_court_registrar(), now=cast.NOW)
    for act in (
        lambda: refuse(release),
        lambda: releasing.release(release.pk, officer=cast.high_court_registrar(), now=cast.NOW),
    ):
        with pytest.raises(NoSuchRelease):
            act()


def test_whoever_was_sealed_since_it_was_counted_is_in_no_new_release():
    listing = cast.in_force()
    cast.second_in_force()
    release = releases.drawn()
    later = cast.NOW + timedelta(hours=1)
    sealing.sealed(listing, later)
    with pytest.raises(SealedSinceCounted):
        releasing.release(release.pk, officer=cast.high_court_registrar(), now=later)
    refuse(release)
    again = releases.released(now=later)
    assert (release.counts["numbers"]["base:convicted"], again.counts["numbers"]["base:convicted"]) == (2, 1)


def killed_at(monkeypatch, turn):
    real, calls = files.file_of, []

    def dies(content, name):
        calls.append(name)
        if len(calls) == turn:
            raise KeyboardInterrupt
        return real(content, name)

    monkeypatch.setattr(files, "file_of", dies)
    return calls


def test_whoever_is_killed_while_drawing_leaves_what_is_there_and_the_next_goes_on(monkeypatch):
    release = releases.proposed()
    calls = killed_at(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        releases.draw()
    assert drawing.progress(release) == (2, len(files.names_of(release.told)))
    assert not drawing.draw_one(now=cast.NOW), "the lease of the dead one runs"
    releases.draw(cast.NOW + drawing.LEASE)
    release.refresh_from_db()
    assert release.drawn_at == cast.NOW + drawing.LEASE
    assert len(calls) == len(set(calls)) + 1, "one file was drawn anew"
    assert drawing.progress(release)[0] == len(files.names_of(release.told))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_draw_each_file_once():
    release = releases.proposed()
    in_threads(*[releases.draw] * 3)
    releases.draw()
    assert release.files.count() == len(files.names_of(release.told))
    assert Release.objects.get().drawn_at == cast.NOW


def test_a_task_leaves_off_after_five_seconds_so_that_a_worker_can_be_stopped(monkeypatch):
    clock = iter(range(100))
    drawn = []
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(drawing, "draw_one", lambda **_now: drawn.append(1) or True)
    tasks.draw_releases()
    assert len(drawn) == 5


def test_a_returned_release_is_drawn_no_further():
    release = releases.proposed()
    drawing.draw_one(now=cast.NOW)
    refuse(release)
    assert not drawing.draw_one(now=cast.NOW)
    assert release.files.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_it_is_stored(monkeypatch):
    rung = []
    monkeypatch.setattr(releasing.bell, "send", rung.append)
    releases.proposed()
    assert rung == ["sharing.draw_releases"]


CHANGES = {
    "content": b"{}", "sha256": "0" * 64, "number": "2026-9", "title_zh": "另题", "begins_on": date(2020, 1, 1),
    "counts_sealed": b"x", "left_out_why": {"base:convicted": "small"}, "proposed_at": cast.NOW + DAY, "drawn_at": cast.NOW + DAY,
}  # fmt: skip
AFTERWARDS = {
    **CHANGES,
    "signature": "another",
    "outcome": "pending",
    "refused_because": "no",
    "decided_at": cast.NOW + DAY,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_the_database_lets_nobody_change_what_is_proposed(name):
    releases.drawn()
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(**{name: CHANGES[name]})


@pytest.mark.slow
@pytest.mark.parametrize("name", AFTERWARDS)
def test_nor_anything_of_what_is_released(name):
    releases.released()
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(**{name: AFTERWARDS[name]})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE statistics_releasefile SET content = 'x'",
        "DELETE FROM statistics_releasefile",
        "DELETE FROM statistics_release",
        "TRUNCATE statistics_release CASCADE",
        "INSERT INTO statistics_releasefile (release_id, name, content_type, content, size, sha256, made_at) "
        "SELECT id, 'further', 'text/plain', 'x', 1, 'x', now() FROM statistics_release",
    ],
)
def test_no_file_is_changed_deleted_or_added(statement):
    releases.released()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)
    with pytest.raises(InsertOnlyError):
        ReleaseFile.objects.all().delete()


def test_what_is_stored_is_looked_at_anew_before_it_is_signed(monkeypatch):
    release = releases.drawn()
    monkeypatch.setattr(releasing, "_sha256", lambda content: "another")
    with pytest.raises(ReleaseDamaged):
        releasing.release(release.pk, officer=cast.high_court_registrar(), now=cast.NOW)


def test_an_old_release_keeps_its_bytes_after_the_book_changed():
    listing = cast.in_force()
    release = releases.released()
    before = bytes(release.content), list(release.files.order_by("name").values_list("name", "sha256"))
    sealing.sealed(listing)
    releases.released(releases.LONGER)
    kept = Release.objects.get(number="2026-1")
    assert (bytes(kept.content), list(kept.files.order_by("name").values_list("name", "sha256"))) == before
    assert kept.counts["numbers"]["base:convicted"] == 1


def test_a_correction_is_a_new_release_of_the_same_period_that_says_what_was_wrong():
    first = releases.released()
    with pytest.raises(CorrectionNeedsWhy):
        releases.proposed(corrects=first, why=Words("错误", ""))
    with pytest.raises(NotToBeCorrected):
        releases.proposed(releases.LONGER, corrects=first, why=releases.WHY)
    second = releases.correction(first)
    assert (second.number, second.corrects) == ("2026-2", first)
    assert second.told["corrects"] == {"number": "2026-1", "why": {"zh": releases.WHY.zh, "en": releases.WHY.en}}
    assert list(first.corrections.all()) == [second]
    with pytest.raises(NotToBeCorrected):
        releases.proposed(corrects=first, why=releases.WHY)
    assert releases.correction(second).corrects == second


def judged(token):
    """By PyJWT, with which this project signs nothing, and the keys as they are published."""
    judge = jwt.PyJWS(algorithms=[])
    judge.register_algorithm("Ed25519", OKPAlgorithm())
    header = judge.get_unverified_header(token)
    keys = {key["kid"]: key for key in Client().get("/.well-known/jwks.json").json()["keys"]}
    claims = judge.decode(token, OKPAlgorithm.from_jwk(json.dumps(keys[header["kid"]])), algorithms=["Ed25519"])
    return header, json.loads(claims)


def test_the_signature_is_read_by_a_library_that_we_do_not_use():
    release = releases.released()
    header, claims = judged(release.signature)
    assert header["typ"] == "statistics-release+jwt"
    assert claims == releasing.verified(release.signature)
    assert (claims["sub"], claims["content"], claims["corrects"]) == ("2026-1", release.sha256, None)
    for file in release.files.all():
        assert claims["files"][file.name] == hashlib.sha256(file.content).hexdigest()
    assert len(claims["files"]) == release.files.count()


def test_what_was_altered_is_not_what_was_signed():
    release = releases.released()
    head, claims, signature = release.signature.split(".")
    for altered in (f"{head}.{claims[:-2]}AA.{signature}", f"{head}.{claims}.{signature[:-4]}AAAA"):
        with pytest.raises(jwt.InvalidSignatureError):
            judged(altered)
        with pytest.raises(SignatureWrong):
            releasing.verified(altered)
    changed = bytes(release.files.get(name="data.json").content).replace(b"2026", b"2025", 1)
    assert hashlib.sha256(changed).hexdigest() != judged(release.signature)[1]["files"]["data.json"]


def test_a_result_is_no_release():
    token = releasing.signing.sign_result({"sub": "2026-1"})
    with pytest.raises(SignatureWrong):
        releasing.verified(token)
