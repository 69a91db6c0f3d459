"""`deploy/example.env` names what the settings read, no more and no less, with the numbers that hold where nobody says another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from config.deployed import EXAMPLE

SETTINGS = Path(__file__).resolve().parent.parent / "config" / "settings.py"
NOT_OF_PRODUCTION = {"DEBUG", "DEMO_PLAYBILL", "SHARING_ALLOW_HTTP"}


def read() -> dict[str, ast.Call]:
    """Name of a variable → where the settings read it."""
    calls = [each for each in ast.walk(ast.parse(SETTINGS.read_text(encoding="utf-8"))) if isinstance(each, ast.Call)]
    named = [(str(each.args[0].value), each) for each in calls if each.args and isinstance(each.args[0], ast.Constant)]
    return {name: call for name, call in named if _reads(call)}


def _reads(call: ast.Call) -> bool:
    return ast.unparse(call.func).partition(".")[0] in {"env", "secret"}


def example() -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_settings_are_read():
    assert {"SECRET_KEY", "DATABASE_URL", "SHARING_SLOTS", "REGISTRY_CLOCKS"} <= read().keys()


def test_every_variable_that_the_settings_read_is_named():
    text = EXAMPLE.read_text(encoding="utf-8")
    assert {name for name in read() if not re.search(rf"\b{name}=", text)} == NOT_OF_PRODUCTION


def test_no_variable_is_named_that_nobody_reads():
    assert example().keys() <= read().keys()


def test_numbers_are_those_that_hold_where_nobody_says_another():
    numbers = {name: default for name, call in read().items() if (default := _number(call)) is not None}
    assert len(numbers) > 40
    assert {name: float(example()[name]) for name in numbers} == numbers


def _number(call: ast.Call) -> float | None:
    """The default, where it is a number; of two by the environment that of production, which comes last."""
    default = next((each.value for each in call.keywords if each.arg == "default"), None)
    if isinstance(default, ast.IfExp):
        default = default.orelse
    if not isinstance(default, ast.Constant) or isinstance(default.value, bool):
        return None
    return default.value if isinstance(default.value, int | float) else None
