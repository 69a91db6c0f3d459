"""Who is who in the running demonstration: written by the stage for its own web pages, readable by its user alone."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

COURT_REGISTRAR = "court-registrar"  # of the listings' own court; "registrar" is the High Court's


@dataclass(frozen=True)
class PlayedDepartment:
    """A department and the receiver that stands in for its own system. ``store``: the receiver's SQLite file."""

    code: str
    name: str
    name_en: str
    department_id: int
    endpoint_id: str
    url: str
    store: str
    client_id: str
    client_secret: str = field(repr=False)
    account_id: int | None = None


@dataclass(frozen=True)
class Playbill:
    """``accounts``: id of the account by role, and by `COURT_REGISTRAR`; ``employer_account_id``: that of the employer's HR.

    ``control_port`` and ``control_key``: where the stage takes commands.
    """

    departments: tuple[PlayedDepartment, ...] = ()
    accounts: dict[str, int] = field(default_factory=dict)
    employer: str = ""
    employer_account_id: int | None = None
    employer_client_id: str = ""
    employer_client_secret: str = field(default="", repr=False)
    control_port: int = 0
    control_key: str = field(default="", repr=False)

    def write(self, path: Path) -> None:
        """Replace the file at once, so that a reader never finds half of it."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(unfinished, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What the stage wrote last; an empty one before it wrote anything, or where the file cannot be read."""
        try:
            said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls()
        departments = tuple(PlayedDepartment(**each) for each in said.pop("departments"))
        return cls(departments=departments, **said)
