"""The Chinese catalogue is whole: every string the code marks has its words, none is fuzzy, and the compiled file fits."""

from __future__ import annotations

import gettext
import re
import subprocess
from pathlib import Path

from django.utils.translation.template import templatize

from tests.programs import needed

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(
    r'^(?:msgctxt (".*")\n)?msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?msgstr(?:\[0\])? ((?:".*"\n?)+)', re.M
)


def text(lines: str) -> str:
    return "".join(line[1:-1] for line in lines.splitlines())


def entries() -> dict[tuple[str, str], str]:
    """Chinese words by context, "" where there is none, and English words."""
    found = ENTRY.findall(CATALOGUE.read_text(encoding="utf-8"))
    return {(text(context), text(source)): text(words) for context, source, words in found if text(source)}


def test_every_string_has_its_chinese_words():
    assert len(entries()) > 500
    assert [source for source, words in entries().items() if not words] == []


def test_nothing_is_fuzzy():
    assert "#, fuzzy" not in CATALOGUE.read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_that_of_the_text():
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    expected = {key: words for key, words in entries().items() if "\\" not in key[1]}
    assert {(context, source): said(catalogue, context, source) for context, source in expected} == expected


def said(catalogue: gettext.GNUTranslations, context: str, source: str) -> str:
    return catalogue.pgettext(context, source) if context else catalogue.gettext(source)


def test_every_string_of_the_code_is_in_the_catalogue(tmp_path):
    files = [path for room in ("registry", "sharing", "config") for path in (ROOT / room).rglob("*.py")]
    assert sorted(marked(files, tmp_path) - entries().keys()) == []


def test_every_string_of_the_templates_is_in_the_catalogue(tmp_path):
    files = []
    for number, template in enumerate((ROOT / "templates").rglob("*.html")):
        files.append(tmp_path / f"{number}.py")
        files[-1].write_text(templatize(template.read_text(encoding="utf-8")), encoding="utf-8")
    found = marked(files, tmp_path)
    assert len(found) > 300
    assert sorted(found - entries().keys()) == []


def marked(files: list[Path], folder: Path) -> set[tuple[str, str]]:
    """Context and English words of every string that these files mark."""
    program, template = needed("xgettext", package="gettext"), folder / "found.pot"
    keywords = ["-k_", "-kgettext_lazy", "-kngettext:1,2", "-kpgettext:1c,2", "-kpgettext_lazy:1c,2", "-kgettext_noop"]
    subprocess.run(
        [program, "-L", "Python", "--from-code=UTF-8", *keywords, "-o", str(template), *map(str, files)],
        check=True,
        capture_output=True,
    )
    found = ENTRY.findall(template.read_text(encoding="utf-8"))
    return {(text(context), text(source)) for context, source, _ in found} - {("", "")}
