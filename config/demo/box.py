"""What the demonstration says at its end: where to look, who one can be, what to try, how to stop."""

from __future__ import annotations

import unicodedata

from config.demo.notices import Served
from config.demo.people import PASSWORD

LEAST = 92  # columns between the sides; an address or a path may need more


def box(address: str, served: Served | None) -> str:
    """``served``: the notice of a listed person, None without one."""
    lines = (
        f"打开 / Open   {address}/          中文 · English: the switch is on every page",
        "",
        f"Sign in at    {address}/desk/     password: {PASSWORD}",
        "as            clerk · judge · court-registrar · registrar",
        "              auditor · statistician · security · system",
        *_listed_person(address, served),
        f"For machines  {address}/api/v1/docs/",
        "Letters       var/mail/: what is sent by mail, its links included",
        "",
        "Try           1  as clerk, enter a judgment with a wrong check digit: nothing is half-saved",
        "              2  as judge, approve it with another number than the clerk's: it goes back",
        "              3  as clerk, stop a listing in force: the four lists show it within a second",
        "",
        "Ctrl-C stops everything; only .venv and var/ were written.",
    )
    width = max(LEAST, *map(_columns, lines))
    rule = "─" * (width + 2)
    inside = "\n".join(f"│ {line}{' ' * (width - _columns(line))} │" for line in lines)
    return f"┌{rule}┐\n{inside}\n└{rule}┘"


def _listed_person(address: str, served: Served | None) -> tuple[str, ...]:
    if served is None:
        return ()
    return (
        f"Listed person {address}/identity/notice/",
        f"              {served.path}: the notice as served; code {served.shown}, then {served.ending}",
    )


def _columns(text: str) -> int:
    """Terminal columns: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
