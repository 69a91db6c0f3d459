"""What a member of a department may see of its list in the portal, and the record that each look leaves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from registry import identity
from registry.actions.acting import today
from registry.errors import LookedTooOften, LookUpsSpent, OtherName
from registry.keys import digest_keys
from registry.models import Event, EventType, IdentityDocument
from sharing.delivery import envelope, reading
from sharing.delivery.models import Told
from sharing.departments import feed, left_over
from sharing.departments.feed import Holding, Unreadable
from sharing.departments.models import LeftDuty, LeftOver, Look, LookPage
from sharing.disclosure import SharedField
from sharing.parties.models import Member

HOUR = timedelta(hours=1)
FILES = (LookPage.DOWNLOAD, LookPage.CHANGES)
BODIES_AN_HOUR = 60  # what is for a program goes to the program


def page(member: Member, *, after: str, limit: int, now: datetime) -> tuple[list[Holding | Unreadable], str]:
    """The listings of the department after a number, each look written down; and the number to go on after, or ""."""
    numbers = feed.numbers_after(member.organisation_id, after, limit + 1)
    shown, more = numbers[:limit], len(numbers) > limit
    found = feed.of_numbers(member.organisation_id, shown, reading.telling_position())
    saw(member, LookPage.LIST, [each.listing_id for each in found], now=now)
    broken = [each.listing_id for each in found if isinstance(each, Unreadable)]
    left_over.note(member.organisation_id, broken, LeftDuty.GIVE)  # announced once it can be opened
    return found, shown[-1] if more else ""


def saw(member: Member, page: LookPage, listing_ids: Collection[int], *, now: datetime) -> None:
    """Write down that the member saw each of these listings on the page."""
    position = reading.telling_position()
    Look.objects.bulk_create(
        [
            Look(
                member=member,
                department_id=member.organisation_id,
                page=page,
                listing_id=listing_id,
                position=position,
                count=1,
                at=now,
            )
            for listing_id in listing_ids
        ]
    )


def saw_body(member: Member, listing_id: int, *, now: datetime) -> None:
    """Write down that the member is shown the body of a delivery; before it is opened. Raises `LookedTooOften`."""
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        seen = Look.objects.filter(member=member, page=LookPage.DELIVERY, at__gt=now - HOUR).count()
        if seen >= BODIES_AN_HOUR:
            raise LookedTooOften(most=BODIES_AN_HOUR)
        saw(member, LookPage.DELIVERY, [listing_id], now=now)


def of_listing(listing_id: int) -> QuerySet[Look]:
    """Every look of whatever department at the listing: at itself, and the files that had it in them; the latest first."""
    had = (
        Told.objects.filter(listing_id=listing_id, department_id=OuterRef("department_id"))
        .filter(first_position__lte=OuterRef("position"), opening__lte=OuterRef("opened"))
        .filter(Q(ended_position=None) | Q(ended_position__gt=OuterRef("position")))
    )
    events = Event.objects.filter(listing_id=listing_id, position__lte=OuterRef("position"))
    gone = events.filter(type=EventType.WITHDRAWN, reader=None)
    files = Look.objects.filter(page__in=FILES, department_id=OuterRef("department_id"), position=OuterRef("after"))
    earlier = Subquery(files.order_by("opened").values("opened")[:1])
    again = LeftOver.objects.filter(department_id=OuterRef("department_id"), listing_id=listing_id, duty=LeftDuty.GIVE)
    changed = (
        Q(Exists(events.filter(position__gt=OuterRef("after"))))
        | Q(Exists(had.filter(decided_position__gt=OuterRef("after"))))
        | Q(Exists(again.filter(opening__gt=OuterRef("read_upto"), opening__lte=OuterRef("opened"))))
    )
    in_file = Q(Exists(had)) & ~Q(Exists(gone))
    in_files = Q(page=LookPage.DOWNLOAD) & in_file | Q(page=LookPage.CHANGES) & in_file & changed
    looks = Look.objects.alias(read_upto=earlier).filter(Q(listing_id=listing_id) | in_files)
    return looks.select_related("member", "department").order_by("-at")


def downloaded(department_id: int, most: int = 5) -> list[int]:
    """Up to which positions the department downloaded its list or what changed in it, the latest first."""
    looks = Look.objects.filter(department_id=department_id, page__in=FILES)
    return list(looks.order_by("-position").values_list("position", flat=True).distinct()[:most])


def given_again(department_id: int, after: int, opened: int) -> QuerySet[LeftOver]:
    """What could not be opened when the department downloaded up to the position, and could by the opening ``opened``."""
    looks = Look.objects.filter(department_id=department_id, page__in=FILES, position=after)
    earlier = looks.aggregate(least=Min("opened"))["least"]
    owed = LeftOver.objects.filter(department_id=department_id, duty=LeftDuty.GIVE, opening__lte=opened)
    return owed.filter(opening__gt=opened if earlier is None else earlier)


_IN_FILES = f"""
    SELECT DISTINCT e.position FROM departments_look k
    JOIN registry_event e ON e.position = ANY(%(positions)s) AND e.position <= k.position
    JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")} AND t.opening <= k.opened
    WHERE k.department_id = %(department)s AND k.page IN ('download', 'changes') AND k.position = %(upto)s
      AND (k.after IS NULL OR t.decided_position > k.after OR EXISTS (
        SELECT 1 FROM registry_event c WHERE c.position > k.after AND c.position <= k.position
          AND {reading.SPAN.format(e="c", t="t")}) OR EXISTS (
        SELECT 1 FROM departments_leftover o WHERE o.department_id = k.department_id AND o.listing_id = e.listing_id
          AND o.duty = 'give' AND o.opening <= k.opened AND o.opening > (
            SELECT min(b.opened) FROM departments_look b WHERE b.department_id = k.department_id
              AND b.page IN ('download', 'changes') AND b.position = k.after)))
      AND (e.type = 'listing.withdrawn' OR NOT EXISTS (
        SELECT 1 FROM departments_leftover o WHERE o.department_id = k.department_id AND o.listing_id = e.listing_id
          AND o.duty = 'give' AND (o.opening IS NULL OR o.opening > k.opened)))
