"""Whether what left the court is under control: at departments, at employers, and what persons asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import today
from registry.assessment import rules
from registry.lifecycle import IN_FORCE
from registry.models import EventType
from registry.terms.clocks import due
from sharing.audit.checks.shapes import Check, Column, Group, Severity, court, listing_number, zone
from sharing.delivery.models import Attempt, Endpoint, EndpointStage, Held, Told
from sharing.departments.models import Measure, Owed, Recall, Receipt, ReceiptKind
from sharing.departments.settling import run_out
from sharing.employers.models import ConsentCall, Monitoring, RecallCause, ResultRecall, ShownForm
from sharing.employers.recalling import open_recalls
from sharing.persons.models import Objection
from sharing.persons.objections.clocks import OF_THE_COURT
from sharing.persons.objections.spoken import TITLES

LATE = timedelta(days=7)  # a lane that is held, a doubt that nobody cleared, a result that is not removed
SILENT = timedelta(days=1)
ONE_DAY = timedelta(days=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TAKEN = Q(failure="", status__range=(200, 299))


def _recalls(now: datetime) -> QuerySet[Recall]:
    return Recall.objects.filter(closed_by=None, due_on__lt=today(now))


def _receipts(now: datetime) -> QuerySet[Owed]:
    """As `sharing.departments.owing` counts them; a row goes within minutes of its receipt. Who refused still owes."""
    here = {"department": OuterRef("department")}
    given = Receipt.objects.filter(event=OuterRef("event"), **here).exclude(kind=ReceiptKind.REFUSED)
    told = Told.objects.filter(listing=OuterRef("event__listing"), ended_position=None, **here)
    late = Owed.objects.filter(since__isnull=False, due_on__lt=today(now), event__listing__state__in=IN_FORCE)
    return late.exclude(event__type=EventType.WITHDRAWN).filter(~Exists(given), Exists(told))


def _lanes(now: datetime) -> QuerySet[Held]:
    """Since the endpoint failed first at the event where the lane stands, after it took it last, if ever. Why a lane is held
    says nothing: an opening set and a replay are refused like any other.
    """
    here = Attempt.objects.filter(event=OuterRef("from_position"), endpoint=OuterRef("endpoint"))
    taken = here.filter(TAKEN).order_by("-started_at").values("started_at")[:1]
    failed = here.exclude(TAKEN).filter(started_at__gt=OuterRef("taken_at")).order_by("started_at").values("started_at")
    held = Held.objects.filter(refusals__gt=0).alias(taken_at=Coalesce(Subquery(taken), Value(NEVER)))
    return held.annotate(held_since=Subquery(failed[:1])).filter(held_since__lt=now - LATE)


def _silent(now: datetime) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(stage=EndpointStage.PRODUCTION, failing_since__lt=now - SILENT)


def _expired(now: datetime) -> QuerySet[Measure]:
    return Measure.objects.filter(to_position=None, instrument__expires_on__lt=today(now))


def _results(now: datetime) -> QuerySet[ResultRecall]:
    return open_recalls().filter(opened_at__lt=now - LATE)


def _not_shown(now: datetime) -> QuerySet[ConsentCall]:
    return ConsentCall.objects.filter(form=None, screening__verdict=None, due_on__lt=today(now))


def _not_judged(now: datetime) -> QuerySet[ShownForm]:
    begins = datetime.combine(_in_time_from(today(now)), datetime.min.time(), zone())
    return ShownForm.objects.filter(call__screening__verdict=None, shown_at__lt=begins)


def _in_time_from(day: date) -> date:
    """The first day whose forms may still be judged in time."""
    by = rules()
    first = day
    while due("consent_decided", first - ONE_DAY, by.calendar, by.clocks) >= day:
        first -= ONE_DAY
    return first


def _monitoring_over(now: datetime) -> QuerySet[Monitoring]:
    return Monitoring.objects.filter(ended_at=None, until__lt=today(now))


def _in_doubt(now: datetime) -> QuerySet[Monitoring]:
    return Monitoring.objects.filter(ended_at=None, until__gte=today(now), doubted_at__lt=now - LATE)


def _objections(now: datetime) -> QuerySet[Objection]:
    late = Objection.objects.filter(due_on__lt=today(now), clock__in=OF_THE_COURT)
    return late.exclude(listing__sealed_at__isnull=False)


_DEPARTMENT = Column(_("Department"), "department__name")

CHECKS = (
    Check(
        code="recalls-overdue",
        group=Group.DEPARTMENTS,
        severity=Severity.GRAVE,
        name=_("Recalls overdue"),
        why=_(
            "A department that has not purged goes on treating somebody as listed who is not (PIPL 47; Network Data Reg. a12)."
        ),
        counted=_("Withdrawals whose purge a department should have confirmed before today."),
        found=_recalls,
        since="due_on",
        columns=(
            listing_number("listing__number"),
            _DEPARTMENT,
            Column(_("Since"), "opened_at"),
            Column(_("Due"), "due_on"),
        ),
    ),
    Check(
        code="measures-over",
        group=Group.DEPARTMENTS,
        severity=Severity.GRAVE,
        name=_("Measures past their longest term"),
        why=_("What a measure allows ends with its term; the department has to be told so (PIPL 6, 19)."),
        counted=_(
            "Listings in force that a department still has on a measure whose term for them was over before today."
        ),
        found=run_out,
        since="said_until",
        columns=(
            listing_number("listing__number"),
            _DEPARTMENT,
            Column(_("Its last day"), "said_until"),
        ),
    ),
    Check(
        code="receipts-overdue",
        group=Group.DEPARTMENTS,
        severity=Severity.LOOK,
        name=_("Receipts overdue"),
        why=_("Without a receipt nobody knows whether a correction arrived (PIPL 46, 54)."),
        counted=_("Events that a department has and should have confirmed before today; as of the last five minutes."),
        found=_receipts,
        since="due_on",
        columns=(
            listing_number("event__listing__number"),
            _DEPARTMENT,
            Column(_("Event"), "event__type", say=lambda kind: EventType(kind).label),
            Column(_("Due"), "due_on"),
        ),
    ),
    Check(
        code="lanes-held",
        group=Group.DEPARTMENTS,
        severity=Severity.LOOK,
        name=_("Refused by a receiver for a week"),
        why=_("What a department’s program refuses it does not have, corrections of it among them (PIPL 46)."),
        counted=_("Listings whose next event an endpoint has refused for more than 7 days."),
        found=_lanes,
        since="held_since",
        columns=(
            listing_number("listing__number"),
            Column(_("Department"), "endpoint__department__name"),
            Column(_("Endpoint"), "endpoint", route="sharing_desk:endpoint"),
            Column(_("Refusals"), "refusals"),
        ),
    ),
    Check(
        code="endpoints-silent",
        group=Group.DEPARTMENTS,
        severity=Severity.LOOK,
        name=_("Endpoints that take nothing"),
        why=_("A withdrawal that cannot be delivered is a person who is still listed there (PIPL 47)."),
        counted=_("Endpoints in production that have failed for more than a day."),
        found=_silent,
        since="failing_since",
        columns=(
            Column(_("Endpoint"), "pk", route="sharing_desk:endpoint"),
            _DEPARTMENT,
            Column(_("Failing since"), "failing_since"),
        ),
    ),
    Check(
        code="instruments-expired",
        group=Group.DEPARTMENTS,
        severity=Severity.LOOK,
        name=_("Measures on an expired instrument"),
        why=_("Nothing further is told on it, and what was told rests on an agreement that is over (PIPL 13, 34)."),
        counted=_("Measures that were not ended and whose sharing instrument expired before today."),
        found=_expired,
        since="instrument__expires_on",
        columns=(
            Column(_("Measure"), "pk", route="sharing_desk:measure"),
            Column(_("Code"), "code"),
            Column(_("Sharing instrument"), "instrument__number"),
            Column(_("Department"), "instrument__department__organisation__name"),
            Column(_("Expires on"), "instrument__expires_on"),
        ),
    ),
    Check(
        code="results-not-removed",
        group=Group.EMPLOYERS,
        severity=Severity.LOOK,
        name=_("Recalled results not removed"),
        why=_("An employer that keeps a recalled answer decides on what is not so (PIPL 8, 46, 47)."),
        counted=_("Results recalled more than 7 days ago whose removal the employer has not confirmed."),
        found=_results,
        since="opened_at",
        columns=(
            Column(_("Screening"), "pk", route="sharing_desk:result"),
            Column(_("Employer"), "screening__employer__name"),
            Column(_("Cause"), "cause", say=lambda cause: capfirst(str(RecallCause(cause).label))),
            Column(_("Since"), "opened_at"),
        ),
    ),
    Check(
        code="consents-not-shown",
        group=Group.EMPLOYERS,
        severity=Severity.GRAVE,
        name=_("Consents called in and not shown in time"),
        why=_(
            "Who cannot show the consent had none: the answer is void and the employer is suspended (PIPL 13, 14, 55)."
        ),
        counted=_("Signed forms that were to be shown before today, were not, and are not judged."),
        found=_not_shown,
        since="due_on",
        columns=(
            Column(_("Screening"), "pk", route="sharing_desk:consent"),
            Column(_("Employer"), "screening__employer__name"),
            Column(_("Called in at"), "called_at"),
            Column(_("To be shown by"), "due_on"),
        ),
    ),
    Check(
        code="consents-not-judged",
        group=Group.EMPLOYERS,
        severity=Severity.LOOK,
        name=_("Consents shown and not judged in time"),
        why=_("A form holds a person’s data, and is destroyed only when it is judged (PIPL 19)."),
        counted=_("Forms shown that a registrar should have judged before today."),
        found=_not_judged,
        since="shown_at",
        columns=(
            Column(_("Screening"), "pk", route="sharing_desk:consent"),
            Column(_("Employer"), "call__screening__employer__name"),
            Column(_("Shown at"), "shown_at"),
        ),
    ),
    Check(
        code="monitoring-over",
        group=Group.EMPLOYERS,
        severity=Severity.GRAVE,
        name=_("Monitoring past its end"),
        why=_("The consent was given until a day; from the next one on nobody may be looked after (PIPL 14, 15, 19)."),
        counted=_("Enrolments that go on although their last day is before today."),
        found=_monitoring_over,
        since="until",
        columns=(
            Column(_("Monitoring"), "pk"),
            Column(_("Employer"), "employer__name"),
            Column(_("Until"), "until"),
        ),
    ),
    Check(
        code="monitoring-in-doubt",
        group=Group.EMPLOYERS,
        severity=Severity.LOOK,
        name=_("Monitoring in doubt for a week"),
        why=_("A listing bears the number and another name; nobody is told anything until somebody looks (PIPL 8)."),
        counted=_("Enrolments that have been in doubt for more than 7 days."),
        found=_in_doubt,
        since="doubted_at",
        columns=(
            Column(_("Monitoring"), "pk"),
            Column(_("Employer"), "employer__name"),
            Column(_("In doubt since"), "doubted_at"),
        ),
    ),
    Check(
        code="objections-overdue",
        group=Group.PERSONS,
        severity=Severity.GRAVE,
        name=_("Objections overdue"),
        why=_("Who objects has an answer within the time that the law sets (PIPL 50; Joint measures a14–16)."),
        counted=_("Objections and applications whose running time limit of the court ended before today."),
        found=_objections,
        since="due_on",
        columns=(
            Column(_("Number"), "pk", route="sharing_desk:objection"),
            Column(_("Kind"), "kind", say=lambda kind: TITLES[kind]),
            court(),
            Column(_("Due"), "due_on"),
        ),
    ),
)
