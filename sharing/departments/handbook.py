"""The files that an integrator takes along: program texts that verify, test vectors, the guide, the version policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

TEXT, JSON = "text/plain; charset=utf-8", "application/json"
FILES: Mapping[str, str] = {
    "verify/verify.py": TEXT,
    "verify/Verify.java": TEXT,
    "verify/verify.go": TEXT,
    "verify/verify.mjs": TEXT,
    "verify/verify_log.py": TEXT,
    "verifying-the-log.md": TEXT,
    "vectors.json": JSON,
    "versions.md": TEXT,
    "department-guide.md": TEXT,
}
"""Everything that is given out, by its name below ``docs/``, with its content type."""


@dataclass(frozen=True)
class Snippet:
    """A program text that verifies a request, in one language."""

    language: str
    name: str

    @property
    def anchor(self) -> str:
        return f"verify-{self.language.lower()}"

    @property
    def text(self) -> str:
        return path_of(self.name).read_text(encoding="utf-8")


SNIPPETS = (
    Snippet("Python", "verify/verify.py"),
    Snippet("Java", "verify/Verify.java"),
    Snippet("Go", "verify/verify.go"),
    Snippet("Node", "verify/verify.mjs"),
)


def path_of(name: str) -> Path:
    """Where one of ``FILES`` lies. KeyError: it is none of them."""
    if name not in FILES:
        raise KeyError(name)
    return Path(settings.BASE_DIR) / "docs" / name
