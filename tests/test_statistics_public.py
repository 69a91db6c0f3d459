"""What everybody reads of a release: whole, in both languages, kept by anybody, and naming nobody."""

from __future__ import annotations

import hashlib
import html
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from sharing.statistics import presenting, releasing
from sharing.statistics.models import Release, ReleaseFile
from sharing.statistics.report import cited
from sharing.statistics.spoken import say
from tests import cast, releases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def quickly(monkeypatch, settings):
    releases.draw_quickly(monkeypatch)
    cache.clear()


def read(address="/statistics/", language="en", **headers):
    return Client().get(address, headers={"accept-language": language, **headers})


def words(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


@pytest.mark.parametrize(("language", "said"), [("en", "No published release yet."), ("zh", "尚无已公布的统计发布")])
def test_before_the_first_release_the_page_says_so(language, said):
    releases.drawn()
    answer = read(language=language)
    assert answer.status_code == 200
    assert said in words(answer)
    assert read("/statistics/2026-1/").status_code == 404, "what is proposed is nobody's yet"
    assert read("/statistics/2026-1/data.json").status_code == 404


def test_the_newest_release_stands_whole_on_the_page():
    release = releases.released()
    text = words(read())
    told = release.told
    assert releases.TITLE.en in text
    for table in told["tables"]:
        assert f'id="{table["name"]}"' in text or table["name"] in {"filed_by_year", "concluded_by_year"}
        assert f'src="/statistics/2026-1/{table["name"]}.en.svg"' in text or "_by_year" in table["name"]
    for figure in told["figures"]:
        assert figure["words"]["en"] in text
    for base in told["bases"]:
        assert base["definition"]["en"] in text
    assert release.sha256 in text
    assert "/statistics/2026-1/" in text
    at_its_address = words(read("/statistics/2026-1/"))
    assert at_its_address.partition("<main")[2] == text.partition("<main")[2]


def test_a_number_stands_with_its_base_and_its_share(settings):
    settings.SHARING_SMALLEST_IN_RELEASE = 1
    cast.in_force()
    releases.released()
    assert "1 of 1 (Convicted persons), 100.0 %" in words(read())
    assert "被判有罪的自然人" in words(read(language="zh-hans"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_printed_report_are_cited_alike_also_where_it_came_out_days_after_the_count(language):
    release = releases.drawn()
    releasing.release(release.pk, officer=cast.high_court_registrar(), now=cast.NOW + timedelta(days=3))
    assert say(cited(release.told), language) in words(read("/statistics/2026-1/", language))


def test_what_is_left_out_is_said_in_words_and_explained():
    cast.in_force()
    releases.released()
    text = words(read())
    assert "left out" in text
    assert "“Left out” is not zero" in text
    assert "below 3 is not published" in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_in_it(language):
    listing = cast.in_force()
    releases.released()
    pages = [read(address, language) for address in ("/statistics/", "/statistics/2026-1/", "/statistics/method/")]
    files = [
        bytes(content).decode(errors="replace") for content in ReleaseFile.objects.values_list("content", flat=True)
    ]
    for text in [*map(words, pages), *files]:
        for personal in (
            "高䶮",
            cast.DEFENDANT_NUMBER,
            listing.number,
            "（2026）京0105刑初123号",
            "方统计员",
            "何登记员",
        ):
            assert personal not in text


def test_a_page_may_be_kept_by_anybody_and_sets_no_cookie():
    releases.released()
    for address in ("/statistics/", "/statistics/2026-1/", "/statistics/method/"):
        answer = read(address)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in answer.content.decode()
        again = read(address, **{"if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert read(address, "zh-hans", **{"if-none-match": answer.headers["ETag"]}).status_code == 200
        assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_its_language_is_switched_without_a_token():
    reader = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})
    assert reader.post("/language/", {"language": "en", "next": "/statistics/"}).headers["Location"] == "/statistics/"
    assert 'lang="en"' in reader.get("/statistics/").content.decode()


KINDS = {
    "data.json": "application/json", "figures.csv": "text/csv; charset=utf-8", "report.pdf": "application/pdf",
    "education.zh-hans.svg": "image/svg+xml", "education.en.png": "image/png", "signature.jws": "application/jose",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_kept_for_good_and_does_nothing(name):
    releases.released()
    answer = read(f"/statistics/2026-1/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == KINDS[name]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    way = "inline" if name.endswith(("svg", "png")) else "attachment"
    assert answer.headers["Content-Disposition"] == f'{way}; filename="statistics-2026-1-{name}"'
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "sandbox" in policy
    assert not answer.cookies
    assert read(f"/statistics/2026-1/{name}", **{"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_every_link_to_a_file_has_one_and_its_size():
    release = releases.released()
    links = set(re.findall(r'(?:href|src)="(/statistics/2026-1/[^"]+)"', read().content.decode()))
    assert len(links) > 50
    for link in links:
        assert read(link).status_code == 200, link
    report = release.files.get(name="report.pdf")
    assert f"{report.size} bytes" in words(read())


def test_the_data_are_the_bytes_that_were_signed():
    release = releases.released()
    data = read("/statistics/2026-1/data.json").content
    assert data == bytes(release.content)
    assert hashlib.sha256(data).hexdigest() == release.sha256
    assert json.loads(data)["number"] == "2026-1"


@pytest.mark.parametrize(
    "address", ["/statistics/2026-2/", "/statistics/2026-1/no.svg", "/statistics/2026-01/", "/statistics/2026-1/../x"]
)
def test_what_there_is_not_is_not_found(address):
    releases.released()
    assert read(address).status_code == 404


def test_a_returned_release_is_nobodys(monkeypatch):
    release = releases.drawn()
    releases.releasing.refuse(release.pk, because="the title", officer=cast.high_court_registrar(), now=cast.NOW)
    for address in ("/statistics/2026-1/", "/statistics/2026-1/report.pdf"):
        assert read(address).status_code == 404


def test_a_corrected_release_stays_and_says_by_which_one_and_why():
    first = releases.released()
    before = read("/statistics/2026-1/data.json").content
    assert "has replaced this one" not in words(read("/statistics/2026-1/"))
    releases.correction(first)
    old, new = words(read("/statistics/2026-1/")), words(read())
    assert "Release 2026-2 has replaced this one." in old
    assert releases.WHY.en in old
    assert "This release corrects release 2026-1:" in new
    assert releases.WHY.en in new
    assert "has replaced this one" not in new
    assert "corrected by 2026-2" in new, "in the list of all releases"
    assert read("/statistics/2026-1/data.json").content == before
    assert releases.WHY.zh in words(read("/statistics/2026-1/", "zh-hans"))


def test_the_page_asks_the_database_little(django_assert_max_num_queries):
    releases.correction(releases.released())
    with django_assert_max_num_queries(6):
        read()


def test_everybody_finds_it():
    for page in ("landing", "timeliness", "help"):
        assert 'href="/statistics/"' in read(reverse(f"public:{page}")).content.decode()


def test_the_method_says_what_each_base_is_and_how_a_file_is_verified():
    text = words(read("/statistics/method/"))
    assert "OKPAlgorithm" in text
    assert "Small differences between this release and the earlier ones" in text
    assert "once for each decision" in text
    assert not Release.objects.exists(), "it needs no release"


BLOCKS = re.compile(r"```python\n(.*?)```", re.DOTALL)


def verified(folder):
    """What docs/statistics.md tells a reader to run, by a process without this project."""
    document = (Path(__file__).parent.parent / "docs" / "statistics.md").read_text(encoding="utf-8")
    program = "".join(BLOCKS.findall(document))
    assert program == presenting.SNIPPET, "the page shows the same"
    (folder / "jwks.json").write_bytes(Client().get("/.well-known/jwks.json").content)
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_a_reader_verifies_it_without_us(tmp_path):
    releases.released()
    for name in ("data.json", "report.pdf", "signature.jws"):
        answer = read(f"/statistics/2026-1/{name}")
        saved_as = answer.headers["Content-Disposition"].partition('filename="')[2].rstrip('"')
        (tmp_path / saved_as).write_bytes(answer.content)
    assert verified(tmp_path).stdout.split("\n")[:2] == ["data.json as released", "report.pdf as released"]
    changed = tmp_path / "statistics-2026-1-data.json"
    changed.write_bytes(changed.read_bytes().replace(b"2026", b"2025", 1))
    done = verified(tmp_path)
    assert done.returncode != 0
    assert "data.json" in done.stderr
