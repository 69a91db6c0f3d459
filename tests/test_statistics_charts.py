"""The charts of a release: pictures that say what they show, keep what is left out apart from zero, and need nothing else."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from xml.etree import ElementTree

import pytest
import vl_convert

from sharing.statistics import charts, plotting
from sharing.statistics.charts import CASES_BY_YEAR, chart_name, described, names, png, svg
from sharing.statistics.plotting import LABEL_MOST, bars, columns, wide, wrapped
from tests.statistics_content import content, table_of, with_rows

SVG = "{http://www.w3.org/2000/svg}"
DASHED = "stroke-dasharray"
LANGUAGES = ("zh", "en")
LEFT_OUT = {"zh": "不公布", "en": "left out"}


def parsed(drawing):
    return ElementTree.fromstring(drawing)


def texts(drawing):
    """What is written in the picture, each text with its lines joined."""
    return ["".join(each.itertext()) for each in parsed(drawing).iter(f"{SVG}text")]


def outlines(drawing):
    return [each for each in parsed(drawing).iter(f"{SVG}path") if DASHED in each.attrib]


def accented(drawing):
    return [each for each in parsed(drawing).iter(f"{SVG}path") if each.get("fill") == plotting.ACCENT]


def left_out_in(found, name):
    return [row["code"] for row in table_of(found, name)["rows"] if row["value"] is None]


def test_there_is_one_for_each_table_and_one_of_cases_by_year():
    found = content()
    assert names(found) == [CASES_BY_YEAR, *(table["name"] for table in found["tables"])]
    found["tables"] = [table for table in found["tables"] if table["name"] != "filed_by_year"]
    assert CASES_BY_YEAR not in names(found)


def test_files_are_named_by_table_and_language():
    assert chart_name("education", "zh", "svg") == "education.zh-hans.svg"
    assert chart_name("education", "en", "png") == "education.en.png"
    assert chart_name(CASES_BY_YEAR, "en", "svg") == "cases_by_year.en.svg"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_chart_holds_a_script_a_style_or_anything_from_outside(language):
    found = content()
    for name in names(found):
        drawing = svg(found, name, language)
        for element in parsed(drawing).iter():
            assert element.tag.removeprefix(SVG) in {
                "svg",
                "g",
                "path",
                "rect",
                "text",
                "tspan",
                "line",
                "title",
                "desc",
            }
            for attribute, value in element.attrib.items():
                assert attribute != "style"
                assert not attribute.lower().startswith("on")
                assert "href" not in attribute
                assert "url(" not in value
                assert "://" not in value


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_says_its_title_its_base_and_its_release(language):
    found = content()
    for table in found["tables"]:
        drawing = svg(found, table["name"], language)
        root = parsed(drawing)
        assert root.find(f"{SVG}title").text == table["words"][language]
        assert root.find(f"{SVG}desc").text == described(found, table["name"], language)
        assert root.get("role") == "img"
        written = "".join("".join(texts(drawing)).split())
        assert "".join(table["words"][language].split()) in written
        assert "2026-1" in written
        base = next(each for each in found["bases"] if each["name"] == table["base"])
        assert f"{base['value']:,}" in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_drawn_with_its_number(language):
    found = content()
    for row in table_of(found, "education")["rows"]:
        assert any(row["words"][language].split()[0] in each for each in texts(svg(found, "education", language)))
    said = texts(svg(found, "told", language))
    for number in ("1,180", "1,214", "96", "41"):
        assert number in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_is_a_dashed_outline_of_one_length_with_its_words(language):
    found = content()
    for table in found["tables"]:
        drawing = svg(found, table["name"], language)
        missing = left_out_in(found, table["name"])
        assert len(outlines(drawing)) == len(missing)
        assert texts(drawing).count(LEFT_OUT[language]) == len(missing)
        assert len({re.sub(r"^M[^h]*", "", each.attrib["d"]) for each in outlines(drawing)}) <= 1


def test_a_number_that_is_left_out_is_never_drawn_as_zero():
    """The same table with zero instead has another picture: no outline, and a zero that is written."""
    left_out = svg(with_rows(content(), "probation", {"on_probation": None}), "probation", "en")
    zero = svg(with_rows(content(), "probation", {"on_probation": 0}), "probation", "en")
    assert "0" not in texts(left_out)
    assert len(outlines(left_out)) == 1
    assert "0" in texts(zero)
    assert outlines(zero) == []


def test_zero_has_no_bar():
    drawing = svg(with_rows(content(), "probation", {"on_probation": 0}), "probation", "en")
    assert len(accented(drawing)) == 1


def test_left_out_columns_of_years_are_outlines_too():
    found = with_rows(content(), "filed_by_year", {"2022": None})
    for name in ("filed_by_year", CASES_BY_YEAR):
        for language in LANGUAGES:
            drawing = svg(found, name, language)
            assert len(outlines(drawing)) == 1
            assert LEFT_OUT[language] in texts(drawing)


def test_a_table_by_number_is_sorted_and_what_is_left_out_comes_last():
    found = content()
    said = texts(svg(found, "payments", "zh"))
    order = ["移动支付", "银行转账", "现金", "其他方式", "比特币等虚拟货币", "以信息交换信息"]
    assert [each for each in said if each in order] == order


def test_a_long_table_by_number_tells_its_zeros_in_one_line():
    found = content()
    zeros = sum(row["value"] == 0 for row in table_of(found, "occupations")["rows"])
    said = texts(svg(found, "occupations", "en"))
    assert any(each.startswith(f"{zeros} more") for each in said)
    assert "farmer" not in said


def test_of_very_many_rows_the_largest_are_drawn_and_the_rest_is_told():
    found = content()
    rows = [{"code": f"c{at}", "words": {"zh": f"第{at}", "en": f"No {at}"}, "value": at} for at in range(60)]
    table_of(found, "filed_by_court")["rows"] = rows
    said = texts(svg(found, "filed_by_court", "en"))
    assert {"No 59", "No 28"} <= set(said)
    assert "No 27" not in said
    assert any(each.startswith("27 more are in the table1 more are zero") for each in said)


@pytest.mark.slow
def test_nothing_but_nulls_and_nothing_but_zeros_can_be_drawn():
    for value in (None, 0):
        found = content()
        for table in found["tables"]:
            for row in table["rows"]:
                row["value"] = value
        for name in names(found):
            assert parsed(svg(found, name, "en")).find(f"{SVG}title") is not None


def test_filed_and_concluded_are_told_apart_by_lightness_and_by_words():
    drawing = svg(content(), CASES_BY_YEAR, "en")
    assert {plotting.ACCENT, plotting.TINT} <= {each.get("fill") for each in parsed(drawing).iter(f"{SVG}path")}
    said = texts(drawing)
    assert {"F: filed", "C: concluded"} <= set(said)
    assert (said.count("F"), said.count("C")) == (6, 6)


def test_many_years_become_bars():
    found = content()
    for name in ("filed_by_year", "concluded_by_year"):
        years = [
            {"code": str(year), "words": {"zh": str(year), "en": str(year)}, "value": 7} for year in range(2000, 2020)
        ]
        table_of(found, name)["rows"] = years
    assert "2000 filed" in texts(svg(found, CASES_BY_YEAR, "en"))
    assert int(parsed(svg(found, CASES_BY_YEAR, "en")).get("width")) == 520


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_smaller_than_ten_pixels_on_a_page_of_320(language):
    found = content()
    for name in names(found):
        root = parsed(svg(found, name, language))
        sizes = {float(each.get("font-size").removesuffix("px")) for each in root.iter(f"{SVG}text")}
        assert min(sizes) * 290 / float(root.get("width")) >= 10


def test_long_labels_are_wrapped_between_words_and_never_cut():
    label = "personal information protection officer of a group of companies"
    lines = wrapped(label, LABEL_MOST)
    assert " ".join(lines) == label
    assert all(wide(line) <= LABEL_MOST for line in lines)
    assert wrapped("董事、监事、高级管理人员以及其他直接负责的主管人员", 180)[0][0] == "董"
    assert all(line[0] not in "、，。" for line in wrapped("董事、监事、高级管理人员，主管人员。" * 3, 90))
    assert wrapped("", 100) == [""]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_drawn_over_the_edge(language):
    """The outermost pixels of every picture are white."""
    found = content()
    for name in names(found):
        rows = pixels(vl_convert.svg_to_png(svg(found, name, language), scale=0.25))
        edges = {*rows[0], *rows[-1], *(row[0] for row in rows), *(row[-1] for row in rows)}
        assert edges == {(255, 255, 255)}, name


def test_the_description_is_one_sentence_with_the_largest_rows_and_how_many_are_left_out():
    assert described(content(), "education", "en") == (
        "Education, out of convicted persons (302): junior secondary school 84 (27.8 %), junior college 77 (25.5 %), "
        "senior secondary or technical school 73 (24.2 %); 2 of 9 rows left out."
    )
    assert described(content(), "education", "zh") == (
        "文化程度（被判有罪的自然人 302）：初中 84（27.8%），大专 77（25.5%），高中、中专 73（24.2%）；2项不公布。"
    )
    assert described(content(), "probation", "en").endswith("without probation 258 (85.4 %), on probation 44 (14.6 %).")


def test_without_its_base_no_share_is_told():
    found = content()
    next(base for base in found["bases"] if base["name"] == "convicted")["value"] = None
    assert "%" not in described(found, "probation", "en")
    assert "left out" in described(found, "probation", "en")


def test_a_png_is_the_same_picture_twice_as_large():
    drawing = svg(content(), "probation", "zh")
    picture = png(drawing)
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (2 * int(parsed(drawing).get("width")), 2 * int(parsed(drawing).get("height")))


@pytest.mark.slow
def test_the_same_content_gives_the_same_bytes_in_any_process():
    code = (
        "import django, hashlib; django.setup();"
        "from sharing.statistics.charts import png, svg; from tests.statistics_content import content;"
        "drawing = svg(content(), 'payments', 'zh'); print(hashlib.sha256(drawing.encode() + png(drawing)).hexdigest())"
    )
    run = [sys.executable, "-W", "ignore", "-c", code]
    told = {subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(told) == 1


def test_a_picture_of_the_paper_has_no_title_for_the_paper_says_it():
    drawing = charts.for_paper(content(), "education")
    assert "文化程度" not in texts(drawing)
    assert "初中" in texts(drawing)


def test_marks_alone_can_be_drawn():
    frame = plotting.Frame(title="", under=(), below=(), width=300, language="en")
    for make in (bars, columns):
        assert make(frame, [])["layer"]


def pixels(picture):
    """Red, green and blue of an image of 8 bits with transparency, row by row (PNG, 9.2)."""
    width, height = struct.unpack(">II", picture[16:24])
    data, at = b"", 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw, rows, above = zlib.decompress(data), [], bytes(4 * width)
    for line in range(height):
        start = line * (4 * width + 1)
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + 4 * width], above)
        rows.append([tuple(above[4 * x : 4 * x + 3]) for x in range(width)])
    return rows


def _unfiltered(kind, row, above):
    found = bytearray(row)
    for at in range(len(row)):
        left, up, corner = (found[at - 4], above[at], above[at - 4]) if at >= 4 else (0, above[at], 0)
        paeth = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
        found[at] = (found[at] + (0, left, up, (left + up) // 2, paeth)[kind]) % 256
    return bytes(found)
