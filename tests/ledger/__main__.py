"""`python -m tests.ledger NAME MINUTES`: exit 1 where something failed or a planted defect was not caught.

Without a name: the sums of all ledgers.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys

import django

from config.new_keys import new_environment
from tests import ledger
from tests.ledger.writing import HERE, append, is_sound, lines, measured, next_seed, totals

OURS = {"__main__", "at_once", "counts", "writing", "by_tests", "atheris_target"}


def names() -> list[str]:
    return sorted(each.name for each in pkgutil.iter_modules(ledger.__path__) if each.name not in OURS)


def tell_all() -> None:
    for name in names():
        for what, count in sorted(totals(lines(HERE / f"{name}.jsonl")).items()):
            sys.stdout.write(f"{name:<12} {what:<24} {count:>14,}\n")


def main(name: str, minutes: str = "1") -> int:
    if name not in names():
        sys.exit(f"No check {name}. There are: {', '.join(names())}.")
    os.environ.update({each: value for each, value in new_environment().items() if each not in os.environ})
    os.environ.setdefault("DATABASE_URL", "postgres:///none?host=/nonexistent")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    check = importlib.import_module(f"tests.ledger.{name}")
    file = HERE / f"{name}.jsonl"
    line = measured(check, name, first=next_seed(lines(file)), seconds=float(minutes) * 60)
    append(file, line)
    sys.stdout.write(json.dumps(line, ensure_ascii=False, indent=1) + "\n")
    return 0 if is_sound(line) else 1


if __name__ == "__main__":
    if len(sys.argv) == 1:
        tell_all()
    else:
        sys.exit(main(*sys.argv[1:]))
