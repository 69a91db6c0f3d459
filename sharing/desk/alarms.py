"""Alarms about employers: what was seen, what it may mean, by which test, and what a registrar can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from registry.admin.doors import door, page
from registry.errors import Text
from sharing.desk.gate import reader_of
from sharing.desk.spoken import NOTHING, moment
from sharing.employers import anomalies, overseeing
from sharing.employers.figures import DAYS, HOURS, OFTEN, RUN
from sharing.employers.models import EmployerAlarm
from sharing.parties.models import Organisation
from sharing.tables import Cell, Table

Kind = EmployerAlarm.Kind
SHOWN = 200


class Said(NamedTuple):
    """``raised``: the test, as it is computed."""

    means: Text
    raised: Text
    do: Text


CALL_IN = gettext_lazy("Call in signed forms; suspend it if they are not there.")
WORDS: Mapping[EmployerAlarm.Kind, Said] = {
    Kind.NAMES: Said(
        gettext_lazy("Numbers are known, names are guessed; or names are typed carelessly."),
        gettext_lazy("So many questions whose name does not fit a listed number as the setting SHARING_MISMATCHES_ALARM says."),
        gettext_lazy("Their forms are called in already; lower the quota until they are judged."),
    ),
    Kind.QUOTA: Said(
        gettext_lazy("It asks as much as it may: a large employer, or somebody who tries the whole quota."),
        format_lazy(
            gettext_lazy("The quota was used up on {days} of the last 7 days."), days=overseeing.QUOTA_DAYS
        ),
        gettext_lazy("Ask how many people it hires; change the quota."),
    ),
    Kind.HITS: Said(
        gettext_lazy("It asks about people of whom it knows already that they are listed."),
        format_lazy(
            gettext_lazy("At least {answers} answers and {hits} of them “listed”, and so many or more would come with a chance below 1 in 1,000 if its applicants were listed as often as the others’ (binomial, upper tail; the others’ share is (listed + 1) / (answers + 2))."),
            answers=anomalies.ANSWERS_LEAST,
            hits=anomalies.HITS_LEAST,
        ),
        CALL_IN,
    ),
    Kind.REPEATS: Said(
        gettext_lazy("It watches single people, or looks for a change, without the consent that this needs."),
        format_lazy(
            gettext_lazy("At least {least} applicants, and more than one in twenty of them, were asked about {often} times or more."),
            least=anomalies.REPEATED_LEAST,
            often=OFTEN,
        ),
        gettext_lazy("Ask why; call in the forms of these questions."),
    ),
    Kind.DIGITS: Said(
        gettext_lazy("Numbers are made up, not read from a card."),
        format_lazy(
            gettext_lazy("At least {least} numbers, and more than one in ten, had a wrong check digit, date or area. Only questions of programs are counted; the portal finds a slip while it is typed."),
            least=anomalies.REFUSED_LEAST,
        ),
        gettext_lazy("Suspend it until it has explained what its program asks."),
    ),
    Kind.RUNS: Said(
        gettext_lazy("A program asks by itself, perhaps with a key that somebody else has."),
        format_lazy(
            gettext_lazy("{run} or more questions of programs, each within a minute of the one before, and no member signed in or did anything during them and on the day before."),
            run=RUN,
        ),
        gettext_lazy("Call the employer; have it change its keys."),
    ),
    Kind.FORMS: Said(
        gettext_lazy("It asks without consent."),
        format_lazy(
            gettext_lazy("At least {least} forms that were called in, and more than one in five, were not shown, were none, or named somebody else."),
            least=anomalies.FAILED_LEAST,
        ),
        gettext_lazy("Call in more forms; suspend it."),
    ),
    Kind.HOURS: Said(
        gettext_lazy("Somebody uses the account who should not, or a machine asks at night."),
        format_lazy(
            gettext_lazy("At least {least} questions, and more than half of all, before {opens} or from {closes} o’clock on, or on a day that is not worked."),
            least=anomalies.OUTSIDE_LEAST,
            opens=HOURS.start,
            closes=HOURS.stop,
        ),
        gettext_lazy("Call the employer; have it look at its members and keys."),
    ),
    Kind.DOUBT: Said(
        gettext_lazy("It monitors under a name that is not that of the listed person with this number."),
        gettext_lazy("A listing bears the number of somebody monitored with another name, since a day or less."),
        gettext_lazy("Its form is called in already; nothing is told of it until the form is judged."),
    ),
    Kind.SHARED: Said(
        gettext_lazy("One organisation asks under two names, for twice the quota."),
        format_lazy(
            gettext_lazy("Two employers with the same address or telephone of their registration, or the same mail of a member, asked about {least} or more of the same applicants."),
            least=anomalies.COMMON_LEAST,
        ),
        gettext_lazy("Compare the licences; suspend one of them."),
    ),
}  # fmt: skip


@require_safe
@door
def show_alarms(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    return page(request, "consents", _("Alarms about employers"), tables=(_raised(), _kinds()), lead=_lead())


def _lead() -> str:
    return _(
        "Of the last %(days)s days; the registry was written to about each, once. An alarm proves nothing: look, ask, and decide. Numbers that differ in one digit cannot be seen as neighbours, because the register keeps only digests of what was asked."
    ) % {"days": DAYS}


def _raised() -> Table:
    rows = [
        (
            moment(each.at),
            _employer(each.employer),
            _employer(each.other) if each.other else NOTHING,
            Kind(each.kind).label,
            each.count,
            WORDS[Kind(each.kind)].do,
        )
        for each in overseeing.alarms(now=timezone.now())[:SHOWN]
    ]
    columns = (
        _("Raised at"), _("Employer"), _("The other employer"), _("Alarm"), _("How many"), _("What to do"),
    )  # fmt: skip
    return Table(_("Alarms"), columns, rows, empty=_("None."))


def _kinds() -> Table:
    rows = [(kind.label, said.means, said.raised, said.do) for kind, said in WORDS.items()]
    columns = (_("Alarm"), _("What it may mean"), _("When it is raised"), _("What to do"))
    return Table(_("What the alarms mean"), columns, rows)


def _employer(organisation: Organisation) -> Cell:
    return Cell(organisation.spoken_name, href=reverse("sharing_desk:employer", args=[organisation.code]))
