"""Files of applicants for the tests of batches: invented persons, a form of their own for each."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sharing.employers import batch, batch_asking, uploads
from sharing.employers.models import Batch, Employer
from sharing.employers.uploads import Cell, Raw
from sharing.parties import members
from sharing.parties.models import Member, MemberRole
from tests import asking, cast

HEAD = ["行号标识", "姓名", "证件类型", "证件号码", "授权书指纹", "签署日期", "授权同意码"]
PURPOSE, POST = "finance_recruitment", "loan_officer"
TOMORROW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # midnight in Beijing after cast.NOW

_forms = itertools.count(1)

Line = Sequence[str]


def applicants(count: int, signed_on: str = "2026-11-20") -> list[list[str]]:
    """Lines about persons of whom the book knows nothing; the same persons each time, with fresh forms."""
    return [
        [f"A-{each}", f"甲{each}", "", cast.resident(f"110101{_born(each)}"), form(), signed_on]
        for each in range(1, count + 1)
    ]


def _born(serial: int) -> str:
    day = datetime(1980, 1, 1, tzinfo=UTC) + timedelta(days=serial % 7000)
    return f"{day:%Y%m%d}{100 + serial // 7000:03d}"


def form() -> str:
    """The fingerprint of a signed form that nobody used before."""
    return hashlib.sha256(f"batch form {next(_forms)}".encode()).hexdigest()


def listed(signed_on: str = "2026-11-20") -> list[str]:
    """The defendant of the cast, as a line."""
    return ["listed", "高䶮", "居民身份证", cast.DEFENDANT_NUMBER, form(), signed_on]


def file_of(lines: Sequence[Line], head: Line = HEAD, encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *lines])
    return text.getvalue().encode(encoding)


def raws(lines: Sequence[Line]) -> list[Raw]:
    """The same lines as a call has them, counted from 0."""
    return [Raw(row, dict(zip(uploads.HEADS, map(Cell, line), strict=False))) for row, line in enumerate(lines)]


def hr(employer: Employer, username: str = "han", role: MemberRole = MemberRole.HR) -> Member:
    found = Member.objects.filter(account__username=username).first()
    return found or members.take_in(
        employer.organisation, username=username, password="a long enough phrase", name="韩人事", role=role
    )


def checked(lines: Sequence[Line], employer: Employer | None = None, now: datetime = cast.NOW) -> Batch:
    """The batch of a file that HR of the bank uploaded; nothing is asked yet."""
    employer = employer or asking.bank()
    file = file_of(lines)
    return batch.check(file, purpose=PURPOSE, post=POST, employer=employer, member=hr(employer), now=now)


def begun(lines: Sequence[Line], employer: Employer | None = None, now: datetime = cast.NOW) -> Batch:
    employer = employer or asking.bank()
    made = checked(lines, employer, now)
    batch.begin(made.pk, employer=employer, now=now)
    return fresh(made)


def asked(lines: Sequence[Line], employer: Employer | None = None, now: datetime = cast.NOW) -> Batch:
    """A batch that went as far as it could at this moment."""
    made = begun(lines, employer, now)
    work(now)
    return fresh(made)


def work(now: datetime = cast.NOW) -> None:
    """What the clock does until nothing is due."""
    while batch_asking.go_on(now=now):
        pass


def fresh(made: Batch) -> Batch:
    return Batch.objects.get(pk=made.pk)
