"""Against the doors, over real HTTP: an employer asks without consent, a message comes to a department again."""

from __future__ import annotations

import http.client
import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.demo.asking import SCREENINGS, Employer, question
from config.demo.experiments.outcome import NOT_SET_UP, NotNow, Outcome, Scene, words
from config.demo.experiments.posting import Reply, post
from config.demo.period import live
from config.demo.playbill import PlayedDepartment
from registry.actions.acting import today
from registry.errors import ConsentNeeded
from sharing import signing
from sharing.delivery import contents, envelope, reading
from sharing.delivery.meant import Meant
from sharing.delivery.work import live_secrets
from sharing.employers.models import Screening
from sharing.receiver import store
from sharing.receiver.store import Held, Seen

HOUR_SECONDS = 3600
LATEST = 50  # events looked at for one that can be sent again

# The server has one process of four threads: several visitors who each make it call itself would wait for each other.
_ONE_AT_A_TIME = threading.Lock()


def without_consent(scene: Scene) -> Sequence[Outcome]:
    """The demonstration's employer asks about an applicant and leaves the consent out."""
    if not scene.playbill.employer_client_id:
        raise NotNow(NOT_SET_UP)
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise NotNow(_("Somebody else asks at this moment. Try again in a few seconds."))
    try:
        before = Screening.objects.count()
        reply = _ask_without_consent(scene)
        after = Screening.objects.count()
    finally:
        _ONE_AT_A_TIME.release()
    return [
        Outcome(
            words(_("The employer’s system asks about an applicant and sends no consent")),
            reply.code,
            words(_("No consent, no answer. This is the answer as it was received:")),
            held=reply.status == ConsentNeeded.status and _problem_code(reply) == ConsentNeeded.code,
            quote=reply.shown,
        ),
        Outcome(
            words(_("What was answered about the applicant")),
            text=words(
                _("Nothing. Screenings on record: %(before)s before, %(after)s after."), before=before, after=after
            ),
            held=before == after,
        ),
    ]


def _ask_without_consent(scene: Scene) -> Reply:
    playbill = scene.playbill
    employer = Employer(scene.address, playbill.employer_client_id, playbill.employer_client_secret)
    employer.sign_in()
    applicant = live(today(timezone.now())).unlisted_applicant
    asked = question(applicant.name, applicant.documents[0], consent=None)
    headers = {
        "Authorization": f"Bearer {employer.token}",
        "Accept-Language": scene.language,
        "Idempotency-Key": secrets.token_hex(16),
    }
    return post(scene.address + SCREENINGS, json.dumps(asked).encode(), headers)


def _problem_code(reply: Reply) -> str:
    try:
        return str(json.loads(reply.body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""


@dataclass(frozen=True)
class Message:
    """An event that the department has already, as the court sends it."""

    department: PlayedDepartment
    event: Meant
    body: bytes
    secrets: tuple[bytes, ...]

    def post(self, *, body: bytes, age_seconds: int = 0) -> Reply:
        """``body`` is what goes out; signed is always the court's own, ``age_seconds`` ago."""
        headers = signing.webhook_headers(
            self.event.event_id,
            int(time.time()) - age_seconds,
            self.body,
            secrets=self.secrets,
            private_keys=signing.webhook_keys(),
        )
        return post(self.department.url, body, headers)

    def kept(self) -> tuple[Seen | None, Held | None]:
        """What the department's own store says of the event and of its listing."""
        with closing(store.open_readonly(self.department.store)) as opened:
            return store.event(opened, self.event.event_id), store.listing(opened, self.event.listing_number)


def replay(scene: Scene) -> Sequence[Outcome]:
    """Three times the message of an event that a department has: old, changed, and rightly signed again."""
    message = _message(scene)
    seen, held = message.kept()
    old = message.post(body=message.body, age_seconds=HOUR_SECONDS)
    changed = message.post(body=message.body[:-1] + bytes([message.body[-1] ^ 1]))
    again = message.post(body=message.body)
    seen_after, held_after = message.kept()
    return [
        Outcome(
            words(_("A message recorded an hour ago, sent again")),
            old.code,
            words(_("Its signature is genuine and its time is too old. The department’s receiver answers:")),
            held=old.status == HTTPStatus.UNAUTHORIZED,
            quote=old.shown,
        ),
        Outcome(
            words(_("The same message of now, with one byte changed")),
            changed.code,
            words(_("The signature does not fit any more. The department’s receiver answers:")),
            held=changed.status == HTTPStatus.UNAUTHORIZED,
            quote=changed.shown,
        ),
        Outcome(
            words(_("The same message, rightly signed at this moment")),
            again.code,
            _repeated(seen, held, held_after),
            held=again.status == HTTPStatus.NO_CONTENT and _same(seen, seen_after) and held == held_after,
            quote=again.shown,
        ),
    ]


def _same(seen: Seen | None, after: Seen | None) -> bool:
    """The row of the first arrival, untouched; its receipt may have been taken meanwhile."""
    if seen is None or after is None:
        return False
    return (seen.received_at, seen.outcome, seen.source) == (after.received_at, after.outcome, after.source)


def _repeated(seen: Seen | None, held: Held | None, held_after: Held | None) -> dict[str, str]:
    return words(
        _(
            "A repeat is no fault, so it is accepted, and it is not applied again: position %(position)s stands once in "
            "the inbox, and the listing has version %(before)s before and %(after)s after."
        ),
        position=seen.position if seen else "-",
        before=held.version if held else "-",
        after=held_after.version if held_after else "-",
    )


def _message(scene: Scene) -> Message:
    """From the first department that is there. Raises NotNow when none is, or none has an event yet."""
    if not scene.playbill.departments:
        raise NotNow(NOT_SET_UP)
    upto = reading.telling_position()
    for department in scene.playbill.departments:
        if _answers(department):
            event = _last_applied(department, upto)
            if event is not None:
                payload = contents.payloads([event]).get(event.position)
                body = envelope.body(event, payload, endpoint=department.endpoint_id)
                return Message(department, event, body, live_secrets([department.endpoint_id])[department.endpoint_id])
    raise NotNow(_("No department answers, or none has a message yet. Switch one on first."))


def _last_applied(department: PlayedDepartment, upto: int) -> Meant | None:
    with closing(store.open_readonly(department.store)) as opened:
        applied = [each for each in store.events_since(opened) if each.outcome == "applied"]
    for each in reversed(applied[-LATEST:]):
        event = reading.one(department.department_id, each.id, upto)
        if event is not None and not event.silent:
            return event
    return None


def _answers(department: PlayedDepartment) -> bool:
    """Whether its receiver is there: an empty post is refused by one that is."""
    try:
        return post(department.url, b"", {}).status == HTTPStatus.UNAUTHORIZED
    except (OSError, http.client.HTTPException, sqlite3.Error):
        return False
