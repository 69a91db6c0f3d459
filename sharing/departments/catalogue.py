"""The catalogue of messages: of each, what it means, what the receiver has to do, its JSON Schema and samples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.models import EventType
from sharing.delivery import heartbeat, testing
from sharing.departments import samples
from sharing.departments.samples import Sample
from sharing.departments.webhooks import MESSAGES
from sharing.openapi import webhook_schemas


@dataclass(frozen=True)
class Said:
    """What a message means, and what follows for whoever receives it."""

    meaning: Text
    duty: Text


@dataclass(frozen=True)
class Message:
    """``schema`` and the samples' bodies as indented JSON, to be read; what is sent has no spaces."""

    type: str
    meaning: Text
    duty: Text
    schema: str
    samples: tuple[tuple[Text, str], ...]

    @property
    def anchor(self) -> str:
        return self.type.replace(".", "-")


SAID: Mapping[str, Said] = {
    EventType.PUBLISHED: Said(
        _("A listing is in force. It comes whole: person, decision, prohibitions, term, statement."),
        _("Keep it, find the person in your own records, apply your measure, and send the receipt “applied”."),
    ),
    EventType.CORRECTED: Said(
        _("The entry was wrong. This version replaces every earlier one."),
        _(
            "Replace what you hold, remove what rested on the wrong version, wherever you passed it on, and send “applied”."
        ),
    ),
    EventType.REVISED: Said(
        _(
            "Something happened after the judgment, for example a release, a commutation or a new name, and was added; of a unit also that it was merged, divided, lost its licence or was deregistered."
        ),
        _(
            "Replace what you hold, compute your terms anew, match a unit by its former names too, and send “applied”. Apply nothing to who came after a unit."
        ),
    ),
    EventType.FLAGGED: Said(
        _("The listing is disputed, or under review by the court. It stays in force."),
        _("Show the flag wherever you show the listing, and send “applied”."),
    ),
    EventType.UNFLAGGED: Said(
        _("A flag was removed; the flags that remain are in the message."),
        _("Replace the flags by those in the message, and send “applied”."),
    ),
    EventType.STATED: Said(
        _("The person added a statement in their own words."),
        _("Show the statement wherever you show the listing, unchanged, or none if it is empty; send “applied”."),
    ),
    EventType.SUSPENDED: Said(
        _(
            "Sharing is suspended until the court has decided, for example during a retrial. It may overtake older events."
        ),
        _("Stop every measure at once and show the listing to nobody, but keep it; send “applied”."),
    ),
    EventType.REINSTATED: Said(
        _("The suspension is over and the listing is in force again. It comes whole."),
        _("Replace what you hold, take your measure up again, and send “applied”."),
    ),
    EventType.WITHDRAWN: Said(
        _("The listing has ended. The message is the same whatever the reason, and the reason is never told."),
        _("Remove every copy, also where you passed it on, lift your measure, and send the receipt “purged”."),
    ),
    heartbeat.TYPE: Said(
        _(
            "Nothing was sent for a minute. It says how far the log is told and which position was the last one for you."
        ),
        _("Answer with a 2xx and keep nothing. If the last position is later than what you hold, pull."),
    ),
    testing.TYPE: Said(
        _("Somebody asked for a test message. It is about nobody."),
        _("Verify it like any other message and answer with a 2xx."),
    ),
}


def messages() -> list[Message]:
    """Every message that can come, in the order in which they are told of."""
    return [_message(str(webhook.name)) for webhook in MESSAGES]


def schema_text(type_: str) -> str:
    """The JSON Schema of a message. KeyError: there is no such message."""
    return _indented(webhook_schemas()[type_])


def _message(type_: str) -> Message:
    said = SAID[type_]
    return Message(type_, said.meaning, said.duty, schema_text(type_), tuple(map(_readable, samples.of(type_))))


def _readable(sample: Sample) -> tuple[Text, str]:
    return sample.form, _indented(json.loads(sample.body))


def _indented(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
