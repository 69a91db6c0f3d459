"""What a run says to people: of each check what is sent, what is expected and why; of each red one what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.departments.models import CheckResult


@dataclass(frozen=True)
class Words:
    """``remedy``: where to look when it is red."""

    title: Text
    sent: Text
    expected: Text
    why: Text
    remedy: Text


CHECKS: Mapping[str, Words] = {
    "signature": Words(
        _("A bad signature"),
        _("Three messages: signed with strange keys, changed after signing, without a signature."),
        _("Each is answered with 4xx, and none is confirmed."),
        _("Anybody can post to your address. Only the signature says that it was the court."),
        _("Verify the raw body against webhook-signature before anything else, and answer 401 if nothing holds."),
    ),
    "replay": Words(
        _("An old message"),
        _("A message with genuine signatures that were made ten minutes ago."),
        _("It is answered with 4xx."),
        _("Whoever recorded a message could send it again later."),
        _("Refuse a webhook-timestamp that is more than five minutes off, and keep the clock right."),
    ),
    "receipt": Words(
        _("The receipt"),
        _("A listing. The first receipt for it is answered with 503, as if the registry were away."),
        _("A 2xx, and a receipt “applied” that is sent again until it is taken."),
        _("A 2xx says that the message arrived. Only the receipt says that you acted on it."),
        _("Keep receipts until they are answered with 2xx, and try again after the pause of Retry-After."),
    ),
    "duplicate": Words(
        _("The same message twice"),
        _("A listing, and the same message again with the same webhook-id."),
        _("Both are answered with 2xx, and one receipt comes."),
        _("A message is sent again whenever its answer was lost; it must not count twice."),
        _("Remember the id of every event in the same transaction that applies it."),
    ),
    "order": Words(
        _("Out of order"),
        _("A correction of a listing, and after it the version that it replaced."),
        _("Both are answered with 2xx; the receipt for the older version says copies 0."),
        _("An older version that is applied over a newer one brings back what was corrected."),
        _("Compare (epoch, version) with what you hold, keep the higher one, and confirm the other with copies 0."),
    ),
    "gap": Words(
        _("A gap"),
        _("An event whose previous position never came, and a heartbeat."),
        _("A pull from before the missing position, and receipts for both events."),
        _("What was lost on the way must be found by you, as nobody else knows that it is missing."),
        _("Compare previous_position with what you hold, and pull from the last position before the gap."),
    ),
    "rotation": Words(
        _("Keys being changed"),
        _("A listing signed with a new secret and a new key first, and with the present ones after them."),
        _("A 2xx and a receipt."),
        _("While a secret is changed, both sign; a program that looks at the first signature only is cut off."),
        _("Take the message if any signature of the list holds for one of your keys."),
    ),
    "correction": Words(
        _("A correction"),
        _("A listing, and a correction of it."),
        _("A receipt “applied” for both."),
        _("A wrong entry harms a person until it is replaced everywhere."),
        _("Replace the whole listing by the corrected one, and purge the former version."),
    ),
    "suspension": Words(
        _("A suspension"),
        _("A listing, its suspension, and its reinstatement."),
        _("A receipt “applied” for the suspension and for the reinstatement."),
        _("A suspended listing must not be used from that moment on."),
        _("Change the state that the event names and nothing else; measures stop while it is suspended."),
    ),
    "withdrawal": Words(
        _("A withdrawal"),
        _("A listing, and its withdrawal."),
        _("A receipt “purged” for the withdrawal, which does not say that there was nothing."),
        _("A person who is not listed any more must be in no copy."),
        _("Delete the person, also from copies and caches, and only then send “purged” with the number of copies."),
    ),
    "outage": Words(
        _("After an outage"),
        _(
            "Four events that are never pushed, one of them a stub, and a heartbeat. The first pull is answered with 503."
        ),
        _("Pulls page after page until level, receipts for all three events that are no stub."),
        _("After an outage of either side the list must be complete again by itself."),
        _(
            "When a heartbeat names a later position, pull; go on with “next” until it is “head”, and try again after 503."
        ),
    ),
    "restore": Words(
        _("The registry restored from a backup"),
        _("The log goes back by two positions and on in a new epoch: one event is pushed, the one before it is not."),
        _("A pull from before both, a receipt for each; the lower version of the later epoch is applied."),
        _("After a restore the same position and version can mean another event."),
        _("Compare the epoch first and the version second, and pull from 0 when a later epoch comes."),
    ),
}

REASONS: Mapping[str, Text] = {
    "not_taken": _("A message was not taken: %(answer)s."),
    "took_it": _("It was answered with %(answer)s, as if it were genuine."),
    "not_refused": _("It was not refused with 4xx: %(answer)s."),
    "confirmed_forged": _("It was confirmed with a receipt, though it was not genuine."),
    "not_confirmed": _("No receipt “%(kind)s” came in time for the event at position %(position)s."),
    "not_repeated": _("The receipt at position %(position)s was answered with 503 and did not come again in time."),
    "purge_unsigned": _(
        "That the listing at position %(position)s is purged was said without a signature, and not taken. Register a public key for your receipts, and sign them."
    ),
    "another_kind": _("The event at position %(position)s was confirmed as “%(other)s” instead of “%(kind)s”."),
    "none_made": _("The receipt at position %(position)s says copies 0: nothing was applied."),
    "none_held": _("The receipt at position %(position)s says copies 0: the listing was not there to be purged."),
    "older_applied": _(
        "The receipt at position %(position)s does not say copies 0, so the older version counts as applied."
    ),
    "twice": _("The event was confirmed %(times)s times, so it was applied more than once."),
    "not_asked": _("No pull came in time."),
    "not_asked_again": _("A pull was answered with 503, and none came again in time."),
    "asked_too_late": _("The pulls began after position %(after)s; the event at position %(position)s lies before."),
    "not_sent_yet": _("The run did not come to send it in time."),
}

BROKEN: Mapping[str, Text] = {
    "took_too_long": _("It had not ended after 10 minutes, or the registry's worker was away. Run it again."),
    "address_changed": _("The endpoint's address was changed meanwhile. Run it again."),
    "stage_changed": _("The endpoint went to production meanwhile."),
    "paused": _("The endpoint was paused meanwhile. Resume it and run it again."),
    "checks_changed": _("The registry's checks were changed meanwhile. Run it again."),
}

MISSING: Mapping[str, Text] = {
    "no_run": _("no conformance run of it has been finished."),
    "other_address": _("its latest run was against another address."),
    "other_checks": _("its latest run was by checks that are not used any more."),
    "red": _("its latest run was not green in every check."),
    "too_old": _("its latest run is too old."),
    "before_trial": _("its latest run was before it went back to trial."),
}


def reason(result: CheckResult) -> str:
    """Why the check is red; "" when it is green."""
    return str(REASONS[result.reason]) % result.facts if result.reason else ""
