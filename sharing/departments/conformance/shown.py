"""A run as pages and paper show it: the result in a word, its facts, and a row for every check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.errors import Text
from registry.sentences import joined
from sharing.departments.conformance import report, words
from sharing.departments.conformance.checks import CHECKS
from sharing.departments.models import ConformanceRun, RunState, Verdict
from sharing.tables import Cell, Table

STALLED_AFTER = timedelta(seconds=30)
COLOURS = {Verdict.GREEN.value: "green", Verdict.RED.value: "red"}


def result(run: ConformanceRun) -> tuple[str, str]:
    """In words, and the colour of its tag."""
    if run.state == RunState.RUNNING:
        return _("running: %(done)s of %(all)s checks are decided") % _counts(run), "blue"
    if run.state == RunState.BROKEN_OFF:
        return _("broken off"), "orange"
    if report.is_green(run):
        return _("green in every check"), "green"
    red = run.results.filter(verdict=Verdict.RED).count()
    return _("red in %(red)s of %(all)s checks") % {**_counts(run), "red": red}, "red"


def note(run: ConformanceRun, *, now: datetime) -> str:
    """Why it was broken off, or that nobody comes to it; "" where there is nothing to say."""
    if run.state == RunState.BROKEN_OFF:
        return str(words.BROKEN[run.broken_because])
    if run.state == RunState.RUNNING and now - run.due_at > STALLED_AFTER:
        return _("The registry's worker has not come to it since %(moment)s.") % {"moment": _moment(run.due_at)}
    return ""


def facts(run: ConformanceRun) -> list[dict[str, object]]:
    """For a summary list."""
    found: list[tuple[object, object]] = [
        (_("Run"), run.number),
        (_("Endpoint"), run.endpoint_id),
        (_("Address"), run.url),
        (_("Department"), run.endpoint.department.name),
        (_("Version of the checks"), str(run.version)),
        (_("Started"), _moment(run.started_at)),
        (_("Ended"), _moment(run.finished_at)),
        (_("Outcome"), result(run)[0]),
        (_("Checksum"), report.checksum(run) if run.state != RunState.RUNNING else "—"),
    ]
    return [{"label": label, "value": value, "href": ""} for label, value in found]


def table(run: ConformanceRun, answer_remedy: Callable[[str], Text] = lambda answer: "") -> Table:
    """``answer_remedy``: what to do about an HTTP status or a failure of the connection."""
    return Table(
        gettext_lazy("The checks"),
        (
            gettext_lazy("Check"),
            gettext_lazy("Outcome"),
            gettext_lazy("What is sent"),
            gettext_lazy("What is expected"),
            gettext_lazy("What was wrong, and what to do"),
        ),
        [_row(line, answer_remedy) for line in report.lines(run)],
    )


def runs(found: list[ConformanceRun], href: Callable[[ConformanceRun], str]) -> Table:
    rows = []
    for run in found:
        word, colour = result(run)
        rows.append((Cell(run.number, href=href(run)), Cell(word, colour=colour), _moment(run.started_at), run.url))
    columns = (gettext_lazy("Run"), gettext_lazy("Outcome"), gettext_lazy("Started"), gettext_lazy("Address"))
    return Table(gettext_lazy("Runs, the newest first"), columns, rows, empty=gettext_lazy("None yet."))


def _row(line: report.Line, answer_remedy: Callable[[str], Text]) -> tuple[object, ...]:
    said = words.CHECKS[line.key]
    return (said.title, _verdict(line), said.sent, said.expected, _wrong(line, said, answer_remedy))


def _verdict(line: report.Line) -> Cell:
    if line.result is not None:
        return Cell(Verdict(line.result.verdict).label, colour=COLOURS[line.result.verdict])
    return Cell(_("going on"), colour="blue") if line.is_going_on else Cell(_("not decided"), colour="grey")


def _wrong(line: report.Line, said: words.Words, answer_remedy: Callable[[str], Text]) -> str:
    if line.result is None or line.result.verdict == Verdict.GREEN:
        return "—"
    return joined(words.reason(line.result), answer_remedy(line.result.facts.get("answer", "")), said.remedy)


def _counts(run: ConformanceRun) -> dict[str, int]:
    return {"done": run.results.count(), "all": len(CHECKS)}


def _moment(value: datetime | None) -> str:
    return date_format(localtime(value), "DATETIME_FORMAT") if value else "—"
