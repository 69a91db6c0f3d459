"""Against the machinery: a department's receiver, the worker and the broker, while an officer goes on working."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.demo.control import Answer, Command, Word, ask
from config.demo.experiments.outcome import NOTHING_IN_FORCE, NotNow, Outcome, Scene, Words, words
from config.demo.playbill import PlayedDepartment
from registry import actions
from registry.errors import Text
from registry.models import Event, Flag, Listing, State
from sharing.delivery import reading
from sharing.delivery.models import Told

ON, OFF = "on", "off"
REASON = "演示：复核申请"
QUEUE = "celery"
BROKER_SECONDS = 2
CONNECT_SECONDS = 1

_REFUSALS: dict[Word, Text] = {
    Word.NOT_LISTENING: _("The demonstration does not take commands yet. Try again in a few seconds."),
    Word.NOT_OURS: _("The broker was given from outside. The demonstration does not empty what is not its own."),
    Word.UNKNOWN: _("There is no such department here."),
    Word.FAILED: _("It could not be done; the folder var/log says why."),
}


def switch_department(scene: Scene) -> Sequence[Outcome]:
    """``choice`` is "off" or "on" and a department's code."""
    wanted, _space, code = scene.choice.partition(" ")
    department = next((each for each in scene.playbill.departments if each.code == code), None)
    if department is None or wanted not in (ON, OFF):
        raise NotNow(_REFUSALS[Word.UNKNOWN])
    command = Command.START_RECEIVER if wanted == ON else Command.STOP_RECEIVER
    _obeyed(ask(scene.playbill, command, code))
    return _on(department) if wanted == ON else [_off(department), _something_happens(scene)]


def kill_worker(scene: Scene) -> Sequence[Outcome]:
    """And an officer acts before it is back."""
    _obeyed(ask(scene.playbill, Command.KILL_WORKER))
    return [_killed(), _something_happens(scene)]


def empty_broker(scene: Scene) -> Sequence[Outcome]:
    """The message that announces an act is thrown away before anybody has heard it."""
    _obeyed(ask(scene.playbill, Command.FLUSH_BROKER))  # before anything else: is it ours?
    _obeyed(ask(scene.playbill, Command.KILL_WORKER))  # who is not there cannot hear the bell
    happened = _something_happens(scene)
    before = _messages_waiting()
    _obeyed(ask(scene.playbill, Command.FLUSH_BROKER))
    after = _messages_waiting()
    emptied = Outcome(
        words(_("Before anybody heard of it, the broker is emptied")),
        "FLUSHALL",
        words(
            _(
                "Messages waiting: %(before)s before, %(after)s after. The broker is only a doorbell; what is owed stands "
                "in the database, and a sweep every 2 seconds finds it as soon as the worker is back."
            ),
            before=before,
            after=after,
        ),
        held=after <= before,
    )
    return [_killed(), happened, emptied]


def _obeyed(answer: Answer) -> None:
    """Raises NotNow with the reason. What was so already is as good as done."""
    if answer.word in _REFUSALS:
        raise NotNow(_REFUSALS[answer.word])


def _off(department: PlayedDepartment) -> Outcome:
    return Outcome(
        words(_("%(name)s is switched off"), name=_name(department)),
        _knock(department),
        words(_("Nobody answers at its address. Its events wait at the court; nothing is discarded.")),
        deed=True,
    )


def _on(department: PlayedDepartment) -> Sequence[Outcome]:
    position = reading.last_meant(department.department_id, reading.telling_position())
    last = Event.objects.filter(position=position).values_list("event_id", flat=True).first()
    return [
        Outcome(
            words(_("%(name)s is switched on"), name=_name(department)),
            _knock(department),
            words(_("It listens again at the same address, over the same list, and asks first what it missed.")),
            event=last or "",
            deed=True,
        )
    ]


def _killed() -> Outcome:
    return Outcome(
        words(_("The worker is killed in the middle of whatever it does")),
        "SIGKILL",
        words(_("It is started again after 5 seconds, as a service manager would.")),
        deed=True,
    )


def _something_happens(scene: Scene) -> Outcome:
    """The clerk flags a listing in force, or takes the flag off: an act that every department told must hear of."""
    clerk, now = scene.officer("clerk"), timezone.now()
    listing = _widest_told(clerk.court_id)
    act = actions.unflag if Flag.UNDER_REVIEW in listing.flags else actions.flag
    with transaction.atomic():
        act([listing.pk], Flag.UNDER_REVIEW, officer=clerk, now=now, reason=REASON)
        event = Event.objects.filter(listing=listing).order_by("-position")[0]
    return Outcome(
        words(_("Meanwhile the clerk acts on listing %(number)s"), number=listing.number),
        event.type,
        words(
            _("Done and in the log at position %(position)s: an act needs no worker, no broker and no department."),
            position=event.position,
        ),
        event=event.event_id,
    )


def _widest_told(court_id: int) -> Listing:
    told = Told.objects.filter(listing__state=State.ACTIVE, listing__court=court_id).values("listing_id")
    widest = told.annotate(departments=Count("department")).order_by("-departments", "listing_id").first()
    if widest is None:
        raise NotNow(NOTHING_IN_FORCE)
    return Listing.objects.get(pk=widest["listing_id"])


def _messages_waiting() -> int:
    """In the broker's queue, 0 where it cannot be asked."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
        ) as broker:
            return int(broker.llen(QUEUE))
    except redis.RedisError:
        return 0


def _name(department: PlayedDepartment) -> Words:
    return {"zh-hans": department.name, "en": department.name_en}


def _knock(department: PlayedDepartment) -> str:
    """What its address answers to a connection."""
    parts = urlsplit(department.url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), CONNECT_SECONDS).close()
    except OSError as error:
        return error.strerror or type(error).__name__
    return "TCP connected"
