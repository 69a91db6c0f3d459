"""Campaigns in the tests: the bank's HR begins one, its applicants consent by link or on forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from registry.actions.acting import today
from sharing.employers import giving
from sharing.employers import rows as rows_of
from sharing.employers.campaigns import asking as campaign_asking
from sharing.employers.campaigns import board, forms, links, making
from sharing.employers.campaigns.making import Plan
from sharing.employers.evidence import Evidence
from sharing.employers.models import Campaign, CampaignRow, ConsentCode, Employer
from sharing.employers.uploads import Cell, Raw
from tests import asking, batches, cast, consenting
from tests.batches import POST, PURPOSE, Line

HEAD = ["行号标识", "姓名", "证件类型", "证件号码"]
FORMS_HEAD = [*HEAD, "授权书指纹", "签署日期"]
DEFENDANT = ["listed", "高䶮", "居民身份证", cast.DEFENDANT_NUMBER]
LAST_DAY = date(2026, 12, 20)


def people(count: int) -> list[list[str]]:
    """Lines about persons of whom the book knows nothing."""
    return [line[:4] for line in batches.applicants(count)]


def raw(line: Line) -> Raw:
    """The same line as a call has it."""
    return Raw(0, dict(zip(rows_of.PERSON, map(Cell, [line[0], line[1], "resident_id", line[3]]), strict=True)))


def plan(**changes: object) -> Plan:
    facts: dict[str, object] = {
        "title": "spring intake",
        "purpose": PURPOSE,
        "post": POST,
        "last_day": LAST_DAY,
        **changes,
    }
    return Plan(**facts)  # type: ignore[arg-type]  # the test names the fields


def checked(
    lines: Sequence[Line], employer: Employer | None = None, now: datetime = cast.NOW, **changes: object
) -> Campaign:
    """The campaign of a file that HR of the bank uploaded; nothing is asked for yet."""
    employer = employer or asking.bank()
    planned = plan(**{"last_day": today(now) + timedelta(days=26), **changes})
    return making.check(batches.file_of(lines, HEAD), planned, employer=employer, member=batches.hr(employer), now=now)


def begun(
    lines: Sequence[Line],
    employer: Employer | None = None,
    now: datetime = cast.NOW,
    why: str = "",
    **changes: object,
) -> Campaign:
    employer = employer or asking.bank()
    made = checked(lines, employer, now, **changes)
    return making.begin(made.pk, why, employer=employer, now=now)


def linked(made: Campaign, now: datetime = cast.NOW, **wanted: Any) -> dict[str, str]:
    """Key → link, as HR downloads them. ``wanted``: as `links.make` has it."""
    employer = Employer.objects.select_related("organisation").get(pk=made.employer_id)
    return {each.key: each.link for each in links.make(made.pk, employer=employer, now=now, **wanted)}


def consent(link: str, line: Line, now: datetime = cast.NOW) -> ConsentCode:
    """The person of the line proves who he is, opens the link and agrees."""
    request = giving.opened(link.rstrip("/").rpartition("/")[2], now=now)
    named = {"type": "resident_id", "number": line[3], "name": line[1]}
    proved = Evidence(way="counter", proved_at=now, counter_code=uuid4())
    person = consenting.person(line[3], line[1])
    return giving.agree(request.pk, request.link_mark, person, evidence=proved, named=named, now=now)


def consented(made: Campaign, lines: Sequence[Line], now: datetime = cast.NOW) -> list[ConsentCode]:
    sent = linked(made, now)
    return [consent(sent[line[0]], line, now) for line in lines]


def signed(lines: Sequence[Line], signed_on: str = "2026-11-20") -> list[list[str]]:
    """The same lines, each with a signed form that nobody used before."""
    return [[*line, batches.form(), signed_on] for line in lines]


def handed_in(made: Campaign, lines: Sequence[Line], now: datetime = cast.NOW, *, anyway: bool = False) -> forms.Taken:
    employer = Employer.objects.select_related("organisation").get(pk=made.employer_id)
    raws = forms.read(batches.file_of(lines, FORMS_HEAD), None, "")
    return forms.give(made.pk, raws, employer=employer, now=now, anyway=anyway)


def work(now: datetime = cast.NOW) -> None:
    """What the clock does until nothing is due."""
    while campaign_asking.go_on(now=now):
        pass


def fresh(made: Campaign) -> Campaign:
    return Campaign.objects.get(pk=made.pk)


def rows(made: Campaign, now: datetime = cast.NOW) -> list[CampaignRow]:
    return list(board.rows(fresh(made), now))


def states(made: Campaign, now: datetime = cast.NOW) -> list[str]:
    """Of each row in the file's order."""
    return [getattr(row, board.STATE) for row in rows(made, now)]


def refusals(made: Campaign) -> list[str]:
    """Of each row in its order what it was refused for, "" where it was not."""
    return [row.refusals[0]["code"] if row.refusals else "" for row in rows(made)]


def sealed(made: Campaign) -> int:
    return made.rows.filter(sealed__isnull=False).count()
