"""One parser under Atheris: `python -m tests.ledger.atheris_target PARSER [libFuzzer's options]`.

Runs in the environment of the scanners with the product's packages on its path. Only the readers themselves are
instrumented: the branches of others would lead astray, and instrumenting everything takes a minute.
"""

from __future__ import annotations

import sys

import atheris
import django

READERS = (
    *("registry.identity", "registry.case_number", "registry.cells", "registry.case_files", "registry.spreadsheets"),
    *("sharing.addresses", "sharing.signing", "sharing.receiver.calling", "sharing.receiver.verification"),
)

with atheris.instrument_imports(include=list(READERS)):
    django.setup()
    from tests.fuzzing.parsers import PARSERS, resolved_here


def main() -> None:
    parser = PARSERS[sys.argv.pop(1)]
    with resolved_here():
        atheris.Setup(sys.argv, parser)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
