"""How what was found in a PDF is said to people."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.errors import Text

ACTS: dict[str, Text] = {
    "script": _("a script"),
    "launch": _("the start of a program"),
    "embedded": _("a file inside the file"),
    "media": _("sound, film or a 3D scene"),
    "form": _("a form with a program of its own (XFA)"),
    "sending": _("a form that sends what is typed"),
}
STRIPPED: dict[str, Text] = {
    "opening": _("what it does on being opened"),
    "links": _("links"),
    "metadata": _("metadata of the program that made it"),
}


def spoken_acts(found: Iterable[str]) -> Text:
    return _joined([ACTS[each] for each in found])


def spoken_stripped(left_out: Iterable[str]) -> Text:
    return _joined([STRIPPED[each] for each in left_out])


def _joined(words: list[Text]) -> Text:
    if not words:
        return ""
    whole: Text = lazystr(words[0])
    for each in words[1:]:
        whole = format_lazy("{}{}{}", whole, _(", "), each)
    return whole
