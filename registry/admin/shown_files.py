"""What pages say of a decision's files: which there are, where their pages' pictures are, what the officer may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.actions.filing import files_of, refuse_not_removing
from registry.errors import Refusal
from registry.models import Decision, DecisionFile, FileKind, Officer, Role


@dataclass(frozen=True)
class Shown:
    """A file on a page: ``first``: its pages' addresses; ``offers``: what the officer may do with it."""

    file: DecisionFile
    address: str
    pages: list[tuple[int, str, str]]  # number, address of its picture, and where it is larger
    removable: bool = False

    @property
    def kind(self) -> str:
        return self.file.get_kind_display()


def shown_of(row: DecisionFile, officer: Officer) -> Shown:
    at = [row.decision_id, row.pk]
    address = reverse("admin:file", args=at)
    pages = [
        (number, reverse("admin:file_page", args=[*at, number]), f"{address}?size=large#page-{number}")
        for number in range(1, row.pages + 1)
    ]
    return Shown(row, address, pages, removable=may_remove(row.decision, officer))


def files_for_decision(decision: Decision, officer: Officer) -> dict[str, Any]:
    """What the decision's page says of its files."""
    return {
        "rows": list(files_of(decision)),
        "removable": may_remove(decision, officer),
        "attachable": officer.role == Role.CLERK and officer.court_id == decision.court_id,
    }


def judgment_beside(decision: Decision, officer: Officer) -> Shown | None:
    """The judgment to be shown beside the draft: the one attached last."""
    row = files_of(decision).filter(content_sealed__isnull=False, kind=FileKind.JUDGMENT).last()
    return shown_of(row, officer) if row else None


def may_remove(decision: Decision, officer: Officer) -> bool:
    try:
        refuse_not_removing(decision, officer)
    except Refusal:
        return False
    return True
