"""Whatever happens to an endpoint, in whatever order, everything arrives and nothing overtakes: five thousand histories."""

from __future__ import annotations

from tests.ledger import histories

HISTORIES = 5000
FIRST = 0


def test_every_history_holds(monkeypatch):
    monkeypatch.setattr(histories, "HISTORIES_OF_A_SEED", HISTORIES)
    counts = histories.run(FIRST, float("inf"))
    assert not counts.failures
    assert counts.done["histories"] == HISTORIES
