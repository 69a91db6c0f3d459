"""The printed report of a release: in both languages, tagged, every number with its base, everything left out marked."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pypdf
import pytest
import typst

from registry.statistics.bases import BASES
from registry.statistics.figures import FIGURES
from registry.statistics.tables import TABLES
from sharing.statistics import charts
from sharing.statistics import content as contents
from sharing.statistics.report import cited, printable, report
from tests.statistics_content import content, only, table_of, with_rows


def made(found):
    return report(found, {name: charts.for_paper(found, name) for name in charts.names(found)})


@pytest.fixture(scope="module")
def pdf():
    return made(content())


def few(**changes):
    return only(content(**changes), "education", "probation", "payments")


@pytest.fixture(scope="module")
def reader(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def words(pdf):
    return read(pdf)


def read(pdf):
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def squeezed(text):
    """Between kerned letters the extraction puts blanks."""
    return "".join(text.split())


def says(words, *expected):
    for each in expected:
        assert squeezed(each) in words, each


def test_the_cover_says_whose_what_which_when_and_where(reader):
    cover = squeezed(reader.pages[0].extract_text())
    says(
        cover,
        "高级人民法院", "High Court", "司法统计白皮书", "侵犯公民个人信息案件审判情况统计",
        "Statistics of cases of infringing citizens' personal information", "2026-1", "2018年1月1日至2023年11月22日",
        "1 January 2018 to 22 November 2023", "2026年11月26日 12:00 UTC+08:00", "In force: frozen and signed",
        "http://127.0.0.1:8000/statistics/2026-1/",
    )  # fmt: skip


def test_every_base_figure_table_and_row_stands_in_it_in_both_languages(words):
    found = content()
    for each in (*BASES, *FIGURES):
        says(words, each.words.zh, each.words.en)
    for each in BASES:
        says(words, each.definition.zh, each.definition.en)
    for table in TABLES:
        if not table.name.endswith("_by_year"):
            says(words, table.words.zh, table.words.en)
    for table in found["tables"]:
        for row in table["rows"]:
            says(words, row["words"]["zh"], row["words"]["en"].replace("’", "'"))


def test_it_explains_itself(words):
    says(
        words, "目录", "Contents", "阅读说明", "How to read this report", "小于5的小数值不公布", "below 5, are left out",
        "差值", "Definitions of the bases", "统计方法", "Method", "更正", "Corrections", "corrects no earlier one",
        "引用格式", "How to cite", "如何核验签名", "http://127.0.0.1:8000/.well-known/jwks.json",
    )  # fmt: skip
    says(words, contents.sha256(content()))


def test_a_figure_stands_with_its_base_and_its_share(words):
    says(words, "221 73.2 被判有罪的自然人 302", "248 83.2 被判处罚金的自然人 298", "50 24.6 载明信息种类的案件 203")


def test_every_number_that_is_left_out_is_marked_and_none_is_zero(words):
    found = content()
    left_out = len(contents.left_out_of(found))
    assert words.count("不公布leftout") == left_out
    says(words, "交通运输transport—不公布leftout")


def test_a_null_printed_as_zero_would_be_seen():
    zero = with_rows(few(), "probation", {"on_probation": 0, "without": 302})
    null = with_rows(few(), "probation", {"on_probation": None, "without": None})
    said = [read(made(each)) for each in (zero, null)]
    says(said[0], "宣告缓刑 on probation 0 0.0")
    says(said[1], "宣告缓刑 on probation — 不公布 left out")


def test_it_is_tagged_has_headings_a_language_and_a_text_for_each_chart(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("zh")
    assert reader.metadata.title.startswith("侵犯公民个人信息案件审判情况统计")
    tags, alternatives, languages = set(), [], set()
    for each in _elements(root["/StructTreeRoot"]):
        tags.add(each.get("/S"))
        languages.add(each.get("/Lang"))
        if each.get("/S") == "/Figure":
            alternatives.append(str(each["/Alt"]))
    assert {"/H1", "/H2", "/Figure", "/Table", "/TH", "/TD"} <= tags
    assert any(str(each).startswith("en") for each in languages)
    found = content()
    for name in charts.names(found):
        if name not in charts.SERIES:
            assert any(charts.described(found, name, "en") in each for each in alternatives), name


def test_pages_are_of_a4_numbered_and_outlined(reader):
    for number, page in enumerate(reader.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        if number > 1:
            says(
                squeezed(page.extract_text()),
                f"第{number}页，共{len(reader.pages)}页",
                f"Page {number} of {len(reader.pages)}",
            )
    assert reader.outline


def test_only_the_one_font_is_in_it(reader):
    names = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            names.add(font.get_object()["/BaseFont"])
    assert all("NotoSansSC" in name for name in names)


def test_a_character_that_the_font_lacks_is_an_error_and_never_a_box():
    found = few()
    found["title"]["zh"] = "\U00030000统计"
    with pytest.raises(typst.TypstError):
        made(found)


def test_whether_a_title_can_be_printed_is_known_before():
    assert printable("侵犯公民个人信息案件：𬭩㛃㳘")
    assert not printable("\U00030000统计")


def test_a_correction_names_what_it_corrects_and_why():
    why = {"zh": "朝阳法院两件案件重复计算。", "en": "Two cases of the Chaoyang court were counted twice."}
    found = few(number="2026-2", corrects={"number": "2026-1", "why": why})
    words = read(made(found))
    says(words, "更正2026-1号统计发布", why["zh"], "corrects release 2026-1", why["en"])


def test_a_table_that_no_chapter_knows_is_printed_all_the_same():
    found = few()
    table_of(found, "probation")["name"] = "new_table"
    words = read(made(found))
    says(words, "其他统计表", "Further tables", "on probation")


def test_the_longest_titles_and_very_many_courts_have_room():
    found = only(content(title={"zh": "统计" * 100, "en": "figures " * 25}), "filed_by_court")
    rows = [{"code": f"c{at}", "words": {"zh": f"第{at}法院", "en": f"Court {at}"}, "value": 9} for at in range(90)]
    table_of(found, "filed_by_court")["rows"] = rows
    pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(made(found))).pages]
    says(pages[0], "永久地址")
    says(pages[1], "目录")
    says("".join(pages), "第0法院 Court 0 9", "第89法院 Court 89 9")
    assert len(pages) <= 10


def test_it_holds_no_number_of_a_document(reader):
    said = "\n".join(page.extract_text() for page in reader.pages)
    assert re.search(r"\b[0-9]{6,17}[0-9Xx]\b", said) is None


def test_it_is_quoted_with_number_title_court_day_and_address(settings):
    settings.REGISTRY_ADDRESS = "https://registry.court.example/"
    line = cited(content())
    assert line.zh == (
        "高级人民法院登记系统：《侵犯公民个人信息案件审判情况统计（2018年1月1日至2023年11月22日）》，2026-1号统计发布，"
        "2026年11月26日，https://registry.court.example/statistics/2026-1/"
    )
    assert line.en == (
        "Registry of the High Court, Statistics of cases of infringing citizens' personal information (1 January 2018 to "
        "22 November 2023), release 2026-1, 26 November 2026, https://registry.court.example/statistics/2026-1/"
    )


@pytest.mark.slow
def test_the_same_content_gives_the_same_bytes_in_any_process():
    code = (
        "import django, hashlib; django.setup();"
        "from tests.test_statistics_report import few, made; print(hashlib.sha256(made(few())).hexdigest())"
    )
    run = [sys.executable, "-W", "ignore", "-c", code]
    assert len({subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(2)}) == 1


def _elements(element):
    """Every element of the structure, from the root on."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, dict):
            yield found
            yield from _elements(found)
