"""Which of the articles that the registry records are cited: 《中华人民共和国刑法》第二百五十三条之一第一款、第三款."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.gleaning.findings import Finding, found
from registry.gleaning.numerals import NUMBER, whole
from registry.gleaning.reading import Reading

Article = tuple[str, int, int, int]  # law, article, 之, paragraph; 0 where there is none

_STEP = rf"第{NUMBER}条(?:之{NUMBER})?|第{NUMBER}款|(?:第\({NUMBER}\)|第?{NUMBER})项|的规定|[、,和及]|以及|\({NUMBER}\)"
_CITED = re.compile(rf"《(?:中华人民共和国)?(?P<law>[^《》]{{1,30}}?)(?:\([^()]*\))?》(?P<steps>(?:{_STEP})+)")
_ARTICLE = re.compile(rf"第(?P<article>{NUMBER})条(?:之(?P<of>{NUMBER}))?|第(?P<paragraph>{NUMBER})款")
_CODE = re.compile(
    rf"(?:中华人民共和国)?(?P<law>[^第(（]+?)(?:[(（][^)）]*[)）])?第(?P<article>{NUMBER})条(?:之(?P<of>{NUMBER}))?(?:第(?P<paragraph>{NUMBER})款)?"
)
_WHY = _("the text cites it")


def articles(reading: Reading, kind: str) -> Iterator[Finding]:
    """Those of this kind of decision; each paragraph by itself."""
    for match in reading.find(_CITED):
        for article, start, end in _steps(match):
            for code in _known(kind).get(article, ()):
                yield found("article", code, reading.span(start, end), _WHY)


def _steps(match: re.Match[str]) -> Iterator[tuple[Article, int, int]]:
    """A paragraph without an article belongs to the one before it."""
    law, offset = match["law"], match.start("steps")
    number = of = 0
    pending: tuple[int, int] | None = None
    for step in _ARTICLE.finditer(match["steps"]):
        start, end = step.start() + offset, step.end() + offset
        if step["article"]:
            if pending:
                yield (law, number, of, 0), *pending
            number, of, pending = whole(step["article"]) or 0, whole(step["of"]) or 0 if step["of"] else 0, (start, end)
        else:
            first = pending[0] if pending else start
            yield (law, number, of, whole(step["paragraph"]) or 0), first, end
            pending = None
    if pending:
        yield (law, number, of, 0), *pending


@lru_cache(maxsize=4)
def _known(kind: str) -> dict[Article, tuple[str, ...]]:
    known: dict[Article, tuple[str, ...]] = {}
    for entry in codes.entries("articles").values():
        label = _CODE.match(entry.zh)
        if label and entry.extra.get("kind") == kind:
            numbers = [whole(label[name]) or 0 if label[name] else 0 for name in ("article", "of", "paragraph")]
            key = (label["law"], numbers[0], numbers[1], numbers[2])
            known[key] = (*known.get(key, ()), entry.code)
    return known
