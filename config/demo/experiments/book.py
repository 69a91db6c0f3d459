"""Against the book: a row changed by hand, an own entry approved, a juvenile entered. All of it is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from config.demo.experiments import invented
from config.demo.experiments.outcome import (
    ACCEPTED,
    NOTHING_IN_FORCE,
    NotNow,
    Outcome,
    Scene,
    listing_in_force,
    refusal_of,
    taken_back,
    words,
)
from registry import actions
from registry.actions.acting import today
from registry.errors import FourEyes, Juvenile, Text, WrongRole
from registry.models import Event, IdentityDocument, Listing, Officer, Party, Person
from registry.verifying.whole import Verification

NO_TRIGGERS = "SET LOCAL session_replication_role = replica"
_FOUND = _("No trigger was left to refuse it. Whoever verifies the log finds it, and where.")
_GUARDED = _("PostgreSQL refuses it by itself: a trigger or constraint in the table, whoever asks.")


def rows_by_hand(scene: Scene) -> Sequence[Outcome]:
    """What somebody with the database's password would type, past every line of the product's code."""
    listing = listing_in_force(scene.officer("clerk"))
    event = Event.objects.filter(listing=listing).first()
    if event is None:
        raise NotNow(NOTHING_IN_FORCE)
    number, position = listing.number, event.position
    return [
        _typed(
            _("Shorten the term of a listing in force"),
            "UPDATE registry_listing SET ends_on = ends_on - 365 WHERE number = %s",
            number,
        ),
        _typed(
            _("The same, with a new version to hide it"),
            "UPDATE registry_listing SET ends_on = ends_on - 365, version = version + 1 WHERE number = %s",
            number,
        ),
        _typed(
            _("Rewrite an event of the log"),
            "UPDATE registry_event SET type = 'listing.withdrawn' WHERE position = %s",
            position,
        ),
        _typed(_("Delete an event of the log"), "DELETE FROM registry_event WHERE position = %s", position),
        _past_every_trigger(
            _("Switch all triggers off, and rewrite what an event committed to"),
            "UPDATE registry_event SET commitment = sha256('another') WHERE position = %s",
            position,
        ),
        _past_every_trigger(
            _("Switch all triggers off, and shorten the term of a listing in force"),
            "UPDATE registry_listing SET ends_on = ends_on - 365 WHERE number = %s",
            number,
        ),
    ]


def own_entry(scene: Scene) -> Sequence[Outcome]:
    """The same officer enters and approves: as a clerk, as a judge, and by hand."""
    clerk, judge, now = scene.officer("clerk"), scene.officer("judge"), timezone.now()
    in_force = listing_in_force(judge)
    with taken_back():
        decision = invented.decision_of(clerk, now)
        party = invented.party_of(invented.adult(), now)
        draft = actions.add_party(decision.pk, party, officer=clerk, now=now)
        actions.submit([draft.pk], officer=clerk, now=now)
        draft.refresh_from_db()
        return [
            refusal_of(
                _("The clerk enters a judgment, submits it and approves it"),
                WrongRole,
                lambda: actions.approve(
                    [draft.pk],
                    typed={draft.pk: tuple(each.number for each in party.person.documents)},
                    revisions={draft.pk: draft.revision},
                    officer=clerk,
                    now=now,
                ),
            ),
            refusal_of(
                _("The judge proposes to withdraw a listing and carries out the own proposal"),
                FourEyes,
                lambda: _withdraw_alone(in_force, judge),
            ),
            _typed(
                _("The entry is marked as approved by whoever entered it, by hand"),
                "UPDATE registry_listing SET approved_by_id = entered_by_id WHERE number = %s",
                draft.number,
            ),
        ]


def juvenile(scene: Scene) -> Sequence[Outcome]:
    """Somebody who was sixteen at the offence."""
    clerk, now = scene.officer("clerk"), timezone.now()
    with taken_back():
        decision = invented.decision_of(clerk, now)
        party = invented.party_of(invented.juvenile(today(now)), now)
        before = _counted()
        refused = refusal_of(
            _("The clerk enters a person who was under 18 at the offence"),
            Juvenile,
            lambda: actions.add_party(decision.pk, party, officer=clerk, now=now),
        )
        after = _counted()
    stored = Outcome(
        words(_("What was stored of this person")),
        text=words(
            _(
                "Persons %(persons_before)s before and %(persons)s after, documents %(documents_before)s and "
                "%(documents)s, parties %(parties_before)s and %(parties)s, listings %(listings_before)s and %(listings)s."
            ),
            **after,
            **{f"{name}_before": count for name, count in before.items()},
        ),
        held=before == after,
    )
    return [refused, stored]


def _withdraw_alone(listing: Listing, judge: Officer) -> None:
    now = timezone.now()
    proposal = actions.propose(
        listing.pk,
        "withdraw",
        against_version=listing.version,
        officer=judge,
        now=now,
        reason="演示：一人提出并决定",
        ground=f"（{today(now).year}）{judge.court.code}刑再98001号",
    )
    actions.carry_out(proposal.pk, officer=judge, now=now)


def _typed(title: Text, statement: str, which: str | int) -> Outcome:
    """Run what was typed, ask at once what a commit would ask, and take it back whatever becomes of it."""
    shown = statement.replace("%s", repr(which)) + ";"
    try:
        with taken_back(), connection.cursor() as cursor:
            cursor.execute(statement, [which])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except OperationalError:
        raise  # a database that is away or busy has refused nothing
    except DatabaseError as error:
        said = getattr(error.__cause__, "diag", None)
        code = f"SQLSTATE {said.sqlstate}" if said else ""
        quote = f"{shown}\nERROR: {said.message_primary}" if said else shown
        return Outcome(words(title), code, words(_GUARDED), quote=quote)
    return Outcome(words(title), text=words(ACCEPTED), held=False, quote=shown)


def _past_every_trigger(title: Text, statement: str, which: str | int) -> Outcome:
    """As the database's own administrator may; then the log is verified, and all of it is taken back."""
    typed = statement.replace("%s", repr(which))
    shown = f"{NO_TRIGGERS};\n{typed};"
    try:
        with taken_back(), connection.cursor() as cursor:
            cursor.execute(NO_TRIGGERS)
            cursor.execute(statement, [which])
            verification = Verification.begun()
            while not verification.is_over:
                verification.step()
    except OperationalError:
        raise  # a database that is away or busy has refused nothing
    except DatabaseError as error:
        said = getattr(error.__cause__, "diag", None)
        quote = f"{shown}\nERROR: {said.message_primary}" if said else shown
        return Outcome(words(title), f"SQLSTATE {said.sqlstate}" if said else "", words(_GUARDED), quote=quote)
    if verification.is_sound:
        return Outcome(words(title), text=words(ACCEPTED), held=False, quote=shown)
    with override("en"):  # as the command says it
        found = "\n".join(str(each) for each in verification.found)
    return Outcome(words(title), text=words(_FOUND), quote=f"{shown}\n$ manage.py verify_log\n{found}")


def _counted() -> dict[str, int]:
    return {
        "persons": Person.objects.count(),
        "documents": IdentityDocument.objects.count(),
        "parties": Party.objects.count(),
        "listings": Listing.objects.count(),
    }
