"""A sample that nobody can choose and anybody can draw again; its worksheet; and the program of the guide that does it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from registry import errors, reading
from registry.models import Listing
from registry.models.insert_only import InsertOnlyError
from sharing.audit import sampling
from sharing.audit.models import Finding, Sample, SampleKind, Verdict
from sharing.audit.populations import Sought
from sharing.retention import ageing
from tests import asking, auditing, cast, desk, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = auditing.LATER
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def tomorrow(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def book():
    """Three listings, in force."""
    numbers = [cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER, cast.APPLICANT_NUMBER]
    return [auditing.in_order(cast.party(cast.person(number, f"欧阳{n}")), number) for n, number in zip("甲乙丙", numbers, strict=True)]  # fmt: skip


def sought(kind=SampleKind.APPROVED, **changes):
    return Sought(**{"kind": kind, "begins": date(2026, 11, 1), "ends": date(2026, 11, 24), **changes})


def drawn(size=2, of=None):
    return sampling.draw(of or sought(), size, officer=auditing.auditor(), now=NOW)


def keys(sample):
    return [key for _place, key in sampling.shown_rows(sample)]


def test_what_was_drawn_follows_from_the_seed_and_the_list_alone(book):
    sample = drawn()
    numbers = sorted(row.number for row in book)
    assert sample.population == 3
    assert sample.drawn_from["population_sha256"] == hashlib.sha256("\n".join(numbers).encode()).hexdigest()
    by_hand = sorted(numbers, key=lambda key: hashlib.sha256(f"{sample.seed}\n{key}".encode()).hexdigest())
    assert keys(sample) == by_hand[:2]


def test_the_seed_follows_from_what_is_written_down(book):
    sample = drawn()
    text = json.dumps(sample.drawn_from, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sample.seed == hashlib.sha256(text.encode()).hexdigest()
    assert sample.drawn_from["log"]["position"] == 3
    assert re.fullmatch("[0-9a-f]{64}", sample.drawn_from["log"]["commitment"])


def test_the_same_question_again_has_another_number_and_another_seed(book):
    first, second = drawn(), drawn()
    assert (first.number, second.number) == ("S-2026-0001", "S-2026-0002")
    assert first.seed != second.seed
    assert Sample.objects.count() == 2


def test_more_than_there_are_draws_all(book):
    assert sorted(keys(drawn(size=200))) == sorted(row.number for row in book)


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), unique=True), st.integers(1, 9)
)
def test_the_rule_is_the_smallest_hashes_in_their_order(found, size):
    seed = "a" * 64
    every = sorted(found, key=lambda key: hashlib.sha256(f"{seed}\n{key}".encode()).digest())
    assert sampling.smallest(seed, iter(found), size) == every[:size]


def test_each_row_has_the_same_chance():
    found = [str(n) for n in range(10)]
    hits = dict.fromkeys(found, 0)
    for seed in range(2_000):
        for key in sampling.smallest(hashlib.sha256(str(seed).encode()).hexdigest(), found, 3):
            hits[key] += 1
    assert all(500 < count < 700 for count in hits.values())  # 600 each


def test_every_kind_can_be_drawn(book):
    cast.withdrawn(book[0])
    asked = asking.answered()
    cast.officer("C-OTHER", cast.Role.CLERK)
    desk.with_a_reason(auditing.auditor(), book[1]).get(reverse("admin:listing", args=[book[1].number]))
    later = {"ends": date(2026, 11, 24)}
    assert keys(drawn(of=sought(SampleKind.WITHDRAWN, **later))) == [book[0].number]
    assert keys(drawn(of=sought(SampleKind.SCREENINGS, **later))) == [asked.pk]
    assert len(keys(drawn(size=9))) == 3
    with pytest.raises(errors.NothingToDraw):
        drawn(of=sought(SampleKind.READINGS))  # looked at today, and today is not over


def test_courts_narrow_it(book):
    assert drawn(of=sought(courts=["京0105"])).population == 3
    with pytest.raises(errors.NothingToDraw):
        drawn(of=sought(courts=["京0108"]))
    with pytest.raises(errors.OfNoCourt):
        drawn(of=sought(SampleKind.SCREENINGS, courts=["京0105"]))


@pytest.mark.parametrize(
    ("changes", "size", "refusal"),
    [
        ({"begins": date(2026, 11, 25)}, 5, errors.PeriodBackwards),
        ({"ends": date(2026, 11, 25)}, 5, errors.PeriodNotOver),
        ({"begins": date(2020, 1, 1)}, 5, errors.PeriodTooLong),
        ({}, 0, errors.SampleSize),
        ({}, 201, errors.SampleSize),
        ({"begins": date(2026, 1, 1), "ends": date(2026, 1, 2)}, 5, errors.NothingToDraw),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(book, changes, size, refusal):
    with pytest.raises(refusal):
        drawn(size, sought(**changes))
    assert not Sample.objects.exists()


def test_who_is_audited_does_not_draw(book):
    for officer in (cast.high_court_registrar(), cast.registrar(), cast.judge(), cast.clerk(), cast.statistician()):
        with pytest.raises(errors.AuditorNeeded):
            sampling.draw(sought(), 2, officer=officer, now=NOW)


def test_a_row_sealed_while_it_is_drawn_is_noticed(book, monkeypatch):
    monkeypatch.setattr(sampling, "hashed", lambda of: (3, "0" * 64))
    with pytest.raises(errors.PopulationChanged):
        drawn()
    assert not Sample.objects.exists()


def test_what_was_drawn_stays_as_it_was_written(book):
    sample = drawn()
    sample.size = 9
    with pytest.raises(InsertOnlyError):
        sample.save()
    for table in ("audit_sample", "audit_samplerow"):
        with pytest.raises(Error, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_a_listing_sealed_since_is_named_no_more_and_the_list_says_that_it_changed(book):
    sample = drawn(size=3)
    assert sampling.is_still_the_same(sample)
    withdrawn = cast.withdrawn(book[0])
    Listing.objects.filter(pk=withdrawn.pk).update(sealed_at=NOW)
    assert book[0].number not in keys(sample)
    assert not sampling.is_still_the_same(sample)
    page = visiting.main_of(
        desk.at_the_desk(auditing.auditor()).get(reverse("sharing_desk:sample", args=[sample.number]))
    )
    assert book[0].number not in page
    assert "not the same any more" in page


def test_a_look_at_a_listing_sealed_since_stays_drawn_and_names_it_no_more(book):
    """The row is the look, with its officer and page; whose data he saw is no longer said."""
    for listing in book[:2]:
        reading.record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    sample = drawn(size=2, of=sought(SampleKind.READINGS))
    drawn_then = keys(sample)
    Listing.objects.filter(pk=cast.withdrawn(book[0]).pk).update(sealed_at=NOW)
    page = visiting.main_of(
        desk.at_the_desk(auditing.auditor()).get(reverse("sharing_desk:sample", args=[sample.number]))
    )
    assert book[1].number in page
    assert book[0].number not in page
    assert "C-LIN · — · " in page
    assert all(key in page for key in drawn_then)


class TestWorksheet:
    def finding(self, sample, place=1):
        return reverse("sharing_desk:finding", args=[sample.number, place])

    def test_an_auditor_draws_works_through_and_sees_how_far_it_is(self, book):
        browser = desk.at_the_desk(auditing.auditor())
        typed = {**auditing.PERIOD, "kind": "approved", "size": "2"}
        page = browser.post(reverse("sharing_desk:new_sample"), typed, follow=True)
        sample = Sample.objects.get()
        text = visiting.main_of(page)
        assert "0 of 2 rows" in text
        assert sample.seed in text
        assert "高䶮" not in text
        browser.post(self.finding(sample), {"verdict": "agrees", "note": ""})
        page = browser.post(
            self.finding(sample, 2), {"verdict": "differs", "note": "刑期：登记24个月，判决书26个月"}, follow=True
        )
        assert "2 of 2 rows are worked through; 1 differ" in visiting.main_of(page)

    def test_what_differs_is_said_in_words(self, book):
        sample = drawn()
        answer = desk.at_the_desk(auditing.auditor()).post(self.finding(sample), {"verdict": "differs", "note": " "})
        assert "R-849" in visiting.text_of(answer)
        assert not Finding.objects.exists()

    def test_the_latest_finding_stands_and_those_before_stay(self, book, monkeypatch):
        sample = drawn()
        browser = desk.at_the_desk(auditing.auditor())
        browser.post(self.finding(sample), {"verdict": "differs", "note": "misread"})
        monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=1))
        browser.post(self.finding(sample), {"verdict": "agrees", "note": "compared once more"})
        assert Finding.objects.count() == 2
        assert sampling.progress(sample) == sampling.Progress(1, 0)
        assert sampling.standing(sample)[1].verdict == Verdict.AGREES

    def test_notes_are_sealed_and_go_after_their_years(self, book):
        row = sampling.row_of(drawn(), 1)
        finding = sampling.find(row, Verdict.DIFFERS, "the term", officer=auditing.auditor(), now=NOW)
        assert b"the term" not in bytes(finding.note_sealed)
        aged = next(each for each in ageing.AGED if each.table == "audit_finding")
        assert ageing.destroy(aged, before=NOW) == 0
        assert ageing.destroy(aged, before=NOW.replace(year=2030)) == 1

    def destroyed(self, sample, monkeypatch, later):
        """Both rows were worked through, and the years of what was found are over."""
        for place, verdict in ((1, Verdict.AGREES), (2, Verdict.DIFFERS)):
            sampling.find(
                sampling.row_of(sample, place), verdict, "the term", officer=auditing.auditor(), now=sample.at
            )
        monkeypatch.setattr(timezone, "now", lambda: later)
        aged = next(each for each in ageing.AGED if each.table == "audit_finding")
        ageing.destroy(aged, before=ageing.before(later))

    def shown(self, page, *of):
        with override("en"):
            return visiting.main_of(desk.at_the_desk(auditing.auditor()).get(reverse(page, args=of)))

    def file(self, sample, form="csv"):
        browser = desk.at_the_desk(auditing.auditor())
        return browser.get(reverse("sharing_desk:sample_file", args=[sample.number, form])).content.decode()

    @pytest.mark.parametrize(("years", "is_gone"), [(2, False), (4, True)])
    def test_a_row_whose_finding_is_destroyed_after_its_years_is_not_called_open(
        self, book, monkeypatch, years, is_gone
    ):
        sample = drawn()
        self.destroyed(sample, monkeypatch, NOW.replace(year=NOW.year + years))
        assert len(sampling.standing(sample)) == (0 if is_gone else 2)
        page = self.shown("sharing_desk:sample", sample.number)
        assert "open" not in page.split()
        assert ("no longer on record" in page) is is_gone
        assert ("of these 1 differ" in self.shown("sharing_desk:samples")) is not is_gone
        assert ("no longer on record" in self.file(sample)) is is_gone

    def test_a_row_that_nobody_looked_at_yet_is_open_for_those_years(self, book):
        sample = drawn()
        page = self.shown("sharing_desk:sample", sample.number)
        assert "open" in page.split()
        assert "no longer on record" not in page + self.shown("sharing_desk:samples") + self.file(sample)

    def test_registrars_of_the_high_court_read_it_and_write_nothing(self, book):
        sample = drawn()
        browser = desk.at_the_desk(cast.high_court_registrar())
        assert browser.get(reverse("sharing_desk:sample", args=[sample.number])).status_code == 200
        assert browser.post(self.finding(sample), {"verdict": "agrees"}).status_code == 403
        assert browser.post(reverse("sharing_desk:new_sample"), {}).status_code == 403

    def test_strangers_are_refused_everywhere(self, book):
        sample = drawn()
        pages = [
            reverse("sharing_desk:samples"),
            reverse("sharing_desk:new_sample"),
            reverse("sharing_desk:sample", args=[sample.number]),
            self.finding(sample),
            *(
                reverse("sharing_desk:sample_file", args=[sample.number, form])
                for form in ("json", "txt", "csv", "xlsx")
            ),
        ]
        for page in pages:
            for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger(), cast.statistician()):
                assert desk.at_the_desk(officer).get(page).status_code == 403, page
            assert Client().get(page).status_code == 302, page

    @pytest.mark.parametrize("typed", [{"verdict": "maybe"}, {"verdict": ""}, {}])
    def test_a_verdict_that_there_is_not_is_refused(self, book, typed):
        sample = drawn()
        assert desk.at_the_desk(auditing.auditor()).post(self.finding(sample), typed).status_code == 200
        assert not Finding.objects.exists()

    def test_a_sample_or_row_that_there_is_not_is_refused_by_name(self, book):
        sample = drawn()
        browser = desk.at_the_desk(auditing.auditor())
        for page in (self.finding(sample, 99), reverse("sharing_desk:sample", args=["S-2020-0001"])):
            answer = browser.get(page)
            assert answer.status_code == 404
            assert "R-845" in visiting.text_of(answer)

    def test_the_worksheet_as_a_file_holds_no_formula(self, book):
        sample = drawn()
        sampling.find(sampling.row_of(sample, 1), Verdict.DIFFERS, "=HYPERLINK(1)", officer=auditing.auditor(), now=NOW)
        browser = desk.at_the_desk(auditing.auditor())
        file = browser.get(reverse("sharing_desk:sample_file", args=[sample.number, "csv"])).content.decode()
        assert "'=HYPERLINK(1)" in file
        assert browser.get(reverse("sharing_desk:sample_file", args=[sample.number, "exe"])).status_code == 404


def test_the_program_of_the_guide_draws_it_again_without_this_project(book, tmp_path):
    sample = drawn()
    browser = desk.at_the_desk(auditing.auditor())
    for form, name in (("json", "sample.json"), ("txt", "population.txt")):
        content = browser.get(reverse("sharing_desk:sample_file", args=[sample.number, form])).content
        (tmp_path / name).write_bytes(content)
    program = next(each for each in BLOCK.findall(Path("docs/auditing.md").read_text(encoding="utf-8")) if "population.txt" in each)  # fmt: skip
    run = [sys.executable, "-I", "-c", program]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == keys(sample), done.stderr
    (tmp_path / "population.txt").write_text("L-2026-999999")
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode != 0
