"""The documents tell the truth where a machine can see it: links lead somewhere, commands and rooms are those there are."""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.core.management import get_commands

from config import celery

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)? *$", re.MULTILINE)
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")
MAKE = re.compile(r"\bmake ((?:[A-Z]+=\S+ +)*)([a-z][a-z-]*)")
MANAGE = re.compile(r"\b(?:manage\.py|as_service|as_owner) +([a-z][a-z_]*)")  # so docs/runbook.md calls them
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


@cache
def anchors(document: Path) -> frozenset[str]:
    """As the forge makes them of headings: the second of a name gets -1."""
    text, seen = document.read_text(encoding="utf-8"), dict[str, int]()
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(FENCE.sub("", text)):
        name = slug(heading)
        found.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, -1) + 1
    return frozenset(found)


def slug(heading: str) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "").lower()
    kept = "".join(each for each in words if each in " -_" or unicodedata.category(each)[0] in "LN")
    return kept.strip().replace(" ", "-")


def links(document: Path) -> Iterator[str]:
    text = CODE.sub("", FENCE.sub("", document.read_text(encoding="utf-8")))
    yield from (each for each in LINK.findall(text) if not re.match(r"[a-z]+:", each))


def commands(document: Path) -> str:
    """What is written as something to be typed."""
    text = document.read_text(encoding="utf-8")
    return "\n".join(found[0] for found in (*FENCE.finditer(text), *CODE.finditer(FENCE.sub("", text))))


def fault(document: Path, link: str) -> str:
    """Why it leads nowhere; "" if it does not."""
    path, _sharp, anchor = unquote(link).partition("#")
    to = (document.parent / path).resolve() if path else document
    if not to.exists():
        return f"{link}: no such file"
    if anchor and to.suffix == ".md" and anchor not in anchors(to):
        return f"{link}: no such heading"
    return ""


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_to_a_file_and_a_heading_that_there_is(document):
    assert [why for link in links(document) if (why := fault(document, link))] == []


def test_every_target_of_make_that_is_named_there_is():
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    told = {(named(each), target) for each in DOCUMENTS for _set, target in MAKE.findall(commands(each))}
    assert {each for each in told if each[1] not in targets} == set()
    assert len({target for _document, target in told}) > 10


def test_every_command_of_manage_py_that_is_named_there_is():
    there = {*get_commands(), "install"}  # which comes before there are settings (manage.py)
    told = {(named(each), command) for each in DOCUMENTS for command in MANAGE.findall(commands(each))}
    assert {each for each in told if each[1] not in there} == set()
    assert len({command for _document, command in told}) > 10


# What is named by its module

DOTTED = re.compile(r"^(?:config|registry|sharing)(?:\.[A-Za-z_][A-Za-z0-9_]*)+$")

OTHERWISE = {
    "registry.dump": "a backup's file",
    "registry.conf": "a file of nginx",
    "registry.E005": "a system check",
    "registry.heartbeat": "a message to departments",
    "registry.test": "a message to departments",
    "registry.position": "an attribute of a span",
}


def dotted(text: str) -> set[str]:
    """Names in code quotes that begin in one of our rooms: `registry.log`, `registry.log.append`."""
    quoted = (found[0].strip("`").removesuffix("(…)") for found in CODE.finditer(FENCE.sub("", text)))
    return {each for each in quoted if DOTTED.match(each)}


def bears(name: str) -> bool:
    """A table, a task, or something in a module."""
    celery.app.loader.import_default_modules()
    tables = {each._meta.label for each in apps.get_models(include_auto_created=True)}
    return name in tables or name in celery.app.tasks or name in OTHERWISE or leads_somewhere(name)


def leads_somewhere(name: str) -> bool:
    """As far as it is a module it is imported, and the rest looked up in it."""
    parts = name.split(".")
    whole = next(n for n in range(len(parts), 0, -1) if is_there("/".join(parts[:n])))
    found: object = importlib.import_module(".".join(parts[:whole]))
    for part in parts[whole:]:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_whatever_is_named_by_its_module_is_there():
    told = {(named(each), name) for each in DOCUMENTS for name in dotted(each.read_text(encoding="utf-8"))}
    assert {each for each in told if not bears(each[1])} == set()
    assert len(told) > 20


def test_a_name_that_nothing_bears_is_found():
    assert dotted("`registry.log.append` and `registry.lag`, ``sharing`` and\n```\n`registry.x`\n```\n") == {
        "registry.log.append",
        "registry.lag",
    }
    assert leads_somewhere("registry.log.append")
    assert not leads_somewhere("registry.log.forget")
    assert not leads_somewhere("registry.lag")


# The architecture on one page


def rooms() -> Iterator[str]:
    """Each room that the page names: `registry/admin, tasks` are two."""
    plan = ARCHITECTURE.partition("```\n")[2].partition("```")[0]
    for line in plan.splitlines():
        before, *further = re.split(r" {2,}", line)[0].split(",")
        room = before.strip().rpartition("/")[0]
        yield before.strip()
        yield from (f"{room}/{each.strip()}" for each in further)


def is_there(room: str) -> bool:
    return (ROOT / room).is_dir() or (ROOT / f"{room}.py").is_file()


def packages() -> Iterator[str]:
    """Those of the book and of what leaves it."""
    for above in ("registry", "sharing"):
        found = (each.parent.name for each in sorted((ROOT / above).glob("*/__init__.py")))
        yield from (f"{above}/{name}" for name in found if name not in ("migrations", "management"))


def test_every_room_that_the_architecture_names_there_is():
    named_rooms = list(rooms())
    assert [room for room in named_rooms if not is_there(room)] == []
    assert len(named_rooms) > 40


def test_the_architecture_names_every_package():
    known = {*rooms(), *re.findall(r"`(\w+/\w+)`", ARCHITECTURE)}
    assert [package for package in packages() if package not in known] == []


# The judge judged


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What holds when something breaks", "what-holds-when-something-breaks"),
        ("`manage.py verify_log`: the log", "managepy-verify_log-the-log"),
        ("OWASP ASVS 5.0.0", "owasp-asvs-500"),
        ("Words 词汇", "words-词汇"),
    ],
)
def test_a_heading_is_called_as_the_forge_calls_it(heading, anchor):
    assert slug(heading) == anchor


def test_a_link_that_leads_nowhere_is_told(tmp_path):
    document = tmp_path / "a.md"
    document.write_text("# One\n[x](a.md#one) [y](#two) [z](b.md) `[not](this.md)` [web](https://court.example)\n")
    assert [fault(document, each) for each in links(document)] == [
        "",
        "#two: no such heading",
        "b.md: no such file",
    ]
