"""The whole story of a listing, act by act: a sentence, who, when, why, and what it left in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from registry.actions.writing_imported import IMPORTED
from registry.errors import Text
from registry.lifecycle import ACTS
from registry.models import ActRecord, HandOver, Listing, WaitsAs
from registry.shown import shown

SENTENCES: dict[str, Text] = {
    "enter": _("Entered as a draft."),
    "amend": _("The draft was amended."),
    "discard": _("The draft was discarded."),
    "submit": _("Submitted for review."),
    "return": _("Returned to the clerk."),
    "approve": _("Approved."),
    "confirm_no_appeal": _("Confirmed that no appeal was filed."),
    "record_service": _("Service of the notice recorded."),
    "record_circumstances": _("The circumstances were recorded for the court’s report; told to nobody."),
    "record_representative": _("The unit's legal representative recorded; told to nobody."),
    "hold": _("Held because of an appeal: back to draft."),
    "stop": _("Stopped before it took effect: back to draft."),
    "lapse": _("Destroyed: its term was over, and it had never taken effect."),
    "take_effect": _("In force; told to the departments."),
    "correct": _("Corrected: this version replaces the one before."),
    "revise": _("Revised: this version adds to the one before."),
    "suspend": _("Sharing suspended."),
    "reinstate": _("Reinstated."),
    "withdraw": _("Withdrawn; recipients must purge it."),
    "state_cause": _("The cause of the withdrawal was stated anew; nobody was told."),
    "mark_mistaken": _("A number was marked as entered by mistake; nobody was told."),
    "correct_unseen": _("The birth date was corrected; nobody outside the court was told it, so nobody was told anew."),
    "revise_unseen": _(
        "A further document was added; it is told with the next event, and nobody was told of it alone."
    ),
    "seal": _("Sealed; recipients must purge it."),
    "purge": _("Purged: what was told of the person is destroyed."),
    "review_lifelong": _("Reviewed: the lifelong term stands for another year."),
    "expire": _("The term is over: withdrawn; recipients must purge it."),
    "flag_disputed": _("Flagged as disputed."),
    "unflag_disputed": _("The flag “disputed” was removed."),
    "flag_under_review": _("Flagged as under review."),
    "unflag_under_review": _("The flag “under review” was removed."),
    "state": _("The person's statement was added."),
    "begin_dispute": _("Flagged as disputed, by an admitted objection."),
    "end_dispute": _("The flag “disputed” was removed: no objection is open."),
    "remove_statement": _("The person's statement was removed, at the person's wish."),
    "tell_anew": _("Told anew to one department alone; what it may do changed, the listing did not."),
    "end_sharing": _("Withdrawn from one department alone, which must purge it; the listing stays."),
    "propose_correct": _("A correction was proposed."),
    "propose_revise": _("A revision was proposed."),
    "propose_reinstate": _("Reinstatement was proposed."),
    "propose_withdraw": _("Withdrawal was proposed."),
    "propose_state_cause": _("Another cause of the withdrawal was proposed."),
    "propose_mark_mistaken": _("It was proposed to mark a number as entered by mistake."),
    "refuse_correct": _("The proposed correction was refused."),
    "refuse_revise": _("The proposed revision was refused."),
    "refuse_reinstate": _("The proposed reinstatement was refused."),
    "refuse_withdraw": _("The proposed withdrawal was refused."),
    "refuse_state_cause": _("The proposed cause was refused."),
    "refuse_mark_mistaken": _("That the number was entered by mistake was refused."),
}
BY_THE_CALENDAR = _("the registry, by itself")
REASONS_OF_THE_SYSTEM: dict[str, Text] = {
    "identity number differs from the judgment at review": _("identity number differs from the judgment at review"),
    IMPORTED: _("imported from a file of old decisions, of which a judge compared a sample"),
    "the department's measures changed": _("the department's measures changed"),
    "the longest term of a measure is over": _("the longest term of a measure is over"),
    "no measure of the department fits any more": _("no measure of the department fits any more"),
    "the log goes on in a new epoch": _("the log goes on in a new epoch"),
}


@dataclass(frozen=True)
class Step:
    """One line of the story. ``position``: its place in the log, None while the listing was at the desk."""

    sentence: Text
    who: Text
    at: datetime
    reason: Text
    version: int
    position: int | None


def story_of(listing: Listing) -> list[Step]:
    """From the first act to the last, in the order in which they were done."""
    positions = {event.version: event.position for event in listing.events.all()}
    records = ActRecord.objects.filter(listing_number=listing.number).select_related("officer", "on_behalf_of")
    moved = HandOver.objects.filter(decision=listing.party.decision_id, numbers__contains=[listing.number])
    steps = [_step(record, positions) for record in records]
    handed = [_handed(row) for row in moved.select_related("officer", "before", "after")]
    return sorted([*steps, *handed], key=lambda step: step.at) if handed else steps


def _handed(row: HandOver) -> Step:
    """``before`` or ``after`` None: nobody, which for a review is every judge of the court."""
    before, after = (str(each) if each else str(_("nobody")) for each in (row.before, row.after))
    sentence: Text
    if row.kind == WaitsAs.DRAFT:
        sentence = _("The draft waits with %(after)s; it waited with %(before)s.") % {"after": after, "before": before}
    elif row.after is None:
        sentence = _("Every judge of the court is asked to review it.")
    else:
        sentence = _("%(after)s is asked to review it, before the other judges.") % {"after": after}
    return Step(sentence=sentence, who=str(row.officer), at=row.at, reason="", version=0, position=None)


def _step(record: ActRecord, positions: dict[int, int]) -> Step:
    act = ACTS.get(record.act)
    told = act is not None and act.event is not None
    return Step(
        sentence=SENTENCES.get(record.act, record.act),
        who=_who(record),
        at=record.at,
        reason=spoken_reason(shown(lambda: record.reason)),
        version=record.version,
        position=positions.get(record.version) if told else None,
    )


def _who(record: ActRecord) -> Text:
    """Who did it, and for whom where he stood in for another officer."""
    if record.officer is None:
        return BY_THE_CALENDAR
    if record.on_behalf_of is None:
        return str(record.officer)
    return _("%(deputy)s, for %(officer)s") % {"deputy": record.officer, "officer": record.on_behalf_of}


def spoken_reason(reason: str) -> Text:
    """A reason that the system wrote, in the reader's language; an officer's words as they are."""
    return REASONS_OF_THE_SYSTEM.get(reason, reason)
