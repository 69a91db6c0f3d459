"""Groups of officers that rows of the table name, and how each is refused."""

from __future__ import annotations

from registry.errors import (
    AuditorNeeded,
    ExportClosed,
    HighCourtNeeded,
    HighCourtRegistrarNeeded,
    NumberClosed,
    Refusal,
    ReleaseRegistrarNeeded,
    SealingRegistrarNeeded,
    StatisticianNeeded,
    StatisticsClosed,
)
from registry.lifecycle import ACTS
from registry.models import Role
from registry.permissions.rows import Officers

_REGISTRAR = (Role.REGISTRAR,)


def _with(refusal: type[Refusal]) -> Officers:
    return Officers((Role.AUDITOR,), _REGISTRAR, lambda _who: refusal())


EVERYBODY = Officers(tuple(Role))
CLERKS = Officers((Role.CLERK,))
JUDGES = Officers((Role.JUDGE,))
REVIEWERS = Officers((Role.JUDGE, Role.REGISTRAR))
KEEPERS = Officers((Role.CLERK, Role.REGISTRAR))
DECIDING = Officers((Role.CLERK, Role.JUDGE, Role.REGISTRAR))
BRINGING_IN = Officers((Role.CLERK, Role.JUDGE))
READERS = Officers((Role.CLERK, Role.JUDGE, Role.REGISTRAR, Role.AUDITOR))
AUDITORS = Officers((Role.AUDITOR,), (), lambda _who: AuditorNeeded())
AUDITING = Officers((Role.AUDITOR,))
APPOINTMENT_READERS = Officers((Role.REGISTRAR, Role.AUDITOR, Role.SECURITY))
SECURITY = Officers((Role.SECURITY,))
CONFIRMING_APPOINTMENTS = Officers((Role.SECURITY,), _REGISTRAR)
SYSTEM = Officers((Role.SYSTEM,))
BOOK_TAKERS = Officers((Role.REGISTRAR, Role.AUDITOR), (), lambda _who: ExportClosed())

OVERSEEING = Officers((Role.AUDITOR,), _REGISTRAR)
OVERSEEING_DUTIES = _with(HighCourtNeeded)
REVEALING = _with(NumberClosed)
HIGH_REGISTRARS = Officers((), _REGISTRAR)
SHARING_REGISTRARS = Officers((), _REGISTRAR, lambda _who: HighCourtRegistrarNeeded())
SEALING_REGISTRARS = Officers((), _REGISTRAR, lambda _who: SealingRegistrarNeeded())
RELEASE_REGISTRARS = Officers((), _REGISTRAR, lambda _who: ReleaseRegistrarNeeded())
STATISTICIANS = Officers((), (Role.STATISTICIAN,), lambda _who: StatisticianNeeded())
FIGURE_READERS = Officers((Role.AUDITOR,), (Role.REGISTRAR, Role.STATISTICIAN), lambda _who: StatisticsClosed())

# Whoever may do or propose anything at all to a listing; which act in which state, `registry.lifecycle` says.
ACTING = Officers(tuple(role for role in Role if any(role in act.roles for act in ACTS.values())))
PROPOSING = Officers(tuple(role for role in Role if any(act.proposed and role in act.roles for act in ACTS.values())))
