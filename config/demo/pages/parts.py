"""Who one can be in the demonstration: officers, a department's integrator, the employer's HR, an applicant, the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.demo.playbill import COURT_REGISTRAR, Playbill, PlayedDepartment
from registry.errors import Text
from registry.models import Role

INTEGRATOR = "integrator"
HR, APPLICANT, PERSON = "hr", "applicant", "listed-person"
DESK = "admin:index"


@dataclass(frozen=True)
class Part:
    """``key``: as the buttons send it; ``opens``: the page that it begins on; ``account_id``: an officer's or a member's account."""

    key: str
    title: Text
    does: Text
    opens: str
    account_id: int | None = None
    department: PlayedDepartment | None = None


@dataclass(frozen=True)
class Group:
    title: Text
    parts: tuple[Part, ...]


_OFFICERS: tuple[tuple[str, Text], ...] = (
    (Role.CLERK, _("Enters judgments, proposes corrections and withdrawals.")),
    (Role.JUDGE, _("Reviews what the clerk entered and decides on proposals.")),
    (COURT_REGISTRAR, _("Checks what listed persons object to and decides on it; prints a record at the counter.")),
    (Role.REGISTRAR, _("Flags and stops listings of every court, confirms appointments.")),
    (Role.AUDITOR, _("Reads the book, the log and who looked at what; changes nothing.")),
    (Role.STATISTICIAN, _("Sees figures and no person.")),
    (Role.SECURITY, _("Proposes appointments, invites officers, unlocks accounts; never opens the book.")),
    (Role.SYSTEM, _("Sees how the system runs and its settings; never opens the book.")),
)


def groups(playbill: Playbill) -> list[Group]:
    """Everybody whom the playbill knows; officers and departments only while it is there."""
    found = (
        Group(_("The court"), tuple(_officers(playbill))),
        Group(_("The departments"), tuple(map(_integrator, playbill.departments))),
        Group(_("The employer"), tuple(_hr(playbill))),
        Group(_("The public"), _PUBLIC),
    )
    return [group for group in found if group.parts]


def find(key: str, playbill: Playbill) -> Part | None:
    return next((part for group in groups(playbill) for part in group.parts if part.key == key), None)


def name_of(department: PlayedDepartment) -> str:
    return in_reader_language(department.name, department.name_en)


def in_reader_language(name: str, name_en: str) -> str:
    return name_en if get_language() == "en" and name_en else name


def _officers(playbill: Playbill) -> Iterator[Part]:
    for key, does in _OFFICERS:
        account_id = playbill.accounts.get(key)
        if account_id is not None:
            title = _("registrar of the listing’s court") if key == COURT_REGISTRAR else Role(key).label
            yield Part(key, title, does, DESK, account_id=account_id)


def _integrator(department: PlayedDepartment) -> Part:
    title = _("integrator: %(department)s") % {"department": name_of(department)}
    does = _("Receives what concerns the department and confirms it.")
    key = f"{INTEGRATOR}-{department.code}"
    return Part(key, title, does, "demo:as_integrator", account_id=department.account_id, department=department)


def _hr(playbill: Playbill) -> Iterator[Part]:
    if playbill.employer:
        title = _("HR of %(employer)s") % {"employer": playbill.employer}
        does = _("Asks about an applicant who agreed to it.")
        yield Part(HR, title, does, "demo:as_hr", account_id=playbill.employer_account_id)


_PUBLIC = (
    Part(APPLICANT, _("job applicant"), _("Decides whether an employer may ask."), "demo:as_applicant"),
    Part(
        PERSON,
        _("listed person"),
        _("Reads the own record, who was told and who asked, and objects."),
        "demo:as_listed_person",
    ),
)
