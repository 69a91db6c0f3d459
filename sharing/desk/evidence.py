"""What proves that an applicant consented, as a registrar reads it where the consent is judged or denied: no name, no number."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.admin.facts import Fact
from sharing.desk.spoken import moment
from sharing.employers.models import ConsentCode, Screening
from sharing.persons.identity.ways import WAYS
from sharing.persons.models import CounterCode, Notice


def evidence_of(screening: Screening) -> list[Fact]:
    """Nothing where the employer attested a signed form, or none was needed."""
    code = screening.consent.code if screening.consent else None
    return list(_facts(code)) if code is not None else []


def _facts(code: ConsentCode) -> Iterator[Fact]:
    yield Fact(_("The applicant agreed at"), moment(code.given_at))
    yield Fact(_("To the request"), code.request_id)
    yield Fact(_("Identity proved"), str(WAYS[code.way].label))
    yield Fact(_("Proved at"), moment(code.proved_at))
    if code.passkey_at is not None:
        yield Fact(_("A passkey that was made after it stood for it at"), moment(code.passkey_at))
    if code.notice is not None:
        yield from _of_notice(code, code.notice)
        return
    if code.counter_code is None:
        yield Fact(_("Identity service"), code.issuer)
        return
    made = CounterCode.objects.select_related("officer__court", "officer__account").get(pk=code.counter_code)
    yield Fact(_("Court"), str(made.officer.court))
    yield Fact(_("Officer who looked at the document"), f"{made.officer} · {made.officer.staff_number}")
    yield Fact(_("Counter code made at"), moment(made.made_at))
    yield Fact(_("Counter code"), str(made.pk))
    yield Fact(_("It was used for the person who agreed"), _same(made, code))


def _of_notice(code: ConsentCode, notice_id: UUID) -> Iterator[Fact]:
    """The court that issued it, and how it says that the notice was served; whose it was stands in the listing."""
    notice = Notice.objects.select_related("officer__court", "officer__account").get(pk=notice_id)
    yield Fact(_("Court"), str(notice.officer.court))
    yield Fact(_("Officer who issued the notice"), f"{notice.officer} · {notice.officer.staff_number}")
    yield Fact(_("Notice issued at"), moment(notice.issued_at))
    yield Fact(capfirst(_("notice")), str(notice.pk))
    yield Fact(_("It was used for the person who agreed"), _same(notice, code))


def _same(made: CounterCode | Notice, code: ConsentCode) -> str:
    """Digests of two keys differ though the person is the same; nothing here could tell."""
    same = bytes(made.subject_digest or b"") == bytes(code.subject_digest)
    return _("yes") if same else _("the digests differ: the keys were changed between the two, or the rows were")
