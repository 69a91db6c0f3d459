"""What an employer asked, as the desk says it: each figure with what it is a part of, and the hits against the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from registry.admin.facts import Fact
from registry.errors import Text
from sharing.desk.spoken import NOTHING, moment
from sharing.employers import anomalies, figures
from sharing.employers.figures import Figures
from sharing.employers.models import Employer


def spoken_figures(employer: Employer, now: datetime) -> list[Fact]:
    every = figures.of_all(now=now)
    found = every.get(employer.pk, Figures())
    rows: tuple[tuple[Text, object], ...] = (
        (_("Questions"), found.questions),
        (_("Applicants"), found.applicants),
        (_("Applicants asked about three times or more"), found.repeated),
        (_("Listed"), found.listed),
        (_("Share of listed answers"), _hits(found, every)),
        (_("No answer yet"), found.pending),
        (_("Names that do not fit"), _of(found.names, found.questions)),
        (_("Numbers that can be nobody’s"), _of(found.refused, found.questions + found.refused)),
        (_("Signed forms called in, and failed"), f"{found.called} · {found.failed}"),
        (_("Void"), found.void),
        (_("Questions in sequence with nobody there"), found.unattended),
        (_("Questions outside working hours"), _of(found.outside, found.questions)),
        (_("Days with the quota used up"), _of(found.quota_days, found.days)),
        (_("Enrolled in monitoring"), found.enrolled),
        (_("Changes told by monitoring"), found.changes),
        (_("Enrolled, and the name does not fit"), found.doubted),
    )
    return [*(Fact(str(label), str(value)) for label, value in rows), Fact(_("Last asked"), moment(found.last_asked))]


def _hits(found: Figures, every: Mapping[int, Figures]) -> str:
    """Against the share of the others, with the chance of so many or more."""
    hits = anomalies.hits(found, anomalies.answers(every))
    own = share(found.listed, found.answered)
    if hits is None:
        return _("%(share)s (too few answers to compare)") % {"share": own}
    facts = {"share": own, "others": f"{hits.others:.1%}", "chance": f"{hits.by_chance:.2g}"}
    return _("%(share)s, the others %(others)s; by chance: %(chance)s") % facts


def _of(count: int, of: int) -> str:
    return f"{count} / {of}" if of else str(count)


def share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else NOTHING
