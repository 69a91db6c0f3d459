"""The department's list as a file: whole, or what changed since an earlier download. Each is written down first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, models
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from registry import codes, spreadsheets
from registry.errors import NotDownloaded, Text, TooLongForExcel
from registry.models import Flag, Listing, PersonKind, State
from registry.spreadsheets import Row, Seal
from registry.units import RegistrationStatus
from sharing.delivery import reading
from sharing.delivery.models import Told
from sharing.departments import allowed, feed, left_over, opened
from sharing.departments.feed import SNAPSHOT_CHUNK, Holding, Unreadable
from sharing.departments.looking import downloaded, given_again
from sharing.departments.models import LeftDuty, Look, LookPage
from sharing.departments.opened import Reach
from sharing.parties.models import Member


class Form(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS = (
    gettext_lazy("Listing"),
    gettext_lazy("State"),
    gettext_lazy("Version"),
    gettext_lazy("Position"),
    gettext_lazy("Kind"),
    gettext_lazy("Name"),
    gettext_lazy("Document type"),
    gettext_lazy("Document number"),
    gettext_lazy("Further documents"),
    gettext_lazy("Article"),
    gettext_lazy("Facts found"),
    gettext_lazy("Court"),
    gettext_lazy("Case number"),
    gettext_lazy("Effective on"),
    gettext_lazy("Listed until"),
    gettext_lazy("Prohibitions"),
    gettext_lazy("Statement"),
    gettext_lazy("What you may do"),
    gettext_lazy("Former names"),
    gettext_lazy("Registration of the unit"),
    gettext_lazy("Flags"),
)
# An empty cell would say that there is none.
NOT_SHARED = gettext_lazy("not shared with you")
UNREADABLE = gettext_lazy("the court cannot open it at present: keep what you have of it")


@dataclass(frozen=True)
class File:
    """``blocks`` come as they are read: nothing is held whole in memory or on the disk."""

    name: str
    content_type: str
    blocks: Iterator[bytes]


def whole(member: Member, form: Form, *, now: datetime) -> File:
    """Every listing that the department may have. Raises `TooLongForExcel`."""
    department_id = member.organisation_id
    told = opened.reach(department_id)
    count = feed.may_have(department_id).count()
    _refuse_long(form, count)
    _saw(member, LookPage.DOWNLOAD, told, None, count, now)
    rows = _in_language(department_id, _chunked(_owing(department_id, feed.holdings(department_id, told))))
    return _file(form, "listings", told.position, _header(), rows)


def changes(member: Member, form: Form, *, after: int, now: datetime) -> File:
    """What is new, changed or withdrawn since a download up to the position. Raises `NotDownloaded`, `TooLongForExcel`."""
    if after not in downloaded(member.organisation_id):
        raise NotDownloaded("after")
    told = opened.reach(member.organisation_id)
    ids = _changed(member.organisation_id, after, told)
    _refuse_long(form, len(ids))
    _saw(member, LookPage.CHANGES, told, after, len(ids), now)
    chunks = _change_chunks(member.organisation_id, ids, after, told.position)
    rows = _in_language(member.organisation_id, chunks)
    return _file(form, f"changes-after-{after}", told.position, [_("What happened"), *_header()], rows)


def flags_in_words(listing: Mapping[str, Any]) -> str:
    """That the listing is disputed or under review; "" where it is neither."""
    return "; ".join(str(Flag(flag).label) for flag in listing["flags"])


def case_number_in_words(decision: Mapping[str, Any]) -> str:
    """The number; or that the department's instrument leaves it out."""
    return str(decision.get("case_number", NOT_SHARED))


def registration_in_words(person: Mapping[str, Any]) -> str:
    """What became of a unit; "" of a natural person."""
    told = person.get("registration")
    if told is None:
        return ""
    label = capfirst(str(RegistrationStatus(told["status"]).label))
    return f"{label} · {told['since']}" if told["since"] else label


def _refuse_long(form: Form, count: int) -> None:
    if form is Form.XLSX and count > spreadsheets.XLSX_MOST:
        raise TooLongForExcel


def _saw(member: Member, page: LookPage, told: Reach, after: int | None, count: int, now: datetime) -> None:
    Look.objects.create(
        member=member,
        department_id=member.organisation_id,
        page=page,
        position=told.position,
        after=after,
        opened=told.opened,
        count=count,
        at=now,
    )


def _file(form: Form, name: str, position: int, header: Row, rows: Iterable[Row]) -> File:
    seal = Seal(position, (_("Position"), _("Listings"), "SHA-256"))
    if form is Form.CSV:
        blocks = spreadsheets.csv_file(header, rows, seal)
    else:
        blocks = spreadsheets.xlsx_file(header, rows, seal, (_("The list"), _("Seal")))
    return File(f"{name}-{position}.{form.value}", TYPES[form], blocks)


def _header() -> list[str]:
    return [str(each) for each in COLUMNS]


# What happened, if it is asked; a listing, or the number of one that is gone.
_Named = tuple[Text | None, Holding | Unreadable | str]

# What the department may do with a listing, in words.
_Say = Callable[[list[dict[str, Any]] | str], list[str]]


