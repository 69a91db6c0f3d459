"""What was answered, question by question; kept in a file until the installation is done, so that nothing is typed twice.

The file is TOML, a line for each answer, and holds no secret: an address with a password in it is asked for again.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from config.installing.findings import Stopped, red

Answers = Mapping[str, str]


def read(file: Path) -> dict[str, str]:
    """By name. Stopped: it cannot be read, or something in it is no text."""
    remedy = _('One line for each answer: name = "value".')
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        said = _("{file} cannot be read as TOML ({why})").format(file=file, why=error)
        raise Stopped(red("answers", said, remedy)) from None
    other = [name for name, value in found.items() if not isinstance(value, str)]
    if other:
        raise Stopped(red("answers", _("{names}: the value is no text").format(names=", ".join(other)), remedy))
    return found


def keep(file: Path, answers: Answers) -> None:
    """All but secrets, readable by whoever installs alone."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in answers.items()]
    kept = "\n".join(line for line, value in zip(lines, answers.values(), strict=True) if not is_secret(value))
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(f"{kept}\n", encoding="utf-8")
    fresh.replace(file)


def is_secret(value: str) -> bool:
    """Whether it is an address with a password in it."""
    try:
        return "://" in value and (urlsplit(value).password is not None or "password=" in value)
    except ValueError:
        return True
