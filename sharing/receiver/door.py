"""What a request does: a genuine message is applied, a heartbeat heard, a check of an institution answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sharing.receiver import applying, checking, onward, records
from sharing.receiver.checking import NOBODY, Institutions, read_confirmation, read_question
from sharing.receiver.clock import now_ms
from sharing.receiver.court_keys import CourtKeys, NoKeyYet
from sharing.receiver.events import (
    ABOUT_NOBODY,
    HEARTBEAT,
    Heartbeat,
    Json,
    Malformed,
    is_of_a_trial,
    read_data,
    read_event,
    read_heartbeat,
)
from sharing.receiver.silence import Silence
from sharing.receiver.verification import NotGenuine, Verifier
from sharing.receiver.writer import Closed, Writer


class Refused(Exception):
    """An answer other than 204. The reason is for the log and the sender; it never holds a value from the body."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Door:
    """What a request may touch. ``endpoint`` "" accepts any; ``verifier`` None takes no pushes (pull only).

    ``trial``: the store keeps invented persons alone; otherwise it keeps none of them. ``hear_checkpoint`` None: the
    court's log is not watched. ``silence`` None: no heartbeat is to be expected.
    """

    writer: Writer
    reader: Callable[[], sqlite3.Connection]
    ask_for_pull: Callable[[], None]
    verifier: Verifier | CourtKeys | None
    endpoint: str = ""
    trial: bool = False
    institutions: Institutions = NOBODY
    hear_checkpoint: Callable[[str], None] | None = None
    silence: Silence | None = None

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Verifies, applies and commits one request. Raises Refused."""
        if self.verifier is None:
            raise Refused(HTTPStatus.NOT_FOUND, "this receiver only pulls")
        try:
            self.verifier.check(headers, body)
            self._apply(headers["webhook-id"], json.loads(body))
        except NotGenuine as failure:
            raise Refused(HTTPStatus.UNAUTHORIZED, str(failure)) from None
        except NoKeyYet:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the court's keys were not read yet") from None
        except Malformed as failure:
            raise Refused(HTTPStatus.BAD_REQUEST, f"cannot be read: {failure}") from None
        except (ValueError, RecursionError):
            raise Refused(HTTPStatus.BAD_REQUEST, "not JSON") from None
        except (Closed, TimeoutError):
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the store is not ready") from None

    def check(self, institution: str, content: bytes) -> Json:
        """Whether a measure applies to the institution's customer. Raises Refused."""
        if not self.institutions.may_check(institution):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too many checks within a minute")
        question = read_question(content)
        return self.writer.run_in_store(lambda store: checking.answer(store, institution, question))

    def confirm(self, institution: str, content: bytes) -> None:
        """The institution purged what it was told of a customer. Raises Refused."""
        reference = read_confirmation(content)
        if not self.writer.run_in_store(lambda store: onward.confirm(store, institution, reference, now_ms())):
            raise Refused(HTTPStatus.NOT_FOUND, "nothing is recalled under this reference")

    def _apply(self, identifier: str, said: Any) -> None:
        data = read_data(said)
        if self.endpoint and data.get("endpoint") != self.endpoint:
            raise Refused(HTTPStatus.BAD_REQUEST, "meant for another endpoint")
        if self.silence is not None:
            self.silence.end()
        type_ = str(said.get("type"))
        if type_.startswith(ABOUT_NOBODY) and type_ != HEARTBEAT:
            return  # it was genuine and meant for this endpoint, which is all that a test asks; others may be added
        if is_of_a_trial(data) != self.trial:
            raise Refused(HTTPStatus.BAD_REQUEST, "the one is of the trial and the other of production")
        if type_ == HEARTBEAT:
            self._hear(read_heartbeat(said))
            return
        self._apply_event(identifier, said)

    def _apply_event(self, identifier: str, said: Json) -> None:
        event = read_event(said)
        if event.id != identifier:
            raise Refused(HTTPStatus.BAD_REQUEST, "webhook-id is not the event's id")

        def work(store: sqlite3.Connection) -> bool:
            before = records.meta(store, "levelling")
            applying.apply(store, event, source="push", now=now_ms())
            return records.meta(store, "levelling") > before

        if self.writer.run_in_store(work):
            self.ask_for_pull()

    def _hear(self, heartbeat: Heartbeat) -> None:
        def work(store: sqlite3.Connection) -> bool:
            records.set_meta(store, "heartbeat_at", now_ms())
            is_new_epoch = records.enter_epoch(store, heartbeat.epoch)
            return is_new_epoch or heartbeat.last_position > records.meta(store, "level")

        if self.writer.run_in_store(work):
            self.ask_for_pull()
        if heartbeat.checkpoint and self.hear_checkpoint is not None:
            self.hear_checkpoint(heartbeat.checkpoint)
