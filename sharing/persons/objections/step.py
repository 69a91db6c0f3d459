"""One row of the table of steps (`lifecycle`)."""

from __future__ import annotations

from dataclasses import dataclass

from registry.errors import Text
from registry.models import Role
from sharing.persons.models import Objection, ObjectionKind, ObjectionState

ALL = (ObjectionKind.OBJECTION, ObjectionKind.REPAIR, ObjectionKind.STATEMENT)


@dataclass(frozen=True)
class Step:
    """One row. ``target`` None: the state stays. ``roles``: the officers who may; ``person``: the person may, too, on his
    own page; neither: the clock does it. ``clock``: the time limit that begins, "" where the running one ends, None where
    it runs on; ``repair_clock``: the one of an application for an early end, where it is another.

    ``high_court``: also the High Court's registry, for objections of every court; ``higher``: by an officer of the court
    that reviews (`reviewing`) alone, and by nobody who had a hand in what is reviewed; ``of_review``: of what that court
    decided, by its registrars, too; ``four_eyes``: by nobody who ever entered, submitted or approved the listing, or
    decided before.
    """

    name: str
    label: Text
    sources: tuple[ObjectionState, ...]
    target: ObjectionState | None
    roles: tuple[Role, ...] = ()
    person: bool = False
    clock: str | None = ""
    repair_clock: str = ""
    kinds: tuple[ObjectionKind, ...] = ALL
    high_court: bool = False
    higher: bool = False
    of_review: bool = False
    four_eyes: bool = False
    reason: bool = False
    reopens: str = ""
    """The person's own time limit, by which the clock has closed it: the step opens it again."""
    final_clock: str = ""
    """The time limit, where all that the person can still do is to ask the higher court and the decision reached him; where nothing
    is left then, none begins.
    """

    @property
    def is_of_the_court(self) -> bool:
        """The court's own, and none that an officer writes down for the person."""
        return not self.person and not self.reopens

    def clock_for(self, objection: Objection) -> str | None:
        """The name of the time limit that begins for this one; before its state is changed."""
        if objection.kind == ObjectionKind.REPAIR and self.repair_clock:
            return self.repair_clock
        after = self.target or objection.state
        if objection.served_on is not None and after == ObjectionState.REJECTED:
            return self.final_clock or self.clock
        if objection.served_on is not None and after == ObjectionState.CLOSED:
            return ""
        return self.clock
