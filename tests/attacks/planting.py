"""Plants one defect: a line of the product, or of a library under it, is made another one in memory.

As a plugin of pytest (`-p tests.attacks.planting`) it plants what `REGISTRY_PLANTED` names, before any test is collected. A
function's code is exchanged where it lies, so that whoever imported it has the defect, too.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Callable
from importlib import import_module
from types import CodeType, FunctionType, MethodType
from typing import Any

import pytest

from tests.attacks.running import PLANTED
from tests.attacks.table import BY_NAME, Plant


class DoesNotApply(Exception):
    """The place, or the line in it, is not there (any more): the plant would prove nothing. The text says which."""


@pytest.hookimpl(trylast=True)  # when the settings and models are read
def pytest_sessionstart() -> None:
    prepared(BY_NAME[os.environ[PLANTED]])()


def prepared(plant: Plant) -> Callable[[], None]:
    """What plants it; nothing is changed before that. Raises DoesNotApply."""
    holder, name, found = _found(plant.place)
    if isinstance(found, str):
        text = _changed(found, plant)
        return lambda: setattr(holder, name, text)
    if isinstance(found, re.Pattern):
        pattern = re.compile(_changed(found.pattern, plant), found.flags)
        return lambda: setattr(holder, name, pattern)
    function = _function(found, plant)
    code = _code(function, plant)
    return lambda: setattr(function, "__code__", code)


def _found(place: str) -> tuple[Any, str, Any]:
    module, _, path = place.partition(":")
    *way, name = path.split(".")
    try:
        holder: Any = import_module(module)
        for each in way:
            holder = getattr(holder, each)
        return holder, name, inspect.getattr_static(holder, name)
    except (ImportError, AttributeError) as problem:
        raise DoesNotApply(f"{place}: {problem}") from None


def _function(found: Any, plant: Plant) -> FunctionType:
    inner: Any = found.fget if isinstance(found, property) else found
    inner = inner.__func__ if isinstance(inner, staticmethod | classmethod | MethodType) else inner
    inner = inspect.unwrap(inner)
    if not isinstance(inner, FunctionType):
        raise DoesNotApply(f"{plant.place} is {type(found).__name__}, neither a function nor a text")
    return inner


def _changed(text: str, plant: Plant) -> str:
    if text.count(plant.line) != 1:
        raise DoesNotApply(f"{plant.place} has {text.count(plant.line)} times: {plant.line}")
    return text.replace(plant.line, plant.instead)


def _code(function: FunctionType, plant: Plant) -> CodeType:
    """Compiled anew, without its decorators and defaults, which stay as they are; a method within its class, whose name
    private names and `super()` ask for.
    """
    (definition,) = ast.parse(_changed(textwrap.dedent(inspect.getsource(function)), plant)).body
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    definition.args.defaults = [ast.Constant(None) for _ in definition.args.defaults]
    definition.args.kw_defaults = [each and ast.Constant(None) for each in definition.args.kw_defaults]
    tree = ast.parse("".join(f"class {name}: pass\n" for name in function.__qualname__.split(".")[-2:-1]))
    holder = tree.body[0].body if tree.body and isinstance(tree.body[0], ast.ClassDef) else tree.body
    holder.append(definition)
    flags = annotations.compiler_flag
    whole = compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec", flags)
    code = _inside(whole, function.__name__)
    if code.co_freevars != function.__code__.co_freevars:
        raise DoesNotApply(f"{plant.place}: with the planted line it uses {code.co_freevars} of what is around it")
    return code


def _inside(code: CodeType, name: str) -> CodeType:
    """Depth first: the function itself lies in a class, if in anything."""
    parts = [each for each in code.co_consts if isinstance(each, CodeType)]
    return next((each for each in parts if each.co_name == name), None) or _inside(parts[0], name)
