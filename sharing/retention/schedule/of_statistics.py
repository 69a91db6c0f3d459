"""What releases of the statistics hold."""

from __future__ import annotations

from sharing.retention.schedule.terms import Fate, Kept

KEPT = (
    Kept(
        table="statistics.Release",
        personal="counts_sealed",
        plain="id number title_zh title_en begins_on ends_on counted_at content sha256 left_out_why corrects why_zh why_en proposed_by proposed_at drawing_until drawn_at outcome decided_by decided_at refused_because signature",
        what="the true numbers of a release, sealed, small ones too: how many, never who",
        basis="later releases must not give away what this one leaves out; PIPL 4, 73",
        until="always",
        fate=Fate.STAYS,
        remains="sealed numbers in which a purged person was counted, without anything that names him",
    ),
)

NOTHING_PERSONAL = {
    "statistics.ReleaseFile": "id release name content_type content size sha256 made_at",
}
