"""An evidence pack: complete, signed over every file, without a name, kept sealed for its days, taken on record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import Error
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from config.new_keys import NAMES
from registry import errors
from registry.models import Listing, RefusedAct
from registry.shown import NOT_OPENED
from sharing import signing
from sharing.audit import evidence, packing, sampling
from sharing.audit.models import Pack, PackTaken, SampleKind, Verdict
from sharing.audit.populations import Sought
from tests import auditing, cast, desk, logs, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = auditing.LATER
BEGINS, ENDS = date(2026, 11, 1), date(2026, 11, 24)
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def tomorrow(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def listing():
    return auditing.in_order()


def asked(officer=None, **changes):
    said = {"begins": BEGINS, "ends": ENDS, "listing_number": "", "sample_number": "", **changes}
    return packing.ask(**said, officer=officer or auditing.auditor(), now=NOW)


def made(**changes):
    pack = asked(**changes)
    assert packing.make_one(now=NOW)
    return packing.pack_called(pack.number)


def opened(pack):
    return zipfile.ZipFile(io.BytesIO(pack.content))


def rows(pack, name):
    return list(csv.DictReader(io.StringIO(opened(pack).read(name).decode("utf-8-sig"))))


def sample(listing):
    of = Sought(kind=SampleKind.APPROVED, begins=BEGINS, ends=ENDS)
    drawn = sampling.draw(of, 5, officer=auditing.auditor(), now=NOW)
    sampling.find(sampling.row_of(drawn, 1), Verdict.DIFFERS, "term", officer=auditing.auditor(), now=NOW)
    return drawn


def test_it_holds_checks_sample_acts_looks_settings_and_versions(listing):
    desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[listing.number]))
    RefusedAct.objects.create(officer=cast.clerk(), act="approve", about=listing.number, code="R-304", at=cast.NOW)
    pack = made(sample_number=sample(listing).number)
    names = set(opened(pack).namelist())
    assert {
        "README.txt", "checks.json", "checks.csv", "checks/self-approvals.csv", "sample/sample.json", "sample/findings.csv",
        "sample/population.txt", "acts.csv", "looks.csv", "refused-acts.csv", "settings.json", "versions.json", "jwks.json",
        "manifest.json", "manifest.jws",
    } <= names  # fmt: skip
    assert {"submit", "approve", "take_effect"} <= {each["act"] for each in rows(pack, "acts.csv")}
    assert [each["code"] for each in rows(pack, "refused-acts.csv")] == ["R-304"]
    assert rows(pack, "sample/findings.csv")[0]["verdict"] == "differs"
    checks = {each["code"]: each["count"] for each in json.loads(opened(pack).read("checks.json"))}
    assert checks["self-approvals"] == 1
    assert checks["past-term"] == 0


def test_once_findings_of_that_time_are_destroyed_the_pack_says_that_nothing_is_on_record(listing):
    drawn = sample(listing)
    later = NOW.replace(year=NOW.year + 4)
    logs.by_hand("DELETE FROM audit_finding")
    for now, said in ((NOW, ""), (later, evidence.NOT_ON_RECORD)):
        files = dict(evidence.files(Pack(sample=drawn, begins_on=BEGINS, ends_on=ENDS), now=now))
        (row,) = csv.DictReader(io.StringIO(files["sample/findings.csv"].decode("utf-8-sig")))
        assert (row["verdict"], row["note"]) == (said, "")


def test_every_file_is_in_the_manifest_and_the_manifest_is_signed(listing):
    pack = made()
    archive = opened(pack)
    manifest = json.loads(archive.read("manifest.json"))
    named = {name: said["sha256"] for name, said in manifest["files"].items()}
    there = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    signed = signing.read_result(archive.read("manifest.jws").decode(), typ=packing.TYPE)
    assert signed["manifest"] == there.pop("manifest.json")
    assert there.pop("manifest.jws")
    assert named == there
    assert signed["sub"] == manifest["number"] == pack.number


def test_no_person_no_reason_and_no_secret_is_in_it(listing, settings):
    desk.with_a_reason(auditing.auditor(), listing).get(reverse("admin:listing", args=[listing.number]))
    pack = made(ends=ENDS)
    whole = b"".join(opened(pack).read(name) for name in opened(pack).namelist())
    for shown in ("高䶮", cast.DEFENDANT_NUMBER, "a complaint is looked into", "林书记员"):
        assert shown.encode() not in whole, shown
    for name in (*NAMES, "SECRET_KEY", "SHARING_IDENTITY_OIDC_CLIENT_SECRET"):
        assert name not in evidence.SETTINGS
        for part in filter(None, re.split("[,:]", str(getattr(settings, name)))):
            assert len(part) < 8 or part.encode() not in whole, name


def test_one_listing_alone(listing):
    other = auditing.in_order(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    pack = made(listing_number=listing.number)
    assert {each["listing"] for each in rows(pack, "acts.csv")} == {listing.number}
    assert other.number not in {each["listing"] for each in rows(pack, "looks.csv")}


def test_a_sealed_listing_is_in_no_file(listing):
    withdrawn = cast.withdrawn(listing)
    drawn = sample(listing)
    Listing.objects.filter(pk=withdrawn.pk).update(sealed_at=NOW)
    pack = made(sample_number=drawn.number)
    for name in opened(pack).namelist():
        assert listing.number.encode() not in opened(pack).read(name), name


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"begins": date(2026, 11, 25)}, errors.PeriodBackwards),
        ({"ends": date(2026, 11, 25)}, errors.PeriodNotOver),
        ({"begins": date(2019, 1, 1)}, errors.PeriodTooLong),
        ({"listing_number": "L-2026-999999"}, errors.NoSuchListing),
        ({"sample_number": "S-2026-9999"}, errors.NoSuchSample),
    ],
)
def test_what_cannot_be_packed_is_refused_by_name(changes, refusal):
    with pytest.raises(refusal):
        asked(**changes)
    assert not Pack.objects.exists()


def test_too_much_is_refused_before_anybody_waits(listing, monkeypatch):
    monkeypatch.setattr(evidence, "MOST", 2)
    with pytest.raises(errors.TooMuchForOnePack):
        asked()


def test_packs_are_numbered_and_each_is_made_once(listing):
    first, second = asked(), asked()
    assert (first.number, second.number) == ("E-2026-0001", "E-2026-0002")
    assert packing.make_one(now=NOW)
    assert packing.make_one(now=NOW)
    assert not packing.make_one(now=NOW)
    assert Pack.objects.filter(made_at=NOW).count() == 2


def test_a_worker_that_died_leaves_it_to_the_next_one(listing):
    pack = asked()
    Pack.objects.update(making_until=NOW + packing.LEASE)
    assert not packing.make_one(now=NOW)
    assert packing.make_one(now=NOW + packing.LEASE)
    assert packing.pack_called(pack.number).made_at


def test_asking_rings_the_bell(listing, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(packing.bell, "send", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        asked()
    assert rung == ["sharing.make_packs"]


def test_it_lies_sealed_and_what_was_altered_is_not_handed_out(listing):
    pack = made()
    assert b"PK" not in bytes(pack.content_sealed)[:2]
    assert listing.number.encode() not in bytes(pack.content_sealed)
    pack.content = b"another archive"
    with pytest.raises(errors.PackDamaged):
        packing.take(pack, officer=auditing.auditor(), now=NOW)
    assert not PackTaken.objects.exists()


def test_what_nobody_can_open_is_not_handed_out_and_says_so(listing):
    pack = made()
    Pack.objects.update(content_sealed=b"\x01" * 80)
    with pytest.raises(errors.PackDamaged):
        packing.take(packing.pack_called(pack.number), officer=auditing.auditor(), now=NOW)


def test_one_that_nobody_can_open_keeps_no_other_that_names_a_sealed_listing(listing):
    broken, whole = made(), made()
    Pack.objects.filter(pk=broken.pk).update(content_sealed=b"\x01" * 80)
    cast.withdrawn(listing)
    Listing.objects.filter(pk=listing.pk).update(sealed_at=NOW)
    assert packing.destroy(now=NOW) == 1
    assert packing.pack_called(whole.pk).content_sealed is None


def test_a_note_that_nobody_can_open_says_so_in_the_pack_and_does_not_keep_it_from_being_made(listing):
    drawn = sample(listing)
    logs.by_hand("UPDATE audit_finding SET note_sealed = %s", b"\x01" * 80)
    (found,) = rows(made(sample_number=drawn.number), "sample/findings.csv")
    with override(settings.LANGUAGE_CODE):
        assert (found["verdict"], found["note"]) == ("differs", str(NOT_OPENED))


def test_after_its_days_it_is_emptied_and_that_it_was_there_stays(listing, settings):
    settings.SHARING_EVIDENCE_DAYS = 30
    pack = made()
    assert packing.destroy(now=NOW + timedelta(days=30)) == 0
    assert packing.destroy(now=NOW + timedelta(days=31)) == 1
    emptied = packing.pack_called(pack.number)
    assert emptied.content_sealed is None
    assert emptied.sha256 == pack.sha256
    with pytest.raises(errors.PackGone):
        packing.take(emptied, officer=auditing.auditor(), now=NOW)


def test_what_was_asked_and_made_stays_as_it_was_written(listing):
    made()
    for change in ("begins_on = begins_on - 1", "sha256 = ''", "signature = 'x'"):
        with pytest.raises(Error, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE audit_pack SET {change}")
    with pytest.raises(Error, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_pack")


class TestPages:
    def test_an_auditor_asks_waits_and_takes_it(self, listing):
        browser = desk.at_the_desk(auditing.auditor())
        page = browser.post(reverse("sharing_desk:new_pack"), {**auditing.PERIOD, "listing_number": "", "sample": ""}, follow=True)  # fmt: skip
        assert "being made" in visiting.main_of(page)
        pack = Pack.objects.get()
        take = reverse("sharing_desk:take_pack", args=[pack.number])
        assert "R-853" in visiting.text_of(browser.post(take))
        packing.make_one(now=NOW)
        page = browser.get(reverse("sharing_desk:pack", args=[pack.number]))
        assert "Take the pack" in visiting.main_of(page)
        file = browser.post(take)
        assert file.headers["Content-Disposition"] == 'attachment; filename="evidence-20261125-E-2026-0001.zip"'
        assert "no-store" in file.headers["Cache-Control"]
        assert hashlib.sha256(file.content).hexdigest() == Pack.objects.get().sha256
        taken = PackTaken.objects.get()
        assert (taken.officer, taken.pack_id) == (auditing.auditor(), pack.number)
        assert "A-FU" in visiting.main_of(browser.get(reverse("sharing_desk:pack", args=[pack.number])))

    def test_looking_at_its_address_takes_nothing(self, listing):
        pack = made()
        answer = desk.at_the_desk(auditing.auditor()).get(reverse("sharing_desk:take_pack", args=[pack.number]))
        assert answer.status_code == 405

    def test_strangers_are_refused_everywhere(self, listing):
        pack = made()
        of_one = [reverse(f"sharing_desk:{name}", args=[pack.number]) for name in ("pack", "take_pack")]
        for page in (reverse("sharing_desk:packs"), reverse("sharing_desk:new_pack"), *of_one):
            for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger(), cast.statistician()):
                browser = desk.at_the_desk(officer)
                assert {browser.get(page).status_code, browser.post(page).status_code} <= {403, 405}, page
            assert Client().post(page).status_code == 302, page
        assert not PackTaken.objects.exists()

    def test_a_pack_that_there_is_not_is_refused_by_name(self):
        answer = desk.at_the_desk(auditing.auditor()).get(reverse("sharing_desk:pack", args=["E-2020-0001"]))
        assert answer.status_code == 404
        assert "R-852" in visiting.text_of(answer)


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    blocks = BLOCK.findall(Path("docs/auditing.md").read_text(encoding="utf-8"))
    program = next(each for each in blocks if "manifest.jws" in each)
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_the_program_of_the_guide_verifies_it_without_the_court(listing, tmp_path):
    pack = made()
    (tmp_path / "evidence.zip").write_bytes(pack.content)
    (tmp_path / "jwks.json").write_bytes(Client().get("/.well-known/jwks.json").content)
    done = verified(tmp_path)
    assert done.returncode == 0, done.stderr
    assert pack.number in done.stdout


@pytest.mark.parametrize("what", ["altered", "added", "left out", "manifest"])
def test_what_was_changed_does_not_verify(listing, tmp_path, what):
    pack = made()
    files = {name: opened(pack).read(name) for name in opened(pack).namelist()}
    if what == "altered":
        files["acts.csv"] += b"L-2026-000009,approve,J-ZHAO,,1\r\n"
    elif what == "added":
        files["more.csv"] = b"x"
    elif what == "left out":
        del files["acts.csv"]
    else:
        files["manifest.json"] = files["manifest.json"].replace(b"2026-11-01", b"2026-10-01")
    with zipfile.ZipFile(tmp_path / "evidence.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    (tmp_path / "jwks.json").write_bytes(Client().get("/.well-known/jwks.json").content)
    assert verified(tmp_path).returncode != 0


def test_a_forged_file_before_the_true_one_of_the_same_name_does_not_verify(listing, tmp_path):
    pack = made()
    with zipfile.ZipFile(tmp_path / "evidence.zip", "w") as forged:
        forged.writestr("acts.csv", "listing,act,officer,at,version\r\n")
        for name in set(opened(pack).namelist()) - {"acts.csv"}:
            forged.writestr(name, opened(pack).read(name))
        with pytest.warns(UserWarning, match="Duplicate name"):
            forged.writestr("acts.csv", opened(pack).read("acts.csv"))
    (tmp_path / "jwks.json").write_bytes(Client().get("/.well-known/jwks.json").content)
    done = verified(tmp_path)
    assert (done.returncode != 0, "a file twice" in done.stderr) == (True, True)
