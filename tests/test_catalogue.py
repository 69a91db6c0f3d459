"""The Chinese catalogue is whole: every string the code marks has its words, none is fuzzy, and the compiled file fits."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?msgstr(?:\[0\])? ((?:".*"\n?)+)', re.M)


def text(lines: str) -> str:
    return "".join(line[1:-1] for line in lines.splitlines())


def entries() -> dict[str, str]:
    found = ENTRY.findall(CATALOGUE.read_text(encoding="utf-8"))
    return {text(source): text(words) for source, words in found if text(source)}


def test_every_string_has_its_chinese_words():
    assert len(entries()) > 500
    assert [source for source, words in entries().items() if not words] == []


def test_nothing_is_fuzzy():
    assert "#, fuzzy" not in CATALOGUE.read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_that_of_the_text():
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    said = {source: catalogue.gettext(source) for source in entries() if "\\" not in source}
    assert said == {source: words for source, words in entries().items() if source in said}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs xgettext, which CI installs")
def test_every_string_of_the_code_is_in_the_catalogue(tmp_path):
    files = [str(path) for room in ("registry", "sharing", "config") for path in (ROOT / room).rglob("*.py")]
    template = tmp_path / "found.pot"
    keywords = ["-k_", "-kgettext_lazy", "-kngettext:1,2"]
    subprocess.run(
        ["xgettext", "-L", "Python", "--from-code=UTF-8", *keywords, "-o", str(template), *files],
        check=True,
        capture_output=True,
    )
    marked = {text(source) for source, _ in ENTRY.findall(template.read_text(encoding="utf-8"))}
    assert sorted(marked - entries().keys() - {""}) == []
