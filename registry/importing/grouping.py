"""The rows of a chunk, decision by decision, as entering takes them; what is wrong with them by row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from registry import refused
from registry.actions.importing import ImportedDecision, ImportedParty, Look
from registry.entries import CircumstancesEntry
from registry.errors import (
    DiffersFromRow,
    FieldMissing,
    HeldBack,
    Juvenile,
    Refusal,
)
from registry.importing import parsing
from registry.importing.columns import COLUMNS, OF_DECISION, OF_PARTY, column_of
from registry.importing.parsing import HIDDEN, Faults, Typed
from registry.models import DecisionKind, ImportRow

CHUNK = 500
FAULTS_MOST = 60  # of one row; more columns than that are not filled in
_OF_DECISION = frozenset(each.name for each in OF_DECISION)
ALWAYS_SAID = ("instance", "instrument")  # of a judgment: the appeal period hangs on them, so they are not presumed


@dataclass
class Line:
    """One row: what it says of its decision and of its party, and what is wrong with it."""

    row: ImportRow
    of_decision: Typed
    of_party: Typed
    faults: Faults = field(default_factory=list)
    party: ImportedParty | None = None

    @property
    def number(self) -> int:
        return self.row.row

    @property
    def is_sound(self) -> bool:
        return not self.faults and self.party is not None and not self.party.twin


@dataclass
class Group:
    """The rows of one decision. ``decision``: None where its own words are wrong already."""

    lines: list[Line]
    decision: ImportedDecision | None = None

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.faults]


def whole_decisions(rows: Sequence[ImportRow]) -> list[list[ImportRow]]:
    """The rows of one more than a chunk, cut where the last decision may go on; the first one is never cut off."""
    found = [list(each) for _key, each in groupby(rows, key=lambda row: bytes(row.key or b""))]
    return found[:-1] if len(rows) > CHUNK and len(found) > 1 else found


def rows_of_chunk(keys: Sequence[bytes]) -> int:
    """How many rows `whole_decisions` takes of those with these keys."""
    found = [len(list(each)) for _key, each in groupby(keys)]
    return sum(found[:-1] if len(keys) > CHUNK and len(found) > 1 else found)


def group(rows: Sequence[ImportRow]) -> Group:
    """``rows``: of one decision, in the file's order."""
    made = Group([_line(row) for row in rows])
    said = _said_of_decision(made.lines)
    kind = said.get("kind", DecisionKind.CRIMINAL.value)
    first = made.lines[0]
    if kind == DecisionKind.CRIMINAL:
        for name in ALWAYS_SAID:
            if name not in said and not _is_blamed(first, name):
                first.faults.append((name, FieldMissing(name, name=COLUMNS[name].named)))
    if "number" in said and "pronounced_on" in said:
        parties = [party for line in made.lines if (party := _party(line, kind)) is not None]
        told = parsing.circumstances_entry(said)
        is_told = told != CircumstancesEntry() or any(party.circumstances for party in parties)
        made.decision = ImportedDecision(
            entry=parsing.decision_entry(said),
            circumstances=told if is_told else None,
            said=frozenset(said),
            parties=parties,
        )
    return made


def blame(made: Group) -> None:
    """What entering refused, at the row and column that it means; of a juvenile nothing else is said."""
    if made.decision is None:
        return
    for refusal in made.decision.refusals:
        made.lines[0].faults.append((column_of(refusal.field), refusal))
    for line in made.lines:
        for refusal in line.party.refusals if line.party is not None else ():
            line.faults.append((column_of(refusal.field), refusal))


def hold_back(made: Group) -> None:
    """A decision is written with all its parties or not at all; only a juvenile, whom the law keeps out, is no reason."""
    cause = next((line for line in made.wrong if not is_juvenile(line.faults)), None)
    if cause is None:
        return
    for line in made.lines:
        if not line.faults and not (line.party is not None and line.party.twin):
            line.faults.append(("", HeldBack(row=cause.number)))


def hand_on(made: Group) -> None:
    """What the rows that are not kept say of the decision goes to the first that is: it may stand in one row alone."""
    first = next((line.row for line in made.lines if line.is_sound), None)
    gone = [line.row for line in made.lines if not line.is_sound]
    if first is None or not gone:
        return
    said = {name: text for row in reversed(gone) for name, text in row.cells.items() if name in _OF_DECISION}
    first.cells = {**said, **first.cells}
    first.save(update_fields=["sealed"])


def is_juvenile(faults: Faults) -> bool:
    return any(isinstance(refusal, Juvenile) for _column, refusal in faults)


def kept(faults: Faults) -> list[refused.Kept]:
    """As the row keeps them, without what stands in the cells. Of a juvenile that alone."""
    told = [each for each in faults if isinstance(each[1], Juvenile)] or faults
    seen: dict[tuple[str, str], refused.Kept] = {}
    for column, refusal in told[:FAULTS_MOST]:
        if "value" in refusal.facts:
            refusal.facts["value"] = HIDDEN
        seen.setdefault((column, refusal.code), refused.kept(refusal, column) | {"field": column})
    return list(seen.values())


def looks_of(row: ImportRow) -> list[Look]:
    return list(map(_look, row.looks))


def look_text(officer_id: int, page: str, now: datetime) -> str:
    return f"{officer_id} {page} {now.isoformat()}"


def _look(text: str) -> Look:
    officer, page, at = text.split(" ")
    return Look(officer_id=int(officer), page=page, at=datetime.fromisoformat(at))


def _line(row: ImportRow) -> Line:
    cells = row.cells
    faults = list(_faults_read(cells.pop("!", ())))
    blamed = {name for name, _why in faults}
    of_decision, of_party = parsing.of_decision(cells, faults), parsing.of_party(cells, faults)
    doubled = [each for each in faults if each[0] in blamed and isinstance(each[1], FieldMissing)]
    return Line(row, of_decision, of_party, [each for each in faults if each not in doubled])


def _faults_read(told: Iterable[refused.Kept]) -> Iterator[tuple[str, Refusal]]:
    """Those that were found while the file was read."""
    return ((each["field"], refused.read(each)) for each in told)


def _said_of_decision(lines: Sequence[Line]) -> Typed:
    """What its rows say together. An empty cell means what the rows before it say; one that says otherwise is wrong."""
    said: Typed = {}
    first: dict[str, int] = {}
    for line in lines:
        for name, value in line.of_decision.items():
            if name not in said:
                said[name], first[name] = value, line.number
            elif said[name] != value and name != "number":
                line.faults.append((name, DiffersFromRow(name, row=first[name])))
    for line in lines:
        line.faults[:] = [each for each in line.faults if not (_is_missing(each) and each[0] in said)]
    return said


def _is_missing(fault: tuple[str, Refusal]) -> bool:
    return isinstance(fault[1], FieldMissing)


def _is_blamed(line: Line, name: str) -> bool:
    return any(column == name for column, _why in line.faults)


def _party(line: Line, kind: str) -> ImportedParty | None:
    """None where so much of it is missing that no rule can be asked."""
    if any(each.needed and each.name not in line.of_party for each in OF_PARTY):
        return None
    try:
        entry = parsing.party_entry(line.of_party, kind)
    except Refusal as refusal:
        if not _is_blamed(line, refusal.field):
            line.faults.append((refusal.field, refusal))
        return None
    line.party = ImportedParty(
        row=line.number,
        entry=entry,
        circumstances=parsing.own_circumstances(line.of_party),
        looks=looks_of(line.row),
    )
    return line.party
