"""Whom this department told that a measure applies, and what the registry hears of it: from a durable outbox."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from sharing.receiver.clock import court_day, utc_text

_BATCH = 20
_NO_EVENT = ""


@dataclass(frozen=True)
class Onward:
    """One report in the outbox. ``kind`` is reached (``about``: the listing) or purged (``about``: the withdrawal)."""

    kind: str
    about: str
    institution: str
    at: int
    attempts: int

    path = "/api/v1/onward"

    @property
    def signing_id(self) -> str:
        return f"onward_{self.kind}_{self.institution}_{self.about}"

    def body(self) -> bytes:
        about = "listing" if self.kind == "reached" else "event"
        said = {"kind": self.kind, about: self.about, "institution": self.institution, "at": utc_text(self.at)}
        return json.dumps(said, separators=(",", ":")).encode()

    def settle(self, store: sqlite3.Connection, status: int, accepted_at: int | None, due_at: int) -> None:
        store.execute(
            "UPDATE onward SET attempts = attempts + 1, status = ?, accepted_at = ?, due_at = ?"
            " WHERE kind = ? AND about = ? AND institution = ?",
            (status, accepted_at, due_at, self.kind, self.about, self.institution),
        )


def due(store: sqlite3.Connection, now: int) -> list[Onward]:
    """What may be sent now."""
    rows = store.execute(
        "SELECT kind, about, institution, at, attempts FROM onward"
        " WHERE accepted_at IS NULL AND due_at <= ? ORDER BY rowid LIMIT ?",
        (now, _BATCH),
    )
    return [Onward(*row) for row in rows]


def note_reached(store: sqlite3.Connection, institution: str, number: str, reference: str, now: int) -> None:
    """Before the institution is answered. Asked again about the same customer, nothing is added; but what it was told of by
    then is what it is told now.
    """
    store.execute(
        "INSERT INTO reached (institution, number, reference, at, measures)"
        " SELECT ?1, ?2, ?3, ?4, (SELECT measures FROM listings WHERE number = ?2) WHERE true"
        " ON CONFLICT DO UPDATE SET withdrawal = NULL, measures = excluded.measures",
        (institution, number, reference, now),
    )
    _promise(store, "reached", number, institution, now)


def recall(store: sqlite3.Connection, number: str, withdrawal: str) -> None:
    """Everybody who was told of the listing has to hear that it is withdrawn."""
    store.execute("UPDATE reached SET withdrawal = ? WHERE number = ?", (withdrawal, number))
    # Should the listing come back, whoever is told of it then is reported anew.
    store.execute("DELETE FROM onward WHERE kind = 'reached' AND about = ? AND accepted_at IS NOT NULL", (number,))


def recall_unknown(store: sqlite3.Connection, number: str) -> None:
    """The court lost the listing in a restore: everybody who was told of it has to lift, and nothing is reported."""
    store.execute("UPDATE reached SET withdrawal = ? WHERE number = ?", (_NO_EVENT, number))
    store.execute("DELETE FROM onward WHERE kind = 'reached' AND about = ?", (number,))


def to_lift(store: sqlite3.Connection, institution: str) -> list[dict[str, str]]:
    """The customers to whom a measure was said to apply and does not any more: withdrawn for good, suspended, or changed,
    where a measure that it was told of is gone before its day, or ends sooner.
    """
    rows = store.execute(
        "SELECT DISTINCT reference, withdrawal IS NOT NULL, listings.state, reached.measures, listings.measures"
        " FROM reached LEFT JOIN listings USING (number) WHERE institution = ? AND (withdrawal IS NOT NULL"
        " OR listings.state = 'suspended' OR listings.measures <> reached.measures) ORDER BY reference",
        (institution,),
    )
    found = [(reference, _because(bool(is_withdrawn), *standing)) for reference, is_withdrawn, *standing in rows]
    return [{"reference": reference, "because": because} for reference, because in dict.fromkeys(found) if because]


def _because(is_withdrawn: bool, state: str | None, told: str | None, now: str | None) -> str:
    if is_withdrawn:
        return "withdrawn"
    if state == "suspended":
        return "suspended"
    return "changed" if _binding(told) - _binding(now) else ""


def _binding(measures: str | None) -> set[tuple[str, str | None]]:
    """Code and last day of each measure whose day is not over; none for information only."""
    said, day = json.loads(measures or "null"), court_day()
    if not isinstance(said, list):
        return set()
    return {(each["code"], each["until"]) for each in said if each["until"] is None or each["until"] >= day}


def confirm(store: sqlite3.Connection, institution: str, reference: str, now: int) -> bool:
    """The institution purged what it was told of this customer; False where nothing was withdrawn.

    What it calls the customer is forgotten with it. The registry hears of it once nothing of the listing is left there.
    """
    rows = store.execute(
        "DELETE FROM reached WHERE institution = ? AND reference = ? AND withdrawal IS NOT NULL RETURNING withdrawal",
        (institution, reference),
    ).fetchall()
    for (withdrawal,) in rows:
        left = store.execute(
            "SELECT 1 FROM reached WHERE institution = ? AND withdrawal = ?", (institution, withdrawal)
        ).fetchone()
        if left is None and withdrawal != _NO_EVENT:
            _promise(store, "purged", withdrawal, institution, now)
    return bool(rows)


def _promise(store: sqlite3.Connection, kind: str, about: str, institution: str, now: int) -> None:
    store.execute(
        "INSERT OR IGNORE INTO onward (kind, about, institution, at) VALUES (?, ?, ?, ?)",
        (kind, about, institution, now),
    )
