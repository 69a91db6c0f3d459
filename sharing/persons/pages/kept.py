"""What is kept of a proof of identity beside a consent, as the person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sharing.employers.evidence import Evidence
from sharing.persons.identity.ways import WAYS
from sharing.persons.models import CounterCode, Notice
from sharing.tables import moment


def lines(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The way, the moment, and the court or the service that stands for it; no name and no number is among them."""
    yield _("How your identity was proved"), str(WAYS[evidence.way].label)
    yield _("Your identity was proved at"), moment(evidence.proved_at)
    if evidence.counter_code is not None:
        code = CounterCode.objects.select_related("officer__court").get(pk=evidence.counter_code)
        yield _("The counter code is from"), str(code.officer.court)
    elif evidence.notice is not None:
        notice = Notice.objects.select_related("officer__court").get(pk=evidence.notice)
        yield _("The notice is from"), str(notice.officer.court)
        yield _("The notice was issued at"), moment(notice.issued_at)
    else:
        yield _("The identity service"), evidence.issuer
    if evidence.passkey_at is not None:
        yield _("Your passkey stood for this proof at"), moment(evidence.passkey_at)
