"""The lines of the desk's pages about statistics: figures with what would be left out of them, releases with their state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.actions.acting import today
from registry.admin.facts import Fact, spoken_day
from registry.errors import Text
from registry.statistics import shapes
from sharing.desk.spoken import moment
from sharing.statistics import content as contents
from sharing.statistics import spoken
from sharing.statistics.models import Release, ReleaseOutcome
from sharing.statistics.protecting import Why
from sharing.statistics.releasing import Counted
from sharing.statistics.shown import language_now
from sharing.statistics.spoken import Named, base_of, say
from sharing.tables import Cell, Table

WHYS: Mapping[str, Text] = {
    Why.SMALL: gettext_lazy("small number"),
    Why.WITH_SMALL: gettext_lazy("would give a small number away"),
    Why.DIFFERENCE: gettext_lazy("small difference to an earlier release"),
    Why.WITH_DIFFERENCE: gettext_lazy("would give a small difference away"),
}
COLOURS = {
    ReleaseOutcome.PENDING: "blue",
    ReleaseOutcome.RELEASED: "green",
    ReleaseOutcome.REFUSED: "orange",
}


@dataclass(frozen=True)
class Line:
    """One number: as counted, its share, why it would be left out (""), and what the last release said of it."""

    words: str
    value: str
    share: str
    left_out: Text
    before: str
    changed: bool


@dataclass(frozen=True)
class Part:
    """A caption with what it is out of, and its lines."""

    caption: str
    base: str
    lines: Sequence[Line]


def suggested(last: Release | None, now: datetime) -> dict[str, object]:
    """From where the last release began, or the year, to yesterday."""
    yesterday = today(now) - timedelta(days=1)
    return {"begins": last.begins_on if last else yesterday.replace(month=1, day=1), "ends": yesterday}


def age(last: Release | None, now: datetime) -> str:
    """How long ago the last release came out."""
    if last is None or last.decided_at is None:
        return ""
    days = (today(now) - today(last.decided_at)).days
    return _("today") if not days else ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def figures(counted: Counted, last: Release | None) -> dict[str, Any]:
    """Everything that a page says of what was counted, beside what the last release said."""
    content, numbers, why = counted.composed.content, counted.counts.numbers, counted.composed.why
    said = contents.numbers_of(last.told) if last else {}
    parts = list(_parts(content, numbers, why, said))
    return {
        "parts": parts,
        "before": last,
        "smallest": content["smallest"],
        "published": len(numbers) - len(why),
        "left_out": _by_why(Counter(map(str, why.values()))),
        "changed": sum(line.changed for part in parts for line in part.lines),
    }


def left_out_by_why(release: Release) -> list[Fact]:
    return _by_why(Counter(release.left_out_why.values()))


def release_facts(release: Release) -> list[Fact]:
    facts = [
        Fact(_("Title"), say(release.title, language_now())),
        Fact(_("Period"), f"{spoken_day(release.begins_on)} – {spoken_day(release.ends_on)}"),
        Fact(_("Counted at"), moment(release.counted_at)),
        Fact(_("Proposed by"), f"{release.proposed_by} · {moment(release.proposed_at)}"),
    ]
    if release.corrects:
        why = say(release.why, language_now())
        facts.append(Fact(_("Corrects"), f"{release.corrects.number} · {why}"))
    if release.decided_by:
        label = _("Released by") if release.outcome == ReleaseOutcome.RELEASED else _("Returned by")
        facts.append(Fact(label, f"{release.decided_by} · {moment(release.decided_at)}"))
    if release.refused_because:
        facts.append(Fact(_("Returned because"), release.refused_because))
    return [*facts, Fact("SHA-256", release.sha256)]


def releases(found: QuerySet[Release]) -> Table:
    columns = (_("Release number"), _("Title"), _("Period"), _("State"), _("Proposed"), _("Decided"))
    rows = [_row(each) for each in found.select_related("proposed_by", "decided_by").order_by("-proposed_at")]
    return Table(_("Releases"), columns, rows, empty=_("No release was proposed yet."))


def _row(each: Release) -> list[object]:
    decided = f"{each.decided_by} · {moment(each.decided_at)}" if each.decided_by else "—"
    return [
        Cell(each.number, href=reverse("sharing_desk:release", args=[each.pk])),
        say(each.title, language_now()),
        f"{spoken_day(each.begins_on)} – {spoken_day(each.ends_on)}",
        Cell(each.state, colour=COLOURS[ReleaseOutcome(each.outcome)]),
        f"{each.proposed_by} · {moment(each.proposed_at)}",
        decided,
    ]


def _by_why(counted: Counter[str]) -> list[Fact]:
    return [Fact(str(words), str(counted[why])) for why, words in WHYS.items() if counted[why]]


def _parts(
    content: Named, numbers: Mapping[str, int], why: Mapping[str, Why], said: Mapping[str, int | None]
) -> Iterator[Part]:
    language = language_now()

    def line(words: Named, name: str, out_of: int | None) -> Line:
        value, left_out = numbers[name], why.get(name)
        changed = name in said and said[name] != (None if left_out else value)
        before = "" if name not in said else _("left out") if said[name] is None else spoken.number(said[name])
        reason = "" if left_out is None else WHYS[left_out]
        return Line(say(words, language), spoken.number(value), spoken.share(value, out_of), reason, before, changed)

    def within(each: Named) -> int | None:
        return numbers[shapes.base(each["within"])] if each["within"] else None

    def part(caption: Named, base: str, lines: Sequence[Line]) -> Part:
        counted = base_of(content, base)
        out_of = f"{say(counted['words'], language)} · {spoken.number(numbers[shapes.base(base)])}"
        return Part(say(caption, language), out_of, lines)

    bases = [line(each["words"], shapes.base(each["name"]), within(each)) for each in content["bases"]]
    yield Part(_("What was counted"), "", bases)
    heads = [
        line(each["words"], shapes.figure(each["name"]), numbers[shapes.base(each["base"])])
        for each in content["figures"]
    ]
    yield Part(_("Main figures"), "", heads)
    for table in content["tables"]:
        out_of = numbers[shapes.base(table["base"])]
        rows = sorted(table["rows"], key=lambda row: -numbers[shapes.cell(table["name"], row["code"])])
        shown = rows if table["by_size"] else table["rows"]
        lines = [line(row["words"], shapes.cell(table["name"], row["code"]), out_of) for row in shown]
        yield part(table["words"], table["base"], lines)
