"""What somebody with the database's password, and in the worst case the keys, does to the log and to the book beside it."""

from __future__ import annotations

from registry import log
from registry.keys import keyring
from registry.models import Checkpoint, Event, EventPayload, IdentityDocument, Listing, Person
from registry.models.log import open_part, seal_part
from tests import cast
from tests.logs import by_hand

INSERTED = "L-2026-000077"
AWAY = 1_000_000


def event_reworded(_listing: Listing) -> None:
    """Sealed anew with the court's own key."""
    payload = EventPayload.objects.select_related("event").get(pk=3)
    body = open_part(payload.event.event_id, "body", payload.body_sealed).replace("高䶮".encode(), "高山".encode())
    sealed = seal_part(payload.event.event_id, "body", body)
    by_hand("UPDATE registry_eventpayload SET body_sealed = %s WHERE event_id = 3", sealed)


def event_reworded_with_its_commitment(listing: Listing) -> None:
    """All that the database holds fits; only what was signed does not."""
    event_reworded(listing)
    event = Event.objects.select_related("payload").get(pk=3)
    body, salt = (
        open_part(event.event_id, part, getattr(event.payload, f"{part}_sealed")) for part in ("body", "salt")
    )
    by_hand("UPDATE registry_event SET commitment = %s WHERE position = 3", log.commitment(salt, body))


def salt_changed(_listing: Listing) -> None:
    event = Event.objects.get(pk=2)
    by_hand(
        "UPDATE registry_eventpayload SET salt_sealed = %s WHERE event_id = 2",
        seal_part(event.event_id, "salt", b"s" * 32),
    )


def payload_destroyed(_listing: Listing) -> None:
    by_hand("DELETE FROM registry_eventpayload WHERE event_id = 2")


def payload_scrambled(_listing: Listing) -> None:
    by_hand("UPDATE registry_eventpayload SET body_sealed = body_sealed || '\\x00' WHERE event_id = 2")


def commitment_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", b"c" * 32)


def time_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET occurred_at = occurred_at + interval '1 day' WHERE position = 3")


