"""What the tour says at each step: who acts, what happens, where to look."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from config.demo.touring import Step
from registry.errors import Text


@dataclass(frozen=True)
class Words:
    """``by_hand``: what the visitor's own button opens."""

    title: Text
    who: Text
    happens: Text
    look: Text
    by_hand: Text = ""


WORDS: dict[Step, Words] = {
    Step.ENTER: Words(
        _("Enter the judgment"),
        _("A clerk of the court"),
        _(
            "The clerk puts the judgment and its party down once, submits it, and records that no appeal was filed. "
            "Check digits, codes and dates are examined before anything is stored."
        ),
        _("It is a draft. Nothing has left the court, and no department knows of it."),
        _("Let me enter it, as the clerk"),
    ),
    Step.APPROVE: Words(
        _("Approve it"),
        _("A judge who did not enter it, then the clerk"),
        _(
            "The judge types the document number from the judgment. If it differs from what the clerk entered, the draft "
            "goes back. When the listing takes effect and when it ends is computed, with reasons. Then the clerk records that "
            "the notice was served on the person."
        ),
        _("Nothing waits any more: the listing is in force, and one event stands in the log, in the same commit."),
        _("Let me do the next part of it"),
    ),
    Step.TOLD: Words(
        _("The departments are told"),
        _("The registry, by itself"),
        _(
            "Every department with a measure that fits receives the event, signed. Its system checks the signature, "
            "keeps the listing and confirms with a receipt."
        ),
        _(
            "These rows are read from the departments' own stores, not from the court's. Delay is counted from the "
            "moment it is in force to the arrival."
        ),
    ),
    Step.ASKED: Words(
        _("An employer asks"),
        _("HR of an employer, with the applicant's written consent"),
        _(
            "The employer's system asks about one applicant for one post. The answer is signed and recorded; without a "
            "record there is no answer."
        ),
        _(
            "A listing in force: the employer is told its article, court, dates and prohibitions, and no case number, "
            "sentence or fine."
        ),
        _("Let me ask, as HR"),
    ),
    Step.OBJECTED: Words(
        _("The person objects"),
        _("The listed person, then a registrar of the court"),
        _(
            "The person opens the own record: what is held, who was told, who asked. On the same pages she says what is "
            "wrong. A registrar finds it in My work, checks its form and admits it; a time limit begins."
        ),
        _("The flag “disputed” stands in the departments' lists, and stays until the objection is at its end."),
        _("Let me do the next part of it"),
    ),
    Step.CORRECTED: Words(
        _("It is corrected"),
        _("A registrar upholds, a clerk proposes, a judge carries out"),
        _(
            "The fine and the paragraph of the article were mistyped, so a registrar who had no part in the listing upholds "
            "the objection. One officer proposes the correction, another carries it out, and the objection is closed."
        ),
        _("Version by version the departments replace what they hold, and confirm; the flag goes with the objection."),
        _("Let me do the next part of it"),
    ),
    Step.ASKED_AGAIN: Words(
        _("The employer asks again"),
        _("HR of the employer, with a fresh consent"),
        _("A consent is used once, so the employer needs a new one. The answer says what the register holds now."),
        _("The corrected article, and no flag. The earlier answer stays on record as it was given."),
        _("Let me ask again, as HR"),
    ),
    Step.WITHDRAWN: Words(
        _("It is withdrawn"),
        _("A clerk proposes, a judge carries out"),
        _(
            "On retrial the person is acquitted. The withdrawal is proposed by one officer and carried out by another. "
            "What the departments get says that it is over, and never why."
        ),
        _("One last event of the listing stands in the log. It holds no personal data."),
        _("Let me do the next part of it"),
    ),
    Step.GONE: Words(
        _("It is gone"),
        _("The departments"),
        _(
            "Each department wipes the person from its list, keeps a tombstone with the number, and confirms that every "
            "copy is purged."
        ),
        _("Nobody holds the listing any more. Each receipt closes the court's recall of it."),
    ),
}
