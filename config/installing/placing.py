"""Judges where files are to lie: keys, their copy, the guard, what is served; and who the people are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from config.installing.answers import Answers
from config.installing.findings import Finding, red

SAME_DISK = "same_disk_is_fine"  # among the answers, from the command line
PLAIN = re.compile(r"[^\s\"'\\$%]+")  # what an environment file and a unit read in the same way
MAIL = re.compile(r"[^\s@,]+@[^\s@,]+")
# Whoever is appointed from the console (`registry.actions.appointing`): role, and how many of it.
OFFICERS = {
    "registrar_1": "registrar",
    "registrar_2": "registrar",
    "security_1": "security",
    "security_2": "security",
    "system": "system",
    "auditor": "auditor",
}


def a_place(name: str, value: str) -> Iterator[Finding]:
    if not value.startswith("/") or PLAIN.fullmatch(value) is None:
        said = _("{value} is no whole path without blanks, quotes, % and $").format(value=value)
        yield red(name, said, _("Write it from / on."))


def a_copy(value: str, answers: Answers) -> Iterator[Finding]:
    """On another file system than the keys: what takes one takes the other."""
    yield from a_place("keys_copy", value)
    same = device(Path(value)) == device(Path(answers["keys"]))
    if same and not answers.get(SAME_DISK):
        said = _("{value} lies on the same disk as the keys").format(value=value)
        yield red("keys_copy", said, _("Name a folder on a medium that is taken away, or say --same-disk-is-fine."))


def device(path: Path) -> int:
    """Of the path, or of the folder in which it will be made."""
    return next(each for each in (path, *path.parents) if each.exists()).stat().st_dev


def two_persons(value: str, _answers: Answers) -> Iterator[Finding]:
    names = {each.strip() for each in value.split(",") if each.strip()}
    if len(names) != 2:
        yield red(
            "persons", _("the protocol has two different persons"), _("Write two names with a comma between them.")
        )


def an_officer(name: str, value: str, answers: Answers) -> Iterator[Finding]:
    """One human is one officer: no user name and no staff number twice."""
    parts = [each.strip() for each in value.split(",")]
    if len(parts) not in (3, 4) or not all(parts) or (len(parts) == 4 and MAIL.fullmatch(parts[3]) is None):
        remedy = _(
            "User name, staff number, name and, if there is one, mail address: zhao, S-001, 赵安, zhao@court.example"
        )
        yield red(name, _("this does not name an officer"), remedy)
        return
    for other in OFFICERS:
        taken = [each.strip() for each in answers.get(other, "").split(",")][:2]
        if other != name and {*taken} & {*parts[:2]}:
            said = _("the user name or staff number is that of {other}").format(other=other)
            yield red(name, said, _("The administrators are separated: name another human for each."))


def a_mail_address(value: str, _answers: Answers) -> Iterator[Finding]:
    if MAIL.fullmatch(value) is None:
        yield red("contact_email", _("{value} is no mail address").format(value=value), "registry@court.example")


def one_of(name: str, value: str, *known: str) -> Iterator[Finding]:
    if value not in known:
        said = _("{value} is none of the choices").format(value=value)
        yield red(name, said, " / ".join(known))


def a_line(name: str, value: str) -> Iterator[Finding]:
    """What stands in a line of an environment file."""
    if value != value.strip() or re.search(r"[\r\n\"'\\]", value):
        said = _("quotes, backslashes and line ends cannot stand here")
        yield red(name, said, _("Leave them out; in addresses write them percent-encoded."))


def is_root() -> bool:
    return os.geteuid() == 0