def time_that_nobody_can_write(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET occurred_at = 'infinity' WHERE position = 3")


def signed_before_there_were_years(_listing: Listing) -> None:
    by_hand("UPDATE registry_checkpoint SET signed_at = '0044-03-15 BC'")
    by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", b"c" * 32)


def head_beyond_measure(_listing: Listing) -> None:
    by_hand("UPDATE registry_loghead SET size = 9223372036854775807")


def checkpoint_of_less_than_nothing(_listing: Listing) -> None:
    by_hand("UPDATE registry_checkpoint SET size = -1 WHERE ctid = (SELECT max(ctid) FROM registry_checkpoint)")
    by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", b"c" * 32)


def type_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET type = 'listing.unflagged' WHERE position = 2")


def version_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET version = 40 WHERE position = 3")


def given_to_another_listing(listing: Listing) -> None:
    by_hand("UPDATE registry_event SET listing_id = %s, version = 90 WHERE position = 2", _other(listing).pk)


def epoch_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_event SET epoch = 2 WHERE position = 2")


def event_deleted(_listing: Listing) -> None:
    by_hand("DELETE FROM registry_eventpayload WHERE event_id = 3")
    by_hand("DELETE FROM registry_event WHERE position = 3")


def event_inserted(listing: Listing) -> None:
    """At the end, with a head that knows of it: signed with the others, as the log signs whatever it holds."""
    size = _size() + 1
    by_hand(
        "INSERT INTO registry_event (position, event_id, epoch, type, listing_id, version, occurred_at, recorded_at,"
        " commitment) VALUES (%s, 'evt_planted', 1, 'listing.withdrawn', %s, 9, now(), now(), %s)",
        size,
        listing.pk,
        b"p" * 32,
    )
    by_hand("UPDATE registry_loghead SET size = size + 1")


def event_beyond_the_head(_listing: Listing) -> None:
    by_hand("UPDATE registry_loghead SET size = size - 1")


def events_swapped(_listing: Listing) -> None:
    """Rows and payloads alike."""
    for table, column in (("registry_event", "position"), ("registry_eventpayload", "event_id")):
        for before, after in ((2, AWAY), (3, 2), (AWAY, 3)):
            by_hand(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", after, before)


def tail_cut_off(_listing: Listing) -> None:
    """And every trace of it in the database."""
    by_hand("DELETE FROM registry_eventpayload WHERE event_id > 4")
    by_hand("DELETE FROM registry_event WHERE position > 4")
    by_hand("DELETE FROM registry_checkpoint WHERE size > 4")
    by_hand("DELETE FROM registry_treetile")
    by_hand("UPDATE registry_loghead SET size = 4")


def checkpoint_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_checkpoint SET root = %s WHERE size = 3", b"r" * 32)


def signature_forged(_listing: Listing) -> None:
    """The text is right, and the signature is that of another one."""
    text = Checkpoint.objects.get(size=5).note.rpartition("\n\n")[0]
    signature = Checkpoint.objects.get(size=4).note.rpartition("\n\n")[2]
    by_hand("UPDATE registry_checkpoint SET note = %s WHERE size = 5", f"{text}\n\n{signature}")


def signature_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_checkpoint SET note = replace(note, '\n3\n', '\n2\n') WHERE size = 3")


def tile_changed(_listing: Listing) -> None:
    by_hand("UPDATE registry_treetile SET hashes = overlay(hashes placing %s from 1 for 32) WHERE level = 0", b"t" * 32)


def tile_deleted(_listing: Listing) -> None:
    by_hand("DELETE FROM registry_treetile")


# In the book beside the log.


def name_changed(listing: Listing) -> None:
    person = Person.objects.get(pk=listing.party.person_id)
    person.name = "高山"
    person.save()


def document_changed(listing: Listing) -> None:
    """Sealed and digested as the acts do it: nobody finds him any more, but somebody else."""
    document = IdentityDocument.objects.get(person=listing.party.person_id)
    document.number = cast.APPLICANT_NUMBER
    document.save()


def document_deleted(listing: Listing) -> None:
    by_hand("DELETE FROM registry_identitydocument WHERE person_id = %s", listing.party.person_id)


def digest_changed(listing: Listing) -> None:
    by_hand("UPDATE registry_identitydocument SET digest = %s WHERE person_id = %s", b"d" * 32, listing.party.person_id)


def name_digest_changed(listing: Listing) -> None:
    by_hand("UPDATE registry_person SET name_digest = %s WHERE id = %s", b"d" * 32, listing.party.person_id)


def withdrawn_silently(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET state = 'withdrawn' WHERE id = %s", listing.pk)


def put_back_in_force(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET state = 'active' WHERE id = %s", _other(listing).pk)


def put_back_to_the_desk(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET state = 'draft', version = 0 WHERE id = %s", listing.pk)


def suspended_silently(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET state = 'suspended' WHERE id = %s", listing.pk)


def version_set_back(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET version = 1 WHERE id = %s", listing.pk)


def version_beyond_measure(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET version = 2147483647 WHERE id = %s", listing.pk)


def end_that_nobody_can_write(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET ends_on = 'infinity' WHERE id = %s", listing.pk)


def term_cut_short(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET ends_on = ends_on - 1000 WHERE id = %s", listing.pk)


def article_changed(listing: Listing) -> None:
    by_hand("UPDATE registry_party SET article = 'CL 286' WHERE id = %s", listing.party_id)


def statement_removed(listing: Listing) -> None:
    by_hand("UPDATE registry_listing SET statement_sealed = NULL WHERE id = %s", listing.pk)


def statement_forged(listing: Listing) -> None:
    sealed = keyring().seal("我认罪".encode(), bound_to="listing.statement.another")
    by_hand("UPDATE registry_listing SET statement_sealed = %s WHERE id = %s", sealed, listing.pk)


def listing_inserted(_listing: Listing) -> None:
    """In force, approved, and never told: as the columns of another one have it."""
    third = cast.draft(cast.party(cast.person(cast.resident("11010819851212451"), "陈安")))
    by_hand(
        "UPDATE registry_listing SET state = 'active', version = 1, approved_by_id = %s, submitted_by_id = entered_by_id"
        " WHERE id = %s",
        cast.judge().pk,
        third.pk,
    )
    by_hand("UPDATE registry_listing SET number = %s WHERE id = %s", INSERTED, third.pk)


def kept_from_everybody(_listing: Listing) -> None:
    """An event made one that is meant for one reader alone."""
    by_hand("UPDATE registry_event SET reader = 77 WHERE position = 3")


def act_record_removed(listing: Listing) -> None:
    by_hand("DELETE FROM registry_actrecord WHERE listing_number = %s AND act = 'flag_under_review'", listing.number)


def _other(listing: Listing) -> Listing:
    return Listing.including_sealed.exclude(pk=listing.pk).get(state="withdrawn")


def _size() -> int:
    return Event.objects.count()
