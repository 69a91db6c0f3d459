"""What was written about a listing before it was sealed names it no more: an import's pages and file, evidence packs."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import errors
from registry.models import Listing
from sharing.audit import packing
from sharing.audit.models import Pack, PackTaken
from tests import auditing, cast, desk, sealing, visiting
from tests.importing import checked, rows, written

pytestmark = pytest.mark.django_db
NOW = auditing.LATER


@pytest.fixture(autouse=True)
def tomorrow(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.usefixtures("notice_waived")
class TestImports:
    def test_the_page_of_the_import_that_wrote_it_names_the_others_alone(self):
        made = written(rows(3))
        first, *others = Listing.objects.order_by("number")
        sealing.sealed(first)
        shown = desk.at_the_desk(cast.clerk()).get(reverse("admin:import", args=[made.pk])).content.decode()
        assert first.number not in shown
        assert all(each.number in shown for each in others)
        assert "The others are in the book" not in shown

    @pytest.mark.parametrize("route", ["import", "import_faults", "import_faults_file"])
    def test_an_import_that_found_it_entered_already_says_what_entering_says(self, route):
        written(rows(2))
        again = checked(rows(2))
        first, other = Listing.objects.order_by("number")
        sealing.sealed(first)
        answer = desk.at_the_desk(cast.clerk()).get(reverse(f"admin:{route}", args=[again.pk]))
        said = answer.getvalue().decode()
        assert first.number not in said
        assert (said.count(other.number), said.count("R-211"), said.count("R-331")) == (1, 1, 1)

    def numbers_on(self, route, *args):
        page = desk.at_the_desk(cast.clerk()).get(reverse(f"admin:{route}", args=args))
        return visiting.main_of(page)

    def test_no_count_of_the_import_that_wrote_it_tells_of_it(self):
        made = written(rows(3))
        sealing.sealed(Listing.objects.order_by("number")[0])
        said = self.numbers_on("import", made.pk)
        assert "Rows 2" in said
        assert "Written 2" in said
        assert "3" not in re.sub(r"L-[0-9]+-[0-9]+", "", said[said.index("Rows 2") : said.index("Written 2")])
        assert "Persons and units" not in said
        assert " 2 2 " in self.numbers_on("imports")

    def test_what_was_entered_already_and_is_sealed_since_counts_as_what_entering_says(self):
        written(rows(2))
        again = checked(rows(2))
        sealing.sealed(Listing.objects.order_by("number")[0])
        said = self.numbers_on("import", again.pk)
        assert "Already entered, left out 1" in said
        assert "Wrong, left out 1" in said


@pytest.mark.usefixtures("the_court_has_decided")
class TestPacks:
    def made(self, **changes):
        said = {"begins": date(2026, 11, 1), "ends": date(2026, 11, 24), "listing_number": "", "sample_number": ""}
        pack = packing.ask(**said | changes, officer=auditing.auditor(), now=NOW)
        assert packing.make_one(now=NOW)
        return packing.pack_called(pack.number)

    def sealed(self, listing, at=NOW):
        withdrawn = cast.withdrawn(listing)
        Listing.objects.filter(pk=withdrawn.pk).update(sealed_at=at)

    def other(self):
        return auditing.in_order(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)

    def test_a_pack_that_names_it_is_not_handed_out_and_is_emptied_at_once(self):
        listing = auditing.in_order()
        pack = self.made()
        assert listing.number.encode() in whole(pack)
        self.sealed(listing)
        with pytest.raises(errors.PackGone):
            packing.take(pack, officer=auditing.auditor(), now=NOW)
        emptied = packing.pack_called(pack.number)
        assert (emptied.content_sealed, emptied.destroyed_at) == (None, NOW)
        assert not PackTaken.objects.exists()

    def test_the_clock_empties_it_though_nobody_asks_and_leaves_what_does_not_name_it(self):
        listing = auditing.in_order()
        naming = self.made()
        without = self.made(begins=date(2026, 10, 1), ends=date(2026, 10, 2))
        assert listing.number.encode() not in whole(without)
        self.sealed(listing)
        assert packing.destroy(now=NOW + timedelta(hours=1)) == 1
        assert packing.pack_called(naming.number).content_sealed is None
        assert packing.pack_called(without.number).content_sealed is not None
        assert packing.destroy(now=NOW + timedelta(hours=2)) == 0

    def test_nothing_is_opened_where_nothing_was_sealed_since(self, monkeypatch):
        self.sealed(auditing.in_order(), NOW - timedelta(days=1))
        self.made()
        monkeypatch.setattr(packing, "_is_to_go", lambda pack: pytest.fail("opened"))
        assert packing.destroy(now=NOW) == 0

    def test_what_is_damaged_stays_for_whoever_looks_into_it(self):
        listing = auditing.in_order()
        pack = self.made()
        pack.content = b"another archive"
        Pack.objects.filter(pk=pack.pk).update(content_sealed=pack.content_sealed)
        self.sealed(listing)
        assert packing.destroy(now=NOW) == 0

    def test_pages_hide_the_number_of_the_listing_that_it_was_asked_for(self):
        listing, other = auditing.in_order(), self.other()
        packs = [self.made(listing_number=each.number) for each in (listing, other)]
        self.sealed(listing)
        browser = desk.at_the_desk(auditing.auditor())
        every = visiting.text_of(browser.get(reverse("sharing_desk:packs")))
        pages = [visiting.text_of(browser.get(reverse("sharing_desk:pack", args=[each.number]))) for each in packs]
        assert listing.number not in every + pages[0]
        assert other.number in every
        assert other.number in pages[1]

    def test_a_pack_that_is_made_after_the_sealing_does_not_name_it_in_its_manifest(self):
        listing = auditing.in_order()
        said = {"begins": date(2026, 11, 1), "ends": date(2026, 11, 24), "sample_number": ""}
        pack = packing.ask(**said, listing_number=listing.number, officer=auditing.auditor(), now=NOW)
        self.sealed(listing)
        assert packing.make_one(now=NOW)
        archive = packing.take(packing.pack_called(pack.number), officer=auditing.auditor(), now=NOW)
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            assert json.loads(opened.read("manifest.json"))["listing"] == "—"


def whole(pack: Pack) -> bytes:
    with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
        return b"".join(map(opened.read, opened.namelist()))