"""  # noqa: S608 - only constants are put in


def in_files(department_id: int, upto: int, positions: Collection[int]) -> set[int]:
    """Which of these events were in a file that the department downloaded up to the position. Of a listing that is named in
    it, all of them were; and one that the whole list leaves out is withdrawn by that. What could not be opened for it was not.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IN_FILES, {"department": department_id, "upto": upto, "positions": list(positions)})
        return {row[0] for row in cursor.fetchall()}


def look_up(member: Member, *, document_type: str, document_number: str, name: str, now: datetime) -> list[Holding]:
    """The department's listings under this document, by number; the question is written down, whatever the answer.

    Raises the refusals of `registry.identity`, LookUpsSpent, EventUnreadable, and OtherName where the name is not the person's. A
    department that is only informed of a listing has no document numbers of it, so none is found by one.
    """
    number = identity.canonical(document_type, document_number, today=today(now))
    digests = digest_keys().digests(identity.key_form(document_type, number))
    names = digest_keys().digests("name:" + identity.name_form(identity.canonical_name(name)))
    with transaction.atomic():
        _spend(member, now)
        told = _told(member.organisation_id, digests)
        _asked(member, told, digests[0], now)
    called = [each.listing.number for each in told if _is_called(each, names)]
    if told and not called:
        raise OtherName("name")
    return feed.readable(feed.of_numbers(member.organisation_id, called, reading.telling_position()))


def _spend(member: Member, now: datetime) -> None:
    """One question of the member's at a time, so that two at once do not both take the last one."""
    Member.objects.select_for_update().get(pk=member.pk)
    looks = Look.objects.filter(member=member, page=LookPage.LOOK_UP, at__gt=now - HOUR)
    asked = looks.exclude(digest=None).count()
    if asked >= settings.SHARING_LOOK_UPS_AN_HOUR:
        raise LookUpsSpent


def _told(department_id: int, digests: Collection[bytes]) -> list[Told]:
    bearers = IdentityDocument.objects.filter(digest__in=digests).values("person")
    rows = feed.may_have(department_id).filter(listing__party__person__in=bearers)
    found = rows.select_related("listing__party__person").order_by("-listing__number").distinct()
    return [told for told in found if _sees_numbers(told)]


def _sees_numbers(told: Told) -> bool:
    return SharedField.NUMBERS.value not in envelope.withheld(told.measures, told.conditions)


def _is_called(told: Told, names: Collection[bytes]) -> bool:
    person = told.listing.party.person
    return bytes(person.name_digest) in names or person.former_names.filter(name_digest__in=names).exists()


def _asked(member: Member, told: Sequence[Told], digest: bytes, now: datetime) -> None:
    """One row with the digest, which is the question; of each further listing found, a row of its own."""
    Look.objects.create(
        member=member,
        department_id=member.organisation_id,
        page=LookPage.LOOK_UP,
        listing=told[0].listing if told else None,
        position=reading.telling_position(),
        count=1 if told else 0,
        digest=digest,
        at=now,
    )
    saw(member, LookPage.LOOK_UP, [each.listing_id for each in told[1:]], now=now)
