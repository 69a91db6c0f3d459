"""Nothing stands in the product that nobody in it names: functions, classes, constants, and what a class has.

A name that is written once is its own definition. What a library calls by its name is one of the library's names, or is
said below.
"""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType

from rest_framework.serializers import BaseSerializer

ROOT = Path(__file__).parent.parent
ROOMS = ("config/", "registry/", "sharing/")
NAMING = (*ROOMS, "templates/", "static/", "deploy/", "manage.py", "pyproject.toml", "Makefile")
FOR_LIBRARIES = ("config/settings.py", "config/serving.py")  # names that Django, Celery and gunicorn look for
BEGINNING = ("config/wsgi.py", "__main__.py")  # to import them is to start something
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OF_A_FORM = "clean_"  # and the name of a field
QUIET = {"property", "cached_property", "classmethod", "staticmethod", "contextmanager", "cache", "dataclass"}

OF_LIBRARIES = {
    "password_changed": "django-allauth's adapter",
    "get_search_results": "Django's admin",
    "required_css_class": "Django's forms",
    "mark_as_viewed": "django-allauth's recovery codes",
    "validate_code": "django-allauth's recovery codes",
    "_MeasuresShape": "an extension of drf-spectacular, which finds its subclasses",
    "ClientCredentials": "an extension of drf-spectacular, which finds its subclasses",
}
ANSWERING = {
    "is_about": "for an officer at a shell, who asks an issuer whom it vouched for (docs/consent.md)",
    "parse_secret": "the other half of `secret_text`: what was shown is proved to be the secret",
    "said_twice": "the other half of `unnamed`: the table of what is traced is proved to be one",
    "tiles_of": "the tiles that everybody may ask for: they are proved to be had",
    "verify_inclusion": "the other half of `inclusion`: each proof that is given is proved to hold",
    "with_signatures": "what witnesses do to a note: what they sign is proved to be read",
}
"""Named by tests alone, and worth its place."""


def files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [each for each in listed.stdout.splitlines() if ".min." not in each and (ROOT / each).is_file()]


@cache
def named() -> Counter[str]:
    """How often each name is written in the product, its templates and what starts it."""
    counts: Counter[str] = Counter()
    for each in files():
        if each.startswith(NAMING):
            counts.update(NAME.findall((ROOT / each).read_text(encoding="utf-8", errors="ignore")))
    return counts


@cache
def defined() -> frozenset[str]:
    return frozenset(_defined())


def _defined() -> Iterator[str]:
    for each in files():
        is_ours = each.endswith(".py") and each.startswith(ROOMS) and "/migrations/" not in each
        if is_ours and each not in FOR_LIBRARIES and not each.endswith(BEGINNING):
            module = importlib.import_module(each.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
            yield from defined_in((ROOT / each).read_text(encoding="utf-8"), module)


def defined_in(source: str, module: ModuleType) -> Iterator[str]:
    tree = ast.parse(source)
    yield from _names(tree.body)
    for each in ast.walk(tree):
        made = getattr(module, each.name, None) if isinstance(each, ast.ClassDef) else None
        if isinstance(each, ast.ClassDef) and isinstance(made, type) and not issubclass(made, (Enum, BaseSerializer)):
            before = {name for above in made.__mro__[1:] for name in vars(above)}
            yield from (name for name in _names(each.body) if name not in before and not name.startswith(OF_A_FORM))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for each in body:
        if isinstance(each, ast.FunctionDef | ast.ClassDef) and _is_quiet(each):
            yield each.name
        elif isinstance(each, ast.Assign):
            yield from (name.id for to in each.targets for name in ast.walk(to) if isinstance(name, ast.Name))
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id


def _is_quiet(each: ast.FunctionDef | ast.ClassDef) -> bool:
    """Another decorator hands it on: to Celery, to Django's signals, to a router."""
    return all(NAME.findall(ast.unparse(one))[0] in QUIET for one in each.decorator_list)


def idle(names: Iterable[str], written: Counter[str]) -> set[str]:
    return {each for each in names if written[each] == 1 and not each.startswith("__")}


def test_nothing_stands_there_that_nobody_names():
    found = idle(defined(), named())
    assert found - {*OF_LIBRARIES, *ANSWERING} == set()


def test_what_is_excused_is_there_and_named_by_nobody():
    assert {*OF_LIBRARIES, *ANSWERING} - idle(defined(), named()) == set()


def test_what_nobody_names_is_found():
    source = """
LEAST, MOST = 1, 2


def used() -> int:
    return MOST


def forgotten() -> int:
    return used()


@shared_task
def run_by_the_clock() -> None: ...


class Shown(Form):
    row: int
    heading: str

    @property
    def is_last(self) -> bool:
        return self.row > 1

    def as_table(self) -> str:
        return ""

    def clean_row(self) -> int:
        return 1
"""
    module = ModuleType("shown")
    module.Shown = type("Shown", (type("Form", (), {"as_table": None}),), {})  # type: ignore[attr-defined]
    written = Counter(NAME.findall(source))
    assert idle(defined_in(source, module), written) == {"LEAST", "forgotten", "Shown", "heading", "is_last"}
