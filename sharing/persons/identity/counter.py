"""The counter code: an officer looks at the document, types what stands on it, and hands over a code for one proof.

Whoever has the code types it with the last four characters of his number. A code that is nobody's, wrong characters and
a code that does not hold any more are answered alike. After five wrong tries a code holds no more.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from registry import identity as documents
from registry.actions.acting import today
from registry.errors import CounterCodeShape, CounterCodeWrong, Text, WrongRole
from registry.keys import digest_keys
from registry.models import Officer, Role
from sharing.employers.evidence import Evidence
from sharing.employers.short_code import ShortCode
from sharing.employers.verification_code import last_four
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.identity.ways import COUNTER
from sharing.persons.models import CounterCode

FORM = ShortCode(random=9, group=5)
HOURS = 24
WRONG_MOST = 5
ROLES = (Role.REGISTRAR, Role.CLERK)
MAKE = _("make a counter code")


@dataclass(frozen=True)
class Made:
    """``shown``: the code in groups, shown now and never again."""

    code: CounterCode
    shown: str = field(repr=False)


def make(identity: Identity, *, officer: Officer, now: datetime) -> Made:
    """A code for the person whose document the officer has before him. WrongRole; the refusals of `registry.identity`."""
    refuse_unless_at_counter(officer)
    identity.refuse_unless_natural(now)
    shown = FORM.new()
    code = CounterCode(officer=officer, made_at=now, expires_at=now + timedelta(hours=HOURS))
    code.code_digest = digest_keys().digest(_code_text(shown))
    code.last_four_digest = digest_keys().digest(_last_four_text(code, _ending(identity, now)))
    code.identity = identity.sealable
    code.save(force_insert=True)
    return Made(code, shown)


def refuse_unless_at_counter(officer: Officer, act: Text = MAKE) -> None:
    """Raises `WrongRole`."""
    if officer.role not in ROLES:
        raise WrongRole(act=act, roles=", ".join(str(role.label) for role in ROLES))


def redeem(typed: str, ending: str, *, now: datetime) -> Proved:
    """Whom the code names, once. CounterCodeShape; CounterCodeWrong, and the try is counted."""
    shown = FORM.read(typed)
    if shown is None:
        raise CounterCodeShape("code")
    digests = digest_keys().digests(_code_text(shown))
    with transaction.atomic():
        found = CounterCode.objects.select_for_update().filter(code_digest__in=digests).first()
        if found is not None and _fits(found, ending) and _holds(found, now):
            return _used(found, now)
        # Counted before the row is free again, so that many tries at once are no more tries.
        CounterCode.objects.filter(code_digest__in=digests, wrong__lt=WRONG_MOST).update(wrong=F("wrong") + 1)
    raise CounterCodeWrong("code")


def _used(code: CounterCode, now: datetime) -> Proved:
    identity = Identity.read(code.identity)
    code.used_at, code.identity_sealed, code.subject_digest = now, None, identity.subject(now).digest
    code.save(update_fields=["used_at", "identity_sealed", "subject_digest"])
    return Proved(identity=identity, evidence=Evidence(way=COUNTER, proved_at=now, counter_code=code.pk))


def _holds(code: CounterCode, now: datetime) -> bool:
    return code.identity_sealed is not None and code.expires_at > now and code.wrong < WRONG_MOST


def _fits(code: CounterCode, ending: str) -> bool:
    typed = digest_keys().digests(_last_four_text(code, last_four(ending)))
    return max(hmac.compare_digest(bytes(code.last_four_digest), each) for each in typed)


def _ending(identity: Identity, now: datetime) -> str:
    number = documents.canonical(identity.document_type, identity.document_number, today=today(now))
    return last_four(number)


def _code_text(shown: str) -> str:
    return "counter code:" + shown


def _last_four_text(code: CounterCode, ending: str) -> str:
    return f"counter last four:{code.pk}:{ending}"
