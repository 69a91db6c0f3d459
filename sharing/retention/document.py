"""The schedule as a document (`docs/retention.md`), in English, as the other documents are."""

from __future__ import annotations

from collections.abc import Iterator

from sharing.retention.schedule import ELSEWHERE, NOTHING_PERSONAL, SCHEDULE

HEAD = """# What is kept, until when, and what remains of a purged person

Made from `sharing/retention/schedule/` by `manage.py retention`; a test holds the two equal, and another one that every
field of every table is named there. ⚠ Counsel confirms the legal reasons and the years ([counsel](counsel.md)).

**The purge.** A listing is due once it is withdrawn, every department that was told has closed its recall, every employer
that was shown it has confirmed its own, and `REGISTRY_RETENTION_DAYS` (30, never below 0) have passed since the last of these,
among them the last institution that confirmed, or was named to the court; who was named holds the purge up no longer. Whoever two officers
say was not meant, or bears a number entered by mistake, has as long from then on, and while that is proposed (150 days at most). By the
clock, in chunks of 500, each one transaction with a report (`retention_purgereport`), in which it is asked again, once the listings are
held, whether they are due: what was raised since they were found keeps them, and the log of the worker names them. The second role `registry_keeper`
destroys what is written once, the application the rest. A person entered under several listings stays until the last of
them is purged or, a draft, discarded. What was said in an objection about no listing goes by the same days after its end. `manage.py purge --dry-run`
says what would go of both (`--json` for programs); *Deletion* at the desk shows what withdrawn listings wait for, such objections, and what was
done. What is sealed is purged in the same way. A proposal that nobody decided ends with the purge, and is refused by nobody: a reason given later would stay.

**What never took effect.** A listing that was approved and waits for service, for a day of effect or for the confirmation that nobody appealed
stands in *My work* once the term that it would have had is over, until an officer stops it and its clerk discards the draft. Where nobody does, the
clock destroys it 90 days after that term, as a discarded draft, with a report of kind *lapsed*; a ban for life has no such end
([decision 0100](decisions/0100-what-never-took-effect-has-an-end.md)).

**By the month.** `delivery.Attempt` and `registry.AccessRecord` lie in one partition for each month. Attempts, which name nobody, are
destroyed a whole month at a time, once all of it is older than `REGISTRY_RETENTION_RECORDS_YEARS`, and three years at least: at most one month later than these
years. Fewer than three years start nothing (registry.E072). Looks are destroyed to the day; what is dropped then is the empty month. Each has a report, kind *months*, with the partition and its rows.
"""


def document() -> str:
    return "\n".join([HEAD, *_remains(), *_kept(), *_elsewhere(), *_plain()]) + "\n"


def _remains() -> Iterator[str]:
    yield "## What remains of a purged person\n"
    yield "| where | what is left, in which form | until |"
    yield "|---|---|---|"
    for each in SCHEDULE:
        if each.remains:
            yield f"| `{each.table}` | {each.remains} | {_left_until(each.until)} |"
    for place in ELSEWHERE:
        if place.remains:
            yield f"| {place.place} | {place.remains} | {place.until} |"
    yield ""


def _left_until(until: str) -> str:
    return "always" if until.startswith("the purge") else until


def _kept() -> Iterator[str]:
    yield "## Tables that hold personal data, what is sealed, or digests\n"
    yield "| table | fields | what | reason | until | then |"
    yield "|---|---|---|---|---|---|"
    for each in SCHEDULE:
        fields = ", ".join(f"`{name}`" for name in each.personal.split())
        yield f"| `{each.table}` | {fields} | {each.what} | {each.basis} | {each.until} | {each.fate} |"
    yield ""


def _elsewhere() -> Iterator[str]:
    yield "## Outside the database\n"
    yield "| place | what | until |"
    yield "|---|---|---|"
    for each in ELSEWHERE:
        yield f"| {each.place} | {each.what} | {each.until} |"
    yield ""


def _plain() -> Iterator[str]:
    yield "## Tables without personal data\n"
    yield ", ".join(f"`{table}`" for table in sorted(NOTHING_PERSONAL)) + "."
