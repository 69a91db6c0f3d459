"""A text as rules read it: without white space, line breaks and page numbers, brackets and digits in one width.

Every place in it leads back to the text as it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

Span = tuple[int, int]

PAGE_NUMBER = re.compile(
    r"^[ \t　]*(?:[-—–－]+[ \t　]*[0-9]{1,3}[ \t　]*[-—–－]+|第[ \t　]*[0-9]{1,3}[ \t　]*页(?:[ \t　]*[/共，,][ \t　]*共?[ \t　]*[0-9]{1,3}[ \t　]*页?)?|[0-9]{1,3}[ \t　]*/[ \t　]*[0-9]{1,3})[ \t　\r]*$",
    re.MULTILINE | re.ASCII,
)
LIKE = str.maketrans("〔【[〕】]﹝﹞○Ｏ", "((()))()〇〇")


class Reading:
    """``plain``: what rules match against."""

    def __init__(self, text: str) -> None:
        self.text = text
        dropped = {place for page in PAGE_NUMBER.finditer(text) for place in range(*page.span())}
        kept = [(place, _plain(character)) for place, character in enumerate(text) if place not in dropped]
        kept = [(place, plain) for place, plain in kept if not plain.isspace() and not _invisible(plain)]
        self.places = [place for place, _character in kept]
        self.plain = "".join(character for _place, character in kept)

    def span(self, start: int, end: int) -> Span:
        """Where the characters from ``start`` up to ``end`` of ``plain`` stand in the text."""
        if start >= end:
            raise ValueError("a passage has a character at least")
        return self.places[start], self.places[end - 1] + 1

    def at(self, match: re.Match[str], group: int | str = 0, offset: int = 0) -> Span:
        return self.span(match.start(group) + offset, match.end(group) + offset)

    def words(self, span: Span) -> str:
        """The passage as it is written, in one line. Between Latin words a space stays."""
        passage = self.text[slice(*span)]
        if re.search(r"[A-Za-z]\s+[A-Za-z]", passage):
            return " ".join(passage.split())
        return "".join(passage.split())

    def find(self, pattern: re.Pattern[str], within: Span | None = None) -> Iterator[re.Match[str]]:
        """Matches in ``plain``, within these places of it."""
        start, end = within or (0, len(self.plain))
        return pattern.finditer(self.plain, start, end)


def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).translate(LIKE)
    return folded if len(folded) == 1 else character


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc")