def _in_language(department_id: int, chunks: Iterable[list[_Named]]) -> Iterator[Row]:
    """The rows in the language that was active when this was called: the file is read later than that."""
    say = partial(allowed.in_words, names=allowed.names_of(department_id))
    return _rows(chunks, say, get_language())


def _rows(chunks: Iterable[list[_Named]], say: _Say, language: str | None) -> Iterator[Row]:
    for chunk in chunks:
        with override(language):
            rows = [[*([str(happened)] if happened is not None else []), *_row(each, say)] for happened, each in chunk]
        yield from rows


def _owing(department_id: int, holdings: Iterable[Holding | Unreadable]) -> Iterator[Holding | Unreadable]:
    """What the file cannot show is owed, before it says so: it is among the changes once it can be opened."""
    for each in holdings:
        if isinstance(each, Unreadable):
            left_over.note(department_id, [each.listing_id], LeftDuty.GIVE)
        yield each


def _chunked(holdings: Iterable[Holding | Unreadable]) -> Iterator[list[_Named]]:
    chunk: list[_Named] = []
    for holding in holdings:
        chunk.append((None, holding))
        if len(chunk) == SNAPSHOT_CHUNK:
            yield chunk
            chunk = []
    yield chunk


_CHANGED = f"""
    SELECT e.listing_id FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
    WHERE e.position > %(after)s AND e.position <= %(upto)s AND t.opening <= %(opened)s
    UNION
    SELECT t.listing_id FROM delivery_told t WHERE t.department_id = %(department)s AND t.decided_position > %(after)s
    AND t.first_position <= %(upto)s AND t.opening <= %(opened)s
"""  # noqa: S608 - only constants are put in


def _changed(department_id: int, after: int, told: Reach) -> list[int]:
    facts = {"department": department_id, "after": after, "upto": told.position, "opened": told.opened}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, facts)
        changed = {row[0] for row in cursor.fetchall()}
    return sorted(changed.union(given_again(department_id, after, told.opened).values_list("listing_id", flat=True)))


def _change_chunks(department_id: int, ids: list[int], after: int, upto: int) -> Iterator[list[_Named]]:
    for start in range(0, len(ids), SNAPSHOT_CHUNK):
        yield _changes_of(department_id, ids[start : start + SNAPSHOT_CHUNK], after, upto)


def _changes_of(department_id: int, ids: list[int], after: int, upto: int) -> list[_Named]:
    # What is sealed was withdrawn, and is named as that like any other.
    numbers = dict(Listing.including_sealed.filter(pk__in=ids).order_by("number").values_list("number", "pk"))
    held = {each.number: each for each in _owing(department_id, feed.of_numbers(department_id, list(numbers), upto))}
    begun = Told.objects.filter(department_id=department_id, listing__in=ids, decided_position__gt=after)
    new = set(begun.filter(ended_position=None).values_list("listing_id", flat=True))
    return [
        (_happened(number in held, listing_id in new), held.get(number, number))
        for number, listing_id in numbers.items()
    ]


def _happened(is_held: bool, is_new: bool) -> Text:
    if not is_held:
        return gettext_lazy("withdrawn")
    return gettext_lazy("new") if is_new else gettext_lazy("changed")


def _row(each: Holding | Unreadable | str, say: _Say) -> list[str]:
    if isinstance(each, str):
        return [each, str(State.WITHDRAWN.label), *[""] * (len(COLUMNS) - 2)]
    if isinstance(each, Unreadable):
        return [each.number, str(UNREADABLE), *[""] * (len(COLUMNS) - 2)]
    listing, person, decision = each.listing, each.listing["person"], each.listing["decision"]
    documents = [(codes.label("document_types", one["type"]), one.get("number", "")) for one in person["documents"]]
    first = documents[0] if documents else ("", "")
    return [
        each.number,
        str(State(listing["state"]).label),
        str(listing["version"]),
        str(each.position),
        str(PersonKind(person["kind"]).label),
        person["name"],
        *first,
        "; ".join(" ".join(document).strip() for document in documents[1:]),
        codes.label("articles", decision["article"]),
        _facts(decision),
        codes.label("courts", decision["court"]),
        case_number_in_words(decision),
        decision["effective_on"] or "",
        listing["ends_on"] or _("for life"),
        _prohibitions(listing),
        listing["statement"] or "",
        "; ".join(say(each.measures)),
        "; ".join(person.get("former_names", ())),
        registration_in_words(person),
        flags_in_words(listing),
    ]


def _facts(decision: Mapping[str, Any]) -> str:
    if "facts" not in decision:
        return str(NOT_SHARED)
    return "; ".join(codes.label("facts", fact) for fact in decision["facts"])


def _prohibitions(listing: Mapping[str, Any]) -> str:
    if "prohibitions" not in listing:
        return str(NOT_SHARED)
    return "; ".join(_prohibition(one) for one in listing["prohibitions"])


def _prohibition(one: dict[str, str | None]) -> str:
    until = one["ends_on"] or "…"
    return f"{one['scope']} ({one['basis']}; {one['starts_on'] or '…'} – {until})"
