"""The eight experiments in their order: what one does, what is to be expected, and how to carry one out."""

from __future__ import annotations

import http.client
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _

from config.demo.asking import NoAnswer
from config.demo.experiments import book, doors, machinery
from config.demo.experiments.outcome import NotNow, Outcome, Run, Scene, not_tried, refusal_words, words
from registry.errors import Refusal, Text

DATABASE_BUSY = _("The database cannot answer at this moment. Nothing was changed; try again in a few seconds.")
UNREACHABLE = _("Nobody answered in time. If a department is switched off, switch it on; then try again.")


@dataclass(frozen=True)
class Experiment:
    """``does``: what one press does; ``recovers``: what holds and how things mend; ``button`` "" where the page offers
    choices of its own."""

    slug: str
    title: Text
    does: Text
    recovers: Text
    run: Run
    button: Text = ""


EXPERIMENTS = (
    Experiment(
        "department",
        _("Switch a department off"),
        _("You stop the program that receives for a department, and the clerk acts on a listing meanwhile."),
        _("The others are told at once. Its own events wait; switch it on and watch it catch up."),
        machinery.switch_department,
    ),
    Experiment(
        "worker",
        _("Kill the worker"),
        _("You kill the process that tells the departments, and the clerk acts on a listing while it is gone."),
        _("The departments are told late and nothing is lost: the worker reads on in the log where it stopped."),
        machinery.kill_worker,
        _("Kill it"),
    ),
    Experiment(
        "broker",
        _("Empty the broker"),
        _("You throw away every message that waits between the court’s processes, the one that announces an act too."),
        _("A sweep looks at the log every two seconds and finds what no message announced."),
        machinery.empty_broker,
        _("Empty it"),
    ),
    Experiment(
        "rows",
        _("Change a row in the database by hand"),
        _(
            "You type SQL past the product: shorten a listing’s term, rewrite an event, delete one; then with all triggers off."
        ),
        _(
            "Nothing has to recover: PostgreSQL refuses each statement, and what its administrator forces is found in the log. It is taken back here."
        ),
        book.rows_by_hand,
        _("Type it"),
    ),
    Experiment(
        "own-entry",
        _("Approve your own entry"),
        _("One officer enters and approves: the clerk an entry, the judge a proposal, and somebody by hand."),
        _("Another officer decides, or nothing happens. What was entered for this is taken back."),
        book.own_entry,
        _("Approve it"),
    ),
    Experiment(
        "consent",
        _("Ask without consent"),
        _("The employer’s system asks about an applicant over HTTP and leaves the consent out."),
        _("The employer asks the applicant for consent and asks again. Nothing was disclosed and nothing recorded."),
        doors.without_consent,
        _("Ask"),
    ),
    Experiment(
        "juvenile",
        _("Enter a juvenile"),
        _("The clerk enters a person who was sixteen at the offence."),
        _("The clerk continues with the other defendants. Nothing about this person was stored, not even the attempt."),
        book.juvenile,
        _("Enter the person"),
    ),
    Experiment(
        "replay",
        _("Replay an old message"),
        _("You send a department a message that it has: as it was an hour ago, changed, and rightly signed again."),
        _("Old and changed ones are refused, a repeat is taken once. So the court may repeat whatever is in doubt."),
        doors.replay,
        _("Send them"),
    ),
)


def find(slug: str) -> Experiment | None:
    return next((each for each in EXPERIMENTS if each.slug == slug), None)


def carry_out(experiment: Experiment, scene: Scene) -> Sequence[Outcome]:
    """Whatever happens is an outcome in words."""
    try:
        return experiment.run(scene)
    except NotNow as reason:
        return [not_tried(reason.words)]
    except Refusal as refusal:
        return [not_tried(refusal_words(refusal))]
    except (DatabaseError, InterfaceError):
        return [not_tried(words(DATABASE_BUSY))]
    except (OSError, http.client.HTTPException, sqlite3.Error, NoAnswer):
        return [not_tried(words(UNREACHABLE))]
