"""What may be done to an endpoint: pause and resume without loss, another secret, another address, a lane let go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F

from registry import bell
from registry.errors import StillSentTo
from sharing import addresses, signing
from sharing.delivery import replay, rotating
from sharing.delivery.models import Endpoint, EndpointSecret, EndpointStage, EndpointState, Held
from sharing.departments import owing, stages

OVERLAP = timedelta(hours=24)
AT_ONCE: Mapping[str, None] = {"next_due": None, "alone_at": None, "beat_due": None}


def pause(endpoint_id: str) -> bool:
    """Nothing is sent any more; a slot that works for it stops within seconds. What comes meanwhile waits in the log.

    False: it was paused before.
    """
    active = Endpoint.objects.filter(pk=endpoint_id, state=EndpointState.ACTIVE)
    return bool(active.update(state=EndpointState.PAUSED, fence=F("fence") + 1, lease_until=None))


def resume(endpoint_id: str) -> bool:
    """Go on where it was paused, at once, and from the start where its program was said to keep nothing. What the department
    had by hand meanwhile stays owed. False: it was not paused.
    """
    with transaction.atomic():
        owing.keep_young(Endpoint.objects.get(pk=endpoint_id).department_id)
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        if endpoint.state != EndpointState.PAUSED:
            return False
        begins_anew = endpoint.purged_at is not None and endpoint.stage == EndpointStage.PRODUCTION
        purged_at = None if begins_anew else endpoint.purged_at
        Endpoint.objects.filter(pk=endpoint_id).update(state=EndpointState.ACTIVE, purged_at=purged_at, **AT_ONCE)
        if begins_anew:
            replay.replay(endpoint_id, after=0)
        transaction.on_commit(bell.ring, robust=True)
    return True


def state_purged(endpoint_id: str, *, now: datetime) -> bool:
    """The department's word that the program behind it keeps nothing of what it was told: it owes no withdrawal any more, until
    it is sent to again. False: it was said before. Raises `StillSentTo`.
    """
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        if endpoint.is_sent_to:
            raise StillSentTo
        return bool(Endpoint.objects.filter(pk=endpoint_id, purged_at=None).update(purged_at=now))


def may_keep(endpoint: Endpoint) -> bool:
    """Whether its program was told of real persons once, is told of none now, and nobody has said that it keeps nothing."""
    return not endpoint.is_sent_to and endpoint.purged_at is None and stages.was_in_production(endpoint)


def catch_up(endpoint_id: str, *, after: int) -> int:
    """Deliver again what is meant for it after the position; the number of listings. What was owed stays owed."""
    with transaction.atomic():
        owing.keep_young(Endpoint.objects.get(pk=endpoint_id).department_id)
        return replay.replay(endpoint_id, after=after)


def rotate_secret(endpoint_id: str, *, now: datetime) -> str:
    """A new secret, shown this once. The former ones sign beside it for 24 hours more, so no message fails meanwhile.

    Raises `SecretsTooMany`.
    """
    secret = signing.new_secret()
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        own = EndpointSecret.objects.filter(endpoint=endpoint)
        own.filter(live_until=None).update(live_until=now + OVERLAP)
        own.filter(live_until__lte=now).delete()
        rotating.refuse_unless_room([each.live_until for each in own if each.live_until])
        row = EndpointSecret(endpoint=endpoint)
        row.secret = secret
        row.save(force_insert=True)
    return signing.secret_text(secret)


def move(endpoint_id: str, url: str, *, now: datetime) -> bool:
    """Another address for the same reader: nothing is lost or told twice. Raises as `joining.add_endpoint` does.

    On another host it is another program's: an endpoint in production goes back to trial, and True is returned.
    """
    address = addresses.check_url(
        url, allowed_networks=settings.SHARING_ALLOWED_NETWORKS, allow_http=settings.SHARING_ALLOW_HTTP
    )
    with transaction.atomic():
        former = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        Endpoint.objects.filter(pk=endpoint_id).update(url=address, fence=F("fence") + 1, lease_until=None, **AT_ONCE)
        elsewhere = urlsplit(former.url).hostname != urlsplit(address).hostname
        back = elsewhere and stages.back_to_trial_after_moving(endpoint_id, now=now)
        transaction.on_commit(bell.ring, robust=True)
    return back


def release(endpoint_id: str, listing_id: int) -> bool:
    """Try a held lane now instead of when its time comes; False if it is not held any more."""
    with transaction.atomic():
        released = Held.objects.filter(endpoint_id=endpoint_id, listing_id=listing_id).update(next_due=None)
        if released:
            Endpoint.objects.filter(pk=endpoint_id).update(next_due=None)
            transaction.on_commit(bell.ring, robust=True)
    return bool(released)
